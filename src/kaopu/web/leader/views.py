"""领导页：至多五件只有领导解得开的事，打印一页 A4。"""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kaopu.domain.ladder import LEVELS
from kaopu.domain.rights import Thing
from kaopu.domain.workdays import CalendarUnpublished
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.issues import open_issues
from kaopu.supervision.queries.meetings import asks_for_leader
from kaopu.tracking import queries as tracking
from kaopu.web.access import guarded, signed_in

PLACES = {"issue": "issue_detail", "order": "order_detail"}


@guarded(Thing.MEETING)
def leader_page(request: HttpRequest) -> HttpResponse:
    """请领导做什么，卡在哪里，几时之前；点开即到那件事，可当场签发、批示。"""
    user, day = signed_in(request), today()
    counts = Counter(open_issues(user).values_list("level", flat=True))
    context = {
        "today": day,
        "asks": asks_for_leader(user, on=day),
        "levels": [(level, counts[level]) for level in reversed(LEVELS)],
        "owing": _owing(day),
        "place": lambda ask: reverse(PLACES[ask.kind], kwargs={"pk": ask.pk}),
    }
    return render(request, "leader/leader.html", context)


def _owing(day: date) -> tuple[date, list[str]] | None:
    """过了期限还没有报（或退回未改报）的月份与项目名：缺报次日即在领导页点名。"""
    try:
        month = tracking.overdue_month(on=day, calendar=tracking.working_calendar())
    except CalendarUnpublished:
        return None
    profiles = [item.project.profile for item in tracking.owing(month)]
    return month, sorted(profile.name for profile in profiles if profile)
