"""办一步：一个问题现在在哪里，谁来办、办完到哪里（HANDBOOK §3.2、§4.2；种子 D08）。

业务动作与 ``make proof`` 用的是同一个 ``move`` 与 ``push``：证明的就是跑着的。
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import (
    ISSUE_VERB_LABELS,
    IssueState,
    IssueVerb,
    MoveRefused,
    Rise,
    due_after,
    next_issue_state,
    next_level,
)
from kaopu.domain.ladder import Ladder
from kaopu.domain.supervision_orders import may_close
from kaopu.domain.watch import Standing
from kaopu.domain.workdays import WorkCalendar

HANDLING_VERBS = frozenset({IssueVerb.ACCEPT, IssueVerb.LOG, IssueVerb.ANALYSE, IssueVerb.REPLY})
BY_SYSTEM = frozenset({IssueVerb.RAISE, IssueVerb.RISE, IssueVerb.PRESS, IssueVerb.EXTEND})
REMEDIES = {
    IssueVerb.LOG: "请写明进展。",
    IssueVerb.REPLY: "请写明办理结果。",
    IssueVerb.RETURN: "请写明退回的理由。",
    IssueVerb.REOPEN: "请写明重新打开的理由。",
    IssueVerb.REASSIGN: "请写明改派的理由。",
    IssueVerb.LIFT_UP: "请写明提级的理由。",
    IssueVerb.LOWER: "降级须有依据：请写明会议纪要或文件名称与文号。",
    IssueVerb.INSTRUCT: "请写明批示内容。",
}
RESTARTING = frozenset({IssueVerb.LIFT_UP, IssueVerb.LOWER, IssueVerb.REOPEN})  # 这几步之后限期重新起算


@dataclass(frozen=True, kw_only=True)
class Position:
    """一个问题的现行位置。单位以编号表示；``due_on`` 为空即钟已停；``handlers`` 为经办过的人。"""

    state: IssueState
    level: int
    owner: int
    court: int
    on: date
    due_on: date | None
    handler: str = ""
    handlers: frozenset[str] = frozenset()
    analysis: str = ""
    proposal: str = ""
    look_back_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """要办的一步：谁、哪天、做什么、说什么。"""

    verb: IssueVerb
    by: str
    on: date
    text: str = ""
    evidence: str = ""
    level: int | None = None
    unit: int | None = None
    handler: str | None = None
    analysis: str = ""
    proposal: str = ""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """一批办理共用的规则：逐级协调规则的各版、工作日历，与引擎已办到的一天。"""

    ladder: Ladder
    calendar: WorkCalendar
    reached: date | None = None

    def due(self, day: date, level: int) -> date:
        """从 ``day`` 起、``level`` 级的期限；时钟被拨回时从引擎办到的一天起算，免得一立出来就逾期。"""
        start = self.floor(day)
        return due_after(start, self.ladder.on(start).limits[level], self.calendar).on

    def floor(self, day: date) -> date:
        """``day`` 与引擎办到的一天，取晚的。"""
        return max(day, self.reached) if self.reached else day


def required(text: str, remedy: str) -> str:
    """须填写的一栏；空着就抛出 ``MoveRefused``，信息是怎么补。"""
    if not text.strip():
        raise MoveRefused(remedy)
    return text.strip()


def move(before: Position, act: Act, *, office: int, rules: Rules, looks_back: bool = True) -> Position:
    """办一步之后的位置；不该办的抛出 ``MoveRefused``，信息是给办理人的话。"""
    if act.verb in BY_SYSTEM:
        raise MoveRefused(f"“{ISSUE_VERB_LABELS[act.verb]}”由系统办，不由人办。")
    if act.on < before.on:
        raise MoveRefused(f"日期早于上一步（{chinese_day(before.on)}）。请核对日期与系统时钟。")
    state = next_issue_state(before.state, act.verb)
    level = next_level(before.level, act.verb, act.level)
    if act.verb in REMEDIES:
        required(act.text, REMEDIES[act.verb])
    after = replace(
        _handed(before, act, office),
        state=state, level=level, on=act.on, look_back_on=None,
        handlers=before.handlers | {act.by} if act.verb in HANDLING_VERBS else before.handlers,
    )  # fmt: skip
    if act.verb == IssueVerb.CLOSE:
        return _closed(after, act, rules, looks_back)
    if act.verb in RESTARTING:
        return replace(after, due_on=rules.due(act.on, level))
    return after


def _handed(before: Position, act: Act, office: int) -> Position:
    """球传到谁手里，分析与对策写了什么。"""
    if act.handler is not None:
        before = replace(before, handler=act.handler)
    if act.verb in (IssueVerb.REPLY, IssueVerb.CLOSE):
        return replace(before, court=office)
    if act.verb in (IssueVerb.RETURN, IssueVerb.REOPEN, IssueVerb.ACCEPT):
        return replace(before, court=before.owner)
    if act.verb == IssueVerb.REASSIGN:
        if act.unit is None:
            raise MoveRefused("请选改派给哪个单位。")
        return replace(before, owner=act.unit, court=act.unit, handler="")
    if act.verb == IssueVerb.ANALYSE:
        return replace(
            before,
            analysis=required(act.analysis, "请写明原因分析：卡在哪里、为什么。"),
            proposal=required(act.proposal, "请写明对策建议：请谁做什么、何时做成。"),
        )
    return before


def _closed(after: Position, act: Act, rules: Rules, looks_back: bool) -> Position:
    """销号：须有佐证，且没有经办过；钟停，记下哪天回头看。"""
    handlers = after.handlers | ({after.handler} if after.handler else frozenset())
    ruling = may_close(handlers=handlers, closer=act.by, evidence=act.evidence)
    if not ruling.allowed:
        raise MoveRefused(ruling.reason)
    back = act.on + timedelta(days=rules.ladder.on(act.on).look_back_days) if looks_back else None
    return replace(after, due_on=None, look_back_on=back)


def push(before: Position, rise: Rise) -> Position:
    """时间推着走的一步：只升层级、定新期限，别的都不动。"""
    verb = IssueVerb.PRESS if rise.urged else IssueVerb.RISE
    return replace(
        before,
        state=next_issue_state(before.state, verb),
        level=rise.level,
        due_on=rise.due_on,
        on=max(rise.on, before.on),
    )


def follow_order(before: Position, *, due_on: date, on: date) -> Position | None:
    """转了督办的事项，期限随督办单：签发、同意延期之后只延不缩；不必动的返回 ``None``。"""
    if before.state == IssueState.CLOSED or before.due_on is None or before.due_on >= due_on:
        return None
    state = next_issue_state(before.state, IssueVerb.EXTEND)
    return replace(before, state=state, due_on=due_on, on=max(on, before.on))


def standing(position: Position) -> Standing:
    """一个问题的站位，供核对有没有掉。"""
    return Standing(
        stopped=position.state == IssueState.CLOSED, owner=position.owner, court=position.court,
        level=position.level, due_on=position.due_on,
    )  # fmt: skip
