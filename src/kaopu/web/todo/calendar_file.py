"""日历文件：RFC 5545，每件事一个全天事件；行长按字节折，文字转义。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from kaopu.supervision.queries.todo import TodoItem

LINE_BYTES = 75


def calendar_file(items: Iterable[TodoItem], *, stamped: date) -> str:
    """各件事的期限，全天事件。"""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//kaopu//due//ZH", "CALSCALE:GREGORIAN"]
    for item in items:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{item.kind}-{item.pk}@kaopu",
            f"DTSTAMP:{stamped:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{item.due_on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{item.due_on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(f'{item.number} {item.title}（{item.doing}）')}",
            f"DESCRIPTION:{_escaped(item.project or '—')}",
            "END:VEVENT",
        ]
    return "\r\n".join(_folded(line) for line in [*lines, "END:VCALENDAR"]) + "\r\n"


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def _folded(line: str) -> str:
    parts, used = [""], 0
    for letter in line:
        size = len(letter.encode())
        if used + size > LINE_BYTES:
            parts.append(" ")
            used = 1
        parts[-1] += letter
        used += size
    return "\r\n".join(parts)
