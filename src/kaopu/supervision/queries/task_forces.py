"""专班与它下一次例会。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, QuerySet

from kaopu.accounts.models import OrganizationKind, User
from kaopu.audit.models import Past
from kaopu.domain.escalation import DueDay, is_overdue
from kaopu.domain.task_forces import next_meeting
from kaopu.projects.models import Project
from kaopu.supervision.models import Meeting, TaskForce, TaskForceEnd
from kaopu.tracking.queries import working_calendar


@dataclass(frozen=True, kw_only=True)
class Convening:
    """一个专班的例会：上次哪天开的（没开过为空），下次应哪天开。"""

    force: TaskForce
    last_on: date | None
    next_on: DueDay

    def missed(self, today: date) -> bool:
        """到 ``today`` 漏开了没有。"""
        return is_overdue(self.next_on.on, on=today)


def standing_forces(past: Past | None = None) -> QuerySet[TaskForce]:
    """没有撤销的专班，现在的或当时的。"""
    forces: QuerySet[TaskForce] = TaskForce.objects.seen(past)
    return forces.exclude(end__in=TaskForceEnd.objects.seen(past))


def convenings(forces: QuerySet[TaskForce], past: Past | None = None) -> list[Convening]:
    """各专班上次与下次的例会，现在的或当时的。"""
    held = Q(meetings__in=Meeting.objects.seen(past))
    rows = forces.annotate(held_on=Max("meetings__on", filter=held)).order_by("pk")
    calendar = working_calendar(past)
    return [
        Convening(
            force=force, last_on=force.held_on,
            next_on=next_meeting(
                last_on=force.held_on or force.on, rhythm_days=force.rhythm_days, calendar=calendar
            ),
        )
        for force in rows.select_related("lead_unit", "project__profile").prefetch_related("members")
    ]  # fmt: skip


def convenings_of(project: Project, past: Past | None = None) -> list[Convening]:
    """一个项目的各专班，现在的或当时的；撤销了的不在内。"""
    return convenings(standing_forces(past).filter(project=project), past)


def ended_of(project: Project, past: Past | None = None) -> list[TaskForceEnd]:
    """一个项目撤销了的专班，从近到远。"""
    ends = TaskForceEnd.objects.seen(past).filter(task_force__project=project).select_related("task_force")
    return list(ends.order_by("-on", "-pk"))


def convenings_for(user: User, *, on: date) -> list[Convening]:
    """要某人到会的例会：本单位牵头、参加的；推进办的人看推进办牵头的，与不论谁牵头、漏开了的。"""
    forces = standing_forces()
    if user.is_office:
        return [
            item
            for item in convenings(forces)
            if item.missed(on) or item.force.lead_unit.kind == OrganizationKind.OFFICE
        ]
    if user.organization_id is None:
        return []
    mine = Q(lead_unit=user.organization_id) | Q(members=user.organization_id)
    return convenings(TaskForce.objects.filter(pk__in=forces.filter(mine).values("pk")))
