"""专班例会：下一次哪天开，几时提醒，漏开了没有。"""

from __future__ import annotations

from datetime import date

import pytest

from kaopu.domain.escalation import DueDay
from kaopu.domain.task_forces import call_level, next_meeting
from kaopu.domain.workdays import WorkCalendar

CALENDAR = WorkCalendar(
    exceptions={date(2022, 9, 12): False, **{date(2022, 10, day): False for day in range(3, 8)}},
    published=frozenset({2022}),
)


@pytest.mark.parametrize(
    ("last_on", "days", "expected"),
    [
        (date(2022, 9, 1), 14, DueDay(on=date(2022, 9, 15))),  # 周四
        (date(2022, 9, 3), 7, DueDay(on=date(2022, 9, 13))),  # 9 月 10 日周六，12 日中秋补休
        (date(2022, 9, 17), 14, DueDay(on=date(2022, 10, 10))),  # 国庆七天
        (date(2022, 12, 25), 14, DueDay(on=date(2023, 1, 8), provisional=True)),  # 还没有发布的年份不顺延
    ],
)
def test_the_next_meeting_falls_on_the_first_workday_after_the_interval(
    last_on: date, days: int, expected: DueDay
) -> None:
    assert next_meeting(last_on=last_on, rhythm_days=days, calendar=CALENDAR) == expected


@pytest.mark.parametrize(("day", "level"), [(11, None), (12, 1), (15, 1), (16, 2)])
def test_it_is_called_three_days_ahead_and_again_when_missed(day: int, level: int | None) -> None:
    assert call_level(date(2022, 9, 15), today=date(2022, 9, day)) == level
