"""关账后更正：冻结的月份错了，由填报的人申请、推进办另一人批复；关账时的一版与更正后的一版并列。"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.rights import Act, Thing
from kaopu.projects.actions import ProposalRefused
from kaopu.projects.models import Project, ProjectYear
from kaopu.projects.queries import attachments_of
from kaopu.tracking import queries as tracking
from kaopu.tracking.actions import CorrectionRefused, propose_correction, rule_correction
from kaopu.tracking.models import MonthlyReport
from kaopu.web.access import guarded, known_then, permitted, require, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.attachments import ATTACHMENTS
from kaopu.web.reports.forms import CorrectionForm, CorrectionRulingForm, first_values


@guarded(Thing.MONTHLY_REPORT, post=Act.READ)
def report_correction(request: HttpRequest, project: Project, month: date) -> HttpResponse:
    """某月月报关账后的更正：看各版与各次申请，现在的或当时的；有权的人申请或批复。"""
    user = signed_in(request)
    project_year = ProjectYear.objects.filter(project=project, year=month.year).first()
    asked = asked_day(request)
    if project_year is None or not tracking.is_frozen(month, asked.past):
        raise Http404
    page = _page(user, asked, project, month)
    if request.method != "POST":
        return render(request, "reports/correction.html", page)
    if "correction" in request.POST:
        require(user, Thing.MONTHLY_REPORT, Act.APPROVE, project)
        return _rule(request, user, page)
    require(user, Thing.MONTHLY_REPORT, Act.CHANGE, project)
    return _propose(request, user, page, project_year)


def _page(user: User, asked: Asked, project: Project, month: date) -> dict[str, Any]:
    past = asked.past
    known_then(project, past)
    reports = list(tracking.reports_for(project, month.year))
    current = next((item for item in reports if item.month == month), None)
    earlier = [item for item in reports if item.month < month]
    corrections = tracking.corrections_of(project, month, past)
    pending = next((item for item, ruling in corrections if ruling is None), None)
    return {
        "asked": asked,
        "project": project,
        "profile": project.profile,
        "month": month,
        "current": current,
        "previous": earlier[-1] if earlier else None,
        "versions": [
            report for report, _ in tracking.report_versions(project=project, month=month, past=past)
        ],
        "corrections": corrections,
        "pending": pending,
        "attached": attachments_of([item.operation_id for item, _ in corrections], past),
        "form": _form(month, current, earlier[-1] if earlier else None)
        if not (pending or past) and permitted(user, Thing.MONTHLY_REPORT, Act.CHANGE, project)
        else None,
        "ruling_form": CorrectionRulingForm(initial={"correction": pending.pk})
        if pending and not past and permitted(user, Thing.MONTHLY_REPORT, Act.APPROVE, project)
        else None,
    }


def _form(
    month: date, current: MonthlyReport | None, previous: MonthlyReport | None, *sent: Any
) -> CorrectionForm:
    return CorrectionForm(*sent, month=month, previous=previous, initial=first_values(current, None))


def _propose(
    request: HttpRequest, user: User, page: dict[str, Any], project_year: ProjectYear
) -> HttpResponse:
    form = _form(page["month"], page["current"], page["previous"], request.POST, request.FILES)
    if form.is_valid():
        try:
            propose_correction(
                project_year=project_year,
                month=page["month"],
                seen=form.cleaned_data["seen"],
                reason=form.cleaned_data["reason"],
                by=user,
                on=timezone.localdate(),
                attachments=form.cleaned_data[ATTACHMENTS],
                **form.report_fields(),
            )
        except CorrectionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{page['profile'].name}：{page['month'].month}月更正已申请，待批复。")
            return _back(page)
    return render(request, "reports/correction.html", {**page, "form": form}, status=422)


def _rule(request: HttpRequest, user: User, page: dict[str, Any]) -> HttpResponse:
    form = CorrectionRulingForm(request.POST)
    pending = page["pending"]
    if pending is None or form.data.get("correction") != str(pending.pk):
        raise Http404
    if form.is_valid():
        try:
            rule_correction(
                correction=pending,
                approved="approve" in request.POST,
                reason=form.cleaned_data["opinion"],
                by=user,
                on=timezone.localdate(),
            )
        except ProposalRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{page['profile'].name}：{page['month'].month}月更正已批复。")
            return _back(page)
    return render(request, "reports/correction.html", {**page, "ruling_form": form}, status=422)


def _back(page: dict[str, Any]) -> HttpResponse:
    return redirect("report_correction", code=page["project"].code, month=page["month"])
