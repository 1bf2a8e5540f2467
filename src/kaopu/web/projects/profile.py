"""档案变更页：单位申请改哪几栏，推进办批准即另起一版；历次申请前后并列（HANDBOOK §4.2）。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import User
from kaopu.domain.days import chinese_day
from kaopu.domain.money import in_text
from kaopu.domain.rights import Act, Thing
from kaopu.projects import queries as projects
from kaopu.projects.actions import (
    ProposalRefused,
    profile_column,
    propose_profile_change,
    revised_values,
    rule_profile_change,
)
from kaopu.projects.models import ProfileChange, ProfileRuling, Project
from kaopu.supervision.queries.clock import today
from kaopu.web.access import guarded, known_then, permitted, require, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.projects.profile_forms import ProfileForm, initial_of


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """一件申请：改了哪几栏，前后各是什么；批复了没有。"""

    change: ProfileChange
    ruling: ProfileRuling | None
    columns: list[tuple[str, str, str]]


@guarded(Thing.PROJECT, post=Act.READ)
def project_profile(request: HttpRequest, project: Project) -> HttpResponse:
    """一个项目档案的历次变更，现在的或当时的；提交即申请或批复。"""
    user = signed_in(request)
    if request.method != "POST":
        return _page(request, user, project)
    handler = {"propose": _propose, "rule": _rule}.get(request.POST.get("what", ""))
    if handler is None:
        raise Http404
    return handler(request, user, project)


def _page(
    request: HttpRequest, user: User, project: Project, *, form: forms.Form | None = None, problem: str = ""
) -> HttpResponse:
    asked = asked_day(request)
    profile = known_then(project, asked.past)
    lines = [_line(*item) for item in projects.profile_changes(project, asked.past)]
    settled = all(line.ruling for line in lines)
    context: dict[str, Any] = {
        "asked": asked,
        "project": project,
        "profile": profile,
        "lines": lines,
        "form": form or ProfileForm(initial=initial_of(profile), label_suffix=""),
        "may_propose": _act(user, project) is not None and settled and not asked.looks_back,
        "may_rule": permitted(user, Thing.PROJECT, Act.APPROVE, project) and not asked.looks_back,
        "problem": problem,
    }
    return render(request, "projects/profile.html", context, status=422 if form or problem else 200)


def _act(user: User, project: Project) -> Act | None:
    """凭什么申请：单位凭提请，推进办凭登记；都没有则为空。"""
    acts = (Act.PROPOSE, Act.CHANGE)
    return next((act for act in acts if permitted(user, Thing.PROJECT, act, project)), None)


def _line(change: ProfileChange, ruling: ProfileRuling | None) -> ChangeLine:
    columns = [
        (
            str(profile_column(name).verbose_name).removesuffix("（元）"),
            _shown(getattr(change.revises, name)),
            _shown(value),
        )
        for name, value in revised_values(change).items()
    ]
    return ChangeLine(change=change, ruling=ruling, columns=columns)


def _shown(value: object) -> str:
    if isinstance(value, int):
        return in_text(value)
    if isinstance(value, date):
        return chinese_day(value)
    return str(value) if value not in (None, "") else "—"


def _propose(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    require(user, Thing.PROJECT, _act(user, project) or Act.PROPOSE, project)
    form = ProfileForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, user, project, form=form)
    values = dict(form.cleaned_data)
    seen, document = values.pop("seen"), values.pop("document")
    try:
        propose_profile_change(
            project=project, seen=seen, values=values, document=document, by=user, on=today()
        )
    except ProposalRefused as error:
        form.add_error(None, str(error))
        return _page(request, user, project, form=form)
    messages.success(request, "档案变更已申请，待推进办批复。")
    return redirect("project_profile", code=project.code)


def _rule(request: HttpRequest, user: User, project: Project) -> HttpResponse:
    require(user, Thing.PROJECT, Act.APPROVE, project)
    wanted = request.POST.get("change", "")
    changes = ProfileChange.objects.filter(project=project, ruling=None).select_related(
        "operation", "revises"
    )
    change = changes.filter(pk=wanted).first() if wanted.isdigit() else None
    if change is None:
        return _page(request, user, project, problem="这件变更已经批复。请核对。")
    try:
        rule_profile_change(
            change=change, approved="approve" in request.POST, reason=request.POST.get("reason", ""), by=user,
            on=today(),
        )  # fmt: skip
    except ProposalRefused as error:
        return _page(request, user, project, problem=str(error))
    messages.success(request, "已批复。")
    return redirect("project_profile", code=project.code)
