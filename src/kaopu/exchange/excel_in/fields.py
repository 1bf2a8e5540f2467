"""字段：有哪些、各属哪一类；一列、一个表头是什么样子（HANDBOOK §7.2 第2条）。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LABELS = {  # 字段的中文；读数以元计的写明
    "seq": "序号",
    "code": "内部编号",
    "name": "项目名称",
    "nature": "建设性质",
    "scale": "建设规模及主要内容",
    "responsible_unit": "责任单位",
    "owner": "建设单位",
    "street": "属地街镇",
    "key_area": "重点地区",
    "total_investment": "总投资（元）",
    "fiscal_funds": "财政资金（元）",
    "social_funds": "社会资金（元）",
    "cumulative_before": "上年末累计完成投资（元）",
    "planned_investment": "年度计划投资（元）",
    "goal": "年度目标",
    "goal_due": "目标时间",
    "planned_start": "计划开工",
    "planned_finish": "计划竣工",
    "entry": "列入方式",
    "formality": "正式或预备",
    "category": "类别",
    "lon": "经度",
    "lat": "纬度",
    "note": "备注",
    "month_investment": "本月完成投资（元）",
    "cumulative_investment": "累计完成投资（元）",
    "previous_investment": "上月完成投资（元）",
    "previous_cumulative": "上月累计完成投资（元）",
    "planned_this_month": "本月计划投资（元）",
    "since_start": "开工以来累计（元）",
    "year_ratio": "年度完成率（%）",
    "progress": "形象进度（%）",
    "work": "本月工作内容",
    "problems": "存在问题",
    "next_steps": "下步计划",
    "lead_unit": "牵头部门",
    "assist_units": "配合部门",
    "request": "需协调事项",
    "due": "解决时限",
    "status": "是否销号",
    "raised_on": "提出时间",
    "raised_by": "提出单位",
    "closed_on": "销号时间",
    "measures": "措施建议",
    "cause": "问题类别",
    "issue_key": "系统编号",
    "unit": "金额单位",
    "form_key": "采集表行键",
    "text": "文字",
    "plan_investment": "计划投资（元）",
    "plan_progress": "计划累计进度（%）",
    "plan_work": "计划工作内容",
}
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
MEASURED = AMOUNTS | DATES | PERCENTS
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
REPORT_FIELDS = frozenset(
    {
        "month_investment",
        "cumulative_investment",
        "year_ratio",
        "progress",
        "work",
        "problems",
        "request",
        "next_steps",
    }
)
LIST_FIELDS = frozenset(
    {"total_investment", "planned_investment", "goal", "planned_start", "nature", "scale"}
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """一列：第几列、哪个字段、表头原文；月度计划列带月份，金额列带单位（空则随全表）；字段是不是推来的，

    ``doubt``：换一种认法是哪个字段（两种认法一致的为空）；被前面一列占了字段的，记着是哪个字段。
    """

    index: int
    field: str
    header: str
    month: int | None = None
    unit: str | None = None
    percent_in_header: bool = False
    guessed: bool = False
    doubt: str = ""


def known_in(columns: Iterable[Column]) -> set[str]:
    """这些列里认得的字段。"""
    return {column.field for column in columns if not column.field.startswith("other:")}


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

    def count(self, field: str) -> int:
        """某字段有几列。"""
        return sum(column.field == field for column in self.columns)

    @property
    def known(self) -> set[str]:
        """认得的字段。"""
        return known_in(self.columns)

    @property
    def months(self) -> set[int]:
        """月度计划列涉及的月份。"""
        return {column.month for column in self.columns if column.month is not None}
