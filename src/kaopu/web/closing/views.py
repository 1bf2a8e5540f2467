"""月末、年末关账的页面：先看收齐没有、数平不平，再由科长以上关（HANDBOOK §4.3、§5.8）。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.documents.actions import close_month_with_bulletin
from kaopu.domain.days import last_day_of
from kaopu.domain.reporting import STATE_LABELS, ReportState
from kaopu.domain.rights import Act, Thing
from kaopu.figures.actions import CloseRefused, close_year
from kaopu.figures.models import Snapshot
from kaopu.figures.queries import evaluate, is_year_closed, snapshots_of
from kaopu.projects import queries as projects
from kaopu.tracking import queries as tracking
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.closing.forms import CloseForm
from kaopu.web.errors import conflict
from kaopu.web.listed import ListedRow, listed_seen


@guarded(Thing.FIGURE, get=Act.CHANGE, post=Act.APPROVE)
def closing_year(request: HttpRequest, year: int) -> HttpResponse:
    """一年的账关到哪，现在的或当时的；接着要关的一个月还缺什么，或十二个月都关了之后的年末关账。"""
    if year not in projects.years_listed():
        raise Http404
    user, asked = signed_in(request), asked_day(request)
    period = _next_period(year, asked.past)
    form = CloseForm(request.POST or None, initial={"period": period})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["period"] != period:
            return conflict(request, "打开页面之后账已由他人关过。请回到关账页看现在关到哪。")
        try:
            _close(request, user, period)
        except CloseRefused as error:
            form.add_error(None, str(error))
        else:
            return redirect("closing_year", year=year)
    context = {**_page(user, asked, year, period), "form": form}
    return render(request, "closing/year.html", context, status=422 if form.errors else 200)


def _next_period(year: int, past: Past | None) -> str:
    """接着要关的：最早没有关的月份，都关了的是这一年；年末也关了为空。"""
    if month := tracking.first_open_month(year, past):
        return f"{month:%Y-%m}"
    return "" if is_year_closed(year, past) else str(year)


def _close(request: HttpRequest, user: User, period: str) -> None:
    if len(period) == 4:
        close_year(year=int(period), by=user)
        messages.success(request, f"{period}年已年末关账。可以到公文页起草年度总结。")
        return
    closed = close_month_with_bulletin(month=date.fromisoformat(f"{period}-01"), by=user)
    drafted = f"已起草《{closed.bulletin.title}》，在公文页补写、送核。" if closed.bulletin else ""
    messages.success(request, f"{period} 已关账。{drafted}")
    if closed.problem:
        messages.warning(request, closed.problem)


@dataclass(frozen=True, kw_only=True)
class OpenMonth:
    """要关的一个月：各步几份，没有审定月报的是哪些，过完没有。"""

    month: date
    counts: tuple[tuple[str, str, int], ...]
    without: tuple[tuple[ListedRow, str], ...]
    over: bool


def _open_month(user: User, asked: Asked, month: date) -> OpenMonth:
    month_end, past = last_day_of(month), asked.past
    rows = [row for row in listed_seen(user, month.year, past=past) if row.listed_on <= month_end]
    lines = tracking.report_lines(
        month=month, project_year_ids=[row.project_year_id for row in rows], past=past
    )
    states = {row: lines[row.project_year_id].state for row in rows}
    return OpenMonth(
        month=month,
        counts=tuple(
            (state.value, STATE_LABELS[state], list(states.values()).count(state)) for state in ReportState
        ),
        without=tuple(
            (row, STATE_LABELS[state]) for row, state in states.items() if state is not ReportState.ACCEPTED
        ),
        over=month_end < asked.as_of,
    )


def _page(user: User, asked: Asked, year: int, period: str) -> dict[str, Any]:
    months = [date(year, number, 1) for number in range(1, 13)]
    closed = snapshots_of(year, asked.past)
    year_end = evaluate(year, as_of=date(year, 12, 31), known_at=asked.known_at) if len(period) == 4 else None
    return {
        "asked": asked,
        "year": year,
        "years": projects.years_listed(),
        "months": _months(months, closed),
        "year_snapshot": closed.get(str(year)),
        "open": _open_month(user, asked, date.fromisoformat(f"{period}-01")) if len(period) == 7 else None,
        "identities": year_end.identities if year_end else (),
        "may_close": user.may(Thing.FIGURE, Act.APPROVE) and not asked.looks_back,
    }


def _months(months: Sequence[date], closed: dict[str, Snapshot]) -> list[tuple[date, Snapshot | None]]:
    return [(month, closed.get(f"{month:%Y-%m}")) for month in months]
