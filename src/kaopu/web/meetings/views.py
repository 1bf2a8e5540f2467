"""会议：议题由红黄预警与二级以上的问题拟出；议定事项逐条记、逐条跟。批示派生任务。"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from kaopu.domain.escalation import MoveRefused
from kaopu.domain.rights import Act, Thing
from kaopu.supervision.actions import add_resolution, hold_meeting, record_instruction
from kaopu.supervision.models import Issue, IssueStep, Meeting, MeetingKind
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.meetings import (
    instructions_with_tasks,
    meetings_seen,
    proposed_agenda,
    unhanded_warnings,
)
from kaopu.web.access import guarded, signed_in
from kaopu.web.meetings.forms import InstructionForm, MeetingForm, ResolutionForm


@guarded(Thing.MEETING)
def meeting_list(request: HttpRequest) -> HttpResponse:
    """历次会议与领导批示，从近到远。"""
    user = signed_in(request)
    context = {
        "meetings": meetings_seen(),
        "instructions": instructions_with_tasks(),
        "today": today(),
        "may_hold": user.is_office,
    }
    return render(request, "meetings/list.html", context)


@guarded(Thing.MEETING, get=Act.CHANGE, post=Act.CHANGE)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """开会：左边是由红黄项目与各级问题拟出的议题，够不够上会写在旁边。"""
    user = signed_in(request)
    proposed = proposed_agenda(user)
    ready = [step.issue for step in proposed if step.analysis and step.proposal]
    form = MeetingForm(request.POST or None, ready=ready, initial={"on": today()})
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


@guarded(Thing.MEETING, post=Act.CHANGE)
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """一次会议：议题、纪要、议定事项与它们现在走到哪里；推进办可再记一条。"""
    user = signed_in(request)
    meeting = get_object_or_404(Meeting.objects.live(), pk=pk)
    agenda = Issue.objects.filter(agenda__meeting=meeting)
    form = ResolutionForm(request.POST or None, agenda=agenda) if user.is_office else None
    if (
        request.method == "POST"
        and form is not None
        and form.is_valid()
        and _resolved(request, form, meeting)
    ):
        return redirect("meeting_detail", pk=pk)
    steps = (
        IssueStep.objects.live()
        .filter(issue__meeting=meeting)
        .select_related("issue__project", "owner", "court")
    )
    context: dict[str, Any] = {
        "meeting": meeting,
        "agenda": agenda.select_related("project__profile"),
        "resolutions": steps.order_by("issue__pk"),
        "form": form,
        "today": today(),
    }
    return render(
        request, "meetings/detail.html", context, status=422 if form is not None and form.errors else 200
    )


def _resolved(request: HttpRequest, form: ResolutionForm, meeting: Meeting) -> bool:
    try:
        issue = add_resolution(meeting=meeting, by=signed_in(request), on=today(), **form.cleaned_data)
    except MoveRefused as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, f"议定事项已立为 {issue}，到期未办自动升级。")
    return True


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
