"""倒排计划的横道图：最迟时段、实际、预计与今天、目标日。只算坐标。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kaopu.domain.backward import NODE_STATE_LABELS, NodeState
from kaopu.domain.days import chinese_day
from kaopu.supervision.queries.schedules import Row, Standing

WIDTH = 960
_LEFT, _TOP, _STEP, _BAR = 208, 30, 26, 10
_NARROW_MONTH, _RIGHT = 34, 12


@dataclass(frozen=True, kw_only=True)
class Bar:
    """一行：最迟时段、实际（没有开始的为空宽）、预计办完之处与说明。"""

    name: str
    y: int
    x: float
    width: float
    actual_x: float
    actual_width: float
    forecast_x: float
    late: bool
    done: bool
    title: str


@dataclass(frozen=True, kw_only=True)
class Gantt:
    """画好坐标的横道图。"""

    bars: tuple[Bar, ...]
    months: tuple[tuple[float, str], ...]
    today_x: float
    due_x: float
    height: int
    left: int = _LEFT
    top: int = _TOP
    bar: int = _BAR


def gantt(standing: Standing, *, today: date) -> Gantt:
    """由一版计划排出横道图。"""
    rows = standing.rows
    first = min(
        [today, *(row.node.latest_start for row in rows), *(_actual(row, today)[0] or today for row in rows)]
    )
    last = max([today, standing.schedule.due_on, *(row.at.forecast for row in rows)])
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        return round(_LEFT + (day - first).days / span * (WIDTH - _LEFT - _RIGHT), 1)

    bars = []
    for number, row in enumerate(rows):
        begun, ended = _actual(row, today)
        bars.append(
            Bar(
                name=row.node.name, y=_TOP + number * _STEP, x=x(row.node.latest_start),
                width=max(x(row.node.latest_finish) - x(row.node.latest_start), 2),
                actual_x=x(begun) if begun else 0, actual_width=max(x(ended) - x(begun), 3) if begun else 0,
                forecast_x=x(row.at.forecast), late=row.at.state is NodeState.NO_FLOAT,
                done=row.at.state is NodeState.DONE, title=_title(row),
            )
        )  # fmt: skip
    return Gantt(
        bars=tuple(bars), months=_months(first, last, x), today_x=x(today), due_x=x(standing.schedule.due_on),
        height=_TOP + len(rows) * _STEP + 8,
    )  # fmt: skip


def _actual(row: Row, today: date) -> tuple[date | None, date]:
    step = row.at.progress
    return step.started_on or step.done_on, step.done_on or today


def _title(row: Row) -> str:
    node, state = row.node, NODE_STATE_LABELS[row.at.state]
    latest = f"最迟{chinese_day(node.latest_start)}开始、{chinese_day(node.latest_finish)}完成"
    return f"{node.name}：{latest}，{state}"


def _months(first: date, last: date, x: object) -> tuple[tuple[float, str], ...]:
    """各月初的刻度；太密的只写年初与隔几个月。"""
    assert callable(x)
    starts: list[date] = []
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        starts.append(day)
        day = (day + timedelta(days=32)).replace(day=1)
    every = _spacing(len(starts))
    shown = [start for start in starts if (start.month - 1) % every == 0]
    return tuple((x(start), f"{start.year}年" if start.month == 1 else f"{start.month}月") for start in shown)


def _spacing(count: int) -> int:
    """隔几个月写一个刻度才不挤。"""
    room = (WIDTH - _LEFT - _RIGHT) // _NARROW_MONTH
    return next((every for every in (1, 2, 3, 6) if count <= room * every), 12)
