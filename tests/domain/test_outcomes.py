"""年度目标结果（HANDBOOK §5.3，金标 8、9）。"""

from datetime import date

import pytest

from kaopu.domain.carryover import LifecycleStage, decide_carry_over
from kaopu.domain.colours import Colour
from kaopu.domain.milestones import GoalType, classify_goal, days_overdue, satisfies
from kaopu.domain.outcomes import DecisionFacts, GoalFacts, Outcome, YearFacts, decide_outcome

JUNE_END = date(2022, 6, 30)


def goal(**facts):
    return GoalFacts(**{"text": "竣工", "goal_type": GoalType.COMPLETED, "due_on": JUNE_END, **facts})


def outcome(as_of, *goals, **facts):
    return decide_outcome(YearFacts(year=2022, as_of=as_of, municipal=False, goals=goals, **facts))


@pytest.mark.parametrize(
    ("as_of", "late", "expected"),
    [(date(2022, 6, 30), 0, Outcome.ON_TRACK), (date(2022, 7, 1), 1, Outcome.LAGGING)],
)
def test_a_goal_due_at_the_end_of_june_is_late_from_the_first_of_july(as_of, late, expected):
    assert days_overdue(JUNE_END, as_of) == late
    assert outcome(as_of, goal()).outcome == expected


def test_a_ceremonial_start_does_not_satisfy_a_formal_start():
    start = goal(goal_type=GoalType.START, reached=GoalType.CEREMONIAL_START, reached_on=date(2022, 6, 1))

    assert outcome(date(2022, 12, 31), start).outcome == Outcome.LAGGING


@pytest.mark.parametrize(
    ("required", "reached", "expected"),
    [
        (GoalType.COMPLETED, GoalType.FILED, True),
        (GoalType.FILED, GoalType.COMPLETED, False),
        (GoalType.COMPLETED, GoalType.BASICALLY_BUILT, False),
        (GoalType.START, GoalType.START, True),
        (GoalType.CEREMONIAL_START, GoalType.CEREMONIAL_START, False),
    ],
)
def test_the_completion_ladder_only_climbs(required, reached, expected):
    assert satisfies(required=required, reached=reached) is expected


def test_achieved_late_within_the_year_counts_and_says_so():
    verdict = outcome(date(2022, 12, 31), goal(reached=GoalType.COMPLETED, reached_on=date(2022, 9, 1)))

    assert (verdict.outcome, verdict.late) == (Outcome.ACHIEVED, True)


def test_achieved_after_the_year_does_not_mend_the_year():
    done = goal(reached=GoalType.COMPLETED, reached_on=date(2023, 1, 15))

    assert outcome(date(2023, 2, 1), done).outcome == Outcome.LAGGING


def test_nothing_stays_on_track_at_the_end_of_the_year():
    assert outcome(date(2022, 12, 31), goal(due_on=date(2022, 12, 31))).outcome == Outcome.LAGGING


def test_a_red_month_or_two_yellow_months_are_behind():
    far = goal(due_on=date(2022, 12, 31))

    assert outcome(date(2022, 8, 31), far, colours=(Colour.RED,)).outcome == Outcome.LAGGING
    assert outcome(date(2022, 8, 31), far, colours=(Colour.YELLOW, Colour.YELLOW)).outcome == Outcome.LAGGING
    assert outcome(date(2022, 8, 31), far, colours=(Colour.RED, Colour.YELLOW)).outcome == Outcome.ON_TRACK


def test_a_decision_counts_from_its_day_and_stopping_outranks():
    cannot = DecisionFacts(outcome=Outcome.UNACHIEVABLE, on=date(2022, 10, 1), document="会议纪要")
    stopped = DecisionFacts(outcome=Outcome.STOPPED, on=date(2022, 11, 1), document="区政府专题会")

    assert outcome(date(2022, 9, 30), goal(due_on=None), decisions=(cannot,)).outcome == Outcome.ON_TRACK
    assert outcome(date(2022, 10, 1), goal(), decisions=(cannot, stopped)).outcome == Outcome.UNACHIEVABLE
    assert outcome(date(2022, 11, 1), goal(), decisions=(cannot, stopped)).outcome == Outcome.STOPPED


def test_municipal_projects_are_not_judged_by_the_district():
    verdict = decide_outcome(YearFacts(year=2022, as_of=date(2022, 12, 31), municipal=True, goals=(goal(),)))

    assert verdict.outcome == Outcome.UNASSESSED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("取得施工许可证", GoalType.PERMIT),
        ("主体建筑开工", GoalType.START),
        ("形式开工", GoalType.CEREMONIAL_START),
        ("基本完成", GoalType.BASICALLY_BUILT),
        ("竣工备案", GoalType.FILED),
        ("完工", GoalType.COMPLETED),
        ("±0.00", GoalType.GROUND_LEVEL),
        ("竣工20公里", GoalType.QUANTITY),
        ("外立面完成", GoalType.STRUCTURE),
        ("按要求推进", GoalType.OTHER),
    ],
)
def test_goal_wording(text, expected):
    assert classify_goal(text) == expected


@pytest.mark.parametrize(
    ("result", "stage", "carried"),
    [
        (Outcome.STOPPED, None, False),
        (Outcome.ACHIEVED, LifecycleStage.FILED, False),
        (Outcome.ACHIEVED, LifecycleStage.BASICALLY_BUILT, True),
        (Outcome.ACHIEVED, None, True),
        (Outcome.LAGGING, None, True),
        (Outcome.UNACHIEVABLE, None, True),
    ],
)
def test_carry_over_asks_the_building_not_the_goal(result, stage, carried):
    assert decide_carry_over(outcome=result, stage=stage).carried is carried
