"""分级预警：什么颜色报几级、几时必须答复、何时解除（HANDBOOK §3.2、§5.5，种子 D07、D09）。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from kaopu.domain.colours import Colour
from kaopu.domain.coordination import Rules
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import MoveRefused
from kaopu.domain.ladder import TOP_LEVEL, LadderPolicy
from kaopu.domain.watch import Standing

BLUE = "blue"
DUE_RULE = "due"  # 蓝色提醒的规则：目标将到期
SEVERITY: Mapping[str, int] = {Colour.YELLOW: 1, Colour.RED: 2}
LEAST_HANDED_LEVEL = 2  # 没人答复的，立为问题至少二级


class AlertState(StrEnum):
    """预警的状态。"""

    WAITING = "waiting"
    ANSWERED = "answered"
    HANDED = "handed"
    LIFTED = "lifted"


ALERT_STATE_LABELS = {
    AlertState.WAITING: "待答复",
    AlertState.ANSWERED: "已说明",
    AlertState.HANDED: "已立为问题",
    AlertState.LIFTED: "已解除",
}


class AlertVerb(StrEnum):
    """对预警能做的事。"""

    WARN = "warn"
    RENEW = "renew"
    ANSWER = "answer"
    HAND = "hand"
    LIFT = "lift"


ALERT_VERB_LABELS = {
    AlertVerb.WARN: "发出",
    AlertVerb.RENEW: "续报",
    AlertVerb.ANSWER: "说明",
    AlertVerb.HAND: "立为问题",
    AlertVerb.LIFT: "解除",
}

ALERT_MOVES: Mapping[tuple[AlertState, AlertVerb], AlertState] = {
    (AlertState.WAITING, AlertVerb.ANSWER): AlertState.ANSWERED,
    (AlertState.WAITING, AlertVerb.HAND): AlertState.HANDED,
    (AlertState.ANSWERED, AlertVerb.HAND): AlertState.HANDED,
    (AlertState.WAITING, AlertVerb.RENEW): AlertState.WAITING,
    (AlertState.ANSWERED, AlertVerb.RENEW): AlertState.WAITING,  # 到了下次月末仍未转好：须重新答复
    (AlertState.HANDED, AlertVerb.RENEW): AlertState.HANDED,  # 问题销了号而仍未转好的，重新打开的是问题
    **{
        (state, AlertVerb.LIFT): AlertState.LIFTED
        for state in (AlertState.WAITING, AlertState.ANSWERED, AlertState.HANDED)
    },
}


def next_alert_state(state: AlertState, verb: AlertVerb) -> AlertState:
    """走一步；表里没有的走法抛出 ``MoveRefused``。"""
    try:
        return ALERT_MOVES[state, verb]
    except KeyError:
        raise MoveRefused(
            f"“{ALERT_STATE_LABELS[state]}”的预警不能“{ALERT_VERB_LABELS[verb]}”。请刷新后按现在的状态办理。"
        ) from None


STOPPED_ALERTS = frozenset({AlertState.HANDED, AlertState.LIFTED})  # 钟已停：由问题跟着，或解除了


@dataclass(frozen=True, kw_only=True)
class AlertPosition:
    """一条预警的现行位置；``due_on`` 为空即钟已停。预警的球总在牵头单位手里。"""

    state: AlertState
    level: int
    colour: str
    owner: int
    due_on: date | None

    @property
    def standing(self) -> Standing:
        """站位，供核对有没有掉。"""
        return Standing(
            stopped=self.state in STOPPED_ALERTS, owner=self.owner, court=self.owner, level=self.level,
            due_on=self.due_on,
        )  # fmt: skip


def renewed(before: AlertPosition, *, colour: str, level: int, due: Callable[[int], date]) -> AlertPosition:
    """续报：颜色转轻的层级随新颜色，否则只升不降；升了级、说明到了期的重新限期；由问题跟着的不另起钟。"""
    eased = SEVERITY[colour] < SEVERITY.get(before.colour, 0)
    after = replace(
        before, state=next_alert_state(before.state, AlertVerb.RENEW), colour=colour,
        level=level if eased else max(level, before.level),
    )  # fmt: skip
    if after.state == AlertState.HANDED:
        return after
    if after.level > before.level or before.state == AlertState.ANSWERED:
        return replace(after, due_on=due(after.level))  # 说明只管到下次月末：仍未转好，重新答复
    return after


def reddened(before: AlertPosition, *, due: date) -> AlertPosition:
    """红满天数：当天升到顶级，期限只早不晚；由问题跟着的不另起钟，升的是问题。"""
    after = replace(before, state=next_alert_state(before.state, AlertVerb.RENEW), level=TOP_LEVEL)
    if after.state == AlertState.HANDED:
        return after
    if before.state == AlertState.WAITING and before.due_on is not None:
        due = min(before.due_on, due)
    return replace(after, due_on=due)


def answered(before: AlertPosition, *, on: date, until: date, rules: Rules) -> AlertPosition:
    """说明：至多管一个周期；到期未转绿即立为问题。时钟被拨回时从引擎办到的一天数起。"""
    start = rules.floor(on)
    longest = start + timedelta(days=rules.ladder.on(start).longest_gap_days)
    if not start <= until <= longest:
        raise MoveRefused(f"说明至多管一个周期：日期须在{chinese_day(start)}至{chinese_day(longest)}之间。")
    return replace(before, state=next_alert_state(before.state, AlertVerb.ANSWER), due_on=until)


def stopped(before: AlertPosition, verb: AlertVerb) -> AlertPosition:
    """立为问题、解除：预警的钟停；立为问题的，此后走的是问题的钟。"""
    return replace(before, state=next_alert_state(before.state, verb), due_on=None)


def alert_level(
    colour: Colour, *, red_since: date | None, on: date, yellows: int, policy: LadderPolicy
) -> int | None:
    """该报几级：黄为二级，连着黄够次数为三级，红为三级，红满天数为四级；绿与灰不报。"""
    if colour == Colour.YELLOW:
        return 3 if yellows >= policy.yellows_to_third else 2
    if colour != Colour.RED:
        return None
    days = (on - red_since).days if red_since else 0
    return TOP_LEVEL if days >= policy.red_top_days else 3


@dataclass(frozen=True, kw_only=True)
class Warning:
    """一条该发的预警：颜色、级别、触发的规则、实测与阈值。"""

    colour: str
    level: int
    rule: str
    measured: str
    threshold: str
    sentence: str


def warning_from(
    *,
    colour: Colour,
    hits: tuple[Mapping[str, str], ...],
    red_since: date | None,
    on: date,
    yellows: int,
    policy: LadderPolicy,
) -> Warning | None:
    """由月末评定得出的预警；不该预警的返回 ``None``。取最重一色的第一条规则为主，理由合写。"""
    level = alert_level(colour, red_since=red_since, on=on, yellows=yellows, policy=policy)
    if level is None or not hits:
        return None
    worst = [hit for hit in hits if hit["colour"] == colour] or list(hits)
    return Warning(
        colour=colour.value,
        level=level,
        rule=",".join(hit["rule"] for hit in worst),
        measured="；".join(hit["measured"] for hit in worst),
        threshold="；".join(hit["threshold"] for hit in worst),
        sentence="；".join(hit["sentence"] for hit in worst),
    )
