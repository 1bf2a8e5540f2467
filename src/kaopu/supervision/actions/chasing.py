"""催报的通知：催一次，欠着月报的单位收件箱里各有一条，连到那个月的月报台（§4.3）。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from kaopu.accounts.models import Organization, User
from kaopu.projects.models import ProjectYear
from kaopu.supervision.actions.notices import TEXT
from kaopu.supervision.models import Notice
from kaopu.tracking.actions import remind, remind_by_rule
from kaopu.tracking.models import ReportReminder

UNIT_ONLY = 0  # 只给单位，不惊动按层级应知道的各角色


@transaction.atomic
def chase(*, project_years: Sequence[ProjectYear], month: date, by: User, on: date) -> list[ReportReminder]:
    """催报并通知：当天已催过的不重催、不重发；返回这次新催的。"""
    sent = remind(project_years=project_years, month=month, by=by, on=on)
    _notify(sent)
    return sent


@transaction.atomic
def chase_by_rule(*, by: User, on: date) -> list[ReportReminder]:
    """按规则催报并通知；放假安排未发布的年份抛出 ``CalendarUnpublished``。"""
    sent = remind_by_rule(by=by, on=on)
    _notify(sent)
    return sent


def _notify(sent: Iterable[ReportReminder]) -> None:
    """责任单位与建设单位都填报得了（§4.2），各收一条；一个单位一个月一条，不按项目数刷屏。"""
    owed: dict[tuple[date, Organization], list[ReportReminder]] = defaultdict(list)
    for reminder in sent:
        profile = reminder.project_year.project.profile
        units = {profile.responsible_unit, profile.owner} if profile else set()
        for unit in sorted(filter(None, units), key=lambda unit: unit.pk):
            owed[reminder.month, unit].append(reminder)
    Notice.objects.bulk_create(
        Notice(
            level=UNIT_ONLY, organization=unit, text=_text(month, reminders),
            **reminders[0].operation.fact(reminders[0].on),
        )
        for (month, unit), reminders in owed.items()
    )  # fmt: skip


def _text(month: date, reminders: Sequence[ReportReminder]) -> str:
    names = "、".join(str(item.project_year.project.profile) for item in reminders)
    return f"催报{month.year}年{month.month}月月报，{len(reminders)} 个未报或被退回：{names}"[:TEXT]
