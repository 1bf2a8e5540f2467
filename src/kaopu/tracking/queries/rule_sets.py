"""规则集的读取：各版与草稿、回放所用的事实（法 6，HANDBOOK §5.4）。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from kaopu.audit.models import Past
from kaopu.audit.queries import operations
from kaopu.domain.colours import ColourPolicy
from kaopu.domain.days import chinese_day
from kaopu.domain.outcomes import decide_outcome
from kaopu.domain.replay import End, ReplayLine, end_of, facts_from_inputs
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import ReportingPeriod, RuleSet, RuleSetDraft, Verdict


def rule_sets(kind: RuleKind, past: Past | None = None) -> QuerySet[RuleSet]:
    """一种规则集的各版，生效日从近到远；看过去时，那时已启用的各版（启用只有录入这一条时间，随系统带来的总在）。"""
    versions = RuleSet.objects.filter(kind=kind).select_related("operation").order_by("-effective_on")
    if past is None:
        return versions
    return versions.filter(Q(operation=None) | Q(operation__in=operations(past=past)))


def open_drafts(kind: RuleKind, past: Past | None = None) -> QuerySet[RuleSetDraft]:
    """一种规则集还没有启用、也没有作废的草稿，现在的或当时的，从近到远。"""
    used = rule_sets(kind, past).filter(draft__isnull=False).order_by().values("draft_id")
    drafts: QuerySet[RuleSetDraft] = RuleSetDraft.objects.step_seen(past).filter(kind=kind)
    drafts = drafts.exclude(pk__in=used)
    return drafts.select_related("operation").order_by("-pk")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """一套可供回放或起草的规则：代号（``v3`` 第 3 行版本、``d5`` 草稿、``p银川型`` 现成规则）、名称、参数。"""

    key: str
    label: str
    parameters: Mapping[str, object]
    draft: RuleSetDraft | None = None
    kind: RuleKind = RuleKind.COLOUR

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """逐条的说法。"""
        return RULE_KINDS[self.kind].rows(self.parameters)

    @property
    def policy(self) -> ColourPolicy:
        """可用来判色的规则（颜色规则才有）。"""
        return ColourPolicy.from_parameters(self.parameters)


def candidates(kind: RuleKind = RuleKind.COLOUR, past: Past | None = None) -> list[Candidate]:
    """一种规则里全部可选的，现在的或当时的：草稿在前，其次各版，再次现成规则。"""
    drafts = [
        Candidate(
            key=f"d{row.pk}", label=f"草稿：{row.name}", parameters=row.parameters, draft=row, kind=kind
        )
        for row in open_drafts(kind, past)
    ]
    versions = [
        Candidate(
            key=f"v{row.pk}",
            label=f"{row.name} 第{row.version}版（{chinese_day(row.effective_on)}起）",
            parameters=row.parameters,
            kind=kind,
        )
        for row in rule_sets(kind, past)
    ]
    presets = [
        Candidate(
            key=f"p{preset.name}", label=f"现成：{preset.name}", parameters=preset.parameters, kind=kind
        )
        for preset in RULE_KINDS[kind].presets.values()
    ]
    return [*drafts, *versions, *presets]


@dataclass(frozen=True, kw_only=True)
class Earliest:
    """一种规则最早可从哪天起生效，为什么。"""

    day: date
    why: str


def earliest_day(kind: RuleKind, *, on: date) -> Earliest | None:
    """新一版最早的生效日：颜色规则在已关账的月份之后，逐级协调规则在 ``on`` 的次日；不限为 ``None``。

    倒排工期规则不限：已排的计划存着自己的天数，不因换版而变。
    """
    if kind is RuleKind.CHAIN:
        return None
    if kind is RuleKind.LADDER:
        return Earliest(day=on + timedelta(days=1), why=f"{chinese_day(on)}及以前的期限已按当时的规则定下")
    frozen = last_frozen_month()
    if frozen is None:
        return None
    next_month = (frozen + timedelta(days=31)).replace(day=1)
    return Earliest(day=next_month, why=f"{frozen.year}年{frozen.month}月已关账冻结")


def last_frozen_month(past: Past | None = None) -> date | None:
    """最近一个已冻结的月份；看过去的，是当时已过完、已冻结的。"""
    frozen = ReportingPeriod.objects.filter(frozen_at__isnull=False)
    if past is not None:
        over = (past.as_of + timedelta(days=1)).replace(day=1)
        frozen = frozen.filter(frozen_at__lte=past.known_at, month__lt=over)
    return frozen.order_by("-month").values_list("month", flat=True).first()


def years_assessed() -> list[int]:
    """有月末评定的年度，从近到远。"""
    return sorted({month.year for month in Verdict.objects.dates("month", "year")}, reverse=True)


def replay_lines(years: Iterable[int]) -> list[ReplayLine]:
    """若干年度可回放的年度项目：各月存下的事实与年末结果；查询条数与项目数无关。"""
    return [line for year in sorted(set(years)) for line in _lines_of(year)]


def _lines_of(year: int) -> list[ReplayLine]:
    rows = Verdict.objects.live().filter(month__year=year).order_by("month")
    grouped: dict[int, list[tuple[date, Mapping[str, str]]]] = defaultdict(list)
    for key, month, inputs in rows.values_list("project_year_id", "month", "inputs"):
        grouped[key].append((month, inputs))
    ends = _ends(year)
    return [
        ReplayLine(
            key=key,
            months=tuple(month for month, _ in stored),
            facts=tuple(facts_from_inputs(inputs) for _, inputs in stored),
            end=ends.get(key, End.OPEN),
        )
        for key, stored in grouped.items()
    ]


def _ends(year: int) -> dict[int, End]:
    """各年度项目最后怎样；还没到年末的年度一律说不定。"""
    year_end = date(year, 12, 31)
    if timezone.localdate() < year_end:
        return {}
    states = tracking.year_states(year=year, as_of=year_end, known_at=tracking.now())
    return {state.entry.project_year_id: end_of(decide_outcome(state.facts)) for state in states}
