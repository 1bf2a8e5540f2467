"""登记：推进办把已核实的事记下来；年度关账后不再登记。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from kaopu.accounts.models import User
from kaopu.audit.models import Fact
from kaopu.domain.carryover import STAGE_LABELS, LifecycleStage
from kaopu.domain.milestones import GOAL_LABELS, GoalType
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.domain.rights import Act, Thing
from kaopu.figures.queries import is_year_closed
from kaopu.projects.actions import ListRefused, hold_projects, record_stage
from kaopu.projects.models import AnnualGoal, ListEntry, Project, StageChange
from kaopu.projects.queries import years_of
from kaopu.tracking import actions
from kaopu.tracking.models import GoalAchievement, OutcomeDecision, Resumption, Suspension
from kaopu.tracking.queries.recorded import last_recorded
from kaopu.web.access import guarded, signed_in
from kaopu.web.attachments import sent
from kaopu.web.jinja import actor, moment
from kaopu.web.records.forms import (
    AchievementForm,
    DecisionForm,
    LagForm,
    RecordForm,
    ResumeForm,
    StageForm,
    SuspendForm,
)

Write = Callable[[ListEntry, User, dict[str, Any]], object]


@guarded(Thing.ANNUAL_GOAL, get=Act.CHANGE, post=Act.CHANGE)
def record_entry(request: HttpRequest, project: Project, year: int) -> HttpResponse:
    """某项目某年的登记页：每张表登记一件事；停着工的登记复工，没有停工的登记停工。"""
    user = signed_in(request)
    entry = next((entry for entry in years_of(project) if entry.project_year.year == year), None)
    if entry is None:
        raise Http404
    if request.method != "POST":
        return _page(request, project, entry, user)
    with transaction.atomic():
        hold_projects([project])  # 核对“看到的就是现行的”与写入之间，插不进别人
        return _page(request, project, entry, user)


def _page(request: HttpRequest, project: Project, entry: ListEntry, user: User) -> HttpResponse:
    year, kind, posted = entry.project_year.year, request.POST.get("kind", ""), request.method == "POST"
    closed = is_year_closed(year)
    last = last_recorded(entry.project_year)
    forms = {name: _form(name, request if name == kind else None, entry, last) for name in _kinds(entry)}
    form = forms.get(kind) if posted else None
    later = _later(kind, form, last.get(kind)) if form else ""
    if form and not closed and not later and _recorded(kind, form, entry, user):
        messages.success(request, f"{_TITLES[kind]}已登记。")
        return redirect(f"{reverse('project_detail', kwargs={'code': project.code})}?year={year}")
    context = {
        "project": project,
        "profile": project.profile,
        "year": year,
        "closed": closed,
        "changed": posted and form is None,
        "later": later,
        "sections": [(name, _TITLES[name], _HINTS[name], form) for name, form in forms.items()],
    }
    return render(request, "records/entry.html", context, status=409 if later else 422 if posted else 200)


def _later(kind: str, form: RecordForm, last: Fact | None) -> str:
    """页面打开之后，别人又登记过的一次；没有则为空。表上改带新的号，看过再交就收。"""
    name = form.add_prefix("seen")
    if last is None or form.data.get(name, "") == str(last.pk):
        return ""
    data: Any = copy(form.data)  # 仍是 QueryDict：一栏多值的表才读得出
    data[name] = str(last.pk)
    form.data = data
    by = actor(last.operation.actor)
    return f"页面打开之后，{by}刚登记过{_TITLES[kind]}：{_words(last)}（{moment(last.recorded_at)}）。"


def _words(row: Fact) -> str:
    """一次登记的要点。"""
    if isinstance(row, GoalAchievement):
        return f"{GOAL_LABELS[GoalType(row.reached)]}，佐证：{row.evidence}"
    if isinstance(row, OutcomeDecision):
        return f"{OUTCOME_LABELS[Outcome(row.outcome)]}，依据：{row.document}"
    if isinstance(row, StageChange):
        return f"{STAGE_LABELS[LifecycleStage(row.stage)]}，依据：{row.evidence}"
    return str(row)


def _kinds(entry: ListEntry) -> list[str]:
    """这一页上有哪几张表。"""
    hidden = {"suspend" if _open_stops(entry).exists() else "resume"}
    return [name for name in _WRITES if name not in hidden]


def _open_stops(entry: ListEntry) -> QuerySet[Suspension]:
    """这个项目未复工的停工，从早到晚；停复工是项目的事，不分年度。"""
    ended = Resumption.objects.live().values("suspension_id")
    stops = Suspension.objects.live().filter(project=entry.project_year.project_id)
    return stops.exclude(pk__in=ended).order_by("on", "pk")


def _form(
    kind: str, request: HttpRequest | None, entry: ListEntry, last: Mapping[str, Fact | None]
) -> RecordForm:
    data, files = sent(request)
    newest = last.get(kind)
    prefix, year, seen = kind, entry.project_year.year, newest.pk if newest else None
    if kind == "achievement":
        goals = AnnualGoal.objects.live().filter(project_year=entry.project_year).order_by("ordinal")
        return AchievementForm(data, files, prefix=prefix, year=year, seen=seen, goals=goals)
    if kind == "decision":
        return DecisionForm(data, prefix=prefix, year=year, seen=seen, level=entry.level)
    if kind == "resume":
        return ResumeForm(data, prefix=prefix, year=year, stops=_open_stops(entry))
    return _PLAIN[kind](data, prefix=prefix, year=year, seen=seen)


def _recorded(kind: str, form: RecordForm, entry: ListEntry, user: User) -> bool:
    """办一件事；动作拒绝的，理由写在表上，什么也不记。"""
    if not form.is_valid():
        return False
    try:
        _WRITES[kind](entry, user, {key: value for key, value in form.cleaned_data.items() if key != "seen"})
    except (actions.DecisionRefused, ListRefused) as error:
        form.add_error(None, str(error))
        return False
    return True


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


def _suspend(entry: ListEntry, user: User, data: dict[str, Any]) -> object:
    return actions.suspend(projects=[entry.project_year.project], by=user, **data)


def _resume(entry: ListEntry, user: User, data: dict[str, Any]) -> object:
    try:
        return actions.resume(suspensions=[data["suspension"]], batch=data["batch"], by=user, on=data["on"])
    except IntegrityError as error:
        # 两人同时登记同一次复工，数据库只收一条
        raise actions.DecisionRefused("这次停工刚刚由他人登记复工。请刷新后核对。") from error


_PLAIN: dict[str, type[RecordForm]] = {
    "lag": LagForm,
    "suspend": SuspendForm,
    "stage": StageForm,
}
_WRITES: dict[str, Write] = {
    "achievement": _achievement,
    "decision": _decision,
    "lag": _lag,
    "suspend": _suspend,
    "resume": _resume,
    "stage": _stage,
}
_TITLES = {
    "achievement": "目标达成",
    "decision": "认定",
    "lag": "滞后原因",
    "suspend": "停工",
    "resume": "复工",
    "stage": "项目阶段",
}
_HINTS = {
    "achievement": "区属项目满足必达目标的，年度目标结果转为“已完成”；形式开工可以登记，但不算完成正式开工。",
    "decision": "须有会议或文件依据；自所填日期起生效，优先于目标达成。",
    "lag": "写进年末总结的原因与下一步；不改变颜色和年度目标结果。类别为疫情或不可抗力的，不列入通报的后列。",
    "suspend": "到月末还没有复工的，计入该月末的颜色评定：停工即黄，停得久又无经批准的复工方案为红。已关账的月份不变。",
    "resume": "了结所选的一次停工，此后月末评定不再计停工天数。已关账的月份不变。",
    "stage": "竣工备案、投用、终止的项目不再结转到下一年；不改变年度目标结果。",
}
