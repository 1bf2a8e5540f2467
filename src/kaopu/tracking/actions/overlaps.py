"""同一项目的几次停工互不相交（TRUST §4 第 18 条）：先锁住项目再核对，两人同时报也只记一次。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from kaopu.domain.suspension import resumption_clash, stop_clash
from kaopu.projects.actions import hold_projects
from kaopu.projects.models import Project
from kaopu.tracking.actions.refusals import DecisionRefused
from kaopu.tracking.models import Resumption, Suspension

_Span = tuple[Suspension, date | None]


def standing_held(projects: Sequence[Project]) -> dict[int, Suspension]:
    """锁住几个项目，返回其中还停着的各是哪一次停工。"""
    hold_projects(projects)
    spans = _spans([project.pk for project in projects])
    return {key: stop for key, rows in spans.items() for stop, end in rows if end is None}


def refuse_overlapping(projects: Sequence[Project], *, on: date) -> None:
    """``on`` 日起停会与已记的停工相交的，点名拒绝。"""
    hold_projects(projects)
    spans = _spans([project.pk for project in projects])
    for project in projects:
        if clash := stop_clash([(stop.on, end) for stop, end in spans[project.pk]], on=on):
            raise DecisionRefused(f"{_named(project)}{clash}。请核对停工之日。")


def refuse_overrunning(suspensions: Sequence[Suspension], *, on: date) -> None:
    """复工之日越过了同一项目后一次停工的，点名拒绝。"""
    hold_projects([stop.project for stop in suspensions])
    spans = _spans([stop.project_id for stop in suspensions])
    for stop in suspensions:
        later = [row.on for row, _ in spans[stop.project_id] if row.pk != stop.pk]
        if clash := resumption_clash(later, stopped_on=stop.on, resumed_on=on):
            raise DecisionRefused(f"{_named(stop.project)}{clash}。请核对复工之日。")


def _spans(keys: Sequence[int]) -> dict[int, list[_Span]]:
    """各项目已记的停工与复工之日。"""
    ends = dict(
        Resumption.objects.live().filter(suspension__project__in=keys).values_list("suspension_id", "on")
    )
    found: dict[int, list[_Span]] = defaultdict(list)
    for stop in Suspension.objects.live().filter(project__in=keys).order_by("on", "pk"):
        found[stop.project_id].append((stop, ends.get(stop.pk)))
    return found


def _named(project: Project) -> str:
    return project.profile.name if project.profile else project.code
