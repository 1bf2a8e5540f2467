"""合计核对：表里的合计从不采信，按项目行重算后报出差额（HANDBOOK §7.2 第1条“never trust totals”）。

公式没有存结果时，按 Excel 的规矩自己算一遍 SUM：只加数字格，文字格不加。这正是“约1.2亿”让合计变小的原因。
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from kaopu.domain.parsing import AMOUNT_UNITS
from kaopu.exchange.excel_in import fields
from kaopu.exchange.excel_in.cells import parse_amount
from kaopu.exchange.excel_in.census import place_of
from kaopu.exchange.excel_in.facts import SheetFacts
from kaopu.exchange.excel_in.fields import Column
from kaopu.exchange.excel_in.grid import Content, Grid, address
from kaopu.exchange.excel_in.result import RowReading, SheetWarning

_SUM = re.compile(r"=SUM\(([A-Z0-9:,$]+)\)", re.IGNORECASE)


def check_totals(facts: SheetFacts) -> list[SheetWarning]:
    """逐个合计、小计格与重算结果比较；差额不足单位的百分之一视为相符。"""
    found: list[SheetWarning] = []
    for number, row_class in facts.classes.items():
        if row_class.kind not in ("total", "subtotal"):
            continue
        whole = [row for row in facts.projects if row.row < number and row_class.kind == "subtotal"]
        members = facts.projects if row_class.kind == "total" else _subtotal_members(facts, number)
        for column in facts.header.columns:
            if column.field in fields.AMOUNTS:
                unit = column.unit or facts.header.sheet_unit
                if unit is not None:
                    wrong = list(_compare(facts.grid, number, column, members, unit))
                    # 写作“小计”而加的是以上全部的，也算对
                    right = whole and not list(_compare(facts.grid, number, column, whole, unit))
                    found += [] if right else wrong
    return found


def _compare(
    grid: Grid, row: int, column: Column, members: list[RowReading], unit: str
) -> Iterable[SheetWarning]:
    content = grid.cells.get((row, column.index))
    if content is None or not members:
        return
    declared = _declared(grid, content, unit)
    readings = [member.get(column.field, column.month) for member in members]
    counted = sum(r.value for r in readings if r is not None and isinstance(r.value, int))
    if declared is None or abs(declared - counted) * 100 < AMOUNT_UNITS[unit]:
        return
    cell = address(row, column.index)
    yield SheetWarning(
        cell=cell,
        code="total_mismatch",
        message=f"{cell} 合计写 {_in(declared, unit)}，按项目行重算为 {_in(counted, unit)}；"
        "合计不采信，请核对是否有文字金额或漏加的行。",
    )


def _in(yuan: int, unit: str) -> str:
    return f"{(Decimal(yuan) / AMOUNT_UNITS[unit]).normalize():,f}{unit}"


def _declared(grid: Grid, content: Content, unit: str) -> int | None:
    """The stated total in yuan; ``None`` where there is nothing to compare with."""
    if content.uncached:
        return _evaluate(grid, content.formula or "", unit)
    if isinstance(content.value, int | float | str) and not isinstance(content.value, bool):
        return parse_amount(content.value, unit).value_yuan
    return None


def _evaluate(grid: Grid, formula: str, unit: str) -> int | None:
    match = _SUM.fullmatch(formula.replace(" ", ""))
    if match is None:
        return None
    total = Decimal(0)
    for part in match.group(1).split(","):
        first, _, last = part.partition(":")
        start, stop = place_of(first), place_of(last or first)
        if start is None or stop is None or (stop[0] - start[0]) * (stop[1] - start[1] + 1) > 100_000:
            return None
        for row in range(start[0], stop[0] + 1):
            for column in range(start[1], stop[1] + 1):
                total += _numeric(grid.cells.get((row, column)))
    return int((total * AMOUNT_UNITS[unit]).to_integral_value())


def _numeric(content: Content | None) -> Decimal:
    if content is None or isinstance(content.value, bool) or not isinstance(content.value, int | float):
        return Decimal(0)
    number = Decimal(repr(content.value))
    return number if number.is_finite() else Decimal(0)


def _subtotal_members(facts: SheetFacts, subtotal_row: int) -> list[RowReading]:
    """小计在末尾的，加它前面本段的项目；小计在段首的，加它后面的。"""
    before: list[RowReading] = []
    for row in facts.rows:
        if row.row >= subtotal_row:
            break
        if row.kind in ("category", "subtotal", "total"):
            before = []
        elif row.kind == "project":
            before.append(row)
    if before:
        return before
    after: list[RowReading] = []
    for row in facts.rows:
        if row.row <= subtotal_row:
            continue
        if row.kind in ("category", "subtotal", "total"):
            break
        if row.kind == "project":
            after.append(row)
    return after
