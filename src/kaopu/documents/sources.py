"""公文的素材：数从台账取，话从记录引；每一样都带着编号、两条时间与摘要进到文中。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from kaopu.audit.models import Fact
from kaopu.documents.gongwen import Bound, Piece, Proper
from kaopu.figures.ledger import Ledger
from kaopu.figures.queries import Figure
from kaopu.figures.records import quoted
from kaopu.projects.models import ListEntry, ProjectProfile


class Sources:
    """一份公文取材的台账与清单，都按同一基准日、同一取数时刻。``cited`` 记下引过的每个数。"""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.cited: dict[str, Figure] = {}
        self.quoted_from: dict[str, int] = {}  # 引过的每条记录是第几次办理录入的

    @property
    def year(self) -> int:
        """年度。"""
        return self.ledger.year

    @property
    def as_of(self) -> date:
        """基准日。"""
        return self.ledger.as_of

    @property
    def entries(self) -> Mapping[str, ListEntry]:
        """清单条目，按项目编号。"""
        return self.ledger.book.entries

    @property
    def profiles(self) -> Mapping[int, ProjectProfile]:
        """项目档案在基准日的一版。"""
        return self.ledger.book.profiles

    @cached_property
    def demo(self) -> frozenset[str]:
        """示例项目的编号。"""
        members = (entry.project_year.project for entry in self.entries.values())
        return frozenset(member.code for member in members if member.is_demo)

    def number(self, figure_id: str) -> Bound:
        """一个受控数字。"""
        return self._bound(figure_id, self.ledger.figure(figure_id))

    def quote(self, row: Fact, field: str) -> Bound:
        """逐字引用一条事实。"""
        figure = quoted(row, field, as_of=self.as_of, known_at=self.ledger.known_at)
        self.quoted_from[figure.id] = row.operation_id
        return self._bound(figure.id, figure)

    def name(self, code: str) -> list[Piece]:
        """项目名称；示例项目必带“示例”二字，不会与真项目混淆。"""
        profile = self.profiles.get(self.entries[code].project_year.project_id)
        if profile is None:
            return [Proper(f"编号{code}")]
        shown = shown_name(profile.name, is_demo=code in self.demo)
        return [
            self.quote(profile, "name"),
            *([shown.removeprefix(profile.name)] if shown != profile.name else []),
        ]

    def names(self, codes: list[str]) -> list[Piece]:
        """若干项目名称，顿号相隔。"""
        pieces: list[Piece] = []
        for code in codes:
            pieces += [*(["、"] if pieces else []), *self.name(code)]
        return pieces

    def _bound(self, figure_id: str, figure: Figure) -> Bound:
        self.cited[figure_id] = figure
        return Bound(
            figure=figure_id, text=figure.text, as_of=figure.as_of, known_at=figure.known_at,
            digest=figure.digest, label=figure.label,
        )  # fmt: skip


def shown_name(name: str, *, is_demo: bool) -> str:
    """文中点名的写法：示例项目必带“示例”二字。"""
    return f"{name}（示例）" if is_demo and "示例" not in name else name
