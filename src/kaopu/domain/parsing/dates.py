"""时间格：2022年6月底、2022Q4、2021.12-2023.6、已开工，读成首日、末日与精度（HANDBOOK §7.2 第7条）。

期限看末日：“6月底”在 7 月 1 日才算逾期（金标 9）。没写年份而又没给年份的，记 year_unknown，不猜。
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from kaopu.domain.parsing import text as cells
from kaopu.domain.parsing.notes import split_notes
from kaopu.domain.parsing.numerals import DIGITS, plain_characters, read_number
from kaopu.domain.parsing.periods import Period, read_period

# Excel 序列数：自 1899-12-30 起的天数；20000（1954 年）以下、80000（2119 年）以上的当作普通数，不认。
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIAL_RANGE = (20_000, 80_000)
_LONGEST = 200

_CLOCK = re.compile(
    r"(?:(?<=[日号0-9])[T ]|(?<=[日号])) *(?:上午|下午)?[0-9]{1,2}"
    r"(?::[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?|[时点](?:[0-9]{1,2}分|半)?)(?:\+08:?00)?$"
)
_CHINESE_NUMBER = re.compile(r"[零一二三四五六七八九十]+(?=[年月日号季])")

_ACTION = (
    r"(?:开工|复工|完工|竣工|完成|建成|通车|通水|封顶|交付|投用|投入使用|启用|启动|进场|验收|备案|开放|运营|试运行"
    r"|使用|贯通|合龙|建设|施工|移交|腾地|取证|实施|结束)"
)
_MANNER = r"(?:正式|形式|全面|全部|基本|部分|主体|结构|项目|工程|桩基|实现|具备|条件|力争|争取|确保|并)"
_DEED = re.compile(rf"(?:{_ACTION}|{_MANNER})+$")
_STATUS = re.compile(
    rf"(?:目前|现|均|项目|工程)*已(?:经)?{_MANNER}*{_ACTION}(?:{_ACTION}|{_MANNER})*"
    r"|已(?:停工|停建|暂停|终止|取消|销号|退出)|在建|续建|停工|缓建|停建|(?:尚)?未(?:开工|完工|竣工|启动)|正在(?:施工|建设)|(?:施工|建设)中"
)
_DONE_ON = re.compile(r"已(?:经)?(?:于|在)?(?=[0-9])")

_LEADING = (
    ("before", r"不晚于|不迟于|最迟|最晚|截止到?"),
    ("approx", r"预计|预期|预估|估计|大约|大概|约|暂定|初定"),
    (
        None,
        r"计划|力争|争取|确保|拟|将|于|在(?=[0-9])|目标|实际|截至|至|到|:"
        r"|(?:开工|竣工|完工|完成|交付|建成)(?:(?:时间|日期|节点):?|:)|(?:时间|日期):",
    ),
)
_TRAILING = (
    ("approx", r"前后|左右|上下"),
    ("before", r"[之以]?前|为?止"),
    ("after", r"[之以]?后|起|开始"),
)
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)[一二三四五六日天]")
_TIME_MARK = re.compile("[0-9月季年]")
_SEPARATOR = re.compile(r"[-~至到]")


@dataclass(frozen=True, kw_only=True)
class When:
    """时间。

    ``start``、``end``：所述期间的首日、末日。``precision``：day ten_day month quarter half year range。
    ``relation``：before 之前、after 之后、approx 大约；无则 ``None``。``status``：写成状态的原话（已开工），可与日期并存。
    ``error``：excel_error、unparsed、year_unknown、no_such_day、ambiguous（数字 2022.1 是 1 月还是 10 月）、range_reversed。
    """

    raw: str
    start: date | None = None
    end: date | None = None
    precision: str | None = None
    relation: str | None = None
    status: str | None = None
    error: str | None = None


def parse_when(raw: object, *, year: int | None = None) -> When:
    """读时间格（§7.2 第7条）。``year``：没写年份时所属的年度；不给则记 year_unknown。``raw`` 是什么都不抛错。"""
    blank = When(raw=cells.text_of(raw))
    if raw is None:
        return blank
    if isinstance(raw, datetime):
        return _on(blank, raw.date())
    if isinstance(raw, date):
        return _on(blank, raw)
    number = cells.number_of(raw)
    if number is not None:
        return _read_number(blank, number)
    if not isinstance(raw, str):
        return replace(blank, error="unparsed")
    return _read_text(blank, year)


def _on(blank: When, on: date) -> When:
    return replace(blank, start=on, end=on, precision="day")


def _found(blank: When, period: Period | str) -> When:
    if isinstance(period, str):
        return replace(blank, error=period)
    return replace(blank, start=period.start, end=period.end, precision=period.precision)


def _serial(number: Decimal) -> date | None:
    first, last = _SERIAL_RANGE
    return _SERIAL_ORIGIN + timedelta(days=int(number)) if first <= number <= last else None


def _read_number(blank: When, number: Decimal) -> When:
    """数字格：序列数、20220615、202206、2022、2022.6。"""
    if on := _serial(number):
        return _on(blank, on)
    whole = number == number.to_integral_value()
    written = str(int(number)) if whole else str(number)
    if re.fullmatch(r"[12][0-9]{3}\.1", written):  # 2022.10 存成数字后末尾的零没有了
        return replace(blank, error="ambiguous")
    return _found(blank, read_period(written, year=None))


def _read_text(blank: When, year: int | None) -> When:
    text = cells.normalise_text(blank.raw)
    if cells.is_excel_error(text):
        return replace(blank, error="excel_error")
    if cells.is_blank(text):
        return blank
    unparsed = replace(blank, error="unparsed")
    if len(text) > _LONGEST or cells.hides_digits(blank.raw):
        return unparsed
    if re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", text):
        on = _serial(Decimal(text))
        return _on(blank, on) if on else unparsed
    compact = cells.without_spaces(_CLOCK.sub("", cells.plain_dashes(text)).strip())
    if compact is None:
        return unparsed
    head, notes = split_notes(_WEEKDAY.sub("", compact).rstrip("。.;,、"))
    return _read_noted(blank, head, [note for note in notes if not note.startswith("原")], year)


def _read_noted(blank: When, head: str, notes: list[str], year: int | None) -> When:
    """连同括注一起读：2022年6月（已开工）、已开工（2022年3月）、2022年6月（暂定）。"""
    if cells.is_blank(head):
        return blank if head and not any(map(_TIME_MARK.search, notes)) else replace(blank, error="unparsed")
    if _STATUS.fullmatch(head):
        since = [_read_plain(blank, note, year) for note in notes if _TIME_MARK.search(note)]
        return replace(since[0] if len(since) == 1 else blank, status=head)
    when = _read_plain(blank, head, year)
    for note in notes:
        if _STATUS.fullmatch(note):
            when = replace(when, status=note)
        elif note in ("暂定", "预计", "左右", "约"):
            when = replace(when, relation=when.relation or "approx")
        elif _TIME_MARK.search(note):  # 括注里另有时间，不知以哪个为准
            return replace(blank, error="unparsed")
    return when


def _read_plain(blank: When, text: str, year: int | None) -> When:
    """读不带括注的时间：先剥去动作与前后词，再读一点或一段。"""
    body = _CHINESE_NUMBER.sub(_in_arabic, plain_characters(text))
    relations = set()
    while lead := _strip(body, _LEADING, "^(?:{})"):
        relations.add(lead[0])
        body = lead[1]
    deed = _DEED.search(body)
    status = None
    if (done := _DONE_ON.match(body)) and deed:
        body, status = body[done.end() :], "已" + deed.group()
    elif deed and body[: deed.start()].endswith("已"):  # 2022年3月已开工
        body, status = body.replace("已" + deed.group(), deed.group()), "已" + deed.group()
    body = _DEED.sub("", body)
    while tail := _strip(body, _TRAILING, "(?:{})$"):
        relations.add(tail[0])
        body = _DEED.sub("", tail[1])
    if {"before", "after"} <= relations:
        return replace(blank, error="unparsed")
    # 有界限的以界限为准：“预计6月底前”首先是“之前”。
    relation = next((name for name in ("before", "after", "approx") if name in relations), None)
    found = _found(blank, _read_span(body, year))
    return found if found.error else replace(found, relation=relation, status=status)


def _strip(body: str, table: tuple[tuple[str | None, str], ...], shape: str) -> tuple[str | None, str] | None:
    for name, words in table:
        if found := re.search(shape.format(words), body):
            return name, body[: found.start()] + body[found.end() :]
    return None


def _in_arabic(found: re.Match[str]) -> str:
    """二〇二二年 → 2022年，十二月 → 12月；七八月（七、八两月）这类读不准的不改。"""
    written = found.group()
    if len(written) in (2, 4) and "十" not in written and found.string[found.end()] == "年":
        return "".join(str(DIGITS.index(c)) for c in written)
    number = read_number(written)
    return written if number is None or number > 31 else str(number)


def _read_span(body: str, year: int | None) -> Period | str:
    """读一点，读不出再试着读成一段：2021.12-2023.6、2022年3月-6月、2022年3月1日至15日。"""
    single = read_period(body, year=year)
    if single != "unparsed":
        return single
    for cut in _SEPARATOR.finditer(body):
        left, right = (_DEED.sub("", side) for side in (body[: cut.start()], body[cut.end() :]))
        if re.fullmatch(r"[0-9]{1,2}[日号]", right) and (month := re.match(r".*月(?=[0-9])", left)):
            right = month.group() + right
        first = read_period(left, year=year)
        last = read_period(right, year=first.end.year if isinstance(first, Period) else year)
        if "unparsed" not in (first, last):
            return _span(first, last)
    return "unparsed"


def _span(first: Period | str, last: Period | str) -> Period | str:
    if isinstance(first, str) or isinstance(last, str):
        return first if isinstance(first, str) else last
    return "range_reversed" if first.start > last.end else Period(first.start, last.end, "range")
