"""颜色复核：两个工作日、至多一期、灰不改标；报绿失实率只数已见分晓的绿。"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kaopu.domain.colour_review import (
    Honesty,
    MonthMark,
    ReviewState,
    honesty,
    latest_expiry,
    override_problems,
    review_state,
)
from kaopu.domain.colours import Colour
from kaopu.domain.workdays import WorkCalendar

RED, YELLOW, GREEN, GREY = Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY
CALENDAR = WorkCalendar(
    exceptions={date(2022, 10, day): False for day in range(1, 8)} | {date(2022, 10, 8): True},
    published=frozenset({2022}),
)


@pytest.mark.parametrize(
    ("today", "expected", "said"),
    [
        (date(2022, 9, 30), ReviewState.PENDING, "到2022年10月9日仍无人确认即自动确认"),
        (date(2022, 10, 9), ReviewState.PENDING, "到2022年10月9日"),
        (date(2022, 10, 10), ReviewState.AUTOMATIC, "2022年10月9日前（2个工作日内）无人确认，已自动确认"),
    ],
)
def test_two_working_days_across_the_holiday_then_automatic(today, expected, said):
    calendar = WorkCalendar(
        exceptions={**CALENDAR.exceptions, date(2022, 10, 9): True}, published=CALENDAR.published
    )
    found = review_state(assessed_on=date(2022, 9, 30), confirmed_on=None, today=today, calendar=calendar)

    assert (found.state, said in found.sentence) == (expected, True)


def test_a_confirmation_counts_whenever_it_came():
    found = review_state(
        assessed_on=date(2022, 9, 30),
        confirmed_on=date(2022, 12, 1),
        today=date(2022, 12, 2),
        calendar=CALENDAR,
    )

    assert (found.state, found.sentence) == (ReviewState.CONFIRMED, "项目专员已于2022年12月1日确认")


def test_an_unpublished_year_leaves_it_waiting_for_a_person():
    found = review_state(
        assessed_on=date(2022, 12, 30), confirmed_on=None, today=date(2023, 5, 1), calendar=CALENDAR
    )

    assert found.state == ReviewState.PENDING
    assert "推算不出：2023年放假安排未发布" in found.sentence


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (date(2022, 1, 1), date(2022, 2, 28)),
        (date(2024, 1, 1), date(2024, 2, 29)),
        (date(2022, 12, 1), date(2023, 1, 31)),
    ],
)
def test_an_override_lasts_at_most_to_the_end_of_the_next_month(month, expected):
    assert latest_expiry(month) == expected


def problems(**changes):
    values = {
        "month": date(2022, 6, 1),
        "computed": RED,
        "asked": YELLOW,
        "reason": "市里统一调整",
        "expires_on": date(2022, 7, 31),
        "on": date(2022, 7, 2),
    }
    return override_problems(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"expires_on": date(2022, 7, 2)}, ""),
        ({"asked": GREEN}, ""),
        ({"computed": GREEN, "asked": RED}, ""),
        ({"expires_on": date(2022, 8, 1)}, "2022年7月31日之间，至多一期"),
        ({"expires_on": date(2022, 7, 1)}, "期限须在今天与"),
        ({"reason": " "}, "请写明理由"),
        ({"asked": RED}, "与评定（红）不同的一色"),
        ({"asked": GREY}, "与评定（红）不同的一色"),
        ({"computed": GREY, "asked": GREEN}, "无从评定（灰）的不能改标"),
    ],
)
def test_the_conditions_of_an_override(changes, said):
    found = problems(**changes)

    assert bool(found) == bool(said)
    assert said in "；".join(found)


def marks(*rows: tuple[Colour | None, Colour, bool]) -> list[MonthMark]:
    return [
        MonthMark(month=date(2022, number, 1), claimed=claimed, computed=computed, missed=missed)
        for number, (claimed, computed, missed) in enumerate(rows, start=1)
    ]


PLAIN = (None, GREEN, False)


@pytest.mark.parametrize(
    ("later", "turned"),
    [
        ([PLAIN, PLAIN, (None, RED, False)], True),  # 第三个月转红
        ([PLAIN, PLAIN, PLAIN, (None, RED, False)], False),  # 第四个月才转红
        ([(None, YELLOW, False), PLAIN, PLAIN], False),
        ([PLAIN, (None, GREY, True), PLAIN], True),  # 目标逾期
        ([PLAIN, PLAIN, PLAIN], False),
    ],
)
def test_a_green_that_turns_red_or_misses_within_three_months_was_not_true(later, turned):
    found = honesty(marks((GREEN, GREEN, False), *later), last_closed=date(2022, 12, 1))

    assert found == Honesty(decided=1, turned=int(turned), waiting=0)


def test_claiming_green_while_the_same_month_is_red_was_not_true():
    assert honesty(marks((GREEN, RED, False)), last_closed=None) == Honesty(decided=1, turned=1, waiting=0)


@pytest.mark.parametrize(("closed", "decided"), [(3, 0), (4, 1)])
def test_a_green_whose_three_months_are_not_over_is_not_counted_yet(closed, decided):
    rows = [(GREEN, GREEN, False), *[PLAIN] * (closed - 1)]
    found = honesty(marks(*rows), last_closed=date(2022, closed, 1))

    assert found == Honesty(decided=decided, turned=0, waiting=1 - decided)


def test_the_window_runs_over_the_turn_of_the_year():
    found = honesty(
        [
            MonthMark(month=date(2022, 11, 1), claimed=GREEN, computed=GREEN),
            MonthMark(month=date(2023, 2, 1), claimed=None, computed=RED),
        ],
        last_closed=date(2023, 2, 1),
    )

    assert found.turned == 1


def test_only_green_is_counted_and_no_green_gives_no_rate():
    found = honesty(marks((YELLOW, RED, True), (None, RED, True)), last_closed=date(2022, 12, 1))

    assert (found.decided, found.rate) == (0, None)


@pytest.mark.parametrize(
    ("turned", "decided", "rate"), [(1, 3, "33.3"), (2, 3, "66.7"), (1, 8, "12.5"), (0, 5, "0.0")]
)
def test_the_rate_is_of_sums_rounded_half_up(turned, decided, rate):
    parts = [Honesty(decided=1, turned=int(number < turned), waiting=0) for number in range(decided)]
    total = sum(parts[1:], parts[0])

    assert total.rate == Decimal(rate)
