"""预警页：哪条规则、实测与阈值、走过的各步；说明或立为问题。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import User
from kaopu.domain.alerts import ALERT_STATE_LABELS, ALERT_VERB_LABELS, DUE_RULE, AlertState, AlertVerb
from kaopu.domain.escalation import MoveRefused
from kaopu.domain.rights import Act, Thing
from kaopu.domain.rule_sets import RULE_LABELS
from kaopu.projects.queries import profiled_then
from kaopu.supervision.actions import StaleItem, answer_alert, hand_alert
from kaopu.supervision.models import AlertStep, Issue
from kaopu.supervision.queries.alerts import alert_for
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.people import names_of
from kaopu.supervision.rights import alert_verbs
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.issues.forms import AnswerForm, HandForm

_RULES = {**RULE_LABELS, DUE_RULE: "目标将到期"}


@guarded(Thing.WARNING, post=Act.READ)
def alert_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """一条预警，现在的或当时的；提交即说明或立为问题。"""
    user, asked = signed_in(request), asked_day(request)
    step = alert_for(user, pk, asked.past)
    if step is None:
        raise Http404
    if request.method != "POST":
        return render(request, "issues/alert.html", _page(step, user, asked, {}))
    verb = request.POST.get("verb", "")
    if verb not in alert_verbs(user, step) and request.POST.get(f"{verb}-seen") == str(step.pk):
        raise PermissionDenied("预警由责任单位、建设单位与推进办说明，由推进办或区领导立为问题。")
    form = _form(verb, step, request)
    status = 422
    if form.is_valid():
        try:
            return _done(request, verb, step, user, form.cleaned_data)
        except MoveRefused as error:
            form.add_error(None, str(error))
        except StaleItem as error:
            form.add_error(None, str(error))
            status = 409
    return render(request, "issues/alert.html", _page(step, user, asked, {verb: form}), status=status)


def _form(verb: str, step: AlertStep, request: HttpRequest | None = None) -> forms.Form:
    kinds: dict[str, type[forms.Form]] = {AlertVerb.ANSWER: AnswerForm, AlertVerb.HAND: HandForm}
    if verb not in kinds:
        raise Http404
    initial = {"seen": step.pk, "title": step.sentence[:120]}
    return kinds[verb](request.POST if request else None, prefix=verb, initial=initial, label_suffix="")


def _done(request: HttpRequest, verb: str, step: AlertStep, user: User, data: dict[str, Any]) -> HttpResponse:
    if verb == AlertVerb.ANSWER:
        answer_alert(alert=step.alert, by=user, on=today(), **data)
        messages.success(request, f"已说明，管到{data['until']}。")
        return redirect("alert_detail", pk=step.alert_id)
    issue = hand_alert(alert=step.alert, by=user, on=today(), **data)
    messages.success(request, f"已立为 {issue}。")
    return redirect("issue_detail", pk=issue.pk)


def _page(step: AlertStep, user: User, asked: Asked, failed: dict[str, forms.Form]) -> dict[str, Any]:
    verbs = [] if asked.looks_back else alert_verbs(user, step)
    walked = AlertStep.objects.by_then(asked.past).filter(alert=step.alert)
    steps = list(walked.select_related("owner", "court").order_by("pk"))
    profiled_then([step.alert.project_year.project], asked.past)
    return {
        "asked": asked,
        "step": step,
        "rules": "、".join(_RULES.get(rule, rule) for rule in step.rule.split(",")),
        "alert": step.alert,
        "project": step.alert.project_year.project,
        "today": asked.as_of,
        "steps": steps,
        "issues": list(Issue.objects.seen(asked.past).filter(alert=step.alert).order_by("pk")),
        "forms": [
            (verb.value, ALERT_VERB_LABELS[verb], failed.get(verb) or _form(verb, step)) for verb in verbs
        ],
        "lost": next((form for verb, form in failed.items() if verb not in verbs), None),
        "names": names_of(steps),
        "verb_label": lambda verb: ALERT_VERB_LABELS[AlertVerb(verb)],
        "state_label": lambda state: ALERT_STATE_LABELS[AlertState(state)],
    }
