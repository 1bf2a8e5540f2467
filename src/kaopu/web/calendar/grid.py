"""一年的月历：每天上班、休息，与周次规律不同的标出来；月报期限也标出来。"""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kaopu.domain.workdays import CalendarUnpublished, WorkCalendar, report_due_on
from kaopu.tracking.queries.calendar import SpecialDay

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """月历上的一天：``mark`` 为“休”“班”或空，``off`` 为休息，``due`` 为月报期限。"""

    day: date
    mark: str
    off: bool
    name: str
    due: bool


@dataclass(frozen=True, kw_only=True)
class Month:
    """一个月：各周（周一起），不在本月的格子为空；工作日数与月报期限。"""

    number: int
    weeks: tuple[tuple[Cell | None, ...], ...]
    workdays: int
    due_on: date | None


def months(year: int, special: Mapping[date, SpecialDay], calendar: WorkCalendar) -> list[Month]:
    """一年十二个月。"""
    return [_month(year, number, special, calendar) for number in range(1, 13)]


def _month(year: int, number: int, special: Mapping[date, SpecialDay], calendar: WorkCalendar) -> Month:
    due_on = _due(date(year, number, 1), calendar)
    weeks = tuple(
        tuple(_cell(day, special.get(day), calendar, due_on) if day.month == number else None for day in week)
        for week in Calendar().monthdatescalendar(year, number)
    )
    working = sum(cell is not None and not cell.off for week in weeks for cell in week)
    return Month(number=number, weeks=weeks, workdays=working, due_on=due_on)


def _due(month: date, calendar: WorkCalendar) -> date | None:
    try:
        return report_due_on(month, calendar)
    except CalendarUnpublished:
        return None


def _cell(day: date, item: SpecialDay | None, calendar: WorkCalendar, due_on: date | None) -> Cell:
    published = day.year in calendar.published
    works = calendar.is_workday(day) if published else True
    mark = ("班" if item.works else "休") if published and item is not None else ""
    return Cell(day=day, mark=mark, off=not works, name=item.name if item else "", due=day == due_on)
