"""问题的写入：提出，以及 ``ISSUE_MOVES`` 允许的每一步（HANDBOOK §3.2；种子 D08：销号须有佐证且须他人）。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.attachments import Received, cited, traced
from kaopu.domain.coordination import HANDLING_VERBS, Act, Position, Rules, move
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import ISSUE_VERB_LABELS, IssueState, IssueVerb, MoveRefused
from kaopu.projects.actions import attach
from kaopu.projects.models import Project
from kaopu.supervision.actions.notices import notices
from kaopu.supervision.actions.steps import (
    current,
    first_step,
    follow,
    handlers_of,
    office,
    refuse_ended,
    require,
    turned,
    written_once,
)
from kaopu.supervision.models import Issue, IssueKind, IssueStep, Source
from kaopu.supervision.queries.clock import heartbeat, ladder
from kaopu.tracking.queries import working_calendar


def current_rules() -> Rules:
    """现有的规则：逐级协调规则的各版与现行的节假日表。"""
    beat = heartbeat()
    return Rules(ladder=ladder(), calendar=working_calendar(), reached=beat.on if beat else None)


@transaction.atomic
def raise_issue(
    *, project: Project | None, title: str, by: User, on: date, lead_unit: Organization | None = None,
    level: int = 1, due: date | None = None, assists: Sequence[Organization] = (), handler: str = "",
    **content: Any,
) -> Issue:  # fmt: skip
    """提出一个事项：编号、定牵头单位、起钟。未指定牵头单位的归项目责任单位，再没有的由推进办兜着。"""
    require(title, "请写明是什么事。")
    refuse_ended(content.get("task_force"), on)
    rules = current_rules()
    if due is not None and due < rules.floor(on):
        raise MoveRefused(f"期限早于{rules.floor(on)}，一立出来就逾期。请核对。")
    operation = record(
        by=by, verb="supervision.raise_issue", target=project, title=title, level=level, due=due
    )
    return _raised(
        operation, project=project, title=title, by=by, on=on, rules=rules, lead_unit=lead_unit,
        level=level, due=due, assists=assists, handler=handler, **content,
    )  # fmt: skip


def _raised(
    operation: Operation, *, project: Project | None, title: str, by: User, on: date, rules: Rules,
    lead_unit: Organization | None, level: int, due: date | None = None,
    assists: Sequence[Organization] = (), handler: str = "", **content: Any,
) -> Issue:  # fmt: skip
    owner = lead_unit or unit_of(project) or office(by)
    serial = Issue.objects.filter(year=on.year).aggregate(last=Max("serial"))["last"] or 0
    issue: Issue = Issue.objects.create(
        year=on.year, serial=serial + 1, project=project, title=title[:120], raised_by=by.get_username(),
        on=on, recorded_at=operation.at, operation=operation, **content,
    )  # fmt: skip
    issue.assists.set(assists)
    step = first_step(
        IssueStep, owner=owner, court=owner, on=on, by=by, operation=operation, issue=issue,
        verb=IssueVerb.RAISE, state=IssueState.RAISED, level=level, handler=handler,
        due_on=due or rules.due(on, level), text=content.get("description", ""),
    )  # fmt: skip
    step.save()
    notices(
        [(step, f"新的{issue.get_kind_display()}：{issue} {title}，期限{chinese_day(step.due_on)}")],
        operation=operation,
        on=on,
    )
    return issue


def unit_of(project: Project | None) -> Organization | None:
    """项目的责任单位。"""
    return project.profile.responsible_unit if project is not None and project.profile else None


@transaction.atomic
def act_on_issue(
    *, issue: Issue, verb: IssueVerb, by: User, on: date, text: str = "", evidence: str = "",
    seen: int | None = None, level: int | None = None, unit: Organization | None = None,
    handler: str | None = None, analysis: str = "", proposal: str = "",
    attachments: Sequence[Received] = (),
) -> IssueStep:  # fmt: skip
    """办一步：许不许、办完到哪里，都由 ``domain.coordination.move`` 定；附件也是佐证。"""
    before = current(IssueStep, seen, issue=issue)
    evidence = cited(evidence, attachments)
    act = Act(
        verb=verb, by=by.get_username(), on=on, text=text, evidence=evidence, level=level,
        unit=unit.pk if unit else None, handler=handler, analysis=analysis, proposal=proposal,
    )  # fmt: skip
    after = move(
        position_of(before, handlers_of(issue.steps.all(), HANDLING_VERBS)), act, office=office(by).pk, rules=current_rules(),
        looks_back=issue.kind in (IssueKind.PROBLEM, IssueKind.SUPPORT),
    )  # fmt: skip
    operation = record(
        by=by, verb=f"supervision.issue_{verb}", target=issue, text=text, evidence=evidence,
        **turned(before, written(after)), **traced(attachments),
    )  # fmt: skip
    step = follow(
        before, on=on, operation=operation, actor=by.get_username(), verb=verb, text=text.strip(),
        evidence=evidence, look_back_on=after.look_back_on, **written(after),
    )  # fmt: skip
    written_once(step.save)
    attach(received=attachments, operation=operation, on=on, project=issue.project)
    notices([(step, f"{issue} {issue.title}：{ISSUE_VERB_LABELS[verb]}")], operation=operation, on=on)
    return step


def position_of(step: IssueStep, handlers: Iterable[str]) -> Position:
    """由现行的一步得出位置；``handlers`` 为经办过的人。"""
    return Position(
        state=IssueState(step.state), level=step.level, owner=step.owner_id, court=step.court_id, on=step.on,
        due_on=step.due_on, handler=step.handler, handlers=frozenset(handlers),
        analysis=step.analysis, proposal=step.proposal, look_back_on=step.look_back_on,
    )  # fmt: skip


def written(position: Position) -> dict[str, Any]:
    """位置写成一步的各栏。"""
    return {
        "state": position.state,
        "level": position.level,
        "owner_id": position.owner,
        "court_id": position.court,
        "due_on": position.due_on,
        "handler": position.handler,
        "analysis": position.analysis,
        "proposal": position.proposal,
    }


def raised_from(operation: Operation, *, rules: Rules, by: User, on: date, **content: Any) -> Issue:
    """在别的办理之中顺带立一个事项（预警转来、回头看），与那次办理同一条留痕。"""
    content.setdefault("source", Source.ALERT)
    return _raised(operation, rules=rules, by=by, on=on, **content)
