"""月度跟踪的写入：月份与冻结、计划与月报、达成与认定等登记。"""

from kaopu.tracking.actions.campaigns import (
    declare_campaign,
    file_plan,
    give_opinion,
    issue_batch,
    note_still_stopped,
)
from kaopu.tracking.actions.corrections import CorrectionRefused, propose_correction, rule_correction
from kaopu.tracking.actions.months import MonthFrozen, freeze_month, open_period
from kaopu.tracking.actions.records import (
    note_progress,
    record_achievement,
    record_decision,
    record_lag_reason,
)
from kaopu.tracking.actions.refusals import DecisionRefused
from kaopu.tracking.actions.remarks import remark_on_report
from kaopu.tracking.actions.reports import (
    ReviewRefused,
    StaleReport,
    accept_reports,
    remind,
    remind_by_rule,
    review_report,
    save_plans,
    save_reports,
    submit_report,
)
from kaopu.tracking.actions.suspensions import resume, suspend

__all__ = [
    "CorrectionRefused",
    "DecisionRefused",
    "MonthFrozen",
    "ReviewRefused",
    "StaleReport",
    "accept_reports",
    "declare_campaign",
    "file_plan",
    "freeze_month",
    "give_opinion",
    "issue_batch",
    "note_progress",
    "note_still_stopped",
    "open_period",
    "propose_correction",
    "record_achievement",
    "record_decision",
    "record_lag_reason",
    "remark_on_report",
    "remind",
    "remind_by_rule",
    "resume",
    "review_report",
    "rule_correction",
    "save_plans",
    "save_reports",
    "submit_report",
    "suspend",
]
