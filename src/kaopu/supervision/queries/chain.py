"""一件事的整条链：预警 → 问题 → 会议与议定 → 督办单 → 佐证（种子 D07：看得出走到哪一环）。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from kaopu.audit.models import Past
from kaopu.supervision.models import (
    AgendaItem,
    Issue,
    IssueStep,
    LeaderInstruction,
    Minutes,
    OrderStep,
    SupervisionOrder,
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """链上的一环；``kind`` 与 ``pk`` 供页面连过去，没有页的为空；佐证带着所在的办理，供页面列附件。"""

    stage: str
    on: date
    text: str
    kind: str = ""
    pk: int = 0
    evidence: str = ""
    operation_id: int = 0


def root_of(issue: Issue) -> Issue:
    """一条链的头：议定事项、任务、回头看往上，最先的那个问题。"""
    while issue.parent is not None:
        issue = issue.parent
    return issue


def chain_of(issue: Issue, past: Past | None = None) -> list[Link]:
    """一个问题前后的各环，按先后；看过去时只到当时为止。"""
    root = root_of(issue)
    family = _family(root, past)
    links = [*_sources(root, past), *(_issue_link(item) for item in family)]
    links += _meetings(family, past)
    orders = list(SupervisionOrder.objects.seen(past).filter(issue__in=family))
    links += [
        Link(stage="督办", on=order.on, text=f"{order} {order.matter}", kind="order", pk=order.pk)
        for order in orders
    ]
    proven = IssueStep.objects.by_then(past).filter(issue__in=family).select_related("issue")
    reported = OrderStep.objects.by_then(past).filter(order__in=orders).select_related("order")
    links += [_evidence(step, step.issue) for step in proven.exclude(evidence="").order_by("pk")]
    links += [_evidence(step, step.order) for step in reported.exclude(evidence="").order_by("pk")]
    return sorted(links, key=lambda link: (link.on, ORDER.index(link.stage)))


ORDER = ("预警", "批示", "问题", "回头看", "上会", "议定", "任务", "督办", "佐证")
_STAGES = {"resolution": "议定", "task": "任务", "look_back": "回头看"}


def _family(root: Issue, past: Past | None) -> list[Issue]:
    found, queue = [root], [root]
    while queue:
        children = list(Issue.objects.seen(past).filter(parent__in=queue).order_by("pk"))
        found += children
        queue = children
    return found


def _meetings(family: list[Issue], past: Past | None) -> list[Link]:
    agenda = AgendaItem.objects.seen(past).filter(issue__in=family).select_related("meeting")
    versions = Prefetch("meeting__versions", Minutes.objects.by_then(past))
    return [
        Link(stage="上会", on=item.meeting.on, text=f"{item.meeting.title}（{item.meeting.latest.minutes_number or '纪要待补'}）",
             kind="meeting", pk=item.meeting_id)
        for item in agenda.prefetch_related(versions)
    ]  # fmt: skip


def _sources(root: Issue, past: Past | None) -> list[Link]:
    links = []
    if root.alert is not None:
        first = root.alert.steps.order_by("pk").first()
        text = f"L{first.level}：{first.sentence}" if first else ""
        links.append(Link(stage="预警", on=root.alert.on, text=text, kind="alert", pk=root.alert_id or 0))
    told = [root.instruction] if root.instruction else LeaderInstruction.objects.seen(past).filter(issue=root)
    for instruction in told:
        links.append(Link(stage="批示", on=instruction.on, text=f"{instruction.leader}：{instruction.text}"))
    return links


def _issue_link(issue: Issue) -> Link:
    return Link(
        stage=_STAGES.get(issue.kind, "问题"),
        on=issue.on,
        text=f"{issue} {issue.title}",
        kind="issue",
        pk=issue.pk,
    )


def _evidence(step: IssueStep | OrderStep, item: Issue | SupervisionOrder) -> Link:
    return Link(
        stage="佐证", on=step.on, text=f"{item} 由 {step.actor} 提供", evidence=step.evidence,
        operation_id=step.operation_id,
    )  # fmt: skip
