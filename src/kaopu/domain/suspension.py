"""停工与复工：应复尽复、复工率、目标日倒计、法定时限，以及停工顺延的建议（HANDBOOK §1C 种子 C04–C12）。"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Act, Role, Scope, Thing, scope_of


class OpinionSide(StrEnum):
    """复工方案须过的三道：属地、行业主管、推进办。"""

    STREET = "street_side"
    INDUSTRY = "industry_side"
    OFFICE = "office_side"


SIDE_LABELS = {
    OpinionSide.STREET: "属地意见",
    OpinionSide.INDUSTRY: "行业主管意见",
    OpinionSide.OFFICE: "推进办审批",
}


def opinion_sides(role: Role) -> tuple[OpinionSide, ...]:
    """某角色出得了哪几道意见（§4.2）：属地一道归街镇与重点地区，行业一道归责任单位与审批部门，推进办都可代录。"""
    if scope_of(role, Thing.SUSPENSION, Act.APPROVE) is not Scope.NONE:
        return tuple(OpinionSide)
    if role is Role.PERMIT_DEPT or scope_of(role, Thing.SUSPENSION, Act.FIRST) is not Scope.NONE:
        return (OpinionSide.INDUSTRY,)
    return (OpinionSide.STREET,) if scope_of(role, Thing.SUSPENSION, Act.PROPOSE) is not Scope.NONE else ()


def plan_approved(opinions: Mapping[OpinionSide, bool]) -> bool:
    """“一项一方案”是否已批准：三道意见齐全且都同意（C10）。"""
    return all(opinions.get(side, False) for side in OpinionSide)


def missing_opinions(opinions: Mapping[OpinionSide, bool]) -> list[str]:
    """还缺或不同意的意见，按先后。"""
    return [SIDE_LABELS[side] for side in OpinionSide if not opinions.get(side, False)]


def months_after(day: date, months: int) -> date:
    """``months`` 个月之后的同一日；当月没有这一日的取月末。"""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, kw_only=True)
class Countdown:
    """一个法定时限：名目、依据、截止日、到 ``on`` 日还剩几天（负数为已过）。"""

    name: str
    clause: str
    due_on: date
    days_left: int

    @classmethod
    def to(cls, due_on: date, *, name: str, clause: str, on: date) -> Countdown:
        """``on`` 日到 ``due_on`` 的时限。"""
        return cls(name=name, clause=clause, due_on=due_on, days_left=(due_on - on).days)

    @property
    def passed(self) -> bool:
        """是否已过。"""
        return self.days_left < 0


def countdowns(*, stopped_on: date, on: date) -> list[Countdown]:
    """停工期间的法定时限：停工起一个月内报告，满一年的复工前核验施工许可证（《建筑法》第十条）。"""
    due = [("中止施工报告（一个月内）", 1), ("核验施工许可证（满一年）", 12)]
    return [
        Countdown.to(months_after(stopped_on, months), name=name, clause="《建筑法》第十条", on=on)
        for name, months in due
    ]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """某日的复工进度：应复工、已复工与复工率（一位小数，四舍五入；没有应复工的为空）。"""

    on: date
    due: int
    resumed: int

    @property
    def rate(self) -> Decimal | None:
        """复工率（%）。"""
        if not self.due:
            return None
        return (Decimal(self.resumed * 100) / self.due).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def left(self) -> int:
        """未复工的个数。"""
        return self.due - self.resumed


def progress_on(stops: Sequence[tuple[date, date | None]], *, on: date) -> Progress:
    """到 ``on`` 日的复工进度；``stops`` 为（停工日，复工日）。"""
    stopped = [(start, end) for start, end in stops if start <= on]
    return Progress(on=on, due=len(stopped), resumed=sum(end is not None and end <= on for _, end in stopped))


def burn_down(
    stops: Sequence[tuple[date, date | None]], *, start: date, target: date, until: date
) -> list[tuple[date, int, Decimal]]:
    """目标日倒计：每周一点（首末两日必有），实剩几个、匀速应剩几个。"""
    last = max(start, min(until, target))
    days = [start + timedelta(days=7 * week) for week in range((last - start).days // 7 + 1)]
    if days[-1] != last:
        days.append(last)
    span = max((target - start).days, 1)
    whole = len(stops)
    return [
        (
            day,
            progress_on(stops, on=day).left,
            (Decimal(whole) * max((target - day).days, 0) / span).quantize(Decimal("0.1")),
        )
        for day in days
    ]


def owes_reason(*, stopped_on: date, target_on: date | None, month: date) -> bool:
    """某月（首日）该不该报未复工原因：停工在此月之前，目标日已过或没有定（种子 C09“应复尽复”）。"""
    return stopped_on < month and (target_on is None or target_on < month)


@dataclass(frozen=True, kw_only=True)
class MovedDate:
    """顺延建议的一行：原日期加停工天数；只是建议，目标不变（种子 D06），要改另行报批。"""

    text: str
    was: date
    proposed: date
    reason: str


def moved_dates(due: Sequence[tuple[str, date]], *, stopped_on: date, resumed_on: date) -> list[MovedDate]:
    """复工后：停工之日起尚未到期的各节点，建议顺延停工的天数，理由停工。"""
    days = (resumed_on - stopped_on).days
    return [
        MovedDate(
            text=text,
            was=day,
            proposed=day + timedelta(days=days),
            reason=f"停工{days}天（{chinese_day(stopped_on)}至{chinese_day(resumed_on)}）",
        )
        for text, day in due
        if day >= stopped_on
    ]


def stop_clash(stops: Sequence[tuple[date, date | None]], *, on: date) -> str:
    """同一项目 ``on`` 日起停，与已记的哪一次相交（TRUST §4 第 18 条）；不相交返回空串。复工当日起再停不算。"""
    for start, end in stops:
        if end is None:
            return f"{chinese_day(start)}起停着工，还没有复工"
        if start <= on < end:
            return f"{chinese_day(start)}至{chinese_day(end)}已记有一次停工"
    return ""


def resumption_clash(starts: Sequence[date], *, stopped_on: date, resumed_on: date) -> str:
    """一次停工到 ``resumed_on`` 为止，越过了同一项目的哪一次停工；没有返回空串。"""
    for start in sorted(starts):
        if stopped_on <= start < resumed_on:
            return f"{chinese_day(start)}又记有一次停工"
    return ""
