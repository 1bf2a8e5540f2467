"""专班例会：下一次哪天开，几时提醒，漏开了没有（HANDBOOK §3.12；种子 D10“定期召开例会”）。"""

from __future__ import annotations

from datetime import date, timedelta

from kaopu.domain.escalation import DueDay, is_overdue
from kaopu.domain.workdays import CalendarUnpublished, WorkCalendar

REMIND_DAYS = 3
REMIND_LEVEL, MISSED_LEVEL = 1, 2  # 提醒给专班自己；漏开的科长也要知道


def next_meeting(*, last_on: date, rhythm_days: int, calendar: WorkCalendar) -> DueDay:
    """下一次例会：上次（头一次为组建之日）之后隔 ``rhythm_days`` 天，遇休息日顺延到下一个工作日；放假安排未发布的暂不顺延。"""
    day = last_on + timedelta(days=rhythm_days)
    try:
        while not calendar.is_workday(day):
            day += timedelta(days=1)
    except CalendarUnpublished:
        return DueDay(on=day, provisional=True)
    return DueDay(on=day)


def call_level(meeting_on: date, *, today: date) -> int | None:
    """今天该不该说这次例会：过了没开的 L2，三日之内要开的 L1，还早的不说。"""
    if is_overdue(meeting_on, on=today):
        return MISSED_LEVEL
    return REMIND_LEVEL if (meeting_on - today).days <= REMIND_DAYS else None
