"""工作日历的读取：开箱所带的节假日表，加上此后的改动（HANDBOOK §8.6）。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.workdays import WorkCalendar
from kaopu.tracking.models import CalendarChange, CalendarDay, CalendarYear

# 开箱所带的表用的是英文节名
SEEDED_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


class SpecialDay(NamedTuple):
    """与周次规律不同的一天。"""

    works: bool
    name: str


def special_days(year: int | None = None, past: Past | None = None) -> dict[date, SpecialDay]:
    """特殊日子（可只取一年），现行的或当时的，按日期先后。"""
    seeded, changes = CalendarDay.objects.all(), CalendarChange.objects.seen(past)
    if year is not None:
        seeded, changes = seeded.filter(day__year=year), changes.filter(day__year=year)
    days = {
        day: SpecialDay(works, SEEDED_NAMES.get(name, name))
        for day, works, name in seeded.values_list("day", "works", "name")
    }
    for day, works, name in changes.values_list("day", "works", "name"):
        if works is None:
            days.pop(day, None)
        else:
            days[day] = SpecialDay(works, name)
    return dict(sorted(days.items()))


def published_years(past: Past | None = None) -> frozenset[int]:
    """已发布放假安排的年份，现在的或当时的。"""
    seeded = CalendarDay.objects.dates("day", "year")
    imported = CalendarYear.objects.seen(past).values_list("year", flat=True)
    return frozenset(day.year for day in seeded) | frozenset(imported)


@until_facts_change(CalendarDay, CalendarChange, CalendarYear)
def working_calendar(past: Past | None = None) -> WorkCalendar:
    """节假日表，现行的或当时的。"""
    exceptions = {day: item.works for day, item in special_days(past=past).items()}
    return WorkCalendar(exceptions=exceptions, published=published_years(past))


def last_change() -> int:
    """最近一处改动的编号，供页面识别“我看的还是不是最新”；还没有改动为 0。"""
    return CalendarChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def notice_of(year: int, past: Past | None = None) -> CalendarYear | None:
    """某年放假安排依据的通知，现行的或当时的；开箱所带的年份没有。"""
    found: CalendarYear | None = CalendarYear.objects.seen(past).filter(year=year).first()
    return found


@dataclass(frozen=True, kw_only=True)
class DayChange:
    """预演里的一处改动：某天原来怎样、改成怎样；``None`` 为按周次。"""

    day: date
    before: SpecialDay | None
    after: SpecialDay | None


def differences(days: Mapping[date, SpecialDay], *, year: int) -> Sequence[DayChange]:
    """把 ``year`` 年的表换成 ``days`` 会改动哪些天。

    该年一月至十一月没有列出的回到按周次；十二月的可能出自下一年的通知（如元旦调休），没有列出的不动。
    """
    now = {**special_days(year - 1), **special_days(year)}
    dropped = [day for day in now if day.year == year and day.month < 12 and day not in days]
    changed = [day for day, item in days.items() if now.get(day) != item]
    return [
        DayChange(day=day, before=now.get(day), after=days.get(day)) for day in sorted([*dropped, *changed])
    ]
