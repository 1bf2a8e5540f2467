"""停工与复工的写入。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.projects.models import Project
from kaopu.tracking.actions.campaigns import refuse_unplanned
from kaopu.tracking.actions.overlaps import refuse_overlapping, refuse_overrunning
from kaopu.tracking.actions.refusals import DecisionRefused
from kaopu.tracking.models import Resumption, Suspension


@transaction.atomic
def suspend(
    *, projects: Sequence[Project], cause: str, by: User, on: date, plan_approved: bool = False
) -> list[Suspension]:
    """记停工（可一次多个项目）；还停着的、那天已在一次停工之内的拒绝。"""
    refuse_overlapping(projects, on=on)
    operation = record(
        by=by, verb="tracking.suspend", cause=cause, codes=[project.code for project in projects], on=on
    )
    return Suspension.objects.bulk_create(
        Suspension(project=project, cause=cause, plan_approved=plan_approved, **operation.fact(on))
        for project in projects
    )


@transaction.atomic
def resume(*, suspensions: Sequence[Suspension], by: User, on: date, batch: str = "") -> list[Resumption]:
    """记复工；不得早于停工日，不得越过后一次停工；统一停复工的须先有三道意见齐全的复工方案（种子 C10）。"""
    if any(on < suspension.on for suspension in suspensions):
        raise DecisionRefused("复工日期早于停工日期。请核对。")
    refuse_overrunning(suspensions, on=on)
    refuse_unplanned([stop for stop in suspensions if stop.campaigns.exists()], on=on)
    operation = record(
        by=by, verb="tracking.resume", batch=batch, codes=[stop.project.code for stop in suspensions], on=on
    )
    return Resumption.objects.bulk_create(
        Resumption(suspension=suspension, batch=batch, **operation.fact(on)) for suspension in suspensions
    )
