"""重办：抢了同一步的整个重来，至多三次；别的错一次也不重（TRUST §1 规则 4）。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError

from kaopu.audit.actions import settled


@pytest.fixture(autouse=True)
def outermost(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """不在别的事务里；这里什么也不写，不必清库。"""
    with django_db_blocker.unblock():
        yield


def failing(times: int, error: Exception) -> tuple[Callable[[], str], list[int]]:
    tried: list[int] = []

    def act() -> str:
        tried.append(len(tried))
        if len(tried) <= times:
            raise error
        return "办成"

    return act, tried


def test_a_lost_race_is_run_again_and_at_most_three_times() -> None:
    act, tried = failing(2, IntegrityError("抢先"))
    assert (settled(act, again=(IntegrityError,)), len(tried)) == ("办成", 3)

    act, tried = failing(3, IntegrityError("抢先"))
    with pytest.raises(IntegrityError):
        settled(act, again=(IntegrityError,))
    assert len(tried) == 3


@pytest.mark.parametrize("error", [IntegrityError("约束"), ValueError("别的")])
def test_any_other_error_is_not_run_again(error: Exception) -> None:
    act, tried = failing(1, error)
    with pytest.raises(type(error)):
        settled(act)
    assert len(tried) == 1
