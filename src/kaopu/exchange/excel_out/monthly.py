"""写月度计划与月报（HANDBOOK §7.1 W2 的统一版式，§7.2 第10条“导出模板填好后可不经匹配导回”）。

每行带内部编号，填好后凭它对回项目，不靠名称猜。
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from kaopu.exchange.excel_out import layout
from kaopu.exchange.excel_out.layout import OutColumn

Row = Mapping[str, object]

_IDENTITY = (
    OutColumn(field="seq", header="序号", width=6),
    OutColumn(field="code", header="内部编号", width=13),
    OutColumn(field="name", header="项目名称", width=30),
    OutColumn(field="responsible_unit", header="责任单位", width=13),
)
REPORT_COLUMNS = (
    *_IDENTITY,
    OutColumn(field="month_investment", header="本月完成投资", width=14, kind="amount"),
    OutColumn(field="cumulative_investment", header="累计完成投资", width=14, kind="amount"),
    OutColumn(field="progress", header="形象进度(%)", kind="percent"),
    OutColumn(field="work", header="本月工作内容", width=40),
    OutColumn(field="problems", header="存在问题", width=32),
    OutColumn(field="next_steps", header="下步计划", width=32),
)


def plan_columns() -> tuple[OutColumn, ...]:
    """月度计划各列：1月至12月，每月计划投资、计划累计进度、计划工作内容三列。"""
    monthly: list[OutColumn] = []
    for month in range(1, 13):
        group = f"{month}月"
        monthly += [
            OutColumn(
                field="plan_investment", header="计划投资", group=group, kind="amount", month=month, width=14
            ),
            OutColumn(
                field="plan_progress",
                header="计划累计进度",
                group=group,
                kind="percent",
                month=month,
                width=9,
            ),
            OutColumn(field="plan_work", header="计划工作内容", group=group, month=month, width=18),
        ]
    return (*_IDENTITY, *monthly)


def write_monthly_plan(
    path: Path | str, *, year: int, title: str, rows: Sequence[Row], unit: str = ""
) -> None:
    """写月度计划；``unit`` 为填报单位，空白模板不写。打印两页宽，上下半年各一页。

    每行除项目标识外，``plan_investment``（整数元）、``plan_progress``（百分数）、``plan_work``（文字）各是“月份 → 值”的映射。
    """
    columns = plan_columns()
    unit_line = f"填报单位：{unit or '　　　　　'}　{year}年"
    half = next(index for index, column in enumerate(columns) if column.month == 7)
    _write(path, "月度计划", columns, title=title, unit_line=unit_line, rows=rows, first_page=half)


def write_monthly_report(path: Path | str, *, month: date, title: str, rows: Sequence[Row]) -> None:
    """写月报：``month`` 为月初；金额整数元，``progress`` 为百分数（45 即 45%），其余文字。可作空白模板下发。"""
    unit_line = f"填报单位：　　　　　　{month.year}年{month.month}月"
    _write(path, "月报", REPORT_COLUMNS, title=title, unit_line=unit_line, rows=rows)


def _write(
    path: Path | str,
    name: str,
    columns: Sequence[OutColumn],
    *,
    title: str,
    unit_line: str,
    rows: Sequence[Row],
    first_page: int | None = None,
) -> None:
    book, sheet = layout.new_sheet(name)
    header_end = layout.write_head(sheet, columns, title=title, unit_line=unit_line, first_page=first_page)
    first = header_end + 2
    layout.write_total(
        sheet, header_end + 1, columns, range(first, first + len(rows)), f"合　计（共{len(rows)}个）"
    )
    for seq, row in enumerate(rows, 1):
        layout.write_row(sheet, header_end + 1 + seq, columns, {"seq": seq, **row})
    layout.finish(sheet, header_end=header_end, frozen_columns=3)
    book.save(path)
