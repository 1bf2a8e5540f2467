"""年度时间轴：十二个月的计划与实际、月末颜色、停工区段、目标期限与达成。只算坐标。"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kaopu.domain.colours import Colour
from kaopu.domain.days import chinese_day
from kaopu.domain.money import in_text
from kaopu.projects.models import AnnualGoal, MonthlyPlan
from kaopu.tracking.models import GoalAchievement, MonthlyReport, Resumption, Suspension, Verdict

WIDTH, HEIGHT = 960, 236
_LEFT, _SLOT = 60, 75
_TOP, _BASE = 70, 172


@dataclass(frozen=True, kw_only=True)
class MonthColumn:
    """一个月：柱、颜色与提示。柱高为零时不画。"""

    month: int
    x: float
    plan_height: float
    plan_title: str
    actual_height: float
    actual_title: str
    colour: str
    colour_title: str


@dataclass(frozen=True, kw_only=True)
class Band:
    """停工区段。"""

    x: float
    width: float
    title: str


@dataclass(frozen=True, kw_only=True)
class Flag:
    """一面旗：目标期限或目标达成。"""

    x: float
    anchor: str
    title: str
    done: bool


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """画好坐标的时间轴。"""

    columns: tuple[MonthColumn, ...]
    bands: tuple[Band, ...]
    flags: tuple[Flag, ...]
    top_label: str
    base: int = _BASE
    top: int = _TOP


def timeline(
    year: int,
    *,
    plans: Sequence[MonthlyPlan],
    reports: Sequence[MonthlyReport],
    verdicts: Mapping[date, Verdict],
    stops: Sequence[tuple[Suspension, Resumption | None]],
    goals: Sequence[AnnualGoal],
    achievements: Sequence[GoalAchievement],
    municipal: bool = False,
) -> Timeline:
    """由一年的事实排出时间轴。"""
    planned = {plan.month: plan.planned_investment_yuan or 0 for plan in plans}
    actual = {report.month: report.investment_yuan for report in reports}
    top = max([*planned.values(), *(amount or 0 for amount in actual.values()), 1])
    months = [date(year, number, 1) for number in range(1, 13)]
    return Timeline(
        columns=tuple(
            _column(
                month,
                planned.get(month),
                actual.get(month),
                month in actual,
                verdicts.get(month),
                top,
                municipal,
            )
            for month in months
        ),
        bands=tuple(band for stop, end in stops if (band := _band(year, stop, end)) is not None),
        flags=tuple(_flags(year, goals, achievements)),
        top_label=in_text(top) if top > 1 else "",
    )


def _column(
    month: date,
    plan: int | None,
    actual: int | None,
    reported: bool,
    verdict: Verdict | None,
    top: int,
    municipal: bool,
) -> MonthColumn:
    height = _BASE - _TOP
    said = f"实际{in_text(actual)}" if reported else "尚无月报"
    return MonthColumn(
        month=month.month,
        x=_LEFT + _SLOT * (month.month - 1),
        plan_height=height * max(plan or 0, 0) / top,
        plan_title=f"{month.month}月计划{in_text(plan)}" if plan is not None else f"{month.month}月未报计划",
        actual_height=height * max(actual or 0, 0) / top,
        actual_title=f"{month.month}月{said}",
        # 市属未评定画空框，与总览一致
        colour=verdict.colour if verdict and not (municipal and verdict.colour == Colour.GREY) else "",
        colour_title=f"{month.month}月末：{verdict.reason}" if verdict else f"{month.month}月尚未评定",
    )


def _x_of(day: date) -> float:
    return _LEFT + _SLOT * (day.month - 1 + (day.day - 1) / monthrange(day.year, day.month)[1])


def _band(year: int, stop: Suspension, end: Resumption | None) -> Band | None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    until = end.on if end else last
    if stop.on > last or until < first:
        return None
    x = _x_of(max(stop.on, first))
    title = f"停工：{stop.cause}，{chinese_day(stop.on)}起，" + (
        f"{chinese_day(end.on)}复工" if end else "尚未复工"
    )
    return Band(x=x, width=max(3.0, _x_of(min(until, last)) - x), title=title)


def _flags(year: int, goals: Sequence[AnnualGoal], achievements: Sequence[GoalAchievement]) -> list[Flag]:
    flags = [
        _flag(goal.due_on, f"目标期限 {goal.due_on:%m-%d}：{goal.text}", done=False)
        for goal in goals
        if goal.due_on and goal.due_on.year == year
    ]
    flags += [
        _flag(item.on, f"达到 {item.on:%m-%d}：{item.evidence}", done=True)
        for item in achievements
        if item.on.year == year
    ]
    return flags


def _flag(day: date, title: str, *, done: bool) -> Flag:
    return Flag(x=_x_of(day), anchor="end" if day.month > 6 else "start", title=title, done=done)
