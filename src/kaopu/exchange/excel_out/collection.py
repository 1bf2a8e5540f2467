"""月报采集表：每家责任单位一份，预填、限填、锁格，隐藏的行键让填好的表不靠名称导回（HANDBOOK §7.2 第10条）。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from openpyxl.styles import PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kaopu.exchange.excel_out import layout
from kaopu.exchange.excel_out.layout import OutColumn

Row = Mapping[str, object]
COLUMNS = (
    OutColumn(field="form_key", header="表单键", width=20),
    OutColumn(field="seq", header="序号", width=6),
    OutColumn(field="name", header="项目名称", width=30),
    OutColumn(field="planned_this_month", header="本月计划投资", kind="amount"),
    OutColumn(field="previous_cumulative", header="截至上月累计完成投资", kind="amount"),
    OutColumn(field="month_investment", header="本月完成投资", kind="amount"),
    OutColumn(field="progress", header="形象进度(%)", kind="percent"),
    OutColumn(field="work", header="本月工作内容", width=40),
    OutColumn(field="problems", header="存在问题", width=32),
    OutColumn(field="next_steps", header="下步计划", width=32),
)
TO_FILL = ("month_investment", "progress", "work", "problems", "next_steps")
FILL_HERE = PatternFill("solid", fgColor="FFFFFDE7")
LONGEST_TEXT = 1000
HOW_TO = (
    "注：只填浅黄的格；金额单位万元，形象进度填百分数（如 45%）；没有投资填 0，没有问题写“无”。"
    "请勿增删行、改表名或另抄一张表，填好原样发回区推进办。"
)


def write_collection_form(path: Path | str, *, month: date, unit: str, rows: Sequence[Row]) -> None:
    """写一家单位某月的采集表；``rows`` 每行须有 ``form_key``，``TO_FILL`` 各栏有值的预填。"""
    book, sheet = layout.new_sheet("月报")
    title = f"{month.year}年{month.month}月重大工程月报采集表"
    header_end = layout.write_head(
        sheet, COLUMNS, title=title, unit_line=f"填报单位：{unit}　{month.year}年{month.month}月"
    )
    first = header_end + 1
    for seq, row in enumerate(rows, 1):
        layout.write_row(sheet, header_end + seq, COLUMNS, {"seq": seq, **row})
    last = header_end + len(rows)
    layout.write_note(sheet, last + 1, len(COLUMNS), HOW_TO)
    _open_cells(sheet, first, last)
    _limit(sheet, first, last)
    sheet.column_dimensions["A"].hidden = True
    sheet.protection.enable()
    layout.finish(sheet, header_end=header_end, frozen_columns=3)
    book.save(path)


def _letter(field: str) -> str:
    return get_column_letter(next(i for i, column in enumerate(COLUMNS, 1) if column.field == field))


def _open_cells(sheet: Worksheet, first: int, last: int) -> None:
    """只有要填的格能改，底色浅黄。"""
    for row in range(first, last + 1):
        for field in TO_FILL:
            cell = sheet[f"{_letter(field)}{row}"]
            cell.protection = Protection(locked=False)
            cell.fill = FILL_HERE


def _limit(sheet: Worksheet, first: int, last: int) -> None:
    amount = DataValidation(
        type="decimal", operator="between", formula1="0", formula2="1000000", allow_blank=True,
        errorTitle="本月完成投资", error="请填 0 以上的数，单位万元；没有完成填 0。",
    )  # fmt: skip
    percent = DataValidation(
        type="decimal", operator="between", formula1="0", formula2="1", allow_blank=True,
        errorTitle="形象进度", error="请填百分数，如 45%，不超过 100%。",
    )  # fmt: skip
    text = DataValidation(
        type="textLength", operator="lessThanOrEqual", formula1=str(LONGEST_TEXT), allow_blank=True,
        errorTitle="文字过长", error=f"最多 {LONGEST_TEXT} 字，请缩短。",
    )  # fmt: skip
    if last < first:
        return
    for rule, fields in ((amount, TO_FILL[:1]), (percent, TO_FILL[1:2]), (text, TO_FILL[2:])):
        rule.showErrorMessage = True
        for field in fields:
            rule.add(f"{_letter(field)}{first}:{_letter(field)}{last}")
        sheet.add_data_validation(rule)
    for row in range(first, last + 1):
        sheet[f"{_letter('progress')}{row}"].number_format = "0%"
