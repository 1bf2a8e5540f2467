"""表上的一格、一行 → 要写进事实的值；装不下的、不可能的抛 :class:`RowRefused`，指出单元格（HANDBOOK §7.2）。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any

from kaopu.accounts.models import OrganizationKind
from kaopu.domain.milestones import classify_goal
from kaopu.exchange.excel_in.result import CellReading, RowReading
from kaopu.exchange.matching import LONGEST_ORGANIZATION
from kaopu.exchange.results import RowRefused
from kaopu.projects.models import MonthlyPlan, ProjectProfile

LONGEST_GOAL = 200
LONGEST_PLANNED = MonthlyPlan._meta.get_field("planned_work").max_length or 300
MOST_PERCENT = 999
BESIDE_PROBLEMS = (("request", "需协调"), ("measures", "措施"))  # 月报没有单独的一栏，并在问题里，不丢
_RAISED = frozenset({"problems", "request", "measures"})
ORGANIZATION_KINDS = {"responsible_unit": OrganizationKind.RESPONSIBLE, "owner": OrganizationKind.OWNER}


def refuse_too_long(row: RowReading, values: Mapping[str, Any]) -> None:
    """装不下的文字拒收这一行，不截断：截掉的半句话没人知道。"""
    for name, value in values.items():
        limit = _longest(name)
        if isinstance(value, str) and limit and len(value) > limit:
            item = row.get(name)
            raise RowRefused(
                f"{item.cell if item else ''} 有{len(value)}字，最多{limit}字。请缩短后再导。".strip()
            )


@cache
def _longest(name: str) -> int | None:
    if name in ORGANIZATION_KINDS:
        return LONGEST_ORGANIZATION
    return getattr(ProjectProfile._meta.get_field(name), "max_length", None)


def integer(row: RowReading, name: str) -> int | None:
    """一行里某字段的整数（金额为元）；没填、没读懂的为空。"""
    item = row.get(name)
    return int(item.value) if item is not None and item.value is not None else None


def bound(value: object) -> int | None:
    """读数的值或区间的一端 → 整数元；空的仍为空。"""
    return None if value is None else int(str(value))


def day(item: CellReading) -> date | None:
    """日期格所述期间的末日；读不出日子的为空。"""
    try:
        return date.fromisoformat(str(item.value))
    except ValueError:
        return None


def degrees(item: CellReading) -> Decimal:
    """经纬度，六位小数；不是度数的拒绝并指出单元格。"""
    try:
        value = Decimal(str(item.value)).quantize(Decimal("0.000001"))
    except InvalidOperation as error:
        raise RowRefused(f"{item.cell}“{item.raw}”不是经纬度。请写成 121.396750 的样子。") from error
    if not -180 <= value <= 180:
        raise RowRefused(f"{item.cell}“{item.raw}”不在经纬度范围内。请核对。")
    return value


def percentage(item: CellReading | None) -> Decimal | None:
    """百分数；大到不可能的拒绝并指出单元格。"""
    if item is None or item.value is None:
        return None
    value = Decimal(str(item.value))
    if value > MOST_PERCENT:
        raise RowRefused(f"{item.cell}“{item.raw}”不可能是百分比。请核对单位。")
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def goal_of(row: RowReading) -> dict[str, Any]:
    """一行里的年度目标：写的什么、归哪一类、期限；没写的为空。"""
    text = row.text("goal")
    if not text:
        return {}
    if len(text) > LONGEST_GOAL:
        raise RowRefused(f"年度目标超过{LONGEST_GOAL}字。请写明做到哪一步即可。")
    goal: dict[str, Any] = {"text": text, "goal_type": classify_goal(text)}
    if (due := row.get("goal_due")) is not None:
        goal.update(due_text=due.raw[:60], due_on=day(due), due_precision=due.precision or "")
    return goal


def plan_of(values: dict[str, CellReading]) -> dict[str, Any]:
    """一个月的计划：投资（元）、进度（百分数）、工作；表上没有的列不在内。"""
    plan: dict[str, Any] = {}
    if (item := values.get("plan_investment")) is not None:
        plan["planned_investment_yuan"] = bound(item.value)
    if "plan_progress" in values:
        plan["planned_progress_percent"] = percentage(values["plan_progress"])
    if (item := values.get("plan_work")) is not None:
        plan["planned_work"] = str(item.value or "")
        if len(plan["planned_work"]) > LONGEST_PLANNED:
            raise RowRefused(f"{item.cell} 计划工作超过{LONGEST_PLANNED}字。请缩短后再导。")
    return plan


def report_of(row: RowReading, told: frozenset[str], parts: Sequence[RowReading] = ()) -> dict[str, Any]:
    """一份月报；一栏也没有填的不是“报了，无进展”，而是没有报，拒收（法 7：不知道就是不知道）。"""
    report = said_of(row, told, parts)
    if all(value in (None, "") for value in report.values()):
        raise RowRefused("没有本月的投资、进度、工作或问题，不算报过。请补填后再导。")
    return report


def said_of(row: RowReading, told: frozenset[str], parts: Sequence[RowReading] = ()) -> dict[str, Any]:
    """这一行说的本月情况；``told`` 为表上有的列，没有的列不说，原来报的不动；``parts`` 是其下的子项行，说的话并进来，数不并。"""
    report: dict[str, Any] = {
        name: _joined([row.text(name), *_of_parts(row, parts, name)])
        for name in ("work", "problems", "next_steps")
        if name in told
    }
    beside = [
        f"{label}：{text}"
        for name, label in BESIDE_PROBLEMS
        if name in told
        for text in (row.text(name), *_of_parts(row, parts, name))
        if text
    ]
    if beside:
        report["problems"] = _joined([report.get("problems", ""), *beside])
    if "month_investment" in told:
        report["investment_yuan"] = integer(row, "month_investment")
    if "progress" in told:
        report["progress_percent"] = percentage(row.get("progress"))
    return report


def _of_parts(row: RowReading, parts: Sequence[RowReading], name: str) -> list[str]:
    """子项行里提出的问题、要协调的事一件不丢；名称与项目合并着的（同一项目写了几行），进展也并。"""
    found = []
    for part in parts:
        text, whole = part.text(name), part.text("name") == row.text("name")
        if text and (whole or name in _RAISED) and text != row.text(name):
            label = "" if whole else part.text("name").removeprefix("其中").lstrip("：: ")
            found.append(f"{label}：{text}" if label else text)
    return found


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))
