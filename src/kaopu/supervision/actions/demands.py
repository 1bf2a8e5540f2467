"""催报未复工原因：每月一次，随引擎办；过了期限没有答复的在推进办各页报警（种子 C09、C11）。"""

from __future__ import annotations

from datetime import date

from kaopu.accounts.models import User
from kaopu.audit.models import Operation
from kaopu.domain.coordination import Rules
from kaopu.domain.days import chinese_day
from kaopu.supervision.actions.issues import unit_of
from kaopu.supervision.actions.steps import office
from kaopu.supervision.models import Notice
from kaopu.tracking.models import StillStoppedDemand
from kaopu.tracking.queries.demands import owing_stops


def demand_reasons(*, operation: Operation, rules: Rules, by: User, on: date) -> None:
    """为过了目标日（或没有目标日）还停着的各发一件催报，限 L1 的工作日数答复；当月催过的不重催。"""
    stops = owing_stops(on=on)
    demands = StillStoppedDemand.objects.bulk_create(
        StillStoppedDemand(
            suspension=stop, month=on.replace(day=1), due_on=rules.due(on, 1), **operation.fact(on)
        )
        for stop in stops
    )
    Notice.objects.bulk_create(
        Notice(
            level=1, organization=unit_of(demand.suspension.project) or office(by),
            project=demand.suspension.project, demand=demand, text=f"{demand}，请于{chinese_day(demand.due_on)}前填报",
            **operation.fact(on),
        )
        for demand in demands
    )  # fmt: skip
