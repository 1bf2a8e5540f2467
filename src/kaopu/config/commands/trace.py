"""``kaopu audit``：封存、从头核对留痕。"""

from __future__ import annotations

import argparse

from kaopu.audit.actions import SealRefused, seal
from kaopu.audit.outside import OutsideHeadsUnreadable
from kaopu.audit.verification import verify
from kaopu.config.database import ready_operator, refuse_missing_tables, refuse_unreachable_database

MOST_BREAKS_SHOWN = 20


def audit(arguments: argparse.Namespace) -> int:
    """留痕：封存至此刻，或从头核对。"""
    return _seal() if arguments.action == "seal" else _verify(arguments.head)


def _seal() -> int:
    ready_operator()
    head = seal()
    print("还没有任何办理，无可封存。" if head is None else f"已封存 {head.size} 次办理，树头 {head}")
    return 0


def _verify(printed: list[tuple[int, str]]) -> int:
    """核对不写库，也不升级库：被人动过的库要原样核。"""
    refuse_unreachable_database()
    refuse_missing_tables()
    report = verify(printed=printed)
    for found in report.breaks[:MOST_BREAKS_SHOWN]:
        print(f"✗ {found.sentence}")
    if len(report.breaks) > MOST_BREAKS_SHOWN:
        print(f"……另有 {len(report.breaks) - MOST_BREAKS_SHOWN} 处")
    head = f"最新树头 {report.head}" if report.head else "还没有封存过，请运行 kaopu audit seal"
    print(f"已核对 {report.leaves} 次封存的办理，另有 {report.waiting} 次待封存；{head}")
    print("核对通过：留痕与封存相符。" if report.ok else f"核对未通过：第一处——{report.breaks[0].sentence}")
    return 0 if report.ok else 1


COMMANDS = {"audit": audit}
REFUSALS = (SealRefused, OutsideHeadsUnreadable)
