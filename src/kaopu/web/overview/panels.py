"""总览各栏的内容：一切个数都取自数据口径，每个都能点开成员。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kaopu.domain.colours import COLOUR_LABELS, Colour
from kaopu.domain.outcomes import CLOSING_OUTCOMES, OUTCOME_LABELS, Outcome
from kaopu.figures.ledger import Ledger
from kaopu.figures.progress import LISTED, UNASSESSED, UNKNOWN
from kaopu.figures.queries import Book, Figure
from kaopu.projects.models import Category
from kaopu.tracking.models import Verdict
from kaopu.web.listed import ListedRow, colour_label, shown_colour
from kaopu.web.overview.charts import Segment, stacked
from kaopu.web.overview.district_map import (
    SPREAD_AT_MOST,
    STATIONS,
    STREETS,
    XY,
    Box,
    clear_label,
    on_canvas,
    project,
    spread,
)

WORST_SHOWN = 14


@dataclass(frozen=True, kw_only=True)
class Tiles:
    """左栏的数：清单构成、四种结果、集中开工、下一年。"""

    total: Figure
    breakdown: tuple[Figure, ...]
    district: Figure
    outcomes: tuple[tuple[str, Figure], ...]
    achieved_rate: Figure
    invested: Figure
    ceremony: tuple[Figure, Figure]
    following: tuple[Figure, ...]


def tiles(ledger: Ledger) -> Tiles:
    """左栏。"""
    book = ledger.book
    return Tiles(
        total=book["list.all"],
        breakdown=tuple(
            book[id] for id in ("list.municipal", "list.district.initial", "list.district.added")
        ),
        district=book["list.district"],
        outcomes=tuple((outcome.value, book[f"outcome.{outcome}"]) for outcome in shown_outcomes(book)),
        achieved_rate=ledger.figure("rate.all"),
        invested=ledger.figure("progress.ratio.all"),
        ceremony=(book["ceremony.count"], book["ceremony.investment"]),
        following=tuple(
            book[id]
            for id in (
                "next.municipal",
                "next.municipal.formal",
                "next.municipal.reserve",
                "next.district",
                "next.district.carried_over",
                "next.district.new",
            )
        ),
    )


def shown_outcomes(book: Book) -> tuple[Outcome, ...]:
    """年末只有四种结果；年中另有“正常推进”。"""
    return (*CLOSING_OUTCOMES, Outcome.ON_TRACK) if book["outcome.on_track"].value else CLOSING_OUTCOMES


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """五类 × 结果的一行。"""

    label: str
    total: Figure
    cells: tuple[Figure, ...]
    rate: Figure
    segments: tuple[Segment, ...]


def matrix(ledger: Ledger) -> tuple[MatrixRow, ...]:
    """五类 × 结果，末行为合计。"""
    book = ledger.book
    outcomes = shown_outcomes(book)
    full = max((book[f"category.{category.value}.total"].value for category in Category), default=0)
    rows = [
        _matrix_row(
            str(category.label),
            book[f"category.{category.value}.total"],
            {outcome: book[f"category.{category.value}.{outcome}"] for outcome in outcomes},
            ledger.figure(f"rate.{category.value}"),
            full,
        )
        for category in Category
    ]
    total = book["list.district"]
    cells = {item: book[f"outcome.{item}"] for item in outcomes}
    rows.append(_matrix_row("合计", total, cells, ledger.figure("rate.all"), total.value))
    return tuple(rows)


def _matrix_row(
    label: str, total: Figure, cells: Mapping[Outcome, Figure], rate: Figure, full: int
) -> MatrixRow:
    return MatrixRow(
        label=label,
        total=total,
        cells=tuple(cells.values()),
        rate=rate,
        segments=stacked(
            [(outcome.value, OUTCOME_LABELS[outcome], figure.value) for outcome, figure in cells.items()],
            full=full,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Marked:
    """一个项目的颜色与理由；``colour`` 为 ``none`` 表示市属未评定。"""

    row: ListedRow
    colour: str
    reason: str

    @property
    def colour_label(self) -> str:
        """颜色的中文。"""
        return colour_label(self.colour)


def marked(rows: Sequence[ListedRow], verdicts: Mapping[int, Verdict]) -> list[Marked]:
    """逐个项目定颜色。"""
    shown = [(row, *shown_colour(row, verdicts.get(row.project_year_id))) for row in rows]
    return [Marked(row=row, colour=colour, reason=reason) for row, colour, reason in shown]


def worst_first(items: Sequence[Marked]) -> list[Marked]:
    """红在先、黄在后，同色按编号；绿与灰不列。"""
    alarming = [item for item in items if item.colour in (Colour.RED, Colour.YELLOW)]
    return sorted(alarming, key=lambda item: (item.colour != Colour.RED, item.row.code))


def lamps(ledger: Ledger) -> dict[str, Figure]:
    """清单上各色的个数。"""
    return {
        kind: ledger.figure(f"progress.colour_{kind}.{LISTED}")
        for kind in (*(colour.value for colour in Colour), UNASSESSED)
    }


def months(ledger: Ledger) -> list[tuple[int, int, int | None]]:
    """十二个月各自的（月, 计划, 完成）；一份月报也没有的月份，完成为空。"""
    found = []
    for month in range(1, 13):
        plan, done = (ledger.figure(f"progress.{name}_m{month}.all") for name in ("plan", "done"))
        found.append((month, plan.exact, None if done.text == UNKNOWN else done.exact))
    return found


@dataclass(frozen=True, kw_only=True)
class Point:
    """图上的一个点。"""

    x: float
    y: float
    item: Marked

    @property
    def title(self) -> str:
        """提示：名称、级别、颜色、理由。"""
        demo = "（示例）" if self.item.row.is_demo else ""
        return f"{self.item.row.name}{demo} · {self.item.row.level_label} · {self.item.colour_label}：{self.item.reason}"


@dataclass(frozen=True, kw_only=True)
class MapPanel:
    """示意图：落点与无点位的项目；``legend`` 是看得见的各色个数，各项之和等于 ``total``。"""

    points: tuple[Point, ...]
    streets: tuple[tuple[str, float, float], ...]
    without_point: tuple[Marked, ...]
    legend: tuple[tuple[str, str, int], ...]
    total: int


def map_panel(items: Sequence[Marked]) -> MapPanel:
    """把项目落到图上；重的颜色最后画，不被盖住。"""
    located = [item for item in items if _place(item.row) is not None]
    spots, streets = _laid_out(tuple(place for item in located if (place := _place(item.row)) is not None))
    points = [Point(x=x, y=y, item=item) for (x, y), item in zip(spots, located, strict=True)]
    order = {UNASSESSED: 0, Colour.GREY: 1, Colour.GREEN: 2, Colour.YELLOW: 3, Colour.RED: 4}
    kinds = [*((colour.value, COLOUR_LABELS[colour]) for colour in Colour), (UNASSESSED, "未评定")]
    return MapPanel(
        points=tuple(sorted(points, key=lambda point: order[point.item.colour])),
        streets=streets,
        without_point=tuple(item for item in items if _place(item.row) is None),
        legend=tuple((kind, label, sum(item.colour == kind for item in items)) for kind, label in kinds),
        total=len(items),
    )


@lru_cache(maxsize=16)
def _laid_out(
    places: tuple[tuple[float, float], ...],
) -> tuple[tuple[XY, ...], tuple[tuple[str, float, float], ...]]:
    """错开的落点与避让后的街镇名；同样的位置不重算。"""
    spots = tuple(spread([project(*place) for place in places]))
    return spots, _street_labels(spots[:SPREAD_AT_MOST])


def _street_labels(spots: Sequence[tuple[float, float]]) -> tuple[tuple[str, float, float], ...]:
    boxes: list[Box] = []
    obstacles = [*spots, *(project(*at) for _, at in STATIONS)]
    for name, at in STREETS:
        boxes.append(clear_label(name, project(*at), obstacles, boxes))
    return tuple((name, box.x, box.y + 5) for (name, _), box in zip(STREETS, boxes, strict=True))


def _place(row: ListedRow) -> tuple[float, float] | None:
    if row.longitude is None or row.latitude is None:
        return None
    place = float(row.longitude), float(row.latitude)
    return place if on_canvas(*place) else None
