"""记录里的话与日期：公文逐字引用的事实，编号 ``record.<种类>.<行号>.<字段>``，同样可核、可追到后来的更正。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from kaopu.audit.models import Fact
from kaopu.domain.days import chinese_day
from kaopu.domain.money import wan
from kaopu.domain.typography import typeset
from kaopu.figures.queries import Figure
from kaopu.projects.models import AnnualGoal, Ceremony, ListEntry, MonthlyPlan, ProjectProfile
from kaopu.supervision.models import Issue, IssueStep, Meeting, Minutes, OrderStep, SupervisionOrder
from kaopu.tracking.models import (
    LagReason,
    MonthlyReport,
    OfficeNote,
    OutcomeDecision,
    Resumption,
    Suspension,
    Verdict,
)

PREFIX = "record."
_AT_ONCE = 400  # SQLite 一条语句里参数有限
KINDS: Mapping[str, tuple[type[Fact], str]] = {
    "note": (OfficeNote, "进展纪要"),
    "decision": (OutcomeDecision, "认定"),
    "reason": (LagReason, "滞后原因"),
    "report": (MonthlyReport, "月报"),
    "verdict": (Verdict, "月末评定"),
    "goal": (AnnualGoal, "年度目标"),
    "profile": (ProjectProfile, "项目档案"),
    "entry": (ListEntry, "清单条目"),
    "plan": (MonthlyPlan, "月度计划"),
    "ceremony": (Ceremony, "集中开工"),
    "stop": (Suspension, "停工"),
    "resumption": (Resumption, "复工"),
    "order": (SupervisionOrder, "督办单"),
    "step": (OrderStep, "督办步骤"),
    "meeting": (Meeting, "会议"),
    "minutes": (Minutes, "会议纪要"),
    "issue": (Issue, "问题与事项"),
    "move": (IssueStep, "事项步骤"),
}
_WALKED = frozenset({"step", "move"})  # 后一步接着前一步，不是更正
_KIND_OF = {model: kind for kind, (model, _) in KINDS.items()}


def record_id(row: Fact, field: str) -> str:
    """一条事实某个字段的编号。"""
    return f"{PREFIX}{_KIND_OF[type(row)]}.{row.pk}.{field}"


def written(row: Fact, field: str) -> str:
    """印出的写法：日期不补零，金额以万元计，文字去掉首尾空白与句末标点，直引号成对写作中文引号。"""
    value = getattr(row, field)
    if isinstance(value, date):
        return chinese_day(value)
    if field.endswith("_yuan"):
        return wan(value)
    return "" if value is None else typeset(str(value).strip().rstrip("。；;"))


class Records:
    """成批取事实：先报要哪些编号，一种一条语句取回。"""

    def __init__(self, figure_ids: Iterable[str] = ()) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for figure_id in figure_ids:
            if figure_id.startswith(PREFIX):
                kind, pk, _ = _parts(figure_id)
                wanted[kind].add(pk)
        self._rows: dict[tuple[str, int], Fact] = {}
        self._following: dict[tuple[str, int], Fact | None] = {}
        for kind, pks in wanted.items():
            self._load(kind, sorted(pks))

    def _load(self, kind: str, pks: Sequence[int]) -> None:
        """取回这些事实，连同直接更正它们的。"""
        manager: Any = KINDS[kind][0]._default_manager
        for start in range(0, len(pks), _AT_ONCE):
            some = pks[start : start + _AT_ONCE]
            self._following |= {(kind, pk): None for pk in some}
            for row in manager.filter(Q(pk__in=some) | Q(supersedes__in=some)):
                self._rows[kind, row.pk] = row
                if row.supersedes_id is not None:
                    self._following[kind, row.supersedes_id] = row

    def row(self, figure_id: str) -> Fact | None:
        """编号所指的那条事实。"""
        kind, pk, _ = _parts(figure_id)
        if (kind, pk) not in self._rows:
            self._load(kind, [pk])
        return self._rows.get((kind, pk))

    def figure(self, figure_id: str, *, as_of: date, known_at: datetime) -> Figure:
        """那条事实当时的写法；没有这条事实抛出 ``KeyError``。"""
        row = self.row(figure_id)
        if row is None:
            raise KeyError(figure_id)
        return quoted(row, figure_id.rsplit(".", 1)[1], as_of=as_of, known_at=known_at)

    def later(self, figure_id: str, *, until: datetime) -> Fact | None:
        """这条事实到 ``until`` 为止后来的更正（沿更正链走到头）；没有更正为 ``None``。"""
        kind, pk, _ = _parts(figure_id)
        if kind in _WALKED or self.row(figure_id) is None:
            return None
        latest: Fact | None = None
        while True:
            if (kind, pk) not in self._following:
                self._load(kind, [pk])
            following = self._following[kind, pk]
            if following is None or following.recorded_at > until:
                return latest
            latest, pk = following, following.pk


def quoted(row: Fact, field: str, *, as_of: date, known_at: datetime) -> Figure:
    """把一条事实的一个字段当作一个数来登记。"""
    kind = _KIND_OF[type(row)]
    return Figure(
        id=record_id(row, field),
        label=KINDS[kind][1],
        scope=f"{KINDS[kind][1]}第 {row.pk} 号记录",
        as_of=as_of,
        known_at=known_at,
        value=row.pk,
        unit="记录",
        exact=row.pk,
        shown=written(row, field),
    )


def _parts(figure_id: str) -> tuple[str, int, str]:
    pieces = figure_id.split(".")
    if len(pieces) != 4 or pieces[1] not in KINDS or not pieces[2].isdigit() or len(pieces[2]) > 18:
        raise KeyError(figure_id)
    allowed = {field.attname for field in KINDS[pieces[1]][0]._meta.concrete_fields}
    if pieces[3] not in allowed:
        raise KeyError(figure_id)
    return pieces[1], int(pieces[2]), pieces[3]
