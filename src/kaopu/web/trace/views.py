"""留痕：谁、何时、从哪里、办了什么、前后如何；审计与推进办主任可看（HANDBOOK §4.1，TRUST §1 规则 5）。"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date

from kaopu.audit.queries import latest_head, operations, unsealed_then
from kaopu.domain.rights import Thing
from kaopu.exchange.changes import changes_of
from kaopu.projects.queries import profiled_then
from kaopu.web.access import guarded
from kaopu.web.asked import asked_day
from kaopu.web.trace import wording

PAGE_SIZE = 50


@guarded(Thing.TRACE)
def trace_list(request: HttpRequest) -> HttpResponse:
    """办理一览，从近到远，到现在或当时为止；可按日期与文字找。"""
    asked = asked_day(request, present=timezone.localdate())
    text = request.GET.get("q", "").strip()
    since, until = _day(request, "since"), _day(request, "until")
    sealed = {"yes": True, "no": False}.get(request.GET.get("sealed", ""))
    found = operations(
        text=text,
        verbs=wording.verbs_named(text),
        since=since,
        until=until,
        sealed=sealed,
        past=asked.past,
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "text": text,
        "since": since,
        "until": until,
        "head": latest_head(asked.past),
        "waiting": unsealed_then(asked.past),
        "query": {
            "q": text,
            "since": since or "",
            "until": until or "",
            "sealed": request.GET.get("sealed", ""),
            **asked.stay,
        },
        "wording": wording,
    }
    return render(request, "trace/list.html", context)


@guarded(Thing.TRACE)
def trace_operation(request: HttpRequest, number: int) -> HttpResponse:
    """一次办理改了什么：逐条逐栏的前后，由事实对照出来；导入的写明原表哪一格。"""
    asked = asked_day(request, present=timezone.localdate())
    operation = get_object_or_404(operations(past=asked.past), pk=number)
    page = Paginator(changes_of(operation), PAGE_SIZE).get_page(request.GET.get("page"))
    profiled_then((fact.project for fact in page), asked.past)
    context = {"asked": asked, "operation": operation, "page": page, "wording": wording}
    return render(request, "trace/operation.html", context)


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise BadRequest("日期读不懂。请写成 2022-12-31 的样子。")
    return found
