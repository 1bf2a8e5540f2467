"""读 .xls（Excel 97–2003、WPS 的 .et）：由表格库（calamine）取值，百分比、删除线、隐藏行列另从记录里读。"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineSheet, SheetTypeEnum, SheetVisibleEnum

from kaopu.exchange.excel_in.biff import Marks, read_marks
from kaopu.exchange.excel_in.census import MAX_CELLS, MAX_LAST_COLUMN, MAX_LAST_ROW
from kaopu.exchange.excel_in.grid import Content, Grid, Place, is_number, shown
from kaopu.exchange.excel_in.library import cells_of, open_workbook, refusing
from kaopu.exchange.excel_in.package import PARTLY, Text
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.styles import PLAIN, CellStyle

DAMAGED = "旧版 .xls 文件已损坏，无法读取；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
LIMITED = "旧版 .xls 读不到批注和公式；表中用到这些的，请另存为 .xlsx 后重新导入。"
BLIND = "这个旧版 .xls 读不到删除线、隐藏的行列、填充色、百分比格式、批注和公式；表中用到这些的，请另存为 .xlsx 后重新导入。"


def load_xls(path: Path) -> list[Grid]:
    """装入各张表。"""
    with refusing(DAMAGED):
        book = open_workbook(path, named=frozenset({".xls"}))
        sheets = [item for item in book.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
        marks = _marks(path)
        found = []
        for item in sheets:
            grid = Grid(item.name, hidden=item.visible != SheetVisibleEnum.Visible)
            found.append(_fill(grid, book.get_sheet_by_name(item.name), marks.get(item.name)))
    if not found:
        raise WorkbookRefused("工作簿里没有工作表；请检查文件后重新上传。")
    return found


def _marks(path: Path) -> dict[str, Marks]:
    try:
        return read_marks(path.read_bytes())
    except ValueError:  # 更老的格式，或记录读不通：没有这些记号，另提示
        return {}


def _fill(grid: Grid, sheet: CalamineSheet, marks: Marks | None) -> Grid:
    grid.remarks.append(("old_format", BLIND if marks is None else LIMITED))
    if sheet.end is not None and (sheet.end[0] >= MAX_LAST_ROW or sheet.end[1] >= MAX_LAST_COLUMN):
        raise WorkbookRefused(f"工作表“{grid.name}”的内容超出可读范围；请删去多余的行列后另存再上传。")
    styles = marks.styles if marks else {}
    texts = marks.texts if marks else {}
    for place, value in cells_of(sheet):
        style = styles.get(place, PLAIN)
        _put(grid, place, plain_value(value), style, texts.get(place))
        if len(grid.cells) > MAX_CELLS:
            raise WorkbookRefused(f"工作表“{grid.name}”的单元格过多；请删去多余的行列后另存再上传。")
    for place, error in (marks.errors if marks else {}).items():
        _put(grid, place, error, styles.get(place, PLAIN))
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if (bottom - top + 1) * (right - left + 1) <= MAX_CELLS:
            grid.merge(top + 1, left + 1, bottom + 1, right + 1)
    if marks is not None:
        grid.hidden_rows, grid.hidden_columns = marks.hidden_rows, marks.hidden_columns
        grid.fills |= {place: style.fill for place, style in styles.items() if style.fill}
    return grid.finish()


def _put(grid: Grid, place: Place, value: object, style: CellStyle, text: Text | None = None) -> None:
    """放下一格；``text`` 是几种字体的文字，删除线以它为准，划掉一截的读剩下的。"""
    whole = shown(value) if text is not None and text.struck == PARTLY else ""
    value = text.left if text is not None and whole else value
    number = is_number(value)
    unit = style.unit if number else ""
    coarse = style.coarse_of(value)
    percent, scaled = number and style.percent, number and style.scaled
    grid.put(place, Content(value, shown(value), None, percent, unit, scaled, coarse, whole=whole))
    if whole:
        grid.partly_struck.add(place)
    elif style.struck if text is None else text.struck:
        grid.struck.add(place)
    if style.indented:
        grid.indented.add(place)


def plain_value(value: object) -> object:
    """表格库的取值 → 与 .xlsx 同样的取值：整数不带小数，日期一律带时刻。"""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return str(value) if isinstance(value, timedelta) else value
