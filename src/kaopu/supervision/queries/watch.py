"""有没有掉：库里每一件预警、问题、督办单逐件核对（``kaopu doctor``、断电与随机事件的测试用同一份）。"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import Count

from kaopu.audit.models import Fact
from kaopu.domain.alerts import STOPPED_ALERTS, AlertState
from kaopu.domain.escalation import IssueState
from kaopu.domain.supervision_orders import STOPPED
from kaopu.domain.watch import Standing, flaws
from kaopu.supervision.models import Alert, AlertStep, Issue, IssueStep, OrderStep, Step, SupervisionOrder

_KINDS: tuple[tuple[str, type[Fact], type[Step], str, Collection[str]], ...] = (
    ("预警", Alert, AlertStep, "alert", STOPPED_ALERTS),
    ("问题", Issue, IssueStep, "issue", (IssueState.CLOSED,)),
    ("督办单", SupervisionOrder, OrderStep, "order", STOPPED),
)


def dropped(*, today: date, alarmed: bool = False) -> list[str]:
    """掉了的与站不住的各件，逐件一句；一件没有为空表。

    每件恰有一个现行位置；未了的有一个牵头单位、一个层级、一个不早于 ``today`` 的期限，或已经报警
    （``alarmed`` 为引擎报着警；督办单逾期的，催办过即是）；了了的钟停着；立为问题的预警有问题跟着。
    """
    found = [text for kind in _KINDS for text in _flaws_of(*kind, today, alarmed)]
    orphans = AlertStep.objects.live().filter(state=AlertState.HANDED, alert__issues=None)
    return found + [f"预警 {step.alert_id}：已立为问题，而没有问题跟着" for step in orphans]


def _flaws_of(
    name: str,
    item: type[Fact],
    model: type[Step],
    key: str,
    ended: Collection[str],
    today: date,
    alarmed: bool,
) -> Iterator[str]:
    items: Any = item._default_manager
    steps: Any = model._default_manager
    standing = dict(steps.tails().values_list(key).annotate(tails=Count("pk")))
    for pk in items.values_list("pk", flat=True):
        if standing.get(pk) != 1:
            yield f"{name} {pk}：没有现行位置，或不止一个"
    for step in steps.live().order_by("pk"):
        stand = Standing(
            stopped=step.state in ended, owner=step.owner_id, court=step.court_id, level=step.level,
            due_on=step.due_on,
        )  # fmt: skip
        pressed = getattr(step, "pressed_on", None) is not None
        for flaw in flaws(stand, today=today, alarmed=alarmed or pressed):
            yield f"{name} {getattr(step, f'{key}_id')}：{flaw}"
