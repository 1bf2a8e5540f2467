"""``kaopu demo``：载入示例办公室，再启动网页。"""

from __future__ import annotations

import argparse

from kaopu.config.commands.serving import listen
from kaopu.config.database import ready_operator
from kaopu.demo import accounts
from kaopu.demo.loading import DemoRefused, load_demo


def demo(arguments: argparse.Namespace) -> int:
    """载入示例办公室；已载入则什么也不改。"""
    loaded = load_demo(by=ready_operator())
    print("示例办公室（普陀2022）已载入。" if loaded else "示例办公室早已载入，未作改动。")
    for line in accounts.describe():
        print(line)
    return 0 if arguments.no_serve else listen(arguments.port)


COMMANDS = {"demo": demo}
REFUSALS = (DemoRefused,)
