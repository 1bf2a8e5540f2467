"""月度计划：年初计划、最新计划、实际三列并排；建设单位报、责任单位初审、推进办审定（§4.2）。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.reporting import STATE_LABELS, VERB_LABELS, ReportState, ReportVerb, act_for, reviews_at
from kaopu.domain.rights import Act, Thing
from kaopu.figures.queries import is_year_closed
from kaopu.projects import queries as projects
from kaopu.projects.actions import PlanRefused, PlanStale, propose_plan, review_plan
from kaopu.projects.actions.plans import plan_state
from kaopu.projects.models import ListEntry, MonthlyPlan, PlanProposal, Project
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import MonthlyReport
from kaopu.web.access import guarded, known_then, permitted, require, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.plans.forms import PlanForm, initial_of


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """一个月的三列。"""

    month: date
    first: MonthlyPlan | None
    latest: MonthlyPlan | None
    actual: MonthlyReport | None
    proposed: dict[str, Any] | None


@guarded(Thing.MONTHLY_PLAN, post=Act.READ)
def plan_edit(request: HttpRequest, project: Project, year: int) -> HttpResponse:
    """一个项目一年的计划，现在的或当时的；提交即报一稿，或审一步。"""
    user, past = signed_in(request), asked_day(request).past
    entry = next((item for item in projects.years_of(project, past) if item.project_year.year == year), None)
    if entry is None:
        raise Http404
    if request.method != "POST":
        return _page(request, user, project, entry)
    if request.POST.get("what") == "review":
        return _reviewed(request, user, project, entry)
    return _proposed(request, user, project, entry)


def _page(
    request: HttpRequest, user: User, project: Project, entry: ListEntry, *, form: PlanForm | None = None,
    problem: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    year, asked = entry.project_year.year, asked_day(request)
    past = asked.past
    proposal = projects.plan_proposal(entry.project_year, past)
    state = plan_state(proposal)
    plans = {plan.month: plan for plan in tracking.plans_for(project, year, past)}
    closed = is_year_closed(year, past)
    still = closed or asked.looks_back
    known_then(project, past)
    verbs = [
        (verb.value, VERB_LABELS[verb])
        for verb in reviews_at(state)
        if state is not ReportState.ACCEPTED  # 审定的计划不退回，要改另报一稿
        and not still
        and permitted(user, Thing.MONTHLY_PLAN, act_for(state, verb), project)
    ]
    blank = PlanForm(year=year, initial={**initial_of(plans), "seen": proposal.pk if proposal else None})
    context = {
        "asked": asked,
        "project": project,
        "profile": project.profile,
        "entry": entry,
        "year": year,
        "rows": _rows(project, year, plans, proposal if state is not ReportState.ACCEPTED else None, past),
        "state": STATE_LABELS[state],
        "proposal": proposal,
        "adjusting": bool(plans),
        "verbs": verbs,
        "verb_labels": {verb.value: label for verb, label in VERB_LABELS.items()},
        "form": form or blank,
        "may_propose": not still and permitted(user, Thing.MONTHLY_PLAN, Act.CHANGE, project),
        "closed": closed,
        "problem": problem,
        "total": sum(plan.planned_investment_yuan or 0 for plan in plans.values()),
    }
    return render(request, "plans/plan.html", context, status=status)


def _rows(
    project: Project,
    year: int,
    plans: dict[date, MonthlyPlan],
    proposal: PlanProposal | None,
    past: Past | None,
) -> list[PlanRow]:
    first = projects.first_plans(project, year, past)
    filed = tracking.reports_filed(past).filter(project_year__project=project, month__year=year)
    reports = {report.month: report for report in filed}
    proposed = {line["month"]: line for line in proposal.lines} if proposal else {}
    months = [date(year, number, 1) for number in range(1, 13)]
    return [
        PlanRow(
            month=month, first=first.get(month), latest=plans.get(month), actual=reports.get(month),
            proposed=proposed.get(month.isoformat()),
        )
        for month in months
    ]  # fmt: skip


def _proposed(request: HttpRequest, user: User, project: Project, entry: ListEntry) -> HttpResponse:
    require(user, Thing.MONTHLY_PLAN, Act.CHANGE, project)
    year = entry.project_year.year
    form = PlanForm(request.POST, year=year)
    if is_year_closed(year):
        return _page(
            request, user, project, entry, problem=f"{year}年度已年末关账，计划不再改动。", status=409
        )
    if not form.is_valid():
        return _page(request, user, project, entry, form=form, status=422)
    try:
        propose_plan(
            project_year=entry.project_year, lines=form.lines(), seen=form.cleaned_data["seen"],
            reason=form.cleaned_data["reason"], by=user, on=timezone.localdate(),
        )  # fmt: skip
    except PlanRefused as error:
        form.add_error(None, str(error))
        return _page(request, user, project, entry, form=form, status=422)
    except PlanStale as error:
        return _page(request, user, project, entry, form=form, problem=str(error), status=409)
    messages.success(request, "计划已报出，待审。")
    return redirect("plan_edit", code=project.code, year=year)


def _reviewed(request: HttpRequest, user: User, project: Project, entry: ListEntry) -> HttpResponse:
    verb = request.POST.get("verb", "")
    proposal = projects.plan_proposal(entry.project_year)
    if verb not in ReportVerb.__members__.values() or proposal is None:
        raise Http404
    require(user, Thing.MONTHLY_PLAN, act_for(plan_state(proposal), ReportVerb(verb)), project)
    if request.POST.get("proposal") != str(proposal.pk):
        return _page(
            request, user, project, entry, problem="这份计划已有新稿。请核对新稿后再审。", status=409
        )
    try:
        review_plan(
            proposal=proposal, verb=ReportVerb(verb), reason=request.POST.get("reason", ""), by=user,
            on=timezone.localdate(),
        )  # fmt: skip
    except PlanRefused as error:
        return _page(request, user, project, entry, problem=str(error), status=422)
    except PlanStale as error:
        return _page(request, user, project, entry, problem=str(error), status=409)
    messages.success(request, "已办理。")
    return redirect("plan_edit", code=project.code, year=entry.project_year.year)
