"""时间：“2022年6月底”“2022Q4”“12月中旬”“22年12月”→ 所述期间的首末日与精度（§5.1、§7.2）。"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from kaopu.domain.parsing.text import compact, is_excel_error, says_nothing

_STATUS = re.compile(r"已?(?:正式|形式|实质)?(?:已)?(?:开工|完工|竣工|建成|投用|交付|通车|完成|停工|取得|开放)")
_NUMERALS = {"十二": "12", "十一": "11", "十": "10", **{c: str(n) for n, c in enumerate("〇一二三四五六七八九") if n}}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_LEADS = re.compile(r"^(?:预计|计划|力争|争取|拟|暂定|约|确保|目标|原计划|要求|于|在|至)+")
_TAILS = re.compile(r"(?:正式|实质|全面|基本|主体|结构)*(?:开工|完成|竣工|完工|建成|通车|投用|交付|封顶|备案|启动|验收|取得|开放|使用)+$")
_CLOCK = re.compile(r"(?<=[\d日])T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_BEFORE = re.compile(r"(?:之前|以前|前)$")
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, kw_only=True)
class When:
    """时间。``end`` 总是所述期间的最后一天；``relation`` 为 before、approx 或空；``status`` 为“已开工”一类的话。"""

    raw: str
    start: date | None = None
    end: date | None = None
    precision: str | None = None
    relation: str | None = None
    status: str | None = None
    error: str | None = None


class _NoSuchDay(Exception):
    """年月日凑不成一天。"""


def parse_when(raw: object, *, year: int | None = None) -> When:
    """读时间。没写年份的按 ``year``，连它也没有记 year_unknown；2月30日记 no_such_day；读不准记 unparsed。"""
    shown = "" if raw is None else str(raw)
    if isinstance(raw, datetime):
        return _day(shown, raw.date())
    if isinstance(raw, date):
        return _day(shown, raw)
    if isinstance(raw, bool):
        return When(raw=shown, error="unparsed")
    text = compact(raw)
    if says_nothing(text):
        return When(raw=shown)
    if is_excel_error(text):
        return When(raw=shown, error="excel_error")
    if isinstance(raw, float) and re.fullmatch(r"(?:19|20)\d\d\.1", text):
        return When(raw=shown, error="ambiguous")  # 数字 2022.1 可能是 1 月，也可能是丢了零的 10 月
    if _STATUS.fullmatch(text) and text.startswith("已"):
        return When(raw=shown, status=text)
    return replace(_parse(text, year), raw=shown)


def _parse(text: str, year: int | None) -> When:
    body, relation = _strip_relation(_CLOCK.sub("", text))
    try:
        found = _serial(body) or _whole_range(body, year) or _period(body, year)
    except _NoSuchDay:
        return When(raw="", error="no_such_day")
    if found is None:
        return When(raw="", error="unparsed")
    return replace(found, relation=relation) if found.error is None else found


def _strip_relation(text: str) -> tuple[str, str | None]:
    relation = None
    body = _TAILS.sub("", text)
    if match := _LEADS.match(body):
        body = body[match.end() :]
        relation = "approx"
    if match := _BEFORE.search(body):
        body, relation = body[: match.start()], "before"
    return re.sub(r"(?:左右|上下|内完成)$", "", body), relation


def _serial(text: str) -> When | None:
    """Excel 日期序号（1954—2119 年之间）。"""
    if re.fullmatch(r"[2-7]\d{4}(?:\.\d+)?", text):
        return _day("", _EPOCH + timedelta(days=int(Decimal(text))))
    return None


def _day(shown: str, day: date) -> When:
    return When(raw=shown, start=day, end=day, precision="day")


def _whole_range(text: str, year: int | None) -> When | None:
    match = re.fullmatch(r"(.*?\d{2,4}.*?)(?:~|—|–|至|到|-(?=\d{4}))(.*\d.*)", text)
    if not match:
        return None
    left, right = _period(match.group(1), year), None
    if left and left.end:
        right = _period(match.group(2), left.end.year)
    if not left or not right or not left.start or not right.end or left.start > right.end:
        return None
    return When(raw="", start=left.start, end=right.end, precision="range")


def _period(text: str, year: int | None) -> When | None:
    """一段时间：先认年份，再认余下的日、旬、月、季、半年、全年。"""
    if match := re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)", text):
        return _day("", _date(*match.groups()))
    if match := re.fullmatch(r"((?:19|20)?\d\d)[-./年](\d{1,2})[-./月](\d{1,2})日?", text):
        return _day("", _date(*match.groups()))
    if match := re.match(r"((?:19|20)\d\d|\d\d(?=年))(?:年度?|[-./]|(?=Q))", text, re.I):
        return _within(text[match.end() :], _year(match.group(1)))
    if text in ("本年", "当年", "今年", "年内", "年底", "年末", "本年底") or re.match(r"\d|[一二三四五六七八九十第上下全Q]", text, re.I):
        if _within(text, 2000) is None:
            return None
        return _within(text, year) if year is not None else When(raw="", error="year_unknown")
    return None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _date(year: str | int, month: str | int, day: str | int) -> date:
    try:
        return date(_year(str(year)), int(month), int(day))
    except ValueError as error:
        raise _NoSuchDay from error


def _within(text: str, year: int) -> When | None:
    if text in ("", "年", "内", "底", "末", "年内", "年底", "年末", "全年", "本年", "当年", "今年", "本年底"):
        return _span(year, 1, 12, "year")
    if match := re.fullmatch(r"(?:第)?([一二三四1-4])季度?(?:末|底|内)?|Q([1-4])(?:末|底)?", text, re.I):
        quarter = _QUARTERS[match.group(1) or match.group(2)]
        return _span(year, quarter * 3 - 2, quarter * 3, "quarter")
    if match := re.fullmatch(r"([上下])半年(?:末|底|内)?", text):
        first = 1 if match.group(1) == "上" else 7
        return _span(year, first, first + 5, "half")
    return _month(text, year)


def _month(text: str, year: int) -> When | None:
    for word, digits in _NUMERALS.items():
        text = re.sub(rf"^{word}(?=月)", digits, text)
    match = re.fullmatch(r"(\d{1,2})(?:月份?|$)(.*)", text)
    if not match:
        return None
    month, rest = int(match.group(1)), match.group(2)
    if not 1 <= month <= 12:
        raise _NoSuchDay
    last = monthrange(year, month)[1]
    if rest == "":
        return _span(year, month, month, "month")
    if rest in ("底", "末", "月底", "月末"):
        return When(raw="", start=date(year, month, last), end=date(year, month, last), precision="month")
    tens = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "中": (11, 20), "下旬": (21, last)}
    if rest in tens:
        first, end = tens[rest]
        return When(raw="", start=date(year, month, first), end=date(year, month, end), precision="ten_day")
    if day := re.fullmatch(r"(\d{1,2})[日号]?", rest):
        return _day("", _date(year, month, day.group(1)))
    return None


def _span(year: int, first: int, last: int, precision: str) -> When:
    end = date(year, last, monthrange(year, last)[1])
    return When(raw="", start=date(year, first, 1), end=end, precision=precision)
