"""投资进度：序时完成率与年度完成率（HANDBOOK §5.6；百分比由合计重算，从不取平均）。"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def percent(part: int, whole: int, *, places: int = 1) -> Decimal | None:
    """百分比，四舍五入（ROUND_HALF_UP）；分母为零时无意义，返回 ``None``。"""
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
