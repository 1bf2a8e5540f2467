"""停着没有复工的：哪些该催报原因，催了的还有哪些没有答复，各单位各是什么原因（种子 C09、C11）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class StandingStop:
    """一个还停着的项目：责任单位、最近报的原因、缺报几个月、有没有逾期。"""

    unit: str
    stop: Suspension
    reason: StillStopped | None
    owed: int
    late: bool

    @property
    def cause(self) -> Cause | None:
        """原因的种类；没有报过的为空。"""
        return Cause(self.reason.cause) if self.reason else None


@dataclass(frozen=True, kw_only=True)
class UnitStops:
    """一个单位未复工的情况：几个、各是什么原因、缺报与逾期各几个。"""

    unit: str
    stops: int
    causes: Counter[Cause]
    missing: int
    late: int


def stops_by_unit(stops: Iterable[StandingStop]) -> list[UnitStops]:
    """还停着的按责任单位归拢，缺报多的在前。"""
    grouped: dict[str, list[StandingStop]] = {}
    for line in stops:
        grouped.setdefault(line.unit, []).append(line)
    found = [
        UnitStops(
            unit=unit, stops=len(lines), causes=Counter(line.cause for line in lines if line.cause),
            missing=sum(bool(line.owed) for line in lines), late=sum(line.late for line in lines),
        )
        for unit, lines in grouped.items()
    ]  # fmt: skip
    return sorted(found, key=lambda line: (-line.missing, -line.stops, line.unit))


def standing_stops(user: User, *, on: date, past: Past | None = None) -> list[StandingStop]:
    """看得见的未复工项目，现在的或当时的，按内部编号；查询条数与项目数无关。"""
    visible = Project.objects.visible_to(user, Thing.SUSPENSION)
    stops = list(open_stops(on=on, past=past).filter(project__in=visible))
    profiled_then([stop.project for stop in stops], past)
    told = StillStopped.objects.seen(past).filter(suspension__in=stops, on__lte=on).order_by("on", "pk")
    latest = {row.suspension_id: row for row in told}
    waiting: dict[int, list[StillStoppedDemand]] = {}
    for demand in waiting_demands(on=on, past=past).filter(suspension__in=stops):
        waiting.setdefault(demand.suspension_id, []).append(demand)
    found = []
    for stop in stops:
        profile, owed = stop.project.profile, waiting.get(stop.pk, [])
        unit = profile.responsible_unit.name if profile and profile.responsible_unit else "（没有责任单位）"
        found.append(
            StandingStop(
                unit=unit,
                stop=stop,
                reason=latest.get(stop.pk),
                owed=len(owed),
                late=any(demand.due_on < on for demand in owed),
            )
        )
    return found
