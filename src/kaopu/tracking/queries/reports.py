"""月报台：某月每个年度项目报了没有、审到哪一步、催过几次（§4.3 的完整性检查）。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from kaopu.accounts.models import User
from kaopu.audit.models import Past, ruling_seen
from kaopu.domain.days import last_day_of
from kaopu.domain.reporting import ReportState, ReportVerb, needs_cause, state_after, variance
from kaopu.domain.workdays import WorkCalendar, report_due_on
from kaopu.projects.models import ListEntry, MonthlyPlan, Project, ProjectYear
from kaopu.tracking.models import (
    CorrectionRuling,
    MonthlyReport,
    ReportCorrection,
    ReportingPeriod,
    ReportRemark,
    ReportReminder,
    ReportReview,
)

REMIND_BEFORE = 3
"""期限前几个工作日起提醒（月报要求）。"""


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """一个年度项目某月月报的现状。"""

    report: MonthlyReport | None = None
    state: ReportState = ReportState.MISSING
    planned_progress: Decimal | None = None
    returned: str = ""
    reminded_on: tuple[date, ...] = ()

    @property
    def gap(self) -> Decimal | None:
        """形象进度与计划之差（百分点）。"""
        return variance(self.planned_progress, self.report.progress_percent if self.report else None)

    @property
    def wide(self) -> bool:
        """差距是否大到须写明原因。"""
        return needs_cause(self.planned_progress, self.report.progress_percent if self.report else None)


def reports_filed(past: Past | None = None) -> QuerySet[MonthlyReport]:
    """报出的月报各取末一版，现在的或当时的：改报是再报一版，报出之前还是前一版（统计另按所属月份取数）。"""
    return MonthlyReport.objects.step_seen(past, "project_year_id", "month")


def report_lines(
    *, month: date, project_year_ids: Collection[int], past: Past | None = None
) -> dict[int, ReportLine]:
    """若干年度项目某月月报的现状，或当时的；查询条数与项目数无关。"""
    filed = reports_filed(past).filter(month=month, project_year__in=project_year_ids)
    reports = {item.project_year_id: item for item in filed.select_related("operation")}
    reviews: dict[int, list[ReportReview]] = defaultdict(list)
    for review in ReportReview.objects.by_then(past).filter(report__in=reports.values()).order_by("pk"):
        reviews[review.report_id].append(review)
    plans = MonthlyPlan.objects.seen(past).filter(month=month, project_year__in=project_year_ids)
    planned = dict(plans.values_list("project_year_id", "planned_progress_percent"))
    reminded = chased_on(month=month, project_year_ids=project_year_ids, past=past)
    return {
        number: _line(reports.get(number), reviews, planned.get(number), tuple(reminded[number]))
        for number in project_year_ids
    }


def chased_on(
    *, month: date, project_year_ids: Collection[int], past: Past | None = None
) -> dict[int, list[date]]:
    """若干年度项目某月的月报催过几次、各在哪天，现在的或当时的；没有催过的为空表。"""
    found: dict[int, list[date]] = defaultdict(list)
    reminders = ReportReminder.objects.by_then(past).filter(month=month, project_year__in=project_year_ids)
    for project_year_id, on in reminders.order_by("on").values_list("project_year_id", "on"):
        found[project_year_id].append(on)
    return found


def line_of(
    report: MonthlyReport | None, plan: MonthlyPlan | None, reviewed: Sequence[ReportReview] | None = None
) -> ReportLine:
    """手上已有一版与计划的，现状只差审核（连审核也有的就给 ``reviewed``）；填报页、审核页每次都要，少问几遍库。"""
    if reviewed is None:
        reviewed = list(report.reviews.order_by("pk")) if report else []
    reviews = {report.pk: reviewed} if report else {}
    return _line(report, reviews, plan.planned_progress_percent if plan else None, ())


def _line(
    report: MonthlyReport | None,
    reviews: Mapping[int, Sequence[ReportReview]],
    planned: Decimal | None,
    reminded_on: tuple[date, ...],
) -> ReportLine:
    if report is None:
        return ReportLine(planned_progress=planned, reminded_on=reminded_on)
    found = reviews[report.pk]
    return ReportLine(
        report=report,
        state=state_after(ReportVerb(review.verb) for review in found),
        planned_progress=planned,
        returned=next((review.reason for review in found if review.verb == ReportVerb.RETURN), ""),
        reminded_on=reminded_on,
    )


def report_versions(
    *, project: Project, month: date, past: Past | None = None
) -> list[tuple[MonthlyReport, list[ReportReview]]]:
    """某项目某月月报的各版与每版的审核（看过去时到当时为止），从新到旧。"""
    reports = MonthlyReport.objects.by_then(past).filter(project_year__project=project, month=month)
    found = list(reports.select_related("operation", "variance_cause", "correction").order_by("-pk"))
    reviews: dict[int, list[ReportReview]] = defaultdict(list)
    given = ReportReview.objects.by_then(past).filter(report__in=found)
    for review in given.select_related("operation").order_by("pk"):
        reviews[review.report_id].append(review)
    return [(report, reviews[report.pk]) for report in found]


def remarks_on(*, project: Project, month: date, past: Past | None = None) -> list[ReportRemark]:
    """对某项目某月月报各版的意见，现在的或当时的，从新到旧。"""
    standing = ReportRemark.objects.seen(past)
    remarks = standing.filter(report__project_year__project=project, report__month=month)
    return list(remarks.select_related("operation").order_by("-pk"))


def corrections_of(
    project: Project, month: date, past: Past | None = None
) -> list[tuple[ReportCorrection, CorrectionRuling | None]]:
    """某项目某月关账后的更正申请与批复（看过去时到当时为止），从新到旧。"""
    found = ReportCorrection.objects.by_then(past).filter(project_year__project=project, month=month)
    rows = found.select_related("operation", "ruling__operation").order_by("-pk")
    return [(row, ruling_seen(row, past)) for row in rows]


def pending_corrections(
    *, project_year: ProjectYear | None = None, month: date | None = None, past: Past | None = None
) -> list[ReportCorrection]:
    """待批的更正，现在的或当时的，先申请的在前；可只取一个年度项目、一个月的。"""
    found = ReportCorrection.objects.unruled(past)
    if project_year is not None:
        found = found.filter(project_year=project_year)
    if month is not None:
        found = found.filter(month=month)
    return list(found.select_related("project_year__project__profile", "operation").order_by("pk"))


def days_late(*, month: date, on: date, calendar: WorkCalendar) -> int:
    """到 ``on`` 当日，月报逾期了几个工作日；未到期为 0。"""
    due = report_due_on(month, calendar)
    span = (on - due).days
    return sum(calendar.is_workday(due + timedelta(days=step)) for step in range(1, span + 1))


def reminds_today(*, month: date, on: date, calendar: WorkCalendar) -> bool:
    """今天按规则该不该催：期限前 3 个工作日一次、期限当日、此后每个工作日。"""
    if not calendar.is_workday(on):
        return False
    due = report_due_on(month, calendar)
    if on >= due:
        return True
    ahead = sum(calendar.is_workday(on + timedelta(days=step)) for step in range(1, (due - on).days + 1))
    return ahead == REMIND_BEFORE


def overdue_month(*, on: date, calendar: WorkCalendar) -> date:
    """最近一个过了期限的月份：当月期限已过的是当月，否则是上月。"""
    month = on.replace(day=1)
    return month if on > report_due_on(month, calendar) else (month - timedelta(days=1)).replace(day=1)


def owing(month: date, past: Past | None = None) -> list[ProjectYear]:
    """某月还欠着月报的年度项目，现在的或当时的：月末之前已列入，没有报，或报了又被退回；按列入的先后。"""
    listed = {"project_year__year": month.year, "list_version__on__lte": last_day_of(month)}
    entries = ListEntry.objects.seen(past).filter(**listed)
    related = entries.select_related("project_year__project__profile__responsible_unit")
    years = {entry.project_year_id: entry.project_year for entry in related.order_by("project_year_id")}
    lines = report_lines(month=month, project_year_ids=list(years), past=past)
    owed = (ReportState.MISSING, ReportState.RETURNED)
    return [year for number, year in years.items() if lines[number].state in owed]


def chased(user: User) -> dict[date, list[ProjectYear]]:
    """``user`` 本单位该报而催过、或被退回的月报，按月份；已关账的月份不再催（§4.3）。"""
    own = set(Project.objects.of(user).values_list("pk", flat=True))
    reminders = ReportReminder.objects.filter(project_year__project__in=own)
    reminded = set(reminders.values_list("month", "project_year"))
    returns = ReportReview.objects.filter(verb=ReportVerb.RETURN, report__project_year__project__in=own)
    returned = set(returns.values_list("report__month", "report__project_year"))
    frozen = ReportingPeriod.objects.filter(frozen_at__isnull=False).values_list("month", flat=True)
    months = sorted({month for month, _ in reminded | returned} - set(frozen))
    found = {
        month: [year for year in owing(month) if (month, year.pk) in reminded | returned] for month in months
    }
    return {month: years for month, years in found.items() if years}
