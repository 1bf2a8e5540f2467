"""逐级协调与督办的小机器：状态 × 动作 × 时钟，一格不漏地走一遍（HANDBOOK §3.2、§3.3、§5.5）。"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product

import pytest

from kaopu.domain.alerts import ALERT_MOVES, AlertState, AlertVerb, alert_level, next_alert_state
from kaopu.domain.colours import Colour
from kaopu.domain.escalation import (
    ISSUE_MOVES,
    IssueState,
    IssueVerb,
    MoveRefused,
    due_after,
    is_overdue,
    next_issue_state,
    next_level,
    rises,
    workdays_between,
)
from kaopu.domain.ladder import DEFAULT_LADDER, LEVELS, Ladder, LadderPolicy
from kaopu.domain.supervision_orders import (
    IN_HAND,
    ORDER_MOVES,
    STOPPED,
    OrderState,
    OrderVerb,
    may_close,
    may_extend,
    next_order_state,
)
from kaopu.domain.workdays import WorkCalendar

POLICY = LadderPolicy(
    limits={1: 5, 2: 10, 3: 15, 4: 5},
    notified={1: ("project_officer",), 2: ("office_section",), 3: ("office_director",), 4: ("clerk",)},
)
# 2022 年国庆：10 月 1—7 日放假，8、9 日（周末）上班
OCTOBER = {date(2022, 10, day): False for day in range(1, 8)} | {
    date(2022, 10, 8): True,
    date(2022, 10, 9): True,
}
LADDER = Ladder(versions=((date(2000, 1, 1), POLICY),))
CALENDAR = WorkCalendar(exceptions=OCTOBER, published=frozenset({2022}))
PLAIN = WorkCalendar(exceptions={}, published=frozenset(range(2000, 2100)))
STARTS = [date(2022, 1, 3) + timedelta(days=number) for number in range(370)]


@pytest.mark.parametrize(
    ("start", "workdays", "expected"),
    [
        (date(2022, 9, 1), 5, date(2022, 9, 8)),
        (date(2022, 9, 29), 1, date(2022, 9, 30)),
        (date(2022, 9, 30), 1, date(2022, 10, 8)),  # 国庆之后第一个工作日是周六
        (date(2022, 9, 30), 3, date(2022, 10, 10)),
    ],
)
def test_a_limit_counts_the_days_the_table_says_are_worked(
    start: date, workdays: int, expected: date
) -> None:
    due = due_after(start, workdays, CALENDAR)

    assert (due.on, due.provisional) == (expected, False)
    assert workdays_between(start, due.on, CALENDAR) == workdays


@pytest.mark.parametrize("workdays", [1, 5, 15])
def test_an_unpublished_year_makes_the_limit_earlier_never_later_and_says_so(workdays: int) -> None:
    start = date(2022, 12, 30)
    due = due_after(start, workdays, CALENDAR)

    assert due.provisional and due.on == start + timedelta(days=workdays)
    assert due.on <= due_after(start, workdays, PLAIN).on


@pytest.mark.parametrize(("on", "late"), [(date(2022, 9, 8), False), (date(2022, 9, 9), True)])
def test_overdue_begins_the_day_after_and_never_when_the_clock_is_stopped(on: date, late: bool) -> None:
    assert is_overdue(date(2022, 9, 8), on=on) is late
    assert not is_overdue(None, on=on)


def test_an_ignored_issue_climbs_one_level_each_time_a_limit_passes() -> None:
    walked = list(
        rises(level=1, due_on=date(2022, 9, 8), today=date(2022, 11, 30), ladder=LADDER, calendar=CALENDAR)
    )

    assert [(rise.level, rise.on, rise.due_on, rise.urged) for rise in walked] == [
        (2, date(2022, 9, 9), date(2022, 9, 23), False),
        (3, date(2022, 9, 24), date(2022, 10, 19), False),
        (4, date(2022, 10, 20), date(2022, 10, 27), False),
        (4, date(2022, 11, 30), date(2022, 12, 7), True),
    ]


@pytest.mark.parametrize("level", LEVELS)
def test_whatever_the_clock_says_the_due_day_ends_up_not_before_today(level: int) -> None:
    for start, ahead in product(STARTS[:7], (0, 1, 4, 7, 8, 20, 45, 90, 200)):
        today = start + timedelta(days=ahead)
        due, at = start, level
        for rise in rises(level=level, due_on=start, today=today, ladder=LADDER, calendar=PLAIN):
            assert rise.level >= at and rise.on <= today  # 只升不降，不预支将来
            due, at = rise.due_on, rise.level
        assert due >= today and at in LEVELS


@pytest.mark.parametrize("level", [1, 2, 3])
def test_missed_days_made_up_at_once_end_where_daily_runs_end(level: int) -> None:
    for start, ahead in product(STARTS[:7], (1, 6, 13, 30, 44)):
        today = start + timedelta(days=ahead)
        at, due = level, start
        for number in range(ahead + 1):
            for rise in rises(
                level=at, due_on=due, today=start + timedelta(days=number), ladder=LADDER, calendar=PLAIN
            ):
                at, due = rise.level, rise.due_on
        leap = list(rises(level=level, due_on=start, today=today, ladder=LADDER, calendar=PLAIN))
        if not any(rise.urged for rise in leap):
            assert (leap[-1].level, leap[-1].due_on) == (at, due) if leap else (level, start)


def test_issue_moves_every_cell() -> None:
    for state, verb in product(IssueState, IssueVerb):
        if (state, verb) in ISSUE_MOVES:
            assert next_issue_state(state, verb) in IssueState
        else:
            with pytest.raises(MoveRefused, match="请刷新后按现在的状态办理"):
                next_issue_state(state, verb)


def reachable(start: str, moves: dict[tuple[str, str], str]) -> set[str]:
    found, queue = {start}, [start]
    while queue:
        here = queue.pop()
        for (state, _), target in moves.items():
            if state == here and target not in found:
                found.add(target)
                queue.append(target)
    return found


@pytest.mark.parametrize(
    ("start", "moves", "states", "ends"),
    [
        (IssueState.RAISED, ISSUE_MOVES, IssueState, {IssueState.CLOSED}),
        (OrderState.DRAFT, ORDER_MOVES, OrderState, STOPPED),
        (AlertState.WAITING, ALERT_MOVES, AlertState, {AlertState.LIFTED}),
    ],
)
def test_every_state_is_reached_and_from_every_state_an_end_is_reached(start, moves, states, ends) -> None:
    assert reachable(start, moves) == set(states)
    for state in states:
        assert reachable(state, moves) & set(ends)


def test_only_review_leads_to_the_end_of_an_issue_and_time_moves_every_open_one() -> None:
    closing = {state for (state, verb), target in ISSUE_MOVES.items() if target == IssueState.CLOSED}

    assert closing == {IssueState.REPLIED}
    assert {state for state, verb in ISSUE_MOVES if verb == IssueVerb.RISE} == set(IssueState) - {
        IssueState.CLOSED
    }
    assert {verb for state, verb in ISSUE_MOVES if state == IssueState.CLOSED} == {IssueVerb.REOPEN}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("asked", [None, 0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("verb", list(IssueVerb))
def test_a_level_rises_only_by_lifting_and_falls_only_by_decision(verb, asked, level) -> None:
    lawful = (verb == IssueVerb.LIFT_UP and asked in range(level + 1, 5)) or (
        verb == IssueVerb.LOWER and asked in range(1, level)
    )
    if verb not in (IssueVerb.LIFT_UP, IssueVerb.LOWER):
        assert next_level(level, verb, asked) == level
    elif lawful:
        assert next_level(level, verb, asked) == asked
    else:
        with pytest.raises(MoveRefused):
            next_level(level, verb, asked)


def test_order_moves_every_cell() -> None:
    for state, verb in product(OrderState, OrderVerb):
        if (state, verb) in ORDER_MOVES:
            assert next_order_state(state, verb) == ORDER_MOVES[state, verb]
        else:
            with pytest.raises(MoveRefused):
                next_order_state(state, verb)


def test_an_order_is_struck_off_only_after_review_and_overdue_is_no_state() -> None:
    assert [key for key, target in ORDER_MOVES.items() if target == OrderState.CLOSED] == [
        (OrderState.COMPLETED, OrderVerb.CLOSE)
    ]
    assert not any("overdue" in state for state in OrderState)
    assert {state for state, verb in ORDER_MOVES if verb == OrderVerb.PRESS} == set(OrderState) - STOPPED
    assert {state for state, verb in ORDER_MOVES if verb == OrderVerb.ASK_EXTENSION} == set(IN_HAND)


def test_alert_moves_every_cell() -> None:
    for state, verb in product(AlertState, AlertVerb):
        if (state, verb) in ALERT_MOVES:
            assert next_alert_state(state, verb) in AlertState
        else:
            with pytest.raises(MoveRefused):
                next_alert_state(state, verb)


@pytest.mark.parametrize(
    ("colour", "red_since", "yellows", "level"),
    [
        (Colour.GREEN, None, 0, None),
        (Colour.GREY, None, 0, None),
        (Colour.YELLOW, None, 1, 2),
        (Colour.YELLOW, None, 2, 3),
        (Colour.RED, date(2022, 12, 31), 0, 3),
        (Colour.RED, date(2022, 11, 2), 0, 3),  # 59 天
        (Colour.RED, date(2022, 11, 1), 0, 4),  # 60 天
    ],
)
def test_the_level_of_an_alert(colour, red_since, yellows, level) -> None:
    assert (
        alert_level(colour, red_since=red_since, on=date(2022, 12, 31), yellows=yellows, policy=POLICY)
        == level
    )


@pytest.mark.parametrize(("asked", "allowed"), [(date(2022, 9, 20), True), (date(2022, 9, 21), False)])
def test_an_extension_is_heard_until_the_due_day(asked: date, allowed: bool) -> None:
    assert may_extend(asked_on=asked, due_on=date(2022, 9, 20), until=date(2022, 10, 1)).allowed is allowed
    assert not may_extend(asked_on=asked, due_on=date(2022, 9, 20), until=date(2022, 9, 20)).allowed


@pytest.mark.parametrize(
    ("closer", "evidence", "allowed"),
    [("b", "验收单3号", True), ("a", "验收单3号", False), ("b", " ", False)],
)
def test_closing_needs_evidence_and_someone_who_did_not_handle_it(
    closer: str, evidence: str, allowed: bool
) -> None:
    assert may_close(handlers=frozenset({"a", "c"}), closer=closer, evidence=evidence).allowed is allowed


def parameters(**changes: object) -> dict[str, object]:
    return {**DEFAULT_LADDER, **changes}


def notified(**changes: list[str]) -> dict[str, object]:
    first = DEFAULT_LADDER["notified"]
    assert isinstance(first, dict)
    return parameters(notified={**first, **{name.strip("L"): roles for name, roles in changes.items()}})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "缺少或多出"),
        (parameters(extra=1), "缺少或多出"),
        (parameters(limits={"1": 5}), "L2 的工作日限须在 1 至 120 之间"),
        (parameters(limits={str(level): 0 for level in LEVELS}), "L1 的工作日限"),
        (parameters(limits={str(level): 5 for level in range(1, 6)}), "没有这些层级：\\[5\\]"),
        (notified(L2=[]), "L2 没有写明通知谁"),
        (notified(L4=["clerk", "project_officer"]), "“项目专员”在 L1、L4 重复"),
        (notified(L4=["sysadmin"]), "“系统管理员”看不见问题"),
        (notified(L4=["nobody"]), "“nobody”看不见问题"),
        (parameters(remind_days=0), "须为正数"),
    ],
)
def test_a_ladder_with_a_gap_or_an_overlap_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LadderPolicy.from_parameters(wrong)


def test_each_step_up_takes_the_limit_of_the_rules_in_force_on_its_own_day() -> None:
    """九月十日起限期加倍：此前升的按旧，此后升的按新；补跑与天天跑一样，已定的期限不动。"""
    doubled = replace(POLICY, limits={level: 2 * days for level, days in POLICY.limits.items()}, name="v2")
    ladder = Ladder(versions=((date(2022, 1, 1), POLICY), (date(2022, 9, 10), doubled)))

    def steps(today: date) -> list[tuple[int, date, date, str]]:
        found = rises(level=1, due_on=date(2022, 9, 8), today=today, ladder=ladder, calendar=PLAIN)
        return [(rise.level, rise.on, rise.due_on, rise.rules) for rise in found]

    first = (2, date(2022, 9, 9), due_after(date(2022, 9, 9), 10, PLAIN).on, "")
    second = (3, first[2] + timedelta(1), due_after(first[2] + timedelta(1), 30, PLAIN).on, "v2")
    assert steps(date(2022, 9, 9)) == [first] == steps(first[2])
    assert steps(second[1]) == [first, second]
    with pytest.raises(LookupError, match="没有生效的逐级协调规则"):
        ladder.on(date(2021, 12, 31))


def test_a_higher_level_tells_more_people_and_never_fewer() -> None:
    told = [POLICY.roles_at(level) for level in LEVELS]

    assert all(lower < higher for lower, higher in pairwise(told))
    assert (POLICY.threshold_of("office_director"), POLICY.threshold_of("auditor")) == (3, None)
