"""一份月报的审核与来历：各版、每一步谁在何时办的；有权的人在此初审、审定或退回。"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.reporting import STATE_LABELS, VERB_LABELS, ReportVerb, act_for, reviews_at
from kaopu.domain.rights import Act, Thing
from kaopu.projects.models import Project, ProjectYear
from kaopu.projects.queries import attachments_of
from kaopu.tracking import queries as tracking
from kaopu.tracking.actions import (
    MonthFrozen,
    ReviewRefused,
    StaleReport,
    remark_on_report,
    review_report,
)
from kaopu.tracking.models import MonthlyReport
from kaopu.web.access import guarded, known_then, permitted, require, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.reports.forms import RemarkForm, ReviewForm


@guarded(Thing.MONTHLY_REPORT, post=Act.READ)
def report_review(request: HttpRequest, project: Project, month: date) -> HttpResponse:
    """看一份月报走到哪一步，现在的或当时的；提交即办一步审核，或提一条意见。"""
    user = signed_in(request)
    project_year = ProjectYear.objects.filter(project=project, year=month.year).first()
    if project_year is None:
        raise Http404
    page = _page(user, asked_day(request), project, project_year, month)
    if request.method != "POST":
        return render(request, "reports/review.html", page)
    if request.POST.get("what") == "remark":
        return _remarked(request, user, page)
    return _reviewed(request, user, page)


def _page(
    user: User, asked: Asked, project: Project, project_year: ProjectYear, month: date
) -> dict[str, Any]:
    past = asked.past
    versions = tracking.report_versions(project=project, month=month, past=past)
    report, reviewed = versions[0] if versions and not versions[0][0].voided else (None, [])
    plan = tracking.plans_for(project, month.year, past).filter(month=month).first()
    line = tracking.line_of(report, plan, reviewed)
    frozen = tracking.is_frozen(month, past)
    verbs = [
        verb
        for verb in reviews_at(line.state)
        if not (frozen or past) and permitted(user, Thing.MONTHLY_REPORT, act_for(line.state, verb), project)
    ]
    earlier = tracking.reports_filed(past).filter(project_year=project_year, month__lt=month)
    known_then(project, past)
    seen = {"report": line.report.pk if line.report else None}
    return {
        "asked": asked,
        "project": project,
        "project_year": project_year,
        "profile": project.profile,
        "month": month,
        "line": line,
        "chased_on": tracking.chased_on(month=month, project_year_ids=[project_year.pk], past=past)[
            project_year.pk
        ],
        "state_label": STATE_LABELS[line.state],
        "frozen": frozen,
        "verbs": [(verb.value, VERB_LABELS[verb]) for verb in verbs],
        "verb_labels": {verb.value: label for verb, label in VERB_LABELS.items()},
        "versions": versions,
        "attached": attachments_of([report.operation_id for report, _ in versions], past),
        "plan": plan,
        "previous": earlier.order_by("month").last(),
        "may_file": permitted(user, Thing.MONTHLY_REPORT, Act.CHANGE, project),
        "remarks": tracking.remarks_on(project=project, month=month, past=past),
        "remark_form": RemarkForm(initial=seen, prefix="remark"),
        "may_remark": not past
        and line.report is not None
        and permitted(user, Thing.MONTHLY_REPORT, Act.PROPOSE, project),
        "form": ReviewForm(initial=seen),
    }


def _reviewed(request: HttpRequest, user: User, page: dict[str, Any]) -> HttpResponse:
    form = ReviewForm(request.POST)
    verb = request.POST.get("verb", "")
    if verb not in VERB_LABELS:
        return render(request, "reports/review.html", {**page, "form": form}, status=422)
    wanted = ReportVerb(verb)
    require(user, Thing.MONTHLY_REPORT, act_for(page["line"].state, wanted), page["project"])
    if not form.is_valid():
        return render(request, "reports/review.html", {**page, "form": form}, status=422)
    report = _report(page, form.cleaned_data["report"])
    try:
        review_report(
            report=report, verb=wanted, by=user, on=timezone.localdate(), reason=form.cleaned_data["reason"]
        )
    except ReviewRefused as error:
        form.add_error(None, str(error))
        return render(request, "reports/review.html", {**page, "form": form}, status=422)
    except (StaleReport, MonthFrozen) as error:
        fresh = _page(user, page["asked"], page["project"], page["project_year"], page["month"])
        return render(request, "reports/review.html", {**fresh, "stale": str(error)}, status=409)
    messages.success(request, f"{page['profile'].name}：{page['month'].month}月月报{VERB_LABELS[wanted]}。")
    return redirect("report_desk", month=page["month"])


def _report(page: dict[str, Any], pk: int) -> MonthlyReport:
    """这个项目这个月的一版月报。"""
    reports = MonthlyReport.objects.filter(project_year__project=page["project"], month=page["month"])
    report: MonthlyReport = get_object_or_404(reports, pk=pk)
    return report


def _remarked(request: HttpRequest, user: User, page: dict[str, Any]) -> HttpResponse:
    require(user, Thing.MONTHLY_REPORT, Act.PROPOSE, page["project"])
    form = RemarkForm(request.POST, prefix="remark")
    if not form.is_valid():
        return render(request, "reports/review.html", {**page, "remark_form": form}, status=422)
    report = _report(page, form.cleaned_data["report"])
    remark_on_report(report=report, text=form.cleaned_data["text"], by=user, on=timezone.localdate())
    messages.success(request, "意见已记，填报与审核的人都看得见。")
    return redirect("report_review", code=page["project"].code, month=page["month"])
