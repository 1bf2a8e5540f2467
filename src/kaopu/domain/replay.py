"""回放：拿另一版规则重评以往各月，看启用它会多预警哪些、误报哪些（HANDBOOK §5.4）。

用的是当时存下的事实，不重算事实；“连续黄色”按重评的颜色一路接下去。
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kaopu.domain.colours import Colour, ColourFacts, ColourPolicy, decide_colour
from kaopu.domain.outcomes import Outcome, OutcomeVerdict

FLAGGED = frozenset({Colour.RED, Colour.YELLOW})


class End(StrEnum):
    """年度目标最后怎样：按期完成、没有按期完成（含逾期完成与无法完成）、还说不定。"""

    ON_TIME = "on_time"
    MISSED = "missed"
    OPEN = "open"


END_LABELS = {End.ON_TIME: "按期完成", End.MISSED: "未按期完成", End.OPEN: "未到年末或不评定"}


def end_of(outcome: OutcomeVerdict) -> End:
    """由年末的结果看是否按期；停止实施与未评定的不算哪一边。"""
    if outcome.outcome == Outcome.ACHIEVED:
        return End.MISSED if outcome.late else End.ON_TIME
    return End.MISSED if outcome.outcome in (Outcome.LAGGING, Outcome.UNACHIEVABLE) else End.OPEN


@dataclass(frozen=True, kw_only=True)
class ReplayLine:
    """一个年度项目可回放的各月，按月份先后：当时存下的事实，以及最后怎样。"""

    key: int
    months: tuple[date, ...]
    facts: tuple[ColourFacts, ...]
    end: End


def facts_from_inputs(inputs: Mapping[str, str]) -> ColourFacts:
    """把存下的“评定所用的事实”读回来；存时还没有的栏取缺省，``previous`` 由回放自己接。"""
    values: dict[str, Any] = {}
    for field in fields(ColourFacts):
        if field.name in inputs and field.name != "previous":
            values[field.name] = _value(inputs[field.name], field.default)
    return ColourFacts(**values)


def _value(text: str, default: object) -> object:
    if isinstance(default, bool):
        return text == "True"
    if default is None:
        return None if text == "None" else Decimal(text)
    return text if isinstance(default, str) else int(text)


def colours_under(line: ReplayLine, policy: ColourPolicy) -> tuple[Colour, ...]:
    """一个年度项目各月在某版规则下的颜色。"""
    colours: tuple[Colour, ...] = ()
    for facts in line.facts:
        values = {**vars(facts), "previous": colours[-policy.yellows_before_red :]}
        colours = (*colours, decide_colour(ColourFacts(**values), policy=policy).colour)
    return colours


@dataclass(frozen=True, kw_only=True)
class Difference:
    """一个年度项目在两版规则下的差别。"""

    line: ReplayLine
    before: tuple[Colour, ...]
    after: tuple[Colour, ...]

    @property
    def changed(self) -> int:
        """颜色不同的月数。"""
        return sum(old != new for old, new in zip(self.before, self.after, strict=True))

    @property
    def months_earlier(self) -> int | None:
        """新规则早多少个月示警（负数为晚）；只看最后没有按期完成的，两版都没示警或一样早为 ``None``。

        有一版始终没有示警的，按到最后一个月的次月才示警算。
        """
        if self.line.end != End.MISSED:
            return None
        earlier = _first_flag(self.before) - _first_flag(self.after)
        return earlier or None

    @property
    def gained(self) -> bool:
        """多得的预警：示警更早，而项目最后没有按期完成。"""
        return (self.months_earlier or 0) > 0

    @property
    def lost(self) -> bool:
        """失去的预警：示警更晚或不再示警，而项目最后没有按期完成。"""
        return (self.months_earlier or 0) < 0

    def false_alarms(self, colours: Sequence[Colour]) -> int:
        """误报的月数：示了警，而项目最后按期完成。"""
        return sum(colour in FLAGGED for colour in colours) if self.line.end == End.ON_TIME else 0


def _first_flag(colours: Sequence[Colour]) -> int:
    return next((place for place, colour in enumerate(colours) if colour in FLAGGED), len(colours))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """两版规则的整体对照；``replayed`` 为重评过的每一个，``differences`` 只有差别的。"""

    replayed: tuple[Difference, ...]
    differences: tuple[Difference, ...]
    gained: int
    lost: int
    false_alarms_before: int
    false_alarms_after: int
    counts_before: Mapping[Colour, int]
    counts_after: Mapping[Colour, int]


def compare(lines: Iterable[ReplayLine], *, before: ColourPolicy, after: ColourPolicy) -> Comparison:
    """把每个年度项目各按两版规则重评一遍。"""
    found = [
        Difference(line=line, before=colours_under(line, before), after=colours_under(line, after))
        for line in lines
    ]
    return Comparison(
        replayed=tuple(found),
        differences=tuple(item for item in found if item.changed),
        gained=sum(item.gained for item in found),
        lost=sum(item.lost for item in found),
        false_alarms_before=sum(item.false_alarms(item.before) for item in found),
        false_alarms_after=sum(item.false_alarms(item.after) for item in found),
        counts_before=_counts(item.before for item in found),
        counts_after=_counts(item.after for item in found),
    )


def _counts(rows: Iterable[Sequence[Colour]]) -> dict[Colour, int]:
    counts = dict.fromkeys(Colour, 0)
    for row in rows:
        for colour in row:
            counts[colour] += 1
    return counts
