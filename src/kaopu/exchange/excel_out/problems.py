"""写问题清单：按问题类别分段，藏着系统编号，原样导回一条不变（HANDBOOK §7.1 W3、§7.2 第10条）。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from kaopu.exchange.excel_out import layout
from kaopu.exchange.excel_out.layout import OutColumn

Row = Mapping[str, object]
COLUMNS = (
    OutColumn(field="issue_key", header="系统编号（勿改）", width=20),
    OutColumn(field="seq", header="序号", width=6),
    OutColumn(field="code", header="内部编号", width=13),
    OutColumn(field="name", header="项目名称", width=30),
    OutColumn(field="problems", header="存在问题", width=46),
    OutColumn(field="cause", header="问题类别", width=13),
    OutColumn(field="responsible_unit", header="牵头单位", width=16),
    OutColumn(field="assist_units", header="配合单位", width=22),
    OutColumn(field="raised_on", header="提出时间", width=16, kind="date"),
    OutColumn(field="due", header="解决时限", width=16, kind="date"),
    OutColumn(field="level", header="协调层级", width=9),
    OutColumn(field="status", header="是否销号", width=9),
    OutColumn(field="closed_on", header="销号时间", width=16, kind="date"),
)
_NUMERALS = "一二三四五六七八九十"


def write_problem_list(path: Path | str, *, title: str, unit_line: str, rows: Sequence[Row]) -> None:
    """写问题清单。``rows`` 已按问题类别（``cause``）排好；每行以 ``COLUMNS`` 的字段为键。"""
    book, sheet = layout.new_sheet("问题清单")
    number = header_end = layout.write_head(sheet, COLUMNS, title=title, unit_line=unit_line, unit="单位：件")
    seq = 0
    for order, (cause, group) in enumerate(groupby(rows, key=lambda row: row["cause"])):
        number += 1
        numeral = _NUMERALS[order] if order < len(_NUMERALS) else f"十{_NUMERALS[order - len(_NUMERALS)]}"
        layout.write_category(sheet, number, COLUMNS, f"{numeral}、{cause}类问题")
        for row in group:
            number, seq = number + 1, seq + 1
            layout.write_row(sheet, number, COLUMNS, {"seq": seq, **row})
    sheet.column_dimensions["A"].hidden = True
    layout.finish(sheet, header_end=header_end, frozen_columns=5)
    book.save(path)
