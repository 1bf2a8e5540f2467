"""登记的写入：达成、认定、滞后原因、进展纪要。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.attachments import Received, cited, traced
from kaopu.domain.causes import Cause
from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.projects.actions import attach
from kaopu.projects.models import AnnualGoal, Level, ListEntry, Project, ProjectYear
from kaopu.tracking.actions.refusals import DecisionRefused
from kaopu.tracking.models import (
    GoalAchievement,
    LagReason,
    OfficeNote,
    OutcomeDecision,
)


@transaction.atomic
def record_achievement(
    *,
    goal: AnnualGoal,
    reached: GoalType,
    evidence: str,
    verified_by: str,
    by: User,
    on: date,
    attachments: Sequence[Received] = (),
) -> GoalAchievement:
    """记目标达成。须有佐证（文字或附件）与核实人；所达节点如实记录，是否算完成由规则判定。"""
    evidence = cited(evidence, attachments)
    if not evidence.strip() or not verified_by.strip():
        raise DecisionRefused("请写明佐证（验收单号、文件名称与文号），或附上照片、文件；并写明核实人。")
    operation = record(
        by=by, verb="tracking.record_achievement", target=goal, reached=reached.value, evidence=evidence,
        **traced(attachments),
    )  # fmt: skip
    achievement: GoalAchievement = GoalAchievement.objects.create(
        goal=goal, reached=reached, evidence=evidence, verified_by=verified_by, **operation.fact(on)
    )
    attach(received=attachments, operation=operation, on=on, project=goal.project_year.project)
    return achievement


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
        document=document,
        before=_decided(project_year),
        after={"outcome": outcome.value, "measures": measures},
    )
    return OutcomeDecision.objects.create(
        project_year=project_year, outcome=outcome, document=document, reason=reason, measures=measures,
        **operation.fact(on),
    )  # fmt: skip


def _decided(project_year: ProjectYear) -> dict[str, str] | None:
    """此前最近一次认定。"""
    last = OutcomeDecision.objects.live().filter(project_year=project_year).order_by("on", "pk").last()
    return {"outcome": last.outcome, "measures": last.measures} if last else None


@transaction.atomic
def record_lag_reason(
    *,
    project_years: Sequence[ProjectYear],
    category: Cause,
    cause: str,
    by: User,
    on: date,
    next_step: str = "",
) -> list[LagReason]:
    """为若干年度项目记同一个滞后原因（种子 F04）。"""
    operation = record(
        by=by,
        verb="tracking.record_lag_reason",
        category=category.value,
        cause=cause,
        next_step=next_step,
        codes=[item.project.code for item in project_years],
    )
    return LagReason.objects.bulk_create(
        LagReason(
            project_year=item, category=category, cause=cause, next_step=next_step, **operation.fact(on)
        )
        for item in project_years
    )


@transaction.atomic
def note_progress(*, project: Project, year: int, text: str, by: User, on: date) -> OfficeNote:
    """记一句年度进展，供年末总结引用。"""
    operation = record(by=by, verb="tracking.note_progress", target=project, year=year, text=text)
    return OfficeNote.objects.create(project=project, year=year, text=text, **operation.fact(on))
