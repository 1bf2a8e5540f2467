"""留痕的读取。"""

from __future__ import annotations

from django.db.models import Max, QuerySet

from kaopu.audit.models import Operation


def operations_on(target_type: str, target_id: int | str) -> QuerySet[Operation]:
    """某个对象上的历次办理，从近到远。"""
    return Operation.objects.filter(target_type=target_type, target_id=str(target_id)).order_by("-pk")


def latest_operation() -> int:
    """最后一次办理的编号；它不变，任何由事实求得的答案就不变。"""
    return Operation.objects.aggregate(latest=Max("pk"))["latest"] or 0
