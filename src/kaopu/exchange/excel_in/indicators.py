"""一个项目占几行、各行一个指标的版式：“指标”列写着计划、完成，同一列的数各行意思不同（HANDBOOK §7.1 W2）。

按表头一列只有一个意思；指标与这一列对不上的数不当作这一列的数，退回原文并提示，免得把计划记成完成。
"""

from __future__ import annotations

import re
from dataclasses import replace

from kaopu.exchange.excel_in.fields import Column, Header
from kaopu.exchange.excel_in.grid import Grid, address
from kaopu.exchange.excel_in.result import CellReading, SheetWarning
from kaopu.exchange.excel_in.words import compact

_PLAN = re.compile(r"(月度?|年度?|本月|当月)?(投资)?(计划|目标)(投资|数|值|额|完成)?")
_DONE = re.compile(r"(月度?|年度?|本月|当月)?(投资)?(实际|已)?(完成|实际)(投资|数|值|额|情况)?")
_OTHER = re.compile(
    r"(累计)?(完成)?(比例|比率|率|占比|百分比|差额|差异|偏差)(\(?%\)?)?|累计(计划|完成)?(投资|数)?"
)
_PLANNED = frozenset({"plan_investment", "plan_progress", "plan_work", "planned_investment"})
_ACHIEVED = frozenset(
    {
        *("month_investment", "cumulative_investment", "previous_investment", "previous_cumulative"),
        *("since_start", "progress"),
    }
)
_LOOK_ALIKE = frozenset({"category", "nature"})  # 表头写“类型”的，内容才见得出是指标
_MESSAGE = (
    "{cell} 这一行的指标是“{told}”，与列“{header}”不是一回事，原文照存、没有当作这一列的数；请拆成几列。"
)


def indicator_column(grid: Grid, header: Header) -> Column | None:
    """写着指标的列：认不出的列，内容全是计划、完成一类的词，而且不止一种；没有为空。"""
    for column in header.columns:
        if not column.field.startswith("other:") and column.field not in _LOOK_ALIKE:
            continue
        texts = {
            compact(grid.text(row, column.index))
            for row in range(header.rows[-1] + 1, grid.last_row + 1)
            if grid.text(row, column.index)
        }
        if len(texts) > 1 and all(_sort_of(text) for text in texts):
            return column
    return None


def set_apart(
    grid: Grid, indicator: Column, header: Header, row: int, values: tuple[CellReading, ...]
) -> tuple[tuple[CellReading, ...], list[SheetWarning]]:
    """一行的读数里，与本行指标对不上的退回原文并提示。"""
    told = compact(grid.text(row, indicator.index))
    ours = {"plan": _PLANNED, "done": _ACHIEVED}.get(_sort_of(told), frozenset())
    if not told:
        return values, []
    headers = {address(row, column.index): column.header for column in header.columns}
    kept, warnings = [], []
    for reading in values:
        if reading.field in (_PLANNED | _ACHIEVED) - ours:
            message = _MESSAGE.format(cell=reading.cell, told=told, header=headers.get(reading.cell, ""))
            warnings.append(SheetWarning(cell=reading.cell, code="other_indicator", message=message))
            reading = replace(
                reading,
                field=f"other:{told}",
                value=reading.raw,
                qualifier=None,
                low=None,
                high=None,
                month=None,
            )
        kept.append(reading)
    return tuple(kept), warnings


def _sort_of(text: str) -> str:
    for sort, pattern in (("plan", _PLAN), ("done", _DONE), ("other", _OTHER)):
        if pattern.fullmatch(text):
            return sort
    return ""
