"""断电：引擎与各步办理跑在子进程里，随时杀掉（SIGKILL）。没有办到一半的；再走一程，一件也不掉。

短跑在 ``test_killed.py``，长跑在 ``scripts/proof.py``。
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

from django.db import connection
from django.db.models import Exists, OuterRef

from kaopu.audit.models import Operation
from kaopu.audit.verification import verify
from kaopu.config.cli import main as kaopu
from kaopu.config.tick import tick
from kaopu.supervision.actions import raise_issue, set_demo_clock
from kaopu.supervision.models import AlertStep, IssueStep, OrderStep
from kaopu.supervision.queries.watch import dropped
from tests import factories
from tests.supervision.test_machine import EVENT_BYTES, Desk

WAITING = 20  # 先立这些问题，引擎一程才走得够久，杀得到半路
WORKING_SECONDS = 1.0
BROKEN = 9  # 子进程抛了异常；0、1 是引擎走完，1 为有警报
VERBS = 8  # 办理只取这几种事件：拨钟与改历由主进程做


def killed(kills: int) -> dict[str, Any]:
    """杀 ``kills`` 次，一次引擎、一次办理轮着来；返回各种情形几次。一掉件就失败。"""
    chance, told = random.Random(), Counter[str]()
    desk = Desk.opened()
    for number in range(WAITING):
        raise_issue(project=desk.project, title=f"事{number}", by=desk.people[0], on=desk.today)
    lasted = WORKING_SECONDS
    for number in range(kills):
        desk.today += timedelta(days=1 + chance.randrange(9))
        set_demo_clock(to=desk.today, by=factories.operator())
        events = chance.randbytes(EVENT_BYTES * 500)
        name, victim, longest = (
            ("引擎", lambda: kaopu(["tick"]), lasted),
            ("办理", lambda events=events: _work(desk, events), WORKING_SECONDS),
        )[number % 2]
        caught = _killed_after(chance.random() * longest, victim)
        told[f"{name}{'杀在半路' if caught else '已经走完'}"] += 1
        _whole(dropped(today=desk.today, alarmed=True))
        lasted = _caught_up(desk)
    return {"told": dict(told), "steps": IssueStep.objects.count() + OrderStep.objects.count()}


def _work(desk: Desk, events: bytes) -> int:
    for start in range(0, len(events), EVENT_BYTES):
        code, first, second = events[start : start + EVENT_BYTES]
        desk.happen(code % VERBS, first, second)
    return 0


def _killed_after(seconds: float, victim: Callable[[], int]) -> bool:
    """另起一个进程去办，过 ``seconds`` 秒杀掉；返回杀的时候它还在不在办。"""
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()  # 连接池的线程不会跟着分出去
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        _exits(victim)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) != BROKEN, "子进程自己出了错"
    return os.WIFSIGNALED(status)


def _exits(victim: Callable[[], int]) -> NoReturn:
    """子进程办完就走，不回到主进程的路上去。"""
    code = BROKEN
    try:
        code = victim()
    except Exception:
        traceback.print_exc()
    os._exit(code)


def _caught_up(desk: Desk) -> float:
    """再走一程：一件也不掉，没有办到一半的，再走便无事可做；返回走了几秒。"""
    started = time.monotonic()
    tick()
    lasted = time.monotonic() - started
    assert tick().moved == 0, "同一天跑第二次又动了"
    _whole(dropped(today=desk.today))
    report = verify()
    assert report.ok, report.breaks
    return lasted


def _whole(found: list[str]) -> None:
    """没有掉的；留痕与步子一一对得上。"""
    assert found == []
    done = Operation.objects.filter(verb__regex=r"^supervision\.(issue|order)_")
    for model in (IssueStep, OrderStep):
        done = done.filter(~Exists(model.objects.filter(operation=OuterRef("pk"))))
    assert not done.exists(), "有留痕而没有办"
    for model in (AlertStep, IssueStep, OrderStep):
        assert not model.objects.filter(operation=None).exists(), "办了而没有留痕"
