"""会议、批示、专班、走访的写入；议定事项与任务都立为 ``Issue``，与问题同一张表、同一把梯子。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.domain.attachments import Received, traced
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import IssueState, MoveRefused
from kaopu.projects.actions import attach
from kaopu.projects.models import Project
from kaopu.supervision.actions.issues import raise_issue
from kaopu.supervision.actions.steps import StaleItem, fact, refuse_ended, require, written_once
from kaopu.supervision.models import (
    AgendaItem,
    Issue,
    IssueKind,
    IssueStep,
    LeaderInstruction,
    Meeting,
    MeetingKind,
    Minutes,
    Source,
    TaskForce,
    TaskForceEnd,
    Visit,
)
from kaopu.supervision.models.meetings import MEETING_LEVELS


@transaction.atomic
def hold_meeting(
    *, kind: MeetingKind, title: str, chair: str, by: User, on: date, agenda: Sequence[Issue] = (),
    minutes_number: str = "", minutes: str = "", task_force: TaskForce | None = None, is_demo: bool = False,
) -> Meeting:  # fmt: skip
    """开会：议题须有原因分析与对策建议，没有的退回去写；议定事项随后逐条记。专班例会须写明是哪个专班。"""
    require(title, "请写会议名称。")
    if (kind == MeetingKind.TASK_FORCE) is (task_force is None):
        raise MoveRefused("专班例会请选是哪个专班；别的会议不选专班。")
    require(chair, "请写主持人。")
    refuse_ended(task_force, on)
    ready = {
        step.issue_id
        for step in IssueStep.objects.live().filter(issue__in=agenda).exclude(state=IssueState.CLOSED)
        if step.analysis and step.proposal
    }
    if unready := [issue for issue in agenda if issue.pk not in ready]:
        names = "、".join(f"{issue} {issue.title}" for issue in unready)
        raise MoveRefused(f"这些事项没有原因分析与对策建议（或已销号），不能上会：{names}。请先补写。")
    operation = record(
        by=by, verb="supervision.hold_meeting", title=title, agenda=[issue.pk for issue in agenda]
    )
    meeting = Meeting.objects.create(
        kind=kind, title=title.strip(), chair=chair.strip(), minutes_number=minutes_number, minutes=minutes,
        task_force=task_force, is_demo=is_demo, **fact(operation, on),
    )  # fmt: skip
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, issue=issue, **fact(operation, on)) for issue in agenda
    )
    return meeting


@transaction.atomic
def record_minutes(
    *, meeting: Meeting, minutes: str, by: User, on: date, minutes_number: str = "", seen: int | None = None
) -> Minutes:  # fmt: skip
    """会后补、改纪要：另成一版，取代前一版，前几版都还看得见（种子 D05）。没写文号的沿用前一版的。

    ``seen`` 是打开页面时所见的一版（0 为登记时写的），其后有人另写过的抛出 ``StaleItem``。
    """
    before = meeting.latest
    version = before if isinstance(before, Minutes) else None
    if seen is not None and seen != (version.pk if version else 0):
        raise StaleItem("打开页面之后，纪要已由他人另写了一版。请核对后再写。")
    require(minutes, "请写纪要。")
    number = minutes_number.strip() or before.minutes_number
    if (minutes.strip(), number) == (before.minutes, before.minutes_number):
        raise MoveRefused("与现行的一版一字不差，不必另存。")
    if on < before.on:
        raise MoveRefused(f"日期早于开会之日或上一版（{chinese_day(before.on)}）。请核对日期与系统时钟。")
    operation = record(by=by, verb="supervision.record_minutes", target=meeting, minutes_number=number)
    after = Minutes(
        meeting=meeting, minutes=minutes.strip(), minutes_number=number, supersedes=version,
        **fact(operation, on),
    )  # fmt: skip
    written_once(after.save)
    return after


def add_resolution(
    *, meeting: Meeting, text: str, lead_unit: Organization, due: date, by: User, on: date,
    assists: Sequence[Organization] = (), issue: Issue | None = None, project: Project | None = None,
) -> Issue:  # fmt: skip
    """议定事项：牵头、配合、期限三样齐全；从此与问题一样跟踪，过期逐级升，可再转督办单。"""
    if issue is not None and not meeting.agenda.filter(issue=issue).exists():
        raise MoveRefused(f"{issue} 不在这次会议的议题里。")
    return raise_issue(
        project=issue.project if issue is not None else project, title=require(text, "请写明议定了什么。"),
        lead_unit=lead_unit, assists=assists, due=due, by=by, on=on, meeting=meeting, parent=issue,
        level=MEETING_LEVELS[MeetingKind(meeting.kind)], kind=IssueKind.RESOLUTION, source=Source.MEETING,
    )  # fmt: skip


@transaction.atomic
def record_instruction(
    *, leader: str, text: str, by: User, on: date, document: str = "", issue: Issue | None = None,
    tasks: Sequence[tuple[str, Organization, date]] = (), project: Project | None = None, is_demo: bool = False,
) -> LeaderInstruction:  # fmt: skip
    """记领导批示并派生任务（事项、牵头单位、期限）；全部任务销号即落实。"""
    require(leader, "请写明哪位领导。")
    require(text, "请写明批示内容。")
    operation = record(by=by, verb="supervision.record_instruction", target=issue, leader=leader, text=text)
    instruction = LeaderInstruction.objects.create(
        leader=leader.strip(), text=text.strip(), document=document, issue=issue, is_demo=is_demo,
        **fact(operation, on),
    )  # fmt: skip
    for title, unit, due in tasks:
        raise_issue(
            project=project or (issue.project if issue else None), title=title, lead_unit=unit, due=due, by=by, on=on,
            level=3, kind=IssueKind.TASK, source=Source.INSTRUCTION, instruction=instruction, parent=issue,
        )  # fmt: skip
    return instruction


@transaction.atomic
def form_task_force(
    *, project: Project, name: str, head: str, lead_unit: Organization, members: Sequence[Organization],
    rhythm_days: int, by: User, on: date, is_demo: bool = False,
) -> TaskForce:  # fmt: skip
    """组建专班：组长、牵头单位、成员单位、例会间隔（种子 D10）。"""
    require(head, "请写明组长。")
    operation = record(by=by, verb="supervision.form_task_force", target=project, name=name)
    force: TaskForce = TaskForce.objects.create(
        project=project, name=require(name, "请写专班名称。"), head=head.strip(), lead_unit=lead_unit,
        rhythm_days=rhythm_days, is_demo=is_demo, **fact(operation, on),
    )  # fmt: skip
    force.members.set(members)
    return force


@transaction.atomic
def end_task_force(*, task_force: TaskForce, reason: str, by: User, on: date) -> TaskForceEnd:
    """撤销专班：还有没销号的任务不能撤，免得任务没有人管。"""
    reason = require(reason, "请写明为什么撤销。")
    TaskForce.objects.select_for_update().get(pk=task_force.pk)  # 同时在派任务的，一先一后
    left = (
        IssueStep.objects.live().filter(issue__task_force=task_force).exclude(state=IssueState.CLOSED).count()
    )
    if left:
        raise MoveRefused(f"{task_force.name}还有 {left} 件任务没有销号，办完再撤。")
    if on < task_force.on:
        raise MoveRefused(f"{task_force.name}{chinese_day(task_force.on)}才组建，撤销之日不能更早。")
    operation = record(by=by, verb="supervision.end_task_force", target=task_force, reason=reason)
    end = TaskForceEnd(task_force=task_force, reason=reason, **fact(operation, on))
    written_once(end.save)
    return end


@transaction.atomic
def record_visit(
    *, project: Project, visitors: str, findings: str, by: User, on: date,
    attachments: Sequence[Received] = (),
) -> Visit:  # fmt: skip
    """记走访调研（种子 D09）；现场照片随附。"""
    require(findings, "请写明看到了什么。")
    operation = record(
        by=by, verb="supervision.record_visit", target=project, findings=findings, **traced(attachments)
    )
    visit: Visit = Visit.objects.create(
        project=project, visitors=require(visitors, "请写明走访人。"), findings=findings.strip(),
        **fact(operation, on),
    )  # fmt: skip
    attach(received=attachments, operation=operation, on=on, project=project)
    return visit
