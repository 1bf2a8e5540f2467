"""停工与复工的算法：复工率、倒计、法定时限、顺延建议。"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kaopu.domain.suspension import (
    OpinionSide,
    burn_down,
    countdowns,
    missing_opinions,
    months_after,
    moved_dates,
    plan_approved,
    progress_on,
    resumption_clash,
    stop_clash,
)

STOP, TARGET = date(2022, 3, 28), date(2022, 6, 30)
SPANS = [(STOP, date(2022, 5, 26)), (STOP, TARGET), (STOP, None)]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2022, 3, 28), 1, date(2022, 4, 28)),
        (date(2022, 1, 31), 1, date(2022, 2, 28)),
        (date(2022, 12, 15), 3, date(2023, 3, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_after_keeps_the_day_or_takes_the_months_end(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


@pytest.mark.parametrize(
    ("on", "resumed", "rate"),
    [
        (date(2022, 5, 25), 0, Decimal("0.0")),
        (date(2022, 5, 26), 1, Decimal("33.3")),
        (TARGET, 2, Decimal("66.7")),
    ],
)
def test_the_rate_counts_the_day_of_resumption(on: date, resumed: int, rate: Decimal) -> None:
    progress = progress_on(SPANS, on=on)

    assert (progress.due, progress.resumed, progress.rate, progress.left) == (3, resumed, rate, 3 - resumed)


def test_before_any_stop_there_is_no_rate() -> None:
    assert progress_on(SPANS, on=date(2022, 3, 27)).rate is None


def test_the_burn_down_ends_on_the_target_or_today_whichever_comes_first() -> None:
    whole = burn_down(SPANS, start=STOP, target=TARGET, until=date(2022, 12, 31))
    half = burn_down(SPANS, start=STOP, target=TARGET, until=date(2022, 5, 26))

    assert (whole[0], whole[-1]) == ((STOP, 3, Decimal("3.0")), (TARGET, 1, Decimal("0.0")))
    assert (half[-1][0], half[-1][1]) == (date(2022, 5, 26), 2)


def test_statutory_limits_count_from_the_stop() -> None:
    found = countdowns(stopped_on=STOP, on=date(2022, 4, 29))

    assert [(line.due_on, line.days_left, line.passed) for line in found] == [
        (date(2022, 4, 28), -1, True),
        (date(2023, 3, 28), 333, False),
    ]
    assert {line.clause for line in found} == {"《建筑法》第十条"}


def test_a_plan_is_approved_only_with_all_three_opinions() -> None:
    given = {side: True for side in OpinionSide}

    assert plan_approved(given)
    assert not plan_approved({**given, OpinionSide.STREET: False})
    assert missing_opinions({OpinionSide.STREET: True}) == ["行业主管意见", "推进办审批"]


def test_only_dates_from_the_stop_on_are_proposed_to_move_by_the_days_stopped() -> None:
    due = [("结构封顶", date(2022, 9, 30)), ("正式开工", date(2022, 3, 27))]
    moved = moved_dates(due, stopped_on=STOP, resumed_on=TARGET)

    assert [(row.text, row.proposed) for row in moved] == [("结构封顶", date(2023, 1, 2))]
    assert moved[0].reason == "停工94天（2022年3月28日至2022年6月30日）"


ENDED, OPEN = (date(2022, 3, 28), date(2022, 6, 2)), (date(2022, 9, 1), None)


@pytest.mark.parametrize(
    ("stops", "on", "said"),
    [
        ([ENDED], date(2022, 3, 27), ""),
        ([ENDED], date(2022, 3, 28), "2022年3月28日至2022年6月2日已记有一次停工"),
        ([ENDED], date(2022, 6, 1), "2022年3月28日至2022年6月2日已记有一次停工"),
        ([ENDED], date(2022, 6, 2), ""),
        ([ENDED, OPEN], date(2022, 12, 1), "2022年9月1日起停着工，还没有复工"),
        ([OPEN], date(2022, 1, 1), "2022年9月1日起停着工，还没有复工"),
        ([], date(2022, 1, 1), ""),
    ],
)
def test_a_stop_never_lies_within_another(stops: list, on: date, said: str) -> None:
    assert stop_clash(stops, on=on) == said


@pytest.mark.parametrize(
    ("resumed_on", "said"),
    [
        (date(2022, 3, 27), ""),
        (date(2022, 3, 28), ""),
        (date(2022, 3, 29), "2022年3月28日又记有一次停工"),
        (date(2022, 12, 1), "2022年3月28日又记有一次停工"),
    ],
)
def test_a_stop_ends_before_the_next_begins(resumed_on: date, said: str) -> None:
    assert resumption_clash([ENDED[0], OPEN[0]], stopped_on=date(2022, 1, 5), resumed_on=resumed_on) == said
