"""引擎：幂等、补跑、时钟倒退与放假安排改动都不丢件，过期逐级升（issue 5 第 10 条）。"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from kaopu.audit.models import Operation
from kaopu.domain.alerts import AlertState
from kaopu.domain.escalation import IssueState, IssueVerb
from kaopu.domain.ladder import DEFAULT_LADDER
from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import Outcome
from kaopu.domain.rights import Role
from kaopu.domain.rule_kinds import RuleKind
from kaopu.domain.supervision_orders import OrderState, OrderVerb
from kaopu.projects.models import AnnualGoal
from kaopu.supervision.actions import act_on_issue, act_on_order, advance, draft_order, raise_issue
from kaopu.supervision.models import Alert, AlertStep, Heartbeat, Issue, IssueKind, IssueStep, OrderStep
from kaopu.supervision.queries.clock import engine_alarm
from kaopu.tracking.actions import record_achievement, record_decision
from kaopu.tracking.actions.calendar import change_day
from kaopu.tracking.actions.rule_sets import activate_draft, save_draft
from kaopu.tracking.queries import calendar as calendar_queries
from kaopu.tracking.queries.calendar import last_change
from tests.factories import listed, operator, project_list, project_year, unit, user

ON = date(2022, 9, 1)
pytestmark = pytest.mark.django_db


def at(day: date, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))


def tick(day: date, **options: Any) -> Any:
    return advance(by=operator(), now=at(day), **options)


def position(issue: Issue) -> IssueStep:
    return IssueStep.objects.live().get(issue=issue)


@pytest.fixture
def issue() -> Issue:
    tick(ON)
    return raise_issue(project=project_year(due_on=None).project, title="管线未迁", by=user(), on=ON)


def test_nothing_rises_on_the_due_day_and_everything_the_day_after(issue: Issue) -> None:
    assert (tick(date(2022, 9, 8)).moved, position(issue).level) == (0, 1)
    assert (tick(date(2022, 9, 9)).moved, position(issue).level) == (1, 2)
    assert (position(issue).due_on, position(issue).verb) == (
        date(2022, 9, 26),
        IssueVerb.RISE,
    )  # 9 月 12 日中秋


def test_running_twice_moves_nothing_and_leaves_no_trace(issue: Issue) -> None:
    tick(date(2022, 9, 9))
    before = Operation.objects.count(), IssueStep.objects.count()

    assert tick(date(2022, 9, 9)).moved == 0
    assert (Operation.objects.count(), IssueStep.objects.count()) == before


def test_a_long_silence_is_made_up_step_by_step(issue: Issue) -> None:
    result = tick(date(2022, 10, 13))
    chain = list(issue.steps.order_by("pk").values_list("level", "on", "due_on"))

    assert result.alarm == ""
    assert chain == [
        (1, ON, date(2022, 9, 8)),
        (2, date(2022, 9, 9), date(2022, 9, 26)),
        (3, date(2022, 9, 27), date(2022, 10, 21)),
    ]


def test_a_clock_set_back_or_far_ahead_moves_nothing_and_raises_an_alarm(issue: Issue) -> None:
    back, far = tick(date(2022, 8, 1)), tick(date(2023, 9, 1))

    assert "早于上次办到的 2022年9月1日" in back.alarm and "距上次运行已 365 天" in far.alarm
    assert (position(issue).level, Heartbeat.objects.get().on) == (1, ON)
    assert engine_alarm() == far.alarm
    trusted = tick(date(2023, 9, 1), trust_clock=True)
    assert (trusted.alarm, position(issue).level, position(issue).due_on) == ("", 4, date(2023, 9, 8))


def _change(day: date, *, works: bool | None) -> None:
    change_day(day=day, works=works, name="增放", reason="通知", seen=last_change(), by=operator(), on=day)


def test_a_limit_already_announced_stands_when_the_holiday_table_is_edited(issue: Issue) -> None:
    _change(date(2022, 9, 13), works=False)
    tick(date(2022, 9, 9))

    assert position(issue).due_on == date(2022, 9, 27)
    _change(date(2022, 9, 13), works=None)
    assert (tick(date(2022, 9, 27)).moved, position(issue).due_on) == (0, date(2022, 9, 27))


def _shorter(effective_on: date, *, on: date) -> None:
    shorter = {**DEFAULT_LADDER, "limits": {"1": 2, "2": 2, "3": 2, "4": 2}}
    common = {"by": user(Role.OFFICE_DIRECTOR), "on": on}
    draft = save_draft(kind=RuleKind.LADDER, name="加快", parameters=shorter, note="会议", **common)
    activate_draft(draft=draft, effective_on=effective_on, **common)


def test_a_running_clock_keeps_its_day_and_the_next_step_takes_the_rules_of_its_own_day(issue: Issue) -> None:
    _shorter(date(2022, 9, 5), on=ON)
    tick(date(2022, 9, 8))
    assert (position(issue).level, position(issue).due_on) == (1, date(2022, 9, 8))  # 五个工作日，照旧

    tick(date(2022, 9, 9))
    assert (position(issue).level, position(issue).due_on) == (2, date(2022, 9, 14))  # 两个工作日，中秋除外
    assert position(issue).text == "期限2022年9月8日已过，依加快 v1"


def test_rules_changed_during_a_long_silence_count_from_their_own_day(issue: Issue) -> None:
    _shorter(date(2022, 9, 20), on=ON)
    tick(date(2022, 10, 13))

    assert list(issue.steps.order_by("pk").values_list("level", "on", "due_on"))[1:3] == [
        (2, date(2022, 9, 9), date(2022, 9, 26)),  # 旧规则的十个工作日
        (3, date(2022, 9, 27), date(2022, 9, 29)),  # 新规则的两个
    ]


def test_an_unpublished_calendar_is_said_and_nothing_waits_for_it(
    issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_queries, "published_years", lambda past: frozenset({2021}))
    result = tick(date(2022, 9, 9))

    assert "2022年放假安排未发布" in result.alarm
    assert position(issue).due_on == date(2022, 9, 19)
    assert "暂按自然日" in position(issue).text


def test_a_closed_issue_rises_no_more_and_is_looked_back_at_after_thirty_days(issue: Issue) -> None:
    officer = user()
    act_on_issue(issue=issue, verb=IssueVerb.REPLY, by=user(), on=ON, text="已迁")
    act_on_issue(issue=issue, verb=IssueVerb.CLOSE, by=officer, on=ON, evidence="验收单3号")
    moved = [tick(day).moved for day in (date(2022, 9, 30), date(2022, 10, 1), date(2022, 10, 1))]

    look_back = Issue.objects.get(kind=IssueKind.LOOK_BACK)
    assert (moved, position(issue).due_on) == ([0, 1, 0], None)
    assert (look_back.parent, position(look_back).owner.name) == (issue, "普陀区推进办")
    assert "验收单3号" in look_back.description


def test_an_overdue_order_is_pressed_and_pressed_again_but_stays_in_its_state() -> None:
    tick(ON)
    drafter, leader = user(), user(Role.DISTRICT_LEADER)
    order = draft_order(
        project=project_year(due_on=None).project,
        lead_unit=unit(),
        matter="腾地",
        due=date(2022, 9, 20),
        by=drafter,
        on=ON,
    )
    act_on_order(order=order, verb=OrderVerb.SUBMIT, by=drafter, on=ON)
    act_on_order(order=order, verb=OrderVerb.APPROVE, by=leader, on=ON)
    moved = [tick(date(2022, 9, day)).moved for day in (20, 21, 22, 28, 29)]
    step = OrderStep.objects.live().get(order=order)

    assert moved == [0, 1, 0, 0, 1]
    assert (step.state, step.presses, step.due_on) == (OrderState.ISSUED, 2, date(2022, 9, 20))


def test_a_goal_due_within_fifteen_days_is_reminded_once_in_blue_and_lifted_when_reached() -> None:
    year = project_year(goal="竣工", due_on=date(2022, 9, 30))
    assert [tick(date(2022, 9, day)).moved for day in (14, 15, 16)] == [0, 1, 0]
    alert = AlertStep.objects.live().get()
    assert (alert.colour, alert.level, alert.due_on, alert.state) == (
        "blue",
        1,
        date(2022, 9, 30),
        AlertState.WAITING,
    )
    record_achievement(
        goal=AnnualGoal.objects.get(project_year=year), reached=GoalType.COMPLETED, evidence="验收单", verified_by="办",
        by=operator(), on=date(2022, 9, 20),
    )  # fmt: skip
    tick(date(2022, 9, 21))

    assert (AlertStep.objects.live().get().state, Alert.objects.count(), Issue.objects.count()) == (
        "lifted",
        1,
        0,
    )


def test_a_reminder_nobody_answers_becomes_an_issue_the_day_after_the_goal_is_due() -> None:
    project_year(goal="竣工", due_on=date(2022, 9, 30))
    tick(date(2022, 9, 16))
    tick(date(2022, 10, 1))

    step = IssueStep.objects.live().get()
    assert (step.level, step.state, step.issue.alert_id) == (2, IssueState.RAISED, Alert.objects.get().pk)
    assert AlertStep.objects.live().get().state == AlertState.HANDED


@pytest.mark.parametrize(("hours", "alarmed"), [(25, False), (27, True)])
def test_a_missed_run_is_an_alarm(issue: Issue, hours: int, alarmed: bool) -> None:
    assert bool(engine_alarm(at(ON) + timedelta(hours=hours))) is alarmed


def test_items_without_any_run_are_an_alarm_and_an_empty_office_is_not() -> None:
    assert engine_alarm() == ""
    raise_issue(project=None, title="无人看钟", by=user(), on=ON)

    assert "从未运行" in engine_alarm()


def test_a_reminder_of_a_goal_since_moved_is_lifted_and_never_becomes_an_issue() -> None:
    project_year(goal="竣工", due_on=date(2022, 9, 30))
    tick(date(2022, 9, 16))
    project_list(
        [listed("示例小学", goal="竣工", due_on=date(2022, 11, 30))], on=date(2022, 9, 20), title="调整"
    )
    tick(date(2022, 10, 1))

    step = AlertStep.objects.live().get()
    assert (step.state, step.text, step.due_on) == (AlertState.LIFTED, "目标已变更，按新目标另行提醒", None)
    assert not Issue.objects.exists()
    tick(date(2022, 11, 15))
    assert [alert.goal.due_on for alert in Alert.objects.order_by("pk") if alert.goal] == [
        date(2022, 9, 30), date(2022, 11, 30)
    ]  # fmt: skip


def test_a_reminder_is_lifted_when_the_goal_is_decided_to_be_beyond_reach() -> None:
    year = project_year(goal="竣工", due_on=date(2022, 9, 30))
    tick(date(2022, 9, 16))
    record_decision(
        project_year=year, outcome=Outcome.UNACHIEVABLE, document="会议纪要3号", reason="管线", by=operator(),
        on=date(2022, 9, 20),
    )  # fmt: skip
    tick(date(2022, 10, 1))

    assert AlertStep.objects.live().get().state == AlertState.LIFTED and not Issue.objects.exists()


def test_a_goal_that_fell_due_while_the_engine_was_down_is_caught_up_with() -> None:
    project_year(goal="竣工", due_on=date(2022, 9, 30))
    tick(date(2022, 9, 10))
    tick(date(2022, 10, 5))

    step = IssueStep.objects.live().get()
    assert (step.verb, step.issue.alert_id) == ("raise", Alert.objects.get().pk)
    assert tick(date(2022, 10, 5)).moved == 0


def test_the_second_closing_is_looked_back_at_too_whatever_else_hangs_below_the_issue(issue: Issue) -> None:
    handler, officer = user(Role.RESPONSIBLE_UNIT, unit()), user()

    def finish(day: date) -> None:
        act_on_issue(issue=issue, verb=IssueVerb.REPLY, by=handler, on=day, text="办了")
        act_on_issue(issue=issue, verb=IssueVerb.CLOSE, by=officer, on=day, evidence="验收单")

    finish(date(2022, 9, 2))
    tick(date(2022, 10, 2))
    act_on_issue(issue=issue, verb=IssueVerb.REOPEN, by=officer, on=date(2022, 10, 3), text="又堵了")
    finish(date(2022, 10, 4))
    again = date(2022, 11, 3)
    raise_issue(project=issue.project, title="任务", by=officer, on=again, parent=issue, kind=IssueKind.TASK)
    tick(again)

    assert list(Issue.objects.filter(kind=IssueKind.LOOK_BACK).values_list("on", flat=True)) == [
        date(2022, 10, 2), again
    ]  # fmt: skip


def test_after_an_extension_the_new_due_day_is_pressed_from_its_own_first_day() -> None:
    tick(ON)
    officer, leader, handler = user(), user(Role.DISTRICT_LEADER), user(Role.RESPONSIBLE_UNIT, unit())
    order = draft_order(
        project=project_year(due_on=None).project,
        lead_unit=unit(),
        matter="督",
        due=date(2022, 9, 20),
        by=officer,
        on=ON,
    )
    act_on_order(order=order, verb=OrderVerb.SUBMIT, by=officer, on=ON)
    act_on_order(order=order, verb=OrderVerb.APPROVE, by=leader, on=ON)
    act_on_order(
        order=order, verb=OrderVerb.ASK_EXTENSION, by=handler, on=ON, text="等", until=date(2022, 9, 22)
    )
    tick(date(2022, 9, 21))
    act_on_order(order=order, verb=OrderVerb.GRANT_EXTENSION, by=officer, on=date(2022, 9, 21))
    moved = [tick(date(2022, 9, day)).moved for day in (22, 23)]

    assert (moved, OrderStep.objects.live().get().presses) == ([0, 1], 2)
