"""来历：一个字段的值从哪次办理来，由导入定的从哪个文件哪个单元格来。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import Operation, Past
from kaopu.audit.queries import operations
from kaopu.audit.remembering import until_facts_change
from kaopu.exchange.excel_in.choices import Choices, ColumnRule
from kaopu.exchange.models import ColumnChoice, ImportBatch, ImportUndo, IssueSource, NameChoice, RowSource
from kaopu.exchange.results import APPLIED
from kaopu.projects.models import AnnualGoal, ListEntry, MonthlyPlan, Project, ProjectProfile
from kaopu.supervision.models import Issue
from kaopu.tracking.models import MonthlyReport


@dataclass(frozen=True, kw_only=True)
class CellSource:
    """一个值的来历：哪次导入、哪张表、哪一格、原文怎么写、读成了什么。"""

    batch: ImportBatch
    sheet: str
    cell: str
    raw: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Origin:
    """一栏现在的值从哪里来：哪次办理定的；由导入定的，另有那一格。"""

    operation: Operation
    cell: CellSource | None


@dataclass(frozen=True, kw_only=True)
class MonthOrigin:
    """某月的月报或计划从哪里来：哪次办理定的；由导入定的，另有所写的各格。"""

    month: date
    kind: str
    operation: Operation
    cells: tuple[CellSource, ...]


_PROFILE_FIELDS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("name", "street", "key_area", "nature", "scale", "note")},
    "responsible_unit": ("responsible_unit_id",),
    "owner": ("owner_id",),
    "total_investment": (
        "total_investment_yuan", "investment_qualifier", "investment_low_yuan", "investment_high_yuan",
    ),
    "planned_start": ("planned_start_text", "planned_start_on"),
    "planned_finish": ("planned_finish_text", "planned_finish_on"),
}  # fmt: skip
_ENTRY_FIELDS = {
    "planned_investment": ("planned_investment_yuan",),
    "cumulative_before": ("cumulative_before_yuan",),
    "category": ("category", "category_inferred"),
    "formality": ("formality",),
    "entry": ("entry",),
}
_GOAL_FIELDS = {"goal": ("text",), "goal_due": ("due_text", "due_on")}
_PLAN_CELLS = {
    "plan_investment": ("planned_investment_yuan",), "plan_progress": ("planned_progress_percent",),
    "plan_work": ("planned_work",),
}  # fmt: skip
_REPORT_CELLS = {
    "month_investment": ("investment_yuan",), "progress": ("progress_percent",),
    **{name: (name,) for name in ("work", "problems", "next_steps")},
    "request": ("problems",), "measures": ("problems",),
}  # fmt: skip
_MONTHLY_FIELDS = {
    **_PLAN_CELLS, **_REPORT_CELLS,
    **{name: (name,) for name in ("category", "formality")},
}  # fmt: skip
# 表上的字段 → 存进哪几栏
COLUMNS_OF: Mapping[str, tuple[str, ...]] = {
    **_PROFILE_FIELDS, **_ENTRY_FIELDS, **_MONTHLY_FIELDS, "goal": ("text", "goal_type"), "goal_due": ("due_text", "due_on", "due_precision"),
    "responsible_unit": ("responsible_unit",), "owner": ("owner",), "lon": ("longitude",), "lat": ("latitude",),
}  # fmt: skip


@until_facts_change()
def origins_of(
    project: Project, *, profile: ProjectProfile, entry: ListEntry | None, goal: AnnualGoal | None
) -> dict[str, Origin]:
    """项目页各栏的来历：顺着各版看这个值是哪次办理定下的，不论导入、填表还是撤销；空着的没有来历。"""
    histories: list[tuple[Mapping[str, tuple[str, ...]], QuerySet[Any]]] = [
        (_PROFILE_FIELDS, ProjectProfile.objects.filter(project=project, pk__lte=profile.pk))
    ]
    if entry is not None:
        same = ListEntry.objects.filter(project_year=entry.project_year_id, pk__lte=entry.pk)
        histories.append((_ENTRY_FIELDS, same))
    if goal is not None:
        same_goal = AnnualGoal.objects.filter(project_year=goal.project_year_id, ordinal=goal.ordinal)
        histories.append((_GOAL_FIELDS, same_goal.filter(pk__lte=goal.pk)))
    cells = _cells_of(project)
    found: dict[str, Origin] = {}
    for fields, history in histories:
        rows = list(history.select_related("operation").order_by("pk"))
        for field, names in fields.items():
            operation = _set_by(rows, names)
            if operation is not None:
                imported = operation.source.rpartition(":")[2]
                told = cells.get((imported, field), [])
                found[field] = Origin(operation=operation, cell=told[-1] if told else None)
    return found


@until_facts_change()
def origins_of_months(
    project: Project, facts: tuple[MonthlyPlan | MonthlyReport, ...]
) -> tuple[MonthOrigin, ...]:
    """项目页上各月计划与月报的来历，按月份，计划在前。"""
    operations = Operation.objects.in_bulk({fact.operation_id for fact in facts})
    cells = _cells_of(project)
    found = []
    for fact in sorted(facts, key=lambda fact: (fact.month, isinstance(fact, MonthlyReport))):
        operation, planned = operations[fact.operation_id], isinstance(fact, MonthlyPlan)
        imported = operation.source.rpartition(":")[2]
        wanted = [f"{name}:{fact.month.month}" for name in _PLAN_CELLS] if planned else list(_REPORT_CELLS)
        told = tuple(cell for name in wanted for cell in cells.get((imported, name), ()))
        kind = "计划" if planned else "月报"
        found.append(MonthOrigin(month=fact.month, kind=kind, operation=operation, cells=told))
    return tuple(found)


def _set_by(rows: Iterable[Any], names: tuple[str, ...]) -> Operation | None:
    """最后一次改动这几栏的办理；从没写过的为空。"""
    told: tuple[object, ...] = tuple(None for _ in names)
    by: Operation | None = None
    for row in rows:
        values = tuple(getattr(row, name) or None for name in names)
        if values != told:
            told, by = values, row.operation
    return by


def _cells_of(project: Project) -> dict[tuple[str, str], list[CellSource]]:
    """（哪次导入，哪个字段）→ 哪几格；“进展”“问题”可以分几列写。"""
    found: defaultdict[tuple[str, str], list[CellSource]] = defaultdict(list)
    for row in RowSource.objects.filter(project=project).select_related("batch__operation").order_by("pk"):
        for cell in row.cells:
            told = CellSource(
                batch=row.batch, sheet=row.sheet, cell=cell["cell"], raw=cell["raw"], value=cell["value"]
            )
            found[str(row.batch.operation_id), cell["field"]].append(told)
    return found


def source_of_issue(issue: Issue) -> IssueSource | None:
    """一个问题从哪次导入的哪一格立出；不是导入的为空。"""
    return IssueSource.objects.filter(issue=issue).select_related("batch").first()


def recent_batches(limit: int = 20, past: Past | None = None) -> Iterable[ImportBatch]:
    """最近的导入批次，现在的或当时的，从近到远；``undone`` 为真是撤销了的，``traced`` 为真是记了各行去处的。

    各行去处一批可有几万条，列表里用不着，不取。
    """
    undos = ImportUndo.objects.filter(batch=OuterRef("pk"))
    if past is not None:
        undos = undos.filter(operation__in=operations(past=past))
    traced = ExpressionWrapper(Q(fates__isnull=False), BooleanField())
    return batches(past).defer("fates").annotate(undone=Exists(undos), traced=traced).order_by("-pk")[:limit]


def batches(past: Past | None = None) -> QuerySet[ImportBatch]:
    """导入批次，现在的或到那一刻为止的。"""
    rows = ImportBatch.objects.select_related("operation")
    return rows if past is None else rows.filter(operation__in=operations(past=past))


@dataclass(frozen=True, kw_only=True)
class RowFate:
    """一批里的一行：哪张表第几行，去处，是哪一种行；未变的另有是哪个项目、哪条问题（主键）。"""

    sheet: str
    row: int
    fate: str
    kind: str = ""
    about: int | None = None


def rows_of(batch: ImportBatch, fate: str = "") -> list[RowFate]:
    """一批里某一种去处的各行，按表上的次序；不指明去处的是读入的全部。早先的批次只有写入的查得出。"""
    if batch.fates is None:
        listed = batch.rows.values_list("sheet", "row")
        written = sorted({*listed, *batch.issue_rows.values_list("sheet", "row")})
        found = [RowFate(sheet=sheet, row=row, fate=APPLIED) for sheet, row in written]
        return found if fate == APPLIED else []
    return [
        RowFate(sheet=sheet, row=row, fate=name, kind=kind, about=about)
        for sheet, first, last, name, kind, about in batch.fates
        if fate in ("", name)
        for row in range(first, last + 1)
    ]


def told_in(batch: ImportBatch, rows: Collection[RowFate]) -> dict[RowFate, list[Project | Issue]]:
    """这几行各说的是哪个项目、哪几个问题：写入的从来历里找，未变的随去处记着。"""
    numbers = [row.row for row in rows]
    listed = batch.rows.filter(row__in=numbers).select_related("project__profile")
    raised = batch.issue_rows.filter(row__in=numbers).select_related("issue").order_by("pk")
    places: dict[tuple[str, int], list[Project | Issue]] = {}
    for source in listed:
        places.setdefault((source.sheet, source.row), []).append(source.project)
    for origin in raised:
        places.setdefault((origin.sheet, origin.row), []).append(origin.issue)
    same = [row.about for row in rows if row.about is not None]
    projects = Project.objects.select_related("profile").in_bulk(same)
    issues = Issue.objects.in_bulk(same)
    known: dict[str, Mapping[int, Project | Issue]] = {"project": projects, "problem": issues}
    return {
        row: [known[row.kind][row.about]] if row.about is not None else places.get((row.sheet, row.row), [])
        for row in rows
    }


def units_with_projects() -> QuerySet[Organization]:
    """名下有过清单项目的责任单位，按名称。"""
    responsible = Project.objects.filter(years__entries__isnull=False).values("profile__responsible_unit")
    return Organization.objects.filter(pk__in=responsible).order_by("name")


def choices_of(user: User) -> Choices:
    """某人所在单位记下的读法：哪个表头是哪个字段，哪个名称是哪个项目。"""
    columns = ColumnChoice.objects.filter(organization=user.organization_id)
    names = NameChoice.objects.filter(organization=user.organization_id).values_list(
        "name_key", "project__code"
    )
    return Choices(
        columns={item.header: ColumnRule(field=item.field, unit=item.unit) for item in columns},
        names=dict(names),
    )
