"""留痕的读取。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from kaopu.audit.models import Operation, SealedLeaf, TreeHead

MOST_REMEMBERED = 64
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def until_facts_change(function: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """装饰器：事实没变就沿用上次的答案。参数须可散列，答案须当作只读。

    事务之内从不沿用：未提交的事实不该被记住，回滚后编号还会重用。事实一变，旧答案都不留，免得占着内存。
    """
    return _remembering(function, _state_of_facts)


def until_rows_are_added(
    *models: type[Model],
) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """装饰器：只看这几张小表的答案，表里没有添行就沿用；表须只增不改，行数才说得准变没变。

    月报截止那天人人都在写，``until_facts_change`` 的答案几乎留不住；节假日、年度这些不该跟着重查。
    """
    counts = ", ".join(f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in models)

    def state() -> tuple[object, ...]:
        return _one_row(f"SELECT {counts}")

    return lambda function: _remembering(function, state)


def _remembering(
    function: Callable[Asked, Answer], state: Callable[[], tuple[object, ...]]
) -> Callable[Asked, Answer]:
    remembered: dict[tuple[object, ...], Answer] = {}

    @wraps(function)
    def answer(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if connection.in_atomic_block:
            return function(*args, **kwargs)
        key = (state(), args, tuple(sorted(kwargs.items())))
        with suppress(KeyError):  # 别的线程可能正在清旧答案，所以不先问在不在
            return remembered[key]
        found = function(*args, **kwargs)
        for old in list(remembered):
            if old[0] != key[0] or len(remembered) >= MOST_REMEMBERED:
                remembered.pop(old, None)
        remembered[key] = found
        return found

    return answer


def _state_of_facts() -> tuple[object, ...]:
    """事实的状态：最后一次办理，以及（PostgreSQL）事务快照——编号大的可能先提交。"""
    snapshot = ", pg_current_snapshot()::text" if connection.vendor == "postgresql" else ""
    return _one_row(f"SELECT id, at{snapshot} FROM audit_operation ORDER BY id DESC LIMIT 1")


def _one_row(statement: str) -> tuple[object, ...]:
    """一句现成的语句的答案，连同是哪个库；每页要问几遍，所以不经过查询集。"""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return (str(connection.settings_dict["NAME"]), *(cursor.fetchone() or ()))


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
    *, text: str = "", verbs: Sequence[str] = (), since: date | None = None, until: date | None = None
) -> QuerySet[Operation]:
    """办理，从近到远；``text`` 在办理人、动作、对象、理由、地址、请求编号里找，``verbs`` 另列几个动作。"""
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
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
