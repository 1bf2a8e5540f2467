"""金额与进度的勾稽：累计不小于本月、逐月不回落、各月之和等于年度、比例由金额重算（HANDBOOK §7.2 第9条）。"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from kaopu.exchange.excel_in.facts import SheetFacts, warn
from kaopu.exchange.excel_in.result import RowReading, SheetWarning, Value


def check_amounts(facts: SheetFacts) -> Iterable[SheetWarning]:
    """月报与月度计划的金额、进度勾稽，逐行提示。"""
    yield from _cumulative(facts)
    yield from _ratios(facts)


def _exceeds(part: Value, whole: Value) -> bool:
    return isinstance(part, int) and isinstance(whole, int) and part > whole


def _cumulative(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row in facts.projects:
        month, total = row.get("month_investment"), row.get("cumulative_investment")
        if month and total and _exceeds(month.value, total.value):
            message = f"{total.cell} 累计完成小于本月完成（{month.cell}）；请核对。"
            yield warn(total.cell, "cumulative_falls", message)
        yield from _falling_plan(row)


def _falling_plan(row: RowReading) -> Iterable[SheetWarning]:
    planned = [r for r in row.values if r.field == "plan_progress" and isinstance(r.value, str)]
    planned.sort(key=lambda reading: reading.month or 0)
    for earlier, later in pairwise(planned):
        if Decimal(str(later.value)) < Decimal(str(earlier.value)):
            yield warn(
                later.cell,
                "cumulative_falls",
                f"{later.cell} {later.month} 月计划累计进度比 {earlier.month} 月（{earlier.cell}）还低；请核对。",
            )
    stated = row.get("planned_investment")
    monthly = [r.value for r in row.values if r.field == "plan_investment" and isinstance(r.value, int)]
    if stated and isinstance(stated.value, int) and monthly and sum(monthly) != stated.value:
        total = f"{Decimal(sum(monthly)) / 10_000:,.2f}"
        yield warn(
            stated.cell, "plan_sum_mismatch", f"{stated.cell} 年度计划与各月之和 {total} 万元不符；请核对。"
        )


def _ratios(facts: SheetFacts) -> Iterable[SheetWarning]:
    """完成比例由金额重算，差一个百分点以上提示；累计口径可能是本年也可能是总计，两种都不符才提示。"""
    for row in facts.projects:
        ratio, done = row.get("year_ratio"), row.get("cumulative_investment")
        if (
            ratio is None
            or done is None
            or not isinstance(ratio.value, str)
            or not isinstance(done.value, int)
        ):
            continue
        bases = [row.get(field) for field in ("planned_investment", "total_investment")]
        values = [base.value for base in bases if base and isinstance(base.value, int) and base.value > 0]
        computed = [Decimal(done.value) * 100 / value for value in values]
        if computed and all(abs(c - Decimal(ratio.value)) > 1 for c in computed):
            yield warn(
                ratio.cell,
                "ratio_mismatch",
                f"{ratio.cell} 写 {ratio.value}%，按金额重算为 {computed[0]:.1f}%；请核对。",
            )
