"""倒排计划的写入：排、重排，记节点开始（HANDBOOK §5.7；种子 D11）。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import IntegrityError, transaction

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.domain.backward import Node, ScheduleRefused, chain_problems, latest_dates
from kaopu.domain.backward_rules import BREAKING_GROUND
from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Role
from kaopu.projects.models import Project
from kaopu.supervision.actions.steps import StaleItem, written_once
from kaopu.supervision.models import NodeStart, Schedule, ScheduleNode, TaskForce
from kaopu.supervision.rights import starts_only_own
from kaopu.tracking.queries import working_calendar


@transaction.atomic
def make_schedule(
    *, project: Project, target: str, due_on: date, nodes: Sequence[Node], leads: Mapping[str, Organization],
    rules: str, by: User, on: date, task_force: TaskForce | None = None, reason: str = "", seen: int | None = None,
    is_demo: bool = False,
) -> Schedule:  # fmt: skip
    """排一版倒排计划：每个节点写明天数（自然数）与牵头单位 ``leads``；已有一版的须写明重排理由，旧版留着。

    ``nodes`` 里须有 ``target``；目标日不得早于 ``on``。``seen`` 是打开页面时所见的一版（0 为还没有），其后有人另排过的
    抛出 ``StaleItem``。
    """
    _refuse(target, due_on, nodes, leads, on)
    last = Schedule.objects.tails().filter(project=project, target=target).first()
    before = None if last is None or last.voided else last
    if seen is not None and seen != (before.pk if before else 0):
        raise StaleItem(f"打开页面之后，{target}已由他人另排了一版。请核对现行的一版后再排。")
    if before is not None and not reason.strip():
        raise ScheduleRefused(f"{target}已排过一版，请写明为什么重排。")
    operation = record(
        by=by, verb="supervision.make_schedule", target=project, reason=reason.strip(), rules=rules,
        before={"due_on": before.due_on} if before else None, after={"target": target, "due_on": due_on},
    )  # fmt: skip
    fact = operation.fact(on)
    try:
        with transaction.atomic():
            schedule: Schedule = Schedule.objects.create(
                project=project, target=target, due_on=due_on, rules=rules, task_force=task_force,
                reason=reason.strip(), is_demo=is_demo, supersedes=last, **fact,
            )  # fmt: skip
    except IntegrityError as error:
        raise StaleItem("刚刚有人排过一版。请刷新后核对。") from error
    latest = latest_dates(nodes, due_on=due_on, calendar=working_calendar())
    ScheduleNode.objects.bulk_create(
        ScheduleNode(
            schedule=schedule, position=position, name=node.name, aspect=node.aspect, lead_unit=leads[node.name],
            days=node.days, counted=node.counted.value, after=list(node.after), waivable=node.waivable,
            latest_start=latest[node.name].start, latest_finish=latest[node.name].finish,
            provisional=latest[node.name].provisional, **fact,
        )
        for position, node in enumerate(nodes, start=1)
    )  # fmt: skip
    return schedule


@transaction.atomic
def void_schedule(*, schedule: Schedule, reason: str, by: User, on: date) -> Schedule:
    """作废一版倒排计划（排错了项目、目标不再要）：写明理由，此后不再提醒各节点；原来的各版都留着。"""
    if not reason.strip():
        raise ScheduleRefused("请写明为什么作废。")
    operation = record(
        by=by, verb="supervision.void_schedule", target=schedule.project, reason=reason.strip(),
        before={"target": schedule.target, "due_on": schedule.due_on}, after=None,
    )  # fmt: skip
    voiding = Schedule(
        project=schedule.project, target=schedule.target, due_on=schedule.due_on, rules=schedule.rules,
        reason=reason.strip(), supersedes=schedule, voided=True, **operation.fact(on),
    )  # fmt: skip
    written_once(voiding.save)
    return voiding


def _refuse(
    target: str, due_on: date, nodes: Sequence[Node], leads: Mapping[str, Organization], on: date
) -> None:
    problems = chain_problems(nodes)
    if target not in {node.name for node in nodes}:
        problems.append(f"目标节点“{target}”须在计划里")
    problems += [f"“{node.name}”请填办几天" for node in nodes if node.days < 1]
    problems += [f"“{node.name}”请选牵头单位" for node in nodes if node.name not in leads]
    if due_on < on:
        problems.append(f"目标日{chinese_day(due_on)}已经过了")
    if problems:
        raise ScheduleRefused("；".join(problems) + "。")


@transaction.atomic
def start_node(*, project: Project, node: str, by: User, on: date, note: str = "") -> NodeStart:
    """记一个节点开始办了；开工以目标达成为准，不在此记。审批部门、街镇、重点地区只记本单位牵头的。"""
    planned = ScheduleNode.objects.filter(
        schedule__in=Schedule.objects.live(), schedule__project=project, name=node
    )
    if node == BREAKING_GROUND or not planned.exists():
        raise ScheduleRefused(f"“{node}”不在倒排计划里，或以目标达成为准，不在此登记。")
    if starts_only_own(Role(by.role)) and not planned.filter(lead_unit=by.organization_id).exists():
        raise ScheduleRefused(f"“{node}”不由本单位牵头，请由牵头单位或推进办登记。")
    before = NodeStart.objects.tails().filter(project=project, node=node).first()
    operation = record(
        by=by, verb="supervision.start_node", target=project, node=node, note=note.strip(),
        before={"on": before.on} if before else None, after={"on": on},
    )  # fmt: skip
    try:
        with transaction.atomic():
            started: NodeStart = NodeStart.objects.create(
                project=project, node=node, note=note.strip(), supersedes=before, **operation.fact(on)
            )
    except IntegrityError as error:
        raise ScheduleRefused(f"“{node}”刚刚由他人登记过。请刷新后核对。") from error
    return started
