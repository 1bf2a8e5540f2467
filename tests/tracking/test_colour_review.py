"""颜色复核：自报、确认、人工调整与审批各是事实；评定从不因此改动。"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from kaopu.audit.models import Operation
from kaopu.domain.colour_review import ReviewState, latest_expiry
from kaopu.domain.colours import Colour
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.tracking import actions as tracking
from kaopu.tracking.actions import colour_reviews as actions
from kaopu.tracking.actions.calendar import publish_year
from kaopu.tracking.models import (
    ColourConfirmation,
    ColourOverride,
    OverrideDecision,
    ReportedColour,
    Verdict,
)
from kaopu.tracking.queries import colour_reviews as queries
from kaopu.tracking.queries.calendar import SpecialDay, last_change, published_years
from kaopu.tracking.queries.honesty import honesty_table
from tests import factories
from tests.factories import operator

pytestmark = pytest.mark.django_db
JANUARY = date(2022, 1, 1)
FEBRUARY = date(2022, 2, 1)
TODAY = date(2022, 2, 1)


@pytest.fixture
def verdict():
    """1 月末为黄的评定：正式开工逾期 21 天。"""
    entry = factories.project_year("示例小学", goal="正式开工", due_on=date(2022, 1, 10))
    rows = [
        {"project_year": entry, "month": date(2022, n, 1), "planned_investment_yuan": 10_000_000}
        for n in range(1, 13)
    ]
    tracking.save_plans(rows=rows, by=operator(), on=date(2022, 1, 20))
    factories.accept(
        tracking.submit_report(
            project_year=entry,
            month=JANUARY,
            seen=None,
            by=operator(),
            on=date(2022, 1, 25),
            investment_yuan=0,
        )
    )
    close_month(month=JANUARY, by=operator())
    return Verdict.objects.get()


def reviewer(role=Role.PROJECT_OFFICER):
    return factories.user(role)


def propose(verdict, by=None, **changes):
    values = {"colour": Colour.GREEN, "reason": "市里统一调整", "expires_on": date(2022, 2, 28), "on": TODAY}
    return actions.propose_override(verdict=verdict, by=by or reviewer(), **{**values, **changes})


def decide(override, by=None, approved=True, on=TODAY):
    by = by or reviewer(Role.OFFICE_SECTION)
    return actions.decide_override(override=override, approved=approved, comment="同意", by=by, on=on)


def report(entry, colour=Colour.GREEN, **changes):
    values = {"month": FEBRUARY, "note": "", "seen": None, "by": reviewer(Role.RESPONSIBLE_UNIT), "on": TODAY}
    return actions.report_colour(project_year=entry, colour=colour, **{**values, **changes})


def review(verdict, day=TODAY):
    return queries.review_of(verdict, day=day)


def test_nobody_confirming_it_is_confirmed_two_working_days_later(verdict):
    recorded = timezone.localdate(verdict.recorded_at)
    for year in {recorded.year, recorded.year + 1} - published_years():  # 测试哪年跑都一样
        days = {date(year, 1, 1): SpecialDay(False, "元旦")}
        publish_year(year=year, days=days, notice="试", seen=last_change(), by=operator(), on=recorded)

    assert review(verdict, day=recorded).review.state == ReviewState.PENDING
    assert review(verdict, day=recorded + timedelta(days=30)).review.state == ReviewState.AUTOMATIC
    assert not ColourConfirmation.objects.exists()


def test_an_officer_confirms_once_and_the_second_is_told(verdict):
    by = reviewer()
    actions.confirm_colours(verdicts=[verdict], by=by, on=TODAY)

    assert review(verdict).review.sentence == "项目专员已于2022年2月1日确认"
    with pytest.raises(actions.ReviewStale, match="都已有人确认"):
        actions.confirm_colours(verdicts=[verdict], by=reviewer(), on=TODAY)
    assert review(verdict).confirmation.operation.actor == by.username


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.OFFICE_DIRECTOR, Role.OFFICE_SECTION, Role.PROJECT_OFFICER})
)
def test_others_neither_confirm_nor_propose(verdict, role):
    with pytest.raises(actions.ReviewRefused, match="项目专员以上"):
        actions.confirm_colours(verdicts=[verdict], by=reviewer(role), on=TODAY)
    with pytest.raises(actions.ReviewRefused, match="项目专员以上"):
        propose(verdict, by=reviewer(role))
    assert not ColourOverride.objects.exists()


def test_an_override_counts_only_once_another_person_approved_it(verdict):
    override = propose(verdict)
    assert (review(verdict).shown, review(verdict).awaiting) == ("yellow", True)
    assert queries.hand_marks(2022, day=TODAY) == {}

    decide(override)
    found = review(verdict)
    assert (found.shown, found.adjusted, found.verdict.colour) == ("green", True, "yellow")
    assert queries.hand_marks(2022, day=TODAY) == {verdict.pk: ("green", "市里统一调整", date(2022, 2, 28))}
    assert Verdict.objects.get().colour == "yellow"


@pytest.mark.parametrize(("day", "shown"), [(date(2022, 2, 28), "green"), (date(2022, 3, 1), "yellow")])
def test_an_override_ends_with_its_day(verdict, day, shown):
    decide(propose(verdict))

    assert review(verdict, day=day).shown == shown
    assert bool(queries.hand_marks(2022, day=day)) == (shown == "green")


def test_nobody_approves_his_own_override(verdict):
    chief = reviewer(Role.OFFICE_SECTION)
    override = propose(verdict, by=chief)

    with pytest.raises(actions.ReviewRefused, match="提请人不能审批自己的调整"):
        decide(override, by=chief)
    decide(override, by=reviewer(Role.OFFICE_DIRECTOR))
    assert review(verdict).adjusted


@pytest.mark.parametrize("role", [role for role in Role if role not in {"office_section", "office_director"}])
def test_only_a_section_chief_or_above_approves(verdict, role):
    with pytest.raises(actions.ReviewRefused, match="科长以上"):
        decide(propose(verdict), by=reviewer(role))
    assert not OverrideDecision.objects.exists()


def test_an_override_refused_changes_nothing_and_may_be_asked_again(verdict):
    decide(propose(verdict), approved=False)
    assert review(verdict).shown == "yellow"

    second = propose(verdict, colour=Colour.RED)
    assert review(verdict).awaiting
    decide(second)
    assert (review(verdict).shown, ColourOverride.objects.count()) == ("red", 2)
    assert list(queries.hand_marks(2022, day=TODAY)) == [verdict.pk]


def test_a_second_proposal_or_decision_is_told(verdict):
    override = propose(verdict)
    with pytest.raises(actions.ReviewStale, match="待批或有效的人工调整"):
        propose(verdict)
    decide(override)
    with pytest.raises(actions.ReviewStale, match="由他人审批"):
        decide(override, approved=False)
    with pytest.raises(actions.ReviewStale, match="待批或有效的人工调整"):
        propose(verdict)


def test_an_expired_proposal_is_not_approved(verdict):
    override = propose(verdict)

    with pytest.raises(actions.ReviewRefused, match="2022年2月28日）已过"):
        decide(override, on=date(2022, 3, 1))
    assert not review(verdict, day=date(2022, 3, 1)).awaiting


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expires_on": latest_expiry(JANUARY) + timedelta(days=1)}, "至多一期"),
        ({"colour": Colour.YELLOW}, "不同的一色"),
        ({"reason": ""}, "请写明理由"),
    ],
)
def test_an_override_that_breaks_a_condition_is_refused(verdict, changes, said):
    with pytest.raises(actions.ReviewRefused, match=said):
        propose(verdict, **changes)
    assert not ColourOverride.objects.exists()


def test_a_unit_reports_its_own_colour_beside_the_computed_one(verdict):
    first = report(verdict.project_year)
    with pytest.raises(actions.ReviewStale, match="已由他人改过"):
        report(verdict.project_year, colour=Colour.RED)
    report(verdict.project_year, colour=Colour.RED, seen=first.pk, note="管线未迁")

    assert [row.colour for row in ReportedColour.objects.order_by("pk")] == ["green", "red"]
    assert queries.reported_colour(verdict.project_year, FEBRUARY).note == "管线未迁"
    operation = Operation.objects.filter(verb="tracking.report_colour").latest("pk")
    assert (operation.before, operation.after) == ({"colour": "绿"}, {"colour": "红"})


def test_a_closed_month_takes_no_reported_colour(verdict):
    with pytest.raises(tracking.MonthFrozen):
        report(verdict.project_year, month=JANUARY)


def test_the_office_does_not_report_for_the_unit_and_grey_is_no_report(verdict):
    with pytest.raises(actions.ReviewRefused, match="由责任单位或建设单位填"):
        report(verdict.project_year, by=reviewer())
    with pytest.raises(actions.ReviewRefused, match="红、黄、绿中选一色"):
        report(verdict.project_year, colour=Colour.GREY)
    assert not ReportedColour.objects.exists()


def test_reviews_cost_the_same_queries_however_many(verdict, django_assert_num_queries):
    with django_assert_num_queries(7):
        queries.reviews_of([verdict])
    with django_assert_num_queries(7):
        queries.reviews_of([verdict, verdict])


@pytest.mark.parametrize(
    "table", ["reportedcolour", "colourconfirmation", "colouroverride", "overridedecision"]
)
def test_the_database_refuses_to_change_a_review(verdict, table):
    report(verdict.project_year)
    actions.confirm_colours(verdicts=[verdict], by=reviewer(), on=TODAY)
    decide(propose(verdict))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM tracking_{table}")


def test_honesty_per_unit_counts_reported_greens_that_turned():
    ours, theirs = factories.unit("区教育局"), factories.unit("区卫健委")
    entries = factories.project_list(
        [
            factories.listed("准时小学", profile={"responsible_unit": ours}),
            factories.listed(
                "拖延医院", goal="正式开工", due_on=date(2022, 2, 10), profile={"responsible_unit": theirs}
            ),
        ]
    )
    for entry in entries:
        rows = [
            {"project_year": entry, "month": date(2022, n, 1), "planned_investment_yuan": 10_000_000}
            for n in range(1, 13)
        ]
        tracking.save_plans(rows=rows, by=operator(), on=date(2022, 1, 20))
        report(entry, month=JANUARY)
    for number in range(1, 5):
        month = date(2022, number, 1)
        tracking.save_reports(
            month=month,
            rows=[{"project_year": entry, "investment_yuan": 10_000_000} for entry in entries],
            by=operator(),
            on=month,
        )
        close_month(month=month, by=operator())

    found = {row.unit: row for row in honesty_table(user=reviewer(), year=2022).units}
    assert [str(found[name].reported.rate) for name in ("区教育局", "区卫健委")] == ["0.0", "100.0"]
    assert (found["区教育局"].computed.decided, found["区教育局"].computed.waiting) == (1, 3)
    seen = honesty_table(user=factories.user(Role.RESPONSIBLE_UNIT, ours), year=2022)
    assert [row.unit for row in seen.units] == ["区教育局"]
