"""引擎办过什么、每一程写下哪些步、发出去的送到了没有。"""

from __future__ import annotations

from dataclasses import dataclass

from kaopu.audit.models import Operation
from kaopu.domain.alerts import ALERT_VERB_LABELS, AlertVerb
from kaopu.domain.escalation import ISSUE_VERB_LABELS, IssueVerb
from kaopu.domain.supervision_orders import ORDER_VERB_LABELS, OrderVerb
from kaopu.supervision.models import AlertStep, Delivery, IssueStep, Notice, OrderStep
from kaopu.tracking.models import StillStoppedDemand

SHOWN = 20
_VERB = "supervision.advance"


@dataclass(frozen=True, kw_only=True)
class RunStep:
    """引擎一程写下的一步：做了什么、对哪一件；``place`` 为那一件的种类，``key`` 为编号。"""

    doing: str
    text: str
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


def steps_of_run(run: Operation) -> list[RunStep]:
    """一程写下的各步：预警、问题、督办单各走了哪一步，催了哪些停工项目，提醒了哪些例会。"""
    alerts = AlertStep.objects.filter(operation=run).order_by("pk")
    issues = IssueStep.objects.filter(operation=run).select_related("issue").order_by("pk")
    orders = OrderStep.objects.filter(operation=run).select_related("order").order_by("pk")
    demands = StillStoppedDemand.objects.filter(operation=run).order_by("pk")
    calls = Notice.objects.filter(operation=run, task_force__isnull=False)
    return [
        *(
            _step(f"预警{ALERT_VERB_LABELS[AlertVerb(row.verb)]}", row.sentence, "alert", row.alert_id)
            for row in alerts
        ),
        *(
            _step(
                ISSUE_VERB_LABELS[IssueVerb(row.verb)],
                f"{row.issue} {row.issue.title}",
                "issue",
                row.issue_id,
            )
            for row in issues
        ),
        *(
            _step(
                ORDER_VERB_LABELS[OrderVerb(row.verb)],
                f"{row.order} {row.order.matter}",
                "order",
                row.order_id,
            )
            for row in orders
        ),
        *(
            _step("催报未复工原因", str(row), "demand", row.suspension_id)
            for row in demands.select_related("suspension__project__profile")
        ),
        *(
            _step("提醒例会", row.text, "task_force", row.task_force.project.code)
            for row in calls.select_related("task_force__project").order_by("pk")
            if row.task_force is not None
        ),
    ]


def _step(doing: str, text: str, place: str, key: int | str) -> RunStep:
    return RunStep(doing=doing, text=text, place=place, key=key)
