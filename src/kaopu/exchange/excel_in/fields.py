"""字段：有哪些、各属哪一类；一列、一个表头是什么样子（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

from dataclasses import dataclass

AMOUNTS = frozenset(
    [
        "total_investment",
        "fiscal_funds",
        "social_funds",
        "cumulative_before",
        "planned_investment",
        "month_investment",
        "cumulative_investment",
        "previous_investment",
        "previous_cumulative",
        "since_start",
        "planned_this_month",
        "plan_investment",
    ]
)
DATES = frozenset({"goal_due", "planned_start", "planned_finish", "due", "raised_on", "closed_on"})
PERCENTS = frozenset({"year_ratio", "progress", "plan_progress"})
INHERITED = frozenset(  # 合并后可向下继承的属性列
    {
        "responsible_unit",
        "category",
        "name",
        "street",
        "owner",
        "code",
        "key_area",
        "assist_units",
        "lead_unit",
        "raised_by",
    }
)
ORGANIZATIONS = frozenset({"responsible_unit", "lead_unit", "owner", "assist_units", "raised_by"})
PROBLEM_INHERITED = INHERITED | {"problems", "request", "due", "raised_on", "status", "measures"}
LONG_TEXTS = frozenset(
    {"scale", "goal", "note", "work", "problems", "next_steps", "plan_work", "measures", "status", "request"}
)
UNITS_LISTED = frozenset(
    {"responsible_unit", "lead_unit", "assist_units", "raised_by"}
)  # 问题清单里一格可写几家
PROBLEM_FIELDS = frozenset(
    {"problems", "due", "status", "measures", "assist_units", "responsible_unit", "raised_on", "raised_by"}
)
REPORT_FIELDS = frozenset(
    {"month_investment", "cumulative_investment", "year_ratio", "progress", "work", "problems", "next_steps"}
)
LIST_FIELDS = frozenset(
    {"total_investment", "planned_investment", "goal", "planned_start", "nature", "scale"}
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """一列：第几列、哪个字段、表头原文；月度计划列带月份，金额列带单位（空则随全表）。"""

    index: int
    field: str
    header: str
    month: int | None = None
    unit: str | None = None
    percent_in_header: bool = False


@dataclass(frozen=True, kw_only=True)
class Header:
    """表头：占哪几行、各列是什么、全表单位（没写、写了几个说不清的为空）、是不是问题清单。"""

    rows: tuple[int, ...]
    columns: tuple[Column, ...]
    sheet_unit: str | None = None
    problems: bool = False

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
