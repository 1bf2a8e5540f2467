"""五类 × 年度目标结果：统计页与导出的统计表同用一张（HANDBOOK §2.2）。"""

from __future__ import annotations

from kaopu.domain.outcomes import CLOSING_OUTCOMES, Outcome
from kaopu.figures.queries import Book, Figure
from kaopu.projects.models import Category

CategoryRow = tuple[str, Figure, list[Figure]]


def category_rows(book: Book) -> tuple[tuple[Outcome, ...], list[CategoryRow]]:
    """五类 × 结果：列（结果）与行（类别、合计、各结果），末行为合计。"""
    columns = (*CLOSING_OUTCOMES, Outcome.ON_TRACK)
    rows = [
        (
            str(category.label),
            book[f"category.{category.value}.total"],
            [book[f"category.{category.value}.{outcome}"] for outcome in columns],
        )
        for category in Category
    ]
    rows.append(("合计", book["list.district"], [book[f"outcome.{outcome}"] for outcome in columns]))
    return columns, rows
