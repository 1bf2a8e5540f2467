"""留痕的写入：每个业务动作恰好调用一次 ``record``，与业务行同一事务。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, TypeVar

from django.db import OperationalError, models, transaction

from kaopu.audit.models import IdempotentAnswer, Operation

ATTEMPTS = 3
_WORTH_REPEATING = frozenset({"40001", "40P01"})  # 序列化失败、死锁：对方已办完，重办即可
Done = TypeVar("Done")


class Actor(Protocol):
    """办理人：账号表在上一层，这里只认它的编号与账号名。"""

    @property
    def pk(self) -> int: ...
    def get_username(self) -> str: ...


class BodyChanged(Exception):
    """同一把幂等钥匙带来了不同的内容。"""


def record(
    *,
    by: Actor,
    verb: str,
    target: models.Model | None = None,
    source: str = "page",
    reason: str = "",
    **detail: object,
) -> Operation:
    """记一次办理并返回它；调用者须已在事务中。``detail`` 为办理前后的内容。"""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("留痕必须与业务写入同一事务。")
    return Operation.objects.create(
        actor=by.get_username(),
        actor_id=by.pk,
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        source=source,
        reason=reason,
        detail={name: _plain(value) for name, value in detail.items()},
    )


def settled(act: Callable[[], Done]) -> Done:
    """在一个事务里办完 ``act``；PostgreSQL 报序列化失败或死锁时整个重办，至多三次（TRUST §1 规则 4）。

    只用在最外层：已在事务之中时重办不了，照办一次。
    """
    nested = transaction.get_connection().in_atomic_block
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return act()
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if nested or attempt == ATTEMPTS or state not in _WORTH_REPEATING:
                raise
    raise AssertionError("不会走到这里：最后一次要么办成，要么抛出。")


def remember_answer(*, user_id: int, route: str, key: str, body_digest: str, location: str) -> None:
    """记下一次幂等办理的答复，与办理同一事务。"""
    IdempotentAnswer.objects.create(
        user_id=user_id, route=route, key=key, body_digest=body_digest, location=location
    )


def remembered_answer(*, user_id: int, route: str, key: str, body_digest: str) -> IdempotentAnswer | None:
    """找同一钥匙的答复；内容不同则抛出 ``BodyChanged``。"""
    answer = IdempotentAnswer.objects.filter(user_id=user_id, route=route, key=key).first()
    if answer is not None and answer.body_digest != body_digest:
        raise BodyChanged("这张表单已经提交过，且内容与上次不同。请刷新页面后重新填写。")
    return answer


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
