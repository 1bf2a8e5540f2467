"""督办单页：拟办、一步一步办、期限与延期、来自哪个问题。"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import User
from kaopu.domain.escalation import MoveRefused, workdays_between
from kaopu.domain.rights import Act, Thing
from kaopu.domain.supervision_orders import (
    ORDER_KIND_LABELS,
    ORDER_STATE_LABELS,
    ORDER_VERB_LABELS,
    OrderKind,
    OrderState,
    OrderVerb,
)
from kaopu.projects.models import Project
from kaopu.projects.queries import profiled_then
from kaopu.supervision.actions import StaleItem, act_on_order, draft_order
from kaopu.supervision.models import IssueStep, OrderStep
from kaopu.supervision.queries.chain import chain_of
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.issues import issue_for
from kaopu.supervision.queries.orders import order_for, order_state_label, order_steps
from kaopu.supervision.queries.people import names_of
from kaopu.supervision.rights import order_verbs
from kaopu.tracking.queries import working_calendar
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.attachments import attached_to
from kaopu.web.orders.forms import MoveForm, OrderForm


@guarded(Thing.SUPERVISION_ORDER, get=Act.CHANGE, post=Act.CHANGE)
def order_new(request: HttpRequest) -> HttpResponse:
    """由一个问题（或议定事项、任务）拟办一张督办单。"""
    user = signed_in(request)
    step, project = _issue(request, user)
    initial = {
        "matter": step.issue.title,
        "lead_unit": step.owner_id,
        "assists": list(step.issue.assists.all()),
        "requirement": step.proposal,
        "basis": step.issue.meeting.latest.minutes_number if step.issue.meeting else "",
    }
    form = OrderForm(request.POST or None, initial=initial, label_suffix="")
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "kind": OrderKind(form.cleaned_data["kind"])}
        try:
            order = draft_order(
                project=project,
                issue=step.issue,
                source=step.issue.source,
                by=user,
                on=today(),
                **values,
            )
        except MoveRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{order} 已登记，送审后由他人签发。")
            return redirect("order_detail", pk=order.pk)
    context = {"form": form, "issue": step.issue}
    return render(request, "orders/new.html", context, status=422 if form.errors else 200)


def _issue(request: HttpRequest, user: User) -> tuple[IssueStep, Project]:
    text = request.GET.get("issue", "")
    step = issue_for(user, int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else None
    if step is None or step.issue.project is None:
        raise Http404
    return step, step.issue.project


@guarded(Thing.SUPERVISION_ORDER, post=Act.READ)
def order_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """一张督办单，现在的或当时的；提交即办一步：无权 403，页面旧了 409，走不通 422。"""
    user, asked = signed_in(request), asked_day(request)
    step = order_for(user, pk, asked.past)
    if step is None:
        raise Http404
    if request.method != "POST":
        return render(request, "orders/detail.html", _page(step, user, asked))
    verb = _verb(request, step, user)
    form = MoveForm(request.POST, request.FILES, verb=verb, prefix=verb)
    status = 422
    if form.is_valid():
        try:
            act_on_order(order=step.order, verb=verb, by=user, on=today(), **form.cleaned_data)
        except MoveRefused as error:
            form.add_error(None, str(error))
        except StaleItem as error:
            form.add_error(None, str(error))
            status = 409
        else:
            messages.success(request, f"{step.order} 已{ORDER_VERB_LABELS[verb]}。")
            return redirect("order_detail", pk=pk)
    return render(request, "orders/detail.html", _page(step, user, asked, failed=(verb, form)), status=status)


def _verb(request: HttpRequest, step: OrderStep, user: User) -> OrderVerb:
    """要办的一步；无权的挡住，只是页面旧了的留给动作去说。"""
    try:
        verb = OrderVerb(request.POST.get("verb", ""))
    except ValueError:
        raise Http404 from None
    stale = request.POST.get(f"{verb}-seen", "") != str(step.pk)
    if verb not in order_verbs(user, step, on=today()) and not (stale and _ever(user, step, verb)):
        raise PermissionDenied(f"这一步（{ORDER_VERB_LABELS[verb]}）此刻不由您办。")
    return verb


def _ever(user: User, step: OrderStep, verb: OrderVerb) -> bool:
    """此人在这张督办单的别的状态下可能办这一步。"""
    return any(verb in order_verbs(user, before, on=before.on) for before in order_steps(step.order))


def _page(
    step: OrderStep, user: User, asked: Asked, failed: tuple[OrderVerb, MoveForm] | None = None
) -> dict[str, Any]:
    order, day, past = step.order, asked.as_of, asked.past
    profiled_then([order.project], past)
    verbs = [] if asked.looks_back else order_verbs(user, step, on=day)
    steps, chain = order_steps(order, past), chain_of(order.issue, past) if order.issue else []
    written = [step.operation_id for step in steps] + [link.operation_id for link in chain]
    forms = []
    for verb in verbs:
        blank = MoveForm(prefix=verb, verb=verb, initial={"seen": step.pk})
        forms.append(
            (verb.value, ORDER_VERB_LABELS[verb], failed[1] if failed and failed[0] == verb else blank)
        )
    return {
        "asked": asked,
        "step": step,
        "order": order,
        "kind": ORDER_KIND_LABELS[OrderKind(order.kind)],
        "today": day,
        "state": order_state_label(step, on=day),
        "assists": list(order.assists.all()),
        "held": workdays_between(step.court_on, day, working_calendar(past)),
        "steps": steps,
        "attached": attached_to(user, written, past),
        "chain": chain,
        "forms": forms,
        "lost": failed[1] if failed and failed[0] not in verbs else None,
        "names": names_of(steps),
        "verb_label": lambda verb: ORDER_VERB_LABELS[OrderVerb(verb)],
        "state_label": lambda state: ORDER_STATE_LABELS[OrderState(state)],
    }
