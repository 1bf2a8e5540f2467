"""领导页：至多五件只有领导解得开的事，打印一页 A4。"""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaopu.domain.ladder import LEVELS
from kaopu.domain.rights import Thing
from kaopu.domain.workdays import CalendarUnpublished
from kaopu.projects.queries import profiled_then
from kaopu.supervision.queries.issues import open_issues
from kaopu.supervision.queries.meetings import asks_for_leader
from kaopu.tracking import queries as tracking
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.jinja import url

PLACES = {"issue": "issue_detail", "order": "order_detail"}


@guarded(Thing.MEETING)
def leader_page(request: HttpRequest) -> HttpResponse:
    """请领导做什么，卡在哪里，几时之前，现在的或当时的；点开即到那件事，可当场签发、批示。"""
    user, asked = signed_in(request), asked_day(request)
    counts = Counter(open_issues(user, asked.past).values_list("level", flat=True))
    context = {
        "asked": asked,
        "today": asked.as_of,
        "asks": asks_for_leader(user, on=asked.as_of, past=asked.past),
        "levels": [(level, counts[level]) for level in reversed(LEVELS)],
        "owing": _owing(asked),
        "place": lambda ask: url(PLACES[ask.kind], query=asked.stay, pk=ask.pk),
    }
    return render(request, "leader/leader.html", context)


def _owing(asked: Asked) -> tuple[date, list[str]] | None:
    """到那天过了期限还没有报（或退回未改报）的月份与项目名：缺报次日即在领导页点名。"""
    try:
        month = tracking.overdue_month(on=asked.as_of, calendar=tracking.working_calendar(asked.past))
    except CalendarUnpublished:
        return None
    projects = [item.project for item in tracking.owing(month, asked.past)]
    profiled_then(projects, asked.past)
    profiles = [project.profile for project in projects]
    return month, sorted(profile.name for profile in profiles if profile)
