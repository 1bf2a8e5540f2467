"""来历：一个字段的值从哪个文件哪个单元格来。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import Past
from kaopu.exchange.excel_in.choices import Choices, ColumnRule
from kaopu.exchange.models import ColumnChoice, ImportBatch, ImportUndo, IssueSource, NameChoice, RowSource
from kaopu.projects.models import Project
from kaopu.supervision.models import Issue


@dataclass(frozen=True, kw_only=True)
class CellSource:
    """一个值的来历：哪次导入、哪张表、哪一格、原文怎么写、读成了什么。"""

    batch: ImportBatch
    sheet: str
    cell: str
    raw: str
    value: str


def sources_for(project: Project, past: Past | None = None) -> dict[str, CellSource]:
    """某项目每个字段最近一次导入的来历；月度计划的字段带月份，如 ``plan_investment:6``。"""
    found: dict[str, CellSource] = {}
    rows = RowSource.objects.filter(project=project)
    if past is not None:
        rows = rows.filter(batch__operation__at__lte=past.known_at)
    for row in rows.select_related("batch__operation").order_by("pk"):
        for cell in row.cells:
            found[cell["field"]] = CellSource(
                batch=row.batch, sheet=row.sheet, cell=cell["cell"], raw=cell["raw"], value=cell["value"]
            )
    return found


def source_of_issue(issue: Issue) -> IssueSource | None:
    """一个问题从哪次导入的哪一格立出；不是导入的为空。"""
    return IssueSource.objects.filter(issue=issue).select_related("batch").first()


def recent_batches(limit: int = 20) -> Iterable[ImportBatch]:
    """最近的导入批次，从近到远；``undone`` 为真是撤销了的。"""
    undone = Exists(ImportUndo.objects.filter(batch=OuterRef("pk")))
    return ImportBatch.objects.select_related("operation").annotate(undone=undone).order_by("-pk")[:limit]


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
