"""随机走：升级、办理、漏跑、重跑、改历、跳钟，一件也不掉（长跑见 ``make proof``）。"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kaopu.domain.coordination import Position, standing
from kaopu.domain.escalation import IssueState
from kaopu.domain.watch import flaws
from tests.domain.world import EVENT_BYTES, START, World


class LoopMachine(RuleBasedStateMachine):
    """字节就是事件：三个一组。"""

    counted = 0
    told: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.world = World(told=type(self).told)

    @rule(batch=st.binary(min_size=EVENT_BYTES * 50, max_size=EVENT_BYTES * 50))
    def events(self, batch: bytes) -> None:
        """一口气五十个事件，每个之后都核对。"""
        for start in range(0, len(batch), EVENT_BYTES):
            self.world.event(*batch[start : start + EVENT_BYTES])
        type(self).counted += len(batch) // EVENT_BYTES

    @invariant()
    def nothing_is_dropped(self) -> None:
        """世界的不变量。"""
        self.world.check()


def walk(examples: int, steps: int = 20) -> int:
    """走 ``examples`` 个世界，返回走了多少个事件；有一个毛病就失败。"""
    LoopMachine.counted = 0
    quiet = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(LoopMachine, settings=quiet)
    return LoopMachine.counted


def test_random_events_drop_nothing() -> None:
    assert walk(5) >= 1000


def position(**changes: object) -> Position:
    values = {
        "state": IssueState.RAISED, "level": 1, "owner": 2, "court": 2, "on": START, "due_on": date(2022, 9, 8), **changes
    }  # fmt: skip
    return Position(**values)


@pytest.mark.parametrize(
    ("changes", "alarmed", "flaw"),
    [
        ({}, False, None),
        ({"due_on": date(2022, 8, 31)}, False, "期限已过而无人报警"),
        ({"due_on": date(2022, 8, 31)}, True, None),
        ({"due_on": None}, True, "没有期限"),
        ({"owner": 0}, False, "没有牵头单位"),
        ({"level": 5}, False, "层级不在"),
        ({"state": IssueState.CLOSED}, False, "钟没有停"),
        ({"state": IssueState.CLOSED, "due_on": None}, False, None),
    ],
)
def test_the_watch_sees_each_flaw(changes: dict[str, object], alarmed: bool, flaw: str | None) -> None:
    found = flaws(standing(position(**changes)), today=START, alarmed=alarmed)

    assert (flaw is None and found == []) or any(flaw in text for text in found if flaw)
