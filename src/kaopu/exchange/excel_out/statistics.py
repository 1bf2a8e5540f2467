"""写统计表：五类 × 年度目标结果，合计是活的公式，与口径数相符才写（HANDBOOK §2.2、§7.2 第10条）。"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openpyxl.utils import get_column_letter

from kaopu.exchange.excel_out import layout
from kaopu.exchange.excel_out.layout import OutColumn


def write_statistics(
    path: Path | str,
    *,
    title: str,
    unit_line: str,
    outcomes: Sequence[str],
    rows: Sequence[tuple[str, Sequence[int]]],
    notes: Sequence[str] = (),
) -> None:
    """写五类 × 结果。``rows`` 为（类别，各结果的个数），不含合计；合计行、合计列写成 =SUM。"""
    columns = (
        OutColumn(field="category", header="类别", width=24),
        OutColumn(field="total", header="合计"),
        *(OutColumn(field=outcome, header=outcome, width=14) for outcome in outcomes),
    )
    book, sheet = layout.new_sheet("统计表")
    header_end = layout.write_head(sheet, columns, title=title, unit_line=unit_line, unit="单位：个")
    last_letter = get_column_letter(len(columns))
    for number, (label, counts) in enumerate(rows, header_end + 1):
        cells = dict(zip(outcomes, counts, strict=True))
        layout.write_row(sheet, number, columns, {"category": label, **cells})
        layout.put_formula(sheet, number, 2, f"=SUM(C{number}:{last_letter}{number})")
    first, bottom = header_end + 1, header_end + len(rows)
    layout.write_row(sheet, bottom + 1, columns, {"category": "合　计"})
    for index in range(2, len(columns) + 1):
        letter = get_column_letter(index)
        layout.put_formula(sheet, bottom + 1, index, f"=SUM({letter}{first}:{letter}{bottom})")
    for offset, note in enumerate(notes, 2):
        layout.write_note(sheet, bottom + offset, len(columns), note)
    layout.finish(sheet, header_end=header_end, frozen_columns=1)
    sheet.page_setup.paperSize = layout.PAPER_A4
    book.save(path)
