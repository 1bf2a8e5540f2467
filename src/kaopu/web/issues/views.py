"""问题页：从预警到佐证的整条链、走过的各步、此人此刻能办的各步。"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import User
from kaopu.domain.escalation import ISSUE_VERB_LABELS, IssueVerb, MoveRefused, workdays_between
from kaopu.domain.ladder import LEVEL_LABELS
from kaopu.domain.rights import Act, Thing
from kaopu.exchange.queries import source_of_issue
from kaopu.projects.queries import profiled_then
from kaopu.supervision.actions import StaleItem, act_on_issue, raise_issue
from kaopu.supervision.models import IssueStep, Source
from kaopu.supervision.queries.chain import chain_of
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.issues import issue_for, steps_of
from kaopu.supervision.queries.people import names_of
from kaopu.supervision.rights import issue_verbs, may_raise
from kaopu.tracking.queries import working_calendar
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.attachments import attached_to
from kaopu.web.issues.forms import IssueForm, MoveForm


@guarded(Thing.ISSUE, get=Act.CHANGE, post=Act.CHANGE)
def issue_new(request: HttpRequest) -> HttpResponse:
    """提出一个问题或要素保障需求。"""
    user = signed_in(request)
    if not may_raise(user):
        raise PermissionDenied("问题由推进办与项目各责任主体提出。您可以批示、提级。")
    form = IssueForm(request.POST or None, user=user, initial={"project": request.GET.get("project", "")})
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "source": Source.OTHER}
        try:
            issue = raise_issue(by=user, on=today(), **values)
        except MoveRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{issue} 已提出。")
            return redirect("issue_detail", pk=issue.pk)
    return render(request, "issues/new.html", {"form": form}, status=422 if form.errors else 200)


@guarded(Thing.ISSUE, post=Act.READ)
def issue_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """一个问题，现在的或当时的；提交即办一步：无权 403，页面旧了 409，走不通 422。"""
    user, asked = signed_in(request), asked_day(request)
    step = issue_for(user, pk, asked.past)
    if step is None:
        raise Http404
    if request.method != "POST":
        return render(request, "issues/detail.html", _page(step, user, asked))
    verb = _verb(request, step, user)
    form = MoveForm(request.POST, request.FILES, verb=verb, level=step.level, prefix=verb)
    status = 422
    if form.is_valid():
        try:
            act_on_issue(issue=step.issue, verb=verb, by=user, on=today(), **form.cleaned_data)
        except MoveRefused as error:
            form.add_error(None, str(error))
        except StaleItem as error:
            form.add_error(None, str(error))
            status = 409
        else:
            messages.success(request, f"{step.issue} 已{ISSUE_VERB_LABELS[verb]}。")
            return redirect("issue_detail", pk=pk)
    return render(request, "issues/detail.html", _page(step, user, asked, failed=(verb, form)), status=status)


def _verb(request: HttpRequest, step: IssueStep, user: User) -> IssueVerb:
    """要办的一步。页面打开后别人办过、因而走不通的，留给动作去说；本来就无权的在这里挡住。"""
    try:
        verb = IssueVerb(request.POST.get("verb", ""))
    except ValueError:
        raise Http404 from None
    seen = request.POST.get(f"{verb}-seen", "")
    if verb not in issue_verbs(user, step) and seen == str(step.pk):
        raise PermissionDenied(f"这一步（{ISSUE_VERB_LABELS[verb]}）不由您办。")
    if verb not in issue_verbs(user, step) and not may_raise(user):
        raise PermissionDenied(f"这一步（{ISSUE_VERB_LABELS[verb]}）不由您办。")
    return verb


def _page(
    step: IssueStep, user: User, asked: Asked, failed: tuple[IssueVerb, MoveForm] | None = None
) -> dict[str, Any]:
    issue, day, past, calendar = step.issue, asked.as_of, asked.past, working_calendar(asked.past)
    profiled_then([issue.project], past)
    steps, chain = steps_of(issue, past), chain_of(issue, past)
    written = [step.operation_id for step in steps] + [link.operation_id for link in chain]
    forms = []
    for verb in [] if asked.looks_back else issue_verbs(user, step):
        blank = MoveForm(prefix=verb, verb=verb, level=step.level, initial={"seen": step.pk})
        form = failed[1] if failed and failed[0] == verb else blank
        forms.append((verb.value, ISSUE_VERB_LABELS[verb], form))
    may_order = user.is_office and issue.project_id is not None and step.due_on is not None
    return {
        "asked": asked,
        "step": step,
        "issue": issue,
        "today": day,
        "assists": list(issue.assists.all()),
        "source": source_of_issue(issue),
        "age": workdays_between(issue.on, day, calendar),
        "held": workdays_between(step.court_on, day, calendar),
        "level_label": LEVEL_LABELS[step.level],
        "steps": steps,
        "attached": attached_to(user, written, asked.past),
        "chain": chain,
        "forms": forms,
        "lost": failed[1] if failed and failed[0] not in issue_verbs(user, step) else None,
        "names": names_of(steps),
        "verb_label": lambda verb: ISSUE_VERB_LABELS[IssueVerb(verb)],
        "may_order": may_order and not asked.looks_back,
    }
