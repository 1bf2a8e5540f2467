"""留痕的读取。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kaopu.audit.models import Operation, SealedLeaf, TreeHead


class Horizon(NamedTuple):
    """此刻已定案的事务号与数据库编号：事务号小于它的办理不会再有新的冒出来。"""

    number: int
    cluster: str


def latest_head() -> TreeHead | None:
    """最新的树头；还没有封存过为 ``None``。印在公文末页小字里，供日后核对。"""
    return TreeHead.objects.order_by("-size").first()


def horizon() -> Horizon:
    """SQLite 同一时刻只有一个写入者，凡看得见的都已定案。"""
    if connection.vendor != "postgresql":
        return Horizon(0, "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, "
            "(SELECT system_identifier::text FROM pg_control_system())"
        )
        return Horizon(*cursor.fetchone())


def unsealed() -> QuerySet[Operation]:
    """还没有封存的办理。"""
    leaves = SealedLeaf.objects.filter(operation_number=OuterRef("pk"))
    return Operation.objects.filter(~Exists(leaves))


def operations(
    *,
    text: str = "",
    verbs: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    sealed: bool | None = None,
) -> QuerySet[Operation]:
    """办理，从近到远，可只要已封存或待封存的；``text`` 在办理人、动作、对象、理由、地址、请求编号里找，``verbs`` 另列几个动作。"""
    found = Operation.objects.order_by("-pk")
    if text:
        places = ("actor", "verb", "reason", "address", "request_id")
        words = Q(verb__in=verbs) | Q(target_id=text)
        for place in places:
            words |= Q(**{f"{place}__icontains": text})
        found = found.filter(words)
    if since:
        found = found.filter(at__gte=_midnight(since))
    if until:
        found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
    if sealed is not None:
        leaves = Exists(SealedLeaf.objects.filter(operation_number=OuterRef("pk")))
        found = found.filter(leaves if sealed else ~leaves)
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
