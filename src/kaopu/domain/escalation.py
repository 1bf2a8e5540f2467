"""逐级协调：问题在哪一级、限几个工作日、过了期限自动升到哪一级（HANDBOOK §3.2、§5.5，种子 D07、D08）。

层级只随时间与事实升，降级须有人决定并写明依据；“逾期”总是算出来的，从不另存。
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kaopu.domain.days import chinese_day
from kaopu.domain.ladder import TOP_LEVEL, Ladder, LadderPolicy
from kaopu.domain.workdays import CalendarUnpublished, WorkCalendar


@dataclass(frozen=True, kw_only=True)
class DueDay:
    """一个期限；``provisional`` 表示放假安排未发布，暂按自然日算，只早不晚。"""

    on: date
    provisional: bool = False


def due_after(day: date, workdays: int, calendar: WorkCalendar) -> DueDay:
    """``day`` 之后第 ``workdays`` 个工作日。遇未发布的年份按自然日数：同样的天数，自然日总不晚于工作日。"""
    cursor, left = day, workdays
    try:
        while left:
            cursor += timedelta(days=1)
            left -= calendar.is_workday(cursor)
    except CalendarUnpublished:
        return DueDay(on=day + timedelta(days=workdays), provisional=True)
    return DueDay(on=cursor)


def workdays_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """``start`` 之后到 ``end`` 当日有几个工作日；未发布的年份按周一至周五数。"""
    count, day = 0, start
    while day < end:
        day += timedelta(days=1)
        count += calendar.presumed_workday(day)
    return count


def is_overdue(due_on: date | None, *, on: date) -> bool:
    """到 ``on`` 日是否逾期：期限当天不算，次日起算；钟停了（无期限）不逾期。"""
    return due_on is not None and on > due_on


@dataclass(frozen=True, kw_only=True)
class Rise:
    """时间推着走的一步：升到哪一级、哪天升的、新期限、依哪版规则；``urged`` 表示已在顶级，再催一次。"""

    level: int
    on: date
    due_on: date
    provisional: bool
    rules: str
    urged: bool = False


def rises(*, level: int, due_on: date, today: date, ladder: Ladder, calendar: WorkCalendar) -> Iterator[Rise]:
    """从 ``level`` 级、期限 ``due_on`` 到 ``today`` 为止该走的各步。

    升级之日是期限的次日，限期按那一天生效的规则，与哪天跑的无关：停机几天再补，与天天跑的结果相同。
    已定的期限不因规则换版而变。走完之后期限必不早于今天。
    """
    while is_overdue(due_on, on=today):
        urged = level == TOP_LEVEL
        level = min(level + 1, TOP_LEVEL)
        on = today if urged else due_on + timedelta(days=1)
        policy = ladder.on(on)
        due = due_after(on, policy.limits[level], calendar)
        due_on = due.on
        yield Rise(
            level=level, on=on, due_on=due.on, provisional=due.provisional, urged=urged, rules=policy.name
        )


def clock_fault(*, reached: date, day: date, policy: LadderPolicy) -> str:
    """时钟信不信得过：倒退了，或一下走得比规则所许更远，都先不动；正常返回空串。"""
    days = (day - reached).days
    if days < 0:
        return (
            f"系统时钟（{chinese_day(day)}）早于上次办到的 {chinese_day(reached)}，期限未推进。"
            "请校准时钟；确认无误后运行 kaopu tick --trust-clock。"
        )
    if days > policy.longest_gap_days:
        return (
            f"距上次运行已 {days} 天，期限未推进。"
            "请核对系统时钟；确属停机的运行 kaopu tick --trust-clock 补齐。"
        )
    return ""


class IssueState(StrEnum):
    """问题的状态；逾期不在其中。"""

    RAISED = "raised"
    HANDLING = "handling"
    REPLIED = "replied"
    CLOSED = "issue_closed"


ISSUE_STATE_LABELS = {
    IssueState.RAISED: "待认领",
    IssueState.HANDLING: "协调中",
    IssueState.REPLIED: "已反馈待核",
    IssueState.CLOSED: "已销号",
}


class IssueVerb(StrEnum):
    """对问题能做的事；``RISE``、``PRESS`` 由时间推动，``EXTEND`` 随督办单，其余由人。"""

    RAISE = "raise"
    ACCEPT = "accept"
    LOG = "log"
    ANALYSE = "analyse"
    REPLY = "reply"
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"
    REASSIGN = "reassign"
    LIFT_UP = "lift_up"
    LOWER = "lower"
    RISE = "rise"
    PRESS = "press"
    INSTRUCT = "instruct"
    EXTEND = "extend"


ISSUE_VERB_LABELS = {
    IssueVerb.RAISE: "提出",
    IssueVerb.ACCEPT: "认领",
    IssueVerb.LOG: "记进展",
    IssueVerb.ANALYSE: "原因分析与对策",
    IssueVerb.REPLY: "反馈办结",
    IssueVerb.RETURN: "退回重办",
    IssueVerb.CLOSE: "核实销号",
    IssueVerb.REOPEN: "重新打开",
    IssueVerb.REASSIGN: "改派",
    IssueVerb.LIFT_UP: "提级",
    IssueVerb.LOWER: "降级",
    IssueVerb.RISE: "逾期自动升级",
    IssueVerb.PRESS: "顶级催办",
    IssueVerb.INSTRUCT: "批示",
    IssueVerb.EXTEND: "期限随督办单",
}

_OPEN = (IssueState.RAISED, IssueState.HANDLING, IssueState.REPLIED)

# 问题的全部走法：不在表里的都不许。
ISSUE_MOVES: Mapping[tuple[IssueState, IssueVerb], IssueState] = {
    (IssueState.RAISED, IssueVerb.ACCEPT): IssueState.HANDLING,
    (IssueState.RAISED, IssueVerb.REPLY): IssueState.REPLIED,
    (IssueState.HANDLING, IssueVerb.REPLY): IssueState.REPLIED,
    (IssueState.REPLIED, IssueVerb.RETURN): IssueState.HANDLING,
    (IssueState.REPLIED, IssueVerb.CLOSE): IssueState.CLOSED,
    (IssueState.CLOSED, IssueVerb.REOPEN): IssueState.HANDLING,
    **{(state, IssueVerb.REASSIGN): IssueState.RAISED for state in _OPEN},
    **{
        (state, verb): state
        for state in _OPEN
        for verb in (
            IssueVerb.LIFT_UP,
            IssueVerb.LOWER,
            IssueVerb.RISE,
            IssueVerb.PRESS,
            IssueVerb.INSTRUCT,
            IssueVerb.EXTEND,
        )
    },
    **{
        (state, verb): state
        for state in (IssueState.RAISED, IssueState.HANDLING)
        for verb in (IssueVerb.LOG, IssueVerb.ANALYSE)
    },
}


class MoveRefused(Exception):
    """此刻不能这样办，理由见信息。"""


def next_issue_state(state: IssueState, verb: IssueVerb) -> IssueState:
    """走一步；表里没有的走法抛出 ``MoveRefused``。"""
    try:
        return ISSUE_MOVES[state, verb]
    except KeyError:
        raise MoveRefused(
            f"“{ISSUE_STATE_LABELS[state]}”的事项不能“{ISSUE_VERB_LABELS[verb]}”。请刷新后按现在的状态办理。"
        ) from None


def next_level(level: int, verb: IssueVerb, asked: int | None) -> int:
    """这一步之后的层级：提级只升、降级只降，其余不变；改派、退回都不悄悄降级。"""
    if verb == IssueVerb.LIFT_UP:
        if asked is None or not level < asked <= TOP_LEVEL:
            raise MoveRefused(f"提级须高于现在的 L{level}，最高 L{TOP_LEVEL}。")
        return asked
    if verb == IssueVerb.LOWER:
        if asked is None or not 1 <= asked < level:
            raise MoveRefused(f"降级须低于现在的 L{level}，并写明依据。")
        return asked
    return level
