"""结转：哪些年度项目进入下一年清单（HANDBOOK §3.8、§5.8；停止实施的从不结转）。"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kaopu.domain.outcomes import Outcome


class LifecycleStage(StrEnum):
    """项目阶段（§5.2）。与年度目标结果无关：年度目标已完成不等于竣工。"""

    RESERVE = "reserve"
    PREPARING = "preparing"
    READY = "ready"
    BUILDING = "building"
    BASICALLY_BUILT = "basically_built"
    ACCEPTED = "accepted"
    FILED = "filed"
    IN_USE = "in_use"
    TERMINATED = "terminated"


STAGE_LABELS = {
    LifecycleStage.RESERVE: "储备",
    LifecycleStage.PREPARING: "前期",
    LifecycleStage.READY: "具备开工条件",
    LifecycleStage.BUILDING: "在建",
    LifecycleStage.BASICALLY_BUILT: "基本建成",
    LifecycleStage.ACCEPTED: "竣工验收",
    LifecycleStage.FILED: "竣工备案",
    LifecycleStage.IN_USE: "投用",
    LifecycleStage.TERMINATED: "终止",
}
_FINISHED = frozenset({LifecycleStage.FILED, LifecycleStage.IN_USE, LifecycleStage.TERMINATED})


@dataclass(frozen=True, kw_only=True)
class CarryVerdict:
    """是否结转及理由。"""

    carried: bool
    reason: str


def decide_carry_over(*, outcome: Outcome, stage: LifecycleStage | None) -> CarryVerdict:
    """判定一个年度项目是否结转。阶段未知视为未竣工：宁可列出由人剔除，不可漏掉。"""
    if outcome == Outcome.STOPPED:
        return CarryVerdict(carried=False, reason="已停止实施，不结转")
    if stage in _FINISHED:
        return CarryVerdict(carried=False, reason=f"已{STAGE_LABELS[stage]}，退出清单")
    return CarryVerdict(carried=True, reason="未竣工备案或投用，未停止实施")
