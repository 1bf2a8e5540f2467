"""认表头：在前 15 行里找出一级或两级表头，逐列认字段和单位，并判断这是哪一种表（HANDBOOK §7.2 第2、3条）。"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kaopu.exchange.excel_in import fields
from kaopu.exchange.excel_in.fields import Column, recognise_header, recognise_plan
from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.words import compact

SCANNED_ROWS = 15
LONGEST_HEADER = 40
FEWEST_PLAN_MONTHS = 3


@dataclass(frozen=True, kw_only=True)
class Header:
    """表头：占哪几行、各列是什么、全表单位（没写为空）。"""

    rows: tuple[int, ...]
    columns: tuple[Column, ...]
    sheet_unit: str | None = None

    def column(self, field: str) -> Column | None:
        """某字段的列；没有为空。"""
        return next((column for column in self.columns if column.field == field), None)

    @property
    def known(self) -> set[str]:
        """认得的字段。"""
        return {column.field for column in self.columns if not column.field.startswith("other:")}

    @property
    def months(self) -> set[int]:
        """月度计划列涉及的月份。"""
        return {column.month for column in self.columns if column.month is not None}


def find_header(grid: Grid, *, year: int) -> Header | None:
    """认得字段最多的一行（或相连两行）是表头；必须有项目名称列和另外至少一列，否则为空。"""
    best: Header | None = None
    for row in range(1, min(SCANNED_ROWS, grid.last_row) + 1):
        for rows in ((row,), (row, row + 1)):
            candidate = _candidate(grid, rows, year)
            if candidate and (best is None or _better(candidate, best)):
                best = candidate
    if best is None:
        return None
    return _settle_progress(grid, replace(best, sheet_unit=_sheet_unit(grid, best.rows[-1])))


def decide_kind(name: str, title: str, header: Header | None) -> str:
    """表的种类：清单、月报、月度计划、填表说明；认不出为 unknown。"""
    label = compact(name)
    if header is None:
        told = re.search(r"说明|须知|填表|填报要求|样例", label) is not None
        return "instructions" if told else "unknown"
    if re.search(r"问题(清单|台账|汇总)", label + title):
        return "unknown"
    if len(header.months) >= FEWEST_PLAN_MONTHS:
        return "monthly_plan"
    reported = header.known & fields.REPORT_FIELDS
    if len(reported) >= 2 or (reported and re.search(r"月报|进展|进度|完成情况", label + title)):
        return "monthly_report"
    listed = header.known & fields.LIST_FIELDS
    if listed or re.search(r"清单|市属|区属|重大|重点|项目表|计划表", label + title):
        return "project_list"
    return "unknown"


def _better(candidate: Header, best: Header) -> bool:
    """认得的列更多；一样多时取靠前的，同一行起头的取两级（换页后重复的表头不顶替第一个）。"""
    found, kept = (len(header.known) + len(header.months) for header in (candidate, best))
    return found > kept or (found == kept and candidate.rows[0] == best.rows[0])


def _candidate(grid: Grid, rows: tuple[int, ...], year: int) -> Header | None:
    if len(rows) == 2 and not _has_second_level(grid, rows[0], year):
        return None
    labels = _labels(grid, rows)
    if not any(recognise_header(leaf or top, year=year) == "name" for top, leaf in labels.values()):
        return None
    named_above = any(recognise_header(top, year=year) == "name" for top, _ in labels.values())
    if len(rows) == 2 and not named_above and not _groups(grid, rows[0]):
        return None
    months = {plan[1] for top, leaf in labels.values() if (plan := recognise_plan(top + leaf))}
    planned = len(months) >= FEWEST_PLAN_MONTHS
    columns: list[Column] = []
    taken: set[tuple[str, int | None]] = set()
    for index, (top, leaf) in sorted(labels.items()):
        column = _column(index, top, leaf, year=year, planned=planned)
        if (column.field, column.month) in taken:
            column = replace(column, field=f"other:{column.header}", month=None)
        taken.add((column.field, column.month))
        columns.append(column)
    header = Header(rows=rows, columns=tuple(columns))
    return header if len(header.known) >= 2 and "name" in header.known else None


def _column(index: int, top: str, leaf: str, *, year: int, planned: bool) -> Column:
    header = compact(f"{top}／{leaf}" if top and leaf else top or leaf).replace("/", "／")
    unit = fields.header_unit(leaf) or fields.header_unit(top)
    plan = recognise_plan(top + leaf) if planned else None
    if plan is not None:
        return Column(index=index, field=plan[0], header=header, month=plan[1], unit=unit)
    tried = (leaf + top, leaf, top + leaf) if leaf else (top,)
    found = next((f for text in tried if (f := recognise_header(text, year=year))), None)
    percent = re.search(r"%|百分", header) is not None
    return Column(
        index=index, field=found or f"other:{header}", header=header, unit=unit, percent_in_header=percent
    )


def _labels(grid: Grid, rows: tuple[int, ...]) -> dict[int, tuple[str, str]]:
    """Column → (upper label, lower label). An upper label reaches right over the columns that have a lower one."""
    found: dict[int, tuple[str, str]] = {}
    columns = sorted({c for row in rows for c in grid.by_row.get(row, [])} | _under_merge(grid, rows[0]))
    group = ""
    for column in columns:
        content = grid.merged(rows[0], column)
        top = content.text if content else ""
        leaf = grid.text(rows[1], column) if len(rows) == 2 else ""
        if top:
            group = top
        elif leaf and (rows[0], column) not in grid.anchors:
            top = group
        if (top or leaf) and len(compact(top)) <= LONGEST_HEADER and len(compact(leaf)) <= LONGEST_HEADER:
            found[column] = (top, leaf)
    if len(rows) == 1:  # 横向合并的单级表头只算左上角一列
        found = {c: v for c, v in found.items() if (rows[0], c) in grid.cells}
    return found


def _groups(grid: Grid, row: int) -> bool:
    """这一行像不像一级表头里的分组名：有横向合并、不止一格；题名（独占一行）和“单位：万元”都不是。"""
    columns = grid.by_row.get(row, [])
    merged = any(grid.span(row, column)[1] > 1 for column in columns)
    return merged and len(columns) > 1 and not any(fields.is_unit_line(grid.text(row, c)) for c in columns)


def _under_merge(grid: Grid, row: int) -> set[int]:
    found: set[int] = set()
    for column in grid.by_row.get(row, []):
        found.update(range(column, column + grid.span(row, column)[1]))
    return found


def _has_second_level(grid: Grid, row: int, year: int) -> bool:
    """下一行是不是第二级表头：名称、序号下面没有自己的内容，而且有合并的上级，或多数字样像表头。"""
    below = grid.by_row.get(row + 1, [])
    if not below:
        return False
    for column in grid.by_row.get(row, []):
        if recognise_header(grid.text(row, column), year=year) in ("name", "seq") and column in below:
            return False
    grouped = any(
        grid.span(row, column)[0] == 1
        and any(column <= c < column + grid.span(row, column)[1] for c in below)
        for column in grid.by_row.get(row, [])
        if grid.span(row, column)[1] > 1
    )
    texts = [grid.text(row + 1, column) for column in below]
    if any(re.fullmatch(r"[\d.,%]+", compact(text)) for text in texts):
        return False
    alike = sum(bool(recognise_header(t, year=year) or recognise_plan(t)) for t in texts)
    return grouped or alike * 2 >= len(texts)


def _sheet_unit(grid: Grid, last: int) -> str | None:
    for row in range(last, 0, -1):
        for column in grid.by_row.get(row, []):
            text = grid.text(row, column)
            unit = fields.stated_unit(text)
            if unit is None and row < last and fields.is_unit_line(text):
                unit = fields.header_unit(text)
            if unit is not None and (row < last or "单位" in text):
                return unit
    return None


def _settle_progress(grid: Grid, header: Header) -> Header:
    """“形象进度”列有的单位填百分比，有的写一段话：多数不是数字的，按工作进展文字读。"""
    column = header.column("progress")
    if column is None or column.percent_in_header:
        return header
    texts = [
        compact(text)
        for row in range(header.rows[-1] + 1, grid.last_row + 1)
        if (text := grid.text(row, column.index))
    ]
    numeric = sum(re.fullmatch(r"[约近超]?[\d.]+%?", text) is not None for text in texts)
    if not texts or numeric * 2 >= len(texts):
        return header
    field = "work" if header.column("work") is None else f"other:{column.header}"
    columns = tuple(replace(c, field=field) if c is column else c for c in header.columns)
    return replace(header, columns=columns)
