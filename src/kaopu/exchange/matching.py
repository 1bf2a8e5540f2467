"""对项目、对单位：编号、名称一字不差的才算；都对不上的行，列出最像的项目由人确认，从不自动合并（HANDBOOK §7.2 第6条）。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

from kaopu.accounts.actions import ensure_organization
from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.domain.parsing import name_key
from kaopu.exchange.excel_in.result import RowReading
from kaopu.exchange.results import ImportResult, Proposal, RowRefused
from kaopu.projects import queries as projects
from kaopu.projects.models import Project

LEAST_ALIKE = 0.85
LONGEST_ORGANIZATION = 80
_NATIONAL = re.compile(r"\d{4}-\d{6}-\d{2}-\d{2}-\d{5}[\dXx]")
_BRACKETED = re.compile(r"\([^()]*\)")
_NUMBERS = re.compile(r"\d+|[一二三四五六七八九十]+|[a-z]+")


class Lookalikes:
    """已有项目的名称，备好逐个比较；先按号数分、按共有的字筛，免得每两个都细比。"""

    def __init__(self, projects: Iterable[Project]) -> None:
        self.known: dict[tuple[str, ...], list[tuple[str, str, set[str], Project]]] = {}
        for project in projects:
            if project.profile is not None:
                key = project.profile.name_key
                alike = self.known.setdefault(_numbers(key), [])
                alike.append((key, _bare(key), set(key), project))

    def closest(self, name: str) -> tuple[Project, float] | None:
        """最像的项目与相似度：0.85 以上，或去掉括号里的话一字不差；没有为空。"""
        key = name_key(name)
        bare = _bare(key)
        letters = set(key)
        matcher = SequenceMatcher(b=key, autojunk=False)
        best: tuple[Project, float] | None = None
        for other, other_bare, own, project in self.known.get(_numbers(key), ()):
            same = other_bare == bare
            if not same and len(letters & own) * 2 < (len(letters) + len(own)) * 0.7:
                continue
            matcher.set_seq1(other)
            if not same and min(matcher.real_quick_ratio(), matcher.quick_ratio()) < LEAST_ALIKE:
                continue
            score = round(matcher.ratio(), 3)
            if (same or score >= LEAST_ALIKE) and (best is None or score > best[1]):
                best = project, score
        return best


def _numbers(key: str) -> tuple[str, ...]:
    """名称里的号数：4号与5号、一期与二期再像也不是一个。"""
    return tuple(_NUMBERS.findall(key))


def _bare(key: str) -> str:
    """去掉括号里的话：“安远路桥(人行)”与“安远路桥”多半是一个，由人认。整个名称都在括号里的不去。"""
    return _BRACKETED.sub("", key) or key


class Matcher:
    """一张表的行对到已有项目：先编号，再本单位认过的名称，再一字不差的名称。"""

    def __init__(self, *, sheet: str, names: Mapping[str, str]) -> None:
        self.sheet, self.names = sheet, names
        self.by_code, self.by_name = projects.match_index()
        self.lookalikes: Lookalikes | None = None

    def match(self, row: RowReading) -> Project | None:
        """对上的项目；对不上为空，与几个项目同名的抛 :class:`RowRefused`。"""
        code, name = row.text("code"), row.text("name")
        if code and (code in self.by_code or not _NATIONAL.fullmatch(code)):
            return self.by_code.get(code)  # 项目统一代码不一定就是本系统的编号，对不上的还可以凭名称
        if (chosen := self.names.get(name_key(name))) in self.by_code:
            return self.by_code[chosen]
        same = self.by_name.get(name_key(name), [])
        if len(same) > 1:
            raise RowRefused("与多个项目同名。请在“内部编号”列写明编号。")
        return same[0] if same else None

    def propose(self, row: RowReading, result: ImportResult) -> Proposal | None:
        """对不上的行，找最像的项目；只列出来，由人确认。"""
        if self.lookalikes is None:
            self.lookalikes = Lookalikes(self.by_code.values())
        item = row.get("name")
        found = self.lookalikes.closest(row.text("name"))
        if item is None or found is None or found[0].profile is None:
            return None
        proposal = Proposal(
            sheet=self.sheet,
            cell=item.cell,
            name=row.text("name"),
            code=found[0].code,
            project=found[0].profile.name,
            score=found[1],
        )
        result.proposals.append(proposal)
        return proposal

    def remedy(self, row: RowReading, result: ImportResult) -> str:
        """对不上的行怎么办：有像的请人确认，没有的先导清单。"""
        near = self.propose(row, result)
        if near is None:
            return "请先导入清单或核对名称。"
        return f"最像的是“{near.project}”（相似 {near.score:.2f}），是同一个的请在预演页确认。"


class NamedUnits:
    """表上写的单位：取得或新建，同名的只查一次。"""

    def __init__(self, *, by: User) -> None:
        self.by = by
        self.known: dict[str, Organization] = {}

    def named(self, name: str, kind: OrganizationKind) -> Organization:
        """名称为 ``name`` 的单位；太长的抛 :class:`RowRefused`。"""
        if len(name) > LONGEST_ORGANIZATION:
            raise RowRefused(f"单位名称“{name[:20]}……”超过{LONGEST_ORGANIZATION}字。请只写单位名称。")
        if name not in self.known:
            is_demo = name.startswith("示例")
            self.known[name] = ensure_organization(name=name, kind=kind, by=self.by, is_demo=is_demo)
        return self.known[name]
