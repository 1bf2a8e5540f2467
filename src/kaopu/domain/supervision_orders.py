"""督办单的规矩：怎么走、怎么延期、怎么销号（HANDBOOK §3.3、§4.2 规则 2）。逾期由期限算出，不是状态。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import MoveRefused


class OrderKind(StrEnum):
    """督办的文种，由轻到重。"""

    REMINDER = "reminder"
    ASSIGNMENT = "assignment"
    ORDER = "order"
    INTERVIEW = "interview"


ORDER_KIND_LABELS = {
    OrderKind.REMINDER: "提醒函",
    OrderKind.ASSIGNMENT: "交办函",
    OrderKind.ORDER: "督办单",
    OrderKind.INTERVIEW: "约谈",
}
ORDER_KIND_CODES = {
    OrderKind.REMINDER: "提",
    OrderKind.ASSIGNMENT: "交",
    OrderKind.ORDER: "督",
    OrderKind.INTERVIEW: "约",
}


class OrderState(StrEnum):
    """督办单的状态。"""

    DRAFT = "draft"
    APPROVING = "approving"
    ISSUED = "issued"
    SIGNED = "signed"
    WORKING = "working"
    REPORTED = "reported"
    REVIEWING = "reviewing"
    COMPLETED = "order_completed"
    CLOSED = "order_closed"
    ARCHIVED = "archived"
    REVOKED = "revoked"


ORDER_STATE_LABELS = {
    OrderState.DRAFT: "拟办",
    OrderState.APPROVING: "立项审批",
    OrderState.ISSUED: "已交办",
    OrderState.SIGNED: "已签收",
    OrderState.WORKING: "办理中",
    OrderState.REPORTED: "已反馈",
    OrderState.REVIEWING: "审核中",
    OrderState.COMPLETED: "办结",
    OrderState.CLOSED: "销号",
    OrderState.ARCHIVED: "归档",
    OrderState.REVOKED: "撤销",
}


class OrderVerb(StrEnum):
    """对督办单能做的事；``PRESS`` 也可由时间推动。"""

    DRAFT = "draft_order"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    SIGN = "sign"
    START = "start_work"
    LOG = "log"
    REPORT = "report"
    REVIEW = "review"
    RETURN = "return"
    COMPLETE = "complete"
    CLOSE = "close"
    ARCHIVE = "archive"
    REOPEN = "reopen"
    REVOKE = "revoke"
    PRESS = "press"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"


ORDER_VERB_LABELS = {
    OrderVerb.DRAFT: "拟办登记",
    OrderVerb.SUBMIT: "送审",
    OrderVerb.APPROVE: "签发交办",
    OrderVerb.REJECT: "退回修改",
    OrderVerb.SIGN: "签收",
    OrderVerb.START: "开始办理",
    OrderVerb.LOG: "记办理情况",
    OrderVerb.REPORT: "反馈办理结果",
    OrderVerb.REVIEW: "开始审核",
    OrderVerb.RETURN: "退回重办",
    OrderVerb.COMPLETE: "审核通过，办结",
    OrderVerb.CLOSE: "销号",
    OrderVerb.ARCHIVE: "归档",
    OrderVerb.REOPEN: "重新打开",
    OrderVerb.REVOKE: "撤销",
    OrderVerb.PRESS: "催办",
    OrderVerb.ASK_EXTENSION: "申请延期",
    OrderVerb.GRANT_EXTENSION: "同意延期",
    OrderVerb.REFUSE_EXTENSION: "不同意延期",
}

STOPPED = frozenset({OrderState.CLOSED, OrderState.ARCHIVED, OrderState.REVOKED})  # 钟已停
IN_HAND = (OrderState.ISSUED, OrderState.SIGNED, OrderState.WORKING)  # 在承办单位手里
AT_OFFICE = (OrderState.REPORTED, OrderState.REVIEWING, OrderState.COMPLETED)  # 回到督办方手里
_BEFORE = (OrderState.DRAFT, OrderState.APPROVING)

# 督办单的全部走法：不在表里的都不许。
ORDER_MOVES: Mapping[tuple[OrderState, OrderVerb], OrderState] = {
    (OrderState.DRAFT, OrderVerb.SUBMIT): OrderState.APPROVING,
    (OrderState.APPROVING, OrderVerb.APPROVE): OrderState.ISSUED,
    (OrderState.APPROVING, OrderVerb.REJECT): OrderState.DRAFT,
    (OrderState.ISSUED, OrderVerb.SIGN): OrderState.SIGNED,
    (OrderState.SIGNED, OrderVerb.START): OrderState.WORKING,
    (OrderState.WORKING, OrderVerb.LOG): OrderState.WORKING,
    (OrderState.WORKING, OrderVerb.REPORT): OrderState.REPORTED,
    (OrderState.REPORTED, OrderVerb.REVIEW): OrderState.REVIEWING,
    (OrderState.REVIEWING, OrderVerb.RETURN): OrderState.WORKING,
    (OrderState.REVIEWING, OrderVerb.COMPLETE): OrderState.COMPLETED,
    (OrderState.COMPLETED, OrderVerb.CLOSE): OrderState.CLOSED,
    (OrderState.CLOSED, OrderVerb.ARCHIVE): OrderState.ARCHIVED,
    (OrderState.CLOSED, OrderVerb.REOPEN): OrderState.WORKING,
    (OrderState.ARCHIVED, OrderVerb.REOPEN): OrderState.WORKING,
    **{(state, OrderVerb.REVOKE): OrderState.REVOKED for state in (*_BEFORE, *IN_HAND)},
    **{(state, OrderVerb.PRESS): state for state in (*_BEFORE, *IN_HAND, *AT_OFFICE)},
    **{
        (state, verb): state
        for state in IN_HAND
        for verb in (OrderVerb.ASK_EXTENSION, OrderVerb.GRANT_EXTENSION, OrderVerb.REFUSE_EXTENSION)
    },
}


def next_order_state(state: OrderState, verb: OrderVerb) -> OrderState:
    """走一步；表里没有的走法抛出 ``MoveRefused``。"""
    try:
        return ORDER_MOVES[state, verb]
    except KeyError:
        raise MoveRefused(
            f"“{ORDER_STATE_LABELS[state]}”的督办件不能“{ORDER_VERB_LABELS[verb]}”。请刷新后按现在的状态办理。"
        ) from None


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """准或不准，与可以对人说的理由。"""

    allowed: bool
    reason: str = ""


def may_extend(*, asked_on: date, due_on: date, until: date) -> Ruling:
    """能否受理延期：到期日当天仍可申请，过了就不受理（金标 19）；新期限须晚于原期限。"""
    if asked_on > due_on:
        return Ruling(
            allowed=False, reason=f"期限{chinese_day(due_on)}已过，不再受理延期。请先反馈办理情况。"
        )
    if until <= due_on:
        return Ruling(allowed=False, reason=f"新期限须晚于原期限{chinese_day(due_on)}。")
    return Ruling(allowed=True)


def may_close(*, handlers: frozenset[str], closer: str, evidence: str) -> Ruling:
    """能否销号：须有佐证（附件也算，见 ``attachments.cited``），且销号人没有经办过（金标 18，§4.2 规则 2）。"""
    if not evidence.strip():
        return Ruling(allowed=False, reason="请写明佐证：验收单号、会议纪要文号，或附上照片、文件。")
    if closer in handlers:
        return Ruling(allowed=False, reason="经办人不能给自己经办的事项销号，请由他人复核后销号。")
    return Ruling(allowed=True)
