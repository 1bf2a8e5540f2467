"""月度计划的报审：报一稿、初审、审定；审定了才成为计划（§4.2、种子 B06）。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.commitments import falls, plan_gap
from kaopu.domain.money import in_text
from kaopu.domain.reporting import (
    STATE_LABELS,
    ReportState,
    ReportVerb,
    VerbRefused,
    next_state,
    passed_on_filing,
    state_after,
)
from kaopu.domain.rights import Role
from kaopu.projects.models import ListEntry, MonthlyPlan, PlanProposal, PlanReview, ProjectYear


class PlanRefused(Exception):
    """计划不合规，理由与办法见信息。"""


class PlanStale(Exception):
    """打开页面之后，计划已有新稿，或同一步已由他人办了。"""


@transaction.atomic
def propose_plan(
    *,
    project_year: ProjectYear,
    lines: Sequence[Mapping[str, Any]],
    seen: int | None,
    by: User,
    on: date,
    reason: str = "",
) -> PlanProposal:
    """报一稿计划；``lines`` 每行有 ``month``（日期）、``work``、``investment_yuan``、``progress``（Decimal 或空）。

    各月之和须等于年度计划投资；累计进度不得回落；已有审定的计划再报须写调整理由。
    """
    latest = PlanProposal.objects.live().filter(project_year=project_year).select_for_update(of=("self",))
    current: PlanProposal | None = latest.first()
    if (current.pk if current else None) != seen:
        raise PlanStale("这份计划在您打开页面之后已有新稿。请刷新，核对后再报。")
    adjusting = MonthlyPlan.objects.live().filter(project_year=project_year).exists()
    _refuse_unsound(project_year, lines)
    if adjusting and not reason.strip():
        raise PlanRefused("计划已经审定过。调整须写理由；年初计划照样保留，两份并列。")
    stored = [_stored(line) for line in lines]
    operation = record(
        by=by, verb="projects.propose_plan", target=project_year, reason=reason,
        before={"lines": current.lines} if current else None, after={"lines": stored},
    )  # fmt: skip
    try:
        with transaction.atomic():
            proposal: PlanProposal = PlanProposal.objects.create(
                project_year=project_year, lines=stored, reason=reason,
                supersedes=current, **operation.fact(on),
            )  # fmt: skip
    except IntegrityError as error:
        raise PlanStale("这份计划刚刚由他人报出新稿。请刷新后核对。") from error
    PlanReview.objects.bulk_create(
        PlanReview(proposal=proposal, verb=verb, **operation.fact(on))
        for verb in passed_on_filing(Role(by.role))
    )
    return proposal


def _refuse_unsound(project_year: ProjectYear, lines: Sequence[Mapping[str, Any]]) -> None:
    entry = ListEntry.objects.live().get(project_year=project_year)
    gap = plan_gap([line["investment_yuan"] for line in lines], entry.planned_investment_yuan)
    if gap:
        side = "多" if gap > 0 else "少"
        raise PlanRefused(
            f"各月计划投资之和比年度计划投资{in_text(entry.planned_investment_yuan)}{side} {in_text(abs(gap))}。"
            "请改到相等；年度计划投资有误的，先请推进办改清单。"
        )
    if falls([line["progress"] for line in lines]):
        raise PlanRefused("累计进度逐月只增不减。请改正回落的月份。")


def _stored(line: Mapping[str, Any]) -> dict[str, Any]:
    progress = line["progress"]
    return {
        "month": line["month"].isoformat(),
        "work": line["work"],
        "investment_yuan": line["investment_yuan"],
        "progress": None if progress is None else str(progress),
    }


def plan_state(proposal: PlanProposal | None) -> ReportState:
    """一稿计划走到哪一步；手上已有审核的（如当时的几步）按手上的算。"""
    if proposal is None:
        return ReportState.MISSING
    reviews = sorted(proposal.reviews.all(), key=lambda review: review.pk)
    return state_after(ReportVerb(review.verb) for review in reviews)


@transaction.atomic
def review_plan(
    *, proposal: PlanProposal, verb: ReportVerb, by: User, on: date, reason: str = ""
) -> PlanReview:
    """审一稿：初审、审定或退回（须写理由）。审定即写入月度计划；报的人不得审定自己报的。"""
    if verb is ReportVerb.RETURN and not reason.strip():
        raise PlanRefused("退回须写明理由，报的人才知道改什么。")
    live = PlanProposal.objects.live().filter(pk=proposal.pk).select_for_update(of=("self",))
    current: PlanProposal | None = live.select_related("operation", "project_year").first()
    if current is None:
        raise PlanStale("这份计划已有新稿。请刷新，核对新稿后再审。")
    if verb is ReportVerb.ACCEPT and current.operation.actor_id == by.pk:
        raise PlanRefused("这份计划是您报的，须由另一人审定。")
    state = plan_state(current)
    if (state, verb) == (ReportState.ACCEPTED, ReportVerb.RETURN):
        raise PlanStale("这份计划已审定并写入，不再退回。要调整请另报一稿。")
    try:
        after = next_state(state, verb)
    except VerbRefused as error:
        raise PlanStale(str(error).replace("月报", "计划")) from error
    operation = record(
        by=by, verb=f"projects.plan_{verb.value}", target=proposal, reason=reason,
        before={"state": STATE_LABELS[state]}, after={"state": STATE_LABELS[after]},
    )  # fmt: skip
    review: PlanReview = PlanReview.objects.create(
        proposal=current, verb=verb, reason=reason, **operation.fact(on)
    )
    if verb is ReportVerb.ACCEPT:
        _write(current, operation.fact(on))
    return review


def _write(proposal: PlanProposal, fact: Mapping[str, Any]) -> None:
    """审定的一稿写入月度计划：只写有变化的月份，原来的一行永在。"""
    tails = MonthlyPlan.objects.tails().filter(project_year=proposal.project_year)
    current = {plan.month: plan for plan in tails}
    fresh = []
    for line in proposal.lines:
        month = date.fromisoformat(line["month"])
        values = {
            "planned_work": line["work"],
            "planned_investment_yuan": line["investment_yuan"],
            "planned_progress_percent": None if line["progress"] is None else Decimal(line["progress"]),
        }
        before = current.get(month)
        same = before is not None and not before.voided
        if same and all(getattr(before, name) == value for name, value in values.items()):
            continue
        fresh.append(
            MonthlyPlan(project_year=proposal.project_year, month=month, supersedes=before, **values, **fact)
        )
    MonthlyPlan.objects.bulk_create(fresh)
