"""一个项目分标段各写一行、名称合并着的：第一行的数是第一个标段的，不是项目的（HANDBOOK §7.1 W2“标段子行”）。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kaopu.exchange.excel_in.facts import warn
from kaopu.exchange.excel_in.fields import AMOUNTS, PERCENTS, Header
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.result import RowReading, SheetWarning
from kaopu.exchange.excel_in.words import UNSAID, compact

_SECTION = re.compile(r"标段|合同段|标号|子项|分项|单体|区段|工区")
_WHOLE = re.compile(r"合计|小计|总计|全部|整体")
_MESSAGE = (
    "{cell} 是{section}的数，下面各行是别的标段，没有项目的合计，未取；请另写一行项目的数，标段写在下面。"
)


def withhold_sections(
    grid: Grid, header: Header, rows: Sequence[RowReading]
) -> tuple[tuple[RowReading, ...], list[SheetWarning]]:
    """名称合并着管几行、“标段”一列各写各的：第一行的金额、比例不当作项目的，逐格说明。"""
    name = header.column("name")
    column = next((c.index for c in header.columns if _SECTION.search(c.header) and c is not name), None)
    if name is None or column is None:
        return tuple(rows), []
    kept, said = [], []
    for row in rows:
        deep = grid.span(row.row, name.index)[0]
        parts = [compact(grid.text(each, column)) for each in range(row.row, row.row + deep)]
        if row.kind == "project" and deep > 1 and _apart(parts):
            values = []
            for item in row.values:
                own = header.column(item.field) if item.field in AMOUNTS | PERCENTS else None
                shared = own is not None and grid.span(row.row, own.index)[0] == deep  # 与名称一样合并着的
                if own is not None and item.value is not None and not shared:
                    item = replace(item, value=None, low=None, high=None)
                    said.append(
                        warn(item.cell, "section_only", _MESSAGE.format(cell=item.cell, section=parts[0]))
                    )
                values.append(item)
            row = replace(row, values=tuple(values))
        kept.append(row)
    return tuple(kept), said


def _apart(parts: Sequence[str]) -> bool:
    """各行写着不同的标段；第一行没有写、写“合计”的，是项目的数。"""
    told = [part for part in parts if part not in UNSAID]
    return parts[0] not in UNSAID and not _WHOLE.search(parts[0]) and len(set(told)) > 1
