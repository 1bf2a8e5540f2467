"""百分比格：45%、４５％、0.45（百分比格式）读成百分数；分数还是百分数说不清的，记下提示（HANDBOOK §7.1、§7.2）。"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from kaopu.domain.parsing import text as cells
from kaopu.domain.parsing.notes import split_notes
from kaopu.domain.parsing.numerals import plain_characters, read_number

_BEFORE = re.compile(r"(?:累计|已|完成率|完成|形象进度|进度|比例|占比|为|达到|达|约为|大约|约|大概|:)*")
_ABOUT = re.compile("约|大概|(?:左右|上下)$")
_MOST = Decimal(10**6)


@dataclass(frozen=True, kw_only=True)
class Percent:
    """百分比。``qualifier``：写着约、左右的为 approx，没有为空。

    ``value``：以百分之一为单位的十进制数，45% 记 45。``note``：looks_like_fraction 像小数（0.45 也许是 45%）、
    ambiguous_1（1 也许是 100%）、over_100 超过百分之百。``error``：excel_error、unparsed、negative（值照记）。
    """

    raw: str
    value: Decimal | None = None
    qualifier: str | None = None
    note: str | None = None
    error: str | None = None


def parse_percent(raw: object, *, excel_percent_format: bool = False) -> Percent:
    """读百分比格（§7.2 第7条）。``excel_percent_format``：这一格设了百分比格式，存的 0.45 就是 45%。

    约、左右去掉后读数；超、近、不低于、区间没有确定的值，记 unparsed，原文保留。
    """
    blank = Percent(raw=cells.text_of(raw))
    if raw is None:
        return blank
    number = cells.number_of(raw)
    if number is not None:
        if isinstance(raw, float) and abs(number) < _MOST:
            number = round(number, 12)  # 0.1+0.2 一类的二进制尾差
        return _percent(blank, number, stated=False, stored=excel_percent_format)
    if not isinstance(raw, str):
        return replace(blank, error="unparsed")
    text = cells.normalise_text(raw)
    if cells.is_excel_error(text):
        return replace(blank, error="excel_error")
    if cells.is_blank(text):
        return blank
    return _read_text(blank, text, stored=excel_percent_format)


def _read_text(blank: Percent, text: str, *, stored: bool) -> Percent:
    unparsed = replace(blank, error="unparsed")
    compact = None if cells.hides_digits(blank.raw) else cells.without_spaces(text)
    if compact is None:
        return unparsed
    head, notes = split_notes(compact)
    if any(re.search("[0-9]", note) for note in notes):
        return unparsed
    # “完成三分之二”读不成；去掉前缀后剩下的必须整个是一个数。
    body = re.sub("(?:左右|上下)$", "", _BEFORE.sub("", head, count=1))
    negative = body[:1] in ("-", "−", "负")
    body = body[1:] if negative else body
    said = body.startswith("百分之")
    digits = plain_characters(body.removeprefix("百分之") if said else body.removesuffix("%"))
    number = read_number(digits) if digits != "一" or said else None
    if number is None or "," in digits or re.search("[万亿]", digits):
        return unparsed
    if _ABOUT.search(head):
        blank = replace(blank, qualifier="approx")
    return _percent(blank, -number if negative else number, stated=said or body.endswith("%"), stored=stored)


def _percent(blank: Percent, number: Decimal, *, stated: bool, stored: bool) -> Percent:
    """``stated``：写了百分号；``stored``：没写，但格式是百分比。"""
    value = number if stated or not stored else number * 100
    if abs(value) > _MOST:
        return replace(blank, error="unparsed")
    value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
    if value < 0:
        return replace(blank, value=value, error="negative")
    note = None
    if value > 100:
        note = "over_100"
    elif not stated and not stored and 0 < value <= 1:
        note = "ambiguous_1" if value == 1 else "looks_like_fraction"
    return replace(blank, value=value, note=note)


def typed_percent(value: Decimal | None) -> str:
    """填回表单的百分数：去尾零，不带百分号；空值为空。"""
    return "" if value is None else f"{value.normalize():f}"
