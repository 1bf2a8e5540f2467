"""统计表与口径成员：页上每个数都能点开，看是哪几个项目、为什么。"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kaopu.accounts.models import User
from kaopu.domain.closing import completions
from kaopu.domain.rights import Act, Thing
from kaopu.figures import progress, records
from kaopu.figures.ledger import IN_WAN, Ledger
from kaopu.figures.queries import Figure
from kaopu.figures.tabulated import category_rows
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import asked_of
from kaopu.web.figures import tables
from kaopu.web.figures.checking import Draft, DraftRefused, read_draft, written_draft
from kaopu.web.listed import listed, listed_next


@guarded(Thing.FIGURE)
def figure_list(request: HttpRequest) -> HttpResponse:
    """统计表：全部口径、五类 × 结果、恒等式。"""
    user = signed_in(request)
    asked = asked_of(request)
    book = asked.book()
    columns, rows = category_rows(book)
    rows_listed = (
        *listed(user, asked.year, then=asked.then()),
        *listed_next(user, asked.year + 1, past=asked.past),
    )
    names = {row.code: row.name for row in rows_listed}
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
    """一个数：值、范围、单位、成员与不计者的理由、规则集与摘要、涉及它的恒等式。"""
    user = signed_in(request)
    asked = asked_of(request)
    ledger = Ledger(year=asked.year, as_of=asked.as_of, known_at=asked.known_at)
    book, figure = ledger.book, _figure(user, ledger, figure_id)
    following = figure_id.startswith("next.")
    rows = (
        listed_next(user, asked.year + 1, past=asked.past)
        if following
        else listed(user, asked.year, then=asked.then())
    )
    shown = tables.members(figure, rows, {} if following else book.verdicts)
    by_code = {row.code: row for row in rows}
    context = {
        "asked": asked,
        "book": book,
        "figure": figure,
        "following": following,
        "list_year": asked.year + 1 if following else asked.year,
        "members": shown,
        "ceremonies": tables.held(asked, book, rows) if figure_id.startswith("ceremony.") else [],
        "shares": ledger.shares(figure_id),
        "hidden": len(figure.members) - len(shown),
        "excluded": [(by_code[code], reason) for code, reason in figure.excluded if code in by_code],
        "equations": [item for item in tables.equations(book) if item.involves(figure_id)],
        "names": {row.code: row.name for row in rows},
    }
    return render(request, "figures/members.html", context)


def _figure(user: User, ledger: Ledger, figure_id: str) -> Figure:
    """一个数；没有这个编号是 404。全区的数人人可开（成员只列看得见的）；按单位、按项目的只给看全部的人，引用的记录不在此列。"""
    if figure_id.startswith(records.PREFIX):
        raise Http404
    whole = figure_id.removesuffix(IN_WAN).endswith(".all")
    if figure_id.startswith(progress.PREFIX) and not (whole or user.sees_everything):
        raise Http404
    try:
        return ledger.figure(figure_id)
    except (KeyError, ValueError) as error:
        raise Http404 from error


@guarded(Thing.FIGURE, post=Act.READ)
def figure_checker(request: HttpRequest) -> HttpResponse:
    """核数助手：给出合计与部分单元格，列出未定单元格的全部补法（金标 3：恰有 2 种）。"""
    signed_in(request)
    asked = asked_of(request)
    text = request.POST.get("table", "") if request.method == "POST" else written_draft(asked.book())
    draft: Draft | None = None
    problem = ""
    if request.method == "POST":
        try:
            draft = read_draft(text)
        except DraftRefused as error:
            problem = str(error)
    found = completions(draft.totals, draft.rows, draft.columns) if draft else None
    context = {
        "asked": asked,
        "text": text,
        "problem": problem,
        "draft": draft,
        "found": found,
        "undetermined": draft.undetermined(found or []) if draft else [],
    }
    return render(request, "figures/checker.html", context, status=422 if problem else 200)
