"""月度跟踪的表：规则集与日历、月报与审核、评定与复核、登记、停复工。各表只增不改。"""

from kaopu.tracking.models.records import (
    GoalAchievement,
    LagReason,
    OfficeNote,
    OutcomeDecision,
)
from kaopu.tracking.models.reports import (
    CorrectionRuling,
    MonthlyReport,
    ReportCorrection,
    ReportingPeriod,
    ReportQuerySet,
    ReportRemark,
    ReportReminder,
    ReportReview,
    VarianceCause,
)
from kaopu.tracking.models.rules import (
    CalendarChange,
    CalendarDay,
    CalendarYear,
    RuleSet,
    RuleSetDraft,
)
from kaopu.tracking.models.suspensions import (
    PlanOpinion,
    Resumption,
    ResumptionBatch,
    ResumptionPlan,
    StillStopped,
    StillStoppedDemand,
    Suspension,
    SuspensionCampaign,
)
from kaopu.tracking.models.verdicts import (
    ColourConfirmation,
    ColourOverride,
    OverrideDecision,
    ReportedColour,
    Verdict,
)

__all__ = [
    "CalendarChange",
    "CalendarDay",
    "CalendarYear",
    "ColourConfirmation",
    "ColourOverride",
    "CorrectionRuling",
    "GoalAchievement",
    "LagReason",
    "MonthlyReport",
    "OfficeNote",
    "OutcomeDecision",
    "OverrideDecision",
    "PlanOpinion",
    "ReportCorrection",
    "ReportQuerySet",
    "ReportRemark",
    "ReportReminder",
    "ReportReview",
    "ReportedColour",
    "ReportingPeriod",
    "Resumption",
    "ResumptionBatch",
    "ResumptionPlan",
    "RuleSet",
    "RuleSetDraft",
    "StillStopped",
    "StillStoppedDemand",
    "Suspension",
    "SuspensionCampaign",
    "VarianceCause",
    "Verdict",
]
