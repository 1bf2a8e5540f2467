"""工作日：以可编辑的节假日表为准，不看星期几（HANDBOOK §8.6；2023-01-28 是周六，却是调休工作日）。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

REPORT_DUE_DAY = 25


class CalendarUnpublished(Exception):
    """该年放假安排未发布：不猜，请先导入当年放假通知。"""


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """工作日历。``exceptions`` 列出与周一至周五规律不同的日子（True 为上班），``published`` 为已发布的年份。"""

    exceptions: Mapping[date, bool]
    published: frozenset[int]

    def is_workday(self, day: date) -> bool:
        """当天是否上班；所在年份未发布时抛出 ``CalendarUnpublished``。"""
        if day.year not in self.published:
            raise CalendarUnpublished(f"{day.year}年放假安排未发布，无法推算工作日。请先导入该年放假通知。")
        return self.exceptions.get(day, day.weekday() < 5)

    def presumed_workday(self, day: date) -> bool:
        """当天是否上班；所在年份未发布的按周一至周五推定，用的人须写明是暂定。"""
        try:
            return self.is_workday(day)
        except CalendarUnpublished:
            return day.weekday() < 5

    def previous_workday(self, day: date) -> date:
        """当天或之前最近的工作日。"""
        while not self.is_workday(day):
            day -= timedelta(days=1)
        return day

    def after(self, day: date, count: int) -> date:
        """``day`` 之后第 ``count`` 个工作日：当天不算，从次日起数（§8.6，如“两个工作日内”）。"""
        if count < 1:
            raise ValueError("工作日须从 1 数起。")
        while count:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day


def report_due_on(month: date, calendar: WorkCalendar) -> date:
    """月报期限：每月 25 日，遇休息日提前到上一个工作日（§3.4；金标 10：2023年1月 → 01-20）。"""
    return calendar.previous_workday(month.replace(day=REPORT_DUE_DAY))
