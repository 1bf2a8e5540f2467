"""年度目标结果：一个年度项目在某一天算已完成、滞后、无法完成还是停止实施（HANDBOOK §5.3，种子 F01）。

“无法完成”“停止实施”是人的决定，须有文件，从不计算；“年度目标已完成”不等于竣工。
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kaopu.domain.colours import Colour
from kaopu.domain.days import chinese_day
from kaopu.domain.milestones import GoalType, days_overdue, satisfies


class Outcome(StrEnum):
    """年度目标结果。``UNASSESSED`` 只用于市属项目：市下达目标，区不评定。"""

    ACHIEVED = "achieved"
    LAGGING = "lagging"
    UNACHIEVABLE = "unachievable"
    STOPPED = "stopped"
    ON_TRACK = "on_track"
    UNASSESSED = "unassessed"


OUTCOME_LABELS = {
    Outcome.ACHIEVED: "已完成",
    Outcome.LAGGING: "滞后",
    Outcome.UNACHIEVABLE: "无法完成",
    Outcome.STOPPED: "停止实施",
    Outcome.ON_TRACK: "正常推进",
    Outcome.UNASSESSED: "未评定",
}
CLOSING_OUTCOMES = (Outcome.ACHIEVED, Outcome.LAGGING, Outcome.UNACHIEVABLE, Outcome.STOPPED)


@dataclass(frozen=True, kw_only=True)
class GoalFacts:
    """一条年度目标及其达成记录；``reached`` 为空表示尚无经核实的达成。"""

    text: str
    goal_type: GoalType
    due_on: date | None
    mandatory: bool = True
    reached: GoalType | None = None
    reached_on: date | None = None

    def achieved_by(self, day: date) -> bool:
        """到 ``day``（含当日）是否达成：须有核实的记录，且达到的节点满足目标。"""
        if self.reached is None or self.reached_on is None or self.reached_on > day:
            return False
        return satisfies(required=self.goal_type, reached=self.reached)


@dataclass(frozen=True, kw_only=True)
class DecisionFacts:
    """认定“无法完成”或“停止实施”的决定（会议与文件），自 ``on`` 起生效。"""

    outcome: Outcome
    on: date
    document: str


@dataclass(frozen=True, kw_only=True)
class YearFacts:
    """判定一个年度项目结果所需的全部事实，都只取到 ``as_of`` 当日。"""

    year: int
    as_of: date
    municipal: bool
    goals: tuple[GoalFacts, ...] = ()
    decisions: tuple[DecisionFacts, ...] = ()
    colours: tuple[Colour, ...] = ()  # 各月末颜色，从早到晚


@dataclass(frozen=True, kw_only=True)
class OutcomeVerdict:
    """结果与一句可以对人说的理由；``late`` 表示年内逾期后完成。"""

    outcome: Outcome
    reason: str
    late: bool = False


def decide_outcome(facts: YearFacts) -> OutcomeVerdict:
    """判定年度目标结果。基准日指当日终了，故 12 月 31 日即年末口径：没有“正常推进”。"""
    year_end = date(facts.year, 12, 31)
    day = min(facts.as_of, year_end)
    decided = _decided(facts)
    if decided is not None:
        return decided
    if facts.municipal:
        return OutcomeVerdict(outcome=Outcome.UNASSESSED, reason="市下达目标，区配合，未评定")
    mandatory = [goal for goal in facts.goals if goal.mandatory]
    if mandatory and all(goal.achieved_by(day) for goal in mandatory):
        return _achieved(mandatory)
    if facts.as_of >= year_end:
        return OutcomeVerdict(outcome=Outcome.LAGGING, reason=f"至{facts.year}年末{_unmet(mandatory, day)}")
    return _behind(facts, mandatory, day) or OutcomeVerdict(
        outcome=Outcome.ON_TRACK, reason="目标期限未到，进度未见红色或连续黄色"
    )


def _decided(facts: YearFacts) -> OutcomeVerdict | None:
    effective = [decision for decision in facts.decisions if decision.on <= facts.as_of]
    for outcome in (Outcome.STOPPED, Outcome.UNACHIEVABLE, *Outcome):
        for decision in effective:
            if decision.outcome == outcome:
                return OutcomeVerdict(
                    outcome=outcome, reason=f"依据{decision.document}认定{OUTCOME_LABELS[outcome]}"
                )
    return None


def _achieved(goals: list[GoalFacts]) -> OutcomeVerdict:
    late = any(goal.due_on and goal.reached_on and goal.reached_on > goal.due_on for goal in goals)
    last = max(goal.reached_on for goal in goals if goal.reached_on)
    words = "、".join(goal.text for goal in goals)
    suffix = "（逾期完成）" if late else ""
    return OutcomeVerdict(
        outcome=Outcome.ACHIEVED, reason=f"{words}已于{chinese_day(last)}核实完成{suffix}", late=late
    )


def _unmet(goals: list[GoalFacts], day: date) -> str:
    if not goals:
        return "没有可核实的年度目标"
    missing = "、".join(goal.text for goal in goals if not goal.achieved_by(day))
    return f"未完成年度目标：{missing}"


def _behind(facts: YearFacts, goals: list[GoalFacts], day: date) -> OutcomeVerdict | None:
    for goal in goals:
        if goal.due_on is None or goal.achieved_by(day):
            continue
        late = days_overdue(goal.due_on, day)
        if late:
            return OutcomeVerdict(
                outcome=Outcome.LAGGING, reason=f"{goal.text}期限{chinese_day(goal.due_on)}，已逾期{late}天"
            )
    if facts.colours and facts.colours[-1] == Colour.RED:
        return OutcomeVerdict(outcome=Outcome.LAGGING, reason="最近一次月末评定为红色")
    if facts.colours[-2:] == (Colour.YELLOW, Colour.YELLOW):
        return OutcomeVerdict(outcome=Outcome.LAGGING, reason="连续两次月末评定为黄色")
    return None
