"""来处：正在办的这件事由哪个请求、从哪个地址而来；网页中间件设定，``record`` 读取。"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Origin:
    """请求编号与对方地址；命令行与定时任务两者皆空。"""

    request_id: str = ""
    address: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("kaopu_origin", default=NOWHERE)


def current_origin() -> Origin:
    """此刻的来处。"""
    return _current.get()


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """这一段里办的事都记为来自 ``origin``。"""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
