"""等某人批的申请：计划、目标变更、档案变更、施工许可、关账后更正，列在他的待办页上（§4.2）。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from kaopu.accounts.models import User
from kaopu.domain.reporting import ReportVerb, act_for, reviews_at
from kaopu.domain.rights import Act, Thing
from kaopu.projects.actions.plans import plan_state
from kaopu.projects.models import GoalChange, Permit, PlanProposal, ProfileChange, Project
from kaopu.tracking.queries.reports import pending_corrections


@dataclass(frozen=True, kw_only=True)
class Awaiting:
    """一件待批的：什么事、哪个项目、谁在何日报的；``page`` 为办它的页，``year``、``month`` 有则带上。"""

    label: str
    page: str
    project: Project
    on: date
    actor: str
    year: int | None = None
    month: date | None = None


def awaiting_ruling(user: User) -> list[Awaiting]:
    """某人有权批、还没有批的，先报的在前；自己报的由别人批，不列。"""
    found = [*_plans(user), *_goals(user), *_profiles(user), *_permits(user), *_corrections(user)]
    return sorted(found, key=lambda item: (item.on, item.project.code))


def _plans(user: User) -> Iterator[Awaiting]:
    proposals = PlanProposal.objects.live().exclude(reviews__verb=ReportVerb.ACCEPT)
    proposals = proposals.exclude(reviews__verb=ReportVerb.RETURN)
    for item in _rows(proposals, user, Thing.MONTHLY_PLAN, "project_year__project"):
        state = plan_state(item)
        acts = {act_for(state, verb) for verb in reviews_at(state)}
        if any(user.may(Thing.MONTHLY_PLAN, act) for act in acts):
            yield _one(item, "月度计划", "plan_edit", item.project_year.project, year=item.project_year.year)


def _goals(user: User) -> Iterator[Awaiting]:
    if user.may(Thing.ANNUAL_GOAL, Act.APPROVE):
        changes = GoalChange.objects.unruled()
        for item in _rows(changes, user, Thing.ANNUAL_GOAL, "goal__project_year__project"):
            year = item.goal.project_year
            yield _one(item, "目标变更", "goal_commitments", year.project, year=year.year)


def _profiles(user: User) -> Iterator[Awaiting]:
    if user.may(Thing.PROJECT, Act.APPROVE):
        for item in _rows(ProfileChange.objects.unruled(), user, Thing.PROJECT, "project"):
            yield _one(item, "档案变更", "project_profile", item.project)


def _permits(user: User) -> Iterator[Awaiting]:
    if user.may(Thing.PERMIT, Act.APPROVE):
        permits = Permit.objects.unruled().filter(awaits_ruling=True)
        for item in _rows(permits, user, Thing.PERMIT, "project"):
            yield _one(item, item.node, "permit_list", item.project)


def _corrections(user: User) -> Iterator[Awaiting]:
    if user.may(Thing.MONTHLY_REPORT, Act.APPROVE):
        for item in _others(pending_corrections(), user):
            yield _one(item, "关账后更正", "report_correction", item.project_year.project, month=item.month)


def _rows(found: QuerySet[Any], user: User, thing: Thing, project: str) -> Iterator[Any]:
    """看得见的项目上的，连同项目与办理人。"""
    seen = found.filter(**{f"{project}__in": Project.objects.visible_to(user, thing)})
    return _others(seen.select_related("operation", f"{project}__profile"), user)


def _others(found: Iterable[Any], user: User) -> Iterator[Any]:
    return (item for item in found if item.operation.actor_id != user.pk)


def _one(item: Any, label: str, page: str, project: Project, **extra: Any) -> Awaiting:
    return Awaiting(label=label, page=page, project=project, on=item.on, actor=item.operation.actor, **extra)
