"""年度目标的种类，以及“达到了什么”能不能算“完成了目标”（HANDBOOK §3.6、§3.7）。

形式开工不是正式开工，基本完成不是完成：种子 E13、E09。
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum


class GoalType(StrEnum):
    """年度目标类型（§3.7）；末两项只作“已达到”的记录，不作目标。"""

    START = "start"
    PERMIT = "permit"
    HANDOVER = "handover"
    PILES = "piles"
    GROUND_LEVEL = "ground_level"
    STRUCTURE = "structure"
    TOPPED_OUT = "topped_out"
    JOINED = "joined"
    BASICALLY_BUILT = "basically_built"
    OPENED = "opened"
    COMPLETED = "completed"
    FILED = "filed"
    DELIVERED = "delivered"
    INVESTMENT = "investment"
    QUANTITY = "quantity"
    OTHER = "other"
    CEREMONIAL_START = "ceremonial_start"


GOAL_LABELS = {
    GoalType.START: "正式开工",
    GoalType.PERMIT: "取得批文或许可证",
    GoalType.HANDOVER: "场地移交、腾地完成",
    GoalType.PILES: "桩基完成",
    GoalType.GROUND_LEVEL: "±0.00",
    GoalType.STRUCTURE: "主体结构完成",
    GoalType.TOPPED_OUT: "结构封顶",
    GoalType.JOINED: "合龙、贯通",
    GoalType.BASICALLY_BUILT: "基本建成",
    GoalType.OPENED: "通车、通水、开放",
    GoalType.COMPLETED: "竣工",
    GoalType.FILED: "竣工备案",
    GoalType.DELIVERED: "交付使用",
    GoalType.INVESTMENT: "完成投资",
    GoalType.QUANTITY: "完成数量",
    GoalType.OTHER: "其他",
    GoalType.CEREMONIAL_START: "形式开工",
}

# 竣工阶梯：站上高一级，低一级自然达到（§3.6）。基本建成不在阶梯上，它永远不算竣工。
_COMPLETION_LADDER = (GoalType.COMPLETED, GoalType.FILED, GoalType.DELIVERED)

_WORDING: tuple[tuple[str, GoalType], ...] = (
    (r"形式开工|开工仪式|启动仪式", GoalType.CEREMONIAL_START),
    (r"完成投资", GoalType.INVESTMENT),
    (r"基本(建成|完成|竣工|完工)", GoalType.BASICALLY_BUILT),
    (r"许可|批复|批文|取证|方案评审|立项", GoalType.PERMIT),
    (r"竣工(验收)?备案", GoalType.FILED),
    (r"交付|投用|启用", GoalType.DELIVERED),
    (r"\d+(\.\d+)?\s*(公里|户|平方米|套|千米)", GoalType.QUANTITY),
    (r"竣工|完工|建成|全部完成", GoalType.COMPLETED),
    (r"封顶", GoalType.TOPPED_OUT),
    (r"合龙|贯通", GoalType.JOINED),
    (r"通车|通水|开放|试运行", GoalType.OPENED),
    (r"±\s*0|正负零|出零", GoalType.GROUND_LEVEL),
    (r"桩基", GoalType.PILES),
    (r"主体结构|结构完成|外立面", GoalType.STRUCTURE),
    (r"腾地|场地移交|交地", GoalType.HANDOVER),
    (r"开工", GoalType.START),
)


def classify_goal(text: str) -> GoalType:
    """由目标原文判定目标类型；认不出的归“其他”，不猜。"""
    for pattern, goal_type in _WORDING:
        if re.search(pattern, text):
            return goal_type
    return GoalType.OTHER


def satisfies(*, required: GoalType, reached: GoalType) -> bool:
    """已达到的节点能否算完成目标。形式开工不满足正式开工（金标 8）；竣工备案满足竣工。"""
    if required == reached:
        return required != GoalType.CEREMONIAL_START
    if required in _COMPLETION_LADDER and reached in _COMPLETION_LADDER:
        return _COMPLETION_LADDER.index(reached) >= _COMPLETION_LADDER.index(required)
    return False


def days_overdue(due_on: date, as_of: date) -> int:
    """逾期天数（自然日）：期限当日不算逾期，次日起算（金标 9：6月底 → 06-30 为 0，07-01 为 1）。"""
    return max(0, (as_of - due_on).days)
