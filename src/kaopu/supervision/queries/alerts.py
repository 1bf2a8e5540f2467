"""预警的读取。"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.alerts import BLUE, AlertState
from kaopu.projects.models import AnnualGoal, Level, ListEntry, Project
from kaopu.supervision.models import Alert, AlertStep
from kaopu.tracking.models import OutcomeDecision
from kaopu.tracking.queries import now, year_states


def visible_alerts(user: User, past: Past | None = None) -> QuerySet[AlertStep]:
    """某人看得见的预警的位置，现行的或当时的。"""
    steps = AlertStep.objects.step_seen(past, "alert_id")
    if not user.sees_everything:
        steps = steps.filter(alert__project_year__project__in=Project.objects.of(user))
    return steps


def open_alerts(user: User, past: Past | None = None) -> QuerySet[AlertStep]:
    """某人看得见的未解除的预警，现在的或当时的，级别高的、期限近的在前。"""
    steps = visible_alerts(user, past).exclude(state=AlertState.LIFTED)
    related = ("alert__project_year__project__profile", "owner", "court")
    return steps.select_related(*related).order_by("-level", "due_on", "pk")


def alert_for(user: User, pk: int, past: Past | None = None) -> AlertStep | None:
    """某人看得见的一条预警的位置，现行的或当时的；看不见、不存在与当时还没有同样是 ``None``。"""
    steps = visible_alerts(user, past).filter(alert=pk)
    return steps.select_related("alert__project_year__project__profile", "owner", "court").first()


def goals_due(*, since: date, on: date, days: int) -> tuple[list[AnnualGoal], list[tuple[AlertStep, str]]]:
    """到 ``on`` 日该提醒的目标（``days`` 日内到期、未达成、未提醒过），与该解除的提醒和为什么。

    ``since`` 早于 ``on`` 时，停机期间就已到期的也补上。市属项目的目标由市里下达，区里不提醒；
    已认定无法完成、停止实施的不提醒。
    """
    decided = OutcomeDecision.objects.live().filter(project_year=OuterRef("project_year"), on__lte=on)
    listed = ListEntry.objects.live().filter(project_year=OuterRef("project_year"), level=Level.DISTRICT)
    reminded = Alert.objects.filter(goal=OuterRef("pk"))
    goals = AnnualGoal.objects.live().filter(
        Exists(listed),
        ~Exists(decided),
        ~Exists(reminded),
        due_on__gte=since,
        due_on__lte=on + timedelta(days=days),
    )
    related = ("project_year__project__profile__responsible_unit",)
    due = list(goals.select_related(*related).order_by("pk"))
    open_blue = list(
        AlertStep.objects.live()
        .filter(colour=BLUE)
        .exclude(state=AlertState.LIFTED)
        .select_related("alert__goal__project_year", "owner", "court")
    )
    years = {goal.project_year.year for goal in due} | {step.alert.project_year.year for step in open_blue}
    reached = {goal for year in years for goal in _reached(year, on)}
    goals_told = AnnualGoal.objects.live().filter(pk__in=[step.alert.goal_id for step in open_blue])
    standing = set(goals_told.values_list("pk", flat=True))
    decisions = OutcomeDecision.objects.live().filter(on__lte=on)
    settled = set(decisions.values_list("project_year_id", flat=True))
    lifted = [(step, why) for step in open_blue if (why := _needless(step, reached, standing, settled))]
    return [goal for goal in due if goal.pk not in reached], lifted


def _needless(
    step: AlertStep, reached: Collection[int], standing: Collection[int], settled: Collection[int]
) -> str:
    """一条蓝色提醒为什么不必再提；还该提的为空串。"""
    if step.alert.goal_id in reached:
        return "目标已达成"
    if step.alert.goal_id not in standing:
        return "目标已变更，按新目标另行提醒"
    return "已认定无法完成或停止实施" if step.alert.project_year_id in settled else ""


def _reached(year: int, on: date) -> set[int]:
    """某年到 ``on`` 日已达成的目标。"""
    states = year_states(year=year, as_of=on, known_at=now())
    return {
        goal.pk
        for state in states
        for goal, facts in zip(state.goals, state.facts.goals, strict=True)
        if facts.achieved_by(on)
    }
