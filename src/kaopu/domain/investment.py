"""投资进度：序时完成率与年度完成率（HANDBOOK §5.6；百分比由合计重算，从不取平均）。"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def percent(part: int, whole: int, *, places: int = 1) -> Decimal | None:
    """百分比，四舍五入（ROUND_HALF_UP）；分母为零时无意义，返回 ``None``。"""
    if whole == 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def pace_percent(months: int, *, places: int = 1) -> Decimal:
    """序时进度：已过月数 ÷ 12，如 10 个月为 83.3%（§3.4）。"""
    return _rounded(Fraction(months * 100, 12), places)


def gap_points(part: int, whole: int, months: int, *, places: int = 1) -> Decimal | None:
    """完成率与序时进度相差的百分点：由未取整的数相减，最后才取整（§3.4：先取整会差 0.1）。"""
    if whole == 0:
        return None
    return _rounded(Fraction(part * 100, whole) - Fraction(months * 100, 12), places)


def change_points(now: tuple[int, int], before: tuple[int, int], *, places: int = 1) -> Decimal | None:
    """两次完成率（完成, 计划）相差的百分点，同样由未取整的数相减。"""
    if now[1] == 0 or before[1] == 0:
        return None
    return _rounded(Fraction(now[0] * 100, now[1]) - Fraction(before[0] * 100, before[1]), places)


def _rounded(value: Fraction, places: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
