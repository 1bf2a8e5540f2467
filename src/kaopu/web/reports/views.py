"""月报：预填上月所写，旁列本月计划；已冻结或已有新版的不改，两版并列给人看。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.domain.money import in_text
from kaopu.domain.parsing import typed_percent
from kaopu.domain.reporting import STATE_LABELS, needs_cause
from kaopu.domain.rights import Act, Thing
from kaopu.projects.models import Project, ProjectYear
from kaopu.projects.queries import attachments_of
from kaopu.tracking import queries as tracking
from kaopu.tracking.actions import MonthFrozen, ReviewRefused, StaleReport, submit_report
from kaopu.tracking.models import MonthlyReport
from kaopu.web.access import guarded, signed_in
from kaopu.web.attachments import ATTACHMENTS
from kaopu.web.reports.forms import ReportForm, first_values


@guarded(Thing.MONTHLY_REPORT, get=Act.CHANGE, post=Act.CHANGE)
def report_edit(request: HttpRequest, project: Project, month: date) -> HttpResponse:
    """填报或更正某月月报。报出即定稿，更正另起一版，旧版永在。"""
    user = signed_in(request)
    years = ProjectYear.objects.select_related("project__profile")
    project_year = years.filter(project=project, year=month.year).first()
    if project_year is None:
        raise Http404
    page = _page(project_year, month)
    if request.method != "POST":
        return render(request, "reports/edit.html", {**page, **_quiet(page), "form": _blank_form(page)})
    form = _form(page, _typed(request, page), request.FILES)
    if not form.is_valid():
        return render(request, "reports/edit.html", {**page, **_quiet(page), "form": form}, status=422)
    try:
        report = submit_report(
            project_year=project_year,
            month=month,
            seen=form.cleaned_data["seen"],
            by=user,
            on=timezone.localdate(),
            **form.report_fields(),
            **form.variance_fields(),
            attachments=form.cleaned_data[ATTACHMENTS],
            kept=form.kept,
        )
    except (MonthFrozen, StaleReport) as error:
        return _conflict(request, project_year, month, form, error)
    except ReviewRefused as error:
        form.add_error(None, str(error))
        return render(request, "reports/edit.html", {**page, **_quiet(page), "form": form}, status=422)
    said = f"本月投资{in_text(report.investment_yuan)}，累计进度 {typed_percent(report.progress_percent)}%"
    messages.success(request, f"{page['profile'].name}：{month:%Y年}{month.month}月月报已报出，{said}。")
    return redirect("report_desk", month=month)


def _typed(request: HttpRequest, page: dict[str, Any]) -> QueryDict:
    """所填的内容；按“本月无进展”报的，投资记 0、进度与文字照上月（都由填报人按下按钮确认，不是推测）。"""
    previous: MonthlyReport | None = page["previous"]
    if "quiet" not in request.POST or previous is None:
        return request.POST
    typed = request.POST.copy()
    typed["investment"] = "0"
    typed["progress"] = typed_percent(previous.progress_percent)
    for name in ("work", "problems", "next_steps"):
        typed[name] = getattr(previous, name)
    return typed


def _page(project_year: ProjectYear, month: date) -> dict[str, Any]:
    """填报页的内容：本月计划、上月所报、现行一版与它走到哪一步。"""
    project = project_year.project
    reports: Sequence[MonthlyReport] = list(tracking.reports_for(project, month.year))
    plans = {plan.month: plan for plan in tracking.plans_for(project, month.year)}
    current = next((report for report in reports if report.month == month), None)
    line = tracking.line_of(current, plans.get(month))
    # 一月接着去年最后一份报：结转的项目也预填
    earlier = [report for report in reports if report.month < month]
    earlier = earlier or list(tracking.reports_for(project, month.year - 1))
    return {
        "project": project,
        "profile": project.profile,
        "month": month,
        "frozen": tracking.is_frozen(month),
        "line": line,
        "state_label": STATE_LABELS[line.state],
        "plan": plans.get(month),
        "current": current,
        "previous": max(earlier, key=lambda report: report.month, default=None),
        "cumulative_yuan": sum(report.investment_yuan or 0 for report in reports if report.month < month),
    }


def _form(page: dict[str, Any], *sent: Any, **options: Any) -> ReportForm:
    current: MonthlyReport | None = page["current"]
    before = attachments_of([current.operation_id]).get(current.operation_id, []) if current else []
    attached = [item for item in before if item.voiding is None]  # 作废了的不照留
    return ReportForm(
        *sent, month=page["month"], previous=page["previous"], plan=page["plan"], attached=attached, **options
    )


def _blank_form(page: dict[str, Any]) -> ReportForm:
    return _form(page, initial=first_values(page["current"], page["previous"]))


def _quiet(page: dict[str, Any]) -> dict[str, Any]:
    """“本月无进展”的一张小表：只给还没有报、上月报过进度的；照上月已偏离计划的，当场选原因。"""
    previous: MonthlyReport | None = page["previous"]
    if page["current"] or page["frozen"] or previous is None or previous.progress_percent is None:
        return {"quiet": None}
    form = ReportForm(month=page["month"], previous=previous, plan=page["plan"], auto_id="quiet_%s")
    return {"quiet": form, "quiet_is_wide": needs_cause(form.planned, previous.progress_percent)}


def _conflict(
    request: HttpRequest, project_year: ProjectYear, month: date, form: ReportForm, error: Exception
) -> HttpResponse:
    """409：把库里现行的一版与刚填的一版并列；接着报出须以现行一版为准重新核对。"""
    page = _page(project_year, month)
    current: MonthlyReport | None = page["current"]
    typed = request.POST.copy()
    typed["seen"] = str(current.pk) if current else ""
    recorded: datetime | None = current.recorded_at if current else None
    form_again = _form(page, typed, request.FILES)
    context = {**page, "form": form_again, "message": str(error)}
    typed_rows = form.report_fields()
    return render(
        request, "reports/conflict.html", {**context, "typed": typed_rows, "recorded": recorded}, status=409
    )
