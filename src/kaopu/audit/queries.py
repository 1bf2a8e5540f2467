"""留痕的读取。"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kaopu.audit.models import Operation


def operations_on(target_type: str, target_id: int | str) -> QuerySet[Operation]:
    """某个对象上的历次办理，从近到远。"""
    return Operation.objects.filter(target_type=target_type, target_id=str(target_id)).order_by("-pk")


def latest_operation() -> tuple[int, datetime] | None:
    """最后一次办理的编号与时刻；两者不变，任何由事实求得的答案就不变。

    只看编号不够：事务回滚后编号会被下一次办理重用，时刻（微秒）不会。
    """
    return Operation.objects.order_by("-pk").values_list("pk", "at").first()
