"""统计表的内容：口径分组、五类 × 结果、恒等式及其出错的项目。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kaopu.domain.closing import IdentityVerdict
from kaopu.domain.outcomes import OutcomeVerdict
from kaopu.figures.definitions import IDENTITIES
from kaopu.figures.queries import Book, Figure
from kaopu.projects.models import Ceremony
from kaopu.projects.queries import ceremonies_known
from kaopu.web.asked import Asked
from kaopu.web.listed import ListedRow

_GROUPS = (
    ("list.", "年度清单"),
    ("outcome.", "年度目标结果"),
    ("ceremony.", "集中开工"),
    ("next.", "下一年度清单"),
)


@dataclass(frozen=True, kw_only=True)
class Equation:
    """一条恒等式：总数、分项、是否成立、算式与问题项目。"""

    whole: str
    parts: tuple[str, ...]
    verdict: IdentityVerdict

    def involves(self, figure_id: str) -> bool:
        """是否用到某口径。"""
        return figure_id == self.whole or figure_id in self.parts


def equations(book: Book) -> list[Equation]:
    """全部恒等式与结论。"""
    return [
        Equation(whole=whole, parts=parts, verdict=verdict)
        for (whole, parts), verdict in zip(IDENTITIES, book.identities, strict=True)
    ]


def grouped(book: Book) -> list[tuple[str, list[Figure]]]:
    """除五类以外的口径，按清单、结果、集中开工、下一年分组。"""
    return [
        (title, [figure for figure in book.figures.values() if figure.id.startswith(prefix)])
        for prefix, title in _GROUPS
    ]


@dataclass(frozen=True, kw_only=True)
class Member:
    """一个成员：清单条目与年度目标结果。"""

    row: ListedRow
    outcome: OutcomeVerdict | None


def members(
    figure: Figure, rows: Sequence[ListedRow], outcomes: Mapping[str, OutcomeVerdict]
) -> list[Member]:
    """口径的成员里，某人看得见的各行，按口径给出的次序。"""
    by_code = {row.code: row for row in rows}
    return [
        Member(row=by_code[code], outcome=outcomes.get(code)) for code in figure.members if code in by_code
    ]


@dataclass(frozen=True, kw_only=True)
class Held:
    """一次集中开工：公布的个数与总投资，到场的各项目里某人看得见的，看不见的几个。"""

    ceremony: Ceremony
    rows: tuple[ListedRow, ...]
    hidden: int


def held(asked: Asked, book: Book, rows: Sequence[ListedRow]) -> list[Held]:
    """那一年的各次集中开工，按日期。"""
    by_code = {row.code: row for row in rows}
    found = []
    for ceremony in ceremonies_known(year=asked.year, as_of=asked.as_of, known_at=book.known_at):
        codes = sorted(project.code for project in ceremony.projects.all())
        seen = tuple(by_code[code] for code in codes if code in by_code)
        found.append(Held(ceremony=ceremony, rows=seen, hidden=len(codes) - len(seen)))
    return found
