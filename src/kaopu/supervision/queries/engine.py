"""引擎办过什么、发出去的送到了没有。"""

from __future__ import annotations

from kaopu.audit.models import Operation
from kaopu.supervision.models import Delivery

SHOWN = 20


def recent_runs() -> list[Operation]:
    """动了事项的各程，从近到远；没有动的一程不留痕，只看心跳。"""
    return list(Operation.objects.filter(verb="supervision.advance").order_by("-pk")[:SHOWN])


def recent_deliveries() -> list[Delivery]:
    """外发的各份，从近到远；没送到的写明为什么与怎么办。"""
    return list(Delivery.objects.order_by("-pk")[:SHOWN])
