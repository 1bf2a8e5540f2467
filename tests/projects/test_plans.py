"""月度计划的报审与年度目标的承诺：Σ 各月、锁定、变更、最初的承诺永在（种子 B06、D04、D06）。"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kaopu.domain.causes import Cause
from kaopu.domain.commitments import change_refused, falls, plan_gap
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.rights import Role
from kaopu.projects import actions
from kaopu.projects import queries as projects
from kaopu.projects.models import AnnualGoal, MonthlyPlan, ProjectProfile
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2022, 1, 20)


def lines(*, each=1_000_000, progress=None):
    return [
        {"month": date(2022, n, 1), "work": "", "investment_yuan": each, "progress": (progress or {}).get(n)}
        for n in range(1, 13)
    ]


@pytest.fixture
def year():
    return factories.project_year(
        planned_investment_yuan=12_000_000, profile={"responsible_unit": factories.unit()}
    )


def proposed(year, by, *, seen=None, **options):
    options.setdefault("lines", lines())
    return actions.propose_plan(project_year=year, seen=seen, by=by, on=DAY, **options)


def review(proposal, verb, by, reason=""):
    return actions.review_plan(proposal=proposal, verb=verb, by=by, on=DAY, reason=reason)


def test_a_plan_counts_only_after_both_reviews(year):
    owner, unit, office = (
        factories.user(role) for role in (Role.PROJECT_OWNER, Role.RESPONSIBLE_UNIT, Role.PROJECT_OFFICER)
    )
    proposal = proposed(year, owner)
    with pytest.raises(actions.PlanStale, match="待责任单位初审"):
        review(proposal, ReportVerb.ACCEPT, office)
    review(proposal, ReportVerb.FIRST_APPROVE, unit)
    assert not MonthlyPlan.objects.exists()

    review(proposal, ReportVerb.ACCEPT, office)

    with pytest.raises(actions.PlanStale, match="不再退回"):
        review(proposal, ReportVerb.RETURN, office, reason="再想想")
    assert sum(plan.planned_investment_yuan for plan in MonthlyPlan.objects.live()) == 12_000_000


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"lines": lines(each=1_000_100)}, "多 0.12万元"),
        ({"lines": lines(each=900_000)}, "少 120万元"),
        ({"lines": lines(progress={3: Decimal(30), 4: Decimal(20)})}, "只增不减"),
    ],
)
def test_a_plan_that_does_not_add_up_is_refused(year, options, remedy):

    with pytest.raises(actions.PlanRefused, match=remedy):
        proposed(year, factories.user(), **options)


def test_an_adjustment_keeps_the_first_plan_beside_the_latest(year):
    first = proposed(year, factories.user(Role.RESPONSIBLE_UNIT))
    review(first, ReportVerb.ACCEPT, factories.user())
    moved = lines()
    moved[2]["investment_yuan"], moved[3]["investment_yuan"] = 0, 2_000_000
    with pytest.raises(actions.PlanRefused, match="调整须写理由"):
        proposed(year, factories.user(Role.RESPONSIBLE_UNIT), seen=first.pk, lines=moved)

    again = proposed(
        year, factories.user(Role.RESPONSIBLE_UNIT), seen=first.pk, lines=moved, reason="停工顺延"
    )
    review(again, ReportVerb.ACCEPT, factories.user())

    march = date(2022, 3, 1)
    assert projects.first_plans(year.project, 2022)[march].planned_investment_yuan == 1_000_000
    assert MonthlyPlan.objects.live().get(month=march).planned_investment_yuan == 0
    assert MonthlyPlan.objects.count() == 14


def test_a_stale_page_and_a_self_acceptance_are_told(year):
    officer = factories.user()
    proposal = proposed(year, officer)

    with pytest.raises(actions.PlanStale, match="已有新稿"):
        proposed(year, officer)
    with pytest.raises(actions.PlanRefused, match="须由另一人审定"):
        review(proposal, ReportVerb.ACCEPT, officer)
    with pytest.raises(actions.PlanRefused, match="退回须写明理由"):
        review(proposal, ReportVerb.RETURN, factories.user())


@pytest.mark.parametrize(
    ("due", "on", "refused"),
    [
        (date(2022, 12, 31), date(2022, 12, 1), False),
        (date(2022, 12, 31), date(2022, 12, 2), True),
        (date(2022, 12, 31), date(2023, 1, 1), True),
        (None, date(2022, 12, 30), False),
    ],
)
def test_changes_are_locked_out_thirty_days_before_the_due_day(due, on, refused):
    assert (change_refused(due_on=due, on=on) is not None) is refused


def test_a_goal_is_not_moved_into_the_past():
    asked = {"due_on": date(2022, 12, 31), "on": date(2022, 6, 1)}
    assert change_refused(**asked, new_due_on=date(2022, 6, 1)) is None
    assert "2022年5月31日早于申请之日" in str(change_refused(**asked, new_due_on=date(2022, 5, 31)))
    assert change_refused(due_on=None, on=date(2022, 6, 1), new_due_on=date(2022, 5, 31)) is not None


def test_sums_and_falls():
    assert plan_gap([1, None, 2], 3) == 0
    assert plan_gap([1], None) is None
    assert falls([Decimal(1), None, Decimal(1)]) is False
    assert falls([Decimal(2), None, Decimal(1)]) is True


def signed(year):
    return actions.sign_letter(
        year=2022, unit=factories.unit(), document="责任书1号", by=factories.user(), on=date(2022, 3, 1)
    )


def changed(goal, by=None, on=date(2022, 6, 1)):
    return actions.propose_goal_change(
        goal=goal, text="主体结构完成", due_on=date(2022, 12, 31), cause=Cause.FORCE_MAJEURE, document="会议纪要1号",
        by=by or factories.user(Role.RESPONSIBLE_UNIT), on=on,
    )  # fmt: skip


@pytest.mark.parametrize("listed_on", [date(2022, 7, 1), date(2022, 1, 1)])
def test_a_signed_letter_locks_the_goal_against_the_list_whatever_its_date(year, listed_on):
    signed(year)

    with pytest.raises(actions.ListRefused, match="已随责任书锁定"):
        factories.project_list(
            [factories.listed("示例小学", goal="开工", profile={"responsible_unit": factories.unit()})],
            on=listed_on,
        )
    with pytest.raises(actions.CommitmentRefused, match="已经登记过"):
        signed(year)


def moved_list(unit, goal="竣工"):
    factories.project_list([factories.listed("示例小学", goal=goal, profile={"responsible_unit": unit})])


def test_moving_the_project_to_another_unit_does_not_unlock_its_goal(year):
    signed(year)
    unsigned = factories.unit("区文旅局")

    with pytest.raises(actions.ListRefused, match="已随责任书锁定"):
        moved_list(unsigned, goal="开工")  # 同一行里换单位又改目标
    moved_list(unsigned)
    with pytest.raises(actions.ListRefused, match="已随责任书锁定"):
        moved_list(unsigned, goal="开工")  # 先换单位，下一份清单再改目标
    year.project.refresh_from_db()
    assert projects.letter_of(year.project, 2022).unit == factories.unit()


def test_a_project_that_left_before_the_letter_was_signed_is_not_locked(year):
    unsigned = factories.unit("区文旅局")
    moved_list(unsigned)
    signed(year)

    moved_list(unsigned, goal="开工")
    assert ProjectProfile.objects.latest("revision").responsible_unit == unsigned
    assert AnnualGoal.objects.live().get(project_year=year).text == "开工"


def test_an_approved_change_keeps_the_first_commitment(year):
    goal = AnnualGoal.objects.get(project_year=year)
    change = changed(goal)
    with pytest.raises(actions.CommitmentRefused, match="已有一件变更待批"):
        changed(goal)

    actions.rule_goal_change(change=change, approved=True, by=factories.user(), on=date(2022, 6, 5))

    [commitment] = projects.commitments(year)
    assert (commitment.first.text, commitment.latest.text) == ("竣工", "主体结构完成")
    assert AnnualGoal.objects.live().get(project_year=year).goal_type == commitment.latest.goal_type
    with pytest.raises(actions.CommitmentRefused, match="已有改动"):
        actions.rule_goal_change(change=change, approved=True, by=factories.user(), on=date(2022, 6, 6))


def test_who_asks_does_not_rule_and_a_refusal_says_why(year):
    asker = factories.user()
    change = changed(AnnualGoal.objects.get(project_year=year), by=asker)

    with pytest.raises(actions.ProposalRefused, match="须由另一人批复"):
        actions.rule_goal_change(change=change, approved=True, by=asker, on=DAY)
    with pytest.raises(actions.ProposalRefused, match="须写明意见"):
        actions.rule_goal_change(change=change, approved=False, by=factories.user(), on=DAY)
    actions.rule_goal_change(change=change, approved=False, reason="目标不变", by=factories.user(), on=DAY)

    assert AnnualGoal.objects.count() == 1
