"""专班例会的提醒：开会前三日内提醒一次，过了没有登记的再说一次；随引擎办（种子 D10）。"""

from __future__ import annotations

from datetime import date

from kaopu.audit.models import Operation
from kaopu.domain.days import chinese_day
from kaopu.domain.task_forces import MISSED_LEVEL, call_level
from kaopu.supervision.models import Notice
from kaopu.supervision.queries.task_forces import Convening, convenings, standing_forces


def call_meetings(*, operation: Operation, on: date) -> None:
    """该提醒的例会各发一条通知，给牵头与成员单位；同一次同一级只说一次。"""
    told = set(
        Notice.objects.filter(task_force__isnull=False).values_list("task_force_id", "meeting_on", "level")
    )
    due = [
        (item, level)
        for item in convenings(standing_forces())
        if (level := call_level(item.next_on.on, today=on))
        and (item.force.pk, item.next_on.on, level) not in told
    ]
    Notice.objects.bulk_create(
        Notice(
            level=level, organization=item.force.lead_unit, text=_text(item, level), project=item.force.project,
            task_force=item.force, meeting_on=item.next_on.on, **operation.fact(on),
        )
        for item, level in due
    )  # fmt: skip


def _text(item: Convening, level: int) -> str:
    if level == MISSED_LEVEL:
        return f"{item.force.name}：{chinese_day(item.next_on.on)}应开例会，没有登记。请开会并登记，或登记已开的一次"
    return f"{item.force.name}：{chinese_day(item.next_on.on)}开例会（每{item.force.rhythm_days}天一次）"
