"""月报台：一个月里谁报了、审到哪、谁没报、欠了几天；推进办成批审定与催报（§4.3 的 20—28 日）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.days import last_day_of
from kaopu.domain.reporting import STATE_LABELS, ReportState
from kaopu.domain.rights import Act, Scope, Thing
from kaopu.domain.workdays import CalendarUnpublished, report_due_on
from kaopu.projects import queries as projects
from kaopu.projects.queries import profiled_then
from kaopu.supervision.actions import chase
from kaopu.supervision.queries.clock import today
from kaopu.tracking import queries as tracking
from kaopu.tracking.actions import MonthFrozen, ReviewRefused, StaleReport, accept_reports
from kaopu.tracking.models import MonthlyReport, ReportCorrection
from kaopu.tracking.queries import ReportLine
from kaopu.web.access import guarded, require, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.listed import ListedRow, listed_seen


@dataclass(frozen=True, kw_only=True)
class DeskRow:
    """月报台的一行。"""

    row: ListedRow
    line: ReportLine

    @property
    def state_label(self) -> str:
        """走到哪一步的中文。"""
        return STATE_LABELS[self.line.state]

    def fits(self, state: str) -> bool:
        """处在某一步；``owing`` 为还欠着的（与 ``tracking.owing`` 同口径），``chased`` 为欠着而催过或被退回的。"""
        owes = self.line.state in (ReportState.MISSING, ReportState.RETURNED)
        if state in ("owing", "chased"):
            reminded = self.line.state is ReportState.RETURNED or bool(self.line.reminded_on)
            return owes and (state == "owing" or reminded)
        return state in ("", self.line.state)


@guarded(Thing.MONTHLY_REPORT)
def report_desk_latest(request: HttpRequest) -> HttpResponse:
    """转到最近要办的一个月：编过清单的最近一年里最早没有关账的月份；看过去的转到所问那天的月份，仍看过去。"""
    asked = asked_day(request)
    if asked.looks_back:
        desk = reverse("report_desk", kwargs={"month": asked.as_of.replace(day=1)})
        return redirect(f"{desk}?{urlencode(asked.stay)}")
    year = max(projects.years_listed(), default=timezone.localdate().year)
    return redirect("report_desk", month=tracking.first_open_month(year) or date(year, 12, 1))


@guarded(Thing.MONTHLY_REPORT, post=Act.APPROVE)
def report_desk(request: HttpRequest, month: date) -> HttpResponse:
    """某月的月报台，现在的或当时的；本单位的人只见本单位的项目。"""
    user = signed_in(request)
    lines = _lines(user, month, asked_day(request).past)
    if request.method == "POST":
        return _act(request, user, month, lines)
    return _page(request, user, month, lines)


def _lines(user: User, month: date, past: Past | None) -> list[DeskRow]:
    # 年中才列入的项目，列入之前的月份不欠月报
    month_end = last_day_of(month)
    rows = [row for row in listed_seen(user, month.year, past=past) if row.listed_on <= month_end]
    found = tracking.report_lines(
        month=month, project_year_ids=[row.project_year_id for row in rows], past=past
    )
    return [DeskRow(row=row, line=found[row.project_year_id]) for row in rows]


def _page(
    request: HttpRequest,
    user: User,
    month: date,
    lines: Sequence[DeskRow],
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    counts = Counter(item.line.state for item in lines)
    state, asked = request.GET.get("state", ""), asked_day(request)
    late, due = _lateness(month, asked)
    may = _rights(user)
    context = {
        "asked": asked,
        "corrections": _corrections(asked.past) if may["accept"] else [],
        "month": month,
        "months": [date(month.year, number, 1) for number in range(1, 13)],
        "states": [(item.value, STATE_LABELS[item], counts[item]) for item in ReportState],
        "state": state,
        "lines": [item for item in lines if item.fits(state)],
        "total": len(lines),
        "frozen": tracking.is_frozen(month, asked.past),
        "due": due,
        "late": late,
        "may": dict.fromkeys(may, False) if asked.looks_back else may,
        "problem": problem,
    }
    return render(request, "reports/desk.html", context, status=status)


def _corrections(past: Past | None) -> list[ReportCorrection]:
    found = tracking.pending_corrections(past=past)
    profiled_then([item.project_year.project for item in found], past)
    return found


def _rights(user: User) -> Mapping[str, bool]:
    return {
        "file": user.may(Thing.MONTHLY_REPORT, Act.CHANGE),
        "first": user.scope(Thing.MONTHLY_REPORT, Act.FIRST) is not Scope.NONE,
        "accept": user.scope(Thing.MONTHLY_REPORT, Act.APPROVE) is Scope.ALL,
    }


def _lateness(month: date, asked: Asked) -> tuple[str, date | None]:
    """到所问那天逾期的说法与期限；该年放假安排未发布的，不推算。"""
    calendar = tracking.working_calendar(asked.past)
    try:
        due = report_due_on(month, calendar)
        days = tracking.days_late(month=month, on=asked.as_of, calendar=calendar)
    except CalendarUnpublished as error:
        return str(error), None
    return (f"已过期限 {days} 个工作日" if days else ""), due


def _act(request: HttpRequest, user: User, month: date, lines: Sequence[DeskRow]) -> HttpResponse:
    """推进办的两件成批的事：催报未报的，审定勾选的。"""
    require(user, Thing.MONTHLY_REPORT, Act.APPROVE)
    try:
        if request.POST.get("what") == "remind":
            messages.success(request, _remind(user, month))
        else:
            messages.success(request, _accept(user, month, request.POST.getlist("report")))
    except (StaleReport, MonthFrozen) as error:
        return _page(request, user, month, lines, problem=str(error), status=409)
    except ReviewRefused as error:
        return _page(request, user, month, lines, problem=str(error), status=422)
    return redirect("report_desk", month=month)


def _remind(user: User, month: date) -> str:
    if tracking.is_frozen(month):
        raise MonthFrozen(f"{month:%Y年}{month.month}月已关账，不再催报。")
    owed = tracking.owing(month)
    sent = chase(project_years=owed, month=month, by=user, on=today())
    already = len(owed) - len(sent)
    return f"已催报 {len(sent)} 个" + (f"；另有 {already} 个今天已经催过。" if already else "。")


def _accept(user: User, month: date, chosen: Sequence[str]) -> str:
    if not chosen:
        raise ReviewRefused("没有勾选任何月报。请在表中勾选后再按“审定所选”。")
    numbers = {int(item) for item in chosen if item.isascii() and item.isdigit()}
    reports = MonthlyReport.objects.filter(pk__in=numbers, month=month).select_related(
        "project_year__project__profile"
    )
    found = list(reports)
    if len(found) != len(set(chosen)):
        raise ReviewRefused("所选月报中有不属于本月的。请刷新后重新勾选；本次一份也没有审定。")
    accept_reports(reports=found, by=user, on=timezone.localdate())
    return f"已审定 {len(found)} 份。"
