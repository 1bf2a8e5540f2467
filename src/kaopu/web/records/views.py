"""登记：推进办把已核实的事记下来；年度关账后不再登记。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kaopu.accounts.models import User
from kaopu.domain.carryover import LifecycleStage
from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import Outcome
from kaopu.figures.queries import is_year_closed
from kaopu.projects.actions import record_stage
from kaopu.projects.models import AnnualGoal, ListEntry
from kaopu.projects.queries import years_of
from kaopu.tracking import actions
from kaopu.web.access import office_only, signed_in, visible_project
from kaopu.web.records.forms import AchievementForm, DecisionForm, LagForm, RecordForm, StageForm

Write = Callable[[ListEntry, User, dict[str, Any]], object]


def record_entry(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """某项目某年的登记页：四张表，各登记一件事。"""
    project = visible_project(signed_in(request), code)
    user = office_only(request)
    entry = next((entry for entry in years_of(project) if entry.project_year.year == year), None)
    if entry is None:
        raise Http404
    closed = is_year_closed(year)
    kind = request.POST.get("kind", "")
    forms = {name: _form(name, request if name == kind else None, entry) for name in _WRITES}
    if request.method == "POST" and kind in _WRITES and not closed and forms[kind].is_valid():
        _WRITES[kind](entry, user, forms[kind].cleaned_data)
        messages.success(request, f"{_TITLES[kind]}已登记。")
        return redirect(f"{reverse('project_detail', kwargs={'code': code})}?year={year}")
    sections = [(name, _TITLES[name], _HINTS[name], form) for name, form in forms.items()]
    context = {
        "project": project,
        "profile": project.profile,
        "year": year,
        "closed": closed,
        "sections": sections,
    }
    return render(request, "records/entry.html", context, status=422 if request.method == "POST" else 200)


def _form(kind: str, request: HttpRequest | None, entry: ListEntry) -> RecordForm:
    data = request.POST if request else None
    prefix, year = kind, entry.project_year.year
    if kind == "achievement":
        goals = AnnualGoal.objects.live().filter(project_year=entry.project_year).order_by("ordinal")
        return AchievementForm(data, prefix=prefix, year=year, goals=goals)
    if kind == "decision":
        return DecisionForm(data, prefix=prefix, year=year, level=entry.level)
    return (LagForm if kind == "lag" else StageForm)(data, prefix=prefix, year=year)


def _achievement(entry: ListEntry, user: User, data: dict[str, Any]) -> object:
    return actions.record_achievement(by=user, **{**data, "reached": GoalType(data["reached"])})


def _decision(entry: ListEntry, user: User, data: dict[str, Any]) -> object:
    values = {**data, "outcome": Outcome(data["outcome"])}
    return actions.record_decision(project_year=entry.project_year, by=user, **values)


def _lag(entry: ListEntry, user: User, data: dict[str, Any]) -> object:
    return actions.record_lag_reason(project_years=[entry.project_year], by=user, **data)


def _stage(entry: ListEntry, user: User, data: dict[str, Any]) -> object:
    values = {**data, "stage": LifecycleStage(data["stage"])}
    return record_stage(project=entry.project_year.project, by=user, **values)


_WRITES: dict[str, Write] = {"achievement": _achievement, "decision": _decision, "lag": _lag, "stage": _stage}
_TITLES = {"achievement": "目标达成", "decision": "认定", "lag": "滞后原因", "stage": "项目阶段"}
_HINTS = {
    "achievement": "经核实才登记；登记后年度目标结果随之改变。形式开工可以登记，但不算完成正式开工。",
    "decision": "须有会议或文件依据；自所填日期起生效。",
    "lag": "写进年末总结的原因与下一步。",
    "stage": "竣工备案、投用、终止的项目不再结转到下一年。",
}
