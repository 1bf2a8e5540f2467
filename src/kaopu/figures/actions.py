"""月末关账与年末关账：逐个评定、核对恒等式、冻结成快照。"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.colours import Colour, ColourPolicy, decide_colour
from kaopu.domain.days import last_day_of
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome, YearFacts, decide_outcome
from kaopu.figures import queries
from kaopu.figures.models import Snapshot
from kaopu.figures.queries import Book, digest_of
from kaopu.projects.models import Level, Project
from kaopu.supervision.actions import warn_month
from kaopu.supervision.queries.issues import open_levels
from kaopu.tracking import actions as tracking_actions
from kaopu.tracking import queries as tracking
from kaopu.tracking.queries import MonthFacts, YearState


class CloseRefused(Exception):
    """不能关账，理由与涉及的项目见信息。"""


@transaction.atomic
def close_month(*, month: date, by: User) -> Snapshot:
    """月末关账（§4.3 最后一个工作日）：评定每个年度项目、冻结月份、存快照。已关账的月份返回原快照。"""
    period = f"{month:%Y-%m}"
    if existing := _snapshot("month", period):
        return existing
    if month > timezone.localdate():
        raise CloseRefused(f"{month.year}年{month.month}月还没有开始，不能关账。请核对月份。")
    _refuse_gap(month)
    try:
        # 先独占月份行再取数：取数与冻结之间不许有人报出
        tracking_actions.open_period(month, closing=True)
    except tracking_actions.MonthFrozen:
        frozen_meanwhile = _snapshot("month", period)
        if frozen_meanwhile is None:
            raise
        return frozen_meanwhile
    month_end = last_day_of(month)
    known_at = tracking.now()
    states = tracking.year_states(year=month.year, as_of=month_end, known_at=known_at)
    if not states:
        raise CloseRefused(f"{month.year}年还没有清单，无从关账。请先导入项目清单。")
    rule_set = tracking.rule_set_on(month_end)
    policy = ColourPolicy.from_parameters(rule_set.parameters)
    facts = tracking.month_facts(month=month, month_end=month_end, known_at=known_at)
    levels = open_levels(as_of=month_end, known_at=known_at)
    verdicts = [_verdict(state, facts, policy, levels) for state in states]
    tracking_actions.freeze_month(month=month, verdicts=verdicts, rule_set=rule_set, by=by, on=month_end)
    warn_month(month_end=month_end, rows=verdicts, by=by)
    colours = {colour.value: sum(row["colour"] == colour for row in verdicts) for colour in Colour}
    content = {
        "month": period,
        "colours": colours,
        "projects": len(verdicts),
        "rule_set": str(rule_set),
        "unaccepted": tracking.unaccepted_codes(month=month, known_at=known_at),
    }
    return _freeze(kind="month", period=period, on=month_end, content=content, by=by)


def _snapshot(kind: str, period: str) -> Snapshot | None:
    snapshot: Snapshot | None = Snapshot.objects.live().filter(kind=kind, period=period).first()
    return snapshot


def _refuse_gap(month: date) -> None:
    first = tracking.first_open_month(month.year)
    if (
        first is not None
        and first < month
        and Snapshot.objects.filter(kind="month", period__startswith=str(month.year))
    ):
        raise CloseRefused(f"{first.year}年{first.month}月尚未关账。请按月份先后关账。")


def _verdict(
    state: YearState, facts: MonthFacts, policy: ColourPolicy, levels: dict[int, int]
) -> dict[str, Any]:
    """一个年度项目的月末评定：先定颜色，再以含本月颜色的事实定结果。``levels`` 为各项目未销号问题的最高层级。"""
    outcome_before = decide_outcome(state.facts)
    inputs = tracking.colour_facts(
        state, facts, policy, ended=outcome_before.outcome == Outcome.STOPPED,
        open_issue_level=levels.get(state.entry.project_year.project_id, 0),
    )  # fmt: skip
    colour = decide_colour(inputs, policy=policy)
    unassessed = state.entry.level == Level.MUNICIPAL and not inputs.has_plan
    reason = "市下达目标，区配合，未评定" if unassessed else colour.reason
    outcome = decide_outcome(_with_colour(state.facts, colour.colour))
    return {
        "project_year": state.entry.project_year,
        "colour": colour.colour,
        "reason": reason,
        "outcome": outcome.outcome,
        "outcome_reason": outcome.reason,
        "hits": [asdict(hit) for hit in colour.hits],
        "inputs": {name: str(value) for name, value in asdict(inputs).items()},
    }


def _with_colour(facts: YearFacts, colour: Colour) -> YearFacts:
    values = {name: getattr(facts, name) for name in facts.__dataclass_fields__}
    return YearFacts(**{**values, "colours": (*facts.colours, colour)})


@transaction.atomic
def close_year(*, year: int, by: User) -> Snapshot:
    """年末关账（§5.8）：十二个月都已冻结、恒等式全部成立，才存年末快照。已关账返回原快照。"""
    if existing := _snapshot("year", str(year)):
        return existing
    if month := tracking.first_open_month(year):
        raise CloseRefused(
            f"{month.year}年{month.month}月尚未关账，不能年末关账。请先运行 kaopu close-month {month:%Y-%m}。"
        )
    book = queries.evaluate(year, as_of=date(year, 12, 31), known_at=tracking.now())
    refuse_broken_identities(book)
    return _freeze(kind="year", period=str(year), on=book.as_of, content=book.as_json(), by=by)


def refuse_broken_identities(book: Book) -> None:
    """恒等式不成立即抛出 ``CloseRefused``，每条点出至多三个项目。"""
    broken = [identity for identity in book.identities if not identity.holds]
    if not broken:
        return
    codes = {code for identity in broken for code in identity.culprits[:3]}
    names = {
        project.code: project.profile.name
        for project in Project.objects.filter(code__in=codes).select_related("profile")
        if project.profile
    }
    lines = []
    for identity in broken:
        culprits = "、".join(
            f"{names.get(code, '')}（{code}，{_outcome_label(book, code)}）" for code in identity.culprits[:3]
        )
        lines.append(f"{identity.text} 不成立，问题在：{culprits}")
    raise CloseRefused("；".join(lines) + "。请补全这些项目的类别、列入方式或结果后再试。")


def _outcome_label(book: Book, code: str) -> str:
    return OUTCOME_LABELS[book.verdicts[code].outcome] if code in book.verdicts else "不在本年清单"


def _freeze(*, kind: str, period: str, on: date, content: dict[str, Any], by: User) -> Snapshot:
    digest = digest_of(content)
    operation = record(by=by, verb=f"figures.close_{kind}", period=period, digest=digest)
    return Snapshot.objects.create(
        kind=kind, period=period, on=on, known_at=operation.at, recorded_at=operation.at,
        content=content, digest=digest, operation=operation,
    )  # fmt: skip
