"""项目清单与项目页。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaopu.accounts.models import User
from kaopu.domain.carryover import STAGE_LABELS, LifecycleStage
from kaopu.domain.rights import Act, Thing
from kaopu.exchange.queries import origins_of, origins_of_months
from kaopu.projects.models import ListEntry, Project, ProjectProfile
from kaopu.supervision.queries.orders import order_state_label, orders_of
from kaopu.tracking import queries as tracking
from kaopu.tracking.queries import colour_reviews as reviews
from kaopu.tracking.queries.permits import permit_clocks
from kaopu.web.access import guarded, known_then, permitted, signed_in
from kaopu.web.asked import Asked, asked_of
from kaopu.web.listed import listed
from kaopu.web.projects.listing import PAGE_SIZE, YearList, choices
from kaopu.web.projects.record import ProjectRecord, latest_review, record_of, year_record_of
from kaopu.web.projects.timeline import timeline
from kaopu.web.projects.wording import goal_type_label, header_facts, how_set, input_lines


@guarded(Thing.PROJECT)
def project_list(request: HttpRequest) -> HttpResponse:
    """一年的清单，按各栏与文字筛选，每页 100 行；计数单位为年度项目。"""
    user = signed_in(request)
    asked = asked_of(request)
    book = asked.book()
    verdicts = tracking.latest_verdicts(year=asked.year, as_of=asked.as_of, known_at=book.known_at)
    year_list = YearList(
        rows=listed(user, asked.year, then=asked.then()),
        outcomes=book.verdicts,
        verdicts=verdicts,
        hands=reviews.hand_marks(asked.year, day=asked.as_of, past=asked.past),
    )
    filters = choices(year_list.rows, request.GET)
    text = request.GET.get("q", "")
    page = Paginator(year_list.narrowed(filters, text), PAGE_SIZE).get_page(request.GET.get("page"))
    kept = {choice.name: choice.selected for choice in filters}
    context = {
        "asked": asked,
        "filters": filters,
        "text": text,
        "page": page,
        "lines": map(year_list.line, page),
        "listed": len(year_list.rows),
    }
    return render(request, "projects/list.html", {**context, "query": {**asked.query, **kept, "q": text}})


@guarded(Thing.PROJECT)
def project_detail(request: HttpRequest, project: Project) -> HttpResponse:
    """一个项目在某年的全部：档案与来历、时间轴、目标与结果、颜色的理由、月报、子项、认定。"""
    user = signed_in(request)
    asked = asked_of(request)
    profile, record = known_then(project, asked.past), record_of(project, asked.past)
    entry = _entry_for(record.entries, asked, explicit="year" in request.GET)
    if entry is not None and entry.project_year.year != asked.year:
        asked = asked.moved(entry.project_year.year)
    day = asked.day
    shows = {thing.value: permitted(user, thing, Act.READ, project) for thing in _SECTIONS}
    reports_now = (
        entry is not None
        and not asked.looks_back
        and permitted(user, Thing.MONTHLY_REPORT, Act.CHANGE, project)
    )
    context = {
        "project": project,
        "profile": profile,
        "record": record,
        "entry": entry,
        "asked": asked,
        "stage_label": STAGE_LABELS[LifecycleStage(record.stage.stage)] if record.stage else "",
        "permits": permit_clocks(project, on=day, past=asked.past) if shows[Thing.PERMIT] else [],
        "input_lines": input_lines,
        "goal_type_label": goal_type_label,
        "how_set": how_set,
        "open_month": tracking.first_open_month(asked.year) if reports_now else None,
        "shows": shows,
        "may_record": permitted(user, Thing.ANNUAL_GOAL, Act.CHANGE, project),
        "may_stop": permitted(user, Thing.SUSPENSION, Act.CHANGE, project)
        and not (user.is_office or asked.looks_back),
    }
    orders = _orders_context(project, user, asked, day)
    year = _year_context(project, profile, record, entry, asked, shows, day)
    return render(request, "projects/detail.html", {**context, **orders, **year})


_SECTIONS = (
    Thing.ANNUAL_GOAL,
    Thing.MONTHLY_REPORT,
    Thing.WARNING,
    Thing.ISSUE,
    Thing.SUPERVISION_ORDER,
    Thing.TASK_FORCE,
    Thing.PERMIT,
)


def _orders_context(project: Project, user: User, asked: Asked, day: date) -> dict[str, object]:
    """某人看得见的督办单走到了哪一步。"""
    steps = orders_of(project, user, asked.past)
    return {"today": day, "order_steps": [(step, order_state_label(step, on=day)) for step in steps]}


def _entry_for(entries: Sequence[ListEntry], asked: Asked, *, explicit: bool) -> ListEntry | None:
    """所问年度的条目；没有指明年度而该年未列入的，取最近一年。"""
    same = next((item for item in entries if item.project_year.year == asked.year), None)
    return same if same or explicit else next(iter(entries), None)


def _year_context(
    project: Project,
    profile: ProjectProfile,
    record: ProjectRecord,
    entry: ListEntry | None,
    asked: Asked,
    shows: Mapping[str, bool],
    day: date,
) -> dict[str, object]:
    year = year_record_of(project, asked.year, asked.past)
    goal = year.goals[0] if year.goals and shows[Thing.ANNUAL_GOAL] else None
    origins = origins_of(project, profile=profile, entry=entry, goal=goal)
    told = tuple(fact for _, plan, report, _ in year.months for fact in (plan, report) if fact is not None)
    return {
        "year": year,
        "month_origins": origins_of_months(project, told) if told else (),
        "facts": header_facts(profile, entry, goal, origins, record.revisions),
        "outcome": asked.book().verdicts.get(project.code) if entry else None,
        "timeline": timeline(
            asked.year,
            plans=year.plans,
            reports=year.reports,
            verdicts=year.verdicts,
            stops=record.stops,
            goals=year.goals,
            achievements=year.achievements,
            municipal=bool(entry and entry.level == "municipal"),
        ),
        "review": latest_review(year.latest, day=day, past=asked.past) if year.latest else None,
    }
