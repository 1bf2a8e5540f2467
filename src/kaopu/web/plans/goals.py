"""承诺：责任书签订后年度目标锁定；变更须申请、批复，最初的承诺永远看得见（种子 D04、D06）。"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import User
from kaopu.domain.causes import Cause
from kaopu.domain.rights import Act, Thing
from kaopu.figures.queries import is_year_closed
from kaopu.projects import queries as projects
from kaopu.projects.actions import (
    CommitmentRefused,
    ProposalRefused,
    propose_goal_change,
    rule_goal_change,
    sign_letter,
)
from kaopu.projects.models import AnnualGoal, Project, ProjectYear
from kaopu.supervision.queries.clock import today
from kaopu.web.access import guarded, known_then, permitted, require, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.errors import conflict
from kaopu.web.plans.forms import ChangeForm, LetterForm


@guarded(Thing.ANNUAL_GOAL, post=Act.READ)
def goal_commitments(request: HttpRequest, project: Project, year: int) -> HttpResponse:
    """一个项目一年的目标，现在的或当时的：最初承诺与现行目标并列；锁定后在此申请与批复变更。"""
    user = signed_in(request)
    project_year = ProjectYear.objects.filter(project=project, year=year).first()
    if project_year is None:
        raise Http404
    if request.method != "POST":
        return _page(request, user, project, project_year)
    handler = {"propose": _propose, "rule": _rule}.get(request.POST.get("what", ""))
    if handler is None:
        raise Http404
    if is_year_closed(year):
        return _page(request, user, project, project_year, problem=_closed(year), status=409)
    return handler(request, user, project, project_year)


def _page(
    request: HttpRequest, user: User, project: Project, project_year: ProjectYear, *,
    form: ChangeForm | None = None, problem: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = asked_day(request)
    past = asked.past
    still = asked.looks_back or is_year_closed(project_year.year)
    letter = projects.letter_of(project, project_year.year, past)
    known_then(project, past)
    may_propose = permitted(user, Thing.ANNUAL_GOAL, Act.PROPOSE, project) or permitted(
        user, Thing.ANNUAL_GOAL, Act.CHANGE, project
    )
    context: dict[str, Any] = {
        "asked": asked,
        "project": project,
        "profile": project.profile,
        "year": project_year.year,
        "goals": projects.commitments(project_year, past),
        "letter": letter,
        "form": form or ChangeForm(label_suffix=""),
        "may_propose": letter is not None and may_propose and not still,
        "may_rule": permitted(user, Thing.ANNUAL_GOAL, Act.APPROVE, project) and not still,
        "causes": {cause.value: cause.label for cause in Cause},
        "problem": problem,
    }
    return render(request, "plans/goals.html", context, status=status)


def _closed(year: int) -> str:
    return f"{year}年度已年末关账，责任书与年度目标不再改动。"


def _propose(request: HttpRequest, user: User, project: Project, project_year: ProjectYear) -> HttpResponse:
    act = Act.PROPOSE if permitted(user, Thing.ANNUAL_GOAL, Act.PROPOSE, project) else Act.CHANGE
    require(user, Thing.ANNUAL_GOAL, act, project)
    wanted = request.POST.get("goal", "")
    goals = AnnualGoal.objects.live().filter(project_year=project_year)
    goal = goals.filter(pk=wanted).first() if wanted.isdigit() else None
    if goal is None:
        return _page(
            request, user, project, project_year, problem="这条目标已有改动。请刷新后再申请。", status=409
        )
    form = ChangeForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, user, project, project_year, form=form, status=422)
    data = {**form.cleaned_data, "cause": Cause(form.cleaned_data["cause"])}
    try:
        propose_goal_change(goal=goal, by=user, on=today(), **data)
    except CommitmentRefused as error:
        form.add_error(None, str(error))
        return _page(request, user, project, project_year, form=form, status=422)
    messages.success(request, "变更已申请，待推进办批复。")
    return redirect("goal_commitments", code=project.code, year=project_year.year)


def _rule(request: HttpRequest, user: User, project: Project, project_year: ProjectYear) -> HttpResponse:
    require(user, Thing.ANNUAL_GOAL, Act.APPROVE, project)
    wanted = request.POST.get("change", "")
    change = projects.pending_change(project_year, int(wanted)) if wanted.isdigit() else None
    if change is None:
        return _page(request, user, project, project_year, problem="这件变更已经批复。请核对。", status=409)
    try:
        rule_goal_change(
            change=change, approved=request.POST.get("ruling") == "approve",
            reason=request.POST.get("reason", ""), by=user, on=today(),
        )  # fmt: skip
    except ProposalRefused as error:
        return _page(request, user, project, project_year, problem=str(error), status=422)
    messages.success(request, "已批复。")
    return redirect("goal_commitments", code=project.code, year=project_year.year)


@guarded(Thing.ANNUAL_GOAL, get=Act.CHANGE, post=Act.CHANGE)
def letter_list(request: HttpRequest, year: int) -> HttpResponse:
    """各责任单位的责任书，现在的或当时的：签了没有、几个项目；登记一份签订。"""
    user, asked = signed_in(request), asked_day(request)
    form = LetterForm(request.POST or None, label_suffix="", initial={"on": today()})
    closed = is_year_closed(year)
    if closed and request.method == "POST":
        return conflict(request, _closed(year))
    if request.method == "POST" and form.is_valid():
        try:
            sign_letter(year=year, by=user, **form.cleaned_data)
        except CommitmentRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已登记，该单位当年各项目的年度目标自此锁定。")
            return redirect("letter_list", year=year)
    context = {
        "asked": asked,
        "year": year,
        "rows": projects.letters(year, asked.past),
        "form": None if closed or asked.looks_back else form,
    }
    return render(request, "plans/letters.html", context, status=422 if form.errors else 200)
