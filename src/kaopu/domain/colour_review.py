"""颜色复核：系统评定的颜色由项目专员确认，或按期限自动确认；人工调整的条件；报绿失实率（HANDBOOK §5.4）。

单位自报、系统评定、人工调整是三件事，分开存、分开看；人工调整从不改动评定，也不进入下月的评定。
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from kaopu.domain.colours import COLOUR_LABELS, Colour
from kaopu.domain.days import chinese_day
from kaopu.domain.workdays import CalendarUnpublished, WorkCalendar

CONFIRM_WORKDAYS = 2
HONESTY_MONTHS = 3
JUDGED = frozenset({Colour.RED, Colour.YELLOW, Colour.GREEN})


class ReviewState(StrEnum):
    """一个月末颜色复核到哪一步。"""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, kw_only=True)
class Review:
    """复核到哪一步，与一句话。"""

    state: ReviewState
    sentence: str


def review_state(
    *, assessed_on: date, confirmed_on: date | None, today: date, calendar: WorkCalendar
) -> Review:
    """复核到哪一步：有人确认的是已确认；两个工作日内没有人确认的自动确认；放假安排未发布的不推算。"""
    if confirmed_on is not None:
        return Review(state=ReviewState.CONFIRMED, sentence=f"项目专员已于{chinese_day(confirmed_on)}确认")
    try:
        until = calendar.after(assessed_on, CONFIRM_WORKDAYS)
    except CalendarUnpublished as error:
        return Review(state=ReviewState.PENDING, sentence=f"待确认；自动确认之日推算不出：{error}")
    if today > until:
        return Review(
            state=ReviewState.AUTOMATIC,
            sentence=f"{chinese_day(until)}前（{CONFIRM_WORKDAYS}个工作日内）无人确认，已自动确认",
        )
    return Review(
        state=ReviewState.PENDING, sentence=f"待项目专员确认；到{chinese_day(until)}仍无人确认即自动确认"
    )


def latest_expiry(month: date) -> date:
    """人工调整最迟到哪天：不超过一期，即下一个月末。"""
    year, number = (month.year, month.month + 1) if month.month < 12 else (month.year + 1, 1)
    return date(year, number, monthrange(year, number)[1])


def override_problems(
    *, month: date, computed: Colour, asked: Colour, reason: str, expires_on: date, on: date
) -> list[str]:
    """提请人工调整的条件；都满足返回空表。"""
    found = []
    if computed not in JUDGED:
        found.append("无从评定（灰）的不能改标，请补齐月度计划与月报")
    if asked not in JUDGED or asked == computed:
        found.append(f"请改标为红、黄、绿中与评定（{COLOUR_LABELS[computed]}）不同的一色")
    if not reason.strip():
        found.append("请写明理由")
    if not on <= expires_on <= latest_expiry(month):
        found.append(f"期限须在今天与{chinese_day(latest_expiry(month))}之间，至多一期")
    return found


@dataclass(frozen=True, kw_only=True)
class MonthMark:
    """一个项目的一个月：说是什么颜色（``claimed``），评定是什么颜色，目标是否已逾期或无法完成。"""

    month: date
    claimed: Colour | None
    computed: Colour | None
    missed: bool = False


@dataclass(frozen=True, kw_only=True)
class Honesty:
    """报绿失实率：``decided`` 个已见分晓的绿里 ``turned`` 个失实；``waiting`` 个三个月还没过完。"""

    decided: int
    turned: int
    waiting: int

    @property
    def rate(self) -> Decimal | None:
        """失实的百分数，一位小数；没有已见分晓的绿为 ``None``，不猜。"""
        if not self.decided:
            return None
        share = Decimal(self.turned * 100) / Decimal(self.decided)
        return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    def __add__(self, other: Honesty) -> Honesty:
        return Honesty(
            decided=self.decided + other.decided,
            turned=self.turned + other.turned,
            waiting=self.waiting + other.waiting,
        )


NOTHING = Honesty(decided=0, turned=0, waiting=0)


class GreenState(StrEnum):
    """报的一个绿后来怎样：失实、属实、尚不见分晓。"""

    TURNED = "turned"
    KEPT = "kept"
    WAITING = "waiting"


GREEN_LABELS = {GreenState.TURNED: "失实", GreenState.KEPT: "属实", GreenState.WAITING: "尚不见分晓"}


@dataclass(frozen=True, kw_only=True)
class JudgedGreen:
    """报了绿的一个月：后来怎样，为什么。"""

    month: date
    state: GreenState
    why: str

    @property
    def counted(self) -> Honesty:
        """计入报绿失实率的一份。"""
        turned, waiting = self.state is GreenState.TURNED, self.state is GreenState.WAITING
        return Honesty(decided=int(not waiting), turned=int(turned), waiting=int(waiting))


def judged_greens(marks: Sequence[MonthMark], *, last_closed: date | None) -> list[JudgedGreen]:
    """一个项目报了绿的各月：当月起三个月内评定转红，或目标逾期、无法完成的，为失实。

    三个月还没都关账、又还没转红的，尚不见分晓。
    """
    return [_judged(mark, marks, last_closed) for mark in marks if mark.claimed == Colour.GREEN]


def _judged(mark: MonthMark, marks: Sequence[MonthMark], last_closed: date | None) -> JudgedGreen:
    window = [other for other in marks if 0 <= months_between(mark.month, other.month) <= HONESTY_MONTHS]
    against = next((other for other in window if other.computed == Colour.RED or other.missed), None)
    if against is not None:
        what = "评定为红" if against.computed == Colour.RED else "年度目标逾期或无法完成"
        why = f"{against.month.year}年{against.month.month}月末{what}"
        return JudgedGreen(month=mark.month, state=GreenState.TURNED, why=why)
    if last_closed is not None and months_between(mark.month, last_closed) >= HONESTY_MONTHS:
        return JudgedGreen(month=mark.month, state=GreenState.KEPT, why="三个月内没有转红，目标也没有逾期")
    return JudgedGreen(month=mark.month, state=GreenState.WAITING, why="三个月还没有都关账")


def honesty(marks: Sequence[MonthMark], *, last_closed: date | None) -> Honesty:
    """一个项目的报绿失实：尚不见分晓的绿不进分母。"""
    return sum((item.counted for item in judged_greens(marks, last_closed=last_closed)), NOTHING)


def months_between(first: date, second: date) -> int:
    """两个月份相差几个月。"""
    return (second.year - first.year) * 12 + second.month - first.month
