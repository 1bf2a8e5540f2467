"""格子：把一张表变成“位置 → 内容”，连同公式、合并、隐藏、批注和删除线（HANDBOOK §7.2 第1、4、8条）。"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from kaopu.exchange.excel_in.census import Place, SheetCensus, take_census
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.safety import DAMAGED

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True, slots=True)
class Content:
    """一格的内容：取值（公式取缓存结果）、显示文字、公式原文、是否百分比格式。"""

    value: object
    text: str
    formula: str | None = None
    percent: bool = False

    @property
    def uncached(self) -> bool:
        """有公式而文件里没有存结果。"""
        return self.formula is not None and self.value is None


@dataclass
class Grid:
    """一张表。行列从 1 起；``anchors`` 把被合并盖住的格指向左上角。"""

    name: str
    hidden: bool = False
    cells: dict[Place, Content] = field(default_factory=dict)
    anchors: dict[Place, Place] = field(default_factory=dict)
    merges: dict[Place, Place] = field(default_factory=dict)  # 左上角 → 右下角
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    comments: dict[Place, str] = field(default_factory=dict)
    struck: set[Place] = field(default_factory=set)
    indented: set[Place] = field(default_factory=set)
    covered_values: list[Place] = field(default_factory=list)
    by_row: dict[int, list[int]] = field(default_factory=dict)

    @property
    def last_row(self) -> int:
        """有内容的最后一行；空表为 0。"""
        return max(self.by_row, default=0)

    def text(self, row: int, column: int) -> str:
        """该格自己的文字（不看合并）；没有内容为空串。"""
        content = self.cells.get((row, column))
        return content.text if content else ""

    def merged(self, row: int, column: int) -> Content | None:
        """该格的内容；被合并盖住时取左上角的。"""
        place = (row, column)
        return self.cells.get(self.anchors.get(place, place))

    def span(self, row: int, column: int) -> tuple[int, int]:
        """以该格为左上角的合并区有几行几列；未合并为 (1, 1)。"""
        bottom, right = self.merges.get((row, column), (row, column))
        return bottom - row + 1, right - column + 1


def address(row: int, column: int) -> str:
    """``(7, 8)`` → ``"H7"``。"""
    return f"{get_column_letter(column)}{row}"


def load_grids(path: Path) -> list[Grid]:
    """装入工作簿的各张表，并与自己的清点逐格核对；对不上即拒收（TRUST §2“both must agree”）。"""
    counted = take_census(path)
    book = _load(path)
    worksheets = {sheet.title: sheet for sheet in book.worksheets}
    if set(worksheets) != {census.name for census in counted}:
        raise WorkbookRefused("工作表目录前后不一；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")
    return [_grid(book, worksheets[census.name], census) for census in counted]


def shown(value: object) -> str:
    """单元格的显示文字：整数不带小数点，日期写 ISO，逻辑值写 TRUE/FALSE。"""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}" if isfinite(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _load(path: Path) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # 表格库对样式、扩展的提醒与内容无关
            return load_workbook(path, data_only=False, keep_links=False)
    except MemoryError as error:
        raise WorkbookRefused("文件太大，内存不足；请拆成几个文件后上传。") from error
    except Exception as error:
        raise WorkbookRefused(DAMAGED) from error


def _grid(book: Workbook, sheet: Worksheet, census: SheetCensus) -> Grid:
    grid = Grid(census.name, hidden=sheet.sheet_state != "visible")
    covered = census.covered()
    found = 0
    for place, cell in sheet._cells.items():
        if isinstance(cell, Cell):
            found += cell.value is not None
            _take(grid, place, cell, census, book)
    if found != len(census.filled - covered) or census.repeated:
        raise WorkbookRefused(
            f"工作表“{census.name}”清点有 {len(census.filled - covered)} 格、读出 {found} 格，前后不一；"
            "请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
        )
    grid.covered_values = sorted(census.filled & covered)
    _take_layout(grid, sheet, census)
    for row, column in sorted(grid.cells):
        grid.by_row.setdefault(row, []).append(column)
    return grid


def _take(grid: Grid, place: Place, cell: Cell, census: SheetCensus, book: Workbook) -> None:
    if cell.comment is not None:
        grid.comments[place] = cell.comment.text or ""
    value: object = cell.value
    if value is None:
        return
    formula = None
    if cell.data_type == "f":
        formula = (value.text or "=") if isinstance(value, ArrayFormula) else str(value)
        value = _cached(census.cached.get(place, ("n", "")), cell, book)
    text = shown(value) if formula is None or value is not None else formula
    if not text.strip() or not text.translate(INVISIBLE).strip():
        return
    number = isinstance(value, int | float) and not isinstance(value, bool)
    percent = number and "%" in cell.number_format
    grid.cells[place] = Content(value, text, formula, percent)
    if cell.has_style:
        if cell.font.strike:
            grid.struck.add(place)
        if (cell.alignment.indent or 0) > 0:
            grid.indented.add(place)


def _cached(stored: tuple[str, str], cell: Cell, book: Workbook) -> object:
    kind, text = stored
    if text == "":
        return None
    if kind == "b":
        return text.strip() not in ("0", "false")
    if kind != "n":
        return text
    try:
        number: int | float = int(text) if text.strip("-").isdigit() else float(text)
        if is_date_format(cell.number_format):
            return from_excel(number, book.epoch)
    except (ValueError, OverflowError):
        return "#VALUE!"
    return number


def _take_layout(grid: Grid, sheet: Worksheet, census: SheetCensus) -> None:
    for top, left, bottom, right in census.merges:
        grid.merges[(top, left)] = (bottom, right)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                grid.anchors[(row, column)] = (top, left)
    grid.hidden_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    grid.hidden_columns = set(_hidden_columns(sheet))


def _hidden_columns(sheet: Worksheet) -> Iterable[int]:
    for column in sheet.column_dimensions.values():
        if column.hidden and column.min and column.max:
            yield from range(column.min, min(column.max, 16_384) + 1)
