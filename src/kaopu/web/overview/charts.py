"""总览页的两种图：各月投资柱图、五类结果叠条。只算坐标，画在模板里。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from kaopu.domain.money import YUAN_PER_WAN, YUAN_PER_YI, in_text

CHART_WIDTH, CHART_HEIGHT = 900, 236
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 8, 22, 26
_PLOT_HEIGHT = CHART_HEIGHT - _TOP - _BOTTOM


@dataclass(frozen=True, kw_only=True)
class Bar:
    """一根柱：位置、高矮、读屏与提示文字，``label`` 写在柱顶。"""

    x: float
    y: float
    width: float
    height: float
    title: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class MonthBars:
    """一个月的两根柱；没有任何月报的月份没有实际柱。"""

    month: int
    middle: float
    plan: Bar
    actual: Bar | None


@dataclass(frozen=True, kw_only=True)
class InvestmentChart:
    """各月计划与实际投资。``unit`` 为纵轴单位，``ticks`` 为（高度, 刻度值）。"""

    unit: str
    ticks: tuple[tuple[float, str], ...]
    months: tuple[MonthBars, ...]
    baseline: float = float(CHART_HEIGHT - _BOTTOM)


def investment_chart(months: Sequence[tuple[int, int, int | None]]) -> InvestmentChart | None:
    """由（月, 计划, 实际）画柱图；全年没有计划也没有月报时没有图可画，返回 ``None``。"""
    top = max((max(plan, actual or 0) for _, plan, actual in months), default=0)
    if top <= 0:
        return None
    unit, per = ("亿元", YUAN_PER_YI) if top >= YUAN_PER_YI else ("万元", YUAN_PER_WAN)
    step = _tick_step(Decimal(top) / per)
    count = int((Decimal(top) / (step * per)).to_integral_value(ROUND_CEILING))
    full = int(step * per * count)
    slot = (CHART_WIDTH - _LEFT - _RIGHT) / len(months)
    return InvestmentChart(
        unit=unit,
        ticks=tuple(
            (CHART_HEIGHT - _BOTTOM - _PLOT_HEIGHT * index / count, f"{(step * index).normalize():f}")
            for index in range(count + 1)
        ),
        months=tuple(
            _month_bars(index, row, slot=slot, full=full, per=per) for index, row in enumerate(months)
        ),
    )


def _month_bars(
    index: int, row: tuple[int, int, int | None], *, slot: float, full: int, per: int
) -> MonthBars:
    month, plan, actual = row
    left, width = _LEFT + slot * index, slot * 0.36

    def bar(amount: int, offset: float, name: str, label: str = "") -> Bar:
        height = max(0.0, _PLOT_HEIGHT * amount / full)
        return Bar(
            x=left + offset,
            y=CHART_HEIGHT - _BOTTOM - height,
            width=width,
            height=height,
            title=f"{month}月{name}{in_text(amount)}",
            label=label,
        )

    shown = "" if actual is None else str((Decimal(actual) / per).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return MonthBars(
        month=month,
        middle=left + slot / 2,
        plan=bar(plan, slot * 0.12, "计划"),
        actual=bar(actual, slot * 0.52, "实际", shown) if actual is not None else None,
    )


def _tick_step(top: Decimal) -> Decimal:
    """刻度间距：1、2、5 的十倍数，使刻度在 3 至 6 条之间。"""
    step = Decimal("0.01")
    factors = (Decimal(2), Decimal("2.5"), Decimal(2))
    index = 0
    while top / step > 5:
        step *= factors[index % 3]
        index += 1
    return step


@dataclass(frozen=True, kw_only=True)
class Segment:
    """叠条的一段。"""

    kind: str
    x: float
    width: float
    title: str


def stacked(parts: Sequence[tuple[str, str, int]], *, full: int, width: float = 100.0) -> tuple[Segment, ...]:
    """（种类, 名称, 个数）→ 叠条各段；``full`` 对应满宽。个数为零的不画。"""
    segments, x = [], 0.0
    for kind, name, count in parts:
        if count and full:
            length = width * count / full
            segments.append(Segment(kind=kind, x=x, width=length, title=f"{name}{count}个"))
            x += length
    return tuple(segments)
