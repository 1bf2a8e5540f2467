"""人只动了样子的段与表：字没变，却加了粗、换了字号、插了图、加了批注、另起了一页。接续时也算人动过，不能换掉。"""

from __future__ import annotations

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLAIN = frozenset(f"{_W}{name}" for name in ("rPr", "t", "tab", "lastRenderedPageBreak"))
_NOTES = tuple(
    f"{_W}{name}" for name in ("commentRangeStart", "hyperlink", "ins", "del", "moveFrom", "moveTo")
)
_CHARACTER = tuple(
    f"{_W}{name}"
    for name in (
        "b",
        "i",
        "u",
        "strike",
        "dstrike",
        "em",
        "color",
        "highlight",
        "shd",
        "vertAlign",
        "bdr",
        "sz",
    )
)
_PARAGRAPH = tuple(f"{_W}{name}" for name in ("pStyle", "jc", "pageBreakBefore", "numPr", "shd"))
_OFF = frozenset({"0", "false", "none", "auto", "nil", "clear", "baseline"})


def is_adorned(element: etree._Element, drawn: etree._Element | None = None) -> bool:
    """``element`` 的样子有没有 ``drawn``（系统排的同一段）所没有的；不给 ``drawn`` 的，与什么也没加的相比。"""
    added = _looks(element) - (_looks(drawn) if drawn is not None else set())
    if drawn is None:
        added = {(tag, value) for tag, value in added if tag not in (*_PARAGRAPH, f"{_W}sz")}
    return bool(added)


def _looks(element: etree._Element) -> set[tuple[str, str]]:
    """样子里可数的各样：图、批注等，字的与段的格式。"""
    found = {(item.tag, "") for run in element.iter(f"{_W}r") for item in run if item.tag not in _PLAIN}
    found |= {(item.tag, "") for item in element.iter(*_NOTES)}
    for run in element.iter(f"{_W}r"):
        found |= _formats(run.find(f"{_W}rPr"), _CHARACTER)
    for paragraph in element.iter(f"{_W}p"):
        found |= _formats(paragraph.find(f"{_W}pPr"), _PARAGRAPH)
    return found


def _formats(properties: etree._Element | None, names: tuple[str, ...]) -> set[tuple[str, str]]:
    if properties is None:
        return set()
    stated = ((item.tag, item.get(f"{_W}val", "on")) for item in properties if item.tag in names)
    return {(tag, value) for tag, value in stated if value not in _OFF}
