"""督办单的写入：交办、延期、反馈、销号。"""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.domain.supervision_orders import may_close, may_extend
from kaopu.projects.models import Project
from kaopu.supervision.models import OrderStep, SupervisionOrder
from kaopu.supervision.queries import due_on, is_closed


class OrderRefused(Exception):
    """督办单不能这样办，理由见信息。"""


@transaction.atomic
def issue_order(
    *, project: Project, lead_unit: Organization, handler: str, matter: str, due: date, by: User, on: date
) -> SupervisionOrder:
    """交办：编下一个号。期限不得早于交办日。"""
    if due < on:
        raise OrderRefused("办结期限早于交办日。请核对。")
    last = SupervisionOrder.objects.filter(year=on.year).aggregate(last=Max("serial"))["last"] or 0
    operation = record(by=by, verb="supervision.issue_order", target=project, matter=matter, due=due)
    return SupervisionOrder.objects.create(
        year=on.year, serial=last + 1, project=project, lead_unit=lead_unit, handler=handler, matter=matter,
        due_on=due, on=on, recorded_at=operation.at, operation=operation,
    )  # fmt: skip


def extend_order(*, order: SupervisionOrder, until: date, reason: str, by: User, on: date) -> OrderStep:
    """延期：须在现行期限当日或之前申请。"""
    ruling = may_extend(asked_on=on, due_on=due_on(order), until=until)
    if not ruling.allowed:
        raise OrderRefused(ruling.reason)
    return _step(order, OrderStep.EXTENDED, reason, by=by, on=on, until=until)


def report_order(*, order: SupervisionOrder, text: str, by: User, on: date) -> OrderStep:
    """反馈办理情况。"""
    return _step(order, OrderStep.REPORTED, text, by=by, on=on)


def close_order(*, order: SupervisionOrder, evidence: str, by: User, on: date) -> OrderStep:
    """销号：须有佐证、另一个人，且只销一次。"""
    ruling = may_close(handler=order.handler, closer=by.get_username(), evidence=evidence)
    if not ruling.allowed:
        raise OrderRefused(ruling.reason)
    return _step(order, OrderStep.CLOSED, evidence, by=by, on=on)


def _step(
    order: SupervisionOrder, kind: str, text: str, *, by: User, on: date, until: date | None = None
) -> OrderStep:
    if not text.strip():
        raise OrderRefused("请写明理由或办理情况。")
    if is_closed(order):
        raise OrderRefused(f"督办单 {order} 已销号，不再受理。")
    try:
        with transaction.atomic():
            operation = record(by=by, verb=f"supervision.{kind}", target=order, text=text, until=until)
            return OrderStep.objects.create(
                order=order,
                kind=kind,
                text=text,
                until=until,
                on=on,
                recorded_at=operation.at,
                operation=operation,
            )
    except IntegrityError as error:
        raise OrderRefused(f"督办单 {order} 刚刚由他人销号，请刷新后查看。") from error
