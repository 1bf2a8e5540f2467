"""合表材料：一张表读完之后的全部读数，供各项检查取用。"""

from __future__ import annotations

from dataclasses import dataclass

from kaopu.exchange.excel_in.fields import Header
from kaopu.exchange.excel_in.grid import Grid, address
from kaopu.exchange.excel_in.result import RowReading, SheetWarning
from kaopu.exchange.excel_in.rows import RowClass

OTHER_MONTH = "{cell} 列“{header}”是别的月份的数，本次不读，原文照存。"
UNMAPPED = "{cell} 列“{header}”没有归入字段，原文照存；属于已有字段的，请改列或改表头。"


@dataclass(frozen=True, kw_only=True)
class SheetFacts:
    """一张表读完之后的全部材料。"""

    grid: Grid
    kind: str
    level: str
    header: Header
    classes: dict[int, RowClass]
    rows: tuple[RowReading, ...]

    @property
    def projects(self) -> list[RowReading]:
        """项目行。"""
        return [row for row in self.rows if row.kind == "project"]

    def cell(self, row: int, field: str) -> str:
        """某行某字段的格；没有该列则指名称列。"""
        column = self.header.column(field) or self.header.column("name")
        return address(row, column.index if column else 1)


def warn(cell: str, code: str, message: str) -> SheetWarning:
    """一条提示。"""
    return SheetWarning(cell=cell, code=code, message=message)
