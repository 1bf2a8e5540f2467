"""统一停复工的写入：停工、一项一方案、三道意见、白名单批次、未复工原因（种子第二节）。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.causes import Cause
from kaopu.domain.days import chinese_day
from kaopu.domain.suspension import OpinionSide, missing_opinions
from kaopu.projects.models import Project
from kaopu.tracking.actions.overlaps import refuse_overlapping, standing_held
from kaopu.tracking.actions.refusals import DecisionRefused
from kaopu.tracking.models import (
    PlanOpinion,
    ResumptionBatch,
    ResumptionPlan,
    StillStopped,
    Suspension,
    SuspensionCampaign,
)

_PLANNED = ("document", "measures", "resume_on")


@transaction.atomic
def declare_campaign(
    *,
    name: str,
    cause: str,
    target_on: date,
    projects: Sequence[Project],
    by: User,
    on: date,
    is_demo: bool = False,
) -> SuspensionCampaign:
    """统一停工：同一原因、同一天，各项目各记一次停工，定下全面复工的目标日（种子 C12）。

    本来就停着的不另记一次，那一次算在这次统一停工里。
    """
    if target_on <= on:
        raise DecisionRefused("全面复工目标日须晚于停工之日。请核对。")
    standing = standing_held(projects)
    stopping = [project for project in projects if project.pk not in standing]
    refuse_overlapping(stopping, on=on)
    operation = record(
        by=by,
        verb="tracking.declare_campaign",
        cause=cause,
        target_on=target_on,
        name=name,
        codes=[project.code for project in projects],
    )
    campaign: SuspensionCampaign = SuspensionCampaign.objects.create(
        name=name, cause=cause, target_on=target_on, is_demo=is_demo, **operation.fact(on)
    )
    stopped = Suspension.objects.bulk_create(
        Suspension(project=project, cause=cause, **operation.fact(on)) for project in stopping
    )
    campaign.suspensions.set([*standing.values(), *stopped])
    return campaign


@transaction.atomic
def file_plan(
    *, suspension: Suspension, document: str, measures: str, resume_on: date, by: User, on: date
) -> ResumptionPlan:
    """报复工方案“一项一方案”；修订另起一份，意见须重新征求。"""
    if not document.strip() or not measures.strip():
        raise DecisionRefused("请写明方案文件与措施（防疫、人员、安全、进度）。")
    before = ResumptionPlan.objects.live().filter(suspension=suspension).first()
    operation = record(
        by=by, verb="tracking.file_plan", target=suspension,
        before={name: getattr(before, name) for name in _PLANNED} if before else None,
        after={"document": document, "measures": measures, "resume_on": resume_on},
    )  # fmt: skip
    return ResumptionPlan.objects.create(
        suspension=suspension, document=document.strip(), measures=measures.strip(), resume_on=resume_on,
        supersedes=before, **operation.fact(on),
    )  # fmt: skip


@transaction.atomic
def give_opinion(
    *, plan: ResumptionPlan, side: OpinionSide, unit: str, agrees: bool, by: User, on: date, text: str = ""
) -> PlanOpinion:
    """对复工方案出具意见；推进办的一道须在属地、行业都同意之后。"""
    given = {OpinionSide(row.side): row.agrees for row in PlanOpinion.objects.live().filter(plan=plan)}
    if side == OpinionSide.OFFICE and agrees:
        lacking = missing_opinions({**given, OpinionSide.OFFICE: True})
        if lacking:
            raise DecisionRefused(f"还缺{'、'.join(lacking)}，不能审批。请先征求意见。")
    if not agrees and not text.strip():
        raise DecisionRefused("不同意须写明理由。")
    before = PlanOpinion.objects.live().filter(plan=plan, side=side).first()
    operation = record(
        by=by, verb="tracking.give_opinion", target=plan, side=side.value, unit=unit,
        before={"agrees": before.agrees, "text": before.text} if before else None,
        after={"agrees": agrees, "text": text},
    )  # fmt: skip
    return PlanOpinion.objects.create(
        plan=plan, side=side, unit=unit, agrees=agrees, text=text, supersedes=before, **operation.fact(on)
    )


@transaction.atomic
def issue_batch(
    *, campaign: SuspensionCampaign, number: int, issuer: str, suspensions: Sequence[Suspension], by: User, on: date,
    document: str = "",
) -> ResumptionBatch:  # fmt: skip
    """发一批复工白名单（种子 C06）：名单里的都须有已批准的方案，批次号不得重复。"""
    refuse_unplanned(suspensions, on=on)
    if ResumptionBatch.objects.live().filter(campaign=campaign, number=number).exists():
        raise DecisionRefused(f"第{number}批已经发过。请核对批次。")
    operation = record(
        by=by,
        verb="tracking.issue_batch",
        target=campaign,
        number=number,
        codes=[stop.project.code for stop in suspensions],
    )
    batch: ResumptionBatch = ResumptionBatch.objects.create(
        campaign=campaign, number=number, issuer=issuer, document=document, **operation.fact(on)
    )
    batch.suspensions.set(suspensions)
    return batch


@transaction.atomic
def note_still_stopped(
    *, suspension: Suspension, cause: Cause, reason: str, expected_on: date, by: User, on: date
) -> StillStopped:
    """记未复工原因与预计复工日，即答复催报；每月对未复工的刷新一次（种子 C09）。"""
    if not reason.strip():
        raise DecisionRefused("请写明为什么还没有复工。")
    if expected_on <= on:
        raise DecisionRefused(f"预计复工日须晚于{chinese_day(on)}；已经复工的请登记复工。")
    operation = record(
        by=by, verb="tracking.note_still_stopped", target=suspension, reason=reason, cause=cause.value,
        expected_on=expected_on,
    )  # fmt: skip
    return StillStopped.objects.create(
        suspension=suspension,
        cause=cause,
        reason=reason.strip(),
        expected_on=expected_on,
        **operation.fact(on),
    )


def refuse_unplanned(suspensions: Sequence[Suspension], *, on: date) -> None:
    """没有批准的复工方案不能复工：点出是哪个项目、还缺哪道意见。"""
    rows = PlanOpinion.objects.live().filter(
        plan__suspension__in=suspensions, plan__superseded_by=None, on__lte=on
    )
    given: dict[int, dict[OpinionSide, bool]] = {}
    for stop, side, agrees in rows.values_list("plan__suspension_id", "side", "agrees"):
        given.setdefault(stop, {})[OpinionSide(side)] = agrees
    for suspension in suspensions:
        if lacking := missing_opinions(given.get(suspension.pk, {})):
            project = suspension.project
            name = project.profile.name if project.profile else project.code
            raise DecisionRefused(
                f"{name}的复工方案还缺{'、'.join(lacking)}，不能复工。请先办齐“一项一方案”。"
            )
