"""规则集：起草、启用、不追溯；回放同一版规则，评出的与当时存下的一样。"""

from __future__ import annotations

from datetime import date

import pytest

from kaopu.audit.models import Operation
from kaopu.domain.colours import Colour
from kaopu.domain.milestones import GoalType
from kaopu.domain.replay import End, colours_under, compare
from kaopu.domain.rights import Role
from kaopu.domain.rule_kinds import RuleKind
from kaopu.domain.rule_sets import DEFAULT_PARAMETERS, PRESETS
from kaopu.figures.actions import close_month
from kaopu.projects.models import AnnualGoal
from kaopu.tracking import actions as tracking
from kaopu.tracking.actions.rule_sets import RuleSetRefused, activate_draft, save_draft
from kaopu.tracking.models import RuleSet, RuleSetDraft, Verdict
from kaopu.tracking.queries import rule_set_on
from kaopu.tracking.queries import rule_sets as queries
from tests import factories
from tests.factories import operator

pytestmark = pytest.mark.django_db
TODAY = date(2022, 6, 1)


def draft(**changes):
    values = {"name": "新规则", "parameters": dict(DEFAULT_PARAMETERS), "note": "试", "by": operator()}
    return save_draft(**{**values, "on": TODAY, **changes})


def chief():
    return factories.user(Role.OFFICE_SECTION)


def test_a_draft_with_a_gap_or_overlap_is_refused_and_nothing_is_written():
    with pytest.raises(RuleSetRefused, match=r"红与绿在 0\.8 至 0\.9 之间重叠"):
        draft(parameters={**DEFAULT_PARAMETERS, "ratio_red_below": "0.9"})
    assert not RuleSetDraft.objects.exists()


def test_a_draft_revised_leaves_the_old_one_behind_and_only_the_new_is_open():
    first = draft()
    second = draft(name="再改", replaces=first)

    assert list(queries.open_drafts(RuleKind.COLOUR)) == [second]
    with pytest.raises(RuleSetRefused, match="刚刚由他人改过"):
        draft(replaces=first)
    assert RuleSetDraft.objects.count() == 2


def test_an_activated_draft_becomes_the_rule_set_of_its_day_with_before_and_after():
    item = draft(name="银川型", parameters=PRESETS["银川型"].parameters)
    version = activate_draft(draft=item, effective_on=date(2022, 7, 1), by=chief(), on=TODAY)

    assert str(version) == "银川型 v1"
    assert (str(rule_set_on(date(2022, 6, 30))), rule_set_on(date(2022, 7, 1))) == ("默认规则集 v1", version)
    assert list(queries.open_drafts(RuleKind.COLOUR)) == []
    operation = Operation.objects.get(verb="tracking.activate_rule_set")
    assert version.operation == operation
    assert operation.before["gap_red_from_points"] == "30"
    assert operation.after["gap_red_from_points"] == "30.01"


def test_the_next_version_of_a_name_counts_on():
    for number, day in enumerate((date(2022, 7, 1), date(2022, 8, 1)), start=1):
        assert activate_draft(draft=draft(), effective_on=day, by=chief(), on=TODAY).version == number


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.OFFICE_SECTION, Role.OFFICE_DIRECTOR}]
)
def test_only_a_section_chief_or_above_activates(role):
    with pytest.raises(RuleSetRefused, match="科长以上"):
        activate_draft(draft=draft(), effective_on=date(2022, 7, 1), by=factories.user(role), on=TODAY)
    assert RuleSet.objects.filter(kind=RuleKind.COLOUR).count() == 1


def test_a_draft_is_activated_once_and_no_two_begin_on_one_day():
    item, by = draft(), chief()
    activate_draft(draft=item, effective_on=date(2022, 7, 1), by=by, on=TODAY)

    with pytest.raises(RuleSetRefused, match="已启用"):
        activate_draft(draft=item, effective_on=date(2022, 8, 1), by=by, on=TODAY)
    with pytest.raises(RuleSetRefused, match="2022年7月1日已有一版规则生效"):
        activate_draft(draft=draft(), effective_on=date(2022, 7, 1), by=by, on=TODAY)


@pytest.mark.parametrize(("day", "refused"), [(31, True), (1, True), (None, False)])
def test_a_rule_set_never_reaches_back_into_a_frozen_month(day, refused):
    factories.project_year()
    close_month(month=date(2022, 1, 1), by=operator())
    effective_on = date(2022, 1, day) if day else date(2022, 2, 1)

    if refused:
        with pytest.raises(RuleSetRefused, match="2022年1月已关账冻结，规则不能追溯"):
            activate_draft(draft=draft(), effective_on=effective_on, by=chief(), on=TODAY)
    else:
        activate_draft(draft=draft(), effective_on=effective_on, by=chief(), on=TODAY)
        assert str(rule_set_on(effective_on)) == "新规则 v1"


@pytest.fixture
def year_of_reports(db):
    """两个年度项目的一年：一个一直落后 12 个百分点而没完成，一个同样落后而按期完成。"""
    late, made = factories.project_list([factories.listed("拖下来的"), factories.listed("赶上来的")])
    for item in (late, made):
        tracking.save_plans(
            rows=[
                {
                    "project_year": item,
                    "month": date(2022, number, 1),
                    "planned_investment_yuan": 10_000_000,
                    "planned_progress_percent": number * 8,
                }
                for number in range(1, 13)
            ],
            by=operator(),
            on=date(2022, 1, 20),
        )
    tracking.record_achievement(
        goal=AnnualGoal.objects.get(project_year=made),
        reached=GoalType.COMPLETED,
        evidence="验收单1",
        verified_by="专员",
        by=operator(),
        on=date(2022, 12, 20),
    )
    for number in range(1, 13):
        month = date(2022, number, 1)
        tracking.save_reports(
            month=month,
            rows=[
                {
                    "project_year": item,
                    "investment_yuan": 10_000_000,
                    "progress_percent": max(0, number * 8 - (12 if number > 2 else 0)),
                }
                for item in (late, made)
            ],
            by=operator(),
            on=month,
        )
        close_month(month=month, by=operator())
    return late, made


def test_replaying_the_rules_of_the_time_gives_the_colours_of_the_time(year_of_reports):
    policy = queries.candidates()[0].policy
    stored = {}
    for row in Verdict.objects.order_by("month"):
        stored.setdefault(row.project_year_id, []).append(Colour(row.colour))

    lines = queries.replay_lines([2022])
    assert {line.key: list(colours_under(line, policy)) for line in lines} == stored
    assert {Colour.GREEN, Colour.YELLOW, Colour.RED} <= {c for row in stored.values() for c in row}


def test_replay_counts_what_another_rule_set_would_have_gained_and_cost(year_of_reports):
    late, made = year_of_reports
    lines = {line.key: line for line in queries.replay_lines([2022])}
    assert (lines[late.pk].end, lines[made.pk].end) == (End.MISSED, End.ON_TIME)

    by_key = {item.key: item for item in queries.candidates()}
    found = compare(lines.values(), before=by_key["p三亚型"].policy, after=by_key["p默认型"].policy)
    assert (found.gained, found.lost) == (1, 0)
    assert (found.false_alarms_before, found.false_alarms_after) == (0, 10)


def test_a_year_not_over_has_no_end_yet(year_of_reports, django_assert_num_queries):
    factories.project_list([factories.listed("还早")], year=2099, on=date(2022, 1, 10))

    assert queries.replay_lines([2099]) == []
    with django_assert_num_queries(6):
        queries.replay_lines([2022])
