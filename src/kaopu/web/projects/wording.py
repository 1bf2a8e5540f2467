"""项目页上的词：评定所用事实的中文名与写法、档案各栏及其来历的字段名。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kaopu.audit.models import Operation
from kaopu.domain.colours import COLOUR_LABELS, Colour
from kaopu.domain.days import chinese_day
from kaopu.domain.milestones import GOAL_LABELS, GoalType
from kaopu.domain.money import in_text
from kaopu.exchange.queries import Origin
from kaopu.projects.models import AnnualGoal, ListEntry, ProfileChange, ProjectProfile

_YUAN, _DAYS, _MONTHS, _POINTS, _YES = "yuan", "days", "months", "points", "yes"
_INPUTS: dict[str, tuple[str, str]] = {
    "month": ("评定月份", "month"),
    "has_plan": ("已报月度计划", _YES),
    "has_ever_reported": ("本年度有月报", _YES),
    "ended": ("已停止实施", _YES),
    "days_overdue": ("控制节点逾期", _DAYS),
    "actual_to_date_yuan": ("截至本月实际投资", _YUAN),
    "planned_to_date_yuan": ("截至本月计划投资", _YUAN),
    "annual_plan_yuan": ("全年计划投资", _YUAN),
    "planned_progress": ("计划累计进度", _POINTS),
    "actual_progress": ("实际累计进度", _POINTS),
    "days_since_planned_start": ("应开工未开工", _DAYS),
    "months_without_report": ("连续缺报", _MONTHS),
    "days_stopped": ("停工未复", _DAYS),
    "resumption_plan_approved": ("复工方案已批准", _YES),
    "open_issue_level": ("未销号问题最高层级", "level"),
    "exempt_reason": ("豁免理由", ""),
    "previous": ("此前颜色", "colours"),
}


def input_lines(inputs: Mapping[str, str]) -> list[tuple[str, str]]:
    """冻结的评定事实 →（中文名, 写法）；不认识的原样列出，不隐去。"""
    lines = []
    for name, value in inputs.items():
        label, kind = _INPUTS.get(name, (name, ""))
        lines.append((label, _written(str(value), kind)))
    return lines


def _written(value: str, kind: str) -> str:
    if kind == "colours":
        named = [COLOUR_LABELS[colour] for colour in Colour for _ in range(value.count(f"'{colour.value}'"))]
        return "、".join(named) or "无"
    if value in ("None", ""):
        return "无"
    if kind == _YUAN:
        return in_text(int(value))
    if kind == _YES:
        return "是" if value == "True" else "否"
    suffix = {_DAYS: "天", _MONTHS: "个月", _POINTS: "%", "month": "月"}.get(kind, "")
    return f"{value}{suffix}"


def goal_type_label(value: str) -> str:
    """目标类型的中文。"""
    return GOAL_LABELS[GoalType(value)]


_HOW = {"page": "在网页上登记", "cli": "用命令登记", "api": "经接口登记", "tick": "由督办引擎登记"}


def how_set(operation: Operation) -> str:
    """不是从表里读来的值，是怎么登记的。"""
    if operation.verb == "exchange.undo":
        return "撤销一批导入时恢复"
    if operation.source.partition(":")[2].isdecimal():  # 类别常由标题行来，列入方式常不写：没有自己的格
        return "随一批导入写入"
    return _HOW.get(operation.source.partition(":")[0], "登记")


@dataclass(frozen=True, kw_only=True)
class HeaderFact:
    """档案的一栏：名称、写法、来历。``wide`` 的独占一行。"""

    label: str
    text: str
    origin: Origin | None
    change: ProfileChange | None = None
    wide: bool = False


def header_facts(
    profile: ProjectProfile,
    entry: ListEntry | None,
    goal: AnnualGoal | None,
    origins: Mapping[str, Origin],
    revisions: Mapping[str, ProfileChange],
) -> list[HeaderFact]:
    """档案各栏及来历；没有的写作“—”。"""
    planned = in_text(entry.planned_investment_yuan) if entry else "—"
    before = in_text(entry.cumulative_before_yuan) if entry else "—"
    rows: list[tuple[str, str, object, bool]] = [
        ("name", "项目名称", profile.name, False),
        ("responsible_unit", "责任单位", profile.responsible_unit, False),
        ("owner", "建设单位", profile.owner, False),
        ("street", "属地街镇", profile.street, False),
        ("key_area", "重点地区", profile.key_area, False),
        ("nature", "建设性质", profile.nature, False),
        ("total_investment", "总投资", _investment(profile), False),
        ("category", "类别", _category(entry), False),
        ("entry", "列入方式", entry.get_entry_display() if entry else None, False),
        ("formality", "正式或预备", entry.get_formality_display() if entry else None, False),
        ("planned_investment", "年度计划投资", planned, False),
        ("cumulative_before", "上年末累计完成投资", before, False),
        ("planned_start", "计划开工", _when(profile.planned_start_text, profile.planned_start_on), False),
        ("planned_finish", "计划竣工", _when(profile.planned_finish_text, profile.planned_finish_on), False),
        ("goal", "年度目标", goal.text if goal else None, False),
        ("goal_due", "目标时间", _when(goal.due_text, goal.due_on) if goal else None, False),
        ("scale", "建设规模及主要内容", profile.scale, True),
        ("note", "备注", profile.note, True),
    ]
    return [
        HeaderFact(
            label=label,
            text=str(value or "—"),
            origin=origins.get(field),
            wide=wide,
            change=_change_behind(origins.get(field), revisions.get(_COLUMNS.get(field, field))),
        )
        for field, label, value, wide in rows
        if value or not wide
    ]


# 导入的字段名与档案的栏名不一样的
_COLUMNS = {
    "total_investment": "total_investment_yuan",
    "planned_start": "planned_start_on",
    "planned_finish": "planned_finish_on",
}


def _change_behind(origin: Origin | None, change: ProfileChange | None) -> ProfileChange | None:
    """值若由档案变更定下，是哪一件。"""
    return change if origin and change and change.ruling.operation_id == origin.operation.pk else None


def _category(entry: ListEntry | None) -> str:
    """五类中的哪一类；市属的不分类。"""
    if entry is None or not entry.category:
        return ""
    return f"{entry.get_category_display()}{'（类别推定）' if entry.category_inferred else ''}"


def _investment(profile: ProjectProfile) -> str:
    low, high = profile.investment_low_yuan, profile.investment_high_yuan
    if low is not None and high is not None and profile.investment_qualifier == "range":
        return f"{in_text(low)}—{in_text(high)}"
    return in_text(profile.total_investment_yuan, profile.investment_qualifier)


def _when(text: str, day: date | None) -> str:
    if text and day:
        return text if text == day.isoformat() else f"{text}（按{chinese_day(day)}计）"
    return text or (chinese_day(day) if day else "")
