"""留痕的读取。"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection

from kaopu.audit.models import Operation

MOST_REMEMBERED = 64
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def until_facts_change(function: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """装饰器：事实没变就沿用上次的答案。参数须可散列，答案须当作只读。

    事务之内从不沿用：未提交的事实不该被记住，回滚后编号还会重用。
    """

    remembered: dict[object, Answer] = {}

    @wraps(function)
    def answer(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if connection.in_atomic_block:
            return function(*args, **kwargs)
        key = (_state_of_facts(), args, tuple(sorted(kwargs.items())))
        if key not in remembered:
            if len(remembered) >= MOST_REMEMBERED:
                remembered.clear()
            remembered[key] = function(*args, **kwargs)
        return remembered[key]

    return answer


def _state_of_facts() -> tuple[object, ...]:
    """事实的状态：最后一次办理，以及（PostgreSQL）事务快照——编号大的可能先提交。"""
    latest = Operation.objects.order_by("-pk").values_list("pk", "at").first()
    if connection.vendor != "postgresql":
        return (str(connection.settings_dict["NAME"]), latest)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return (*cursor.fetchone(), latest)
