"""把读过的表照原样画出来：每一格的去处（读入、读入但有提示、拒收、不读）和缘由（HANDBOOK §7.2 第10条）。"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from kaopu.exchange.excel_in.grid import address
from kaopu.exchange.excel_in.result import CellReading, RowReading, SheetReading
from kaopu.exchange.results import ImportResult
from kaopu.web.imports.labels import ROW_KINDS, field_name, value_text

TAKEN, WARNED, REJECTED, IGNORED = "taken", "warned", "rejected", "ignored"
_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?[%％]?")
STATES = {TAKEN: "读入", WARNED: "读入，有提示", REJECTED: "拒收", IGNORED: "不读（标题、合计、备注等）"}

ELSEWHERE = {  # 提示写在行首、列首、表头的，行里、列里每一格也说一声
    "hidden_sheet": "所在的工作表是隐藏的",
    "hidden_row": "所在的行是隐藏的",
    "hidden_column": "所在的列是隐藏的",
    "guessed_column": "这一列的表头没有见过，字段是推的",
    "doubtful_column": "这一列的表头也像别的字段",
}


@dataclass(frozen=True, kw_only=True)
class DrawnCell:
    """画出来的一格：地址、文字、去处、缘由；``span`` 是字压过几列。"""

    cell: str
    text: str
    state: str
    reason: str
    span: int = 1

    @property
    def is_number(self) -> bool:
        """写的是数：同 Excel 一样靠右。"""
        return _NUMBER.fullmatch(self.text) is not None


@dataclass(frozen=True, kw_only=True)
class DrawnColumn:
    """一列的读法：表头、字段、单位（金额列）。"""

    cell: str
    header: str
    field: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class DrawnSheet:
    """画出来的一张表。``left_out`` 是没有画出的行数。"""

    name: str
    rows: list[tuple[int, list[DrawnCell]]]
    columns: list[DrawnColumn]
    left_out: int
    letters: list[str]


def draw_sheet(sheet: SheetReading, result: ImportResult) -> DrawnSheet:
    """画一张表；写入时才说得出的提示（读懂了而没有写进去的）、才拒收的行，也照画。"""
    messages: dict[str, list[str]] = {}
    for warning in (*sheet.warnings, *(remark for name, remark in result.remarks if name == sheet.name)):
        messages.setdefault(warning.cell, []).append(warning.message)
    by_number = {row.row: row for row in sheet.rows}
    # 卡片式的表，一个项目的格散在几行：缘由、拒收都随它所属的那一行
    owned = {item.cell: (row, item) for row in sheet.rows[: len(sheet.drawing)] for item in row.values}
    refused = {item.row: item.reason for item in result.rejections if item.sheet == sheet.name}
    rows = []
    first = sheet.rows[0].row if sheet.rows else 1  # 一张工作表上下放着几种表的，不都从第一行起
    for number, line in enumerate(sheet.drawing, first):
        own = by_number.get(number) or RowReading(row=number, kind="blank")
        cells = []
        for column, text in enumerate(line, 1):
            place = address(number, column)
            row, reading = owned.get(place, (own, None))
            cell = _cell(place, text, row, reading, messages.get(place, []))
            cells.append(_refused(cell, refused[row.row]) if row.row in refused else cell)
        rows.append((number, _run_over(cells, owned.keys())))
    width = len(sheet.drawing[0]) if sheet.drawing else 0
    return DrawnSheet(
        name=sheet.name,
        rows=rows,
        columns=_columns(sheet),
        left_out=max(0, len(sheet.rows) - len(sheet.drawing)),
        letters=[address(1, column)[:-1] for column in range(1, width + 1)],
    )


def drawn_again(told: dict[str, Any]) -> DrawnSheet:
    """存成 JSON 的一张表 → 画出来的表。"""
    rows = [(number, [DrawnCell(**cell) for cell in line]) for number, line in told["rows"]]
    columns = [DrawnColumn(**column) for column in told["columns"]]
    return DrawnSheet(**{**told, "rows": rows, "columns": columns})


def _cell(cell: str, text: str, row: RowReading, reading: CellReading | None, said: list[str]) -> DrawnCell:
    if row.kind == "rejected":
        return DrawnCell(cell=cell, text=text, state=REJECTED, reason="；".join([row.reason, *said]))
    if reading is None or reading.field.startswith("other:") or reading.field == "text":
        state = WARNED if said and text else IGNORED
        why = "不认得的列，原文照存" if reading is not None else ROW_KINDS.get(row.kind, row.kind)
        return DrawnCell(cell=cell, text=text, state=state, reason="；".join(said) or (why if text else ""))
    told = "".join(said)
    said = said + [
        text
        for flag, text in ELSEWHERE.items()
        if flag in reading.flags and not ("隐藏" in text and "隐藏" in told)
    ]
    meaning = f"{field_name(reading.field)}：{value_text(reading.field, reading.value)}"
    state = WARNED if said or reading.flags else TAKEN
    shown = text or reading.raw or ("（只有颜色）" if said else "")
    if reading.note:
        meaning += f"（{reading.note}）"
    return DrawnCell(cell=cell, text=shown, state=state, reason="；".join([meaning, *said]))


def _run_over(cells: list[DrawnCell], read: Collection[str]) -> list[DrawnCell]:
    """一行只有一格写了字的（题头、分类、注），字同 Excel 一样压过右边的空格；读成了数据的（``read``）不压。"""
    filled = [at for at, cell in enumerate(cells) if cell.text or cell.reason]
    if len(filled) != 1:
        return cells
    lone = cells[filled[0]]
    if lone.state == TAKEN or (lone.state == WARNED and lone.cell in read):
        return cells
    at = filled[0]
    return [*cells[:at], replace(cells[at], span=len(cells) - at)]


def _refused(cell: DrawnCell, why: str) -> DrawnCell:
    """读懂了、到写入时整行拒收的一格：先说缘由，再说读成什么。"""
    return replace(cell, state=REJECTED, reason="；".join(filter(None, [why.rstrip("。"), cell.reason])))


def _columns(sheet: SheetReading) -> list[DrawnColumn]:
    found = []
    for cell, field in sheet.columns.items():
        if header := sheet.headers.get(cell, ""):  # 没有写表头的列，没有名目可以记着改
            found.append(DrawnColumn(cell=cell, header=header, field=field, unit=sheet.units.get(field, "")))
    return found
