"""百分比：“45%”“６２％”“约80%”→ 百分数；像小数、等于 1、超过 100 都要提醒（§7.2）。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kaopu.domain.parsing.text import compact, is_excel_error, says_nothing


@dataclass(frozen=True, kw_only=True)
class Percent:
    """百分比，``value`` 以百分为单位。``note`` 为 looks_like_fraction、ambiguous_1、over_100 或空。"""

    raw: str
    value: Decimal | None = None
    note: str | None = None
    error: str | None = None


def parse_percent(raw: object, *, excel_percent_format: bool = False) -> Percent:
    """读百分比。单元格是百分比格式时，存的数乘以 100；负数记 negative，读不准记 unparsed。"""
    shown = "" if raw is None else str(raw)
    text = compact(raw)
    if isinstance(raw, bool):
        return Percent(raw=shown, error="unparsed")
    if says_nothing(text):
        return Percent(raw=shown)
    if is_excel_error(text):
        return Percent(raw=shown, error="excel_error")
    match = re.fullmatch(r"(?:约|大约|近|逾|超过?|达到?)?(-?\d+(?:\.\d+)?(?:[eE]-?\d{1,2})?)(%?)(?:左右|以上)?", text)
    if match is None:
        return Percent(raw=shown, error="unparsed")
    try:
        number = Decimal(match.group(1))
    except InvalidOperation:
        return Percent(raw=shown, error="unparsed")
    return _judged(shown, number, stated=bool(match.group(2)), scaled=excel_percent_format)


def _judged(shown: str, number: Decimal, *, stated: bool, scaled: bool) -> Percent:
    if number < 0:
        return Percent(raw=shown, error="negative")
    if scaled and not stated:
        number = (number * 100).normalize()
        stated = True
    if number > 100:
        return Percent(raw=shown, value=number, note="over_100")
    if not stated and number == 1:
        return Percent(raw=shown, value=number, note="ambiguous_1")
    if not stated and 0 < number < 1:
        return Percent(raw=shown, value=number, note="looks_like_fraction")
    return Percent(raw=shown, value=number)
