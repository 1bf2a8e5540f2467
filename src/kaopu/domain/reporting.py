"""月报的两级审核：建设单位报、责任单位初审、推进办审定（HANDBOOK §4.2 规则 1、§4.3）。

报出的月报从不改动，只会被退回或被新一版取代；审核针对所见的那一版。
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from kaopu.domain.rights import OFFICE_ROLES, Act, Role


class ReportState(StrEnum):
    """一份月报走到哪一步。冻结由月份定，不另存状态。"""

    MISSING = "missing"
    SUBMITTED = "submitted"
    UNIT_APPROVED = "unit_approved"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class ReportVerb(StrEnum):
    """能对月报办的事。"""

    SUBMIT = "submit"
    FIRST_APPROVE = "first_approve"
    ACCEPT = "accept"
    RETURN = "return"


STATE_LABELS: Mapping[ReportState, str] = MappingProxyType(
    {
        ReportState.MISSING: "未报",
        ReportState.SUBMITTED: "待责任单位初审",
        ReportState.UNIT_APPROVED: "待推进办审定",
        ReportState.ACCEPTED: "已审定",
        ReportState.RETURNED: "已退回",
    }
)
TRANSITIONS: Mapping[tuple[ReportState, ReportVerb], ReportState] = MappingProxyType(
    {
        (ReportState.MISSING, ReportVerb.SUBMIT): ReportState.SUBMITTED,
        (ReportState.SUBMITTED, ReportVerb.SUBMIT): ReportState.SUBMITTED,
        (ReportState.SUBMITTED, ReportVerb.FIRST_APPROVE): ReportState.UNIT_APPROVED,
        (ReportState.SUBMITTED, ReportVerb.RETURN): ReportState.RETURNED,
        (ReportState.UNIT_APPROVED, ReportVerb.SUBMIT): ReportState.SUBMITTED,
        (ReportState.UNIT_APPROVED, ReportVerb.ACCEPT): ReportState.ACCEPTED,
        (ReportState.UNIT_APPROVED, ReportVerb.RETURN): ReportState.RETURNED,
        (ReportState.ACCEPTED, ReportVerb.RETURN): ReportState.RETURNED,
        (ReportState.RETURNED, ReportVerb.SUBMIT): ReportState.SUBMITTED,
    }
)


VERB_LABELS: Mapping[ReportVerb, str] = MappingProxyType(
    {
        ReportVerb.SUBMIT: "报出",
        ReportVerb.FIRST_APPROVE: "初审通过",
        ReportVerb.ACCEPT: "审定",
        ReportVerb.RETURN: "退回",
    }
)
_REVIEWS: Mapping[ReportState, tuple[Act, tuple[ReportVerb, ...]]] = MappingProxyType(
    {
        ReportState.SUBMITTED: (Act.FIRST, (ReportVerb.FIRST_APPROVE, ReportVerb.RETURN)),
        ReportState.UNIT_APPROVED: (Act.APPROVE, (ReportVerb.ACCEPT, ReportVerb.RETURN)),
        ReportState.ACCEPTED: (Act.APPROVE, (ReportVerb.RETURN,)),
    }
)


def reviews_at(state: ReportState) -> tuple[ReportVerb, ...]:
    """走到这一步，审的人能办哪几件。"""
    return _REVIEWS[state][1] if state in _REVIEWS else ()


def act_for(state: ReportState, verb: ReportVerb) -> Act:
    """审这一步要什么权限：初审归责任单位，审定归推进办，退回归正该审的一方。"""
    if verb is ReportVerb.RETURN and state in _REVIEWS:
        return _REVIEWS[state][0]
    return Act.FIRST if verb is ReportVerb.FIRST_APPROVE else Act.APPROVE


class VerbRefused(Exception):
    """这一步现在不能办，理由见信息。"""


def next_state(state: ReportState, verb: ReportVerb) -> ReportState:
    """办一步之后的状态；不许的抛出 ``VerbRefused``。"""
    after = TRANSITIONS.get((state, verb))
    if after is not None:
        return after
    if (state, verb) == (ReportState.ACCEPTED, ReportVerb.SUBMIT):
        raise VerbRefused("这份月报已由推进办审定。如需更正，请先请推进办退回。")
    raise VerbRefused(f"这份月报现在是“{STATE_LABELS[state]}”，不能办这一步。请刷新后查看。")


def state_after(verbs: Iterable[ReportVerb]) -> ReportState:
    """一份已报出的月报（一版）经过若干次审核之后的状态。"""
    state = ReportState.SUBMITTED
    for verb in verbs:
        state = next_state(state, verb)
    return state


def passed_on_filing(role: Role) -> tuple[ReportVerb, ...]:
    """报出时视同已过的审核：责任单位自报、推进办代报的，不必再由责任单位初审；审定仍须另一人。"""
    if role == Role.RESPONSIBLE_UNIT or role in OFFICE_ROLES:
        return (ReportVerb.FIRST_APPROVE,)
    return ()


PASSED_ON_IMPORT = (ReportVerb.FIRST_APPROVE, ReportVerb.ACCEPT)
"""推进办导入收讫的报表：核对在导入之前已经办完，导入即审定。"""


VARIANCE_LIMIT = Decimal(10)
"""形象进度低于或高于计划超过多少个百分点须写明原因（月报要求）。"""


def variance(planned: Decimal | None, actual: Decimal | None) -> Decimal | None:
    """实际进度减计划进度（百分点）；缺一方即无从比较。"""
    return None if planned is None or actual is None else actual - planned


def needs_cause(planned: Decimal | None, actual: Decimal | None) -> bool:
    """偏差是否大到须写明原因：恰好 10 个百分点不必。"""
    gap = variance(planned, actual)
    return gap is not None and abs(gap) > VARIANCE_LIMIT
