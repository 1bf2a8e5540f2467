"""引擎办过什么、每一程写下哪些步、发出去的送到了没有。"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Count

from kaopu.audit.models import Operation
from kaopu.domain.alerts import ALERT_VERB_LABELS, AlertVerb
from kaopu.domain.escalation import ISSUE_VERB_LABELS, IssueVerb
from kaopu.domain.supervision_orders import ORDER_VERB_LABELS, OrderVerb
from kaopu.supervision.models import AlertStep, Delivery, IssueStep, Notice, OrderStep
from kaopu.tracking.models import StillStoppedDemand

SHOWN = 20
_VERB = "supervision.advance"


@dataclass(frozen=True, kw_only=True)
class Touched:
    """引擎一程动了的一件：说的什么，依次走了哪几步；``place`` 为这一件的种类，``key`` 为编号。"""

    text: str
    doings: tuple[str, ...]
    place: str
    key: int | str


def recent_runs() -> list[Operation]:
    """动了事项的各程，从近到远；没有动的一程不留痕，只看心跳。"""
    return list(Operation.objects.filter(verb=_VERB).order_by("-pk")[:SHOWN])


def recent_deliveries() -> list[Delivery]:
    """外发的各份，从近到远；没送到的写明为什么与怎么办。"""
    return list(Delivery.objects.order_by("-pk")[:SHOWN])


def run_of(text: str) -> Operation | None:
    """编号所指的一程；不认得的为空。"""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return Operation.objects.filter(verb=_VERB, pk=number).first()


def touched_count(run: Operation) -> int:
    """一程动了几件：预警、问题、督办单、停工、专班各数一次，一件连走几步仍是一件。"""
    written = (
        (AlertStep, "alert"), (IssueStep, "issue"), (OrderStep, "order"), (StillStoppedDemand, "suspension"),
        (Notice, "task_force"),
    )  # fmt: skip
    return sum(
        model._default_manager.filter(operation=run, **{f"{name}__isnull": False}).aggregate(
            number=Count(name, distinct=True)
        )["number"]
        for model, name in written
    )


def touched_by(run: Operation) -> list[Touched]:
    """一程动了的各件，件数即 :func:`touched_count`：预警、问题、督办单各走了哪几步，催了哪些停工项目，提醒了哪些例会。"""
    alerts = AlertStep.objects.filter(operation=run).order_by("pk")
    issues = IssueStep.objects.filter(operation=run).select_related("issue").order_by("pk")
    orders = OrderStep.objects.filter(operation=run).select_related("order").order_by("pk")
    demands = StillStoppedDemand.objects.filter(operation=run).order_by("pk")
    calls = Notice.objects.filter(operation=run, task_force__isnull=False).order_by("pk")
    steps: list[tuple[str, int | str, str, str]] = [
        *(
            ("alert", row.alert_id, row.sentence, f"预警{ALERT_VERB_LABELS[AlertVerb(row.verb)]}")
            for row in alerts
        ),
        *(
            ("issue", row.issue_id, f"{row.issue} {row.issue.title}", ISSUE_VERB_LABELS[IssueVerb(row.verb)])
            for row in issues
        ),
        *(
            ("order", row.order_id, f"{row.order} {row.order.matter}", ORDER_VERB_LABELS[OrderVerb(row.verb)])
            for row in orders
        ),
        *(
            ("demand", row.suspension_id, str(row), "催报未复工原因")
            for row in demands.select_related("suspension__project__profile")
        ),
        *(
            ("task_force", row.task_force.project.code, row.text, "提醒例会")
            for row in calls.select_related("task_force__project")
            if row.task_force is not None
        ),
    ]
    found: dict[tuple[str, int | str], Touched] = {}
    for place, key, text, doing in steps:
        one = found.get((place, key), Touched(text=text, doings=(), place=place, key=key))
        found[place, key] = replace(one, text=text, doings=(*one.doings, doing))
    return list(found.values())
