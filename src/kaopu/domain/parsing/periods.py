"""一个时点或一段时间：2022年6月底、6月中旬、2022Q4、上半年、年内，各自的首日与末日（HANDBOOK §7.2 第7条，金标 9）。"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

# 四位年份之后可省“年”；两位的省了，须离所属年度不远才认（见 _NEAR）。
_YEAR = (
    r"(?:(?P<year>[12][0-9]{3})(?:年度?|[-./])?|(?P<short>[0-9]{2})年度?|今年|本年度?|当年"
    r"|(?P<other>[明次来去]年))?"
)
_END = r"(?P<last>底|末)?"
_LEAP_YEAR = 2000  # 没写年份时，拿闰年核对有没有这一天
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
# “24.6.15”“24.6”：两位数离所属年度不远，又不可能是月份，才是年份；“6/5/24”这样倒着写的不在此列。
_NEAR = r"(?P<near>1[3-9]|[2-9][0-9])"
_YEARS_BACK, _YEARS_AHEAD = 6, 12


@dataclass(frozen=True)
class Period:
    """一段时间：首日、末日、精度。“6月底”首末日都是月末，精度仍是月。"""

    start: date
    end: date
    precision: str


def read_period(text: str, *, year: int | None) -> Period | str:
    """读一个时点（文字已去空格、中文数字已改写）。读不出时返回错误码：unparsed、year_unknown、no_such_day。"""
    for pattern, build in _SHAPES:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        known = _year_of(found, year)
        if "near" in found.groupdict() and not _is_near(known, year):
            continue
        if known is not None and not _FIRST_YEAR <= known <= _LAST_YEAR:
            return "unparsed"
        try:
            period = build(found, _LEAP_YEAR if known is None else known)
        except (ValueError, calendar.IllegalMonthError):
            return "no_such_day"
        return "year_unknown" if known is None else period
    return "unparsed"


def _year_of(found: re.Match[str], year: int | None) -> int | None:
    parts = found.groupdict()
    if parts.get("year"):
        return int(parts["year"])
    if short := parts.get("short"):
        return int(short) + (2000 if int(short) < 70 else 1900)
    if near := parts.get("near"):
        return 2000 + int(near)
    if year is not None and (word := parts.get("other")):
        return year + (1 if word[0] in "明次来" else -1)
    return None if parts.get("other") else year


def _is_near(stated: int | None, year: int | None) -> bool:
    return None not in (stated, year) and -_YEARS_BACK <= (stated or 0) - (year or 0) <= _YEARS_AHEAD


def _period(start: date, end: date, precision: str, found: re.Match[str]) -> Period:
    return Period(end if found.groupdict().get("last") else start, end, precision)


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _day(found: re.Match[str], year: int) -> Period:
    on = date(year, int(found["month"]), int(found["day"]))
    return Period(on, on, "day")


def _month(found: re.Match[str], year: int) -> Period:
    start, end = _months(year, int(found["month"]), int(found["month"]))
    return _period(start, end, "month", found)


def _ten_days(found: re.Match[str], year: int) -> Period:
    start, end = _months(year, int(found["month"]), int(found["month"]))
    third = {"初": 0, "上": 0, "中": 1, "下": 2}[found["third"]]
    last_on = end if third == 2 else start.replace(day=10 * third + 10)
    return Period(start.replace(day=10 * third + 1), last_on, "ten_day")


def _quarter(found: re.Match[str], year: int) -> Period:
    quarter = int(found["quarter"] or found["q"])
    return _period(*_months(year, quarter * 3 - 2, quarter * 3), "quarter", found)


def _half(found: re.Match[str], year: int) -> Period:
    first = 1 if found["half"] == "上" or found["h"] == "1" else 7
    return _period(*_months(year, first, first + 5), "half", found)


def _whole_year(found: re.Match[str], year: int) -> Period:
    return _period(*_months(year, 1, 12), "year", found)


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], Period]], ...] = tuple(
    (re.compile(shape), build)
    for shape, build in (
        (
            r"(?P<year>[12][0-9]{3})(?P<sep>[-./])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})[日号]?",
            _day,
        ),
        (r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})", _day),
        (_NEAR + r"(?P<sep>[-./])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})[日号]?", _day),
        (_NEAR + r"[./](?P<month>0[1-9]|[2-9]|1[0-2])" + _END, _month),  # 24.1 可能是 24.10
        # 6.15、6/15 是月日；点后单写一位 1、2、3 的除外：6.3 可能是 6.30 存成数字后末尾的零没有了。
        (r"(?P<month>0?[1-9]|1[0-2])(?:/|\.(?![1-3]$))(?P<day>[0-9]{1,2})[日号]?", _day),
        (_YEAR + r"(?P<month>[0-9]{1,2})月份?(?P<day>[0-9]{1,2})[日号]?", _day),
        (r"(?P<year>[12][0-9]{3})[-./](?P<month>[0-9]{1,2})" + _END, _month),
        # 201012 可能是 2010年12月，也可能是 20年10月12日：2013 年起六位数才只有一种读法。
        (r"(?P<year>20(?:1[3-9]|[2-9][0-9]))(?P<month>0[1-9]|1[0-2])", _month),
        (_YEAR + r"(?P<month>[0-9]{1,2})月份?月?" + _END, _month),
        (_YEAR + r"(?P<month>[0-9]{1,2})月份?月?(?P<third>初|上(?=旬)|中|下(?=旬))旬?", _ten_days),
        (_YEAR + r"(?:第?(?P<quarter>[1-4])季度|第(?P<q>[1-4])季)" + _END, _quarter),
        (_YEAR + r"(?:第?(?P<quarter>[1-4])季|(?:Q|q)(?P<q>[1-4]))" + _END, _quarter),
        (_YEAR + r"(?:(?P<half>上|下)半年度?|[Hh](?P<h>[12]))" + _END, _half),
        (
            r"(?:(?P<year>[12][0-9]{3})|(?P<short>[0-9]{2})(?=年)|今|本|当|(?P<other>[明次来去](?=年)))年度?"
            r"(?:年?(?:内|(?P<last>底|末)))?",
            _whole_year,
        ),
        (r"(?P<year>[12][0-9]{3})(?P<last>底)?", _whole_year),
        (r"(?:(?P<year>[12][0-9]{3})年?|本年)?(?:全年|年度?内|年(?P<last>底|末))", _whole_year),
    )
)
