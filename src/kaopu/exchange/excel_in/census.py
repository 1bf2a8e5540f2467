"""清点：不借助表格库，自己逐个数出每张表的行、格和合并区，供与表格库的结果核对（TRUST §2）。

同时记下公式格里缓存的结果，工作簿就只需让表格库装入一次。
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.safety import CHUNK, DAMAGED

MAX_CELLS = 400_000
MAX_LAST_ROW = 20_000
MAX_LAST_COLUMN = 300
MAX_MERGES = 20_000
MAX_MERGED_CELLS = 200_000
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$")

Place = tuple[int, int]  # (行, 列)，从 1 起


@dataclass
class SheetCensus:
    """一张表的清点：非空格的位置、合并区、公式的缓存结果 ``{(行, 列): (类型, 文本)}``。"""

    name: str
    filled: set[Place] = field(default_factory=set)
    repeated: int = 0
    cells: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    merged_cells: int = 0
    cached: dict[Place, tuple[str, str]] = field(default_factory=dict)

    def covered(self) -> set[Place]:
        """被合并区盖住（左上角以外）的格。"""
        return {
            (row, column)
            for top, left, bottom, right in self.merges
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }


def take_census(path: Path) -> list[SheetCensus]:
    """清点工作簿的各张表，按表序返回；超限或结构不通即拒收（TRUST §2）。文件须已过 ``check_zip``。"""
    try:
        with zipfile.ZipFile(path) as package:
            found = [_census_of(package, name, part) for name, part in _sheet_parts(package)]
            _resolve_shared(package, found)
            return found
    except (KeyError, ElementTree.ParseError, expat.ExpatError, IndexError, ValueError) as error:
        raise WorkbookRefused(DAMAGED) from error


def place_of(address: str) -> Place | None:
    """``"H7"`` → ``(7, 8)``；不是单元格地址则为空。"""
    match = _ADDRESS.match(address)
    if match is None:
        return None
    column = 0
    for letter in match.group(1).upper():
        column = column * 26 + ord(letter) - 64
    return int(match.group(2)), column


def _sheet_parts(package: zipfile.ZipFile) -> list[tuple[str, str]]:
    workbook = next(iter(_targets(package, "", "_rels/.rels", "/officeDocument").values()))
    folder, file = posixpath.split(workbook)
    parts = _targets(package, folder, posixpath.join(folder, "_rels", file + ".rels"), "/worksheet")
    found: list[tuple[str, str]] = []
    for element in ElementTree.fromstring(package.read(workbook)).iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        key = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
        if key in parts:
            found.append((element.attrib["name"], parts[key]))
    if not found:
        raise WorkbookRefused("工作簿里没有工作表；请检查文件后重新上传。")
    return found


def _targets(package: zipfile.ZipFile, folder: str, rels: str, kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in ElementTree.fromstring(package.read(rels)):
        if element.get("Type", "").endswith(kind) and element.get("TargetMode") != "External":
            target = element.get("Target", "")
            absolute = target.startswith("/")
            found[element.get("Id", "")] = (
                target.lstrip("/") if absolute else posixpath.normpath(posixpath.join(folder, target))
            )
    if not found:
        raise WorkbookRefused(DAMAGED)
    return found


def _census_of(package: zipfile.ZipFile, name: str, part: str) -> SheetCensus:
    census = SheetCensus(name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    walker = _SheetWalker(census, parser)
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    return census


class _SheetWalker:
    """Expat handlers for one sheet. Positions follow the library: missing addresses continue the row."""

    def __init__(self, census: SheetCensus, parser: expat.XMLParserType) -> None:
        self.census = census
        self.parser = parser
        self.row = 0
        self.column = 0
        self.place: Place = (0, 0)
        self.kind = "n"
        self.formula = self.inline = False
        self.text: list[str] = []
        self.value = ""
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._row,
            "c": self._cell,
            "f": self._formula,
            "is": self._inline,
            "v": self._value,
            "mergeCell": self._merge,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        handler = self.starts.get(tag.rpartition(":")[2])
        if handler is not None:
            handler(attributes)

    def end(self, tag: str) -> None:
        local = tag.rpartition(":")[2]
        if local == "v":
            self.parser.CharacterDataHandler = None
            self.value = "".join(self.text)
        elif local == "c":
            self._close_cell()

    def _row(self, attributes: dict[str, str]) -> None:
        self.row = int(float(attributes["r"])) if "r" in attributes else self.row + 1
        self.column = 0

    def _cell(self, attributes: dict[str, str]) -> None:
        self.census.cells += 1
        if self.census.cells > MAX_CELLS:
            raise WorkbookRefused(
                f"工作表“{self.census.name}”的单元格过多；请删去末尾的空白行列后另存再上传。"
            )
        place = place_of(attributes.get("r", ""))
        self.place = place or (self.row, self.column + 1)
        self.column = self.place[1]
        self.kind = attributes.get("t", "n")
        self.formula = self.inline = False
        self.value = ""

    def _formula(self, _: dict[str, str]) -> None:
        self.formula = True

    def _inline(self, _: dict[str, str]) -> None:
        self.inline = True

    def _value(self, _: dict[str, str]) -> None:
        self.text = []
        self.parser.CharacterDataHandler = self.text.append

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
        stored = self.inline if self.kind == "inlineStr" else self.value != ""
        if not (self.formula or stored):
            return
        if self.place in self.census.filled:
            self.census.repeated += 1
        self.census.filled.add(self.place)
        if self.place[0] > MAX_LAST_ROW or self.place[1] > MAX_LAST_COLUMN:
            raise WorkbookRefused(
                f"工作表“{self.census.name}”第 {self.place[0]} 行第 {self.place[1]} 列还有内容，超出可读范围；"
                "请删去表外的零星内容后再上传。"
            )
        if self.formula:
            self.census.cached[self.place] = (self.kind, self.value)
        elif self.kind == "n":
            self._refuse_bad_number()

    def _refuse_bad_number(self) -> None:
        """A numeric cell must hold a number; the library fails on ``nan`` without saying where."""
        try:
            finite = abs(float(self.value)) < float("inf")
        except ValueError:
            finite = False
        if not finite and not _is_large_number(self.value):
            raise WorkbookRefused(
                f"工作表“{self.census.name}”第 {self.place[0]} 行第 {self.place[1]} 列存的不是数字"
                f"（{self.value[:20]}）；请改正该格后再上传。"
            )


def _is_large_number(text: str) -> bool:
    return re.fullmatch(r"\s*[-+]?\d+(\.\d*)?[eE][-+]?\d+\s*", text) is not None


def _resolve_shared(package: zipfile.ZipFile, found: list[SheetCensus]) -> None:
    """Some writers keep a formula's text result in the shared strings; look those up."""
    if not any(kind == "s" for census in found for kind, _ in census.cached.values()):
        return
    name = next(n for n in package.namelist() if n.lower().endswith("sharedstrings.xml"))
    strings = [
        "".join(t.text or "" for t in item.iter() if t.tag.rpartition("}")[2] == "t")
        for item in ElementTree.fromstring(package.read(name))
    ]
    for census in found:
        for place, (kind, text) in census.cached.items():
            if kind == "s":
                census.cached[place] = ("str", strings[int(text)] if text else "")
