"""样式的要点：是不是日期、百分比，有没有删除线、缩进、填充色，数字格式里写没写单位（HANDBOOK §7.2 第8条）。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from kaopu.exchange.excel_in.grid import is_number
from kaopu.exchange.excel_in.units import SHORT, WORD

# 内置格式编号：中文版的 27–31、36、50–54、57、58 也是日期，WPS 存的文件只写编号不写格式。
_BUILTIN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_BUILTIN_MONTHS = frozenset({17, 27, 36, 50, 52, 57})  # 2024年6月、Jun-24：不显示日
_BUILTIN_PERCENTS = frozenset({9, 10})
_BUILTIN_HUNDREDTHS = 2
HUNDREDTHS = "hundredths"
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
_UNIT = re.compile(rf"({WORD}|{SHORT})")
WHITE = frozenset({"FFFFFFFF", "00FFFFFF", "FFFFFF"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CellStyle:
    """一种样式。``unit`` 是数字格式里写的金额单位；``scaled`` 为真则显示的数缩小过，存的数不是看到的数。

    ``coarse``：日期格式只到月（month）、只到年（year），数字格式到百分位（hundredths）；显示到日的为空。
    """

    date: bool = False
    percent: bool = False
    struck: bool = False
    indented: bool = False
    fill: str = ""
    unit: str = ""
    scaled: bool = False
    coarse: str = ""

    def coarse_of(self, value: object) -> str:
        """这一格显示到哪里：日期到月、到年，数到百分位；别的为空。"""
        fits = is_number(value) if self.coarse == HUNDREDTHS else isinstance(value, datetime)
        return self.coarse if fits else ""


PLAIN = CellStyle()


def read_styles(root: ElementTree.Element) -> list[CellStyle]:
    """样式表 → 按样式编号排列的要点。"""
    formats = {
        int(item.get("numFmtId", "0")): item.get("formatCode", "")
        for item in root.iter()
        if _local(item) == "numFmt"
    }
    strikes = [any(_on(mark, "strike") for mark in font) for font in _children(root, "fonts")]
    fills = [_colour(fill) for fill in _children(root, "fills")]
    return [_style(xf, formats, strikes, fills) for xf in _children(root, "cellXfs")] or [PLAIN]


def style_of_format(code: str) -> CellStyle:
    """数字格式 → 日期、百分比、单位、是否缩放。"""
    shown = code.split(";")[0]
    literal = "".join(found.group(1) or found.group(2) or "" for found in _LITERAL.finditer(shown))
    plain = _LITERAL.sub("", shown)
    unit = _UNIT.search(literal + plain)
    word = unit.group(1) if unit else ""
    return CellStyle(
        date=plain.lower() not in ("general", "g/通用格式")
        and re.search("[dmyhs]", plain.lower()) is not None,
        coarse=_coarse(plain.lower()),
        percent="%" in plain,
        unit=word if word.endswith("元") or not word else f"{word}元",
        scaled=re.search(r"[0#?]\s*,+\s*(?:$|[^0#?,])", plain) is not None or (bool(word) and "." in literal),
    )


def _coarse(plain: str) -> str:
    """格式显示到哪里：“0.00”到百分位；有日、有时分秒的为空。"""
    if re.fullmatch(r"0\.00\s*", plain):
        return HUNDREDTHS
    if re.search("[dhs]", plain) or "general" in plain:
        return ""
    return "month" if "m" in plain else "year" if "y" in plain else ""


def builtin_coarse(number: int) -> str:
    """内置格式编号显示到哪里。"""
    if number == _BUILTIN_HUNDREDTHS:
        return HUNDREDTHS
    return "month" if number in _BUILTIN_MONTHS else ""


def _style(
    xf: ElementTree.Element, formats: dict[int, str], strikes: list[bool], fills: list[str]
) -> CellStyle:
    number = int(xf.get("numFmtId", "0"))
    found = style_of_format(formats[number]) if number in formats else PLAIN
    font, fill = int(xf.get("fontId", "0")), int(xf.get("fillId", "0"))
    indent = any(_local(mark) == "alignment" and float(mark.get("indent", "0") or 0) > 0 for mark in xf)
    builtin = number not in formats
    return CellStyle(
        date=found.date or (builtin and number in _BUILTIN_DATES),
        percent=found.percent or (builtin and number in _BUILTIN_PERCENTS),
        struck=font < len(strikes) and strikes[font],
        indented=indent,
        fill=fills[fill] if fill < len(fills) else "",
        unit=found.unit,
        scaled=found.scaled,
        coarse=found.coarse or (builtin_coarse(number) if builtin else ""),
    )


def _children(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return next((list(item) for item in root if _local(item) == name), [])


def _on(mark: ElementTree.Element, name: str) -> bool:
    return _local(mark) == name and mark.get("val", "1") not in ("0", "false")


def _colour(fill: ElementTree.Element) -> str:
    """填充色：RGB，或“主题色n”“第n色”；没有填充、白色为空。"""
    pattern = next((item for item in fill if _local(item) == "patternFill"), None)
    if pattern is None or pattern.get("patternType", "none") in ("none", "gray125"):
        return ""
    colour = next((item for item in pattern if _local(item) == "fgColor"), None)
    if colour is None or colour.get("rgb", "").upper() in WHITE:
        return ""
    if "rgb" in colour.attrib:
        return colour.attrib["rgb"].upper()[-6:]
    if "theme" in colour.attrib:  # 主题第 0 色是白底
        plain = colour.attrib["theme"] == "0" and "tint" not in colour.attrib
        return "" if plain else f"主题色{colour.attrib['theme']}"
    return "" if colour.get("indexed") in ("9", "65") else f"第{colour.get('indexed', '?')}色"


def _local(item: ElementTree.Element) -> str:
    return item.tag.rpartition("}")[2]
