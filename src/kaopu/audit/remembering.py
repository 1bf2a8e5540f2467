"""记住问过的答案：事实没变就不重查。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.models import Model

MOST_REMEMBERED = 64
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
State = tuple[object, ...]
_asked_once: ContextVar[list[State] | None] = ContextVar("kaopu_asked_once", default=None)


@contextmanager
def asking_once() -> Iterator[None]:
    """这一段（一个请求）里事实的状态只问一次：同一页上各处所见是同一个时刻的。"""
    token = _asked_once.set([])
    try:
        yield
    finally:
        _asked_once.reset(token)


def forget_state() -> None:
    """自己办了事，状态要重问；由 ``record`` 调用。"""
    if asked := _asked_once.get():
        asked.clear()


def until_facts_change(*tables: type[Model]) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer]]:
    """装饰器：事实没变就沿用上次的答案。参数须可散列，答案须当作只读。

    列了 ``tables`` 的，别的表有人办事也照旧沿用，这几张表添了行才重查：月报截止那天人人都在写，清单与节假日不该
    跟着重查。表须只增不改，行数才说得准变没变。事务之内从不沿用：未提交的事实不该被记住，回滚后编号还会重用。
    事实一变，旧答案都不留，免得占着内存。
    """
    return lambda function: _remembering(function, _RowCounts(tables).state if tables else _last_operation)


def _remembering(function: Callable[Asked, Answer], state: Callable[[], State]) -> Callable[Asked, Answer]:
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


class _RowCounts:
    """几张表各有多少行；没有人办过事就不必再数。"""

    def __init__(self, tables: tuple[type[Model], ...]) -> None:
        counts = ", ".join(f'(SELECT count(*) FROM "{model._meta.db_table}")' for model in tables)
        self._statement = f"SELECT {counts}"
        self._counted: tuple[State, State] | None = None

    def state(self) -> State:
        operation, counted = _last_operation(), self._counted
        if counted is None or counted[0] != operation:
            self._counted = counted = (operation, _one_row(self._statement))
        return counted[1]


def _last_operation() -> State:
    """最后一次办理，以及（PostgreSQL）事务快照——编号大的可能先提交。"""
    asked = _asked_once.get()
    if asked:
        return asked[0]
    snapshot = ", pg_current_snapshot()::text" if connection.vendor == "postgresql" else ""
    found = _one_row(f"SELECT id, at{snapshot} FROM audit_operation ORDER BY id DESC LIMIT 1")
    if asked is not None:
        asked.append(found)
    return found


def _one_row(statement: str) -> State:
    """一句现成的语句的答案，连同是哪个库；每页都要问，所以不经过查询集。"""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return (str(connection.settings_dict["NAME"]), *(cursor.fetchone() or ()))
