"""格子：把一张表变成“位置 → 内容”，连同公式、合并、隐藏、批注、删除线和填充色（HANDBOOK §7.2 第1、4、8条）。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from math import isfinite

Place = tuple[int, int]  # (行, 列)，从 1 起
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True, slots=True)
class Content:
    """一格的内容：取值（公式取缓存结果）、显示文字、公式原文、是否百分比格式、数字格式里写的单位、是否缩放显示。

    ``coarse``：数格显示到百分位（hundredths），日期格只显示到年月（month）、只显示年（year）；在表里打“2024年6月”，存的是 6 月 1 日。
    ``whole``：划掉了一截的，连同划掉部分的原文；没有划的为空。
    ``original``：人在预演时改过这一格的，文件里原来的文字（原来没有内容的为空串）。
    """

    value: object
    text: str
    formula: str | None = None
    percent: bool = False
    unit: str = ""
    scaled: bool = False
    coarse: str = ""
    original: str | None = None
    whole: str = ""

    @property
    def written(self) -> str:
        """来历上写的原文：人在预演时改过的，写明原来写的是什么、改成了什么。"""
        if self.original is None:
            return self.whole or self.text
        return f"{self.original or '（空）'}（预演时改为“{self.text}”）"

    @property
    def numeric(self) -> bool:
        """存的是数，不是文字、日期、逻辑值。"""
        return is_number(self.value)

    @property
    def uncached(self) -> bool:
        """有公式而文件里没有存结果。"""
        return self.formula is not None and self.value is None


@dataclass
class Grid:
    """一张表。行列从 1 起；``anchors`` 把被合并盖住的格指向左上角。"""

    name: str
    hidden: bool = False
    below: bool = False  # 是从一张工作表上断开的下面一截：表名说的是上面那张
    cells: dict[Place, Content] = field(default_factory=dict)
    anchors: dict[Place, Place] = field(default_factory=dict)
    merges: dict[Place, Place] = field(default_factory=dict)  # 左上角 → 右下角
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    comments: dict[Place, str] = field(default_factory=dict)
    struck: set[Place] = field(default_factory=set)
    partly_struck: set[Place] = field(default_factory=set)
    fills: dict[Place, str] = field(default_factory=dict)
    indented: set[Place] = field(default_factory=set)
    covered_values: list[Place] = field(default_factory=list)
    by_row: dict[int, list[int]] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)  # 全文件的提示：代码、一句话

    def put(self, place: Place, content: Content) -> None:
        """放进一格；只有空白、不可见字符的不算内容。"""
        text = content.text
        if text.isspace() or not text or not text.translate(INVISIBLE).strip():
            return
        self.cells[place] = content

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """记一个合并区。"""
        self.merges[(top, left)] = (bottom, right)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.anchors[(row, column)] = (top, left)

    def finish(self) -> Grid:
        """格都放完之后，备好按行的索引。"""
        for row, column in sorted(self.cells):
            self.by_row.setdefault(row, []).append(column)
        return self

    def cut(self, row: int) -> tuple[Grid, Grid]:
        """从某行断开成上下两截：同一张工作表里上下放着的两张表，行号不变。整张表的事记在上一截。"""
        lower = replace(self, remarks=[], hidden=False, hidden_columns=set(), below=True)
        return self._part(1, row - 1), lower._part(row, self.last_row)

    def _part(self, first: int, last: int) -> Grid:
        def kept(places: Iterable[Place]) -> set[Place]:
            return {place for place in places if first <= place[0] <= last}

        part = replace(self, by_row={})
        part.cells = {place: self.cells[place] for place in kept(self.cells)}
        part.merges = {place: self.merges[place] for place in kept(self.merges)}
        part.anchors = {p: anchor for p, anchor in self.anchors.items() if first <= anchor[0] <= last}
        part.comments = {place: self.comments[place] for place in kept(self.comments)}
        part.fills = {place: self.fills[place] for place in kept(self.fills)}
        part.struck, part.partly_struck = kept(self.struck), kept(self.partly_struck)
        part.hidden_rows = {number for number in self.hidden_rows if first <= number <= last}
        part.covered_values = sorted(kept(self.covered_values))
        return part.finish()

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


def is_number(value: object) -> bool:
    """是数；逻辑值不算。"""
    return isinstance(value, int | float) and not isinstance(value, bool)


def address(row: int, column: int) -> str:
    """``(7, 8)`` → ``"H7"``。"""
    return f"{letters(column)}{row}"


@lru_cache(maxsize=512)
def letters(column: int) -> str:
    """第几列 → 列名：8 → ``"H"``。"""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def shown(value: object) -> str:
    """单元格的显示文字：整数不带小数点，日期写 ISO，逻辑值写 TRUE/FALSE。"""
    if isinstance(value, str):
        return value
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
