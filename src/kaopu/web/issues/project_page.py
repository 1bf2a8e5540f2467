"""一个项目的协调页：走访调研、专题协调、预警督办三种手段排在一条线上；记走访、建专班、派任务（种子 D09、D10）。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.alerts import ALERT_VERB_LABELS, AlertVerb
from kaopu.domain.escalation import MoveRefused
from kaopu.domain.rights import Act, Thing
from kaopu.domain.supervision_orders import ORDER_STATE_LABELS, OrderState
from kaopu.projects.models import Project
from kaopu.projects.queries import attachments_of
from kaopu.supervision.actions import end_task_force, form_task_force, raise_issue, record_visit
from kaopu.supervision.models import (
    AgendaItem,
    Alert,
    AlertStep,
    IssueKind,
    IssueStep,
    OrderStep,
    Source,
    TaskForce,
    Visit,
)
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.orders import visible_orders
from kaopu.supervision.queries.task_forces import convenings_of, ended_of, standing_forces
from kaopu.web.access import guarded, known_then, require, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.attachments import AttachmentsField, sent
from kaopu.web.jinja import url
from kaopu.web.unit_choice import one_unit, several_units

_LONG = forms.Textarea(attrs={"rows": 2})


class VisitForm(forms.Form):
    """走访调研。"""

    visitors = forms.CharField(label="走访人", max_length=120, error_messages={"required": "请写走访人。"})
    findings = forms.CharField(
        label="所见", max_length=1000, widget=_LONG, error_messages={"required": "请写明看到了什么。"}
    )
    attachments = AttachmentsField()


class TaskForceForm(forms.Form):
    """专班。"""

    name = forms.CharField(label="专班名称", max_length=80, error_messages={"required": "请写专班名称。"})
    head = forms.CharField(label="组长", max_length=60, error_messages={"required": "请写组长。"})
    lead_unit = one_unit("牵头单位")
    members = several_units("成员单位")
    rhythm_days = forms.IntegerField(
        label="例会间隔（天）",
        min_value=1,
        max_value=90,
        initial=14,
        error_messages={"required": "请填例会间隔。"},
    )


class OneForceForm(forms.Form):
    """针对一个专班的表；可选的限在本项目没有撤销的。"""

    task_force = forms.ModelChoiceField(
        label="哪个专班",
        queryset=TaskForce.objects.none(),
        empty_label=None,
        error_messages={"required": "请先建专班。"},
    )


class EndForm(OneForceForm):
    """专班撤销。"""

    reason = forms.CharField(label="理由", max_length=200, error_messages={"required": "请写明为什么撤销。"})


class TaskForm(OneForceForm):
    """专班任务。"""

    title = forms.CharField(label="任务", max_length=120, error_messages={"required": "请写明任务。"})
    lead_unit = one_unit("牵头单位")
    assists = several_units("配合单位")
    due = forms.DateField(
        label="期限", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填期限。", "invalid": "请写成 2022-12-31 的样子。"},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Deed:
    """协调线上的一件事。"""

    on: date
    means: str
    text: str
    address: str = ""
    operation: int = 0


@guarded(Thing.ISSUE, post=Act.READ)
def project_coordination(request: HttpRequest, project: Project) -> HttpResponse:
    """一个项目的协调页，现在的或当时的；推进办可记走访、建专班、派任务。"""
    user, asked = signed_in(request), asked_day(request)
    past = asked.past
    kind = request.POST.get("kind", "")
    built = (
        {name: _form(name, request if name == kind else None, project) for name in _KINDS}
        if user.may(Thing.TASK_FORCE, Act.CHANGE) and not asked.looks_back
        else {}
    )
    if request.method == "POST":
        require(user, Thing.TASK_FORCE, Act.CHANGE, project)
        if kind not in built:
            raise Http404
        if _written(kind, built[kind], project, user):
            messages.success(request, f"{_KINDS[kind][0]}已登记。")
            return redirect("project_coordination", code=project.code)
    known_then(project, past)
    deeds = _deeds(project, user, asked)
    context: dict[str, Any] = {
        "asked": asked,
        "project": project,
        "profile": project.profile,
        "today": asked.as_of,
        "deeds": deeds,
        "attached": attachments_of([deed.operation for deed in deeds if deed.operation], past),
        "task_forces": [(item, _tasks(item.force, past)) for item in convenings_of(project, past)],
        "ended": ended_of(project, past),
        "forms": [(name, _KINDS[name][0], form) for name, form in built.items()],
    }
    return render(request, "issues/project.html", context, status=422 if request.method == "POST" else 200)


def _tasks(force: TaskForce, past: Past | None) -> list[IssueStep]:
    standing = IssueStep.objects.step_seen(past, "issue_id").filter(issue__task_force=force)
    steps = standing.select_related("issue", "owner", "court")
    return list(steps.prefetch_related("issue__assists").order_by("issue__pk"))


def _form(kind: str, request: HttpRequest | None, project: Project) -> forms.Form:
    form = _KINDS[kind][1](*sent(request), prefix=kind, label_suffix="")
    if isinstance(form, OneForceForm):
        field = form.fields["task_force"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = standing_forces().filter(project=project)
    return form


def _written(kind: str, form: forms.Form, project: Project, user: User) -> bool:
    if not form.is_valid():
        return False
    try:
        _KINDS[kind][2](project=project, by=user, on=today(), **form.cleaned_data)
    except MoveRefused as error:
        form.add_error(None, str(error))
    return not form.errors


def _task(**values: Any) -> object:
    return raise_issue(kind=IssueKind.TASK, source=Source.MEETING, level=2, **values)


def _end(*, project: Project, **values: Any) -> object:
    return end_task_force(**values)


_KINDS: dict[str, tuple[str, type[forms.Form], Callable[..., object]]] = {
    "visit": ("走访调研", VisitForm, record_visit),
    "force": ("专班", TaskForceForm, form_task_force),
    "task": ("专班任务", TaskForm, _task),
    "end": ("专班撤销", EndForm, _end),
}


def _deeds(project: Project, user: User, asked: Asked) -> list[Deed]:
    """走访调研、专题协调、预警督办，从近到远；看过去时只到当时为止。"""
    past = asked.past
    deeds = [
        Deed(
            on=visit.on,
            means="走访调研",
            text=f"{visit.visitors}：{visit.findings}" + (f"（{visit.photos}）" if visit.photos else ""),
            operation=visit.operation_id,
        )
        for visit in Visit.objects.seen(past).filter(project=project)
    ]
    agenda = AgendaItem.objects.seen(past).filter(issue__project=project).select_related("meeting", "issue")
    deeds += [
        Deed(
            on=item.meeting.on, means="专题协调", text=f"{item.meeting.title}：{item.issue} {item.issue.title}",
            address=url("meeting_detail", query=asked.stay, pk=item.meeting_id) if user.sees_everything else "",
        )
        for item in agenda
    ]  # fmt: skip
    deeds += _warnings(project, asked) + _orders(project, user, asked)
    return sorted(deeds, key=lambda deed: deed.on, reverse=True)


def _warnings(project: Project, asked: Asked) -> list[Deed]:
    alerts = Alert.objects.seen(asked.past).filter(project_year__project=project)
    steps = AlertStep.objects.by_then(asked.past).filter(alert__in=alerts).order_by("pk")
    return [
        Deed(
            on=step.on, means="预警督办", text=f"预警{ALERT_VERB_LABELS[AlertVerb(step.verb)]}（L{step.level}）：{step.text or step.sentence}",
            address=url("alert_detail", query=asked.stay, pk=step.alert_id),
        )
        for step in steps
    ]  # fmt: skip


def _orders(project: Project, user: User, asked: Asked) -> list[Deed]:
    seen: list[OrderStep] = list(
        visible_orders(user, asked.past).filter(order__project=project).select_related("order")
    )
    return [
        Deed(
            on=step.order.on, means="预警督办", text=f"{step.order} {step.order.matter}（{ORDER_STATE_LABELS[OrderState(step.state)]}）",
            address=url("order_detail", query=asked.stay, pk=step.order_id),
        )
        for step in seen
    ]  # fmt: skip
