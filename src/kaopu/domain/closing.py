"""数的闭合：总数与分项之间的恒等式，以及不成立时是哪几个项目不对（HANDBOOK §2、TRUST §4）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class IdentityVerdict:
    """恒等式的结论：中文算式、是否成立、不成立时的项目编号（漏计、重计或多计的）。"""

    text: str
    holds: bool
    culprits: tuple[str, ...] = ()


def check_identity(
    *, whole: tuple[str, Sequence[str]], parts: Sequence[tuple[str, Sequence[str]]]
) -> IdentityVerdict:
    """核对“总 = 分 + 分”。``whole`` 与 ``parts`` 为（名称, 成员编号）；须逐个成员相符，不只是个数相等。"""
    name, members = whole
    counted = Counter(member for _, part in parts for member in part)
    wanted = Counter(members)
    wrong = sorted(member for member in counted.keys() | wanted.keys() if counted[member] != wanted[member])
    terms = " + ".join(f"{label}{len(part)}" for label, part in parts)
    return IdentityVerdict(text=f"{name}{len(members)} = {terms}", holds=not wrong, culprits=tuple(wrong))


def completions(
    totals: Mapping[str, int], rows: Mapping[str, Mapping[str, int | None]], columns: Mapping[str, int]
) -> list[dict[tuple[str, str], int]]:
    """核数助手：给定各行合计、各列合计与部分单元格，列出未定单元格的全部补法（金标 3）。

    ``totals`` 行合计；``rows`` 行 × 列的已知值，``None`` 为未定；``columns`` 列合计。返回每一种补法。
    """
    unknown = [
        (row, column) for row, cells in rows.items() for column, value in cells.items() if value is None
    ]
    found: list[dict[tuple[str, str], int]] = []

    def fits(filled: dict[tuple[str, str], int]) -> bool:
        def cell(row: str, column: str) -> int:
            value = rows[row].get(column)
            return filled[row, column] if value is None else value

        return all(sum(cell(row, column) for column in columns) == totals[row] for row in rows) and all(
            sum(cell(row, column) for row in rows) == total for column, total in columns.items()
        )

    def fill(index: int, filled: dict[tuple[str, str], int]) -> None:
        if index == len(unknown):
            if fits(filled):
                found.append(dict(filled))
            return
        row, column = unknown[index]
        left = totals[row] - sum(value or 0 for value in rows[row].values())
        left -= sum(amount for (other, _), amount in filled.items() if other == row)
        for amount in range(max(left, -1) + 1):
            fill(index + 1, {**filled, (row, column): amount})

    fill(0, {})
    return found
