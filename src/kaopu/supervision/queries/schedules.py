"""倒排计划走到哪里：各节点的最迟日、实际、浮时，今天该做什么（HANDBOOK §5.7；种子 D11）。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.backward import Latest, NodeState, Placed, Progress, placed
from kaopu.domain.workdays import WorkCalendar
from kaopu.projects.models import Project
from kaopu.supervision.models import NodeStart, Schedule, ScheduleNode
from kaopu.tracking.queries import working_calendar
from kaopu.tracking.queries.permits import done_nodes


@dataclass(frozen=True, kw_only=True)
class Row:
    """计划里的一个节点：怎样排的、走到哪里、第一版排在哪里（这一版才有的为空）。"""

    node: ScheduleNode
    at: Placed
    first: Latest | None

    @property
    def moved(self) -> bool:
        """最迟完成之日是否与第一版不同。"""
        return self.first is not None and self.first.finish != self.node.latest_finish


@dataclass(frozen=True, kw_only=True)
class Standing:
    """一版现行的倒排计划与它的各节点。"""

    schedule: Schedule
    rows: tuple[Row, ...]
    version: int

    @property
    def out_of_float(self) -> list[Row]:
        """已无浮时的节点。"""
        return [row for row in self.rows if row.at.state is NodeState.NO_FLOAT]

    def due_today(self, today: date) -> list[Row]:
        """今日应做的节点。"""
        return [row for row in self.rows if row.at.due_today(today)]

    @property
    def provisional(self) -> bool:
        """是否途经放假安排未发布的年份。"""
        return any(row.node.provisional for row in self.rows)


def schedules_of(project: Project, *, on: date, past: Past | None = None) -> list[Standing]:
    """一个项目现行的各倒排计划，按目标日先后；现在的或当时的。"""
    schedules = Schedule.objects.seen(past).filter(project=project).select_related("task_force")
    found = list(schedules.order_by("due_on", "pk"))
    if not found:
        return []
    progress = node_progress(project, past)
    versions = _versions(project, {item.target for item in found})
    calendar = working_calendar(past)
    return [_standing(item, versions[item.target], progress, on, calendar) for item in found]


def node_progress(project: Project, past: Past | None = None) -> dict[str, Progress]:
    """一个项目各节点几时开始、几时办结。"""
    starts = NodeStart.objects.seen(past).filter(project=project).values_list("node", "on")
    started, done = dict(starts), done_nodes(project, past)
    return {
        name: Progress(started_on=started.get(name), done_on=done.get(name)) for name in {*started, *done}
    }


def _versions(project: Project, targets: Iterable[str]) -> dict[str, list[Schedule]]:
    """各目标历来的各版，从早到晚。"""
    found: dict[str, list[Schedule]] = {target: [] for target in targets}
    for item in Schedule.objects.filter(project=project, target__in=found).order_by("pk"):
        found[item.target].append(item)
    return found


def _standing(
    schedule: Schedule, versions: list[Schedule], progress: Mapping[str, Progress], on: date,
    calendar: WorkCalendar,
) -> Standing:  # fmt: skip
    nodes = list(schedule.nodes.select_related("lead_unit").order_by("position"))
    first = {node.name: node.latest for node in versions[0].nodes.all()} if versions[0] != schedule else {}
    at = placed(
        [node.planned for node in nodes], {node.name: node.latest for node in nodes}, progress,
        today=on, calendar=calendar,
    )  # fmt: skip
    by_name = {node.name: node for node in nodes}
    return Standing(
        schedule=schedule, version=versions.index(schedule) + 1,
        rows=tuple(
            Row(node=by_name[item.node.name], at=item, first=first.get(item.node.name)) for item in at
        ),
    )  # fmt: skip


def due_nodes(user: User, *, on: date) -> list[tuple[Project, Row]]:
    """某人今日应做的节点：本单位牵头的；推进办的人看推进办牵头的与已无浮时的。"""
    nodes = ScheduleNode.objects.filter(schedule__in=Schedule.objects.live())
    if not user.is_office:
        if user.organization_id is None:
            return []
        nodes = nodes.filter(lead_unit=user.organization_id)
    projects = Project.objects.filter(pk__in=nodes.values("schedule__project")).select_related("profile")
    return [
        (project, row)
        for project in projects.order_by("code")
        for standing in schedules_of(project, on=on)
        for row in standing.due_today(on)
        if row.node.lead_unit_id == user.organization_id
        or (user.is_office and row.at.state is NodeState.NO_FLOAT)
    ]
