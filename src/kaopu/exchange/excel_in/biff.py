"""老格式 .xls 里表格库不给的东西：百分比格式、错误值、删除线（含划掉一截的）、填充色、缩进、隐藏的行列（HANDBOOK §7.2 第8条）。

只读 BIFF8 里的几种记录，取值仍由表格库；读不通的抛 ``ValueError``，只是少了这些记号，不碍取值。
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kaopu.exchange.excel_in.biff_strings import Parts, rich_strings
from kaopu.exchange.excel_in.compound import workbook_stream
from kaopu.exchange.excel_in.grid import Place
from kaopu.exchange.excel_in.package import Text, struck_text
from kaopu.exchange.excel_in.styles import PLAIN, CellStyle, builtin_coarse, style_of_format

_FONT, _FORMAT, _XF, _SHEET, _END = 0x31, 0x41E, 0xE0, 0x85, 0x0A
_ROW, _COLUMNS, _MANY_NUMBERS, _MANY_BLANKS = 0x208, 0x7D, 0xBD, 0xBE
_CELLS = frozenset({0xFD, 0x203, 0x27E, 0x06, 0x205, 0x204, 0x201})
_STRINGS, _CONTINUED, _SHARED_TEXT = 0xFC, 0x3C, 0xFD
_PERCENTS = frozenset({9, 10})
_BOOL_OR_ERROR, _FORMULA = 0x205, 0x06
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_NO_FILL = frozenset({9, 64, 65})  # 白、系统背景


@dataclass
class Marks:
    """一张表的记号：各格样式、一格里字体不一的文字、错误值、隐藏的行列。"""

    styles: dict[Place, CellStyle] = field(default_factory=dict)
    texts: dict[Place, Text] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def read_marks(data: bytes) -> dict[str, Marks]:
    """整个文件 → 表名 → 记号。"""
    try:
        stream = workbook_stream(data)
        return _read(stream)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError("老格式的记录读不通") from error


def _read(stream: bytes) -> dict[str, Marks]:
    strikes: list[bool] = []
    formats: dict[int, str] = {}
    cells: list[tuple[int, int, int, int, int]] = []
    sheets: list[tuple[int, str]] = []
    strings: list[bytes] = []
    before = 0
    for kind, body in _records(stream, 0):
        kind = _STRINGS if kind == _CONTINUED and before == _STRINGS else kind
        before = kind
        if kind == _STRINGS:
            strings.append(body)
        if kind == _FONT:
            strikes.append(bool(body[2] & 0x08))
        elif kind == _FORMAT:
            formats[_u16(body, 0)] = _text(body, 2, wide_count=True)
        elif kind == _XF and len(body) >= 20:
            pattern = struct.unpack_from("<I", body, 14)[0] >> 26
            cells.append((_u16(body, 0), _u16(body, 2), body[8] & 0x0F, pattern, _u16(body, 18) & 0x7F))
        elif kind == _SHEET:
            sheets.append((struct.unpack_from("<I", body, 0)[0], _text(body, 6, wide_count=False)))
    styles = [_style(cell, strikes, formats) for cell in cells]
    texts = _Texts(rich_strings(strings), strikes)
    return {name: _sheet(stream, start, styles, texts) for start, name in sheets}


@dataclass(frozen=True)
class _Texts:
    """一格里有几种字体的文字。"""

    rich: dict[int, Parts]
    strikes: list[bool]

    def at(self, kind: int, body: bytes, styles: list[CellStyle]) -> Text | None:
        """这一格的文字连同哪一截划掉了；只有一种字体的为空。"""
        parts = self.rich.get(struct.unpack_from("<I", body, 6)[0]) if kind == _SHARED_TEXT else None
        if parts is None:
            return None
        style = _u16(body, 4)
        own = style < len(styles) and styles[style].struck
        return struck_text(
            [(text, own if font is None else _strikes(font, self.strikes)) for text, font in parts]
        )


def _strikes(font: int, strikes: list[bool]) -> bool:
    font -= font > 4  # 第 4 号字体不存在，编号跳过
    return font < len(strikes) and strikes[font]


def _style(cell: tuple[int, int, int, int, int], strikes: list[bool], formats: dict[int, str]) -> CellStyle:
    font, number, indent, pattern, colour = cell
    found = style_of_format(formats[number]) if number in formats else PLAIN
    painted = pattern == 1 and colour not in _NO_FILL
    return replace(
        found,
        percent=found.percent or number in _PERCENTS,
        coarse=found.coarse or (builtin_coarse(number) if number not in formats else ""),
        struck=_strikes(font, strikes),
        indented=indent > 0,
        fill=f"第{colour}色" if painted else "",
    )


def _sheet(stream: bytes, start: int, styles: list[CellStyle], texts: _Texts) -> Marks:
    marks = Marks()
    for kind, body in _records(stream, start):
        if kind == _ROW and _u16(body, 12) & 0x20:
            marks.hidden_rows.add(_u16(body, 0) + 1)
        elif kind == _COLUMNS and _u16(body, 8) & 0x01:
            marks.hidden_columns.update(range(_u16(body, 0) + 1, min(_u16(body, 2), 255) + 2))
        if error := _error(kind, body):
            marks.errors[(_u16(body, 0) + 1, _u16(body, 2) + 1)] = error
        if text := texts.at(kind, body, styles):
            marks.texts[(_u16(body, 0) + 1, _u16(body, 2) + 1)] = text
        for row, column, style in _places(kind, body):
            if style < len(styles) and styles[style] != PLAIN:
                marks.styles[(row + 1, column + 1)] = styles[style]
    return marks


def _error(kind: int, body: bytes) -> str:
    """错误值：直接存的，或公式的结果；表格库把它们当空格，悄悄就丢了。"""
    if kind == _BOOL_OR_ERROR and len(body) >= 8 and body[7] == 1:
        return _ERRORS.get(body[6], "#N/A")
    if kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2:
        return _ERRORS.get(body[8], "#N/A")
    return ""


def _places(kind: int, body: bytes) -> Iterator[tuple[int, int, int]]:
    """记录里的格：行、列、样式编号。"""
    if kind in _CELLS:
        yield _u16(body, 0), _u16(body, 2), _u16(body, 4)
    elif kind in (_MANY_NUMBERS, _MANY_BLANKS):
        step = 6 if kind == _MANY_NUMBERS else 2
        for offset, at in enumerate(range(4, len(body) - 2, step)):
            yield _u16(body, 0), _u16(body, 2) + offset, _u16(body, at)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """自某处起的记录，到本段结束；段里套的图表整段跳过。"""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + length]
        at += 4 + length
        depth += (kind == 0x809) - (kind == _END)
        if kind == _END and depth <= 0:
            return
        if depth == 1:
            yield kind, body


def _text(body: bytes, at: int, *, wide_count: bool) -> str:
    count = _u16(body, at) if wide_count else body[at]
    at += 2 if wide_count else 1
    wide = body[at] & 0x01
    data = body[at + 1 : at + 1 + count * (2 if wide else 1)]
    return data.decode("utf-16-le" if wide else "latin-1")


def _u16(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])
