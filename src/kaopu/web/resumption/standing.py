"""一次统一停复工的现状：逐个项目的方案、意见、批次、复工与未复工原因。"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.rights import Thing
from kaopu.domain.suspension import (
    SIDE_LABELS,
    Countdown,
    MovedDate,
    OpinionSide,
    countdowns,
    missing_opinions,
    moved_dates,
)
from kaopu.projects.models import AnnualGoal, Project
from kaopu.projects.queries import profiled_then
from kaopu.tracking.models import (
    GoalAchievement,
    PlanOpinion,
    Resumption,
    ResumptionBatch,
    ResumptionPlan,
    StillStopped,
    Suspension,
    SuspensionCampaign,
)
from kaopu.tracking.queries.permits import permit_clocks


@dataclass(frozen=True, kw_only=True)
class Standing:
    """一个项目在一次停复工里的现状。"""

    stop: Suspension
    plan: ResumptionPlan | None
    opinions: dict[OpinionSide, PlanOpinion] = field(default_factory=dict)
    batch: ResumptionBatch | None = None
    end: Resumption | None = None
    reason: StillStopped | None = None

    @property
    def lacking(self) -> list[str]:
        """复工还缺什么。"""
        if self.plan is None:
            return ["复工方案"]
        return missing_opinions({side: row.agrees for side, row in self.opinions.items()})

    def days(self, on: date) -> int:
        """停了几天。"""
        last = self.end.on if self.end and self.end.on <= on else on
        return max((last - self.stop.on).days, 0)

    @property
    def said(self) -> list[tuple[str, PlanOpinion | None]]:
        """三道意见，按先后。"""
        return [(SIDE_LABELS[side], self.opinions.get(side)) for side in OpinionSide]


def standings(user: User, campaign: SuspensionCampaign, past: Past | None = None) -> list[Standing]:
    """看得见的各项目的现状或当时的情形，未复工的在前；查询条数与项目数无关。"""
    stops = Suspension.objects.seen(past).filter(campaigns=campaign)
    if not user.sees_everything:
        stops = stops.filter(project__in=Project.objects.visible_to(user, Thing.SUSPENSION))
    ordered = stops.select_related("project__profile__responsible_unit").order_by("project__code")
    found = _standings(list(ordered), past)
    return sorted(found, key=lambda item: (item.end is not None, item.end.on if item.end else date.min))


STANDING_LABELS = {"due": "应复工", "resumed": "已复工", "left": "未复工"}


def narrowed(items: list[Standing], *, state: str, on: date) -> list[Standing]:
    """到 ``on`` 日应复工、已复工或未复工的各项目；不认得的状态不筛。与 ``progress_on`` 同一个算法。"""
    if state not in STANDING_LABELS:
        return items
    due = [item for item in items if item.stop.on <= on]
    resumed = [item for item in due if item.end is not None and item.end.on <= on]
    left = [item for item in due if item not in resumed]
    return {"due": due, "resumed": resumed, "left": left}[state]


def standing_of(user: User, pk: int, past: Past | None = None) -> Standing | None:
    """看得见的一次停工的现状或当时的情形；看不见、不存在与当时还没有同样是 ``None``。"""
    stops = Suspension.objects.seen(past).filter(
        pk=pk, project__in=Project.objects.visible_to(user, Thing.SUSPENSION)
    )
    found = _standings(list(stops.select_related("project__profile__responsible_unit")), past)
    return found[0] if found else None


def standing_stop(project: Project) -> Suspension | None:
    """一个项目此刻没有复工的停工；没有的为空。"""
    ended = Resumption.objects.live().values("suspension_id")
    stops = Suspension.objects.live().filter(project=project).exclude(pk__in=ended)
    found: Suspension | None = stops.order_by("on", "pk").first()
    return found


def _standings(stops: list[Suspension], past: Past | None) -> list[Standing]:
    profiled_then([stop.project for stop in stops], past)
    filed = ResumptionPlan.objects.seen(past).filter(suspension__in=stops)
    plans = {plan.suspension_id: plan for plan in filed}
    opinions: dict[int, dict[OpinionSide, PlanOpinion]] = defaultdict(dict)
    for row in PlanOpinion.objects.seen(past).filter(plan__in=plans.values()):
        opinions[row.plan_id][OpinionSide(row.side)] = row
    ends = {end.suspension_id: end for end in Resumption.objects.seen(past).filter(suspension__in=stops)}
    listed = ResumptionBatch.suspensions.through.objects.filter(
        suspension__in=stops, resumptionbatch__in=ResumptionBatch.objects.seen(past)
    )
    batches = {row.suspension_id: row.resumptionbatch for row in listed.select_related("resumptionbatch")}
    reasons = {
        row.suspension_id: row
        for row in StillStopped.objects.seen(past).filter(suspension__in=stops).order_by("on", "pk")
    }
    return [
        Standing(
            stop=stop, plan=(plan := plans.get(stop.pk)), opinions=opinions[plan.pk] if plan else {},
            batch=batches.get(stop.pk), end=ends.get(stop.pk), reason=reasons.get(stop.pk),
        )
        for stop in stops
    ]  # fmt: skip


def statutory(item: Standing, *, on: date, past: Past | None = None) -> list[Countdown]:
    """未复工的，法定时限还剩几天：停工报告、核验许可证，领了证还没有开工的连同开工时限。"""
    if item.end:
        return []
    permits = permit_clocks(item.stop.project, on=on, past=past)
    clocks = [clock.countdown for clock in permits if clock.lapses]
    return [*countdowns(stopped_on=item.stop.on, on=on), *filter(None, clocks)]


def proposed_dates(item: Standing, past: Past | None = None) -> list[MovedDate]:
    """复工后，停工期间起尚未达成的目标，建议顺延几天；只是建议，目标不变（种子 D06）。"""
    if item.end is None:
        return []
    goals = AnnualGoal.objects.seen(past).filter(
        project_year__project=item.stop.project, due_on__isnull=False
    )
    achieved = GoalAchievement.objects.seen(past).filter(goal__in=goals, on__lt=item.stop.on)
    reached = achieved.values("goal_id")
    due = [
        (goal.text, goal.due_on) for goal in goals.exclude(pk__in=reached).order_by("due_on") if goal.due_on
    ]
    this_year = [(text, day) for text, day in due if day.year == item.stop.on.year]
    return moved_dates(this_year, stopped_on=item.stop.on, resumed_on=item.end.on)
