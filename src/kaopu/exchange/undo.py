"""撤销一批导入：事实只增不改，所以撤销是逐条作废或恢复原值；其后又有人接着办了的，不许撤（HANDBOOK §7.2 第10条“undo by batch id”）。"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Fact, Operation
from kaopu.exchange.models import ImportBatch, ImportUndo
from kaopu.figures import queries as figures
from kaopu.projects.models import AnnualGoal, ListEntry, MonthlyPlan, Project, ProjectProfile
from kaopu.projects.queries import letters_binding
from kaopu.supervision.actions import MoveRefused, withdraw_raised
from kaopu.supervision.queries.clock import today
from kaopu.tracking.actions import MonthFrozen, open_period
from kaopu.tracking.models import GoalAchievement, LagReason, MonthlyReport, OutcomeDecision, ReportReview

CHAINED: tuple[type[Any], ...] = (MonthlyReport, MonthlyPlan, AnnualGoal, ListEntry)
_NOT_COPIED = frozenset({"id", "recorded_at", "operation", "supersedes", "voided"})


class UndoRefused(Exception):
    """这一批不能撤销，理由与办法见信息；数据库未作任何改动。"""


@transaction.atomic
def undo_import(*, batch: ImportBatch, reason: str, by: User) -> ImportUndo:
    """撤销一批导入。已撤过的、年度已关账的、月份已冻结的、其后又有更正或别的事实靠着的，一律拒绝。"""
    if not reason.strip():
        raise UndoRefused("请写明撤销的理由。")
    if ImportUndo.objects.filter(batch=batch).exists():
        raise UndoRefused("这一批已经撤销过，请刷新后查看。")
    if not batch.operations:
        raise UndoRefused("这一批没有写入任何内容，或是早先版本导入的，不能整批撤销。请逐项更正。")
    if figures.is_year_closed(batch.year):
        raise UndoRefused(f"{batch.year}年度已年末关账，不能撤销。请在未关账的年度更正。")
    own: list[int] = list(batch.operations)
    _refuse_if_built_upon(own)
    operation = record(by=by, verb="exchange.undo", target=batch, reason=reason, file=batch.file_name)
    for model in CHAINED:
        _reverse(model, own, operation)
    _restore_profiles(own, operation)
    try:
        withdraw_raised(operation, raised_under=own, by=by, on=today(), reason=reason)
    except MoveRefused as error:
        raise UndoRefused(str(error)) from error
    return ImportUndo.objects.create(batch=batch, operation=operation)


def _refuse_if_built_upon(own: list[int]) -> None:
    for model in CHAINED:
        if model.objects.filter(supersedes__operation__in=own).exclude(operation__in=own).exists():
            label = (model.__doc__ or "").partition("：")[0].partition("。")[0]
            raise UndoRefused(f"这一批写入的{label}其后又有更正，不能整批撤销。请逐项更正。")
    if Project.objects.filter(profiles__operation__in=own).exclude(profile__operation__in=own).exists():
        raise UndoRefused("这一批写入的项目档案其后又有更正，不能整批撤销。请逐项更正。")
    _refuse_locked_goals(own)
    months = MonthlyReport.objects.filter(operation__in=own).values_list("month", flat=True).distinct()
    try:
        for month in sorted(months):
            open_period(month)
    except MonthFrozen as error:
        raise UndoRefused(f"{error}不能撤销这一批。") from error
    listed = ListEntry.objects.filter(operation__in=own, supersedes=None).values("project_year")
    leaning: Iterable[tuple[type[Any], str, str]] = (
        (MonthlyReport, "project_year__in", "月报"),
        (MonthlyPlan, "project_year__in", "月度计划"),
        (OutcomeDecision, "project_year__in", "认定"),
        (LagReason, "project_year__in", "滞后原因"),
        (GoalAchievement, "goal__project_year__in", "目标达成"),
        (ListEntry, "previous__in", "下一年的结转"),
    )
    for model, field, label in leaning:
        if model.objects.live().filter(**{field: listed}).exclude(operation__in=own).exists():
            raise UndoRefused(f"这一批新列入的项目已有{label}，不能整批撤销。请先处理{label}，或逐项更正。")


def _refuse_locked_goals(own: list[int]) -> None:
    """其后签了责任书的，目标已锁定，撤销导入也不能动它。"""
    goals = AnnualGoal.objects.tails().filter(operation__in=own)
    held = goals.values_list("project_year__project", "project_year__year")
    for year in {year for _, year in held}:
        if letters_binding([project for project, listed in held if listed == year], year):
            raise UndoRefused("这一批写入的年度目标已随责任书锁定，不能撤销。请在项目页申请目标变更。")


def _reverse(model: type[Any], own: list[int], operation: Operation) -> None:
    """链尾在本批的，接上一行：本批之前有原值的恢复原值，没有的作废。"""
    tails = model.objects.tails().filter(operation__in=own).select_related("supersedes")
    fresh, restored = [], []
    for tail in tails:
        before: Any = tail.supersedes
        while before is not None and before.operation_id in own:
            before = before.supersedes
        kept = _values(before if before is not None else tail, model)
        voided = before is None or before.voided
        fresh.append(
            model(**kept, supersedes=tail, voided=voided, operation=operation, recorded_at=operation.at)
        )
        restored.append(None if voided else before)
    made = model.objects.bulk_create(fresh)
    if model is MonthlyReport:
        _keep_reviews(zip(made, restored, strict=True), operation)


def _keep_reviews(pairs: Iterable[tuple[MonthlyReport, MonthlyReport | None]], operation: Operation) -> None:
    """恢复的原值审到哪一步，仍是哪一步：审定过的照样进统计。"""
    ReportReview.objects.bulk_create(
        ReportReview(report=report, verb=review.verb, reason=review.reason, **operation.fact(report.on))
        for report, before in pairs
        if before is not None
        for review in before.reviews.order_by("pk")
    )


def _restore_profiles(own: list[int], operation: Operation) -> None:
    """项目档案恢复到本批之前的一版；本批新建的项目没有更早的一版，档案留着，只是不在清单上。"""
    changed = Project.objects.filter(profile__operation__in=own).select_related("profile")
    for project in changed:
        versions = ProjectProfile.objects.filter(project=project).exclude(operation__in=own)
        before = versions.order_by("-revision").first()
        if before is None or project.profile is None:
            continue
        restored = ProjectProfile.objects.create(
            **{**_values(before, ProjectProfile), "revision": project.profile.revision + 1},
            operation=operation,
            recorded_at=operation.at,
        )
        Project.objects.filter(pk=project.pk).update(profile=restored)


def _values(row: Fact, model: type[models.Model]) -> dict[str, Any]:
    return {
        item.attname: getattr(row, item.attname)
        for item in model._meta.concrete_fields
        if item.name not in _NOT_COPIED
    }
