"""督办一览：未解除的预警、未销号的问题、未停钟的督办单，按层级与账龄。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaopu.accounts.models import User
from kaopu.domain.alerts import ALERT_STATE_LABELS, AlertState
from kaopu.domain.escalation import ISSUE_STATE_LABELS, IssueState, workdays_between
from kaopu.domain.ladder import LEVELS
from kaopu.domain.rights import Thing
from kaopu.domain.supervision_orders import ORDER_KIND_LABELS, ORDER_STATE_LABELS, OrderKind, OrderState
from kaopu.projects.models import Project
from kaopu.projects.queries import profiled_then
from kaopu.supervision.models import AlertStep, IssueStep, OrderStep
from kaopu.supervision.queries.alarms import office_alarms
from kaopu.supervision.queries.alerts import open_alerts
from kaopu.supervision.queries.issues import open_issues
from kaopu.supervision.queries.orders import open_orders
from kaopu.supervision.rights import may_raise
from kaopu.tracking.queries import working_calendar
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day
from kaopu.web.jinja import url

Address = Callable[..., str]
PAGE = 50
AGES = ((7, "一周内"), (30, "一月内"), (90, "三月内"), (10**6, "三月以上"))
SORTS = {"alert": "预警", "issue": "问题与事项", "order": "督办单"}


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """一览的一行。"""

    sort: str
    number: str
    title: str
    project: str
    is_demo: bool
    level: int
    state: str
    since: date
    due_on: date
    owner: str
    court: str
    court_on: date
    address: str

    def age(self, on: date) -> int:
        """账龄（自然日）。"""
        return (on - self.since).days

    def bucket(self, on: date) -> int:
        """账龄落在第几段。"""
        return next(index for index, (limit, _) in enumerate(AGES) if self.age(on) <= limit)


@guarded(Thing.ISSUE)
def issue_board(request: HttpRequest) -> HttpResponse:
    """一览：层级 × 账龄的个数在上，逐件在下；可按层级、种类、是否逾期筛选，也可看过去某天的。"""
    user, asked = signed_in(request), asked_day(request)
    day = asked.as_of
    everything = _lines(user, asked)
    chosen = {name: request.GET.get(name, "") for name in ("level", "sort", "late", "age")}
    lines = [line for line in everything if _fits(line, chosen, day)]
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    calendar = working_calendar(asked.past)
    context = {
        "asked": asked,
        "today": day,
        "chosen": chosen,
        "sorts": SORTS,
        "levels": LEVELS,
        "ages": [label for _, label in AGES],
        "table": _table(lines, day),
        "page": page,
        "total": len(everything),
        "late": sum(line.due_on < day for line in everything),
        "held": {line.address: workdays_between(line.court_on, day, calendar) for line in page},
        "may_raise": may_raise(user) and not asked.looks_back,
        "alarms": [] if asked.looks_back else office_alarms(user, on=day),
    }
    return render(request, "issues/board.html", context)


def _fits(line: BoardLine, chosen: dict[str, str], day: date) -> bool:
    return (
        chosen["level"] in ("", str(line.level))
        and chosen["sort"] in ("", line.sort)
        and (not chosen["late"] or line.due_on < day)
        and chosen["age"] in ("", AGES[line.bucket(day)][1])
    )


def _table(lines: Sequence[BoardLine], day: date) -> list[tuple[int, list[int], int]]:
    """（层级，各账龄个数，小计），从四级到一级；末行为合计（层级 0）。"""
    counts: Counter[tuple[int, int]] = Counter()
    for line in lines:
        counts[line.level, line.bucket(day)] += 1
    rows = [(level, [counts[level, bucket] for bucket in range(len(AGES))], 0) for level in reversed(LEVELS)]
    rows.append((0, [sum(row[1][bucket] for row in rows) for bucket in range(len(AGES))], 0))
    return [(level, cells, sum(cells)) for level, cells, _ in rows]


def _lines(user: User, asked: Asked) -> list[BoardLine]:
    """全部未了的，现在的或当时的：已立为问题的预警由问题代表，不重复列。"""
    past = asked.past
    alerts = list(open_alerts(user, past).exclude(state=AlertState.HANDED))
    issues, orders = list(open_issues(user, past)), list(open_orders(user, past))
    projects: list[Project | None] = [step.alert.project_year.project for step in alerts]
    projects += [step.issue.project for step in issues] + [step.order.project for step in orders]
    profiled_then(projects, past)
    at = partial(url, query=asked.stay)
    lines = chain(
        (_alert(step, at) for step in alerts),
        (_issue(step, at) for step in issues),
        (_order(step, at) for step in orders),
    )
    return sorted(lines, key=lambda line: (-line.level, line.due_on, line.number))


def _named(project: Project | None) -> dict[str, Any]:
    if project is None:
        return {"project": "", "is_demo": False}
    return {"project": project.profile.name if project.profile else project.code, "is_demo": project.is_demo}


def _common(step: AlertStep | IssueStep | OrderStep) -> dict[str, Any]:
    return {
        "level": step.level,
        "due_on": step.due_on,
        "owner": step.owner.name,
        "court": step.court.name,
        "court_on": step.court_on,
    }


def _alert(step: AlertStep, at: Address) -> BoardLine:
    return BoardLine(
        sort="alert", number="预警", title=step.sentence, state=ALERT_STATE_LABELS[AlertState(step.state)],
        since=step.alert.on, address=at("alert_detail", pk=step.alert_id),
        **_named(step.alert.project_year.project), **_common(step),
    )  # fmt: skip


def _issue(step: IssueStep, at: Address) -> BoardLine:
    return BoardLine(
        sort="issue", number=str(step.issue), title=step.issue.title, since=step.issue.on,
        state=f"{step.issue.get_kind_display()} · {ISSUE_STATE_LABELS[IssueState(step.state)]}",
        address=at("issue_detail", pk=step.issue_id),
        **_named(step.issue.project), **_common(step),
    )  # fmt: skip


def _order(step: OrderStep, at: Address) -> BoardLine:
    kind = ORDER_KIND_LABELS[OrderKind(step.order.kind)]
    return BoardLine(
        sort="order", number=str(step.order), title=step.order.matter, since=step.order.on,
        state=f"{kind} · {ORDER_STATE_LABELS[OrderState(step.state)]}",
        address=at("order_detail", pk=step.order_id),
        **_named(step.order.project), **_common(step),
    )  # fmt: skip
