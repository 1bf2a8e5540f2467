"""问题的写入：提出，以及 ``ISSUE_MOVES`` 允许的每一步（HANDBOOK §3.2；种子 D08：销号须有佐证且须他人）。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.escalation import (
    ISSUE_VERB_LABELS,
    IssueState,
    IssueVerb,
    LadderPolicy,
    MoveRefused,
    due_after,
    next_issue_state,
    next_level,
)
from kaopu.domain.supervision_orders import may_close
from kaopu.domain.workdays import WorkCalendar
from kaopu.projects.models import Project
from kaopu.supervision.actions.notices import notices
from kaopu.supervision.actions.steps import (
    current,
    first_step,
    follow,
    handlers_of,
    office,
    refuse_backdating,
    require,
    written_once,
)
from kaopu.supervision.models import Issue, IssueKind, IssueStep, Source
from kaopu.supervision.queries.clock import ladder_on
from kaopu.tracking.queries import working_calendar

HANDLING_VERBS = (IssueVerb.ACCEPT, IssueVerb.LOG, IssueVerb.ANALYSE, IssueVerb.REPLY)
_REMEDIES = {
    IssueVerb.LOG: "请写明进展。",
    IssueVerb.REPLY: "请写明办理结果。",
    IssueVerb.RETURN: "请写明退回的理由。",
    IssueVerb.REOPEN: "请写明重新打开的理由。",
    IssueVerb.REASSIGN: "请写明改派的理由。",
    IssueVerb.LIFT_UP: "请写明提级的理由。",
    IssueVerb.LOWER: "降级须有依据：请写明会议纪要或文件名称与文号。",
    IssueVerb.INSTRUCT: "请写明批示内容。",
}
_RESTARTING = (IssueVerb.LIFT_UP, IssueVerb.LOWER, IssueVerb.REOPEN)  # 这几步之后限期重新起算


@dataclass(frozen=True, kw_only=True)
class Rules:
    """一批办理共用的规则：逐级协调规则与工作日历，只取一次。"""

    policy: LadderPolicy
    calendar: WorkCalendar

    @classmethod
    def on(cls, day: date) -> Rules:
        """某日的规则。"""
        return cls(policy=ladder_on(day), calendar=working_calendar())

    def due(self, day: date, level: int) -> date:
        """从 ``day`` 起、``level`` 级的期限。"""
        return due_after(day, self.policy.limits[level], self.calendar).on


@transaction.atomic
def raise_issue(
    *, project: Project | None, title: str, by: User, on: date, lead_unit: Organization | None = None,
    level: int = 1, due: date | None = None, assists: Sequence[Organization] = (), handler: str = "",
    **content: Any,
) -> Issue:  # fmt: skip
    """提出一个事项：编号、定牵头单位、起钟。未指定牵头单位的归项目责任单位，再没有的由推进办兜着。"""
    require(title, "请写明是什么事。")
    if due is not None and due < on:
        raise MoveRefused("期限早于提出之日。请核对。")
    operation = record(
        by=by, verb="supervision.raise_issue", target=project, title=title, level=level, due=due
    )
    return _raised(
        operation, project=project, title=title, by=by, on=on, rules=Rules.on(on), lead_unit=lead_unit,
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
        [(step, f"新的{issue.get_kind_display()}：{issue} {title}，期限{step.due_on}")],
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
) -> IssueStep:  # fmt: skip
    """办一步。走法看 ``ISSUE_MOVES``；时间推动的两步不由人办。"""
    if verb in (IssueVerb.RAISE, IssueVerb.RISE, IssueVerb.PRESS):
        raise MoveRefused(f"“{ISSUE_VERB_LABELS[verb]}”由系统按期限办，不由人办。")
    before = current(IssueStep, seen, issue=issue)
    refuse_backdating(before, on)
    changes: dict[str, Any] = {
        "verb": verb,
        "state": next_issue_state(IssueState(before.state), verb),
        "level": next_level(before.level, verb, level),
        "text": text.strip(),
        "evidence": evidence.strip(),
    }
    if verb in _REMEDIES:
        require(text, _REMEDIES[verb])
    if handler is not None:
        changes["handler"] = handler
    changes |= _consequences(before, verb, by=by, on=on, unit=unit, analysis=analysis, proposal=proposal)
    if verb == IssueVerb.CLOSE:
        changes |= _closing(issue, before, evidence=evidence, by=by, on=on)
    elif verb in _RESTARTING:
        changes["due_on"] = Rules.on(on).due(on, int(changes["level"]))
    operation = record(
        by=by, verb=f"supervision.issue_{verb}", target=issue, text=text, evidence=evidence, level=level
    )
    step = follow(before, on=on, operation=operation, actor=by.get_username(), **changes)
    written_once(step.save)
    notices([(step, f"{issue} {issue.title}：{ISSUE_VERB_LABELS[verb]}")], operation=operation, on=on)
    return step


def _consequences(
    before: IssueStep,
    verb: IssueVerb,
    *,
    by: User,
    on: date,
    unit: Organization | None,
    analysis: str,
    proposal: str,
) -> dict[str, Any]:
    """各步带来的变化：球传到谁手里，分析与对策写了什么。"""
    if verb in (IssueVerb.REPLY, IssueVerb.CLOSE):
        return {"court": office(by)}
    if verb in (IssueVerb.RETURN, IssueVerb.REOPEN, IssueVerb.ACCEPT):
        return {"court": before.owner}
    if verb == IssueVerb.REASSIGN:
        if unit is None:
            raise MoveRefused("请选改派给哪个单位。")
        return {"owner": unit, "court": unit, "handler": ""}
    if verb == IssueVerb.ANALYSE:
        return {
            "analysis": require(analysis, "请写明原因分析：卡在哪里、为什么。"),
            "proposal": require(proposal, "请写明对策建议：请谁做什么、何时做成。"),
        }
    return {}


def _closing(issue: Issue, before: IssueStep, *, evidence: str, by: User, on: date) -> dict[str, Any]:
    handlers = handlers_of(issue.steps.all(), HANDLING_VERBS)
    ruling = may_close(handlers=handlers, closer=by.get_username(), evidence=evidence)
    if not ruling.allowed:
        raise MoveRefused(ruling.reason)
    looks_back = issue.kind in (IssueKind.PROBLEM, IssueKind.SUPPORT)
    days = ladder_on(on).look_back_days
    return {"due_on": None, "look_back_on": on + timedelta(days=days) if looks_back else None}


def raised_from(operation: Operation, *, rules: Rules, by: User, on: date, **content: Any) -> Issue:
    """在别的办理之中顺带立一个事项（预警转来、回头看），与那次办理同一条留痕。"""
    content.setdefault("source", Source.ALERT)
    return _raised(operation, rules=rules, by=by, on=on, **content)
