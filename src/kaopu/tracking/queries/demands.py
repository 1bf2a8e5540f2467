"""停着没有复工的：哪些该催报原因，催了的还有哪些没有答复，各单位各是什么原因（种子 C09、C11）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import Past
from kaopu.domain.causes import Cause
from kaopu.domain.rights import Thing
from kaopu.domain.suspension import owes_reason
from kaopu.projects.models import Project
from kaopu.projects.queries import profiled_then
from kaopu.tracking.models import Resumption, ResumptionPlan, StillStopped, StillStoppedDemand, Suspension


def open_stops(*, on: date, past: Past | None = None) -> QuerySet[Suspension]:
    """到 ``on`` 日停着、还没有复工的停工；看过去的按当时所知。"""
    resumed = Resumption.objects.seen(past).filter(suspension=OuterRef("pk"), on__lte=on)
    stops: QuerySet[Suspension] = Suspension.objects.seen(past).filter(on__lte=on).exclude(Exists(resumed))
    return stops.select_related("project__profile__responsible_unit").order_by("project__code", "pk")


def owing_stops(*, on: date) -> list[Suspension]:
    """``on`` 当月该催报的：过了目标日或没有目标日，当月既没有催过也没有报过。"""
    month = on.replace(day=1)
    asked = StillStoppedDemand.objects.filter(suspension=OuterRef("pk"), month=month)
    told = StillStopped.objects.live().filter(suspension=OuterRef("pk"), on__gte=month, on__lte=on)
    stops = list(open_stops(on=on).exclude(Exists(asked)).exclude(Exists(told)))
    targets = _targets(stops)
    return [
        stop for stop in stops if owes_reason(stopped_on=stop.on, target_on=targets.get(stop.pk), month=month)
    ]


def _targets(stops: Iterable[Suspension]) -> dict[int, date]:
    """各次停工的复工目标日：统一停复工定的优先，没有的看方案的拟复工日。"""
    planned = ResumptionPlan.objects.live().filter(suspension__in=stops)
    declared = Suspension.campaigns.through.objects.filter(suspension__in=stops)
    return dict(planned.values_list("suspension_id", "resume_on")) | dict(
        declared.values_list("suspension_id", "suspensioncampaign__target_on")
    )


def waiting_demands(*, on: date, past: Past | None = None) -> QuerySet[StillStoppedDemand]:
    """催了还没有答复、也还没有复工的，期限近的在前；当月起报过一次即算答复。看过去的按当时所知。"""
    told = StillStopped.objects.seen(past).filter(
        suspension=OuterRef("suspension"), on__gte=OuterRef("month")
    )
    demands: QuerySet[StillStoppedDemand] = (
        StillStoppedDemand.objects.by_then(past)
        .filter(on__lte=on, suspension__in=open_stops(on=on, past=past).values("pk"))
        .exclude(Exists(told.filter(on__lte=on)))
    )
    related = "suspension__project__profile__responsible_unit"
    return demands.select_related(related).order_by("due_on", "pk")


def demands_on(units: Organization | None, *, on: date) -> list[StillStoppedDemand]:
    """要某单位（``None`` 为没有责任单位、由推进办兜着的）答复的：一次停工只列最早的一件。"""
    rows = waiting_demands(on=on).filter(suspension__project__profile__responsible_unit=units)
    first: dict[int, StillStoppedDemand] = {}
    for row in rows:
        first.setdefault(row.suspension_id, row)
    return list(first.values())


@dataclass(kw_only=True)
class UnitStops:
    """一个单位未复工的情况：几个、各是什么原因、缺报与逾期各几个。"""

    unit: str
    stops: list[tuple[Suspension, StillStopped | None, int]] = field(default_factory=list)
    causes: Counter[Cause] = field(default_factory=Counter)
    missing: int = 0
    late: int = 0


def stops_by_unit(user: User, *, on: date, past: Past | None = None) -> list[UnitStops]:
    """看得见的未复工项目按责任单位归拢，现在的或当时的，缺报多的在前；查询条数与项目数无关。"""
    visible = Project.objects.visible_to(user, Thing.SUSPENSION)
    stops = list(open_stops(on=on, past=past).filter(project__in=visible))
    profiled_then([stop.project for stop in stops], past)
    told = StillStopped.objects.seen(past).filter(suspension__in=stops, on__lte=on).order_by("on", "pk")
    latest = {row.suspension_id: row for row in told}
    waiting: dict[int, list[StillStoppedDemand]] = {}
    for demand in waiting_demands(on=on, past=past).filter(suspension__in=stops):
        waiting.setdefault(demand.suspension_id, []).append(demand)
    grouped: dict[str, UnitStops] = {}
    for stop in stops:
        profile = stop.project.profile
        name = profile.responsible_unit.name if profile and profile.responsible_unit else "（没有责任单位）"
        line = grouped.setdefault(name, UnitStops(unit=name))
        reason, owed = latest.get(stop.pk), waiting.get(stop.pk, [])
        line.stops.append((stop, reason, len(owed)))
        line.causes.update([Cause(reason.cause)] if reason else [])
        line.missing += bool(owed)
        line.late += any(demand.due_on < on for demand in owed)
    return sorted(grouped.values(), key=lambda line: (-line.missing, -len(line.stops), line.unit))
