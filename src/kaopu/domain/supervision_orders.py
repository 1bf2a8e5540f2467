"""督办单的规矩：延期须在到期日前申请，销号须有佐证且不得由经办人自己销（HANDBOOK §3.3、§4.2 规则 2）。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """准或不准，与可以对人说的理由。"""

    allowed: bool
    reason: str = ""


def may_extend(*, asked_on: date, due_on: date, until: date) -> Ruling:
    """能否受理延期：到期日当天仍可申请，过了就不受理（金标 19）；新期限须晚于原期限。"""
    if asked_on > due_on:
        return Ruling(allowed=False, reason=f"期限{due_on}已过，不再受理延期。请先反馈办理情况。")
    if until <= due_on:
        return Ruling(allowed=False, reason=f"新期限须晚于原期限{due_on}。")
    return Ruling(allowed=True)


def may_close(*, handler: str, closer: str, evidence: str) -> Ruling:
    """能否销号：须写明佐证，且销号人不是经办人（金标 18）。"""
    if not evidence.strip():
        return Ruling(allowed=False, reason="请写明佐证：验收单号、会议纪要文号或照片编号。")
    if handler == closer:
        return Ruling(allowed=False, reason="经办人不能给自己经办的督办单销号，请由他人复核后销号。")
    return Ruling(allowed=True)
