"""读 .xlsx、.xlsm：自己的清点与表格库（calamine）逐格核对，对不上即拒收（TRUST §2“both must agree”）。

宏从不运行，只读各格；公式取文件里存的结果，没有存的留空。
"""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineWorkbook

from kaopu.exchange.excel_in.census import RawCell, SheetCensus, place_of, take_census
from kaopu.exchange.excel_in.grid import Content, Grid, Place, is_number, shown
from kaopu.exchange.excel_in.library import cells_of, open_workbook, refusing
from kaopu.exchange.excel_in.package import (
    PARTLY,
    WHOLLY,
    Package,
    SheetPart,
    Text,
    local,
    rich_text,
    struck_text,
    unescape,
)
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.safety import DAMAGED
from kaopu.exchange.excel_in.styles import PLAIN, CellStyle

_ORIGIN, _ORIGIN_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LAST_SERIAL = 2_958_465  # 9999-12-31
UNMARKED = Text("")
MACRO = "文件带有宏；宏没有运行，只读了各格。请下次另存为不含宏的 .xlsx。"


def load_xlsx(path: Path) -> list[Grid]:
    """装入各张表。"""
    try:
        with zipfile.ZipFile(path) as archive:
            package = Package(archive)
            loaders = [_Loader(package, part) for part in package.sheets]
            grids = [loader.load() for loader in loaders]
            macros = package.has_macros
        _agree(path, loaders)
    except (
        KeyError,
        ElementTree.ParseError,
        expat.ExpatError,
        IndexError,
        ValueError,
        OverflowError,
    ) as error:
        raise WorkbookRefused(DAMAGED) from error
    if macros:
        grids[0].remarks.append(("macro", MACRO))
    return grids


class _Loader:
    """把一张表的清点变成格子。"""

    def __init__(self, package: Package, part: SheetPart) -> None:
        self.package, self.part = package, part
        self.styles = package.styles
        self.origin = _ORIGIN_1904 if package.date1904 else _ORIGIN
        self.census = take_census(package.archive, part.name, part.path, self.styles)
        self.grid = Grid(part.name, hidden=part.hidden)
        self.valued: set[Place] = set()  # 表格库也应当读出内容的格

    def load(self) -> Grid:
        if self.census.repeated:
            raise _disagreement(self.part.name, "有单元格写了两遍")
        for place, raw in self.census.raw.items():
            self._take(place, raw)
        covered = self.census.covered()
        if covered:
            self.grid.covered_values = sorted(covered & self.grid.cells.keys())
            for place in self.grid.covered_values:
                del self.grid.cells[place]
        for place, style in self.census.painted.items():
            self.grid.fills[place] = self.styles[style].fill
        for area in self.census.merges:
            self.grid.merge(*area)
        self.grid.hidden_rows, self.grid.hidden_columns = self.census.hidden_rows, self.census.hidden_columns
        if self.part.comments:
            self._comments()
        return self.grid.finish()

    def _take(self, place: Place, raw: RawCell) -> None:
        style = self.styles[raw.style] if raw.style < len(self.styles) else PLAIN
        value, marked = self._value(raw, style)
        if value is not None and value != "" and raw.kind != "e":
            self.valued.add(place)
        if value is None and raw.formula is None:
            return
        whole = shown(value) if marked.struck == PARTLY else ""
        value = marked.left if whole else value  # 划掉的一截已撤销，读剩下的
        number = is_number(value)
        content = Content(
            value,
            shown(value) if value is not None or raw.formula is None else raw.formula,
            raw.formula,
            number and style.percent,
            style.unit if number else "",
            number and style.scaled,
            style.coarse_of(value) if style.coarse else "",
            whole=whole,
        )
        self.grid.put(place, content)
        if marked.struck == WHOLLY or style.struck:
            self.grid.struck.add(place)
        elif whole:
            self.grid.partly_struck.add(place)
        if style.indented:
            self.grid.indented.add(place)
        if style.fill:
            self.grid.fills[place] = style.fill

    def _value(self, raw: RawCell, style: CellStyle) -> tuple[object, Text]:
        """取值，与文字上的删除线。"""
        kind, text = raw.kind, raw.text
        if text == "":
            return None, UNMARKED
        if kind == "s":
            found = self.package.strings[int(text)]
            return found.text, found
        if kind == "n":
            return self._number(text, style), UNMARKED
        if kind == "b":
            return text.strip() not in ("0", "false"), UNMARKED
        if kind == "d":
            return datetime.fromisoformat(text.strip().removesuffix("Z")), UNMARKED
        found = struck_text(list(raw.inline))
        return found.text if raw.inline else unescape(text), found

    def _number(self, text: str, style: CellStyle) -> object:
        try:
            number: int | float = int(text)
        except ValueError:
            number = float(text)
            if number.is_integer() and abs(number) < 1e15:
                number = int(number)
        return from_serial(number, self.origin) if style.date else number

    def _comments(self) -> None:
        root = ElementTree.fromstring(self.package.archive.read(self.part.comments))
        for comment in root.iter():
            place = place_of(comment.get("ref", "")) if local(comment.tag) == "comment" else None
            if place is not None:
                text = "".join(rich_text(item).text for item in comment if local(item.tag) == "text")
                self.grid.comments[place] = text


def from_serial(number: float, origin: datetime = _ORIGIN) -> object:
    """日期格存的序列数 → 日期时刻；不足一天的是时刻；超出日历的照原数。"""
    if not 0 <= number <= _LAST_SERIAL:
        return number
    moment = origin + timedelta(days=number)
    moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    return moment.time() if number < 1 else moment


def _agree(path: Path, loaders: list[_Loader]) -> None:
    """与表格库逐格核对：哪些格有内容，两边必须一致。"""
    with refusing(DAMAGED):
        book = open_workbook(path, named=frozenset({".xlsx", ".xlsm"}))
        for loader in loaders:
            _compare(book, loader.census, loader.valued)


def _compare(book: CalamineWorkbook, census: SheetCensus, valued: set[Place]) -> None:
    seen = {place for place, _ in cells_of(book.get_sheet_by_name(census.name))}
    if seen != valued:
        raise _disagreement(census.name, f"清点有 {len(valued)} 格、读出 {len(seen)} 格")


def _disagreement(name: str, why: str) -> WorkbookRefused:
    return WorkbookRefused(f"工作表“{name}”{why}，前后不一；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")
