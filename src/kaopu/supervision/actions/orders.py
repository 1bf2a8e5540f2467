"""督办单的写入：登记，以及 ``ORDER_MOVES`` 允许的每一步（HANDBOOK §3.3）。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.attachments import Received, cited, traced
from kaopu.domain.coordination import follow_order
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import IssueVerb, MoveRefused
from kaopu.domain.supervision_orders import (
    IN_HAND,
    ORDER_VERB_LABELS,
    STOPPED,
    OrderKind,
    OrderState,
    OrderVerb,
    may_close,
    may_extend,
    next_order_state,
)
from kaopu.projects.actions import attach
from kaopu.projects.models import Project
from kaopu.supervision.actions.issues import current_rules, position_of, written
from kaopu.supervision.actions.notices import notices
from kaopu.supervision.actions.steps import (
    current,
    first_step,
    follow,
    handlers_of,
    office,
    refuse_backdating,
    require,
    turned,
    written_once,
)
from kaopu.supervision.models import Issue, IssueStep, OrderStep, Source, SupervisionOrder
from kaopu.supervision.models.orders import default_organ
from kaopu.supervision.queries.clock import ladder

HANDLING_VERBS = (OrderVerb.SIGN, OrderVerb.START, OrderVerb.LOG, OrderVerb.REPORT)
ORDER_LEVEL = 3
_REMEDIES = {
    OrderVerb.LOG: "请写明办理情况。",
    OrderVerb.REPORT: "请写明办理结果。",
    OrderVerb.RETURN: "请写明退回重办的理由。",
    OrderVerb.REJECT: "请写明退回修改的理由。",
    OrderVerb.REOPEN: "请写明重新打开的理由。",
    OrderVerb.REVOKE: "请写明撤销的理由。",
    OrderVerb.ASK_EXTENSION: "请写明延期的理由。",
    OrderVerb.REFUSE_EXTENSION: "请写明不同意延期的理由。",
}


@transaction.atomic
def draft_order(
    *, project: Project, lead_unit: Organization, matter: str, due: date, by: User, on: date,
    handler: str = "", kind: OrderKind = OrderKind.ORDER, assists: Sequence[Organization] = (),
    **content: Any,
) -> SupervisionOrder:  # fmt: skip
    """拟办登记：编号（机关、文种、年度内连续）。期限不得早于登记之日。"""
    require(matter, "请写明督办事项。")
    if due < on:
        raise MoveRefused("办结期限早于登记之日。请核对。")
    content.setdefault("source", Source.OTHER)
    numbered = SupervisionOrder.objects.filter(organ=default_organ(), kind=kind, year=on.year)
    last = numbered.aggregate(last=Max("serial"))["last"] or 0
    operation = record(
        by=by, verb="supervision.draft_order", target=project, matter=matter, due=due, kind=kind.value
    )
    order: SupervisionOrder = SupervisionOrder.objects.create(
        kind=kind, year=on.year, serial=last + 1, project=project, lead_unit=lead_unit, handler=handler,
        matter=matter, due_on=due, on=on, recorded_at=operation.at, operation=operation, **content,
    )  # fmt: skip
    order.assists.set(assists)
    step = first_step(
        OrderStep, owner=lead_unit, court=office(by), on=on, by=by, operation=operation, order=order,
        verb=OrderVerb.DRAFT, state=OrderState.DRAFT, level=ORDER_LEVEL, due_on=due, handler=handler, text=matter,
    )  # fmt: skip
    step.save()
    return order


@transaction.atomic
def act_on_order(
    *, order: SupervisionOrder, verb: OrderVerb, by: User, on: date, text: str = "", evidence: str = "",
    seen: int | None = None, until: date | None = None, attachments: Sequence[Received] = (),
) -> OrderStep:  # fmt: skip
    """办一步。走法看 ``ORDER_MOVES``；延期须趁早，反馈与销号须有佐证（附件也算），销号且须他人。"""
    before = current(OrderStep, seen, order=order)
    evidence = cited(evidence, attachments)
    refuse_backdating(before, on)
    state = next_order_state(OrderState(before.state), verb)
    if verb in _REMEDIES:
        require(text, _REMEDIES[verb])
    changes: dict[str, Any] = {
        "verb": verb,
        "state": state,
        "text": text.strip(),
        "evidence": evidence,
        **_court(state, before, by),
        **_side(order, before, verb, by=by, on=on, until=until, evidence=evidence),
    }
    if state in STOPPED:
        changes["due_on"] = None
    elif verb == OrderVerb.REOPEN:
        changes |= {
            "due_on": until or current_rules().due(on, before.level),
            "presses": 0,
            "pressed_on": None,
        }
    operation = record(
        by=by, verb=f"supervision.order_{verb}", target=order, text=text, evidence=evidence, until=until,
        **turned(before, changes), **traced(attachments),
    )  # fmt: skip
    step = follow(before, on=on, operation=operation, actor=by.get_username(), **changes)
    written_once(step.save)
    attach(received=attachments, operation=operation, on=on, project=order.project)
    if order.issue is not None and verb in (OrderVerb.APPROVE, OrderVerb.GRANT_EXTENSION):
        _issue_follows(order.issue, step, operation)
    if state != OrderState.DRAFT:
        notices([(step, f"{order} {order.matter}：{ORDER_VERB_LABELS[verb]}")], operation=operation, on=on)
    return step


def _issue_follows(issue: Issue, order_step: OrderStep, operation: Operation) -> None:
    """转了督办的事项，期限随督办单，免得两边各走各的。"""
    before = current(IssueStep, None, issue=issue)
    assert order_step.due_on is not None
    after = follow_order(position_of(before, ()), due_on=order_step.due_on, on=order_step.on)
    if after is None:
        return
    step = follow(
        before, on=order_step.on, operation=operation, actor=order_step.actor, verb=IssueVerb.EXTEND,
        text=f"随{order_step.order}，期限{chinese_day(order_step.due_on)}", evidence="", **written(after),
    )  # fmt: skip
    written_once(step.save)


def _court(state: OrderState, before: OrderStep, by: User) -> dict[str, Any]:
    """球在谁手里：承办各状态在主办单位，其余在督办方。"""
    return {"court": before.owner if state in IN_HAND else office(by)}


def _side(
    order: SupervisionOrder,
    before: OrderStep,
    verb: OrderVerb,
    *,
    by: User,
    on: date,
    until: date | None,
    evidence: str,
) -> dict[str, Any]:
    """旁支与关口：签发须他人、反馈须有佐证、延期、催办、销号。"""
    if verb == OrderVerb.APPROVE:
        drafters = {
            step.actor for step in order.steps.all() if step.verb in (OrderVerb.DRAFT, OrderVerb.SUBMIT)
        }
        if by.get_username() in drafters:
            raise MoveRefused("拟办人不能自己签发，请由他人签发。")
        if before.due_on is not None and on > before.due_on:
            raise MoveRefused(f"办结期限{chinese_day(before.due_on)}已过，不能签发。请退回修改或撤销后重拟。")
    if verb == OrderVerb.REPORT:
        require(evidence, "反馈请写明佐证：验收单号、会议纪要文号，或附上照片、文件。")
    if verb == OrderVerb.ARCHIVE:
        return {"look_back_on": before.look_back_on}  # 归了档照样回头看
    if verb == OrderVerb.PRESS:
        return {"presses": before.presses + 1, "pressed_on": on}
    if verb in (OrderVerb.ASK_EXTENSION, OrderVerb.GRANT_EXTENSION, OrderVerb.REFUSE_EXTENSION):
        return _extension(before, verb, on=on, until=until)
    if verb == OrderVerb.CLOSE:
        handlers = handlers_of(order.steps.all(), HANDLING_VERBS)
        ruling = may_close(handlers=handlers, closer=by.get_username(), evidence=evidence)
        if not ruling.allowed:
            raise MoveRefused(ruling.reason)
        return {"look_back_on": on + timedelta(days=ladder().on(on).look_back_days)}
    return {}


def _extension(before: OrderStep, verb: OrderVerb, *, on: date, until: date | None) -> dict[str, Any]:
    if verb == OrderVerb.ASK_EXTENSION:
        if before.asked_until is not None:
            raise MoveRefused("已有一件延期申请待批，请等批复。")
        if until is None or before.due_on is None:
            raise MoveRefused("请填写申请延到哪一天。")
        ruling = may_extend(asked_on=on, due_on=before.due_on, until=until)
        if not ruling.allowed:
            raise MoveRefused(ruling.reason)
        return {"asked_until": until}
    if before.asked_until is None:
        raise MoveRefused("没有待批的延期申请。")
    if verb == OrderVerb.GRANT_EXTENSION:
        return {"due_on": before.asked_until, "asked_until": None, "pressed_on": None}  # 新期限另起催办
    return {"asked_until": None}
