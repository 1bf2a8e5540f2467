"""一张工作表里上下放着的几张表：从哪一行断开，读完怎么放在一起（HANDBOOK §7.1 W2“四张表四种版式”）。"""

from __future__ import annotations

import re
from dataclasses import replace

from kaopu.exchange.excel_in.facts import warn
from kaopu.exchange.excel_in.fields import AMOUNTS, Header
from kaopu.exchange.excel_in.grid import Grid, address
from kaopu.exchange.excel_in.result import SheetReading, SheetWarning
from kaopu.exchange.excel_in.rows import OTHER_TABLE

_TITLE_KINDS = frozenset({"title", "unit", "note", "rejected", "category", "blank"})
_MOST_TITLES = 3


def stacked_at(grid: Grid, sheet: SheetReading) -> int | None:
    """又一张表从哪一行起（连同它的题头）；没有为空。"""
    told = OTHER_TABLE.partition("{row}")[2]
    found = next((row for row in sheet.rows if row.reason.endswith(told)), None)
    if found is None:
        return None
    kinds = {row.row: row.kind for row in sheet.rows}
    cut = int(re.findall(r"\d+", found.reason)[0])
    for above in range(cut - 1, max(cut - 1 - _MOST_TITLES, sheet.header_rows[-1]), -1):
        if kinds.get(above) not in _TITLE_KINDS or len(grid.by_row.get(above, ())) > 2:
            break
        cut = above
    return cut


def carry_unit(header: Header, above: SheetReading | None) -> tuple[Header, list[SheetWarning]]:
    """下面一张没有写单位的，随上面一张的单位，说一声；上面说了几种的不随。"""
    stated = {unit for unit in above.units.values() if unit} if above is not None else set()
    priced = [c for c in header.columns if c.field in AMOUNTS and c.unit is None]
    if header.sheet_unit is not None or not priced or len(stated) != 1:
        return header, []
    unit = stated.pop()
    cell = address(header.rows[0], priced[0].index)
    message = f"{cell} 起的一张表没有写单位，按上面一张的“{unit}”读；请核对。"
    return replace(header, sheet_unit=unit), [warn(cell, "unit_carried", message)]


def unread(sheet: SheetReading, cut: int) -> SheetReading:
    """断开处以下没有读的：整张表读下来时的归类与提示。"""
    below = tuple(warning for warning in sheet.warnings if _row_of(warning.cell) >= cut)
    return replace(sheet, header_rows=(), units={}, columns={}, headers={}, warnings=below)


def beside(first: SheetReading, second: SheetReading, cut: int) -> list[SheetReading]:
    """断开处以上用前一张的，以下用后一张的：同一种的接成一张，不是的前后各一张。"""
    upper = replace(
        first,
        rows=tuple(row for row in first.rows if row.row < cut),
        warnings=tuple(warning for warning in first.warnings if _row_of(warning.cell) < cut),
    )
    lower = replace(second, rows=tuple(row for row in second.rows if row.row >= cut))
    if first.kind != second.kind:
        return [upper, lower]
    joined = replace(
        upper,
        header_rows=first.header_rows + second.header_rows,
        units={**second.units, **first.units},
        columns={**first.columns, **second.columns},
        headers={**first.headers, **second.headers},
        rows=upper.rows + lower.rows,
        warnings=upper.warnings + lower.warnings,
    )
    return [joined]


def _row_of(cell: str) -> int:
    return int(re.sub(r"\D", "", cell) or 0)
