"""督办的写入：每个动作一个事务、一条留痕；走法只看 ``domain`` 里的表。"""

from kaopu.domain.escalation import MoveRefused
from kaopu.supervision.actions.alerts import answer_alert, hand_alert, warn_month
from kaopu.supervision.actions.chasing import chase, chase_by_rule
from kaopu.supervision.actions.issues import act_on_issue, raise_issue
from kaopu.supervision.actions.listed import ListedIssue, earliest_due, raise_listed, withdraw_raised
from kaopu.supervision.actions.meetings import (
    add_resolution,
    end_task_force,
    form_task_force,
    hold_meeting,
    record_instruction,
    record_minutes,
    record_visit,
)
from kaopu.supervision.actions.notices import read_notices, send_digests
from kaopu.supervision.actions.orders import act_on_order, draft_order
from kaopu.supervision.actions.schedules import make_schedule, start_node, void_schedule
from kaopu.supervision.actions.steps import StaleItem
from kaopu.supervision.actions.ticking import Advance, advance, set_demo_clock

__all__ = [
    "Advance",
    "ListedIssue",
    "MoveRefused",
    "StaleItem",
    "act_on_issue",
    "act_on_order",
    "add_resolution",
    "advance",
    "answer_alert",
    "chase",
    "chase_by_rule",
    "draft_order",
    "earliest_due",
    "end_task_force",
    "form_task_force",
    "hand_alert",
    "hold_meeting",
    "make_schedule",
    "raise_issue",
    "raise_listed",
    "read_notices",
    "record_instruction",
    "record_minutes",
    "record_visit",
    "send_digests",
    "set_demo_clock",
    "start_node",
    "void_schedule",
    "warn_month",
    "withdraw_raised",
]
