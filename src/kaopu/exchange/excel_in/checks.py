"""合表检查：一格一格看不出、合起来才看得出的问题（HANDBOOK §7.2 第1、5、8、9条）。只提示，不改数。"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kaopu.domain.parsing import name_key
from kaopu.exchange.excel_in import fields
from kaopu.exchange.excel_in.grid import Grid, address
from kaopu.exchange.excel_in.headers import Header
from kaopu.exchange.excel_in.result import CellReading, RowReading, SheetWarning
from kaopu.exchange.excel_in.rows import RowClass, split_count
from kaopu.exchange.excel_in.words import compact


@dataclass(frozen=True, kw_only=True)
class SheetFacts:
    """一张表读完之后的全部材料。"""

    grid: Grid
    kind: str
    level: str
    header: Header
    classes: dict[int, RowClass]
    rows: tuple[RowReading, ...]

    @property
    def projects(self) -> list[RowReading]:
        """项目行。"""
        return [row for row in self.rows if row.kind == "project"]

    def cell(self, row: int, field: str) -> str:
        """某行某字段的格；没有该列则指名称列。"""
        column = self.header.column(field) or self.header.column("name")
        return address(row, column.index if column else 1)


def check_sheet(facts: SheetFacts) -> list[SheetWarning]:
    """逐项检查，按检查顺序返回提示。"""
    checks: tuple[Callable[[SheetFacts], Iterable[SheetWarning]], ...] = (
        _columns,
        _repeated_numbers,
        _repeated_names,
        _missing,
        _counts,
        _dates,
        _cumulative,
        _ratios,
        _inferred,
        _withdrawn,
    )
    return [warning for check in checks for warning in check(facts)]


def _warn(cell: str, code: str, message: str) -> SheetWarning:
    return SheetWarning(cell=cell, code=code, message=message)


def _columns(facts: SheetFacts) -> Iterable[SheetWarning]:
    for column in facts.header.columns:
        if column.field.startswith("other:"):
            cell = address(facts.header.rows[0], column.index)
            yield _warn(
                cell,
                "unmapped_column",
                f"{cell} 列“{column.header}”不认得，原文照存；如属已有字段请改表头或手工对应。",
            )
    priced = [column for column in facts.header.columns if column.field in fields.AMOUNTS]
    unstated = [column for column in priced if column.unit is None]
    if unstated and facts.header.sheet_unit is None:
        cell = address(facts.header.rows[0], unstated[0].index)
        yield _warn(
            cell, "unit_assumed", "表中没有写金额单位，暂按万元读；请核对后确认，或在表头注明“单位：万元”。"
        )


def _numbered_runs(facts: SheetFacts) -> list[list[CellReading]]:
    """连续编号的各段：分类标题之后又从 1 编起的另成一段；一直连编的（市属表）只有一段。"""
    runs: list[list[CellReading]] = [[]]
    headed = False
    for row in facts.rows:
        headed = headed or row.kind == "category"
        reading = row.get("seq")
        if row.kind != "project" or reading is None or reading.value is None:
            continue
        if headed and reading.value == 1:
            runs.append([])
        headed = False
        runs[-1].append(reading)
    return runs


def _repeated_numbers(facts: SheetFacts) -> Iterable[SheetWarning]:
    for run in _numbered_runs(facts):
        seen: dict[object, str] = {}
        for reading in run:
            if reading.value in seen:
                yield _warn(
                    reading.cell,
                    "duplicate_seq",
                    f"{reading.cell} 序号 {reading.value} 与 {seen[reading.value]} 重复；请改正序号。",
                )
            seen.setdefault(reading.value, reading.cell)


def _repeated_names(facts: SheetFacts) -> Iterable[SheetWarning]:
    seen: dict[str, str] = {}
    for row in facts.projects:
        reading = row.get("name")
        if reading is None:
            continue
        key = name_key(str(reading.value))
        if key in seen:
            yield _warn(
                reading.cell,
                "duplicate_name",
                f"{reading.cell}“{reading.value}”与 {seen[key]} 像是同一个项目；请删去一行，或把名称写得能分清。",
            )
        seen.setdefault(key, reading.cell)


def _missing(facts: SheetFacts) -> Iterable[SheetWarning]:
    if facts.kind != "project_list" or facts.level != "district":
        return
    wanted = (
        ("street", "missing_street", "属地街镇没有填；请补填。"),
        ("responsible_unit", "missing_responsible", "责任单位没有填；请补填。"),
    )
    for field, code, message in wanted:
        if facts.header.column(field) is None:
            continue
        for row in facts.projects:
            reading = row.get(field)
            if reading is None or str(reading.value).strip("/—- ") == "":
                cell = facts.cell(row.row, field)
                yield _warn(cell, code, f"{cell} {message}")


def _counts(facts: SheetFacts) -> Iterable[SheetWarning]:
    """标题里写的个数与实有项目行数（§7.2 第5条）。"""
    for number, found in facts.classes.items():
        if found.heading is not None:
            heading = found.heading
            counted = _count_under(facts, number, heading.level)
            declared, title, column = heading.declared, heading.title, heading.column
        elif found.kind == "total":
            column = facts.grid.by_row[number][0]
            title, declared = split_count(compact(facts.grid.text(number, column)))
            counted = len(facts.projects)
        else:
            continue
        if declared is not None and declared != counted:
            cell = address(number, column)
            yield _warn(
                cell,
                "category_count",
                f"{cell}“{title}”写明 {declared} 个，实有 {counted} 行；请核对是否漏行或改正个数。",
            )


def _count_under(facts: SheetFacts, heading_row: int, level: int) -> int:
    count = 0
    for row in facts.rows:
        if row.row <= heading_row:
            continue
        heading = facts.classes[row.row].heading
        if heading is not None and heading.level <= level:
            break
        count += row.kind == "project"
    return count


def _dates(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row in facts.projects:
        start, finish = row.get("planned_start"), row.get("planned_finish")
        if start is None or finish is None or start.low is None or finish.high is None:
            continue
        if date.fromisoformat(str(finish.high)) < date.fromisoformat(str(start.low)):
            yield _warn(
                finish.cell,
                "finish_before_start",
                f"{finish.cell} 竣工“{finish.raw}”早于开工“{start.raw}”（{start.cell}）；请核对两个日期。",
            )


def _cumulative(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row in facts.projects:
        month, total = row.get("month_investment"), row.get("cumulative_investment")
        if month and total and isinstance(month.value, int) and isinstance(total.value, int):
            if total.value < month.value:
                yield _warn(
                    total.cell,
                    "cumulative_falls",
                    f"{total.cell} 累计完成小于本月完成（{month.cell}）；请核对。",
                )
        yield from _falling_plan(row)


def _falling_plan(row: RowReading) -> Iterable[SheetWarning]:
    planned = [r for r in row.values if r.field == "plan_progress" and isinstance(r.value, str)]
    planned.sort(key=lambda reading: reading.month or 0)
    for earlier, later in pairwise(planned):
        if Decimal(str(later.value)) < Decimal(str(earlier.value)):
            yield _warn(
                later.cell,
                "cumulative_falls",
                f"{later.cell} {later.month} 月计划累计进度比 {earlier.month} 月（{earlier.cell}）还低；请核对。",
            )
    stated = row.get("planned_investment")
    monthly = [r.value for r in row.values if r.field == "plan_investment" and isinstance(r.value, int)]
    if stated and isinstance(stated.value, int) and monthly and sum(monthly) != stated.value:
        total = f"{Decimal(sum(monthly)) / 10_000:,.2f}"
        yield _warn(
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
            yield _warn(
                ratio.cell,
                "ratio_mismatch",
                f"{ratio.cell} 写 {ratio.value}%，按金额重算为 {computed[0]:.1f}%；请核对。",
            )


def _inferred(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row in facts.projects:
        note = row.get("note")
        if note is not None and "类别推定" in note.raw:
            yield _warn(note.cell, "category_inferred", f"{note.cell} 备注写明类别为推定；请确认类别。")


def _withdrawn(facts: SheetFacts) -> Iterable[SheetWarning]:
    for row, column in sorted(facts.grid.struck):
        if row <= facts.header.rows[-1] or row not in facts.grid.by_row:
            continue
        cell = address(row, column)
        whole = facts.classes[row].kind == "rejected"
        action = "整行按撤销处理，不导入" if whole else "该格照常读入"
        yield _warn(cell, "struck", f"{cell} 划有删除线，{action}；请确认是否撤销。")
