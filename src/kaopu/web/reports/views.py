"""月报：预填上月所写，旁列本月计划；已冻结或已有新版的不改，两版并列给人看。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kaopu.domain.money import YUAN_PER_WAN
from kaopu.domain.rights import Act, Thing
from kaopu.projects.models import Project, ProjectYear
from kaopu.tracking import queries as tracking
from kaopu.tracking.actions import MonthFrozen, StaleReport, submit_report
from kaopu.tracking.models import MonthlyReport
from kaopu.web.access import guarded, signed_in
from kaopu.web.reports.forms import ReportForm


@guarded(Thing.MONTHLY_REPORT, get=Act.CHANGE, post=Act.CHANGE)
def report_edit(request: HttpRequest, project: Project, month: date) -> HttpResponse:
    """填报或更正某月月报。报出即定稿，更正另起一版，旧版永在。"""
    user = signed_in(request)
    project_year = ProjectYear.objects.filter(project=project, year=month.year).first()
    if project_year is None:
        raise Http404
    page = _page(project, month)
    if request.method != "POST":
        return render(request, "reports/edit.html", {**page, "form": _blank_form(page)})
    form = ReportForm(request.POST, previous=page["previous"])
    if not form.is_valid():
        return render(request, "reports/edit.html", {**page, "form": form}, status=422)
    try:
        submit_report(
            project_year=project_year,
            month=month,
            seen=form.cleaned_data["seen"],
            by=user,
            on=timezone.localdate(),
            **form.report_fields(),
        )
    except (MonthFrozen, StaleReport) as error:
        return _conflict(request, project, month, form, error)
    messages.success(request, f"{month:%Y年}{month.month}月月报已报出。")
    return redirect(f"{reverse('project_detail', kwargs={'code': project.code})}?year={month.year}")


def _page(project: Project, month: date) -> dict[str, Any]:
    reports: Sequence[MonthlyReport] = list(tracking.reports_for(project, month.year))
    plans = {plan.month: plan for plan in tracking.plans_for(project, month.year)}
    return {
        "project": project,
        "profile": project.profile,
        "month": month,
        "frozen": tracking.is_frozen(month),
        "plan": plans.get(month),
        "current": next((report for report in reports if report.month == month), None),
        "previous": max(
            (report for report in reports if report.month < month), key=lambda r: r.month, default=None
        ),
        "cumulative_yuan": sum(report.investment_yuan or 0 for report in reports if report.month < month),
    }


def _blank_form(page: dict[str, Any]) -> ReportForm:
    """已报过的填现行一版；未报的预填上月的文字，数字留空由人填。"""
    current, previous = page["current"], page["previous"]
    base: MonthlyReport | None = current or previous
    initial: dict[str, Any] = {"seen": current.pk if current else None}
    if base is not None:
        initial |= {"work": base.work, "problems": base.problems, "next_steps": base.next_steps}
    if current is not None:
        initial["investment"] = _wan_text(current.investment_yuan)
        initial["progress"] = _percent_text(current.progress_percent)
    return ReportForm(initial=initial, previous=previous)


def _wan_text(yuan: int | None) -> str:
    return "" if yuan is None else f"{(Decimal(yuan) / YUAN_PER_WAN).normalize():f}"


def _percent_text(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def _conflict(
    request: HttpRequest, project: Project, month: date, form: ReportForm, error: Exception
) -> HttpResponse:
    """409：把库里现行的一版与刚填的一版并列；接着报出须以现行一版为准重新核对。"""
    page = _page(project, month)
    current: MonthlyReport | None = page["current"]
    typed = request.POST.copy()
    typed["seen"] = str(current.pk) if current else ""
    recorded: datetime | None = current.recorded_at if current else None
    context = {**page, "form": ReportForm(typed, previous=page["previous"]), "message": str(error)}
    typed_rows = form.report_fields()
    return render(
        request, "reports/conflict.html", {**context, "typed": typed_rows, "recorded": recorded}, status=409
    )
