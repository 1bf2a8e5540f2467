"""月度跟踪的读取：把某一天所知的事实收拢成评定所需的形状。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet
from django.utils import timezone

from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.colours import Colour, ColourFacts, ColourPolicy
from kaopu.domain.days import chinese_day
from kaopu.domain.milestones import GoalType, days_overdue, satisfies
from kaopu.domain.outcomes import DecisionFacts, GoalFacts, Outcome, YearFacts
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind
from kaopu.domain.suspension import OpinionSide, plan_approved
from kaopu.projects import queries as projects
from kaopu.projects.models import AnnualGoal, Level, ListEntry, MonthlyPlan, Project
from kaopu.tracking.models import (
    GoalAchievement,
    LagReason,
    MonthlyReport,
    OfficeNote,
    OutcomeDecision,
    PlanOpinion,
    ReportingPeriod,
    Resumption,
    RuleSet,
    Suspension,
    Verdict,
)
from kaopu.tracking.queries.calendar import working_calendar as working_calendar

Row = TypeVar("Row")


def rule_set_on(day: date, kind: RuleKind = RuleKind.COLOUR) -> RuleSet:
    """某日生效的规则集（生效日不晚于该日的最新一版）。"""
    rule_set = RuleSet.objects.filter(kind=kind, effective_on__lte=day).order_by("-effective_on").first()
    if rule_set is None:
        raise LookupError(f"{chinese_day(day)}没有生效的{RULE_KINDS[kind].label}。请先设定规则集的生效日。")
    return rule_set


def _frozen(past: Past | None) -> QuerySet[ReportingPeriod]:
    """已冻结的月份，现在的或当时的；关账同评定、快照一样自月末起成立。"""
    periods = ReportingPeriod.objects.filter(frozen_at__isnull=False)
    if past is None:
        return periods
    ended = (past.as_of + timedelta(days=1)).replace(day=1)  # 在它之前的月份都过了月末
    return periods.filter(frozen_at__lte=past.known_at, month__lt=ended)


def is_frozen(month: date, past: Past | None = None) -> bool:
    """该月是否已冻结，现在的或当时的。"""
    return _frozen(past).filter(month=month).exists()


@until_facts_change()
def first_open_month(year: int, past: Past | None = None) -> date | None:
    """某年最早一个未冻结的月份，现在的或当时的；全年已冻结为 ``None``。"""
    frozen = set(_frozen(past).filter(month__year=year).values_list("month", flat=True))
    months = (date(year, number, 1) for number in range(1, 13))
    return next((month for month in months if month not in frozen), None)


def reports_for(project: Project, year: int, past: Past | None = None) -> QuerySet[MonthlyReport]:
    """一个项目某年各月的月报，现行的或当时所知的；月报按所属月份取，不按报出之日。"""
    reports = MonthlyReport.objects.live()
    if past is not None:
        reports = MonthlyReport.objects.known(as_of=date.max, known_at=past.known_at).filter(
            month__lte=past.as_of
        )
    return reports.filter(project_year__project=project, month__year=year).order_by("month")


def plans_for(project: Project, year: int, past: Past | None = None) -> QuerySet[MonthlyPlan]:
    """一个项目某年各月的计划，现行的或当时的。"""
    return (
        MonthlyPlan.objects.seen(past)
        .filter(project_year__project=project, month__year=year)
        .order_by("month")
    )


def verdicts_for(project: Project, past: Past | None = None) -> QuerySet[Verdict]:
    """一个项目历月的评定，从近到远。"""
    verdicts = Verdict.objects.seen(past).filter(project_year__project=project)
    return verdicts.select_related("rule_set").order_by("-month")


def decisions_known(*, year: int, as_of: date, known_at: datetime) -> dict[int, list[OutcomeDecision]]:
    """某年的认定，按年度项目归拢。"""
    rows = OutcomeDecision.objects.known(as_of=as_of, known_at=known_at).filter(project_year__year=year)
    return _grouped(rows, "project_year_id")


def lag_reasons_known(*, year: int, as_of: date, known_at: datetime) -> dict[int, list[LagReason]]:
    """某年的滞后原因，按年度项目归拢。"""
    rows = LagReason.objects.known(as_of=as_of, known_at=known_at).filter(project_year__year=year)
    return _grouped(rows.order_by("pk"), "project_year_id")


def notes_known(*, year: int, as_of: date, known_at: datetime) -> dict[int, list[OfficeNote]]:
    """某年的进展纪要，按项目归拢。"""
    rows = OfficeNote.objects.known(as_of=as_of, known_at=known_at).filter(year=year)
    return _grouped(rows.order_by("pk"), "project_id")


@until_facts_change(Verdict)
def latest_verdicts(*, year: int, as_of: date, known_at: datetime) -> dict[int, Verdict]:
    """某年各年度项目最近一次月末评定。"""
    rows = Verdict.objects.known(as_of=as_of, known_at=known_at).filter(project_year__year=year)
    return {row.project_year_id: row for row in rows.latest_per("project_year_id")}


def _grouped(rows: Iterable[Row], key: str) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return grouped


@dataclass(frozen=True, kw_only=True)
class YearState:
    """一个年度项目在某日的清单条目与判定事实。"""

    entry: ListEntry
    facts: YearFacts
    goals: tuple[AnnualGoal, ...] = ()


@until_facts_change(ListEntry, AnnualGoal, GoalAchievement, OutcomeDecision, Verdict)
def year_states(*, year: int, as_of: date, known_at: datetime | None) -> list[YearState]:
    """某年全部年度项目在 ``as_of`` 当日、按 ``known_at``（空为此刻）所知的判定事实；查询条数与项目数无关。"""
    known_at = known_at or timezone.now()
    entries = projects.entries_known(year=year, as_of=as_of, known_at=known_at)
    goals = projects.goals_known(year=year, as_of=as_of, known_at=known_at)
    achieved = _best_achievements(year, as_of, known_at)
    decisions = decisions_known(year=year, as_of=as_of, known_at=known_at)
    colours = _colours(year, as_of, known_at)
    return [
        YearState(
            entry=entry,
            goals=tuple(goals.get(entry.project_year_id, ())),
            facts=YearFacts(
                year=year,
                as_of=as_of,
                municipal=entry.level == Level.MUNICIPAL,
                goals=tuple(_goal_facts(goal, achieved) for goal in goals.get(entry.project_year_id, ())),
                decisions=tuple(
                    DecisionFacts(outcome=Outcome(row.outcome), on=row.on, document=row.document)
                    for row in decisions.get(entry.project_year_id, ())
                ),
                colours=tuple(colours.get(entry.project_year_id, ())),
            ),
        )
        for entry in entries
    ]


def _best_achievements(year: int, as_of: date, known_at: datetime) -> dict[int, GoalAchievement]:
    """每条目标最早满足它的达成记录；没有满足的，取最近一条（如形式开工）。"""
    rows = GoalAchievement.objects.known(as_of=as_of, known_at=known_at).filter(goal__project_year__year=year)
    best: dict[int, GoalAchievement] = {}
    for row in rows.select_related("goal").order_by("-on"):
        # 目标更正后达成记录仍指向旧行；沿更正链归到同一年度项目的同一序号
        key = row.goal.project_year_id * 100 + row.goal.ordinal
        if key not in best or satisfies(required=GoalType(row.goal.goal_type), reached=GoalType(row.reached)):
            best[key] = row
    return best


def _goal_facts(goal: AnnualGoal, achieved: dict[int, GoalAchievement]) -> GoalFacts:
    row = achieved.get(goal.project_year_id * 100 + goal.ordinal)
    return GoalFacts(
        text=goal.text,
        goal_type=GoalType(goal.goal_type),
        due_on=goal.due_on,
        mandatory=goal.mandatory,
        reached=GoalType(row.reached) if row else None,
        reached_on=row.on if row else None,
    )


def _colours(year: int, as_of: date, known_at: datetime) -> dict[int, list[Colour]]:
    grouped: dict[int, list[Colour]] = defaultdict(list)
    rows = (
        Verdict.objects.known(as_of=as_of, known_at=known_at)
        .filter(project_year__year=year)
        .order_by("month")
    )
    for project_year_id, colour in rows.values_list("project_year_id", "colour"):
        grouped[project_year_id].append(Colour(colour))
    return grouped


@dataclass(frozen=True, kw_only=True)
class MonthFacts:
    """某月末评定颜色所需的成批事实。"""

    month: date
    month_end: date
    plans: dict[int, list[MonthlyPlan]] = field(default_factory=dict)
    reports: dict[int, list[MonthlyReport]] = field(default_factory=dict)
    stopped: dict[int, Suspension] = field(default_factory=dict)
    planned_stops: frozenset[int] = frozenset()  # 复工方案已批准的停工


def month_facts(*, month: date, month_end: date, known_at: datetime) -> MonthFacts:
    """收拢某月末的计划、已审定的月报与未复工的停工；月报按所属月份取，不看报出之日。"""
    plans, reports = _plans(month, known_at), _accepted(month, known_at)
    return MonthFacts(
        month=month,
        month_end=month_end,
        plans=_grouped(plans.order_by("month"), "project_year_id"),
        reports=_grouped(reports.order_by("month"), "project_year_id"),
        stopped=stopped_on(as_of=month_end, known_at=known_at),
        planned_stops=approved_stops(as_of=month_end, known_at=known_at),
    )


def _plans(month: date, known_at: datetime) -> QuerySet[MonthlyPlan]:
    known = MonthlyPlan.objects.known(as_of=date.max, known_at=known_at)
    return known.filter(project_year__year=month.year)


def _accepted(month: date, known_at: datetime) -> QuerySet[MonthlyReport]:
    known = MonthlyReport.objects.known(as_of=date.max, known_at=known_at).accepted(known_at=known_at)
    return known.filter(project_year__year=month.year, month__lte=month)


Amounts = dict[int, dict[int, int]]  # 年度项目 → 月 → 元


def amounts_by_month(*, month: date, known_at: datetime) -> tuple[Amounts, Amounts]:
    """各年度项目各月的计划投资，与截至 ``month`` 已审定的完成投资。"""
    planned: Amounts = defaultdict(dict)
    done: Amounts = defaultdict(dict)
    rows = _plans(month, known_at).values_list("project_year_id", "month", "planned_investment_yuan")
    for key, day, amount in rows:
        planned[key][day.month] = amount or 0
    for key, day, amount in _accepted(month, known_at).values_list(
        "project_year_id", "month", "investment_yuan"
    ):
        done[key][day.month] = amount or 0
    return planned, done


def stopped_on(*, as_of: date, known_at: datetime) -> dict[int, Suspension]:
    """某日停着未复工的项目，按项目编号。"""
    resumed = Resumption.objects.known(as_of=as_of, known_at=known_at).values("suspension_id")
    stops = Suspension.objects.known(as_of=as_of, known_at=known_at).exclude(pk__in=resumed)
    return {stop.project_id: stop for stop in stops}


def approved_stops(*, as_of: date, known_at: datetime) -> frozenset[int]:
    """“一项一方案”三道意见齐全的停工编号（种子 C10）。"""
    agreed: dict[int, dict[OpinionSide, bool]] = defaultdict(dict)
    rows = PlanOpinion.objects.known(as_of=as_of, known_at=known_at).filter(plan__superseded_by=None)
    for stop, side, agrees in rows.values_list("plan__suspension_id", "side", "agrees"):
        agreed[stop][OpinionSide(side)] = agrees
    return frozenset(stop for stop, opinions in agreed.items() if plan_approved(opinions))


def stopped_by_campaign(*, since: date, as_of: date, known_at: datetime) -> frozenset[int]:
    """``since`` 至 ``as_of`` 之间随全区统一停工停着（哪怕停了几天）的项目。"""
    resumed = Resumption.objects.known(as_of=as_of, known_at=known_at).filter(on__lt=since)
    stops = Suspension.objects.known(as_of=as_of, known_at=known_at).filter(campaigns__isnull=False)
    return frozenset(
        stops.exclude(pk__in=resumed.values("suspension_id")).values_list("project_id", flat=True)
    )


def covering_campaigns(*, on: date) -> dict[int, tuple[str, date]]:
    """到 ``on`` 日由某次统一停复工统筹、尚未复工的项目：编号 → （名称，目标日）。"""
    ended = Resumption.objects.live().filter(on__lte=on).values("suspension_id")
    stops = Suspension.objects.live().filter(on__lte=on, campaigns__isnull=False).exclude(pk__in=ended)
    rows = stops.values_list("project_id", "campaigns__name", "campaigns__target_on")
    return {project: (name, target) for project, name, target in rows}


def colour_facts(
    state: YearState, facts: MonthFacts, policy: ColourPolicy, *, ended: bool, open_issue_level: int = 0
) -> ColourFacts:
    """一个年度项目在某月末的颜色事实；问题在上一层，最高的未销号层级由关账者传入。"""
    plans = facts.plans.get(state.entry.project_year_id, [])
    reports = facts.reports.get(state.entry.project_year_id, [])
    to_date = [plan for plan in plans if plan.month <= facts.month]
    stop = facts.stopped.get(state.entry.project_year.project_id)
    overdue, unstarted = _overdue_days(state, facts.month_end)
    return ColourFacts(
        month=facts.month.month,
        has_plan=bool(plans),
        has_ever_reported=bool(reports),
        ended=ended,
        days_overdue=overdue,
        actual_to_date_yuan=sum(report.investment_yuan or 0 for report in reports),
        planned_to_date_yuan=sum(plan.planned_investment_yuan or 0 for plan in to_date),
        annual_plan_yuan=sum(plan.planned_investment_yuan or 0 for plan in plans),
        planned_progress=_last(plan.planned_progress_percent for plan in to_date),
        actual_progress=_last(report.progress_percent for report in reports),
        days_since_planned_start=unstarted,
        months_without_report=_months_missing(state, facts, reports),
        previous=state.facts.colours[-policy.yellows_before_red :],
        days_stopped=(facts.month_end - stop.on).days if stop else 0,
        resumption_plan_approved=stop is not None and (stop.plan_approved or stop.pk in facts.planned_stops),
        open_issue_level=open_issue_level,
    )


def unaccepted_codes(*, month: date, known_at: datetime) -> list[str]:
    """某月报出而未审定的项目编号：它们的数不进评定，关账时点名。"""
    filed = MonthlyReport.objects.known(as_of=date.max, known_at=known_at).filter(month=month)
    accepted = filed.accepted(known_at=known_at).values("pk")
    codes = filed.exclude(pk__in=accepted).values_list("project_year__project__code", flat=True)
    return sorted(codes)


def _overdue_days(state: YearState, day: date) -> tuple[int, int]:
    """最久的逾期天数与应开工未开工的天数。"""
    overdue = unstarted = 0
    for goal in state.facts.goals:
        if goal.due_on is None or goal.achieved_by(day):
            continue
        late = days_overdue(goal.due_on, day)
        overdue = max(overdue, late)
        if goal.goal_type == GoalType.START:
            unstarted = max(unstarted, late)
    return overdue, unstarted


def _months_missing(state: YearState, facts: MonthFacts, reports: list[MonthlyReport]) -> int:
    last = reports[-1].month.month if reports else state.entry.on.month - 1
    return max(0, facts.month.month - last)


def _last(values: Iterable[Decimal | None]) -> Decimal | None:
    stated = [value for value in values if value is not None]
    return stated[-1] if stated else None


def now() -> datetime:
    """此刻，作为“按何时所知”的缺省。"""
    return timezone.now()
