"""有没有掉：一件事（预警、问题、督办单）此刻有什么毛病（种子 D08“滚动排摸、闭环管理”）。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kaopu.domain.ladder import LEVELS


@dataclass(frozen=True, kw_only=True)
class Standing:
    """一件事的站位，不论哪一种。``stopped`` 为不该再走钟：了了，或由别的一件跟着；单位以编号表示。"""

    stopped: bool
    owner: int
    court: int
    level: int
    due_on: date | None


def flaws(item: Standing, *, today: date, alarmed: bool = False) -> list[str]:
    """一件事的毛病：未了的须有一个牵头单位、一个层级、一个不早于今天的期限（或已报警）；了了的钟须停。"""
    if item.stopped:
        return ["了了而钟没有停"] if item.due_on is not None else []
    found = []
    if not item.owner or not item.court:
        found.append("没有牵头单位或不知球在谁手里")
    if item.level not in LEVELS:
        found.append("层级不在一至四级")
    if item.due_on is None or (item.due_on < today and not alarmed):
        found.append("没有期限，或期限已过而无人报警")
    return found
