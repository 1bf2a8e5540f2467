"""督办的表：预警、问题、督办单、会议与批示、通知、引擎。各表只增不改；现行位置是没有后一步的一步。"""

from kaopu.supervision.models.issues import (
    Alert,
    AlertStep,
    Factor,
    Issue,
    IssueKind,
    IssueStep,
    Source,
)
from kaopu.supervision.models.ladder import Step
from kaopu.supervision.models.meetings import (
    AgendaItem,
    LeaderInstruction,
    Meeting,
    MeetingKind,
    Minutes,
    TaskForce,
    TaskForceEnd,
    Visit,
)
from kaopu.supervision.models.notices import Delivery, Heartbeat, Notice, NoticeRead
from kaopu.supervision.models.orders import OrderStep, SupervisionOrder
from kaopu.supervision.models.schedules import NodeStart, Schedule, ScheduleNode

__all__ = [
    "AgendaItem",
    "Alert",
    "AlertStep",
    "Delivery",
    "Factor",
    "Heartbeat",
    "Issue",
    "IssueKind",
    "IssueStep",
    "LeaderInstruction",
    "Meeting",
    "MeetingKind",
    "Minutes",
    "NodeStart",
    "Notice",
    "NoticeRead",
    "OrderStep",
    "Schedule",
    "ScheduleNode",
    "Source",
    "Step",
    "SupervisionOrder",
    "TaskForce",
    "TaskForceEnd",
    "Visit",
]
