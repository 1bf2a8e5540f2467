"""报绿失实率（诚信指数）的读取：各单位报的绿后来有几个失实，逐个是哪个项目的哪个月（HANDBOOK §5.4）。"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.colour_review import NOTHING, Honesty, JudgedGreen, MonthMark, judged_greens
from kaopu.domain.colours import Colour
from kaopu.domain.outcomes import Outcome
from kaopu.domain.rights import Thing
from kaopu.projects.models import Project
from kaopu.projects.queries import profiled_then
from kaopu.tracking.models import ReportedColour, Verdict
from kaopu.tracking.queries.rule_sets import last_frozen_month

REPORTED, COMPUTED = "reported", "computed"
CLAIMED_LABELS = {REPORTED: "单位自报", COMPUTED: "系统评定"}


@dataclass(frozen=True, kw_only=True)
class GreenMonth:
    """一个项目报了绿的一个月；``claimed`` 为谁报的：单位自报或系统评定。"""

    unit: str
    project: Project
    claimed: str
    judged: JudgedGreen


@dataclass(frozen=True, kw_only=True)
class UnitHonesty:
    """一个责任单位的报绿失实：``reported`` 看单位自报的绿，``computed`` 看系统评定的绿，作参照。"""

    unit: str
    reported: Honesty
    computed: Honesty


@dataclass(frozen=True, kw_only=True)
class HonestyTable:
    """各单位的报绿失实率，与其分子分母的每一个绿。"""

    units: tuple[UnitHonesty, ...]
    greens: tuple[GreenMonth, ...]


def honesty_table(*, user: User, year: int, past: Past | None = None) -> HonestyTable:
    """各责任单位某年的报绿失实率，现在的或当时所知的，失实多的在前；三个月的窗口可跨到下一年。"""
    projects = list(
        Project.objects.visible_to(user, Thing.WARNING).select_related("profile__responsible_unit")
    )
    profiled_then(projects, past)
    closed, marks = last_frozen_month(past), _marks(projects, year, past)
    assessed = [(_unit_of(project), project) for project in projects if project.pk in marks]
    greens = [
        GreenMonth(unit=unit, project=project, claimed=claimed, judged=judged)
        for unit, project in assessed
        for claimed in (REPORTED, COMPUTED)
        for judged in judged_greens(
            [_claiming(row, claimed, year) for row in marks[project.pk]], last_closed=closed
        )
    ]
    totals: dict[tuple[str, str], Honesty] = defaultdict(lambda: NOTHING)
    for item in greens:
        totals[item.unit, item.claimed] += item.judged.counted
    found = [
        UnitHonesty(unit=unit, reported=totals[unit, REPORTED], computed=totals[unit, COMPUTED])
        for unit in {unit for unit, _ in assessed}
    ]
    ranked = sorted(found, key=lambda row: (-(row.reported.rate or 0), -(row.computed.rate or 0), row.unit))
    return HonestyTable(units=tuple(ranked), greens=tuple(greens))


def _unit_of(project: Project) -> str:
    unit = project.profile.responsible_unit if project.profile else None
    return unit.name if unit else "未填责任单位"


class _Row(NamedTuple):
    month: date
    reported: Colour | None
    computed: Colour | None
    missed: bool


def _marks(projects: list[Project], year: int, past: Past | None) -> dict[int, list[_Row]]:
    """各项目自 ``year`` 年 1 月至次年 3 月的月份。"""
    span = {"month__gte": date(year, 1, 1), "month__lte": date(year + 1, 3, 1)}
    scope = {"project_year__project__in": [project.pk for project in projects], **span}
    reported = {
        (project, month): Colour(colour)
        for project, month, colour in ReportedColour.objects.seen(past)
        .filter(**scope)
        .values_list("project_year__project", "month", "colour")
    }
    found: dict[int, list[_Row]] = defaultdict(list)
    rows = Verdict.objects.seen(past).filter(**scope).order_by("month")
    for project, month, colour, outcome, inputs in rows.values_list(
        "project_year__project", "month", "colour", "outcome", "inputs"
    ):
        missed = outcome == Outcome.UNACHIEVABLE or int(inputs.get("days_overdue", 0)) > 0
        found[project].append(_Row(month, reported.get((project, month)), Colour(colour), missed))
    return found


def _claiming(row: _Row, claimed: str, year: int) -> MonthMark:
    """只有本年的绿才数；次年的月份只用来看有没有转红。"""
    colour = row.reported if claimed == REPORTED else row.computed
    return MonthMark(
        month=row.month,
        claimed=colour if row.month.year == year else None,
        computed=row.computed,
        missed=row.missed,
    )
