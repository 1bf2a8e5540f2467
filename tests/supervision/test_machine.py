"""随机走真正的动作与真正的库：预警、问题、督办单，一件也不掉（长跑见 ``make proof``）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from kaopu.accounts.models import User
from kaopu.domain.alerts import AlertState
from kaopu.domain.colours import Colour
from kaopu.domain.escalation import ISSUE_MOVES, IssueState, IssueVerb, MoveRefused
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import ORDER_MOVES, OrderState, OrderVerb
from kaopu.projects.models import Project, ProjectYear
from kaopu.supervision.actions import (
    act_on_issue,
    act_on_order,
    advance,
    answer_alert,
    draft_order,
    hand_alert,
    raise_issue,
    warn_month,
)
from kaopu.supervision.models import AlertStep, Heartbeat, Issue, IssueStep, OrderStep, SupervisionOrder
from kaopu.supervision.queries.watch import dropped
from kaopu.tracking.actions.calendar import CalendarRefused, change_day
from kaopu.tracking.queries.calendar import last_change
from tests import factories

EVENT_BYTES = 3
START = date(2022, 9, 1)
UNITS = ("区建管委", "区绿化市容局")
AHEAD = frozenset(
    {
        IssueVerb.REPLY, IssueVerb.CLOSE, OrderVerb.SUBMIT, OrderVerb.APPROVE, OrderVerb.SIGN, OrderVerb.START,
        OrderVerb.REPORT, OrderVerb.REVIEW, OrderVerb.COMPLETE, OrderVerb.CLOSE,
    }
)  # fmt: skip


@dataclass(kw_only=True)
class Desk:
    """一张真办公桌：真库、真动作，事件由字节驱动。"""

    year: ProjectYear
    people: list[User]
    today: date = START
    told: Counter[str] = field(default_factory=Counter)

    @classmethod
    def opened(cls) -> Desk:
        goal_due = START + timedelta(days=40)
        year = factories.project_list(
            [factories.listed("示例", due_on=goal_due, profile={"responsible_unit": factories.unit()})]
        )[0]
        people = [
            factories.user(), factories.user(Role.OFFICE_DIRECTOR), factories.user(Role.DISTRICT_LEADER),
            factories.user(Role.RESPONSIBLE_UNIT, factories.unit()),
        ]  # fmt: skip
        desk = cls(year=year, people=people)
        desk.tick()
        return desk

    @property
    def project(self) -> Project:
        return self.year.project

    def event(self, code: int, first: int, second: int) -> None:
        """一个事件，随即核对。"""
        self.happen(code, first, second)
        self.check()

    def happen(self, code: int, first: int, second: int) -> None:
        """一个事件；不该办的记为拒绝。"""
        by = self.people[first % len(self.people)]
        try:
            with transaction.atomic():
                self._event(code, by, first, second)
            self.told["办成"] += 1
        except MoveRefused:
            self.told["拒绝"] += 1

    def _event(self, code: int, by: User, first: int, second: int) -> None:
        kind = code % 10
        if kind == 0:
            raise_issue(project=self.project, title="事", by=by, on=self.today, level=1 + second % 4)
        elif kind in (1, 2, 3):
            self._issue(by, first, second)
        elif kind in (4, 5):
            self._order(by, first, second)
        elif kind in (6, 7):
            self._alert(by, first, second)
        elif kind == 8:
            self.today += timedelta(days=1 + second % 9)
            if second & 1:
                self.tick()
            else:
                self.told["漏跑"] += 1
        else:
            self._tick_or_edit(first, second)

    def _alert(self, by: User, first: int, second: int) -> None:
        """月末评定成某种颜色，或说明、立为问题一条还没有解除的预警。"""
        step = AlertStep.objects.live().exclude(state=AlertState.LIFTED).order_by("-pk").first()
        if step is None or second % 4 < 2:
            colour = (Colour.YELLOW, Colour.RED, Colour.GREEN, Colour.RED)[first % 4]
            hit = {
                "rule": ("d", "stop")[first // 4 % 2],
                "measured": "31天",
                "threshold": "30天",
                "sentence": "落后",
            }
            rows = [{"project_year": self.year, "colour": colour, "hits": [{**hit, "colour": colour}]}]
            warn_month(month_end=self.today, rows=rows, by=factories.operator())
            self.told["月末评定"] += 1
        elif second % 4 == 2:
            until = self.today + timedelta(days=first % 50)
            answer_alert(alert=step.alert, text="赶工", until=until, by=by, on=self.today)
            self.told["说明"] += 1
        else:
            hand_alert(alert=step.alert, title="立为问题", by=by, on=self.today)
            self.told["预警立为问题"] += 1

    def _issue(self, by: User, first: int, second: int) -> None:
        issue = Issue.objects.order_by("?" if first > 250 else "-pk").first()
        if issue is None:
            return
        state = IssueStep.objects.live().get(issue=issue).state
        verb = self._verb(ISSUE_MOVES, IssueState(state), IssueVerb, second)
        step = act_on_issue(
            issue=issue, verb=verb, by=by, on=self.today, text="情况" if first & 3 else "", evidence="单" if first & 4 else "",
            level=1 + first % 4, unit=factories.unit(UNITS[first % 2]), analysis="因", proposal="策" if second & 1 else "",
        )  # fmt: skip
        if verb == IssueVerb.REASSIGN:
            self.told["改派"] += 1
        if step.state == IssueState.CLOSED:
            self.told["销号"] += 1
            worked = issue.steps.filter(verb__in=("accept", "log", "analyse", "reply"))
            assert step.evidence and not worked.filter(actor=by.username).exists()

    def _order(self, by: User, first: int, second: int) -> None:
        order = SupervisionOrder.objects.order_by("-pk").first()
        if order is None or second % 31 == 0:
            due = self.today + timedelta(days=1 + first % 20)
            draft_order(
                project=self.project, lead_unit=factories.unit(), matter="督", due=due, by=by, on=self.today
            )
            return
        state = OrderStep.objects.live().get(order=order).state
        verb = self._verb(ORDER_MOVES, OrderState(state), OrderVerb, second)
        if verb == OrderVerb.DRAFT:
            raise MoveRefused("登记不是办一步")
        step = act_on_order(
            order=order, verb=verb, by=by, on=self.today, text="情况" if first & 3 else "", evidence="单" if first & 4 else "",
            until=self.today + timedelta(days=first % 40),
        )  # fmt: skip
        if step.state == OrderState.CLOSED:
            self.told["督办销号"] += 1
            worked = order.steps.filter(verb__in=("sign", "start_work", "log", "report"))
            assert step.evidence and not worked.filter(actor=by.username).exists()

    def _verb(
        self, moves: Mapping[tuple[Any, Any], Any], state: object, verbs: Iterable[Any], second: int
    ) -> Any:
        """四次里两次沿正路往前，走得到办结销号；一次挑走得通的，一次随便挑，多半该拒绝。"""
        lawful = [verb for (at, verb) in moves if at == state]
        ahead = [verb for verb in lawful if verb in AHEAD]
        every = {0: list(verbs), 1: lawful}.get(second % 4, ahead) or list(verbs)
        return every[second // 4 % len(every)]

    def _tick_or_edit(self, first: int, second: int) -> None:
        if second % 3:
            self.tick()
            before = _written()
            self.tick()
            assert _written() == before, "同一天跑第二次又动了"
            self.told["重跑"] += 1
        else:
            self.told["改历"] += 1
            self._edit_calendar(self.today + timedelta(days=first % 30), works=bool(second & 1))

    def _edit_calendar(self, day: date, *, works: bool) -> None:
        with suppress(CalendarRefused):  # 改成原样、改未发布的年份都不收
            change_day(
                day=day,
                works=works,
                name="",
                reason="随手改",
                seen=last_change(),
                by=factories.operator(),
                on=self.today,
            )

    def tick(self) -> None:
        """引擎走到今天。"""
        moment = timezone.make_aware(datetime(self.today.year, self.today.month, self.today.day, 9))
        advance(by=factories.operator(), now=moment, trust_clock=True)

    def check(self) -> None:
        """一件也不掉；引擎没有办到今天的，漏跑的警报在。"""
        alarmed = Heartbeat.objects.get().on != self.today
        assert dropped(today=self.today, alarmed=alarmed) == []


def _written() -> list[int]:
    return [model.objects.count() for model in (AlertStep, IssueStep, OrderStep)]


class DeskMachine(RuleBasedStateMachine):
    """字节就是事件。"""

    counted = 0
    told: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.desk = Desk.opened()
        self.desk.told = type(self).told

    @rule(batch=st.binary(min_size=EVENT_BYTES * 10, max_size=EVENT_BYTES * 10))
    def events(self, batch: bytes) -> None:
        """一口气十个事件。"""
        for start in range(0, len(batch), EVENT_BYTES):
            self.desk.event(*batch[start : start + EVENT_BYTES])
        type(self).counted += len(batch) // EVENT_BYTES

    def teardown(self) -> None:
        """散场即回滚。"""
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)


def walk(examples: int, steps: int = 10) -> int:
    """走若干张桌子，返回走了多少个事件。"""
    DeskMachine.counted = 0
    quiet = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(DeskMachine, settings=quiet)
    return DeskMachine.counted


@pytest.mark.django_db
def test_random_work_on_the_real_database_drops_nothing() -> None:
    assert walk(2) >= 50
