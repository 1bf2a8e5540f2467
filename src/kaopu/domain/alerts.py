"""分级预警：什么颜色报几级、几时必须答复、何时解除（HANDBOOK §3.2、§5.5，种子 D07、D09）。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kaopu.domain.colours import Colour
from kaopu.domain.escalation import MoveRefused
from kaopu.domain.ladder import TOP_LEVEL, LadderPolicy

BLUE = "blue"


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
    (AlertState.HANDED, AlertVerb.WARN): AlertState.WAITING,  # 问题已销号而颜色未转好：再发
    (AlertState.WAITING, AlertVerb.RENEW): AlertState.WAITING,
    (AlertState.ANSWERED, AlertVerb.RENEW): AlertState.WAITING,  # 到了下次月末仍未转好：须重新答复
    (AlertState.HANDED, AlertVerb.RENEW): AlertState.HANDED,
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
