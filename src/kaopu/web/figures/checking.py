"""核数助手的输入：从 Excel 粘贴来的一张表，未定的单元格写“？”。"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kaopu.domain.outcomes import CLOSING_OUTCOMES, OUTCOME_LABELS
from kaopu.figures.queries import Book
from kaopu.projects.models import Category

MOST_UNKNOWN = 8
MOST_TRIED = 300_000  # 逐一试的补法太多就不试，请先填上一些
TOTAL = "合计"
UNKNOWN_MARKS = frozenset({"?", "？", ""})


class DraftRefused(Exception):
    """表读不懂，信息里有办法。"""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """一张待核的表：行合计、各格（未定为 ``None``）、列合计。"""

    totals: Mapping[str, int]
    rows: Mapping[str, Mapping[str, int | None]]
    columns: Mapping[str, int]

    @property
    def unknown(self) -> list[tuple[str, str]]:
        """未定的单元格。"""
        return [
            (row, column)
            for row, cells in self.rows.items()
            for column, value in cells.items()
            if value is None
        ]

    def undetermined(
        self, found: Sequence[Mapping[tuple[str, str], int]]
    ) -> list[tuple[str, str, list[int]]]:
        """各种补法里取值不一的单元格与可能的值：数字定不了它，要看文字或记录。"""
        values = {cell: sorted({filled[cell] for filled in found}) for cell in self.unknown} if found else {}
        return [(row, column, taken) for (row, column), taken in values.items() if len(taken) > 1]


def read_draft(text: str) -> Draft:
    """读一张粘贴来的表：首行表头（类别、合计、各列），末行为合计；栏间用制表符或两个以上空格。"""
    lines = _without_empty_columns(
        [re.split(r"\t|\s{2,}|[,，|]", line.strip(" ")) for line in text.splitlines() if line.strip()]
    )
    if len(lines) < 3 or len(lines[0]) < 4 or lines[0][1].strip() != TOTAL or lines[-1][0].strip() != TOTAL:
        raise DraftRefused(
            "表读不懂。首行写“类别、合计、各列名称”，末行写“合计”，栏间用制表符（从 Excel 粘贴即是）。"
        )
    heads = [head.strip() for head in lines[0][2:]]
    if len(set(heads)) != len(heads) or len({line[0].strip() for line in lines[1:]}) != len(lines) - 1:
        raise DraftRefused("有两行或两列同名。请改成不同的名称。")
    for line in lines[1:]:
        if len(line) != len(heads) + 2:
            raise DraftRefused(
                f"“{line[0]}”一行有 {len(line)} 栏，表头有 {len(heads) + 2} 栏。请补齐，未定的写“？”。"
            )
    body, last = lines[1:-1], lines[-1]
    draft = Draft(
        totals={line[0].strip(): _number(line[1], line[0]) for line in body},
        rows={
            line[0].strip(): {head: _cell(value, line[0]) for head, value in zip(heads, line[2:], strict=True)}
            for line in body
        },
        columns={head: _number(value, TOTAL) for head, value in zip(heads, last[2:], strict=True)},
    )  # fmt: skip
    _refuse_vast(draft)
    return draft


def _without_empty_columns(lines: list[list[str]]) -> list[list[str]]:
    """从 Excel 多框了右边的空栏：没有表头、也一格没写的不算。"""
    while lines and not lines[0][-1].strip() and len(lines[0]) > 1:
        width = len(lines[0])
        if any(len(line) == width and line[-1].strip() for line in lines):
            break
        lines = [line[: width - 1] for line in lines]
    return lines


def _cell(text: str, row: str) -> int | None:
    return None if text.strip() in UNKNOWN_MARKS else _number(text, row)


def _number(text: str, row: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text.strip()):
        raise DraftRefused(
            f"“{row.strip()}”一行的“{text.strip()}”不是个数。请写整数；未定的写“？”，合计不能未定。"
        )
    return int(text)


def _refuse_vast(draft: Draft) -> None:
    """未定的太多，逐一试不完。"""
    tried = 1
    for row, _ in draft.unknown:
        left = draft.totals[row] - sum(value or 0 for value in draft.rows[row].values())
        tried *= max(left, 0) + 1
    if len(draft.unknown) > MOST_UNKNOWN or tried > MOST_TRIED:
        raise DraftRefused(f"未定的单元格有 {len(draft.unknown)} 个，可能的补法太多。请先填上有把握的几个。")


def written_draft(book: Book) -> str:
    """本年五类 × 结果的统计表，作为样子：把没把握的格改成“？”即可。"""
    heads = [OUTCOME_LABELS[outcome] for outcome in CLOSING_OUTCOMES]
    lines = [["类别", TOTAL, *heads]]
    for category in Category:
        cells = [book[f"category.{category.value}.{outcome}"].text for outcome in CLOSING_OUTCOMES]
        lines.append([str(category.label), book[f"category.{category.value}.total"].text, *cells])
    lines.append(
        [
            TOTAL,
            book["list.district"].text,
            *(book[f"outcome.{outcome}"].text for outcome in CLOSING_OUTCOMES),
        ]
    )
    return "\n".join("\t".join(line) for line in lines)
