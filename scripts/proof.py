"""长跑：随机走一百万个事件（真规则）、一万个事件（真库真动作），乱销号一千次，杀进程二百次；有一个毛病就失败。

``make proof``；``ARGS="100000 1000 200 50"`` 改各段的次数。
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from office import empty_offices

WANTED = (1_000_000, 10_000, 1_000, 200)


def say(what: str, count: int, started: float, told: Counter[str]) -> None:
    print(f"✓ {what}：{count:,}，0 个毛病，{time.monotonic() - started:.0f} 秒")
    print("  其中" + "、".join(f"{name} {number:,}" for name, number in told.most_common()), flush=True)


def walked(wanted: int, walk: Callable[[int], int], examples: int) -> int:
    """一轮一轮走，直到够数；每轮的种子由 hypothesis 另取。"""
    total = 0
    while total < wanted:
        total += walk(examples)
    return total


def main(arguments: list[str]) -> int:
    wanted = [int(text) for text in arguments] or list(WANTED)
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaopu.config.settings")
    # 持续集成里 hypothesis 缺省每轮走同样的例子，一百万就成了同样的几万走了许多遍
    settings.register_profile("proof", derandomize=False)
    settings.load_profile("proof")
    with empty_offices():
        from tests.domain import test_coordination as rules
        from tests.supervision import test_machine as desk

        started = time.monotonic()
        say("规则上的随机事件", walked(wanted[0], rules.walk, 200), started, rules.LoopMachine.told)
        started = time.monotonic()
        events = walked(wanted[1], lambda count: desk.walk(count, 40), 5)
        say("库上的随机事件", events, started, desk.DeskMachine.told)
        started = time.monotonic()
        refused = refusals(wanted[2])
        say("乱销号，次次拒绝", refused.total(), started, refused)
    started, told = time.monotonic(), Counter[str]()
    while told.total() < wanted[3]:
        told.update(killed())
    say("随时杀掉进程", told.total(), started, told)
    return 0


def killed() -> dict[str, int]:
    """另起一间办公室（自己的进程、自己的库），杀一阵；返回各种情形几次。"""
    from tests.together.conftest import PLAY

    with tempfile.TemporaryDirectory(prefix="kaopu-office-") as home:
        environment = {**os.environ, "KAOPU_HOME": home, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", PLAY, "killed_at_random"]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    told: dict[str, int] = json.loads(done.stdout)["told"]
    return told


def refusals(attempts: int) -> Counter[str]:
    """在一间办完即散的办公室里乱销号；销成了一次就失败。"""
    from django.db import transaction

    from tests.supervision.test_refusals import refusals as tried

    with transaction.atomic():
        told = tried(attempts)
        transaction.set_rollback(True)
    assert told[""] == 0, f"乱销号销成了 {told['']} 次"
    return told


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
