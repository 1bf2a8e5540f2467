"""引擎的钟：``kaopu tick`` 走一程，``kaopu serve`` 自己每隔一会儿走一程。要办什么都在 ``supervision.actions``。"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

from django.db import IntegrityError
from django.utils import timezone

from kaopu.accounts.actions import ensure_operator, forget_expired_sign_ins
from kaopu.audit.actions import seal, settled
from kaopu.domain.workdays import CalendarUnpublished
from kaopu.supervision.actions import Advance, advance, chase_by_rule, send_digests

EVERY_SECONDS = 600
log = logging.getLogger("kaopu.tick")


def tick(*, trust_clock: bool = False) -> Advance:
    """走一程，再按规则催报、发当日摘要（催的月报在内）、清掉期满的登录、封存留痕。与别人的办理抢了同一步就重来。"""
    operator = ensure_operator()
    result = settled(lambda: advance(by=operator, trust_clock=trust_clock), again=(IntegrityError,))
    try:
        chase_by_rule(by=operator, on=result.on)
    except CalendarUnpublished as error:
        log.warning("%s", error)
    send_digests(by=operator, on=result.on)
    forget_expired_sign_ins(now=timezone.now())
    seal()
    log.info("tick on=%s moved=%d alarm=%s", result.on, result.moved, result.alarm or "-")
    return result


def keep_ticking(stop: threading.Event, every_seconds: float = EVERY_SECONDS) -> None:
    """每隔一会儿另起一个进程走一程，直到 ``stop``；一次失败只记日志，下次再来，漏跑由总览页报警。

    不在服务的进程里走：服务会由它分出工作进程，分出那一刻若正占着 SQLite 的写锁，工作进程从此以为锁还占着。
    """
    while True:
        command = [sys.executable, "-m", "kaopu.config.cli", "tick"]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL
        )  # 那一行日志与毛病都照样写到本进程的标准错误
        if done.returncode not in (0, 1):  # 1 是有警报，总览页会说
            log.error("tick failed, code %d", done.returncode)
        if stop.wait(every_seconds):
            return
