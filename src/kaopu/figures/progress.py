"""按月的数：投资完成、序时、亮灯、开工、停复工，可对全部、五类、责任单位或单个项目求（HANDBOOK §3.4、§5.6）。

编号写作 ``progress.<量>.<范围>``，如 ``progress.ratio.category.housing``、``progress.plan.unit.3``、
``progress.to_date.project.D01``。范围都只在区属正式项目之内；``list`` 为清单上的全部（连同市属），单个项目不限。
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from kaopu.audit.remembering import until_facts_change
from kaopu.domain.carryover import STAGE_LABELS, LifecycleStage, decide_carry_over
from kaopu.domain.colours import COLOUR_LABELS, Colour
from kaopu.domain.investment import change_points, gap_points, pace_percent, percent
from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import decide_outcome
from kaopu.figures.queries import Figure, rule_set_name
from kaopu.projects import queries as projects
from kaopu.projects.models import Category, Entry, Formality, Level, ProjectProfile
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import Suspension, Verdict

PREFIX = "progress."
UNKNOWN = "—"  # 没有计划、没有分母：不猜，写作“—”
UNASSESSED = "none"  # 市属项目没有颜色
LISTED = "list"
RANK_FROM = 3  # 项目不足三个的单位不排名（§3.11）


@dataclass(frozen=True, kw_only=True)
class Row:
    """一个年度项目到某月末的进展（元）。"""

    code: str
    name: str
    unit: int | None
    unit_name: str
    category: str
    entry: str
    counted: bool
    on_list: bool
    planned_at_all: bool
    plan: int
    planned: int
    to_date: int
    month: int
    plans: tuple[int, ...]  # 十二个月各自的计划
    reported: tuple[int | None, ...]  # 十二个月各自的完成，没有报的为空
    colour: str
    start_due: date | None
    started_on: date | None
    stopped_on: date | None
    carried: bool
    outcome: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """某年截至某月末的全部行。"""

    year: int
    as_of: date
    known_at: datetime
    rows: tuple[Row, ...]
    rule_set: str
    measured: dict[str, Figure] = field(default_factory=dict)  # 求过的数，同一张表不必再求

    @cached_property
    def before(self) -> Progress | None:
        """上月末的同一张表；一月没有。"""
        if self.as_of.month == 1:
            return None
        last = date.fromordinal(self.as_of.replace(day=1).toordinal() - 1)
        return progress_at(year=self.year, as_of=last, known_at=self.known_at)

    def within(self, scope: str) -> tuple[Row, ...]:
        """某范围的各行。"""
        kind, _, value = scope.partition(".")
        if kind == "project":
            return tuple(row for row in self.rows if row.code == value)
        if scope == LISTED:
            return tuple(row for row in self.rows if row.on_list)
        tests: dict[str, Callable[[Row], bool]] = {
            "all": lambda row: True,
            "category": lambda row: row.category == value,
            "unit": lambda row: str(row.unit or 0) == value,
            "initial": lambda row: str(row.unit or 0) == value and row.entry != Entry.ADDED,
            "added": lambda row: str(row.unit or 0) == value and row.entry == Entry.ADDED,
        }
        if kind not in tests:
            raise KeyError(scope)
        return tuple(row for row in self.rows if row.counted and tests[kind](row))

    def units(self) -> list[tuple[int, str]]:
        """有区属正式项目的责任单位，按名称；未填责任单位的归为 0 号。"""
        found = {row.unit or 0: row.unit_name for row in self.rows if row.counted}
        return sorted(found.items(), key=lambda item: (not item[0], item[1]))


@until_facts_change()
def progress_at(*, year: int, as_of: date, known_at: datetime | None) -> Progress:
    """求某年截至 ``as_of`` 所在月末的进展，按 ``known_at``（空为此刻）所知。"""
    moment = known_at or timezone.now()
    planned, done = tracking.amounts_by_month(month=as_of.replace(day=1), known_at=moment)
    gathered = _Gathered(
        month=as_of.month,
        as_of=as_of,
        planned=planned,
        done=done,
        stopped=tracking.stopped_on(as_of=as_of, known_at=moment),
        profiles=projects.profiles_known(as_of=as_of, known_at=moment, year=year),
        verdicts=tracking.latest_verdicts(year=year, as_of=as_of, known_at=moment),
        stages=projects.stages_known(as_of=as_of, known_at=moment),
    )
    states = tracking.year_states(year=year, as_of=as_of, known_at=known_at)
    rows = tuple(_row(state, gathered) for state in states)
    return Progress(year=year, as_of=as_of, known_at=moment, rows=rows, rule_set=rule_set_name(as_of))


@dataclass(frozen=True, kw_only=True)
class _Gathered:
    """求各行要用的成批事实。"""

    month: int
    as_of: date
    planned: tracking.Amounts
    done: tracking.Amounts
    stopped: Mapping[int, Suspension]
    profiles: Mapping[int, ProjectProfile]
    verdicts: Mapping[int, Verdict]
    stages: Mapping[int, str]


def _row(state: tracking.YearState, facts: _Gathered) -> Row:
    entry, project = state.entry, state.entry.project_year.project
    planned, done = facts.planned.get(entry.project_year_id, {}), facts.done.get(entry.project_year_id, {})
    profile, verdict = facts.profiles.get(project.pk), facts.verdicts.get(entry.project_year_id)
    starts = [goal for goal in state.facts.goals if goal.goal_type == GoalType.START]
    unit = profile.responsible_unit if profile else None
    stop, now = facts.stopped.get(project.pk), facts.month
    district = entry.level == Level.DISTRICT and entry.formality == Formality.FORMAL
    outcome = decide_outcome(state.facts).outcome
    stage = facts.stages.get(project.pk, "")
    return Row(
        code=project.code, name=profile.name if profile else project.code, unit=unit.pk if unit else None,
        unit_name=unit.name if unit else "未填责任单位", category=entry.category, entry=entry.entry,
        counted=district, on_list=district or entry.level == Level.MUNICIPAL,
        plan=entry.planned_investment_yuan if entry.planned_investment_yuan is not None else sum(planned.values()),
        planned_at_all=bool(planned) or entry.planned_investment_yuan is not None,
        planned=sum(amount for month, amount in planned.items() if month <= now),
        to_date=sum(done.values()), month=done.get(now, 0),
        plans=tuple(planned.get(number, 0) for number in range(1, 13)),
        reported=tuple(done.get(number) for number in range(1, 13)),
        colour=colour_of(entry.level, verdict),
        start_due=starts[0].due_on if starts else None,
        started_on=next((goal.reached_on for goal in starts if goal.achieved_by(facts.as_of)), None),
        stopped_on=stop.on if stop else None,
        carried=decide_carry_over(outcome=outcome, stage=LifecycleStage(stage) if stage else None).carried,
        outcome=outcome, stage=STAGE_LABELS[LifecycleStage(stage)] if stage else "",
    )  # fmt: skip


def colour_of(level: str, verdict: Verdict | None) -> str:
    """标什么颜色：有月末评定的用评定；没有的，市属为未评定，区属为灰（法 7）。"""
    colour = verdict.colour if verdict else Colour.GREY.value
    return UNASSESSED if level == Level.MUNICIPAL and colour == Colour.GREY else colour


# ── 量 ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """一种量：名称、单位、怎么从各行求。``test`` 不为空时是计数，只数合格的行。"""

    label: str
    unit: str
    scope: str
    amount: Callable[[Sequence[Row]], int] | None = None
    test: Callable[[Row, Progress], bool] | None = None
    words: Callable[[Sequence[Row], Progress, str], str] | None = None
    known: Callable[[Row], bool] = lambda row: row.planned_at_all  # 一行也不知道的，金额不是零


def _sum(name: str) -> Callable[[Sequence[Row]], int]:
    return lambda rows: sum(getattr(row, name) for row in rows)


def _in_month(name: str, month: int) -> Callable[[Sequence[Row]], int]:
    return lambda rows: sum(getattr(row, name)[month - 1] or 0 for row in rows)


def _reported(month: int) -> Callable[[Row], bool]:
    return lambda row: row.reported[month - 1] is not None


def _percent(done: str, plan: str) -> Callable[[Sequence[Row], Progress, str], str]:
    def words(rows: Sequence[Row], progress: Progress, scope: str) -> str:
        value = percent(_sum(done)(rows), _sum(plan)(rows))
        return UNKNOWN if value is None else f"{value}%"

    return words


def _points(value: Decimal | None, more: str, less: str, same: str) -> str:
    if value is None:
        return UNKNOWN
    if value == 0:
        return same
    return f"{more if value > 0 else less}{abs(value)}个百分点"


def _gap(rows: Sequence[Row], progress: Progress, scope: str) -> str:
    value = gap_points(_sum("to_date")(rows), _sum("plan")(rows), progress.as_of.month)
    return _points(value, "超序时进度", "低于序时进度", "与序时进度持平")


def _change(rows: Sequence[Row], progress: Progress, scope: str) -> str:
    if progress.before is None:
        return UNKNOWN
    then = progress.before.within(scope)
    value = change_points(
        (_sum("to_date")(rows), _sum("plan")(rows)), (_sum("to_date")(then), _sum("plan")(then))
    )
    return _points(value, "提高", "降低", "持平")


def _pace(rows: Sequence[Row], progress: Progress, scope: str) -> str:
    return f"{pace_percent(progress.as_of.month)}%"


def _rank(rows: Sequence[Row], progress: Progress, scope: str) -> str:
    ranked = ranking(progress)
    place = next((n for n, (unit, _) in enumerate(ranked, 1) if scope == f"unit.{unit}"), None)
    return UNKNOWN if place is None else str(place)


def ranking(progress: Progress) -> list[tuple[int, str]]:
    """责任单位按序时完成率排名：项目满三个、有计划的才排；同率者先比完成额，再按名称。"""
    units = [(unit, name, progress.within(f"unit.{unit}")) for unit, name in progress.units() if unit]
    sized = [item for item in units if len(item[2]) >= RANK_FROM and _sum("planned")(item[2])]

    def key(item: tuple[int, str, tuple[Row, ...]]) -> tuple[Decimal, int, str]:
        done = _sum("to_date")(item[2])
        return -Decimal(done) / _sum("planned")(item[2]), -done, item[1]

    return [(unit, name) for unit, name, _ in sorted(sized, key=key)]


def _started(row: Row) -> bool:
    return row.started_on is not None


def _due(row: Row, progress: Progress) -> bool:
    return row.start_due is not None and row.start_due <= progress.as_of


def _start_rate(rows: Sequence[Row], progress: Progress, scope: str) -> str:
    due = [row for row in rows if _due(row, progress)]
    value = percent(sum(_started(row) for row in due), len(due))
    return UNKNOWN if value is None else f"{value}%"


def _lit(colour: str) -> Callable[[Row, Progress], bool]:
    return lambda row, progress: row.colour == colour


_SCOPE = "区属正式项目，截至月末"
QUANTITIES: Mapping[str, Quantity] = {
    "count": Quantity(label="项目", unit="个", scope=_SCOPE, test=lambda row, _: True),
    "plan": Quantity(label="年度计划投资", unit="元", scope=_SCOPE, amount=_sum("plan")),
    "planned": Quantity(label="计划到本月投资", unit="元", scope=_SCOPE, amount=_sum("planned")),
    "to_date": Quantity(label="累计完成投资", unit="元", scope=_SCOPE, amount=_sum("to_date")),
    "month": Quantity(label="本月完成投资", unit="元", scope=_SCOPE, amount=_sum("month")),
    "ratio": Quantity(label="年度计划完成率", unit="%", scope="累计完成 ÷ 年度计划，由合计重算", words=_percent("to_date", "plan")),
    "pace_ratio": Quantity(label="序时完成率", unit="%", scope="累计完成 ÷ 计划到本月，由合计重算", words=_percent("to_date", "planned")),
    "time": Quantity(label="序时进度", unit="%", scope="月数 ÷ 12", words=_pace),
    "gap": Quantity(label="与序时进度相差", unit="百分点", scope="未取整的完成率减未取整的序时进度", words=_gap),
    "change": Quantity(label="较上月完成率", unit="百分点", scope="两个月末未取整的完成率相减", words=_change),
    "rank": Quantity(label="排名", unit="名", scope="项目满三个的责任单位，按序时完成率", words=_rank),
    "start_due": Quantity(label="应开工", unit="个", scope=_SCOPE, test=_due),
    "start_done": Quantity(label="应开工且已开工", unit="个", scope=_SCOPE, test=lambda row, p: _due(row, p) and _started(row)),
    "start_late": Quantity(label="未按期开工", unit="个", scope=_SCOPE, test=lambda row, p: _due(row, p) and not _started(row)),
    "start_early": Quantity(label="提前开工", unit="个", scope=_SCOPE, test=lambda row, p: _started(row) and not _due(row, p)),
    "start_rate": Quantity(label="开工率", unit="%", scope="应开工且已开工 ÷ 应开工", words=_start_rate),
    "stopped": Quantity(label="停工未复工", unit="个", scope=_SCOPE, test=lambda row, _: row.stopped_on is not None),
    "carried": Quantity(label="拟结转", unit="个", scope="区属正式项目，未竣工备案或投用、未停止实施", test=lambda row, _: row.carried),
    "not_carried": Quantity(label="不结转", unit="个", scope="区属正式项目，已竣工备案、投用或停止实施", test=lambda row, _: not row.carried),
    **{
        f"colour_{colour}": Quantity(label=label, unit="个", scope="区属正式项目，最近一次月末评定", test=_lit(colour))
        for colour, label in (*((colour.value, f"{name}灯") for colour, name in COLOUR_LABELS.items()), (UNASSESSED, "未评定"))
    },
    **{
        f"plan_m{month}": Quantity(label=f"{month}月计划投资", unit="元", scope=_SCOPE, amount=_in_month("plans", month))
        for month in range(1, 13)
    },
    **{
        f"done_m{month}": Quantity(
            label=f"{month}月完成投资", unit="元", scope=_SCOPE, amount=_in_month("reported", month), known=_reported(month),
        )
        for month in range(1, 13)
    },
}  # fmt: skip


def measure(progress: Progress, figure_id: str) -> Figure:
    """求 ``progress.<量>.<范围>``；没有这个量或范围抛出 ``KeyError``。"""
    if figure_id not in progress.measured:
        progress.measured[figure_id] = _measure(progress, figure_id)
    return progress.measured[figure_id]


def _measure(progress: Progress, figure_id: str) -> Figure:
    name, _, scope = figure_id.removeprefix(PREFIX).partition(".")
    quantity = QUANTITIES[name]
    rows = progress.within(scope)
    counted: list[Row] = []
    left_out: list[Row] = []
    for row in rows:
        (counted if quantity.test is None or quantity.test(row, progress) else left_out).append(row)
    exact = quantity.amount(rows) if quantity.amount else len(counted)
    return Figure(
        id=figure_id,
        label=f"{_scope_label(progress, scope)}{quantity.label}",
        scope=quantity.scope.replace("区属正式项目", "清单项目（连同市属）")
        if scope == LISTED
        else quantity.scope,
        as_of=progress.as_of,
        known_at=progress.known_at,
        value=exact,
        unit=quantity.unit,
        members=tuple(row.code for row in counted),
        exact=exact,
        excluded=tuple((row.code, f"不属{quantity.label}") for row in left_out),
        rule_set=progress.rule_set,
        shown=_shown(quantity, rows, progress, scope),
    )


def shares(progress: Progress, figure_id: str) -> dict[str, int]:
    """一个金额由各项目的多少相加而来（元），按项目编号；不是金额的为空。"""
    name, _, scope = figure_id.removeprefix(PREFIX).partition(".")
    amount = QUANTITIES[name].amount
    return {row.code: amount([row]) for row in progress.within(scope)} if amount else {}


def _shown(quantity: Quantity, rows: Sequence[Row], progress: Progress, scope: str) -> str | None:
    """定式写法；一个知道的项目也没有时，金额不是零而是不知道。"""
    if quantity.words:
        return quantity.words(rows, progress, scope)
    unknown = quantity.amount is not None and not any(quantity.known(row) for row in rows)
    return UNKNOWN if unknown else None


def _scope_label(progress: Progress, scope: str) -> str:
    kind, _, value = scope.partition(".")
    if kind == "category":
        return f"{Category(value).label}·"
    if kind in ("unit", "initial", "added"):
        return f"{dict(progress.units()).get(int(value), '单位')}·"
    if kind == LISTED:
        return "清单"
    if kind == "project":
        return f"{value}·"
    return ""
