"""项目清单的筛选：在一年的清单内按各栏与文字筛选（一年不过数百行，取齐后再筛，查询条数恒定）。"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from kaopu.domain.colours import Colour
from kaopu.domain.outcomes import OUTCOME_LABELS, OutcomeVerdict
from kaopu.figures.progress import UNASSESSED
from kaopu.projects.models import Category, Entry, Level
from kaopu.tracking.models import Verdict
from kaopu.tracking.queries.colour_reviews import HandMark
from kaopu.web.listed import ListedRow, colour_label, shown_colour

PAGE_SIZE = 100
_UNLIT = "unlit"  # 关账时存的“灰”连同市属未评定，照样点得开
_TOGETHER = {_UNLIT: (str(Colour.GREY), UNASSESSED)}
_ENTRIES = {str(value): str(label) for value, label in Entry.choices}


@dataclass(frozen=True, kw_only=True)
class Line:
    """清单页的一行：清单条目、年度目标结果与最近一次颜色；``hand`` 只附在旁边，不改颜色。"""

    row: ListedRow
    outcome: OutcomeVerdict | None
    colour: str
    reason: str
    hand: HandMark | None

    @property
    def entry_label(self) -> str:
        """列入方式的中文。"""
        return _ENTRIES[self.row.entry]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """一个筛选栏：名称与可选值（值, 中文）。"""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    selected: str


@dataclass(frozen=True, kw_only=True)
class YearList:
    """一年的清单，连同按编号的结果、按年度项目的评定、按评定的手标；只给翻到的一页造行。"""

    rows: Sequence[ListedRow]
    outcomes: Mapping[str, OutcomeVerdict]
    verdicts: Mapping[int, Verdict]
    hands: Mapping[int, HandMark]

    def line(self, row: ListedRow) -> Line:
        """清单页的一行。"""
        verdict = self.verdicts.get(row.project_year_id)
        colour, reason = shown_colour(row, verdict)
        return Line(
            row=row,
            outcome=self.outcomes.get(row.code),
            colour=colour,
            reason=reason,
            hand=self.hands.get(verdict.pk) if verdict else None,
        )

    def narrowed(self, filters: Sequence[Choice], text: str) -> list[ListedRow]:
        """按各筛选栏与文字（名称或编号里含有，不分大小写）筛选。"""
        found = list(self.rows)
        for choice in filters:
            if choice.selected:
                accepted = set(_TOGETHER.get(choice.selected, (choice.selected,)))
                found = [row for row in found if accepted & set(self._values(row, choice.name))]
        if text := text.strip().casefold():
            found = [row for row in found if text in row.name.casefold() or text in row.code.casefold()]
        return found

    def _values(self, row: ListedRow, field: str) -> tuple[str, ...]:
        if field == "outcome":
            verdict = self.outcomes.get(row.code)
            return (verdict.outcome.value,) if verdict else ()
        if field == "colour":
            return (shown_colour(row, self.verdicts.get(row.project_year_id))[0],)
        return _several(str(getattr(row, field) or ""), field)


_FIXED: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("level", "级别", tuple((str(value), str(label)) for value, label in Level.choices)),
    ("category", "类别", tuple((str(value), str(label)) for value, label in Category.choices)),
    ("entry", "列入方式", tuple((str(value), str(label)) for value, label in Entry.choices)),
    ("outcome", "年度目标结果", tuple((key.value, label) for key, label in OUTCOME_LABELS.items())),
    (
        "colour",
        "颜色",
        (*((str(key), colour_label(key)) for key in (*Colour, UNASSESSED)), (_UNLIT, "灰与未评定")),
    ),
)
# 一格里可以写几处：跨两个街镇、跨两个重点地区的项目，按哪一处筛都找得到
_SEPARATORS = re.compile(r"[/／、，,；;]\s*")
_OPEN = (("unit", "责任单位"), ("street", "属地街镇"), ("key_area", "重点地区"))


def choices(rows: Sequence[ListedRow], asked: QueryDict) -> tuple[Choice, ...]:
    """筛选栏；单位、街镇、重点地区只列清单上有的。"""
    found = [
        Choice(name=name, label=label, options=options, selected=asked.get(name, ""))
        for name, label, options in _FIXED
    ]
    for name, label in _OPEN:
        texts = {str(getattr(row, name) or "") for row in rows}  # 一万行也只有几十种写法，先去重再拆
        values = sorted({value for text in texts for value in _several(text, name)})
        options = tuple((value, value) for value in values)
        found.append(Choice(name=name, label=label, options=options, selected=asked.get(name, "")))
    return tuple(found)


def _several(text: str, field: str) -> tuple[str, ...]:
    """一栏的值；街镇、重点地区一格写几处的，逐处分开。"""
    parts = _SEPARATORS.split(text) if field in ("street", "key_area") else (text,)
    return tuple(filter(None, (part.strip() for part in parts)))
