"""红黑榜：超额且得分居前五的上红榜，未达标且居后四的上黑榜；达标的、因不可抗力未达标的，从不上黑榜（HANDBOOK §3.11）。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

RED_PLACES, BLACK_PLACES = 5, 4


@dataclass(frozen=True, kw_only=True)
class UnitScore:
    """一个参加排名的单位：完成与计划（元）、未达标是否全因不可抗力。"""

    name: str
    done: int
    target: int
    excused: bool = False

    @property
    def score(self) -> Fraction:
        """得分：完成 ÷ 计划，不取整。"""
        return Fraction(self.done, self.target)


@dataclass(frozen=True, kw_only=True)
class FairLists:
    """红榜（从高到低）与黑榜（从低到高）。"""

    red: tuple[UnitScore, ...]
    black: tuple[UnitScore, ...]


def fair_lists(units: Sequence[UnitScore]) -> FairLists:
    """排出红黑榜。没有计划的单位不参加；恰好完成计划的既不上红榜也不上黑榜。"""
    ranked = sorted((unit for unit in units if unit.target > 0), key=lambda unit: (-unit.score, unit.name))
    red = tuple(unit for unit in ranked[:RED_PLACES] if unit.score > 1)
    last = ranked[-BLACK_PLACES:] if len(ranked) > BLACK_PLACES else ranked
    black = tuple(unit for unit in reversed(last) if unit.score < 1 and not unit.excused)
    return FairLists(red=red, black=black)
