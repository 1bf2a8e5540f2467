"""按“截至哪天、按何时所知”求数。页面、命令行、公文、快照都只问这里。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.carryover import CarryVerdict, LifecycleStage, decide_carry_over
from kaopu.domain.closing import IdentityVerdict
from kaopu.domain.money import headline, in_text
from kaopu.domain.outcomes import OutcomeVerdict, decide_outcome
from kaopu.figures.definitions import (
    DEFINITIONS,
    CeremonyCount,
    Counted,
    Exclusion,
    YearBook,
    check_identities,
)
from kaopu.figures.models import Snapshot
from kaopu.projects import queries as projects
from kaopu.projects.models import AnnualGoal, Ceremony, ListEntry, ProjectProfile
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import GoalAchievement, OutcomeDecision, RuleSet, Verdict

# 求数所看的全部事实；这几张表没有添行，别处办了什么都不必重算
_COUNTED_FROM = (
    ListEntry,
    ProjectProfile,
    AnnualGoal,
    Ceremony,
    GoalAchievement,
    OutcomeDecision,
    Verdict,
    RuleSet,
)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """一个数（台账的一行）：值、限定词、成员与不计者。金额另有精确值 ``exact``（元）；``shown`` 为定式写法。"""

    id: str
    label: str
    scope: str
    as_of: date
    known_at: datetime
    value: int
    unit: str
    qualifier: str | None = None
    members: tuple[str, ...] = ()
    exact: int = 0
    excluded: tuple[Exclusion, ...] = ()
    rule_set: str = ""
    shown: str | None = None

    @property
    def text(self) -> str:
        """印在文中的写法：个数用阿拉伯数字，金额如“逾329亿元”。"""
        if self.shown is not None:
            return self.shown
        return in_text(self.value, self.qualifier) if self.unit == "元" else str(self.value)

    @property
    def digest(self) -> str:
        """造成这个数的一切的摘要：口径编号、两条时间、值与写法、成员与不计的、规则集，任何一项变了，摘要就变。

        名称、范围、不计的理由怎么措辞不在内：改了措辞，数没有变，早先印的摘要还要对得上。
        """
        return digest_of(self.ledger_row())

    def ledger_row(self) -> dict[str, Any]:
        """台账的一行：摘要所据，核验包里的形状。"""
        return {
            "id": self.id,
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat(),
            "text": self.text,
            "value": self.value,
            "unit": self.unit,
            "qualifier": self.qualifier,
            "members": list(self.members),
            "exact": self.exact,
            "excluded": [code for code, _ in self.excluded],
            "rule_set": self.rule_set,
        }

    def wording(self) -> dict[str, Any]:
        """给人看的措辞：名称、范围、各不计者的理由；不入摘要。"""
        return {"label": self.label, "scope": self.scope, "reasons": dict(self.excluded)}

    def as_json(self) -> dict[str, Any]:
        """命令行与快照的公共形状。"""
        return {
            "label": self.label,
            "value": self.value,
            "unit": self.unit,
            "qualifier": self.qualifier,
            "members": list(self.members),
            "exact": self.exact,
        }


@dataclass(frozen=True, kw_only=True, eq=False)  # 一本账就是它自己，可作钥匙
class Book:
    """某年在某日所知的全部数、恒等式与逐个项目的结论。"""

    year: int
    as_of: date
    known_at: datetime
    figures: Mapping[str, Figure]
    identities: tuple[IdentityVerdict, ...]
    verdicts: Mapping[str, OutcomeVerdict]  # 项目编号 → 结果
    rule_set: str = ""
    entries: Mapping[str, ListEntry] = field(default_factory=dict)  # 项目编号 → 清单条目
    profiles: Mapping[int, ProjectProfile] = field(default_factory=dict)  # 项目 → 当时的档案
    counted: tuple[Sequence[Counted], Sequence[Counted]] = ((), ())  # 本年与下年清单各行的计数属性

    def __getitem__(self, figure_id: str) -> Figure:
        return self.figures[figure_id]

    def as_json(self) -> dict[str, Any]:
        """``kaopu figures --json`` 的形状。"""
        return {
            "year": self.year,
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat(),
            "figures": {figure.id: figure.as_json() for figure in self.figures.values()},
            "identities": [
                {"text": item.text, "holds": item.holds, "culprits": list(item.culprits)}
                for item in self.identities
            ],
        }


def default_as_of(year: int) -> date:
    """缺省基准日：往年取年末，当年取今天。"""
    return min(timezone.localdate(), date(year, 12, 31))


def snapshots_of(year: int, past: Past | None = None) -> dict[str, Snapshot]:
    """某年的月末、年末快照，现在的或当时的，按期间（``2022-06``、``2022``）。"""
    found = Snapshot.objects.seen(past).filter(period__startswith=str(year)).select_related("operation")
    return {snapshot.period: snapshot for snapshot in found}


@until_facts_change(Snapshot)
def last_closed_year() -> int | None:
    """最近一个关了账的年度。"""
    closed = Snapshot.objects.live().filter(kind="year").order_by("-period").values_list("period", flat=True)
    return next((int(period) for period in closed[:1]), None)


def evaluate(year: int, *, as_of: date | None = None, known_at: datetime | None = None) -> Book:
    """求某年的全部数：截至 ``as_of``（缺省年末或今天），按 ``known_at``（缺省此刻）所知。"""
    return _evaluate(year, as_of or default_as_of(year), known_at)


@until_facts_change(*_COUNTED_FROM)
def _evaluate(year: int, as_of: date, known_at: datetime | None) -> Book:
    moment = known_at or timezone.now()
    states = tracking.year_states(year=year, as_of=as_of, known_at=known_at)
    counted, verdicts = _counted(states)
    following: list[Counted] = []
    if year + 1 in projects.years_listed():
        following, _ = _counted(tracking.year_states(year=year + 1, as_of=date.max, known_at=known_at))
    profiles = projects.profiles_known(as_of=as_of, known_at=moment, year=year)
    ceremonies = _ceremonies(year, as_of, moment, profiles)
    book = YearBook(this_year=counted, next_year=following, ceremonies=ceremonies)
    rule_set = rule_set_name(as_of)
    figures = {id: _figure(id, book, as_of, moment, rule_set) for id in DEFINITIONS}
    return Book(
        rule_set=rule_set,
        year=year,
        as_of=as_of,
        known_at=moment,
        figures=figures,
        identities=tuple(check_identities({id: figure.members for id, figure in figures.items()})),
        verdicts=verdicts,
        entries={state.entry.project_year.project.code: state.entry for state in states},
        profiles=profiles,
        counted=(counted, following),
    )


def rule_set_name(day: date) -> str:
    """某日生效的规则集的名称与版本；还没有规则集时为空。"""
    try:
        return str(tracking.rule_set_on(day))
    except LookupError:
        return ""


def _figure(figure_id: str, book: YearBook, as_of: date, known_at: datetime, rule_set: str) -> Figure:
    definition = DEFINITIONS[figure_id]
    members, excluded = definition.count.split(book) if definition.count else (definition.members(book), ())
    exact = definition.amount(book) if definition.amount else len(members)
    value, qualifier = headline(exact) if definition.amount else (exact, None)
    return Figure(
        id=figure_id,
        label=definition.label,
        scope=definition.scope,
        value=value,
        unit=definition.unit,
        qualifier=qualifier,
        members=members,
        exact=exact,
        excluded=excluded,
        as_of=as_of,
        known_at=known_at,
        rule_set=rule_set,
    )


def _counted(states: Sequence[tracking.YearState]) -> tuple[list[Counted], dict[str, OutcomeVerdict]]:
    rows, verdicts = [], {}
    for state in states:
        verdict = decide_outcome(state.facts)
        entry = state.entry
        code = entry.project_year.project.code
        verdicts[code] = verdict
        rows.append(
            Counted(
                code=code,
                level=entry.level,
                entry=entry.entry,
                formality=entry.formality,
                category=entry.category,
                outcome=verdict.outcome,
            )
        )
    return rows, verdicts


def _ceremonies(
    year: int, as_of: date, known_at: datetime, profiles: Mapping[int, ProjectProfile]
) -> tuple[CeremonyCount, ...]:
    found = []
    for ceremony in projects.ceremonies_known(year=year, as_of=as_of, known_at=known_at):
        members = sorted(ceremony.projects.all(), key=lambda project: project.code)
        totals = [
            profiles[member.pk].total_investment_yuan or 0 for member in members if member.pk in profiles
        ]
        found.append(
            CeremonyCount(codes=tuple(member.code for member in members), investment_yuan=sum(totals))
        )
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class CarryProposal:
    """结转建议的一行：哪个区属正式项目，结转与否，为什么。"""

    code: str
    verdict: CarryVerdict


def carry_over_proposal(year: int) -> list[CarryProposal]:
    """由 ``year`` 年末的事实拟出下一年的结转清单（§5.8 第 4 步），供人审定。"""
    book = evaluate(year, as_of=date(year, 12, 31), known_at=timezone.now())
    stages = projects.stages_known(as_of=book.as_of, known_at=book.known_at)
    codes = set(book["list.district"].members)
    entries = projects.entries_known(year=year, as_of=book.as_of, known_at=book.known_at)
    members = [entry.project_year.project for entry in entries if entry.project_year.project.code in codes]
    return [
        CarryProposal(
            code=project.code,
            verdict=decide_carry_over(
                outcome=book.verdicts[project.code].outcome,
                stage=LifecycleStage(stages[project.pk]) if project.pk in stages else None,
            ),
        )
        for project in members
    ]


def is_year_closed(year: int, past: Past | None = None) -> bool:
    """某年是否已年末关账，现在的或当时的。"""
    return Snapshot.objects.seen(past).filter(kind="year", period=str(year)).exists()


def digest_of(content: Mapping[str, Any]) -> str:
    """规范 JSON（键排序、无空白、不转义）的 SHA-256。"""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
