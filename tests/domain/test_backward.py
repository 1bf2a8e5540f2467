"""倒排：最迟日、浮时、容缺、去掉节点，与规则的一行一个节点（HANDBOOK §5.7）。"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaopu.domain.backward import (
    Counted,
    Node,
    NodeState,
    Progress,
    ScheduleRefused,
    chain_problems,
    latest_dates,
    needed_for,
    placed,
    without,
)
from kaopu.domain.backward_rules import (
    DEFAULT_CHAIN,
    REACHED_BY,
    ChainPolicy,
    read_lines,
    write_lines,
)
from kaopu.domain.permits import CONSTRUCTION_PERMIT
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind
from kaopu.domain.workdays import WorkCalendar

# 2023-01-21 至 27 春节，01-28、29 调休上班
CALENDAR = WorkCalendar(
    exceptions={
        **{date(2023, 1, day): False for day in range(21, 28)},
        date(2023, 1, 2): False,
        date(2023, 1, 28): True,
        date(2023, 1, 29): True,
    },
    published=frozenset({2022, 2023}),
)
DEFAULT = ChainPolicy.read(DEFAULT_CHAIN).nodes


def node(
    name: str, days: int, *after: str, counted: Counted = Counted.WORKDAY, waivable: bool = False
) -> Node:
    return Node(
        name=name,
        aspect="立项",
        issuer="区发改委",
        days=days,
        counted=counted,
        after=after,
        waivable=waivable,
    )


def test_the_last_day_to_start_counts_back_over_the_holiday_and_its_working_weekend() -> None:
    """五个工作日的事二月一日办完：二月一、一月三十一、三十、二十九、二十八，所以节前最后一个工作日就得受理。"""
    latest = latest_dates([node("甲", 5)], due_on=date(2023, 2, 1), calendar=CALENDAR)["甲"]
    assert (latest.start, latest.finish) == (date(2023, 1, 20), date(2023, 2, 1))

    longer = latest_dates([node("甲", 6)], due_on=date(2023, 2, 1), calendar=CALENDAR)["甲"]
    assert longer.start == date(2023, 1, 19)


def test_a_tender_counts_calendar_days_and_a_predecessor_follows_its_earliest_successor() -> None:
    chain = [
        node("批复", 3),
        node("招标", 20, "批复", counted=Counted.CALENDAR),
        node("审图", 5, "批复"),
        node("许可", 2, "招标", "审图"),
    ]
    latest = latest_dates(chain, due_on=date(2022, 6, 30), calendar=CALENDAR)

    assert latest["许可"].start == date(2022, 6, 28)
    assert (latest["招标"].start, latest["审图"].start) == (date(2022, 6, 8), date(2022, 6, 21))
    assert latest["批复"].finish == date(2022, 6, 8)


def test_a_waivable_node_may_finish_with_its_successor() -> None:
    chain = [node("稳评", 5, waivable=True), node("可研", 5, "稳评")]
    latest = latest_dates(chain, due_on=date(2022, 6, 30), calendar=CALENDAR)
    rows = placed(chain, latest, {}, today=date(2022, 6, 1), calendar=CALENDAR)

    assert latest["稳评"].finish == latest["可研"].finish == date(2022, 6, 30)
    assert [row.forecast for row in rows] == [date(2022, 6, 8)] * 2
    assert rows[1].ready, "容缺的前置没办完也可以受理"


@pytest.mark.parametrize(
    ("today", "float_days", "state"),
    [
        (date(2022, 6, 20), 1, NodeState.FLOATING),
        (date(2022, 6, 21), 0, NodeState.CRITICAL),
        (date(2022, 6, 22), -1, NodeState.NO_FLOAT),
    ],
)
def test_the_float_shrinks_day_by_day_until_there_is_none(
    today: date, float_days: int, state: NodeState
) -> None:
    chain = [node("批复", 3), node("许可", 4, "批复")]
    latest = latest_dates(chain, due_on=date(2022, 6, 30), calendar=CALENDAR)
    rows = placed(chain, latest, {}, today=today, calendar=CALENDAR)

    assert latest["批复"].start == date(2022, 6, 21)
    assert {(row.float_days, row.state) for row in rows} == {(float_days, state)}
    assert [row.due_today(today) for row in rows] == [today >= date(2022, 6, 21), False]


def test_what_is_done_or_begun_counts_from_the_fact() -> None:
    chain = [node("批复", 3), node("许可", 4, "批复")]
    latest = latest_dates(chain, due_on=date(2022, 6, 30), calendar=CALENDAR)
    progress = {"批复": Progress(done_on=date(2022, 6, 20)), "许可": Progress(started_on=date(2022, 6, 21))}
    done, begun = placed(chain, latest, progress, today=date(2022, 6, 24), calendar=CALENDAR)

    assert (done.state, begun.forecast, begun.float_days) == (NodeState.DONE, date(2022, 6, 27), 3)
    late = placed(chain, latest, progress, today=date(2022, 6, 29), calendar=CALENDAR)[1]
    assert late.forecast == date(2022, 6, 29), "过了该办完的日子，预计就是今天"


def test_a_year_without_published_holidays_is_said_not_guessed() -> None:
    chain = [node("批复", 3, counted=Counted.CALENDAR), node("许可", 4, "批复")]
    latest = latest_dates(chain, due_on=date(2024, 1, 2), calendar=CALENDAR)

    assert latest["许可"].provisional and latest["批复"].provisional
    assert not latest_dates(chain, due_on=date(2023, 3, 1), calendar=CALENDAR)["批复"].provisional


def test_dropping_a_node_joins_what_came_before_to_what_comes_after() -> None:
    kept = without(DEFAULT, {"初步设计及概算批复", "可行性研究报告批复"})
    after = {item.name: set(item.after) for item in kept}

    assert after["施工图审查"] == {"用地预审与选址意见书", "社会稳定风险评估、节能审查", "设计方案批复"}
    assert chain_problems(kept) == []


def test_the_chain_to_a_target_holds_all_that_comes_before_it() -> None:
    names = [item.name for item in needed_for(DEFAULT, "开工")]
    assert names[-1] == "开工" and CONSTRUCTION_PERMIT in names and "完工" not in names
    assert {before for item in needed_for(DEFAULT, "开工") for before in item.after} <= set(names)
    with pytest.raises(ScheduleRefused, match="没有“绿化移交”"):
        needed_for(DEFAULT, "绿化移交")


def test_the_default_chain_reads_writes_and_has_no_flaw() -> None:
    assert RULE_KINDS[RuleKind.CHAIN].check(DEFAULT_CHAIN) == []
    assert tuple(read_lines(write_lines(DEFAULT))) == DEFAULT
    assert set(REACHED_BY) <= {item.name for item in DEFAULT}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda nodes: [*nodes, nodes[0]], "写了两次"),
        (lambda nodes: [replace(nodes[0], after=("无此节点",)), *nodes[1:]], "不在表里"),
        (lambda nodes: [replace(nodes[0], after=(nodes[3].name,)), *nodes[1:]], "前置成了圈"),
        (lambda nodes: [replace(nodes[0], days=2_000), *nodes[1:]], "0 至 1500"),
        (lambda nodes: [replace(nodes[0], issuer=""), *nodes[1:]], "牵头部门"),
        (lambda nodes: [], "一个节点也没有"),
        (lambda nodes: without(nodes, {CONSTRUCTION_PERMIT}), "须有“建筑工程施工许可证”"),
        (lambda nodes: without(nodes, {"开工"}), "须有“开工”"),
    ],
)
def test_a_flawed_chain_is_refused_with_the_line_at_fault(change: object, said: str) -> None:
    assert callable(change)
    problems = ChainPolicy(nodes=tuple(change(list(DEFAULT)))).problems()
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("甲｜立项｜区发改委｜3｜工作日｜｜", "第 1 行有 7 栏"),
        ("甲｜立项｜区发改委｜3｜天｜｜｜", "“天”不认得"),
        ("甲｜立项｜区发改委｜三｜工作日｜｜｜", "须是整数"),
        ("甲｜立项｜区发改委｜3｜工作日｜｜可｜", "留空或写“容缺”"),
    ],
)
def test_a_line_that_cannot_be_read_names_its_number(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_lines(line)


@st.composite
def chains(draw: st.DrawFn) -> list[Node]:
    """任意的节点表：前置只指向更早的节点，所以没有圈。"""
    found: list[Node] = []
    for number in range(draw(st.integers(1, 8))):
        after = draw(st.lists(st.sampled_from([item.name for item in found]), unique=True)) if found else []
        found.append(
            node(
                f"节点{number}", draw(st.integers(1, 40)), *after,
                counted=draw(st.sampled_from(Counted)), waivable=draw(st.booleans()),
            )
        )  # fmt: skip
    return found


def next_start(day: date, item: Node) -> date:
    """下一个可以受理的日子。"""
    day += timedelta(days=1)
    while item.counted is Counted.WORKDAY and not CALENDAR.exceptions.get(day, day.weekday() < 5):
        day += timedelta(days=1)
    return day


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chain=chains(), offset=st.integers(0, 500))
def test_starting_each_node_on_its_last_day_meets_the_target_and_a_day_later_does_not(
    chain: list[Node], offset: int
) -> None:
    """不另写一遍算法：照最迟日开始，往前推正好赶上；再晚一天，就有节点赶不上自己的最迟完成。"""
    due_on = date(2022, 6, 30) + timedelta(days=offset)
    latest = latest_dates(chain, due_on=due_on, calendar=CALENDAR)
    for item in chain:
        for before in item.after:
            waived = next(one.waivable for one in chain if one.name == before)
            limit = latest[item.name].finish if waived else latest[item.name].start
            assert latest[before].finish <= limit
    for item in chain:
        on_time = {item.name: Progress(started_on=latest[item.name].start)}
        alone = placed(
            [replace(item, after=())], latest, on_time, today=latest[item.name].start, calendar=CALENDAR
        )
        assert alone[0].float_days >= 0
        later = next_start(latest[item.name].start, item)
        late = {item.name: Progress(started_on=later)}
        again = placed([replace(item, after=())], latest, late, today=later, calendar=CALENDAR)
        assert again[0].forecast > latest[item.name].finish


@pytest.mark.parametrize("today", [date(2022, 6, 25), date(2022, 6, 26), date(2023, 1, 21)])
def test_a_day_off_after_the_last_day_to_start_has_no_float_left(today: date) -> None:
    """最迟开始的那天过了，次日起就是“已无浮时”（§3.12），不等到下一个上班的日子。"""
    start = CALENDAR.previous_workday(today)
    chain = [node("批复", 3)]
    latest = latest_dates(chain, due_on=CALENDAR.after(start, 3), calendar=CALENDAR)
    assert latest["批复"].start == start

    (row,) = placed(chain, latest, {}, today=today, calendar=CALENDAR)
    assert (row.state, row.float_days) == (NodeState.NO_FLOAT, -1)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chain=chains(), offset=st.integers(0, 300), later=st.integers(1, 60))
def test_whatever_the_day_a_node_not_begun_by_its_last_day_has_no_float(
    chain: list[Node], offset: int, later: int
) -> None:
    due_on = date(2022, 6, 30) + timedelta(days=offset)
    latest = latest_dates(chain, due_on=due_on, calendar=CALENDAR)
    for item in chain:
        today = latest[item.name].start + timedelta(days=later)
        rows = {row.node.name: row for row in placed(chain, latest, {}, today=today, calendar=CALENDAR)}
        assert rows[item.name].state is NodeState.NO_FLOAT
