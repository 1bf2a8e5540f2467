"""长跑：随机走一百万个事件（真规则）、一万个事件（真库真动作），再乱销号一千次；有一个毛病就失败。

``make proof``；``ARGS="100000 1000 200"`` 改各段的次数。
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from office import empty_offices

WANTED = (1_000_000, 10_000, 1_000)


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
        from django.db import transaction

        from tests.domain import test_coordination as rules
        from tests.supervision import test_machine as desk

        started = time.monotonic()
        say("规则上的随机事件", walked(wanted[0], rules.walk, 200), started, rules.LoopMachine.told)
        started = time.monotonic()
        say(
            "库上的随机事件",
            walked(wanted[1], lambda count: desk.walk(count, 40), 5),
            started,
            desk.DeskMachine.told,
        )
        started = time.monotonic()
        with transaction.atomic():
            refused = desk.refusals(wanted[2])
            transaction.set_rollback(True)
        print(
            f"{'✓' if refused == wanted[2] else '✗'} 乱销号：{wanted[2]:,} 次，拒绝 {refused:,} 次，{time.monotonic() - started:.0f} 秒"
        )
    return 0 if refused == wanted[2] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
