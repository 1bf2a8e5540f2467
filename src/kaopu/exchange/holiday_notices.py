"""读放假通知：holiday-cn 的 JSON、日历文件 ICS，或一行一天的文本；读不懂的逐行说清，一天也不猜。

文本的写法：``2027-01-01 休 元旦``，上班的写“班”；连着几天写 ``2027-01-01 至 2027-01-03 休 元旦``。
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

MOST_BYTES = 512 * 1024
MOST_DAYS = 31  # 一次连写或一个日程，至多一个月
OFF_WORDS, ON_WORDS = frozenset({"休", "放假", "休息"}), frozenset({"班", "上班"})
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*至\s*(\d{4}-\d{2}-\d{2}))?[\s,，]+(\S+?)(?:[\s,，]+(.*))?")
_MAKE_UP = re.compile(r"上班[（(]补(.*?)(?:假期?)?[）)]")


class NoticeUnreadable(Exception):
    """放假通知读不懂，哪一行、怎么改见信息。"""


class NoticeDay(NamedTuple):
    """通知里的一天：上班还是休息，什么名目。"""

    day: date
    works: bool
    name: str


def read_notice(data: bytes, *, year: int) -> list[NoticeDay]:
    """读出 ``year`` 年放假通知里的各天，按日期先后；须是该年的，且只许带上前一年十二月的几天。"""
    if len(data) > MOST_BYTES:
        raise NoticeUnreadable("文件太大，不像放假通知。请核对是不是选错了文件。")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NoticeUnreadable("文件不是 UTF-8 编码。请另存为 UTF-8 后再选。") from error
    found: dict[date, NoticeDay] = {}
    for item in _reader(text)(text):
        before = found.setdefault(item.day, item)
        if before.works != item.works:
            raise NoticeUnreadable(f"{item.day}既写休息又写上班。请对照通知原文改成一种。")
    _check_year(found, year)
    return [found[day] for day in sorted(found)]


def write_notice(days: Mapping[date, NoticeDay]) -> str:
    """写成一行一天的文本，与 ``read_notice`` 互逆。"""
    return "".join(
        f"{item.day} {'班' if item.works else '休'} {item.name}".rstrip() + "\n"
        for _, item in sorted(days.items())
    )


def _reader(text: str) -> Any:
    start = text.lstrip()
    if start.startswith("{"):
        return _from_json
    return _from_ics if start.startswith("BEGIN:VCALENDAR") else _from_lines


def _check_year(found: Mapping[date, NoticeDay], year: int) -> None:
    if not any(day.year == year for day in found):
        raise NoticeUnreadable(f"文件里没有{year}年的日子：该年放假安排可能尚未发布，或年度选错了。")
    for day in found:
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            raise NoticeUnreadable(f"{day}不属于{year}年的放假通知。请核对年度与文件。")


def _from_json(text: str) -> Iterator[NoticeDay]:
    try:
        days = json.loads(text)["days"]
        for item in days:
            works = not _boolean(item["isOffDay"])
            yield NoticeDay(date.fromisoformat(item["date"]), works, str(item["name"]).strip())
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NoticeUnreadable(
            "JSON 读不懂。须有 days，其中每天有 name、date（2027-01-01）与 isOffDay（true 或 false）。"
        ) from error


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _from_ics(text: str) -> Iterator[NoticeDay]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    for event in re.findall(r"BEGIN:VEVENT(.*?)END:VEVENT", unfolded, re.DOTALL):
        fields = {
            name.split(";")[0]: value
            for name, _, value in (line.strip().partition(":") for line in event.splitlines())
        }
        summary = fields.get("SUMMARY", "").strip()
        first = _ics_day(fields.get("DTSTART", ""), summary)
        after = _ics_day(fields["DTEND"], summary) if "DTEND" in fields else first + timedelta(days=1)
        make_up = _MAKE_UP.match(summary)
        if not make_up and "假" not in summary:
            raise NoticeUnreadable(f"日程“{summary}”看不出是休息还是上班。请在标题写明“假期”或“上班”。")
        name = make_up.group(1) if make_up else re.sub("假期?$", "", summary)
        yield from _span(first, after - timedelta(days=1), works=bool(make_up), name=name)


def _ics_day(text: str, summary: str) -> date:
    try:
        return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
    except ValueError as error:
        raise NoticeUnreadable(f"日程“{summary}”的日期读不懂。须是整日，如 20270101。") from error


def _from_lines(text: str) -> Iterator[NoticeDay]:
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        found = _LINE.fullmatch(line)
        if not found or found.group(3) not in OFF_WORDS | ON_WORDS:
            raise NoticeUnreadable(f"第{number}行读不懂：{line}。请写成“2027-01-01 休 元旦”，上班写“班”。")
        try:
            first = date.fromisoformat(found.group(1))
            last = date.fromisoformat(found.group(2) or found.group(1))
        except ValueError as error:
            raise NoticeUnreadable(f"第{number}行没有这一天：{line}。请核对日期。") from error
        works = found.group(3) in ON_WORDS
        yield from _span(first, last, works=works, name=(found.group(4) or "").strip())


def _span(first: date, last: date, *, works: bool, name: str) -> Iterator[NoticeDay]:
    if not 0 <= (last - first).days < MOST_DAYS:
        raise NoticeUnreadable(f"{first} 至 {last}先后颠倒，或连得太长。请核对。")
    for offset in range((last - first).days + 1):
        yield NoticeDay(first + timedelta(days=offset), works, name[:40])
