"""谁能对哪件事做哪一步（HANDBOOK §4.2）。看不见的在 ``queries`` 里就挡住了；这里答的是看得见的能办什么。"""

from __future__ import annotations

from datetime import date

from kaopu.accounts.models import OrganizationKind, User
from kaopu.domain.alerts import ALERT_MOVES, AlertState, AlertVerb
from kaopu.domain.escalation import ISSUE_MOVES, IssueState, IssueVerb
from kaopu.domain.ladder import TOP_LEVEL
from kaopu.domain.rights import Act, Role, Scope, Thing
from kaopu.domain.supervision_orders import ORDER_MOVES, OrderKind, OrderState, OrderVerb
from kaopu.supervision.models import AlertStep, IssueStep, OrderStep

_HANDLING = (IssueVerb.ACCEPT, IssueVerb.LOG, IssueVerb.ANALYSE, IssueVerb.REPLY)
_COORDINATING = (
    IssueVerb.ANALYSE,
    IssueVerb.RETURN,
    IssueVerb.CLOSE,
    IssueVerb.REOPEN,
    IssueVerb.REASSIGN,
    IssueVerb.LIFT_UP,
    IssueVerb.LOWER,
    IssueVerb.LOG,
)
_UNIT_ORDER = (OrderVerb.SIGN, OrderVerb.START, OrderVerb.LOG, OrderVerb.REPORT, OrderVerb.ASK_EXTENSION)
_OFFICE_ORDER = (
    OrderVerb.SUBMIT,
    OrderVerb.REVIEW,
    OrderVerb.RETURN,
    OrderVerb.COMPLETE,
    OrderVerb.CLOSE,
    OrderVerb.ARCHIVE,
    OrderVerb.REOPEN,
    OrderVerb.REVOKE,
    OrderVerb.PRESS,
    OrderVerb.GRANT_EXTENSION,
    OrderVerb.REFUSE_EXTENSION,
)
_SIGNING = (OrderVerb.APPROVE, OrderVerb.REJECT)
_LETTERS = (OrderKind.REMINDER, OrderKind.ASSIGNMENT)


def may_raise(user: User) -> bool:
    """能否提出问题：推进办、责任单位、建设单位、属地街镇、重点地区（§4.2）。"""
    return user.may(Thing.ISSUE, Act.CHANGE)


def starts_only_own(role: Role) -> bool:
    """记倒排节点开始时是否只能记本单位牵头的：审批部门、街镇、重点地区（§4.2）。"""
    return role in (Role.PERMIT_DEPT, Role.STREET_TOWN, Role.KEY_AREA)


def may_sign(user: User, kind: str) -> bool:
    """能否签发这种督办件：区领导都可，推进办主任可签提醒函、交办函（§4.2）。"""
    if user.role == Role.OFFICE_DIRECTOR:
        return kind in _LETTERS
    return user.role == Role.DISTRICT_LEADER


def holds(user: User, step: IssueStep | OrderStep | AlertStep) -> bool:
    """是否牵头单位的人；推进办牵头的，推进办的人都算。"""
    if user.is_office:
        return step.owner.kind == OrganizationKind.OFFICE
    return user.organization_id is not None and user.organization_id == step.owner_id


def issue_verbs(user: User, step: IssueStep) -> list[IssueVerb]:
    """某人此刻能对这个问题做的事，按表里的先后。"""
    allowed: set[IssueVerb] = set()
    if holds(user, step):
        allowed |= set(_HANDLING)
    elif user.scope(Thing.ISSUE, Act.CHANGE) is Scope.OWN:
        allowed |= {IssueVerb.LOG, IssueVerb.ANALYSE}  # 看得见的配合单位、建设单位、属地记进展
    if user.is_office:
        allowed |= set(_COORDINATING)
    if user.role in (Role.DISTRICT_LEADER, Role.TOP_LEADER):
        allowed |= {IssueVerb.INSTRUCT, IssueVerb.LIFT_UP}
    state = IssueState(step.state)
    if step.level == TOP_LEVEL:
        allowed.discard(IssueVerb.LIFT_UP)
    if step.level == 1:
        allowed.discard(IssueVerb.LOWER)
    return [verb for verb in IssueVerb if verb in allowed and (state, verb) in ISSUE_MOVES]


def order_verbs(user: User, step: OrderStep, *, on: date) -> list[OrderVerb]:
    """某人此刻能对这张督办单做的事：签发看文种，延期看有没有申请、过没过期。"""
    allowed: set[OrderVerb] = set()
    if holds(user, step):
        allowed |= set(_UNIT_ORDER)
    elif user.scope(Thing.SUPERVISION_ORDER, Act.PROPOSE) is Scope.OWN:
        allowed.add(OrderVerb.LOG)  # 看得见的协办单位
    if user.is_office:
        allowed |= set(_OFFICE_ORDER)
    if may_sign(user, step.order.kind):
        allowed |= set(_SIGNING)
    if step.asked_until is None:
        allowed -= {OrderVerb.GRANT_EXTENSION, OrderVerb.REFUSE_EXTENSION}
    if step.asked_until is not None or step.due_on is None or on > step.due_on:
        allowed.discard(OrderVerb.ASK_EXTENSION)
    state = OrderState(step.state)
    return [verb for verb in OrderVerb if verb in allowed and (state, verb) in ORDER_MOVES]


def alert_verbs(user: User, step: AlertStep) -> list[AlertVerb]:
    """某人此刻能对这条预警做的事：责任单位、建设单位与推进办可说明，推进办与区领导可立为问题（§4.2）。"""
    allowed = set()
    replies = user.scope(Thing.WARNING, Act.PROPOSE) is Scope.OWN  # 看得见的预警都在本单位项目上
    if replies or holds(user, step) or user.is_office:
        allowed.add(AlertVerb.ANSWER)
    if user.is_office or user.role in (Role.DISTRICT_LEADER, Role.TOP_LEADER):
        allowed.add(AlertVerb.HAND)  # 区领导“raise level”：立为问题，再在问题页升级
    state = AlertState(step.state)
    return [verb for verb in AlertVerb if verb in allowed and (state, verb) in ALERT_MOVES]
