"""工作日：向前向后数，跨到没有发布的年份就说没有发布。"""

from __future__ import annotations

from datetime import date

import pytest

from kaopu.domain.workdays import CalendarUnpublished, WorkCalendar, report_due_on

# 2022 年底至 2023 年 1 月（国办发明电〔2022〕16 号）
CALENDAR = WorkCalendar(
    exceptions={
        date(2022, 12, 31): False,
        **{date(2023, 1, day): False for day in (1, 2, 21, 22, 23, 24, 25, 26, 27)},
        date(2023, 1, 28): True,
        date(2023, 1, 29): True,
    },
    published=frozenset({2022, 2023}),
)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2023, 1, 20), 1, date(2023, 1, 28)),  # 春节之后第一个工作日是调休的周六
        (date(2023, 1, 20), 2, date(2023, 1, 29)),
        (date(2023, 1, 20), 3, date(2023, 1, 30)),
        (date(2023, 1, 27), 1, date(2023, 1, 28)),  # 从休息日起数也从次日起
        (date(2022, 12, 30), 1, date(2023, 1, 3)),  # 跨年
        (date(2023, 2, 1), 2, date(2023, 2, 3)),
    ],
)
def test_counting_starts_the_day_after_and_skips_rest_days(day: date, count: int, expected: date) -> None:
    assert CALENDAR.after(day, count) == expected


@pytest.mark.parametrize("day", [date(2023, 12, 29), date(2023, 12, 31)])
def test_counting_into_an_unpublished_year_says_so(day: date) -> None:
    with pytest.raises(CalendarUnpublished, match="2024年放假安排未发布"):
        CALENDAR.after(day, 1)


def test_counting_that_stays_inside_needs_no_later_year() -> None:
    assert CALENDAR.after(date(2023, 12, 27), 2) == date(2023, 12, 29)


def test_counting_back_into_an_unpublished_year_says_so() -> None:
    calendar = WorkCalendar(exceptions={date(2022, 1, 1): False}, published=frozenset({2022}))

    with pytest.raises(CalendarUnpublished, match="2021年"):
        calendar.previous_workday(date(2022, 1, 1))
    with pytest.raises(CalendarUnpublished, match="2023年"):
        report_due_on(date(2023, 1, 1), calendar)


@pytest.mark.parametrize("count", [0, -1])
def test_a_working_day_is_counted_from_one(count: int) -> None:
    with pytest.raises(ValueError, match="从 1 数起"):
        CALENDAR.after(date(2023, 1, 3), count)
