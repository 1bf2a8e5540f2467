"""批文、证照的时限（HANDBOOK §3.6、§3.13）。

施工许可证：领证起三个月内开工，至多延期两次、每次不超过三个月，过了自行废止（《建筑法》第九条）。其余的各有有效期，
后一步办成之前过期须重办。
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kaopu.domain.carryover import LifecycleStage
from kaopu.domain.milestones import GoalType
from kaopu.domain.rights import OFFICE_ROLES, Role
from kaopu.domain.suspension import Countdown, months_after

CONSTRUCTION_PERMIT = "建筑工程施工许可证"
START_MONTHS = 3
MOST_EXTENSIONS = 2
EXTENSION_MONTHS = 3
CLAUSE = "《建筑法》第九条"
# 形式开工、场地移交、拿到批文都不是开工（§3.6）
STARTED_NODES = frozenset(
    {
        GoalType.START,
        GoalType.PILES,
        GoalType.GROUND_LEVEL,
        GoalType.STRUCTURE,
        GoalType.TOPPED_OUT,
        GoalType.JOINED,
        GoalType.BASICALLY_BUILT,
        GoalType.OPENED,
        GoalType.COMPLETED,
        GoalType.FILED,
        GoalType.DELIVERED,
    }
)
STARTED_STAGES = frozenset(
    {
        LifecycleStage.BUILDING,
        LifecycleStage.BASICALLY_BUILT,
        LifecycleStage.ACCEPTED,
        LifecycleStage.FILED,
        LifecycleStage.IN_USE,
    }
)


def awaits_ruling(role: Role) -> bool:
    """某角色所报的批文、证照是否待推进办核实：推进办与审批部门自己登记的不必（§4.2）。"""
    return role not in OFFICE_ROLES and role is not Role.PERMIT_DEPT


def start_due(issued_on: date, extended_to: Sequence[date]) -> date:
    """最迟开工日：领证起三个月，批准过延期的为最后一次延到的日子。"""
    return max([months_after(issued_on, START_MONTHS), *extended_to])


def extension_refused(*, issued_on: date, extended_to: Sequence[date], until: date, on: date) -> str:
    """这次延期为什么不行；可以的返回空串。"""
    due = start_due(issued_on, extended_to)
    longest = months_after(due, EXTENSION_MONTHS)
    if len(extended_to) >= MOST_EXTENSIONS:
        return f"已延期{MOST_EXTENSIONS}次，不能再延（{CLAUSE}）。到{due}还没有开工的，请重新申领施工许可证。"
    if not issued_on <= on <= due:
        return f"延期须在{issued_on}至{due}之间批准；过期的施工许可证自行废止（{CLAUSE}），请重新申领。"
    if not due < until <= longest:
        return f"每次延期不超过{EXTENSION_MONTHS}个月（{CLAUSE}）：请填{due}之后、{longest}及以前的日子。"
    return ""


def start_countdown(
    *, issued_on: date, extended_to: Sequence[date], started_on: date | None, on: date
) -> Countdown | None:
    """领证后开工的时限；已经开工的没有。"""
    if started_on is not None and started_on <= on:
        return None
    name = "领证后开工（三个月内）"
    if extended_to:
        name = f"领证后开工（三个月内，已延期{len(extended_to)}次）"
    return Countdown.to(start_due(issued_on, extended_to), name=name, clause=CLAUSE, on=on)


def expiry_countdown(
    *, issued_on: date, valid_months: int, used: bool, clause: str, on: date
) -> Countdown | None:
    """批文、证照的有效期：``valid_months`` 为零的不限；后一步已经办成（``used``）的不再计。"""
    if not valid_months or used:
        return None
    until = months_after(issued_on, valid_months)
    return Countdown.to(until, name=f"有效期（{valid_months}个月）", clause=clause, on=on)
