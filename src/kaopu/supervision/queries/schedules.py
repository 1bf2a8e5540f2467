"""倒排计划走到哪里：各节点的最迟日、实际、浮时，今天该做什么（HANDBOOK §5.7；种子 D11）。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.audit.models import Past
from kaopu.domain.backward import Latest, NodeState, Placed, Progress, carried_on, placed
from kaopu.domain.backward_rules import CARRIED_ON
from kaopu.domain.workdays import WorkCalendar
from kaopu.projects.models import Project
from kaopu.supervision.models import NodeStart, Schedule, ScheduleNode
from kaopu.tracking.queries import working_calendar
from kaopu.tracking.queries.permits import Attained, attained_nodes


@dataclass(frozen=True, kw_only=True)
class Row:
    """计划里的一个节点：怎样排的、走到哪里、第一版排在哪里（这一版才有的为空）。"""

    node: ScheduleNode
    at: Placed
    first: Latest | None

    @property
    def led_by_office(self) -> bool:
        """是否推进办牵头的；推进办的账号多半没有写单位。"""
        return self.node.lead_unit.kind == OrganizationKind.OFFICE

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
    lapsed: tuple[str, ...] = ()  # 办过而已过期、须重办的节点

    @property
    def out_of_float(self) -> list[Row]:
        """已无浮时的节点。"""
        return [row for row in self.rows if row.at.state is NodeState.NO_FLOAT]

    @property
    def critical(self) -> list[Row]:
        """浮时为零的节点：一天也不能再拖（§5.7）。"""
        return [row for row in self.rows if row.at.state is NodeState.CRITICAL]

    def due_today(self, today: date) -> list[Row]:
        """今日应做的节点。"""
        return [row for row in self.rows if row.at.due_today(today)]

    @property
    def provisional(self) -> bool:
        """是否途经放假安排未发布的年份。"""
        return any(row.node.provisional for row in self.rows)


def schedules_of(project: Project, *, on: date, past: Past | None = None) -> list[Standing]:
    """一个项目现行的各倒排计划，按目标日先后；现在的或当时的。"""
    return _standings(Schedule.objects.seen(past).filter(project=project), on, past)


def _standings(found: QuerySet[Schedule], on: date, past: Past | None = None) -> list[Standing]:
    """各版计划走到哪里；问几次库与有几版无关。"""
    schedules = list(
        found.select_related("task_force", "project__profile").order_by("project__code", "due_on", "pk")
    )
    if not schedules:
        return []
    projects = {item.project_id for item in schedules}
    versions = _versions(schedules)
    firsts = {item.pk: chain[0].pk for item in schedules if (chain := versions[item.project_id, item.target])}
    nodes = _nodes({*firsts, *firsts.values()})
    reached = _Reached(
        starts=_starts(projects, past), attained=attained_nodes(projects, on=on, past=past), on=on,
        calendar=working_calendar(past),
    )  # fmt: skip
    return [
        _standing(
            item, nodes[item.pk], reached,
            version=versions[item.project_id, item.target].index(item) + 1,
            first=nodes[firsts[item.pk]] if firsts[item.pk] != item.pk else [],
        )
        for item in schedules
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Reached:
    """到 ``on`` 日各项目的节点几时开始、几时办结。"""

    starts: Mapping[int, Mapping[str, date]]
    attained: Mapping[int, Attained]
    on: date
    calendar: WorkCalendar

    def progress(self, project: int) -> dict[str, Progress]:
        started, done = self.starts.get(project, {}), self.attained[project].done
        return {
            name: Progress(started_on=started.get(name), done_on=done.get(name)) for name in {*started, *done}
        }


def _starts(projects: Collection[int], past: Past | None) -> dict[int, dict[str, date]]:
    found: dict[int, dict[str, date]] = defaultdict(dict)
    rows = NodeStart.objects.seen(past).filter(project__in=projects)
    for project, node, on in rows.values_list("project", "node", "on"):
        found[project][node] = on
    return found


def _versions(schedules: Collection[Schedule]) -> dict[tuple[int, str], list[Schedule]]:
    """各项目各目标的各版，从早到晚；作废之后另起，不与作废的比。"""
    found: dict[tuple[int, str], list[Schedule]] = defaultdict(list)
    projects = {item.project_id for item in schedules}
    for item in Schedule.objects.filter(project__in=projects).order_by("pk"):
        if item.voided:
            found[item.project_id, item.target] = []
        else:
            found[item.project_id, item.target].append(item)
    return found


def _nodes(schedules: Collection[int]) -> dict[int, list[ScheduleNode]]:
    found: dict[int, list[ScheduleNode]] = defaultdict(list)
    rows = ScheduleNode.objects.filter(schedule__in=schedules).select_related("lead_unit")
    for node in rows.order_by("schedule", "position"):
        found[node.schedule_id].append(node)
    return found


def _standing(
    schedule: Schedule, nodes: Sequence[ScheduleNode], reached: _Reached, *, version: int,
    first: Sequence[ScheduleNode],
) -> Standing:  # fmt: skip
    planned = [node.planned for node in nodes]
    at = placed(
        planned, {node.name: node.latest for node in nodes},
        carried_on(planned, reached.progress(schedule.project_id), CARRIED_ON),
        today=reached.on, calendar=reached.calendar,
    )  # fmt: skip
    by_name, before = {node.name: node for node in nodes}, {node.name: node.latest for node in first}
    lapsed = reached.attained[schedule.project_id].lapsed
    return Standing(
        schedule=schedule, version=version, lapsed=tuple(node.name for node in nodes if node.name in lapsed),
        rows=tuple(
            Row(node=by_name[item.node.name], at=item, first=before.get(item.node.name)) for item in at
        ),
    )  # fmt: skip


def led_nodes(project: Project, unit: Organization | None) -> frozenset[str]:
    """一个项目现行的倒排计划里由某单位牵头的节点。"""
    if unit is None:
        return frozenset()
    nodes = ScheduleNode.objects.filter(
        schedule__in=Schedule.objects.live(), schedule__project=project, lead_unit=unit
    )
    return frozenset(nodes.values_list("name", flat=True))


def due_nodes(user: User, *, on: date) -> list[tuple[Project, Row]]:
    """某人今日应做的节点：本单位牵头的；推进办的人看推进办牵头的与已无浮时的。"""
    nodes = ScheduleNode.objects.filter(schedule__in=Schedule.objects.live())
    if not user.is_office:
        if user.organization_id is None:
            return []
        nodes = nodes.filter(lead_unit=user.organization_id)
    schedules = Schedule.objects.live().filter(pk__in=nodes.values("schedule"))
    return [
        (standing.schedule.project, row)
        for standing in _standings(schedules, on)
        for row in standing.due_today(on)
        if (row.led_by_office or row.at.state is NodeState.NO_FLOAT if user.is_office
            else row.node.lead_unit_id == user.organization_id)
    ]  # fmt: skip
