"""其后录入的事实：一个数今天变了，是哪些后录的记录使它变的（法 1）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

from django.utils import timezone

from kaopu.audit.models import Fact
from kaopu.figures.records import KINDS, PREFIX
from kaopu.projects.models import AnnualGoal, Ceremony, ListEntry, MonthlyPlan, ProjectProfile, StageChange
from kaopu.supervision.models import Issue, IssueStep, Meeting, Minutes, OrderStep, SupervisionOrder
from kaopu.tracking.models import (
    GoalAchievement,
    LagReason,
    MonthlyReport,
    OfficeNote,
    OutcomeDecision,
    Resumption,
    Suspension,
    Verdict,
)

_AT_ONCE = 400  # SQLite 一条语句里参数有限
# 事实的种类、名称、到项目编号的路径
FACTS: tuple[tuple[type[Fact], str, str], ...] = (
    (ListEntry, "清单条目", "project_year__project__code"),
    (AnnualGoal, "年度目标", "project_year__project__code"),
    (MonthlyPlan, "月度计划", "project_year__project__code"),
    (MonthlyReport, "月报", "project_year__project__code"),
    (GoalAchievement, "目标达成", "goal__project_year__project__code"),
    (OutcomeDecision, "认定", "project_year__project__code"),
    (LagReason, "滞后原因", "project_year__project__code"),
    (Verdict, "月末评定", "project_year__project__code"),
    (ProjectProfile, "项目档案", "project__code"),
    (StageChange, "项目阶段", "project__code"),
    (Suspension, "停工", "project__code"),
    (Resumption, "复工", "suspension__project__code"),
    (OfficeNote, "进展纪要", "project__code"),
)


# 不属于哪个项目的记录在哪一件的页上：事实 → 哪一种页、到那一件的路径
_ELSEWHERE: dict[type[Fact], tuple[str, str]] = {
    SupervisionOrder: ("order", "pk"),
    OrderStep: ("order", "order"),
    Meeting: ("meeting", "pk"),
    Minutes: ("meeting", "meeting"),
    Issue: ("issue", "pk"),
    IssueStep: ("issue", "issue"),
    Ceremony: ("ceremony", "pk"),
}


def pages_of(figure_ids: Iterable[str]) -> dict[str, tuple[str, str | int]]:
    """逐字引用的记录（``record.…``）在哪一页：项目（编号）、督办单、会议、问题、集中开工（主键）。"""
    wanted: dict[type[Fact], dict[int, list[str]]] = {}
    for figure_id in figure_ids:
        if figure_id.startswith(PREFIX):
            _, kind, pk, _ = figure_id.split(".")
            wanted.setdefault(KINDS[kind][0], {}).setdefault(int(pk), []).append(figure_id)
    paths = {model: ("project", path) for model, _, path in FACTS} | _ELSEWHERE
    found: dict[str, tuple[str, str | int]] = {}
    for model, keys in wanted.items():
        page, path = paths.get(model, ("", ""))
        manager: Any = model._default_manager
        for start in range(0, len(keys) if page else 0, _AT_ONCE):
            some = sorted(keys)[start : start + _AT_ONCE]
            for pk, key in manager.filter(pk__in=some).values_list("pk", path):
                found |= dict.fromkeys(keys[pk], (page, key))
    return found


@dataclass(frozen=True, kw_only=True)
class LaterFact:
    """一条后录的事实：何时、谁、录了什么、关于哪个项目。"""

    at: datetime
    actor: str
    kind: str
    code: str
    voided: bool

    @property
    def sentence(self) -> str:
        """一句话。"""
        word = "作废" if self.voided else "录入"
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M} {self.actor}{word}{self.kind}（{self.code}）"


class LaterFacts:
    """``known_at`` 之后、到 ``until`` 为止录入的事实，取一次，从早到晚排好。"""

    def __init__(self, known_at: datetime, *, until: datetime) -> None:
        self._known_at, self._until = known_at, until

    @cached_property
    def _sorted(self) -> list[LaterFact]:
        found = []
        for model, kind, path in FACTS:
            manager: Any = model._default_manager
            rows = manager.filter(recorded_at__gt=self._known_at, recorded_at__lte=self._until)
            for at, actor, code, voided in rows.values_list(
                "recorded_at", "operation__actor", path, "voided"
            ):
                found.append(LaterFact(at=at, actor=actor, kind=kind, code=code, voided=voided))
        return sorted(found, key=lambda fact: (fact.at, fact.kind, fact.code))

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(fact.code for fact in self._sorted)

    def about(self, codes: Collection[str], *, first: int) -> tuple[list[LaterFact], int]:
        """关于这些项目的头几条（从早到晚），与一共几条。"""
        wanted = frozenset(codes)
        shown = list(islice((fact for fact in self._sorted if fact.code in wanted), first))
        return shown, sum(self._counts[code] for code in wanted)
