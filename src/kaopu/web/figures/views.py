"""统计表与口径成员：页上每个数都能点开，看是哪几个项目、为什么。"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kaopu.domain.rights import Thing
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import asked_of
from kaopu.web.figures import tables
from kaopu.web.listed import listed


@guarded(Thing.FIGURE)
def figure_list(request: HttpRequest) -> HttpResponse:
    """统计表：全部口径、五类 × 结果、恒等式。"""
    user = signed_in(request)
    asked = asked_of(request)
    book = asked.book()
    columns, rows = tables.category_rows(book)
    names = {row.code: row.name for year in (asked.year, asked.year + 1) for row in listed(user, year)}
    context = {
        "asked": asked,
        "book": book,
        "groups": tables.grouped(book),
        "columns": [outcome.value for outcome in columns],
        "rows": rows,
        "equations": tables.equations(book),
        "names": names,
    }
    return render(request, "figures/list.html", context)


@guarded(Thing.FIGURE)
def figure_members(request: HttpRequest, figure_id: str) -> HttpResponse:
    """一个数：值、范围、单位、成员与理由、涉及它的恒等式。"""
    user = signed_in(request)
    asked = asked_of(request)
    book = asked.book()
    figure = book.figures.get(figure_id)
    if figure is None:
        raise Http404
    following = figure_id.startswith("next.")
    rows = listed(user, asked.year + 1 if following else asked.year)
    shown = tables.members(figure, rows, {} if following else book.verdicts)
    context = {
        "asked": asked,
        "book": book,
        "figure": figure,
        "following": following,
        "list_year": asked.year + 1 if following else asked.year,
        "members": shown,
        "hidden": len(figure.members) - len(shown),
        "equations": [item for item in tables.equations(book) if item.involves(figure_id)],
        "names": {row.code: row.name for row in rows},
    }
    return render(request, "figures/members.html", context)
