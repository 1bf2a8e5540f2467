"""读 .xls（Excel 97–2003、WPS 的 .et）：由表格库（calamine）取值，合并与隐藏的表照认。

老格式的字体、数字格式不经表格库给出，所以百分比列里小于 1 的数、删除线、隐藏行列都要人看：整表提示一次。
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from kaopu.exchange.excel_in.census import MAX_CELLS, MAX_LAST_COLUMN, MAX_LAST_ROW
from kaopu.exchange.excel_in.grid import Content, Grid, shown
from kaopu.exchange.excel_in.library import refusing
from kaopu.exchange.excel_in.result import WorkbookRefused

DAMAGED = "旧版 .xls 文件已损坏，无法读取；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
LIMITED = (
    "旧版 .xls 读不到删除线、隐藏的行列、批注、填充色和公式；表中用到这些的，请另存为 .xlsx 后重新导入。"
)


def load_xls(path: Path) -> list[Grid]:
    """装入各张表。"""
    with refusing(DAMAGED):
        book = CalamineWorkbook.from_path(str(path))
        sheets = [item for item in book.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
        found = [_grid(book, item.name, item.visible != SheetVisibleEnum.Visible) for item in sheets]
    if not found:
        raise WorkbookRefused("工作簿里没有工作表；请检查文件后重新上传。")
    return found


def _grid(book: CalamineWorkbook, name: str, hidden: bool) -> Grid:
    sheet = book.get_sheet_by_name(name)
    grid = Grid(name, hidden=hidden)
    grid.remarks.append(("old_format", LIMITED))
    if sheet.end is not None and (sheet.end[0] >= MAX_LAST_ROW or sheet.end[1] >= MAX_LAST_COLUMN):
        raise WorkbookRefused(f"工作表“{name}”的内容超出可读范围；请删去多余的行列后另存再上传。")
    for number, row in enumerate(sheet.iter_rows(), 1):
        for column, value in enumerate(row, 1):
            if value != "":
                plain = plain_value(value)
                grid.put((number, column), Content(plain, shown(plain)))
        if len(grid.cells) > MAX_CELLS:
            raise WorkbookRefused(f"工作表“{name}”的单元格过多；请删去多余的行列后另存再上传。")
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if (bottom - top + 1) * (right - left + 1) <= MAX_CELLS:
            grid.merge(top + 1, left + 1, bottom + 1, right + 1)
    return grid.finish()


def plain_value(value: object) -> object:
    """表格库的取值 → 与 .xlsx 同样的取值：整数不带小数，日期一律带时刻。"""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return str(value) if isinstance(value, timedelta) else value
