"""读 .ods（开放文档表格）：取值、百分比、公式、合并、隐藏、批注、删除线与填充色（HANDBOOK §7.2 第1、4、8条）。"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from kaopu.exchange.excel_in.census import MAX_CELLS, MAX_LAST_COLUMN, MAX_LAST_ROW, MAX_MERGED_CELLS
from kaopu.exchange.excel_in.grid import Content, Grid, shown
from kaopu.exchange.excel_in.package import local
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.safety import DAMAGED
from kaopu.exchange.excel_in.styles import HUNDREDTHS
from kaopu.exchange.excel_in.units import SHORT, WORD

_MEASURED = frozenset({"float", "percentage", "currency"})
_MONTH_SHOWN = re.compile(r"\d{4}(年|[-./])\d{1,2}月?|[A-Za-z]{3}[- ]\d{2,4}|\d{1,2}月")  # 不显示日
_NUMBER_SHOWN = re.compile(rf"[¥￥]?(-?\d+(?:\.\d+)?)({WORD}|{SHORT})?")
_UNSEEN = frozenset({"collapse", "filter"})
_PAINTED = 64  # 连着多少格同样涂色还算内容，再多的是整行铺底


@dataclass(frozen=True)
class _Style:
    struck: bool = False
    fill: str = ""
    indented: bool = False
    shown: bool = True


def load_ods(path: Path) -> list[Grid]:
    """装入各张表；文件须已过 ``check_zip``。"""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as stream:
            found = list(_tables(stream))
    except (KeyError, ElementTree.ParseError, ValueError, OverflowError) as error:
        raise WorkbookRefused(DAMAGED) from error
    if not found:
        raise WorkbookRefused("工作簿里没有工作表；请检查文件后重新上传。")
    return found


def _tables(stream: IO[bytes]) -> Iterator[Grid]:
    """逐行读，读过的行随即放开，不把整份文件留在内存里。"""
    styles: dict[str, _Style] = {}
    table: _Table | None = None
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):
        name = local(element.tag)
        if event == "start":
            if name == "table" and table is None:
                table = _Table(element, styles)
            continue
        if name == "style":
            styles[_get(element, "name")] = _style(element)
        elif table is not None and name == "table-column":
            table.take_column(element)
        elif table is not None and name == "table-row":
            table.take_row(element)
            element.clear()
        elif table is not None and name == "table":
            yield table.grid.finish()
            table = None
            element.clear()


class _Table:
    def __init__(self, element: ElementTree.Element, styles: dict[str, _Style]) -> None:
        self.styles = styles
        own = styles.get(_get(element, "style-name"), _Style())
        self.grid = Grid(_get(element, "name"), hidden=not own.shown)
        self.row = self.column = self.merged = 0

    def take_column(self, element: ElementTree.Element) -> None:
        count = _count(element, "number-columns-repeated")
        if _get(element, "visibility") in _UNSEEN:
            last = min(self.column + count, MAX_LAST_COLUMN)
            self.grid.hidden_columns.update(range(self.column + 1, last + 1))
        self.column += count

    def take_row(self, element: ElementTree.Element) -> None:
        times = _count(element, "number-rows-repeated")
        cells = [cell for cell in element if local(cell.tag) in ("table-cell", "covered-table-cell")]
        if not any(_filled(cell) for cell in cells):
            self.row += times
            return
        for _ in range(times):
            self.row += 1
            if _get(element, "visibility") in _UNSEEN:
                self.grid.hidden_rows.add(self.row)
            self._cells(cells)
            if self.row > MAX_LAST_ROW or len(self.grid.cells) > MAX_CELLS:
                raise WorkbookRefused(
                    f"工作表“{self.grid.name}”的内容超出可读范围；请删去多余的行列后另存再上传。"
                )

    def _cells(self, cells: list[ElementTree.Element]) -> None:
        column = 0
        for cell in cells:
            times = _count(cell, "number-columns-repeated")
            if _filled(cell):
                if column + times > MAX_LAST_COLUMN:
                    raise WorkbookRefused(
                        f"工作表“{self.grid.name}”的内容超出可读范围；请删去多余的行列后另存再上传。"
                    )
                for place in range(column + 1, column + times + 1):
                    self._cell(cell, place)
            elif times <= _PAINTED and (fill := self._style_of(cell).fill):  # 只涂颜色的格；涂到表外的不算
                self.grid.fills |= {
                    (self.row, place): fill for place in range(column + 1, column + times + 1)
                }
            column += times

    def _cell(self, cell: ElementTree.Element, column: int) -> None:
        place = (self.row, column)
        style = self._style_of(cell)
        if style.fill:
            self.grid.fills[place] = style.fill
        content = _content(cell)
        if content is None:
            self._merge(cell, column)
            return
        if local(cell.tag) == "covered-table-cell":
            self.grid.covered_values.append(place)
            return
        left = _text(cell, lambda mark: self._style_of(mark).struck)
        if isinstance(content.value, str) and left.strip() and left != content.text and not style.struck:
            content = replace(content, value=left, text=left, whole=content.text)  # 划掉的一截已撤销
        self.grid.put(place, content)
        gone = isinstance(content.value, str) and not left.strip()  # 几截都划掉了
        if style.struck or gone:
            self.grid.struck.add(place)
        elif content.whole or any(self._style_of(mark).struck for mark in cell.iter()):
            self.grid.partly_struck.add(place)
        if style.indented:
            self.grid.indented.add(place)
        note = next((item for item in cell if local(item.tag) == "annotation"), None)
        if note is not None:
            self.grid.comments[place] = _text(note)
        self._merge(cell, column)

    def _style_of(self, element: ElementTree.Element) -> _Style:
        return self.styles.get(_get(element, "style-name"), _Style())

    def _merge(self, cell: ElementTree.Element, column: int) -> None:
        rows, columns = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if rows * columns == 1:
            return
        self.merged += rows * columns
        if self.merged > MAX_MERGED_CELLS:
            raise WorkbookRefused(f"工作表“{self.grid.name}”的合并区域过大；请取消整行整列的合并后再上传。")
        self.grid.merge(self.row, column, self.row + rows - 1, column + columns - 1)


def _content(cell: ElementTree.Element) -> Content | None:
    kind, formula = _get(cell, "value-type"), _get(cell, "formula") or None
    text = _text(cell)
    if formula is not None:  # of:=SUM([.C4:.C6]) → =SUM(C4:C6)
        formula = "=" + formula.partition("=")[2].replace("[.", "").replace(":.", ":").replace("]", "")
    if text.startswith("#") or text.startswith("Err:"):
        return Content(text, text, formula)
    value: object = text or None
    unit, scaled, coarse = "", False, ""
    if kind in _MEASURED:
        number = float(_get(cell, "value"))
        value = int(number) if number.is_integer() and abs(number) < 1e15 else number
        unit, scaled = _as_displayed(text, number) if kind != "percentage" else ("", False)
        coarse = HUNDREDTHS if re.fullmatch(r"-?\d+\.\d\d", text.strip()) else ""
    elif kind == "boolean":
        value = _get(cell, "boolean-value") == "true"
    elif kind == "date":
        value = datetime.fromisoformat(_get(cell, "date-value").removesuffix("Z"))
        coarse = "month" if _MONTH_SHOWN.fullmatch(text.strip()) else ""
    if value is None and formula is None:
        return None
    percent = kind == "percentage"
    return Content(value, shown(value) or formula or "", formula, percent, unit, scaled, coarse)


def _as_displayed(text: str, number: float) -> tuple[str, bool]:
    """看到的文字里写的金额单位；看到的数与存的数是否差得超过舍入（“1.2亿”存着 120000000 即缩放过）。"""
    plain = text.replace(",", "").replace("，", "").strip()
    found = _NUMBER_SHOWN.fullmatch(plain)
    if found is None:
        return "", False
    digits, unit = found.groups()
    rounding = 10.0 ** -len(digits.partition(".")[2])
    word = "" if not unit else unit if unit.endswith("元") else f"{unit}元"
    return word, abs(float(digits) - number) > rounding


def _text(
    element: ElementTree.Element, dropped: Callable[[ElementTree.Element], bool] = lambda _: False
) -> str:
    """各段文字，一段一行；批注不算（除非问的就是批注）。``dropped`` 说哪些段不要（划掉的）。"""
    lines = ["".join(_pieces(item, dropped)) for item in element if local(item.tag) == "p"]
    return "\n".join(lines).strip("\n")


def _pieces(element: ElementTree.Element, dropped: Callable[[ElementTree.Element], bool]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = local(child.tag)
        if dropped(child):
            pass
        elif name == "s":
            yield " " * min(_count(child, "c"), 100)
        elif name in ("tab", "line-break"):
            yield "\t" if name == "tab" else "\n"
        else:
            yield from _pieces(child, dropped)
        yield child.tail or ""


def _filled(cell: ElementTree.Element) -> bool:
    spanned = _count(cell, "number-rows-spanned") * _count(cell, "number-columns-spanned") > 1
    return (
        bool(_get(cell, "value-type") or _get(cell, "formula"))
        or spanned
        or any(local(item.tag) == "p" for item in cell)
    )


def _style(element: ElementTree.Element) -> _Style:
    found = {local(key): value for part in element for key, value in part.attrib.items()}
    fill = found.get("background-color", "transparent").lstrip("#").upper()
    margin = found.get("margin-left", "0").rstrip("cmpint%")
    return _Style(
        struck=found.get("text-line-through-style", found.get("text-line-through-type", "none")) != "none",
        fill="" if fill in ("TRANSPARENT", "FFFFFF") else fill,
        indented=margin.replace(".", "", 1).isdigit() and float(margin) > 0,
        shown=found.get("display", "true") != "false",
    )


def _get(element: ElementTree.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


def _count(element: ElementTree.Element, name: str) -> int:
    text = _get(element, name)
    return max(1, int(text)) if text else 1
