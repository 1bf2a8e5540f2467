"""推进办各页顶上的警报：引擎漏跑，未复工原因逾期没有报。"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from kaopu.accounts.models import User
from kaopu.audit.remembering import until_facts_change
from kaopu.supervision.queries.clock import engine_alarm
from kaopu.tracking.queries.demands import waiting_demands


class Alarm(NamedTuple):
    """一条警报；``about`` 为 ``stops`` 的，成员是停复工页上逾期未报的各项目。"""

    text: str
    about: str


def office_alarms(user: User, *, on: date) -> list[Alarm]:
    """推进办的人此刻该看到的警报；别人没有。"""
    if not user.is_office:
        return []
    found = [Alarm(engine_alarm(), "engine"), Alarm(_late_demands(on), "stops")]
    return [alarm for alarm in found if alarm.text]


@until_facts_change()
def _late_demands(on: date) -> str:
    late = {demand.suspension_id: demand for demand in waiting_demands(on=on).filter(due_on__lt=on)}
    if not late:
        return ""
    projects = [demand.suspension.project for demand in late.values()]
    named = "、".join(project.profile.name if project.profile else project.code for project in projects[:3])
    return f"{named}{'等' if len(projects) > 3 else ''} {len(projects)} 个停工项目逾期没有报未复工原因。请到“停复工”催报。"
