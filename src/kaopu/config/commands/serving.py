"""``kaopu serve``、``tick``：启动网页、引擎走一程。"""

from __future__ import annotations

import argparse
import os
import threading
import time
import urllib.error
import urllib.request

from django.db import connections

from kaopu.config.database import ready_operator
from kaopu.config.tick import keep_ticking
from kaopu.config.tick import tick as run_tick


def serve(arguments: argparse.Namespace) -> int:
    """启动网页服务，只听本机。"""
    ready_operator()
    return listen(arguments.port)


def listen(port: int) -> int:
    """在本机的 ``port`` 上答网页，直到被停下。"""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    address = f"http://127.0.0.1:{port}/"
    threading.Thread(target=_announce, args=(address,), daemon=True).start()
    threading.Thread(target=keep_ticking, args=(threading.Event(),), daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaopu.config.settings")
    connections.close_all()  # 分出的工作进程不带走已开的连接
    Granian(
        "kaopu.config.wsgi:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI,
        workers=1, blocking_threads=4, log_enabled=True, log_level=LogLevels.warning,
    ).serve()  # fmt: skip
    return 0


def _announce(address: str) -> None:
    """服务真能答复之后才报地址。"""
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}healthz", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            print(f"已启动：{address}（按 Ctrl+C 停止）", flush=True)
            return


def tick(arguments: argparse.Namespace) -> int:
    """引擎走一程：提醒、升级、催办、回头看。"""
    ready_operator()
    result = run_tick(trust_clock=arguments.trust_clock)
    print(f"已办到 {result.on}，动了 {result.moved} 件" + (f"；警报：{result.alarm}" if result.alarm else ""))
    return 1 if result.alarm else 0


COMMANDS = {"serve": serve, "tick": tick}
REFUSALS: tuple[type[Exception], ...] = ()
