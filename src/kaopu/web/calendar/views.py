"""工作日历：各单位都看得到，改一天、按放假通知换一年只有推进办的人办（HANDBOOK §4.2、§8.6）。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Act, Thing
from kaopu.exchange.holiday_notices import NoticeDay, write_notice
from kaopu.tracking.actions.calendar import (
    CalendarRefused,
    CalendarStale,
    change_day,
    day_words,
    publish_year,
)
from kaopu.tracking.queries import calendar as queries
from kaopu.tracking.queries.calendar import SpecialDay
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.calendar.forms import ApplyForm, DayForm, NoticeForm
from kaopu.web.calendar.grid import WEEKDAYS, months
from kaopu.web.errors import conflict


@guarded(Thing.CALENDAR, post=Act.CHANGE)
def calendar_year(request: HttpRequest) -> HttpResponse:
    """一年的月历，现行的或当时的；与改一天的表单。"""
    user, asked = signed_in(request), _asked(request)
    year = _year(request)
    form = DayForm(request.POST or None, initial={"seen": queries.last_change()})
    if request.method == "POST" and form.is_valid():
        try:
            change = change_day(by=user, on=timezone.localdate(), **form.change())
        except CalendarRefused as error:
            form.add_error(None, str(error))
        except CalendarStale as error:
            return conflict(request, str(error))
        else:
            messages.success(request, f"{chinese_day(change.day)}已改。")
            return redirect(f"{reverse('calendar_year')}?year={change.day.year}")
    context = {**_page(user, year, asked), "form": form, "notice_form": NoticeForm(initial={"year": year})}
    return render(request, "calendar/year.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> Asked:
    return asked_day(request, present=timezone.localdate())


def _page(user: User, year: int, asked: Asked) -> dict[str, Any]:
    calendar, special = queries.working_calendar(asked.past), queries.special_days(year, asked.past)
    return {
        "asked": asked,
        "returning": {"year": year},
        "may_change": user.may(Thing.CALENDAR, Act.CHANGE) and not asked.looks_back,
        "year": year,
        "published": year in calendar.published,
        "years": sorted(calendar.published | {max(calendar.published) + 1, year}, reverse=True),
        "missing": max(calendar.published) + 1,
        "notice": queries.notice_of(year, asked.past),
        "months": months(year, special, calendar),
        "weekdays": WEEKDAYS,
        "special": special,
        "day_words": day_words,
    }


def _year(request: HttpRequest) -> int:
    text = request.GET.get("year", "")
    if not text:
        return timezone.localdate().year
    if not (text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2100):
        raise BadRequest("年度读不懂。请写四位年份，如 2027。")
    return int(text)


@guarded(Thing.CALENDAR, get=Act.CHANGE, post=Act.CHANGE)
def notice_import(request: HttpRequest) -> HttpResponse:
    """放假通知：先预演会改动哪些天，确认后才写入。"""
    user = signed_in(request)
    if request.method != "POST":
        return redirect("calendar_year")
    form = (ApplyForm if "seen" in request.POST else NoticeForm)(request.POST, request.FILES)
    if not form.is_valid():
        year = form.cleaned_data.get("year") or timezone.localdate().year
        context = {
            **_page(user, year, _asked(request)),
            "form": DayForm(initial={"seen": queries.last_change()}),
        }
        return render(request, "calendar/year.html", {**context, "notice_form": form}, status=422)
    if isinstance(form, ApplyForm):
        return _applied(request, form.cleaned_data, user)
    return _preview(request, form.cleaned_data)


def _preview(request: HttpRequest, data: Mapping[str, Any]) -> HttpResponse:
    days: dict[date, SpecialDay] = data["days"]
    lines = {day: NoticeDay(day, item.works, item.name) for day, item in days.items()}
    context = {
        "year": data["year"],
        "notice": data["notice"],
        "changes": queries.differences(days, year=data["year"]),
        "listed": len(days),
        "published": data["year"] in queries.published_years(),
        "text": write_notice(lines),
        "seen": queries.last_change(),
        "day_words": day_words,
    }
    return render(request, "calendar/preview.html", context)


def _applied(request: HttpRequest, data: Mapping[str, Any], user: User) -> HttpResponse:
    try:
        changes = publish_year(
            year=data["year"],
            days=data["days"],
            notice=data["notice"],
            seen=data["seen"],
            by=user,
            on=timezone.localdate(),
        )
    except CalendarStale as error:
        return conflict(request, str(error))
    messages.success(request, f"{data['year']}年放假安排已发布，改动 {len(changes)} 天。")
    return redirect(f"{reverse('calendar_year')}?year={data['year']}")
