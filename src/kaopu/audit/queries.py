"""留痕的读取。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kaopu.audit.models import Operation, Past, SealedLeaf, TreeHead

Recorded = TypeVar("Recorded", Operation, TreeHead)


class Horizon(NamedTuple):
    """此刻已定案的事务号与数据库编号：事务号小于它的办理不会再有新的冒出来。"""

    number: int
    cluster: str


def latest_head(past: Past | None = None) -> TreeHead | None:
    """最新的树头，或当时最新的；还没有封存过为 ``None``。印在公文末页小字里，供日后核对。"""
    return _until(TreeHead.objects.order_by("-size"), past).first()


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


def unsealed_then(past: Past | None) -> int:
    """待封存的办理有几次，现在的或当时的：当时的是那时已办的，除去那时的树头封着的。"""
    if past is None:
        return unsealed().count()
    head = latest_head(past)
    return operations(past=past).count() - (head.size if head else 0)


def operations(
    *,
    text: str = "",
    verbs: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    sealed: bool | None = None,
    past: Past | None = None,
) -> QuerySet[Operation]:
    """办理，从近到远，可只要已封存或待封存的；看过去时到那一刻为止。

    ``text`` 在办理人、动作、对象、理由、地址、请求编号里找，``verbs`` 另列几个动作。
    """
    found = _until(Operation.objects.order_by("-pk"), past)
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
        head = latest_head(past)
        leaves = SealedLeaf.objects.filter(operation_number=OuterRef("pk"))
        within = Exists(leaves.filter(leaf_index__lt=head.size if head else 0))
        found = found.filter(within if sealed else ~within)
    return found


def _until(rows: QuerySet[Recorded], past: Past | None) -> QuerySet[Recorded]:
    """到那一刻为止的：办理只有录入这一条时间，截至某天就是那天终了之前。"""
    if past is None:
        return rows
    return rows.filter(at__lte=past.known_at, at__lt=_midnight(past.as_of + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
