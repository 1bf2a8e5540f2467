"""版式：题头、填报单位与单位行、边框、冻结窗格、A3 横向打印、打印标题行（照 W1 项目清单）。

写进格里的每个值都经 :func:`put`：文字以 = + - @ 开头的一律按文字存，不成公式（TRUST §3“formula injection on export”）。
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

YUAN_PER_WAN = 10_000
LINE_HEIGHT, TALLEST = 15, 409  # 磅；409 是表格软件的上限
WIDEST = 280  # 字符；A3 横向一页宽放这么多还看得清
PAPER_A3 = 8
PAPER_A4 = 9
RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_THIN = Side(style="thin", color="FF808080")
BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
TITLE_FONT = Font(name="黑体", size=18)
HEAD_FONT = Font(name="黑体", size=11)
BODY_FONT = Font(name="宋体", size=11)
BOLD_FONT = Font(name="宋体", size=11, bold=True)
HEAD_FILL = PatternFill("solid", fgColor="FFF2F2F2")
CATEGORY_FILL = PatternFill("solid", fgColor="FFE7EEF7")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")


@dataclass(frozen=True, kw_only=True)
class OutColumn:
    """一列：字段、表头、上级表头（没有为空）、列宽（字符）、写法 text/amount/percent/date、月份（月度计划）。"""

    field: str
    header: str
    group: str = ""
    width: float = 12
    kind: str = "text"
    month: int | None = None


def new_sheet(name: str) -> tuple[Workbook, Worksheet]:
    """只含一张空表的工作簿。"""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    return book, sheet


def at(sheet: Worksheet, row: int, column: int) -> Cell:
    """可写的格；落在合并区里（左上角以外）是写法有误。"""
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"{cell.coordinate} 已被合并，不能写")
    return cell


def put(cell: Cell, value: object) -> None:
    """写一个值：文字永远是文字（不成公式、不含控制符），数字与日期按原类型。"""
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.value = text
        cell.data_type = "s"
        if text.startswith(RISKY):
            cell.quotePrefix = True
    elif isinstance(value, bool):
        put(cell, "是" if value else "否")
    elif value is None or isinstance(value, int | Decimal | date):
        cell.value = value
    else:
        put(cell, str(value))


def in_wan(yuan: int) -> int | Decimal:
    """整数元 → 万元（十进制精确值，不经浮点）。"""
    whole, rest = divmod(yuan, YUAN_PER_WAN)
    return whole if rest == 0 else Decimal(yuan) / YUAN_PER_WAN


def value_of(row: Mapping[str, object], column: OutColumn) -> object:
    """该行该列的值；有 ``<字段>_text`` 的（“约1.2亿”“2022年6月底”）以文字为准。月度计划字段按月份取。"""
    if column.month is not None:
        months = row.get(column.field)
        return months.get(column.month) if isinstance(months, Mapping) else None
    text = row.get(f"{column.field}_text")
    return text if text else row.get(column.field)


def write_head(
    sheet: Worksheet,
    columns: Sequence[OutColumn],
    *,
    title: str,
    unit_line: str,
    unit: str = "单位：万元",
    first_page: int | None = None,
) -> int:
    """写题头三部分：合并的标题、“填报单位……/单位：万元”、一级或两级表头；返回表头最后一行的行号。

    ``first_page``：几页宽的表，标题只合并到第一页的最后一列，打印时才居中；单位每页各写一次。
    """
    whole, last = len(columns), first_page or len(columns)
    if last < whole:
        _label(at(sheet, 2, whole), unit, BODY_FONT, RIGHT)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=last)
    _label(at(sheet, 1, 1), title, TITLE_FONT, CENTRE)
    sheet.row_dimensions[1].height = 32
    left = max(1, last - 2)
    if left > 1:
        sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=left)
    _label(at(sheet, 2, 1), unit_line, BODY_FONT, LEFT)
    _label(at(sheet, 2, last), unit, BODY_FONT, RIGHT)
    levels = 2 if any(column.group for column in columns) else 1
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
        _head_cell(sheet, index, column, levels)
    _merge_groups(sheet, columns)
    for row in range(3, 3 + levels):
        for index in range(1, whole + 1):
            sheet.cell(row, index).border = BORDER
        sheet.row_dimensions[row].height = 30
    return 2 + levels


def _head_cell(sheet: Worksheet, index: int, column: OutColumn, levels: int) -> None:
    cell = at(sheet, 4 if column.group else 3, index)
    _label(cell, column.header, HEAD_FONT, CENTRE)
    cell.fill = HEAD_FILL
    if levels == 2 and not column.group:
        sheet.merge_cells(start_row=3, end_row=4, start_column=index, end_column=index)


def _merge_groups(sheet: Worksheet, columns: Sequence[OutColumn]) -> None:
    start = 1
    for index in range(1, len(columns) + 1):
        following = columns[index].group if index < len(columns) else ""
        if columns[index - 1].group == following and following:
            continue
        if columns[index - 1].group:
            cell = at(sheet, 3, start)
            _label(cell, columns[index - 1].group, HEAD_FONT, CENTRE)
            cell.fill = HEAD_FILL
            if index > start:
                sheet.merge_cells(start_row=3, end_row=3, start_column=start, end_column=index)
        start = index + 1


def _label(cell: Cell, text: str, font: Font, alignment: Alignment) -> None:
    put(cell, text)
    cell.font = font
    cell.alignment = alignment


def write_row(sheet: Worksheet, number: int, columns: Sequence[OutColumn], row: Mapping[str, object]) -> None:
    """写一个项目行。"""
    for index, column in enumerate(columns, 1):
        cell = at(sheet, number, index)
        cell.font = BODY_FONT
        cell.border = BORDER
        cell.alignment = _alignment(column, value_of(row, column))
        _write_value(cell, column, value_of(row, column))
    lines = max((lines_of(value_of(row, column), column.width) for column in columns), default=1)
    if lines > 1:  # 有的表格软件打开时不自己撑高，折行的字就压到邻行上
        sheet.row_dimensions[number].height = min(LINE_HEIGHT * lines + 2, TALLEST)


def _alignment(column: OutColumn, value: object) -> Alignment:
    """金额靠右；窄列、日期、个数居中；长文字靠左。"""
    if column.kind == "amount":
        return RIGHT
    short = column.width <= 13 or column.kind == "date" or isinstance(value, int | Decimal)
    return CENTRE if short else LEFT


def lines_of(value: object, width: float) -> int:
    """文字在 ``width`` 个字符宽的列里折成几行；汉字占两个字符，两侧留一个字符的边。"""
    if not isinstance(value, str):
        return 1
    room = max(width - 1, 2)
    sizes = [sum(2 if east_asian_width(c) in "WF" else 1 for c in line) for line in value.splitlines()]
    return sum(max(1, ceil(size / room)) for size in sizes) or 1


def _write_value(cell: Cell, column: OutColumn, value: object) -> None:
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if column.kind == "amount" and isinstance(value, int) and number:
        amount = in_wan(value)
        put(cell, amount)
        cell.number_format = "#,##0" if isinstance(amount, int) else "#,##0.00##"
    elif column.kind == "percent" and isinstance(value, int | Decimal) and number:
        put(cell, Decimal(value) / 100)
        cell.number_format = "0%" if value == int(value) else "0.00%"
    elif isinstance(value, date):
        put(cell, value)
        cell.number_format = 'yyyy"年"m"月"d"日"'
    else:
        put(cell, value)


def write_category(sheet: Worksheet, number: int, columns: Sequence[OutColumn], text: str) -> None:
    """写一个分类标题行，合并到第一个金额列之前。"""
    width = next((i for i, column in enumerate(columns) if column.kind == "amount"), len(columns))
    for index in range(1, len(columns) + 1):
        sheet.cell(number, index).border = BORDER
        sheet.cell(number, index).fill = CATEGORY_FILL
    sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=max(width, 1))
    _label(at(sheet, number, 1), text, BOLD_FONT, LEFT)


def write_total(
    sheet: Worksheet,
    number: int,
    columns: Sequence[OutColumn],
    rows: Sequence[int],
    text: str,
    *,
    worded: Mapping[str, Sequence[int | Decimal]] | None = None,
) -> None:
    """写合计行：金额列是活的 =SUM，只加项目行，不加分类行（HANDBOOK §7.1 W1）。

    ``worded``：字段 → 写成文字的数（“约1.2亿”，万元）：表格软件加不了文字，按数添在公式里，不然合计就少了。
    一个数也没有的列合计留空，不写 0（法 7）；填上了数，合计自己出来。
    """
    write_category(sheet, number, columns, text)
    sheet.cell(number, 1).alignment = CENTRE
    for index, column in enumerate(columns, 1):
        if column.kind == "amount" and rows:
            letter = get_column_letter(index)
            spans = ",".join(f"{letter}{a}:{letter}{b}" for a, b in runs(rows))
            more = (worded or {}).get(column.field, ())
            total = f"SUM({','.join([spans, *map(str, more)])})"
            put_formula(sheet, number, index, f"={total}" if more else f'=IF(COUNT({spans})=0,"",{total})')
            cell = at(sheet, number, index)
            cell.alignment = RIGHT
            cell.number_format = "#,##0.00"


def put_formula(sheet: Worksheet, row: int, column: int, formula: str) -> None:
    """写一个我们自己的活公式；外来的文字一概走 :func:`put`。"""
    cell = at(sheet, row, column)
    cell.value = formula
    cell.font = BOLD_FONT
    cell.border = BORDER
    cell.alignment = CENTRE


def write_note(sheet: Worksheet, number: int, width: int, text: str) -> None:
    """写一行表下的注，合并到整表宽。"""
    sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=width)
    _label(at(sheet, number, 1), text, BODY_FONT, LEFT)


def runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """行号并成连续段：[5,6,7,9] → [(5,7),(9,9)]。"""
    found: list[tuple[int, int]] = []
    for row in sorted(rows):
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def finish(sheet: Worksheet, *, header_end: int, frozen_columns: int) -> None:
    """收尾：冻结窗格、A3 横向、每页重复表头与左边几列、页脚页码；太宽的分几页宽，不缩到看不清。"""
    widths = [dimension.width for dimension in sheet.column_dimensions.values() if not dimension.hidden]
    sheet.freeze_panes = sheet.cell(header_end + 1, frozen_columns + 1).coordinate
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = PAPER_A3
    sheet.page_setup.fitToWidth = max(1, round(sum(widths) / WIDEST))
    if sheet.page_setup.fitToWidth > 1:
        sheet.print_title_cols = f"A:{get_column_letter(frozen_columns)}"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"3:{header_end}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.print_options.horizontalCentered = True
    if sheet.oddFooter is not None and sheet.oddFooter.center is not None:
        sheet.oddFooter.center.text = "第 &P 页　共 &N 页"
