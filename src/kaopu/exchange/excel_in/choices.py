"""人定的读法：某个表头是哪个字段、用什么单位，某一格改成什么字（HANDBOOK §7.2 第2条“let the user correct the mapping”）。"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kaopu.exchange.excel_in.census import place_of
from kaopu.exchange.excel_in.fields import Column
from kaopu.exchange.excel_in.grid import Content, Grid, Place

SKIPPED = "skip"  # 人定“这一列不读”


@dataclass(frozen=True, kw_only=True)
class ColumnRule:
    """一个表头的读法：字段（空为照常认，``skip`` 为不读）、单位（空为照常认）。"""

    field: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """一次导入的全部人定读法。

    ``columns`` 以表头的比对文字为键，``cells`` 以“表名!H7”为键；``names`` 是名称比对键 → 项目编号，写库时才用，不交给子进程；
    ``draw``：连同各格文字一起读出，好把表画给人看；``progress`` 是报行数的文件，空为不报。
    """

    columns: Mapping[str, ColumnRule] = field(default_factory=dict)
    cells: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    draw: bool = False
    progress: str = ""

    def apply(self, column: Column) -> Column:
        """按人定的读法改一列；没有定的原样返回。"""
        rule = self.columns.get(column.header)
        if rule is None:
            return column
        chosen = column.field if not rule.field else rule.field
        if chosen == SKIPPED:
            chosen = f"other:{column.header}"
        month = column.month if chosen == column.field else None
        return replace(column, field=chosen, month=month, unit=rule.unit or column.unit)

    def correct(self, grid: Grid) -> None:
        """按人定的文字改格；改成空的等于没填。"""
        for key, text in self.cells.items():
            sheet, _, cell = key.rpartition("!")
            place = place_of(cell)
            if sheet == grid.name and place is not None:
                _replace(grid, place, text)

    def encode(self) -> bytes:
        """交给子进程的 JSON。"""
        columns = {header: [rule.field, rule.unit] for header, rule in self.columns.items()}
        told = {"columns": columns, "cells": dict(self.cells), "draw": self.draw}
        return json.dumps({**told, "progress": self.progress}).encode()


NO_CHOICES = Choices()


def decode_choices(data: bytes) -> Choices:
    """子进程收到的 JSON → 读法。"""
    found = json.loads(data)
    columns = {header: ColumnRule(field=name, unit=unit) for header, (name, unit) in found["columns"].items()}
    return Choices(columns=columns, cells=found["cells"], draw=found["draw"], progress=found["progress"])


def _replace(grid: Grid, place: Place, text: str) -> None:
    row, column = place
    former = grid.cells.pop(place, None)
    grid.put(place, Content(text, text, original=former.text if former else ""))
    columns = {*grid.by_row.get(row, ()), column} - (set() if place in grid.cells else {column})
    if columns:
        grid.by_row[row] = sorted(columns)
    else:
        grid.by_row.pop(row, None)
