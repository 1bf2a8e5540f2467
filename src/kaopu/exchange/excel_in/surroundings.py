"""表外情况：隐藏的表、行、列，批注，被合并盖住的内容，与表的种类无关（HANDBOOK §7.2 第8条）。只提示，照常读。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kaopu.exchange.excel_in.facts import warn
from kaopu.exchange.excel_in.grid import Grid, address, letters
from kaopu.exchange.excel_in.result import CellReading, RowReading, SheetWarning
from kaopu.exchange.excel_in.words import mask_personal

BY_COLUMN = frozenset({"guessed_column", "doubtful_column"})  # 说到表头格，管着整列的


def check_surroundings(grid: Grid) -> list[SheetWarning]:
    """逐项提示：隐藏的表、行、列，批注，被合并盖住的内容。"""
    found: list[SheetWarning] = [warn("A1", code, message) for code, message in grid.remarks]
    if grid.hidden:
        found.append(warn("A1", "hidden_sheet", f"工作表“{grid.name}”是隐藏的，已照常读入；请确认是否要用。"))
    for row in sorted(grid.hidden_rows & set(grid.by_row)):
        cell = address(row, grid.by_row[row][0])
        found.append(warn(cell, "hidden_row", f"第 {row} 行是隐藏行，已照常读入；请确认是否要用。"))
    filled = {column for columns in grid.by_row.values() for column in columns}
    for column in sorted(grid.hidden_columns & filled):
        name = address(1, column)[:-1]
        found.append(warn(f"{name}1", "hidden_column", f"{name} 列是隐藏列，已照常读入；请确认是否要用。"))
    for row, column in sorted(grid.partly_struck):
        cell = address(row, column)
        message = f"{cell} 有一部分文字划有删除线，按撤销不读，只读其余；请核对。"
        found.append(warn(cell, "partly_struck", message))
    for (row, column), text in sorted(grid.comments.items()):
        cell = address(row, column)
        note = mask_personal(" ".join(text.split()))
        found.append(warn(cell, "comment", f"{cell} 有批注：“{note}”；请核对是否要改。"))
    for row, column in grid.covered_values:
        cell = address(row, column)
        found.append(
            warn(cell, "covered_value", f"{cell} 的内容被合并单元格盖住，未读入；请取消合并后核对。")
        )
    return found


def flag_rows(
    grid: Grid, rows: tuple[RowReading, ...], warnings: list[SheetWarning]
) -> tuple[RowReading, ...]:
    """把说到某一格的提示的代码记在那一格的读数上；隐藏的、整行撤销的、推来的列，每一格都记。"""
    codes: dict[str, list[str]] = {}
    by_column: dict[str, list[str]] = {}
    hidden_columns = {letters(column) for column in grid.hidden_columns}
    for warning in warnings:
        codes.setdefault(warning.cell, []).append(warning.code)
        if warning.code in BY_COLUMN:
            by_column.setdefault(_column_of(warning.cell), []).append(warning.code)
    if not (codes or grid.hidden or grid.hidden_rows or hidden_columns):
        return rows

    def flagged(row: RowReading, reading: CellReading) -> CellReading:
        own = list(codes.get(reading.cell, ()))
        own += ["hidden_sheet"] * grid.hidden + ["hidden_row"] * (_row_of(reading.cell) in grid.hidden_rows)
        own += ["hidden_column"] * (_column_of(reading.cell) in hidden_columns)
        own += by_column.get(_column_of(reading.cell), ())
        own += ["rejected_row"] * (row.kind == "rejected")
        own += ["unmapped_column"] * reading.field.startswith("other:")
        return replace(reading, flags=tuple(dict.fromkeys(own))) if own else reading

    return tuple(
        replace(row, values=tuple(flagged(row, reading) for reading in row.values)) if row.values else row
        for row in rows
    )


def in_sheet_order(warnings: Iterable[SheetWarning]) -> tuple[SheetWarning, ...]:
    """按表上的次序排：先上后下、先左后右；说整张表的写在 A1，自然在前。"""
    return tuple(
        sorted(warnings, key=lambda each: (_row_of(each.cell), len(_column_of(each.cell)), each.cell))
    )


def _column_of(cell: str) -> str:
    return cell.rstrip("0123456789")


def _row_of(cell: str) -> int:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
