"""督办单的读取；逾期由期限算出，从不另存。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kaopu.projects.models import Project
from kaopu.supervision.models import OrderStep, SupervisionOrder


def orders_for(project: Project) -> list[SupervisionOrder]:
    """一个项目的督办单，从近到远。"""
    orders = SupervisionOrder.objects.live().filter(project=project)
    return list(orders.select_related("lead_unit").prefetch_related("steps").order_by("-on", "-serial"))


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """项目页上督办单的一行：号、事项、主办、现行期限与算出的状态。"""

    number: str
    matter: str
    lead_unit: str
    issued_on: date
    due_on: date
    state: str


def order_lines(project: Project, *, on: date) -> list[OrderLine]:
    """一个项目的督办单与它们在 ``on`` 日的状态。"""
    return [
        OrderLine(
            number=str(order),
            matter=order.matter,
            lead_unit=order.lead_unit.name,
            issued_on=order.on,
            due_on=due_on(order),
            state="已销号" if is_closed(order) else "已逾期" if is_overdue(order, on=on) else "办理中",
        )
        for order in orders_for(project)
    ]


def due_on(order: SupervisionOrder) -> date:
    """现行期限：最近一次延期所定，没有延期则为原期限。"""
    extensions: list[date] = [
        step.until for step in order.steps.all() if step.kind == OrderStep.EXTENDED and step.until
    ]
    original: date = order.due_on
    return max([original, *extensions])


def is_closed(order: SupervisionOrder) -> bool:
    """是否已销号。"""
    return any(step.kind == OrderStep.CLOSED for step in order.steps.all())


def is_overdue(order: SupervisionOrder, *, on: date) -> bool:
    """到 ``on`` 日是否逾期未办结。"""
    return not is_closed(order) and on > due_on(order)
