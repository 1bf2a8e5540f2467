"""项目页要写的各种事实：与看的人无关的部分取齐一次，事实没变不重查。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.projects import queries as projects
from kaopu.projects.models import (
    AnnualGoal,
    Attachment,
    ListEntry,
    MonthlyPlan,
    ProfileChange,
    Project,
    StageChange,
    SubProject,
)
from kaopu.supervision.models import IssueStep
from kaopu.supervision.queries.issues import issues_of
from kaopu.supervision.queries.task_forces import Convening, convenings_of
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import (
    GoalAchievement,
    LagReason,
    MonthlyReport,
    OfficeNote,
    OutcomeDecision,
    Resumption,
    Suspension,
    Verdict,
)
from kaopu.tracking.queries.colour_reviews import ColourReview, review_of


@dataclass(frozen=True, kw_only=True)
class ProjectRecord:
    """一个项目不分年度的事实。"""

    entries: list[ListEntry]
    stage: StageChange | None
    subprojects: list[SubProject]
    stops: list[tuple[Suspension, Resumption | None]]
    revisions: dict[str, ProfileChange]
    issue_steps: list[IssueStep]
    task_forces: list[Convening]


@until_facts_change()
def record_of(project: Project, past: Past | None) -> ProjectRecord:
    """某项目的事实，现在的或过去一刻的。"""
    stage = StageChange.objects.seen(past).filter(project=project).order_by("-on", "-recorded_at").first()
    return ProjectRecord(
        entries=list(projects.years_of(project, past)),
        stage=stage,
        subprojects=list(SubProject.objects.seen(past).filter(project=project).order_by("pk")),
        stops=_stops(project, past),
        revisions=_revisions(project, past),
        issue_steps=issues_of(project, past),
        task_forces=convenings_of(project, past),
    )


def _revisions(project: Project, past: Past | None) -> dict[str, ProfileChange]:
    """档案各栏最近一次批准的变更。"""
    found: dict[str, ProfileChange] = {}
    for change, ruling in projects.profile_changes(project, past):
        if ruling is not None and ruling.approved:
            for name in change.values:
                found.setdefault(name, change)
    return found


def _stops(project: Project, past: Past | None) -> list[tuple[Suspension, Resumption | None]]:
    stops = list(Suspension.objects.seen(past).filter(project=project).order_by("on"))
    resumed = Resumption.objects.seen(past).filter(suspension__in=stops)
    ends = {item.suspension_id: item for item in resumed}
    return [(stop, ends.get(stop.pk)) for stop in stops]


@dataclass(frozen=True, kw_only=True)
class YearRecord:
    """一个项目某一年的事实。"""

    year: int
    goals: list[AnnualGoal]
    achievements: list[GoalAchievement]
    plans: list[MonthlyPlan]
    reports: list[MonthlyReport]
    verdicts: dict[date, Verdict]
    decisions: list[OutcomeDecision]
    lag_reasons: list[LagReason]
    notes: list[OfficeNote]
    attached: dict[int, list[Attachment]]  # 达成与月报各自的办理所附

    @property
    def latest(self) -> Verdict | None:
        """最近一个月末的评定。"""
        return max(self.verdicts.values(), key=lambda verdict: verdict.month, default=None)

    @property
    def months(self) -> list[tuple[date, MonthlyPlan | None, MonthlyReport | None, Verdict | None]]:
        """十二个月各自的计划、月报与评定。"""
        planned = {plan.month: plan for plan in self.plans}
        reported = {report.month: report for report in self.reports}
        days = (date(self.year, number, 1) for number in range(1, 13))
        return [(day, planned.get(day), reported.get(day), self.verdicts.get(day)) for day in days]


@until_facts_change()
def year_record_of(project: Project, year: int, past: Past | None) -> YearRecord:
    """某项目某年的事实，现在的或过去一刻的。"""
    goals = list(AnnualGoal.objects.seen(past).filter(**_in_year(project, year)).order_by("ordinal"))
    known = GoalAchievement.objects.seen(past).filter(goal__in=goals)
    achievements, reports = list(known.order_by("on")), list(tracking.reports_for(project, year, past))
    verdicts = {row.month: row for row in tracking.verdicts_for(project, past) if row.month.year == year}
    decisions = OutcomeDecision.objects.seen(past).filter(**_in_year(project, year))
    lag_reasons = LagReason.objects.seen(past).filter(**_in_year(project, year))
    return YearRecord(
        year=year,
        goals=goals,
        achievements=achievements,
        plans=list(tracking.plans_for(project, year, past)),
        reports=reports,
        verdicts=verdicts,
        decisions=list(decisions.order_by("on")),
        lag_reasons=list(lag_reasons.order_by("on")),
        notes=list(OfficeNote.objects.seen(past).filter(project=project, year=year).order_by("pk")),
        attached=projects.attachments_of([fact.operation_id for fact in (*achievements, *reports)], past),
    )


@until_facts_change()
def latest_review(verdict: Verdict, *, day: date, past: Past | None) -> ColourReview:
    """一个月末颜色在 ``day`` 那天的复核：确认与人工调整都有期限，所以按天记。"""
    return review_of(verdict, day=day, past=past)


def _in_year(project: Project, year: int) -> dict[str, object]:
    return {"project_year__project": project, "project_year__year": year}
