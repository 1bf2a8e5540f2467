"""会议：议题由红黄预警与二级以上的问题拟出；议定事项逐条记、逐条跟。批示派生任务。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from kaopu.domain.escalation import MoveRefused
from kaopu.domain.rights import Act, Thing
from kaopu.projects.queries import profiled_then
from kaopu.supervision.actions import (
    StaleItem,
    add_resolution,
    hold_meeting,
    record_instruction,
    record_minutes,
)
from kaopu.supervision.models import AgendaItem, Issue, IssueStep, Meeting, MeetingKind, Minutes
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.meetings import (
    instructions_with_tasks,
    meetings_seen,
    proposed_agenda,
    unhanded_warnings,
)
from kaopu.supervision.queries.people import names_of
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.meetings.forms import InstructionForm, MeetingForm, MinutesForm, ResolutionForm


@guarded(Thing.MEETING)
def meeting_list(request: HttpRequest) -> HttpResponse:
    """历次会议与领导批示，现在的或当时的，从近到远。"""
    user, asked = signed_in(request), asked_day(request)
    context = {
        "asked": asked,
        "meetings": meetings_seen(asked.past),
        "instructions": instructions_with_tasks(asked.past),
        "today": asked.as_of,
        "may_hold": user.is_office and not asked.looks_back,
    }
    return render(request, "meetings/list.html", context)


@guarded(Thing.MEETING, get=Act.CHANGE, post=Act.CHANGE)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """开会：左边是由红黄项目与各级问题拟出的议题，够不够上会写在旁边。"""
    user = signed_in(request)
    proposed = proposed_agenda(user)
    ready = [step.issue for step in proposed if step.analysis and step.proposal]
    form = MeetingForm(request.POST or None, ready=ready, initial=_meant(request))
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "kind": MeetingKind(form.cleaned_data["kind"])}
        try:
            meeting = hold_meeting(by=user, **data)
        except MoveRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{meeting.title}已登记，请逐条记议定事项。")
            return redirect("meeting_detail", pk=meeting.pk)
    context = {"form": form, "proposed": proposed, "warnings": unhanded_warnings(user), "today": today()}
    return render(request, "meetings/new.html", context, status=422 if form.errors else 200)


def _meant(request: HttpRequest) -> dict[str, Any]:
    """开会表单的缺省：今天；由专班的例会进来的（``force``）填好种类与专班。"""
    force = request.GET.get("force", "")
    if not (force.isascii() and force.isdigit() and len(force) < 18):
        return {"on": today()}
    return {"on": today(), "kind": MeetingKind.TASK_FORCE, "task_force": int(force)}


@guarded(Thing.MEETING, post=Act.CHANGE)
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """一次会议：议题、各版纪要、议定事项与它们现在（当时）走到哪里；会后推进办可再记一条、补改纪要。"""
    user, asked_at = signed_in(request), asked_day(request)
    past = asked_at.past
    meeting = get_object_or_404(meetings_seen(past), pk=pk)
    acts = user.is_office and not asked_at.looks_back
    built = {kind: _form(kind, request, meeting) for kind in _KINDS} if acts else {}
    asked, status = request.POST.get("kind", ""), 200
    if request.method == "POST":
        if asked not in built:
            raise Http404
        status = _written(asked, built[asked], meeting, request)
        if status == 302:
            return redirect("meeting_detail", pk=pk)
    versions = _versions(meeting)
    steps = IssueStep.objects.step_seen(past, "issue_id").filter(issue__meeting=meeting)
    topics = AgendaItem.objects.seen(past).filter(meeting=meeting).values("issue")
    agenda = list(Issue.objects.filter(pk__in=topics).select_related("project__profile").order_by("pk"))
    profiled_then([issue.project for issue in agenda], past)
    context: dict[str, Any] = {
        "asked": asked_at,
        "meeting": meeting,
        "agenda": agenda,
        "versions": versions,
        "names": names_of(version.operation for version in versions),
        "resolutions": steps.select_related("issue__project", "owner", "court").order_by("issue__pk"),
        "forms": [(kind, _KINDS[kind][0], form) for kind, form in built.items()],
        "today": asked_at.as_of,
    }
    return render(request, "meetings/detail.html", context, status=status)


def _versions(meeting: Meeting) -> list[Meeting | Minutes]:
    """各版纪要，现行的在前；登记时没写的不算一版。"""
    versions: list[Meeting | Minutes] = sorted(meeting.versions.all(), key=lambda row: -row.pk)
    return [*versions, meeting] if meeting.minutes else versions


def _form(kind: str, request: HttpRequest, meeting: Meeting) -> forms.Form:
    data = request.POST if request.POST.get("kind") == kind else None
    if kind == "minutes":
        latest = meeting.latest
        seen = latest.pk if isinstance(latest, Minutes) else 0
        initial = {"seen": seen, "minutes_number": latest.minutes_number, "minutes": latest.minutes}
        return MinutesForm(data, prefix=kind, initial=initial, label_suffix="")
    return ResolutionForm(data, prefix=kind, agenda=Issue.objects.filter(agenda__meeting=meeting))


def _written(kind: str, form: forms.Form, meeting: Meeting, request: HttpRequest) -> int:
    """办一样，返回答复的状态：办成 302，有人先办了 409，要改的 422。"""
    if not form.is_valid():
        return 422
    try:
        done = _KINDS[kind][1](meeting=meeting, by=signed_in(request), on=today(), **form.cleaned_data)
    except (MoveRefused, StaleItem) as error:
        form.add_error(None, str(error))
        return 409 if isinstance(error, StaleItem) else 422
    messages.success(request, _KINDS[kind][2].format(done))
    return 302


_KINDS: dict[str, tuple[str, Callable[..., object], str]] = {
    "resolution": ("记一条议定事项", add_resolution, "议定事项已立为 {}，到期未办自动升级。"),
    "minutes": ("补、改纪要", record_minutes, "纪要已存为新的一版，前几版都留着。"),
}


@guarded(Thing.MEETING, get=Act.CHANGE, post=Act.CHANGE)
def instruction_new(request: HttpRequest) -> HttpResponse:
    """记一条领导批示，同时派生任务；带 ``issue`` 的针对某个问题。"""
    user = signed_in(request)
    text = request.GET.get("issue", "")
    issue = None
    if text:
        issue = (
            Issue.objects.filter(pk=int(text)).first()
            if text.isascii() and text.isdigit() and len(text) < 18
            else None
        )
        if issue is None:
            raise Http404
    form = InstructionForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            record_instruction(
                leader=data["leader"], text=data["text"], document=data["document"], issue=issue, by=user,
                on=data["on"], tasks=[(data["task"], data["unit"], data["due"])],
            )  # fmt: skip
        except MoveRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "批示已记，任务已派。")
            return redirect("meeting_list")
    return render(
        request,
        "meetings/instruction.html",
        {"form": form, "issue": issue},
        status=422 if form.errors else 200,
    )
