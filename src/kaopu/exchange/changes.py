"""一次办理改了什么：由它写下的事实与各接的前一行对照出来，不另存一份（TRUST §1 规则 5“before/after”）。

成批的办理（导入、撤销导入、写入清单）在留痕里只有行数；每个数改前改后，事实里本来就有。
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

from django.db import models

from kaopu.audit.models import Operation
from kaopu.domain.causes import CAUSE_LABELS
from kaopu.domain.escalation import ISSUE_STATE_LABELS, ISSUE_VERB_LABELS
from kaopu.domain.milestones import GOAL_LABELS
from kaopu.domain.money import QUALIFIER_WORDS
from kaopu.exchange.models import ImportBatch, IssueSource, RowSource
from kaopu.exchange.queries import COLUMNS_OF
from kaopu.projects.models import AnnualGoal, ListEntry, MonthlyPlan, Project, ProjectProfile
from kaopu.supervision.models import Issue, IssueStep
from kaopu.tracking.models import MonthlyReport

# 导入与撤销写得到的各种事实：模型 → 叫什么、怎样找到所属的项目
KINDS: dict[type[models.Model], tuple[str, str]] = {
    ProjectProfile: ("项目档案", "project"),
    ListEntry: ("清单条目", "project_year__project"),
    AnnualGoal: ("年度目标", "project_year__project"),
    MonthlyPlan: ("月度计划", "project_year__project"),
    MonthlyReport: ("月报", "project_year__project"),
    Issue: ("问题", "project"),
    IssueStep: ("问题的办理", "issue__project"),
}
_NOT_TOLD = frozenset(
    {
        "id",
        "recorded_at",
        "operation",
        "supersedes",
        "revision",
        "name_key",
        "project",
        "project_year",
        "issue",
    }
)
_NAMES = {"list_version": "清单版次", "previous": "结转自"}  # 外键没有另起中文名的
_PRECISIONS = {
    "day": "日", "ten_day": "旬", "month": "月", "quarter": "季", "half": "半年", "year": "年", "range": "起止",
}  # fmt: skip
_LABELS: Mapping[str, Mapping[str, str]] = {
    "goal_type": {str(key): label for key, label in GOAL_LABELS.items()},
    "investment_qualifier": {**QUALIFIER_WORDS, "range": "区间"},
    "due_precision": _PRECISIONS,
    "cause": {str(key): label for key, label in CAUSE_LABELS.items()},
    "verb": {str(key): label for key, label in ISSUE_VERB_LABELS.items()},
    "state": {str(key): label for key, label in ISSUE_STATE_LABELS.items()},
}


@dataclass(frozen=True, kw_only=True)
class ChangedField:
    """一栏：叫什么，改前，改后，写在原表哪一格（不是导入的为空）。"""

    label: str
    before: str
    after: str
    cell: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangedFact:
    """一条事实：哪一种，属于哪个项目，所说的是哪一件（几月、哪年），新立的还是接着前一行改的，各栏前后。"""

    kind: str
    project: Project | None
    about: str
    fresh: bool
    fields: tuple[ChangedField, ...]


class Changes(Sequence[ChangedFact]):
    """几次办理写下的全部事实，先后有序，可按段取：一批导入有几万条，一页只取几十条。"""

    def __init__(self, numbers: Sequence[int], batch: ImportBatch | None = None) -> None:
        self.batch = batch
        self.parts = [
            (model, model._default_manager.filter(operation__in=numbers).order_by("pk")) for model in KINDS
        ]
        self.counts = [rows.count() for _, rows in self.parts]

    def __len__(self) -> int:
        return sum(self.counts)

    @overload
    def __getitem__(self, wanted: int) -> ChangedFact: ...

    @overload
    def __getitem__(self, wanted: slice) -> list[ChangedFact]: ...

    def __getitem__(self, wanted: int | slice) -> ChangedFact | list[ChangedFact]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        start, stop, _ = wanted.indices(len(self))
        found: list[ChangedFact] = []
        for (model, rows), count in zip(self.parts, self.counts, strict=True):
            if start < count and stop > 0:
                found += _told(model, rows[max(start, 0) : min(stop, count)], self.batch)
            start, stop = start - count, stop - count
        return found


def changes_of(operation: Operation) -> Changes:
    """一次办理改了什么；导入的连同它名下各次办理。"""
    batch = ImportBatch.objects.filter(operation=operation).first()
    if batch is not None:
        return Changes([operation.pk, *(batch.operations or ())], batch)
    number = operation.source.partition(":")[2]
    within = ImportBatch.objects.filter(operation=int(number)).first() if number.isdecimal() else None
    return Changes([operation.pk], within)


def _told(
    model: type[models.Model], page: models.QuerySet[Any], batch: ImportBatch | None
) -> list[ChangedFact]:
    kind, path = KINDS[model]
    columns = [field for field in model._meta.concrete_fields if field.name not in _NOT_TOLD]
    links = [field.name for field in columns if field.is_relation]
    rows = list(page.select_related("supersedes", f"{path}__profile", *links))
    before = _before(model, rows)
    projects = {row.pk: _follow(row, path) for row in rows}
    cells = _cells(model, [project.pk for project in projects.values() if project], rows, batch)
    return [
        ChangedFact(
            kind=kind,
            project=projects[row.pk],
            about=_about(row),
            fresh=before.get(row.pk) is None,
            fields=tuple(_fields(row, before.get(row.pk), columns, cells)),
        )
        for row in rows
    ]


def _before(model: type[models.Model], rows: Iterable[Any]) -> dict[int, Any]:
    """各行之前的一行：接着哪一行写的；项目档案按版次，取前一版。"""
    found = {row.pk: row.supersedes for row in rows}
    if model is ProjectProfile:
        projects = {row.project_id for row in rows}
        versions = {
            (item.project_id, item.revision): item
            for item in ProjectProfile.objects.filter(project__in=projects).select_related(
                "responsible_unit", "owner"
            )
        }
        found = {row.pk: versions.get((row.project_id, row.revision - 1)) for row in rows}
    return found


def _follow(row: Any, path: str) -> Project | None:
    for name in path.split("__"):
        row = getattr(row, name)
    return row if isinstance(row, Project) else None


def _about(row: Any) -> str:
    if isinstance(row, MonthlyPlan | MonthlyReport):
        return f"{row.month.year}年{row.month.month}月"
    if isinstance(row, ListEntry | AnnualGoal):
        return f"{row.project_year.year}年"
    if isinstance(row, ProjectProfile):
        return f"第{row.revision}版"
    return str(row.issue if isinstance(row, IssueStep) else row)


def _fields(
    row: Any, before: Any, columns: Sequence[models.Field[Any, Any]], cells: Mapping[tuple[int, str], str]
) -> Iterable[ChangedField]:
    """改过的各栏；新立的只列写了的。"""
    project = _follow(row, KINDS[type(row)][1])
    at = project.pk if project is not None else 0
    for field in columns:
        was = None if before is None else getattr(before, field.attname)
        now = getattr(row, field.attname)
        if was == now or (before is None and now in (None, "", False)):
            continue
        yield ChangedField(
            label=_NAMES.get(field.name, str(field.verbose_name)),
            before="—" if before is None else _shown(before, field),
            after=_shown(row, field),
            cell=cells.get((row.pk if isinstance(row, Issue) else at, _place(row, field.name)), ""),
        )


def _place(row: Any, name: str) -> str:
    return f"{name}:{row.month.month}" if isinstance(row, MonthlyPlan) else name


def _shown(row: Any, field: models.Field[Any, Any]) -> str:
    value = getattr(row, field.name)
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and field.name.endswith("_yuan"):
        return f"{value:,}"
    if isinstance(value, date):
        return value.isoformat()
    labels = _LABELS.get(field.name) or {str(key): str(label) for key, label in field.flatchoices}
    return labels.get(str(value), str(value))


def _cells(
    model: type[models.Model], projects: Sequence[int], rows: Iterable[Any], batch: ImportBatch | None
) -> dict[tuple[int, str], str]:
    """（项目，栏）→ 原表的格与原文；问题按问题找。"""
    if batch is None:
        return {}
    if model is Issue:
        kept = IssueSource.objects.filter(batch=batch, issue__in=[row.pk for row in rows])
        return {(item.issue_id, "title"): f"{item.sheet}!{item.cell}" for item in kept}
    told: defaultdict[tuple[int, str], list[str]] = defaultdict(list)  # 进展、问题可以由几格拼成
    for source in RowSource.objects.filter(batch=batch, project__in=projects):
        for cell in source.cells:
            for column in _columns_of(cell["field"]):
                told[source.project_id, column].append(f"{source.sheet}!{cell['cell']} “{cell['raw']}”")
    return {place: "；".join(texts) for place, texts in told.items()}


def _columns_of(field: str) -> Iterable[str]:
    """表上的字段 → 存进哪几栏；月度计划的带月份。"""
    name, _, month = field.partition(":")
    return (f"{column}:{month}" if month else column for column in COLUMNS_OF.get(name, ()))
