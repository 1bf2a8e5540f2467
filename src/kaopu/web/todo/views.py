"""我的待办：球在我手里的，按期限先后；收件箱；把期限放进日历。"""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Act, Thing
from kaopu.supervision.actions import advance, read_notices, set_demo_clock
from kaopu.supervision.queries.alarms import office_alarms
from kaopu.supervision.queries.clock import heartbeat, today
from kaopu.supervision.queries.engine import Touched, recent_deliveries, recent_runs, run_of, touched_by
from kaopu.supervision.queries.notices import inbox, unread
from kaopu.supervision.queries.todo import TodoItem, todo_for
from kaopu.tracking.queries.awaiting import Awaiting, awaiting_ruling
from kaopu.web.access import guarded, signed_in
from kaopu.web.todo.calendar_file import calendar_file

PAGE = 50
CODED = {"task_force": "project_coordination", "node": "schedule_page"}
PLACES = {"alert": "alert_detail", "issue": "issue_detail", "order": "order_detail", "demand": "stop_detail"}


@guarded(Thing.ISSUE)
def todo_page(request: HttpRequest) -> HttpResponse:
    """我该办的：已逾期、三日内、以后，三段排开。"""
    user, day = signed_in(request), today()
    items = todo_for(user, on=day)
    context = {
        "today": day,
        "sections": _sections(items, day),
        "count": len(items),
        "awaiting": [(item, _awaiting_place(item)) for item in awaiting_ruling(user)],
        "unread": unread(user, on=day).count(),
        "alarms": office_alarms(user, on=day),
        "beat": heartbeat() if user.is_office else None,
        "place": _place,
    }
    return render(request, "todo/todo.html", context)


def _place(item: TodoItem) -> str:
    if item.kind == "report":
        month = date(item.pk // 100, item.pk % 100, 1)
        return reverse("report_desk", kwargs={"month": month}, query={"state": "chased"})
    if item.kind in CODED:
        return reverse(CODED[item.kind], kwargs={"code": item.code}) if item.code else ""
    return reverse(PLACES[item.kind], kwargs={"pk": item.pk})


def _run_place(one: Touched) -> str:
    if one.place in CODED:
        return reverse(CODED[one.place], kwargs={"code": one.key})
    return reverse(PLACES[one.place], kwargs={"pk": one.key})


def _awaiting_place(item: Awaiting) -> str:
    extra = {"year": item.year, "month": item.month}
    kept = {name: value for name, value in extra.items() if value}
    return reverse(item.page, kwargs={"code": item.project.code, **kept})


@guarded(Thing.ISSUE, get=Act.APPROVE)
def engine_page(request: HttpRequest) -> HttpResponse:
    """督办引擎：上次几时跑的、办到哪一天、有没有警报，外发的送到了没有。"""
    user = signed_in(request)
    run = run_of(request.GET.get("run", ""))
    context = {
        "alarms": office_alarms(user, on=today()),
        "beat": heartbeat(),
        "runs": recent_runs(),
        "run": run,
        "touched": touched_by(run) if run else [],
        "deliveries": recent_deliveries(),
        "place": _run_place,
    }
    return render(request, "todo/engine.html", context)


def _sections(items: list[TodoItem], day: date) -> list[tuple[str, list[TodoItem]]]:
    late = [item for item in items if item.due_on < day]
    soon = [item for item in items if 0 <= (item.due_on - day).days <= 3]
    rest = [item for item in items if (item.due_on - day).days > 3]
    return [("已逾期", late), ("三日内到期", soon), ("以后到期", rest)]


@guarded(Thing.ISSUE, post=Act.READ)
def inbox_page(request: HttpRequest) -> HttpResponse:
    """收件箱；按“全部已读”留下送达回执。"""
    user, day = signed_in(request), today()
    waiting = unread(user, on=day)
    if request.method == "POST":
        count = read_notices(unread=waiting[:500], by=user, on=day)
        messages.success(request, f"已读 {count} 条。")
        return redirect("inbox")
    only = "unread" if request.GET.get("only") == "unread" else ""
    page = Paginator(waiting if only else inbox(user, on=day), PAGE).get_page(request.GET.get("page"))
    fresh = set(waiting.filter(pk__in=[notice.pk for notice in page]).values_list("pk", flat=True))
    context = {"page": page, "fresh": fresh, "waiting": waiting.count(), "only": only}
    return render(request, "todo/inbox.html", context)


@guarded(Thing.ISSUE, get=Act.APPROVE, post=Act.APPROVE)
@require_POST
def demo_clock(request: HttpRequest) -> HttpResponse:
    """示例库：把钟往前拨一天并走一程，看期限怎样推着事情走。正式库没有这回事（404）。"""
    user, beat = signed_in(request), heartbeat()
    if beat is None or not beat.clock_demo:
        raise Http404
    day = beat.on + timedelta(days=1)
    set_demo_clock(to=day, by=user)
    moved = advance(by=user).moved
    messages.success(request, f"示例钟走到{chinese_day(day)}，引擎动了 {moved} 件。")
    return redirect("todo")


@guarded(Thing.ISSUE)
def due_calendar(request: HttpRequest) -> HttpResponse:
    """本人各件事的期限，日历文件（iCalendar），可导入手机与电脑的日历。"""
    user, day = signed_in(request), today()
    text = calendar_file(todo_for(user, on=day), stamped=day)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="kaopu-due.ics"'
    return response
