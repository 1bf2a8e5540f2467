"""督办单的读取。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.escalation import is_overdue
from kaopu.domain.supervision_orders import ORDER_STATE_LABELS, STOPPED, OrderState
from kaopu.projects.models import Project
from kaopu.supervision.models import OrderStep, SupervisionOrder

RELATED = ("order__project__profile", "order__lead_unit", "owner", "court")
_INTERNAL = (OrderState.DRAFT, OrderState.APPROVING)


def visible_orders(user: User, past: Past | None = None) -> QuerySet[OrderStep]:
    """某人看得见的督办单的位置，现行的或当时的：拟办、审批中的只有推进办与区领导看得见；建设单位看不到督办单（§4.2）。"""
    steps = OrderStep.objects.step_seen(past, "order_id")
    if user.sees_everything:
        return steps
    unit = user.organization_id
    if unit is None:
        return steps.none()
    assisting = SupervisionOrder.objects.filter(assists=unit)
    return steps.filter(Q(order__lead_unit=unit) | Q(order__in=assisting)).exclude(state__in=_INTERNAL)


def open_orders(user: User, past: Past | None = None) -> QuerySet[OrderStep]:
    """某人看得见的、钟未停的督办单，现在的或当时的，期限近的在前。"""
    steps = visible_orders(user, past).exclude(state__in=STOPPED)
    return steps.select_related(*RELATED).order_by("due_on", "order__pk")


def order_for(user: User, pk: int, past: Past | None = None) -> OrderStep | None:
    """某人看得见的一张督办单的位置，现行的或当时的；看不见、不存在与当时还没有同样是 ``None``。"""
    return visible_orders(user, past).filter(order=pk).select_related(*RELATED, "order__issue").first()


def order_steps(order: SupervisionOrder, past: Past | None = None) -> Sequence[OrderStep]:
    """一张督办单走过的各步（看过去时到当时为止），从先到后。"""
    steps = OrderStep.objects.by_then(past).filter(order=order)
    return list(steps.select_related("owner", "court").order_by("pk"))


@until_facts_change()
def orders_of(project: Project, user: User, past: Past | None = None) -> list[OrderStep]:
    """一个项目上某人看得见的督办单，从近到远。"""
    steps = visible_orders(user, past).filter(order__project=project)
    return list(steps.select_related(*RELATED).order_by("-order__on", "-order__pk"))


def order_state_label(step: OrderStep, *, on: date) -> str:
    """状态的中文；逾期由期限算出，附在后面。"""
    label = ORDER_STATE_LABELS[OrderState(step.state)]
    return f"{label}，已逾期" if is_overdue(step.due_on, on=on) else label
