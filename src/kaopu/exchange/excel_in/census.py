"""清点：自己逐个读出一张表的每一格——类型、原文、公式、样式——连同合并区和隐藏的行列（TRUST §2）。

不借助表格库，所以读出的格可以与表格库读出的逐格核对；读一遍就够，工作簿不必装入两次。
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from kaopu.domain.packages import CHUNK
from kaopu.exchange.excel_in.grid import Place, letters
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.styles import CellStyle

MAX_CELLS = 700_000
MAX_LAST_ROW = 20_200
MAX_LAST_COLUMN = 300
MAX_MERGES = 20_000
MAX_MERGED_CELLS = 200_000
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")
_LARGE_NUMBER = re.compile(r"\s*[-+]?\d+(\.\d*)?[eE][-+]?\d+\s*")


@dataclass(slots=True)
class RawCell:
    """一格的原样：类型（n s str inlineStr b e d）、样式编号、文字、公式（没有为 None）、行内文字的各段与删除线。"""

    kind: str
    style: int
    text: str
    formula: str | None = None
    inline: tuple[tuple[str, bool], ...] = ()


@dataclass
class SheetCensus:
    """一张表的清点：有内容的格、只有填充色的空格、合并区、隐藏的行列。"""

    name: str
    raw: dict[Place, RawCell] = field(default_factory=dict)
    painted: dict[Place, int] = field(default_factory=dict)
    repeated: int = 0
    cells: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    merged_cells: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def covered(self) -> set[Place]:
        """被合并区盖住（左上角以外）的格。"""
        return {
            (row, column)
            for top, left, bottom, right in self.merges
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }


def take_census(archive: zipfile.ZipFile, name: str, part: str, styles: list[CellStyle]) -> SheetCensus:
    """清点一张表；超限或结构不通即拒收（TRUST §2）。文件须已过 ``check_zip``。"""
    census = SheetCensus(name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    walker = _SheetWalker(census, parser, frozenset(i for i, style in enumerate(styles) if style.fill))
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    return census


def place_of(address: str) -> Place | None:
    """``"H7"`` → ``(7, 8)``；不是单元格地址则为空。"""
    match = _ADDRESS.match(address)
    if match is None:
        return None
    column = 0
    for letter in match.group(1).upper():
        column = column * 26 + ord(letter) - 64
    return int(match.group(2)), column


class _SheetWalker:
    """Expat handlers for one sheet. Positions follow the library: missing addresses continue the row."""

    def __init__(self, census: SheetCensus, parser: expat.XMLParserType, painted: frozenset[int]) -> None:
        self.census = census
        self.parser = parser
        self.painted = painted
        self.row = self.column = self.style = 0
        self.row_text = "?"
        self.columns = {letters(number): number for number in range(1, MAX_LAST_COLUMN + 1)}
        self.place: Place = (0, 0)
        self.kind = "n"
        self.formula: str | None = None
        self.value: str | None = None
        self.text: list[str] = []
        self.inline: list[tuple[str, bool]] = []
        self.inside = self.phonetic = self.striking = False
        self.starts = {
            "row": self._row, "c": self._cell, "f": self._take_text, "v": self._take_text, "is": self._inline,
            "r": self._run, "strike": self._strike, "rPh": self._phonetic, "t": self._inline_text,
            "mergeCell": self._merge, "col": self._column,
        }  # fmt: skip
        self.ends = {
            "c": self._close_cell, "v": self._close_value, "f": self._close_formula, "t": self._close_text,
            "rPh": self._close_phonetic, "is": self._close_inline,
        }  # fmt: skip

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        handler = self.starts.get(tag) or self.starts.get(tag.rpartition(":")[2])
        if handler is not None:
            handler(attributes)

    def end(self, tag: str) -> None:
        handler = self.ends.get(tag) or self.ends.get(tag.rpartition(":")[2])
        if handler is not None:
            handler()

    def _row(self, attributes: dict[str, str]) -> None:
        self.row = int(float(attributes["r"])) if "r" in attributes else self.row + 1
        self.column, self.row_text = 0, str(self.row)
        if attributes.get("hidden") in ("1", "true"):
            self.census.hidden_rows.add(self.row)

    def _column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            last = min(int(attributes["max"]), 16_384)
            self.census.hidden_columns.update(range(int(attributes["min"]), last + 1))

    def _cell(self, attributes: dict[str, str]) -> None:
        self.census.cells += 1
        if self.census.cells > MAX_CELLS:
            raise WorkbookRefused(
                f"工作表“{self.census.name}”的单元格过多；请删去末尾的空白行列后另存再上传。"
            )
        column = self.columns.get(attributes.get("r", "").removesuffix(self.row_text))
        if column is not None:  # 绝大多数的格：地址就在本行
            self.place = (self.row, column)
        else:
            place = place_of(attributes["r"]) if "r" in attributes else None
            self.place = place or (self.row, self.column + 1)
        self.column = self.place[1]
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", "0"))
        self.formula = self.value = None
        self.inline = []

    def _take_text(self, _: dict[str, str]) -> None:
        self.text = []
        self.parser.CharacterDataHandler = self.text.append

    def _close_value(self) -> None:
        self.parser.CharacterDataHandler = None
        self.value = "".join(self.text)

    def _close_formula(self) -> None:
        self.parser.CharacterDataHandler = None
        self.formula = "=" + "".join(self.text)

    def _inline(self, _: dict[str, str]) -> None:
        self.inside, self.striking = True, False

    def _close_inline(self) -> None:
        self.inside = False

    def _run(self, _: dict[str, str]) -> None:
        self.striking = False

    def _strike(self, attributes: dict[str, str]) -> None:
        self.striking = attributes.get("val", "1") not in ("0", "false")

    def _phonetic(self, _: dict[str, str]) -> None:
        self.phonetic = True

    def _close_phonetic(self) -> None:
        self.phonetic = False

    def _inline_text(self, attributes: dict[str, str]) -> None:
        if self.inside and not self.phonetic:
            self._take_text(attributes)

    def _close_text(self) -> None:
        if self.inside and not self.phonetic:
            self.parser.CharacterDataHandler = None
            self.inline.append(("".join(self.text), self.striking))

    def _merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        start, stop = place_of(first), place_of(last or first)
        if start is None or stop is None:
            raise WorkbookRefused(f"工作表“{self.census.name}”的合并区域写法异常；请取消合并后另存再上传。")
        area = (abs(stop[0] - start[0]) + 1) * (abs(stop[1] - start[1]) + 1)
        self.census.merged_cells += area
        self.census.merges.append((*start, *stop))
        if self.census.merged_cells > MAX_MERGED_CELLS or len(self.census.merges) > MAX_MERGES:
            raise WorkbookRefused(
                f"工作表“{self.census.name}”的合并区域 {attributes['ref']} 过大；请取消整行整列的合并后再上传。"
            )

    def _close_cell(self) -> None:
        if self.value is None and self.formula is None and not self.inline:  # 只有边框的空格占一多半
            if self.style in self.painted:
                self.census.painted[self.place] = self.style
            return
        text = self.value or ""
        inline: tuple[tuple[str, bool], ...] = ()
        if self.kind == "inlineStr" and self.inline:
            inline = tuple(self.inline)
            text = "".join(part for part, _ in inline)
        if text == "" and self.formula is None:
            if self.style in self.painted:
                self.census.painted[self.place] = self.style
            return
        self._keep(RawCell(self.kind, self.style, text, self.formula, inline))

    def _keep(self, cell: RawCell) -> None:
        if self.place in self.census.raw:
            self.census.repeated += 1
        self.census.raw[self.place] = cell
        if self.place[0] > MAX_LAST_ROW or self.place[1] > MAX_LAST_COLUMN:
            raise WorkbookRefused(
                f"工作表“{self.census.name}”第 {self.place[0]} 行第 {self.place[1]} 列还有内容，超出可读范围；"
                "请删去多余的行列后另存再上传。"
            )
        if cell.kind == "n" and cell.formula is None:
            self._refuse_bad_number(cell.text)

    def _refuse_bad_number(self, text: str) -> None:
        """A numeric cell must hold a number; some libraries fail on ``nan`` without saying where."""
        try:
            finite = abs(float(text)) < float("inf")
        except ValueError:
            finite = False
        if not finite and _LARGE_NUMBER.fullmatch(text) is None:
            raise WorkbookRefused(
                f"工作表“{self.census.name}”第 {self.place[0]} 行第 {self.place[1]} 列存的不是数字"
                f"（{text[:20]}）；请改正该格后再上传。"
            )
