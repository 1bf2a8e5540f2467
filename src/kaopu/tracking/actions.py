"""月度跟踪的写入：计划、月报、达成、认定、停复工、月末评定。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.projects.models import AnnualGoal, Level, ListEntry, MonthlyPlan, Project, ProjectYear
from kaopu.tracking.models import (
    GoalAchievement,
    LagReason,
    MonthlyReport,
    OfficeNote,
    OutcomeDecision,
    ReportingPeriod,
    Resumption,
    RuleSet,
    Suspension,
    Verdict,
)


class MonthFrozen(Exception):
    """该月已冻结，不再收月报。"""


class StaleReport(Exception):
    """页面打开之后，这份月报已有更新的一版。"""


class DecisionRefused(Exception):
    """认定或记录不合规，理由见信息。"""


def _fact(operation: Operation, on: date) -> dict[str, Any]:
    return {"on": on, "recorded_at": operation.at, "operation": operation}


def _changes(
    rows: Sequence[Mapping[str, Any]], current: Mapping[tuple[int, date], Any]
) -> tuple[list[bool], list[dict[str, Any]]]:
    """逐行与现行一版比较：每行是否有变化，以及要写入的行（带 ``supersedes``）。"""
    fresh, changed = [], []
    for row in rows:
        before = current.get((row["project_year"].pk, row["month"]))
        differs = (
            before is None
            or before.voided
            or any(getattr(before, name) != value for name, value in row.items())
        )
        changed.append(differs)
        if differs:
            fresh.append({**row, "supersedes": before})
    return changed, fresh


@transaction.atomic
def save_plans(*, rows: Sequence[Mapping[str, Any]], by: User, on: date, source: str = "page") -> list[bool]:
    """写入月度计划；每行须有 ``project_year`` 与 ``month``，其余为 ``MonthlyPlan`` 字段。"""
    operation = record(by=by, verb="tracking.save_plans", source=source, rows=len(rows))
    years = {row["project_year"].pk for row in rows}
    tails = MonthlyPlan.objects.tails().filter(project_year__in=years)
    current = {(plan.project_year_id, plan.month): plan for plan in tails}
    changed, fresh = _changes(rows, current)
    MonthlyPlan.objects.bulk_create(MonthlyPlan(**row, **_fact(operation, on)) for row in fresh)
    return changed


def open_period(month: date) -> ReportingPeriod:
    """取得并锁住月份行，直到事务结束；已冻结则抛出 ``MonthFrozen``（TRUST §1 规则 3）。"""
    ReportingPeriod.objects.get_or_create(month=month)
    period = ReportingPeriod.objects.select_for_update().get(month=month)
    if period.frozen_at is not None:
        raise MonthFrozen(f"{month:%Y年%m月}已关账冻结，不再收月报。如有更正，请在未关账的月份说明。")
    return period


@transaction.atomic
def save_reports(
    *, month: date, rows: Sequence[Mapping[str, Any]], by: User, on: date, source: str = "page"
) -> list[bool]:
    """写入一个月的月报；每行须有 ``project_year``，其余为 ``MonthlyReport`` 字段。月份已冻结则整批拒绝。"""
    open_period(month)
    operation = record(by=by, verb="tracking.save_reports", source=source, month=month, rows=len(rows))
    tails = MonthlyReport.objects.tails().filter(
        month=month, project_year__in={row["project_year"].pk for row in rows}
    )
    current = {(report.project_year_id, report.month): report for report in tails}
    rows = [{**row, "month": month} for row in rows]
    changed, fresh = _changes(rows, current)
    MonthlyReport.objects.bulk_create(MonthlyReport(**row, **_fact(operation, on)) for row in fresh)
    return changed


@transaction.atomic
def submit_report(
    *, project_year: ProjectYear, month: date, seen: int | None, by: User, on: date, **fields: Any
) -> MonthlyReport:
    """报出一份月报。``seen`` 是填报人打开页面时所见的一版；其后已有新版则抛出 ``StaleReport``，什么也不改。"""
    open_period(month)
    tail = MonthlyReport.objects.tails().filter(project_year=project_year, month=month).first()
    if (tail.pk if tail and not tail.voided else None) != seen:
        raise StaleReport("这份月报在您打开页面之后已由他人报出新版。请核对下方两版后重新报出。")
    operation = record(by=by, verb="tracking.submit_report", target=project_year, month=month, after=fields)
    try:
        with transaction.atomic():
            return MonthlyReport.objects.create(
                project_year=project_year, month=month, supersedes=tail, **fields, **_fact(operation, on)
            )
    except IntegrityError as error:
        raise StaleReport("这份月报刚刚由他人报出。请刷新后核对。") from error


@transaction.atomic
def record_achievement(
    *, goal: AnnualGoal, reached: GoalType, evidence: str, verified_by: str, by: User, on: date
) -> GoalAchievement:
    """记目标达成。须有佐证与核实人；所达节点如实记录，是否算完成由规则判定。"""
    if not evidence.strip() or not verified_by.strip():
        raise DecisionRefused("请写明佐证（验收单号、文件或照片编号）与核实人。")
    operation = record(
        by=by, verb="tracking.record_achievement", target=goal, reached=reached.value, evidence=evidence
    )
    return GoalAchievement.objects.create(
        goal=goal, reached=reached, evidence=evidence, verified_by=verified_by, **_fact(operation, on)
    )


@transaction.atomic
def record_decision(
    *,
    project_year: ProjectYear,
    outcome: Outcome,
    document: str,
    reason: str,
    by: User,
    on: date,
    measures: str = "",
) -> OutcomeDecision:
    """记认定（种子 F07、F08）。无文件不认定；区属只认定无法完成与停止实施，市属评定须注明市里文件。"""
    if not document.strip():
        raise DecisionRefused(
            f"认定“{OUTCOME_LABELS[outcome]}”须有依据文件。请填写会议纪要或文件名称与文号。"
        )
    entry = ListEntry.objects.live().get(project_year=project_year)
    if entry.level == Level.DISTRICT and outcome not in (Outcome.UNACHIEVABLE, Outcome.STOPPED):
        raise DecisionRefused(f"“{OUTCOME_LABELS[outcome]}”由目标达成记录判定，不能直接认定。")
    operation = record(
        by=by,
        verb="tracking.record_decision",
        target=project_year,
        reason=reason,
        outcome=outcome.value,
        document=document,
    )
    return OutcomeDecision.objects.create(
        project_year=project_year, outcome=outcome, document=document, reason=reason, measures=measures,
        **_fact(operation, on),
    )  # fmt: skip


@transaction.atomic
def record_lag_reason(
    *, project_years: Sequence[ProjectYear], cause: str, by: User, on: date, next_step: str = ""
) -> list[LagReason]:
    """为若干年度项目记同一个滞后原因（种子 F04）。"""
    operation = record(by=by, verb="tracking.record_lag_reason", cause=cause, count=len(project_years))
    return LagReason.objects.bulk_create(
        LagReason(project_year=item, cause=cause, next_step=next_step, **_fact(operation, on))
        for item in project_years
    )


@transaction.atomic
def suspend(
    *, projects: Sequence[Project], cause: str, by: User, on: date, plan_approved: bool = False
) -> list[Suspension]:
    """记停工（可一次多个项目）。"""
    operation = record(by=by, verb="tracking.suspend", cause=cause, count=len(projects))
    return Suspension.objects.bulk_create(
        Suspension(project=project, cause=cause, plan_approved=plan_approved, **_fact(operation, on))
        for project in projects
    )


@transaction.atomic
def resume(*, suspensions: Sequence[Suspension], by: User, on: date, batch: str = "") -> list[Resumption]:
    """记复工；复工日不得早于停工日。"""
    if any(on < suspension.on for suspension in suspensions):
        raise DecisionRefused("复工日期早于停工日期。请核对。")
    operation = record(by=by, verb="tracking.resume", batch=batch, count=len(suspensions))
    return Resumption.objects.bulk_create(
        Resumption(suspension=suspension, batch=batch, **_fact(operation, on)) for suspension in suspensions
    )


@transaction.atomic
def note_progress(*, project: Project, year: int, text: str, by: User, on: date) -> OfficeNote:
    """记一句年度进展，供年末总结引用。"""
    operation = record(by=by, verb="tracking.note_progress", target=project)
    return OfficeNote.objects.create(project=project, year=year, text=text, **_fact(operation, on))


@transaction.atomic
def freeze_month(
    *, month: date, verdicts: Sequence[Mapping[str, Any]], rule_set: RuleSet, by: User, on: date
) -> Operation:
    """月末冻结：存下每个年度项目的评定并关上月份行，一个事务。已冻结则抛出 ``MonthFrozen``。"""
    period = open_period(month)
    operation = record(
        by=by, verb="tracking.freeze_month", target=period, month=month, verdicts=len(verdicts)
    )
    Verdict.objects.bulk_create(
        Verdict(month=month, rule_set=rule_set, **verdict, **_fact(operation, on)) for verdict in verdicts
    )
    period.frozen_at = timezone.now()
    period.save(update_fields=["frozen_at"])
    return operation
