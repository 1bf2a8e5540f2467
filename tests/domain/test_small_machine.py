"""小机器走遍：一个问题、一条预警，两个人，每一步都试过；从起点走得到的每个位置 × 动作 × 时钟，没有一处有毛病（issue 5）。"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from kaopu.domain.alerts import (
    ALERT_MOVES,
    BLUE,
    STOPPED_ALERTS,
    AlertPosition,
    AlertState,
    AlertVerb,
    answered,
    reddened,
    renewed,
    stopped,
)
from kaopu.domain.colours import Colour
from kaopu.domain.coordination import BY_SYSTEM, Act, Position, Rules, follow_order, move, push, standing
from kaopu.domain.escalation import IssueState, IssueVerb, MoveRefused, is_overdue, rises
from kaopu.domain.ladder import LEVELS, Ladder, LadderPolicy
from kaopu.domain.watch import flaws
from kaopu.domain.workdays import WorkCalendar

MONDAY = date(2022, 9, 5)
OFFICE, UNIT = 1, 2
PEOPLE = ("甲", "乙")
POLICY = LadderPolicy(limits=dict.fromkeys(LEVELS, 2), notified={level: ("role",) for level in LEVELS})
RULES = Rules(
    ladder=Ladder(versions=((date.min, POLICY),)),
    calendar=WorkCalendar(exceptions={}, published=frozenset(range(2021, 2025))),
)
ASKED = {
    IssueVerb.CLOSE: [("", 1), ("验收单", 1)],
    IssueVerb.LIFT_UP: [("", level) for level in LEVELS],
    IssueVerb.LOWER: [("", level) for level in LEVELS],
}
DAYS = (0, 1, 2, 3, 7, 45)  # 期限之内、当天、过一天、过一周、停机四十五天


def again(position: Position, today: date) -> Position:
    """把今天挪回同一个周一：只看离期限几天，位置便有限。"""
    due = position.due_on
    back = position.look_back_on
    return replace(
        position, on=MONDAY,
        due_on=due and MONDAY + (due - today), look_back_on=back and MONDAY + timedelta(days=30),
    )  # fmt: skip


def acted(before: Position) -> Iterator[tuple[Act, Position | None]]:
    """每个人、每个动作都试一次，销号有没有佐证、升降到哪一级也都试；不许的为 ``None``。"""
    for verb, by in product(IssueVerb, PEOPLE):
        for evidence, level in ASKED.get(verb, [("", 1)]):
            yield _tried(before, verb, by, evidence, level)


def _tried(
    before: Position, verb: IssueVerb, by: str, evidence: str, level: int
) -> tuple[Act, Position | None]:
    act = Act(
        verb=verb, by=by, on=MONDAY, text="情况", evidence=evidence, level=level, unit=UNIT, analysis="因",
        proposal="策",
    )  # fmt: skip
    try:
        return act, move(before, act, office=OFFICE, rules=RULES)
    except MoveRefused:
        return act, None


def ticked(before: Position, today: date) -> Position:
    """引擎走到 ``today``。"""
    if before.due_on is None:
        return before
    steps = rises(
        level=before.level, due_on=before.due_on, today=today, ladder=RULES.ladder, calendar=RULES.calendar
    )
    for rise in steps:
        before = push(before, rise)
    return before


def test_no_position_reached_by_any_verb_and_any_clock_has_a_flaw() -> None:
    start = Position(
        state=IssueState.RAISED, level=1, owner=UNIT, court=UNIT, on=MONDAY, due_on=RULES.due(MONDAY, 1)
    )
    found, queue, tried = {start}, [start], 0
    while queue:
        before = queue.pop()
        after = []
        for act, position in acted(before):
            tried += 1
            closing = act.verb == IssueVerb.CLOSE and before.state == IssueState.REPLIED
            assert not closing or (position is not None) is (
                bool(act.evidence) and act.by not in before.handlers
            )
            assert act.verb not in BY_SYSTEM or position is None
            if position is not None:
                assert act.verb == IssueVerb.LOWER or position.level >= before.level
                after.append(position)
        for days in DAYS:
            tried += 1
            today = MONDAY + timedelta(days=days)
            once = ticked(before, today)
            assert ticked(once, today) == once and once.level >= before.level
            assert flaws(standing(once), today=today) == []
            after.append(again(once, today))
        longer = follow_order(before, due_on=MONDAY + timedelta(days=5), on=MONDAY)
        after += [longer] if longer is not None else []
        for position in after:
            assert flaws(standing(position), today=MONDAY) == [], (before, position)
            if position not in found:
                found.add(position)
                queue.append(position)

    assert {(position.state, position.level) for position in found} == set(product(IssueState, LEVELS))
    assert len(found) > 400 and tried > 20_000


WARNINGS = ((BLUE, 1), (Colour.YELLOW, 2), (Colour.YELLOW, 3), (Colour.RED, 3), (Colour.RED, 4))
UNTIL = (-1, 0, 2, 45, 46)  # 说明管到前一天（不许）、当天、两天后、整一个周期、多一天（不许）


def alert_acts(before: AlertPosition) -> Iterator[tuple[AlertVerb, AlertPosition | None]]:
    """月末续报成各种颜色与层级、红满天数、说明到各天、立为问题、解除，都试一次；不许的为 ``None``。"""
    for colour, level in WARNINGS[1:]:
        yield (
            AlertVerb.RENEW,
            _tried_alert(
                lambda colour=colour, level=level: renewed(
                    before, colour=colour, level=level, due=lambda asked: RULES.due(MONDAY, asked)
                )
            ),
        )
    if before.colour == Colour.RED:
        yield AlertVerb.RENEW, _tried_alert(lambda: reddened(before, due=RULES.due(MONDAY, 4)))
    for days in UNTIL:
        until = MONDAY + timedelta(days=days)
        after = _tried_alert(lambda until=until: answered(before, on=MONDAY, until=until, rules=RULES))
        assert after is None or days in UNTIL[1:-1]
        yield AlertVerb.ANSWER, after
    for verb in (AlertVerb.HAND, AlertVerb.LIFT):
        yield verb, _tried_alert(lambda verb=verb: stopped(before, verb))


def _tried_alert(act: Callable[[], AlertPosition]) -> AlertPosition | None:
    try:
        return act()
    except MoveRefused:
        return None


def test_no_alert_reached_by_any_verb_and_any_clock_has_a_flaw() -> None:
    found = {
        AlertPosition(
            state=AlertState.WAITING, level=level, colour=colour, owner=UNIT, due_on=RULES.due(MONDAY, level)
        )
        for colour, level in WARNINGS
    }
    queue, tried, handed = list(found), 0, 0
    while queue:
        before = queue.pop()
        after = []
        for verb, position in alert_acts(before):
            tried += 1
            if position is None:
                assert verb == AlertVerb.ANSWER or (before.state, verb) not in ALERT_MOVES
                continue
            assert position.state == ALERT_MOVES[before.state, verb]
            lighter = before.colour == Colour.RED and position.colour == Colour.YELLOW
            assert position.level >= before.level or lighter
            after.append(position)
        for days in DAYS:
            tried += 1
            today = MONDAY + timedelta(days=days)
            late = is_overdue(before.due_on, on=today)
            once = stopped(before, AlertVerb.HAND) if late else before
            handed += late
            assert flaws(once.standing, today=today) == []
            assert not is_overdue(once.due_on, on=today)  # 再走一遍无事可做
            after.append(replace(once, due_on=once.due_on and MONDAY + (once.due_on - today)))
        for position in after:
            assert flaws(position.standing, today=MONDAY) == [], (before, position)
            assert (position.due_on is None) is (position.state in STOPPED_ALERTS)
            if position not in found:
                found.add(position)
                queue.append(position)

    assert {position.state for position in found} == set(AlertState) and handed
    assert len(found) > 100 and tried > 1000
