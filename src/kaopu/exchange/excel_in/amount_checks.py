"""金额与进度的勾稽：累计不小于本月、逐月不回落、各月之和等于年度、比例由金额重算（HANDBOOK §7.2 第9条）。"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

from kaopu.exchange.excel_in import fields
from kaopu.exchange.excel_in.contents import FEWEST_RATIOS, MOSTLY
from kaopu.exchange.excel_in.facts import SheetFacts, warn
from kaopu.exchange.excel_in.grid import address
from kaopu.exchange.excel_in.result import CellReading, RowReading, SheetWarning, Value

_BEYOND = 100_000_000_000  # 1000 亿元：没有哪个区属项目有这么大
_MOST_OF_A_MONTH = 0.35  # 一个月完成全年三成半以上的，一张表里不会行行如此
_BARE = re.compile(r"[\d.,，\s０-９]+")
_FALLS = re.compile(
    r"审减|核减|冲减|(会计|科目|审计|账务)(口径|科目)?调整|调减|扣减|冲回|扣回|(误报|多报|更正|重复统计).{0,8}(调减|核减|扣减|冲减|更正)|(累计|投资|完成).{0,12}(减少|核减|下降|低于上|小于上|少于上|回落|下调|调低|调减|扣减|冲减)|(核减|调减|冲减|扣减).{0,10}(累计|投资|完成)"
    r"|(比|较)(上月|\d{1,2}月[底末]?).{0,6}(减少|下降|低|少)|上月.*(累计|核减|更正|修正|有误|多报|误报|小于|低于)"
)


def check_amounts(facts: SheetFacts) -> Iterable[SheetWarning]:
    """月报与月度计划的金额、进度勾稽，逐行提示。"""
    yield from _cumulative(facts)
    yield from _ratios(facts)
    yield from _more_than_a_month(facts)
    yield from _beyond_total(facts)
    yield from _beyond_year(facts)
    yield from _odd_units(facts)


def _exceeds(part: Value, whole: Value) -> bool:
    return isinstance(part, int) and isinstance(whole, int) and part > whole


def _cumulative(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row in facts.projects:
        month, total = row.get("month_investment"), row.get("cumulative_investment")
        if month and total and _exceeds(month.value, total.value):
            message = f"{total.cell} 累计完成小于本月完成（{month.cell}）；请核对。"
            yield warn(total.cell, "cumulative_falls", message)
        before, said = row.get("previous_cumulative"), _admitted(row)
        if before and total and _exceeds(before.value, total.value):
            asked = (
                f"{said.cell}写“{said.raw[:20]}”，请核对是否属实"
                if said
                else "请核对，确属核减的请在备注写明"
            )
            message = f"{total.cell} 累计完成小于上月累计（{before.cell}）；{asked}。"
            yield warn(total.cell, "cumulative_falls", message)
        elif total and month and before and _does_not_add_up(before, month, total):
            message = f"{total.cell} 累计完成不等于上月累计（{before.cell}）加本月完成（{month.cell}）；请核对三个数。"
            yield warn(total.cell, "cumulative_mismatch", message)
        elif total and said:
            message = f"{total.cell} 累计完成比上月少（{said.cell}“{said.raw[:20]}”）；请核对核减是否属实。"
            yield warn(total.cell, "cumulative_falls", message)
        yield from _falling_plan(row)


def _more_than_a_month(facts: SheetFacts) -> Iterable[SheetWarning]:
    """没有累计完成的表上，“本月完成”行行占到年度计划的几成，写的多半是累计。"""
    column = facts.header.column("month_investment")
    if column is None or "cumulative_investment" in facts.header.known:
        return
    pairs = [(row.get("month_investment"), row.get("planned_investment")) for row in facts.projects]
    told = [(m.value, p.value) for m, p in pairs if m and p]
    shares = [m / p for m, p in told if isinstance(m, int) and isinstance(p, int) and m > 0 and p > 0]
    large = [share for share in shares if share > _MOST_OF_A_MONTH]
    if len(shares) >= FEWEST_RATIOS and len(large) >= MOSTLY * len(shares):
        cell = address(facts.header.rows[0], column.index)
        message = f"{cell} 列“{column.header}”按“本月完成投资”读，各行都占年度计划三成半以上，像是累计完成；不是本月的请改列。"
        yield warn(cell, "doubtful_column", message)


def _does_not_add_up(before: CellReading, month: CellReading, total: CellReading) -> bool:
    """各数四舍五入过，差百分之一以内、一万元以内的不算。"""
    if not all(isinstance(part.value, int) and part.qualifier is None for part in (before, month, total)):
        return False
    gap = abs(int(before.value or 0) + int(month.value or 0) - int(total.value or 0))
    return gap > 10_000 and gap * 100 > abs(int(total.value or 0))


def _admitted(row: RowReading) -> CellReading | None:
    """备注、进展里自己写明累计减少了的那一格。"""
    return next(
        (
            reading
            for field in ("note", "work", "problems")
            for reading in row.all(field)
            if _FALLS.search(reading.raw)
        ),
        None,
    )


def _beyond_total(facts: SheetFacts) -> Iterable[SheetWarning]:
    """本年计划、累计完成不会大于总投资；大于的多半是单位写错（TRUST §4 第7条）。"""
    for row in facts.projects:
        total = row.get("total_investment")
        for field in ("planned_investment", "cumulative_investment", "cumulative_before", "month_investment"):
            part = row.get(field)
            if part and total and total.qualifier != "range" and _exceeds(part.value, total.value):
                message = f"{part.cell} 大于总投资（{total.cell}）；请核对数额和两列的单位。"
                yield warn(part.cell, "exceeds_total", message)


def _beyond_year(facts: SheetFacts) -> Iterable[SheetWarning]:
    """一个月的计划不会大于全年的计划。"""
    for row in facts.projects:
        month, year = row.get("planned_this_month"), row.get("planned_investment")
        if month and year and year.qualifier != "range" and _exceeds(month.value, year.value):
            message = f"{month.cell} 本月计划大于年度计划（{year.cell}）；请核对数额和两列的单位。"
            yield warn(month.cell, "exceeds_year", message)


def _odd_units(facts: SheetFacts) -> Iterable[SheetWarning]:
    """同一列里没写单位的数，与多数相差上千倍的，多半是单位混写；照读并提示。"""
    for column in facts.header.columns:
        if column.field not in fields.AMOUNTS:
            continue
        found = [r for row in facts.projects if (r := row.get(column.field, column.month))]
        bare = [r for r in found if isinstance(r.value, int) and r.value > 0 and _BARE.fullmatch(r.raw)]
        middle = sorted(int(reading.value or 0) for reading in bare)[len(bare) // 2] if len(bare) >= 3 else 0
        for reading in bare:
            size = int(reading.value or 0)
            if size > _BEYOND:
                message = f"{reading.cell} 的“{reading.raw}”合 {size // 100_000_000:,} 亿元；请核对是不是单位写错了。"
                yield warn(reading.cell, "unit_suspect", message)
            elif middle and (size * 1500 < middle or size > middle * 1500):
                message = f"{reading.cell} 的“{reading.raw}”与本列其他数相差上千倍；请核对是不是单位写混了。"
                yield warn(reading.cell, "unit_suspect", message)


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
    """完成比例由金额重算，差一个百分点以上提示；累计口径可能是本年也可能是总计，两种都不符才提示。

    表上没有年度计划的，说的若不是占总投资多少，就没有可比的数。
    """
    stated = facts.header.column("year_ratio")
    if facts.header.column("planned_investment") is None and (
        stated is None or "总投资" not in stated.header
    ):
        return
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
        if ratio.note == "looks_like_fraction" and any(
            abs(c - Decimal(ratio.value) * 100) <= 1 for c in computed
        ):
            continue  # 写的是 0.472，算出来是 47.2%：已提示像是小数写法
        if computed and all(abs(c - Decimal(ratio.value)) > 1 for c in computed):
            yield warn(
                ratio.cell,
                "ratio_mismatch",
                f"{ratio.cell} 写 {Decimal(ratio.value).quantize(Decimal('0.1'))}%，按金额重算为 {computed[0]:.1f}%；请核对。",
            )
