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
from kaopu.exchange.queries import sources_for
from kaopu.projects import queries as projects
from kaopu.projects.models import AnnualGoal, ListEntry, MonthlyPlan, Project, StageChange, SubProject
from kaopu.supervision.models import TaskForce
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.issues import issues_of
from kaopu.supervision.queries.orders import order_state_label, orders_of
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import (
    GoalAchievement,
    LagReason,
    MonthlyReport,
    OfficeNote,
    OutcomeDecision,
    Resumption,
    Suspension,
    Verdict,
)
from kaopu.tracking.queries import colour_reviews as reviews
from kaopu.tracking.queries.permits import permit_clocks
from kaopu.web.access import guarded, permitted, signed_in
from kaopu.web.asked import Asked, asked_of
from kaopu.web.listed import listed
from kaopu.web.projects import listing
from kaopu.web.projects.timeline import timeline
from kaopu.web.projects.wording import goal_type_label, header_facts, input_lines


@guarded(Thing.PROJECT)
def project_list(request: HttpRequest) -> HttpResponse:
    """一年的清单，按各栏与文字筛选，每页 100 行；计数单位为年度项目。"""
    user = signed_in(request)
    asked = asked_of(request)
    book = asked.book()
    verdicts = tracking.latest_verdicts(year=asked.year, as_of=asked.as_of, known_at=book.known_at)
    hands = reviews.hand_marks(asked.year, day=asked.as_of)
    found = listing.lines(listed(user, asked.year, then=asked.then()), book.verdicts, verdicts, hands)
    filters = listing.choices(found, request.GET)
    text = request.GET.get("q", "")
    page = Paginator(listing.narrowed(found, filters, text), listing.PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    kept = {choice.name: choice.selected for choice in filters}
    context = {"asked": asked, "filters": filters, "text": text, "page": page, "listed": len(found)}
    return render(request, "projects/list.html", {**context, "query": {**asked.query, **kept, "q": text}})


@guarded(Thing.PROJECT)
def project_detail(request: HttpRequest, project: Project) -> HttpResponse:
    """一个项目在某年的全部：档案与来历、时间轴、目标与结果、颜色的理由、月报、子项、认定。"""
    user = signed_in(request)
    entries = list(projects.years_of(project))
    asked = asked_of(request)
    entry = _entry_for(entries, asked, explicit="year" in request.GET)
    if entry is not None and entry.project_year.year != asked.year:
        asked = _moved(asked, entry.project_year.year)
    shows = {thing.value: permitted(user, thing, Act.READ, project) for thing in _SECTIONS}
    may_report = permitted(user, Thing.MONTHLY_REPORT, Act.CHANGE, project)
    context = {
        "project": project,
        "profile": project.profile,
        "entries": entries,
        "entry": entry,
        "asked": asked,
        "stage": _stage(project),
        "permits": permit_clocks(project, on=today()),
        "subprojects": list(SubProject.objects.live().filter(project=project).order_by("pk")),
        "input_lines": input_lines,
        "goal_type_label": goal_type_label,
        "open_month": tracking.first_open_month(asked.year) if entry and may_report else None,
        "shows": shows,
        "may_record": permitted(user, Thing.ANNUAL_GOAL, Act.CHANGE, project),
    }
    loop = _loop_context(project, user)
    year = _year_context(project, entry, asked, shows)
    return render(request, "projects/detail.html", {**context, **loop, **year})


_SECTIONS = (
    Thing.ANNUAL_GOAL,
    Thing.MONTHLY_REPORT,
    Thing.WARNING,
    Thing.ISSUE,
    Thing.SUPERVISION_ORDER,
    Thing.TASK_FORCE,
)


def _loop_context(project: Project, user: User) -> dict[str, object]:
    """这个项目的问题、督办单与专班；逾期按今天算，不随所问的基准日。"""
    day = today()
    forces = TaskForce.objects.live().filter(project=project).prefetch_related("members", "tasks")
    return {
        "today": day,
        "issue_steps": issues_of(project),
        "order_steps": [(step, order_state_label(step, on=day)) for step in orders_of(project, user)],
        "task_forces": list(forces.select_related("lead_unit")),
    }


def _entry_for(entries: Sequence[ListEntry], asked: Asked, *, explicit: bool) -> ListEntry | None:
    """所问年度的条目；没有指明年度而该年未列入的，取最近一年。"""
    same = next((item for item in entries if item.project_year.year == asked.year), None)
    return same if same or explicit else next(iter(entries), None)


def _moved(asked: Asked, year: int) -> Asked:
    return Asked(year=year, as_of=date(year, 12, 31), known_at=asked.known_at, years=asked.years)


def _stage(project: Project) -> tuple[str, StageChange] | None:
    change = StageChange.objects.live().filter(project=project).order_by("-on", "-recorded_at").first()
    return (STAGE_LABELS[LifecycleStage(change.stage)], change) if change else None


def _stops(project: Project) -> list[tuple[Suspension, Resumption | None]]:
    stops = list(Suspension.objects.live().filter(project=project).order_by("on"))
    ends = {item.suspension_id: item for item in Resumption.objects.live().filter(suspension__in=stops)}
    return [(stop, ends.get(stop.pk)) for stop in stops]


def _year_context(
    project: Project, entry: ListEntry | None, asked: Asked, shows: Mapping[str, bool]
) -> dict[str, object]:
    project_year = entry.project_year if entry else None
    goals = list(AnnualGoal.objects.live().filter(project_year=project_year).order_by("ordinal"))
    known = GoalAchievement.objects.live().filter(goal__project_year=project_year)
    achievements = list(known.order_by("on"))
    plans = list(tracking.plans_for(project, asked.year))
    reports = list(tracking.reports_for(project, asked.year))
    verdicts = {
        verdict.month: verdict
        for verdict in tracking.verdicts_for(project)
        if verdict.month.year == asked.year
    }
    stops = _stops(project)
    drawn = timeline(
        asked.year,
        plans=plans,
        reports=reports,
        verdicts=verdicts,
        stops=stops,
        goals=goals,
        achievements=achievements,
        municipal=bool(entry and entry.level == "municipal"),
    )
    assert project.profile is not None
    goal = goals[0] if goals and shows[Thing.ANNUAL_GOAL] else None
    latest = max(verdicts.values(), key=lambda verdict: verdict.month, default=None)
    return {
        "facts": header_facts(project.profile, entry, goal, sources_for(project)),
        "goals": goals,
        "achievements": achievements,
        "outcome": asked.book().verdicts.get(project.code) if entry else None,
        "timeline": drawn,
        "months": _months(asked.year, plans, reports, verdicts),
        "latest": latest,
        "review": reviews.review_of(latest) if latest else None,
        "stops": stops,
        "decisions": list(OutcomeDecision.objects.live().filter(project_year=project_year).order_by("on")),
        "lag_reasons": list(LagReason.objects.live().filter(project_year=project_year).order_by("on")),
        "notes": list(OfficeNote.objects.live().filter(project=project, year=asked.year).order_by("pk")),
    }


def _months(
    year: int, plans: Sequence[MonthlyPlan], reports: Sequence[MonthlyReport], verdicts: dict[date, Verdict]
) -> list[tuple[date, MonthlyPlan | None, MonthlyReport | None, Verdict | None]]:
    planned = {plan.month: plan for plan in plans}
    reported = {report.month: report for report in reports}
    months = (date(year, number, 1) for number in range(1, 13))
    return [(month, planned.get(month), reported.get(month), verdicts.get(month)) for month in months]
