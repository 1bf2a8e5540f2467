"""公文里的受控数字：由数据口径求出印出的文字；完成率等由口径重算，从不另存。"""

from __future__ import annotations

from kaopu.documents.gongwen import Bound
from kaopu.domain.investment import percent
from kaopu.figures.queries import Book

RATE = "rate."


def printed(book: Book, figure: str) -> str:
    """某口径印出的文字。``rate.<类别>`` 为该类完成率，``rate.all`` 为全部区属正式项目的完成率。"""
    if not figure.startswith(RATE):
        return book[figure].text
    category = figure.removeprefix(RATE)
    achieved, total = (
        ("outcome.achieved", "list.district")
        if category == "all"
        else (f"category.{category}.achieved", f"category.{category}.total")
    )
    rate = percent(book[achieved].value, book[total].value)
    return "—" if rate is None else f"{rate}%"


def bind(book: Book, figure: str) -> Bound:
    """取一个受控数字。"""
    return Bound(figure=figure, text=printed(book, figure), as_of=book.as_of)
