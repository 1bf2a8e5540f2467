"""括注与后半句：把“8500万元（其中区级财政3000万元）”分成数与说明（HANDBOOK §7.2 第7条）。"""

from __future__ import annotations

import re

_OPEN, _CLOSE = "([【〔", ")]】〕"
# 夹在两个数字中间的逗号是千分位（或写错了的千分位），不是句读。
_TAIL = re.compile(r"(?<![0-9]),|,(?![0-9])|[;、。]|其中|(?:不?含|包括|包含)")
_MARKS = ",;、。:"


def split_notes(text: str) -> tuple[str, list[str]]:
    """分出数的部分与各条说明（不含括号与句读）。括号打断了数的（3.2（暂估）亿）不拆，原样返回，由读数的一方拒绝。"""
    leading: list[str] = []
    while text and text[0] in _OPEN:
        inside, text = _bracketed(text)
        leading.append(inside)
    found = _TAIL.search(text)
    bracket = next((place for place, c in enumerate(text) if c in _OPEN), len(text))
    cut = min(bracket, found.start() if found else len(text))
    head, rest = text[:cut], text[cut:]
    trailing: list[str] = []
    while rest and rest[0] in _OPEN:
        inside, rest = _bracketed(rest)
        trailing.append(inside)
    if rest and not _TAIL.match(rest):
        return text, []
    notes = [note.strip(_MARKS) for note in (*leading, *trailing, rest)]
    return head, [note for note in notes if note]


def _bracketed(text: str) -> tuple[str, str]:
    """开头括号里的内容与括号后的文字；没有收尾的括号，后面全是内容。"""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth == 0:
            return text[1:place], text[place + 1 :]
    return text[1:], ""
