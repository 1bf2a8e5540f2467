"""项目清单的筛选：在一年的清单内按各栏与文字筛选（一年不过数百行，取齐后再筛，查询条数恒定）。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from kaopu.domain.colours import Colour
from kaopu.domain.outcomes import OUTCOME_LABELS, OutcomeVerdict
from kaopu.projects.models import Category, Entry, Level
from kaopu.tracking.models import Verdict
from kaopu.tracking.queries.colour_reviews import HandMark
from kaopu.web.listed import UNASSESSED, ListedRow, colour_label, shown_colour

PAGE_SIZE = 100
_ENTRIES = {str(value): str(label) for value, label in Entry.choices}


@dataclass(frozen=True, kw_only=True)
class Line:
    """清单页的一行：清单条目、年度目标结果与最近一次颜色。"""

    row: ListedRow
    outcome: OutcomeVerdict | None
    colour: str
    reason: str
    hand: HandMark | None = None

    @property
    def entry_label(self) -> str:
        """列入方式的中文。"""
        return _ENTRIES[self.row.entry]

    def value(self, field: str) -> str:
        """某一筛选栏的取值。"""
        if field == "outcome":
            return self.outcome.outcome.value if self.outcome else ""
        if field == "colour":
            return self.colour
        return str(getattr(self.row, field) or "")

    def mentions(self, text: str) -> bool:
        """名称或编号里含有 ``text``（不分大小写）。"""
        row = self.row
        return any(text in part.casefold() for part in (row.name, row.code))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """一个筛选栏：名称与可选值（值, 中文）。"""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    selected: str


def lines(
    rows: Sequence[ListedRow],
    outcomes: Mapping[str, OutcomeVerdict],
    verdicts: Mapping[int, Verdict],
    hands: Mapping[int, HandMark],
) -> list[Line]:
    """把清单、结果、颜色并成行；``hands`` 是评定编号对应的手标，只附在旁边，不改颜色。"""
    shown = [(row, verdicts.get(row.project_year_id)) for row in rows]
    return [
        Line(
            row=row,
            outcome=outcomes.get(row.code),
            colour=colour,
            reason=reason,
            hand=hands.get(verdict.pk) if verdict else None,
        )
        for row, verdict in shown
        for colour, reason in [shown_colour(row, verdict)]
    ]


_FIXED: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("level", "级别", tuple((str(value), str(label)) for value, label in Level.choices)),
    ("category", "类别", tuple((str(value), str(label)) for value, label in Category.choices)),
    ("entry", "列入方式", tuple((str(value), str(label)) for value, label in Entry.choices)),
    ("outcome", "年度目标结果", tuple((key.value, label) for key, label in OUTCOME_LABELS.items())),
    ("colour", "颜色", tuple((str(key), colour_label(key)) for key in (*Colour, UNASSESSED))),
)
_OPEN = (("unit", "责任单位"), ("street", "属地街镇"), ("key_area", "重点地区"))


def choices(found: Sequence[Line], asked: QueryDict) -> tuple[Choice, ...]:
    """筛选栏；单位、街镇、重点地区只列清单上有的。"""
    fixed = [
        Choice(name=name, label=label, options=options, selected=asked.get(name, ""))
        for name, label, options in _FIXED
    ]
    for name, label in _OPEN:
        values = sorted({line.value(name) for line in found} - {""})
        options = tuple((value, value) for value in values)
        fixed.append(Choice(name=name, label=label, options=options, selected=asked.get(name, "")))
    return tuple(fixed)


def narrowed(found: Sequence[Line], filters: Sequence[Choice], text: str) -> list[Line]:
    """按各筛选栏与文字筛选。"""
    wanted = [(choice.name, choice.selected) for choice in filters if choice.selected]
    text = text.strip().casefold()
    return [
        line
        for line in found
        if all(line.value(name) == value for name, value in wanted) and (not text or line.mentions(text))
    ]
