"""回放：同一版规则回放出同样的颜色；多得的预警与误报各按最后结果算。"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal

import pytest

from kaopu.domain.colours import Colour, ColourFacts, ColourPolicy
from kaopu.domain.outcomes import Outcome, OutcomeVerdict
from kaopu.domain.replay import End, ReplayLine, colours_under, compare, end_of, facts_from_inputs
from kaopu.domain.rule_sets import DEFAULT_PARAMETERS

STRICT = ColourPolicy.from_parameters(DEFAULT_PARAMETERS)
LENIENT = replace(STRICT, gap_yellow_from_points=Decimal(20), yellows_before_red=99)
RED, YELLOW, GREEN = Colour.RED, Colour.YELLOW, Colour.GREEN


def line(*gaps: int, end: End = End.OPEN) -> ReplayLine:
    """每月落后若干个百分点的年度项目。"""
    facts = tuple(
        ColourFacts(month=number, planned_progress=Decimal(gap), actual_progress=Decimal(0))
        for number, gap in enumerate(gaps, start=1)
    )
    months = tuple(date(2022, number, 1) for number in range(1, len(gaps) + 1))
    return ReplayLine(key=1, months=months, facts=facts, end=end)


def test_stored_inputs_are_read_back_whole() -> None:
    facts = ColourFacts(
        month=6,
        ended=True,
        days_overdue=3,
        actual_to_date_yuan=5,
        planned_progress=Decimal("12.50"),
        previous=(YELLOW,),
        exempt_reason="疫情",
    )
    stored = {name: str(value) for name, value in asdict(facts).items()}

    assert facts_from_inputs(stored) == replace(facts, previous=())


def test_inputs_stored_before_a_field_existed_take_its_default() -> None:
    assert facts_from_inputs({"month": "6"}) == ColourFacts(month=6)
    assert facts_from_inputs({"month": "6", "dropped_field": "x"}) == ColourFacts(month=6)


def test_repeated_yellows_follow_the_replayed_colours_not_the_stored_ones() -> None:
    assert colours_under(line(12, 12, 12, 0), STRICT) == (YELLOW, YELLOW, RED, GREEN)
    assert colours_under(line(12, 12, 12, 0), LENIENT) == (GREEN,) * 4


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (OutcomeVerdict(outcome=Outcome.ACHIEVED, reason=""), End.ON_TIME),
        (OutcomeVerdict(outcome=Outcome.ACHIEVED, reason="", late=True), End.MISSED),
        (OutcomeVerdict(outcome=Outcome.LAGGING, reason=""), End.MISSED),
        (OutcomeVerdict(outcome=Outcome.UNACHIEVABLE, reason=""), End.MISSED),
        (OutcomeVerdict(outcome=Outcome.STOPPED, reason=""), End.OPEN),
        (OutcomeVerdict(outcome=Outcome.UNASSESSED, reason=""), End.OPEN),
        (OutcomeVerdict(outcome=Outcome.ON_TRACK, reason=""), End.OPEN),
    ],
)
def test_how_it_ended(outcome: OutcomeVerdict, expected: End) -> None:
    assert end_of(outcome) == expected


@pytest.mark.parametrize(
    ("gaps", "end", "earlier"),
    [
        ((0, 12, 25), End.MISSED, 1),  # 宽的 3 月才示警，严的 2 月
        ((0, 12, 12), End.MISSED, 2),  # 宽的始终没有，按次月算
        ((0, 25, 25), End.MISSED, None),  # 一样早
        ((0, 0, 0), End.MISSED, None),
        ((0, 12, 25), End.ON_TIME, None),
        ((0, 12, 25), End.OPEN, None),
    ],
)
def test_a_warning_is_gained_when_it_comes_earlier_and_the_goal_was_missed(gaps, end, earlier) -> None:
    gained = compare([line(*gaps, end=end)], before=LENIENT, after=STRICT)
    lost = compare([line(*gaps, end=end)], before=STRICT, after=LENIENT)

    months = [item.months_earlier for item in gained.differences if item.months_earlier]
    assert months == ([earlier] if earlier else [])
    assert (gained.gained, gained.lost) == (int(bool(earlier)), 0)
    assert (lost.gained, lost.lost) == (0, int(bool(earlier)))


@pytest.mark.parametrize(("end", "alarms"), [(End.ON_TIME, (1, 3)), (End.MISSED, (0, 0)), (End.OPEN, (0, 0))])
def test_a_false_alarm_is_a_flagged_month_of_a_project_that_made_it(
    end: End, alarms: tuple[int, int]
) -> None:
    found = compare([line(0, 12, 12, 25, end=end)], before=LENIENT, after=STRICT)

    assert (found.false_alarms_before, found.false_alarms_after) == alarms


def test_only_what_differs_is_listed_but_every_month_is_counted() -> None:
    found = compare([line(0, 0), line(0, 12)], before=LENIENT, after=STRICT)

    assert [item.after for item in found.differences] == [(GREEN, YELLOW)]
    assert (found.counts_before[GREEN], found.counts_after[GREEN], found.counts_after[YELLOW]) == (4, 3, 1)
