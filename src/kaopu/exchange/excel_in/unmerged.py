"""没有合并的多级表头：存成 csv、从别的系统导出的表没有合并，按“上一行空着的列下一行都有字”补上（HANDBOOK §7.2 第2条“两级表头”）。"""

from __future__ import annotations

import re

from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.kinds import FEWEST_HEADERS, scanned
from kaopu.exchange.excel_in.words import compact

DEEPEST = 3
LONGEST_LABEL = 20
MOST_LABELLED = 4  # 题头一行至多写几样：单位、日期、附件；再多就是表头
# 写得少的，有项目、序号才是表头；“填报科室”“2023年6月”那一行没有
_MARKS = re.compile("项目|工程|名称|地块|^序|编号")
_LABELLED = re.compile("(?!其中)[^():]{1,10}:.")
_FIGURES = re.compile(r"[-\d.,%/:]*\d[-\d.,%/:]*")


def merge_header(grid: Grid) -> None:
    """补上表头的合并：一组的名称向右盖住空列，没有下级的向下盖到底。已有合并的行不动。"""
    for row in scanned(grid):
        for deep in range(DEEPEST, 1, -1):
            levels = [set(grid.by_row.get(row + level, [])) for level in range(deep)]
            if _is_header(grid, row, levels):
                _merge(grid, row, levels)
                return


def _is_header(grid: Grid, row: int, levels: list[set[int]]) -> bool:
    """这几行互相填空：每一级的字只写在上面空着的列、和空列之前那一组的名称下面，合起来一列不缺。"""
    if len(levels[0]) < FEWEST_HEADERS or not all(levels):
        return False
    places = [(row + level, column) for level, columns in enumerate(levels) for column in columns]
    texts = [compact(grid.text(*place)) for place in places]
    top = texts[: len(levels[0])]
    marked = len(top) > MOST_LABELLED or any(map(_MARKS.search, top))
    marked = marked and not any(map(_LABELLED.match, top))
    if not marked or any(place in grid.anchors for place in places) or not all(map(_like_label, texts)):
        return False
    whole = set(range(min(levels[0]), max(set.union(*levels)) + 1))
    told = set(levels[0])
    for level, below in enumerate(levels[1:], 1):
        gaps = whole - told
        groups = {column for column in told if column + 1 in gaps}
        beside = below - gaps - groups  # “开工”“时间”分两行写的一列
        if not gaps or not groups <= set.union(*levels[level:]) or len(beside) * 4 > len(below):
            return False
        told |= below
    return told == whole


def _like_label(text: str) -> bool:
    return len(text) <= LONGEST_LABEL and _FIGURES.fullmatch(text) is None


def _merge(grid: Grid, row: int, levels: list[set[int]]) -> None:
    last = max(set.union(*levels))
    told: set[int] = set()
    for level, columns in enumerate(levels):
        told |= columns
        for column in columns:
            right = column
            while right < last and right + 1 not in told:
                right += 1
            under = next((n for n, lower in enumerate(levels) if n > level and column in lower), len(levels))
            down = row + under - 1
            if (down, right) != (row + level, column):
                grid.merge(row + level, column, down, right)
