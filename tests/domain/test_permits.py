"""施工许可：三个月开工，至多延两次、每次不超过三个月，须趁早（《建筑法》第九条）。"""

from __future__ import annotations

from datetime import date

import pytest

from kaopu.domain.permits import extension_refused, start_countdown, start_due

ISSUED = date(2022, 3, 31)
FIRST, SECOND = date(2022, 9, 30), date(2022, 12, 30)


@pytest.mark.parametrize(
    ("extended", "due"),
    [((), date(2022, 6, 30)), ((FIRST,), FIRST), ((FIRST, SECOND), SECOND)],
)
def test_the_last_day_to_start_is_three_months_on_or_the_last_extension(
    extended: tuple[date, ...], due: date
) -> None:
    assert start_due(ISSUED, extended) == due


@pytest.mark.parametrize(
    ("extended", "until", "on", "said"),
    [
        ((), FIRST, date(2022, 6, 30), ""),
        ((), FIRST, date(2022, 7, 1), "自行废止"),
        ((), FIRST, date(2022, 3, 30), "之间批准"),
        ((), date(2022, 10, 1), date(2022, 6, 1), "不超过3个月"),
        ((), date(2022, 6, 30), date(2022, 6, 1), "不超过3个月"),
        ((FIRST,), SECOND, FIRST, ""),
        ((FIRST, SECOND), date(2023, 3, 1), date(2022, 12, 1), "已延期2次"),
    ],
)
def test_an_extension_is_early_short_and_at_most_twice(
    extended: tuple[date, ...], until: date, on: date, said: str
) -> None:
    refused = extension_refused(issued_on=ISSUED, extended_to=extended, until=until, on=on)

    assert said in refused if said else refused == ""


def test_the_clock_stops_on_the_day_work_starts_and_not_before() -> None:
    def left(on: date) -> int | None:
        line = start_countdown(issued_on=ISSUED, extended_to=[FIRST], started_on=date(2022, 9, 1), on=on)
        return line.days_left if line else None

    assert (left(date(2022, 8, 31)), left(date(2022, 9, 1))) == (30, None)
    running = start_countdown(issued_on=ISSUED, extended_to=[FIRST], started_on=None, on=date(2022, 10, 1))
    assert running is not None and running.passed
    assert (running.name, running.clause) == ("领证后开工（三个月内，已延期1次）", "《建筑法》第九条")
