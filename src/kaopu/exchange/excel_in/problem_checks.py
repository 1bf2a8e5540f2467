"""问题清单的检查：没写项目、没写时限、时限早于提出、随合并单元格撤销的（HANDBOOK §7.1 W3）。只提示，不改数。"""

from __future__ import annotations

from collections.abc import Iterable

from kaopu.exchange.excel_in.facts import SheetFacts, warn
from kaopu.exchange.excel_in.result import RowReading, SheetWarning
from kaopu.exchange.excel_in.rows import WITHDRAWN


def check_problems(facts: SheetFacts) -> Iterable[SheetWarning]:
    """逐行检查问题清单；别的表不查。"""
    if facts.kind != "problem_list":
        return
    for row in facts.rows:
        if row.kind == "problem":
            yield from _missing(facts, row)
            yield from _order(row)
        elif row.kind == "rejected" and row.reason.endswith(WITHDRAWN):
            yield from _withdrawn(facts, row)


def _missing(facts: SheetFacts, row: RowReading) -> Iterable[SheetWarning]:
    if facts.header.column("name") is not None and row.get("name") is None:
        cell = facts.cell(row.row, "name")
        yield warn(
            cell, "missing_name", f"{cell} 没有写项目名称，不从上一行推断；请补填，或把上一行合并下来。"
        )
    if facts.header.column("due") is not None and row.get("due") is None:
        cell = facts.cell(row.row, "due")
        yield warn(cell, "missing_due", f"{cell} 没有写解决时限；请补填日期。")


def _order(row: RowReading) -> Iterable[SheetWarning]:
    raised, due = row.get("raised_on"), row.get("due")
    if raised and due and raised.low and due.high and str(due.high) < str(raised.low):
        message = f"{due.cell} 时限“{due.raw}”早于提出“{raised.raw}”（{raised.cell}）；请核对两个日期。"
        yield warn(due.cell, "due_before_raised", message)


def _withdrawn(facts: SheetFacts, row: RowReading) -> Iterable[SheetWarning]:
    """整行撤销而线只划在别的格上（合并着的项目、问题）的，在本行的问题格上也说一声。"""
    column = facts.header.column("problems")
    cell = facts.cell(row.row, "problems")
    if column is not None and (row.row, column.index) in facts.grid.struck:
        return
    if not any(reading.cell == cell for reading in row.values):
        return
    yield warn(cell, "withdrawn", f"{cell} 所在行划有删除线，按撤销处理，不导入；请确认是否撤销。")
