"""预警：随月末关账发出、续报、解除；没人答复的立为问题；事实反复自动重开（种子 D07、D08）。"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.alerts import AlertState
from kaopu.domain.escalation import IssueState, IssueVerb, MoveRefused
from kaopu.domain.outcomes import Outcome
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderState, OrderVerb
from kaopu.figures.actions import close_month
from kaopu.projects.models import ProjectYear
from kaopu.supervision.actions import (
    act_on_issue,
    act_on_order,
    add_resolution,
    advance,
    answer_alert,
    draft_order,
    hand_alert,
    hold_meeting,
    raise_issue,
    set_demo_clock,
)
from kaopu.supervision.models import Alert, AlertStep, Issue, IssueStep, MeetingKind, Notice, OrderStep
from kaopu.tracking.actions import record_decision, resume, save_plans, save_reports, suspend
from kaopu.tracking.models import Suspension, Verdict
from tests.factories import listed, operator, project_list, unit, user

pytestmark = pytest.mark.django_db
ORDER_DUE = date(2022, 2, 25)
ENDS = {
    month: day
    for month, day in zip(range(1, 13), (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True)
}


@pytest.fixture
def year() -> ProjectYear:
    set_demo_clock(to=date(2022, 1, 10), by=operator())
    year = project_list([listed("示例小学", goal="竣工", profile={"responsible_unit": unit()})])[0]
    plans = [
        {"project_year": year, "month": date(2022, number, 1), "planned_work": "施工"}
        for number in range(1, 13)
    ]
    save_plans(rows=plans, by=operator(), on=date(2022, 1, 10))
    return year


def report(year: ProjectYear, number: int) -> date:
    """报一个月，返回那个月。"""
    month, end = date(2022, number, 1), date(2022, number, ENDS[number])
    set_demo_clock(to=end, by=operator())
    row = {"project_year": year, "work": "施工", "investment_yuan": 0}
    save_reports(month=month, rows=[row], by=operator(), on=end)
    return month


def close(year: ProjectYear, number: int) -> str:
    """报一个月、关一个月，返回颜色。"""
    month = report(year, number)
    close_month(month=month, by=operator())
    return Verdict.objects.get(project_year=year, month=month).colour


def stop(year: ProjectYear, on: date) -> Suspension:
    return suspend(projects=[year.project], cause="管线", by=operator(), on=on)[0]


def live() -> AlertStep:
    return AlertStep.objects.live().get()


def position(issue: Issue) -> IssueStep:
    return IssueStep.objects.live().get(issue=issue)


def tick(day: date) -> None:
    set_demo_clock(to=day, by=operator())
    advance(by=operator(), now=timezone.make_aware(datetime(day.year, day.month, day.day, 9)))


def test_a_yellow_month_warns_with_rule_measure_threshold_owner_and_deadline(year: ProjectYear) -> None:
    stop(year, date(2022, 1, 20))

    assert close(year, 1) == "yellow"
    step = live()
    assert (step.level, step.rule, step.measured, step.owner) == (2, "stop", "11天", unit())
    assert "停工即黄" in step.threshold and step.sentence == "已停工11天"
    assert step.due_on == date(2022, 2, 18)  # 1 月 31 日后十个工作日（春节 1.31—2.6）


def test_a_worse_month_renews_the_same_alert_one_level_up_and_green_lifts_it(year: ProjectYear) -> None:
    suspension = stop(year, date(2022, 1, 20))
    colours = [close(year, number) for number in (1, 2)]
    assert (colours, live().level, Alert.objects.count()) == (["yellow", "red"], 3, 1)
    resume(suspensions=[suspension], by=operator(), on=date(2022, 3, 1))

    assert close(year, 3) == "green"
    assert (live().state, live().due_on) == (AlertState.LIFTED, None)


def test_red_for_sixty_days_is_level_four(year: ProjectYear) -> None:
    stop(year, date(2022, 1, 2))
    for number in (2, 3, 4):
        if number == 2:
            close(year, 1)
        close(year, number)

    assert live().level == 4


def test_an_answer_holds_for_one_period_at_most_and_then_becomes_an_issue(year: ProjectYear) -> None:
    stop(year, date(2022, 1, 20))
    close(year, 1)
    alert, officer = Alert.objects.get(), user()
    with pytest.raises(MoveRefused, match="至多管一个周期"):
        answer_alert(alert=alert, text="赶工", until=date(2022, 4, 30), by=officer, on=date(2022, 2, 1))
    answer_alert(alert=alert, text="已排赶工计划", until=date(2022, 2, 28), by=officer, on=date(2022, 2, 1))
    tick(date(2022, 2, 28))
    assert (live().state, Issue.objects.count()) == (AlertState.ANSWERED, 0)
    tick(date(2022, 3, 1))

    issue = Issue.objects.get()
    assert (issue.alert, position(issue).level, position(issue).owner) == (alert, 2, unit())
    assert (live().state, live().due_on) == (AlertState.HANDED, None)


def test_a_handed_alert_renewed_or_red_for_long_starts_no_clock_of_its_own(year: ProjectYear) -> None:
    stop(year, date(2022, 1, 20))
    close(year, 1)
    issue = hand_alert(alert=Alert.objects.get(), title="停工", by=user(), on=date(2022, 2, 10))
    close(year, 2)
    assert (live().state, live().level, live().due_on) == (AlertState.HANDED, 3, None)
    assert Notice.objects.filter(alert=live().alert_id, text__contains="由问题跟着").count() == 1
    assert position(issue).level == 3

    tick(date(2022, 4, 29))  # 2 月 28 日起红满 60 天
    assert (live().state, live().level, live().due_on) == (AlertState.HANDED, 4, None)
    assert position(issue).level == 4


def test_an_answer_given_while_the_clock_is_set_back_counts_from_the_day_reached(year: ProjectYear) -> None:
    stop(year, date(2022, 1, 20))
    close(year, 1)
    tick(date(2022, 2, 10))
    alert = Alert.objects.get()
    with pytest.raises(MoveRefused, match="日期须在2022年2月10日至2022年3月27日之间"):
        answer_alert(alert=alert, text="赶工", until=date(2022, 2, 9), by=user(), on=date(2022, 2, 1))


def test_what_a_late_closing_moves_is_dated_the_day_it_was_done(year: ProjectYear) -> None:
    stop(year, date(2022, 1, 20))
    close(year, 1)
    issue = hand_alert(alert=Alert.objects.get(), title="停工", by=user(), on=date(2022, 2, 10))
    report(year, 2)
    act_on_issue(issue=issue, verb=IssueVerb.LOG, by=user(), on=date(2022, 3, 5), text="在协调")
    set_demo_clock(to=date(2022, 3, 8), by=operator())
    close_month(month=date(2022, 2, 1), by=operator())

    step = position(issue)
    assert (step.verb, step.on, step.level_on) == (IssueVerb.LIFT_UP, date(2022, 3, 8), date(2022, 3, 8))
    assert step.text.startswith("2022年2月末评定，预警续报：已停工39天")
    assert step.due_on is not None and step.due_on > date(2022, 3, 8)
    assert (live().on, live().text[:17]) == (date(2022, 2, 28), "2022年2月末评定：已停工39天")
    assert Notice.objects.filter(issue=issue).latest("pk").on == step.on
    days = list(issue.steps.order_by("pk").values_list("on", flat=True))
    assert days == sorted(days)


def test_a_renewal_is_never_dated_before_the_answer_it_follows(year: ProjectYear) -> None:
    stop(year, date(2022, 1, 20))
    close(year, 1)
    report(year, 2)
    set_demo_clock(to=date(2022, 3, 5), by=operator())
    answer_alert(
        alert=Alert.objects.get(), text="赶工", until=date(2022, 3, 31), by=user(), on=date(2022, 3, 5)
    )
    set_demo_clock(to=date(2022, 3, 8), by=operator())
    close_month(month=date(2022, 2, 1), by=operator())

    step = live()
    assert (step.state, step.on, step.court_on) == (AlertState.WAITING, date(2022, 3, 5), date(2022, 3, 5))
    assert step.text.startswith("2022年2月末评定") and step.due_on is not None
    assert step.due_on > date(2022, 3, 8)


def closed_issue(alert: Alert, on: date) -> Issue:
    handler, officer = user(Role.RESPONSIBLE_UNIT, unit()), user()
    issue = hand_alert(alert=alert, title="停工", by=officer, on=on)
    act_on_issue(issue=issue, verb=IssueVerb.REPLY, by=handler, on=on, text="已复工")
    act_on_issue(issue=issue, verb=IssueVerb.CLOSE, by=officer, on=on, evidence="复工单1号")
    return issue


def test_an_issue_closed_while_the_fact_stands_reopens_by_itself(year: ProjectYear) -> None:
    stop(year, date(2022, 1, 20))
    close(year, 1)
    issue = closed_issue(Alert.objects.get(), date(2022, 2, 10))
    close(year, 2)

    step = position(issue)
    assert (step.state, step.level, step.court) == (IssueState.HANDLING, 3, unit())
    assert "事实反复：已停工39天" in step.text and step.due_on is not None


def test_the_same_rule_firing_again_soon_reopens_the_closed_issue(year: ProjectYear) -> None:
    first = stop(year, date(2022, 1, 20))
    close(year, 1)
    resume(suspensions=[first], by=operator(), on=date(2022, 2, 9))
    issue = closed_issue(Alert.objects.get(), date(2022, 2, 10))
    close(year, 2)
    assert live().state == AlertState.LIFTED
    stop(year, date(2022, 3, 20))
    close(year, 3)

    assert (Alert.objects.count(), position(issue).state) == (2, IssueState.HANDLING)


def test_an_order_made_of_a_resolution_reopens_when_the_first_fact_comes_back(year: ProjectYear) -> None:
    day, officer, handler = date(2022, 2, 10), user(), user(Role.RESPONSIBLE_UNIT, unit())
    stop(year, date(2022, 1, 20))
    close(year, 1)
    issue = hand_alert(alert=Alert.objects.get(), title="停工", by=officer, on=day)
    act_on_issue(issue=issue, verb=IssueVerb.ANALYSE, by=handler, on=day, analysis="管线", proposal="协调")
    meeting = hold_meeting(
        kind=MeetingKind.SPECIAL, title="专题会", chair="主任", by=officer, on=day, agenda=[issue]
    )
    settled = add_resolution(
        meeting=meeting, text="迁管线", lead_unit=unit(), due=ORDER_DUE, by=officer, on=day, issue=issue
    )
    order = draft_order(
        project=year.project,
        lead_unit=unit(),
        matter="迁管线",
        due=ORDER_DUE,
        by=officer,
        on=day,
        issue=settled,
    )
    leader, director = user(Role.DISTRICT_LEADER), user(Role.OFFICE_DIRECTOR)
    for verb, by in (
        (OrderVerb.SUBMIT, officer), (OrderVerb.APPROVE, leader), (OrderVerb.SIGN, handler),
        (OrderVerb.START, handler), (OrderVerb.REPORT, handler), (OrderVerb.REVIEW, officer),
        (OrderVerb.COMPLETE, officer), (OrderVerb.CLOSE, director),
    ):  # fmt: skip
        act_on_order(order=order, verb=verb, by=by, on=day, text="迁完", evidence="验收单1号")
    close(year, 2)

    step = OrderStep.objects.live().get(order=order)
    assert (step.state, step.verb, step.court) == (OrderState.WORKING, OrderVerb.REOPEN, unit())
    assert "事实反复：已停工39天" in step.text and step.due_on is not None


def test_an_open_level_three_issue_colours_the_month_yellow(year: ProjectYear) -> None:
    officer: User = user()
    issue = hand_alert_free(year, officer)
    act_on_issue(issue=issue, verb=IssueVerb.LIFT_UP, by=officer, on=date(2022, 1, 20), level=3, text="专题")

    assert close(year, 1) == "yellow"
    assert [hit["rule"] for hit in Verdict.objects.get().hits] == ["issue"]
    assert not Alert.objects.exists()  # 问题已在梯子上，不再为问题立预警


def hand_alert_free(year: ProjectYear, by: User) -> Issue:
    return raise_issue(project=year.project, title="资金缺口", by=by, on=date(2022, 1, 15))


def behind(year: ProjectYear, *months: int) -> None:
    """几个月一分投资也没有，到三月起亮红。"""
    plans = [
        {"project_year": year, "month": date(2022, number, 1), "planned_investment_yuan": 50_000_000}
        for number in range(1, 13)
    ]
    save_plans(rows=plans, by=operator(), on=date(2022, 1, 11))
    for number in months:
        close(year, number)


def test_a_red_of_sixty_days_rises_to_the_top_on_that_day_and_only_once(year: ProjectYear) -> None:
    behind(year, 1, 2, 3)
    alert = AlertStep.objects.live().get(colour="red")
    assert (alert.level, alert.on) == (3, date(2022, 3, 31))
    issue = hand_alert(alert=alert.alert, title="投资拖延", by=user(), on=date(2022, 4, 2))
    due = issue.steps.get().due_on

    for day in (date(2022, 5, 29), date(2022, 5, 30), date(2022, 5, 30)):
        set_demo_clock(to=day, by=operator())
        act_on_issue(issue=issue, verb=IssueVerb.LOG, text="在催", by=user(), on=day)
        advance(by=operator())
        level = AlertStep.objects.live().get(alert=alert.alert).level
        assert level == (3 if day < date(2022, 5, 30) else 4)
    step = IssueStep.objects.live().get(issue=issue)
    assert step.level == 4 and step.due_on is not None and due is not None
    assert IssueStep.objects.filter(issue=issue, text__startswith="红色已满60天").count() <= 1
    assert AlertStep.objects.filter(alert=alert.alert, text="红色已满60天").count() == 1


def test_the_alert_of_a_project_decided_stopped_is_lifted_at_the_next_close(year: ProjectYear) -> None:
    behind(year, 1, 2, 3)
    alert = AlertStep.objects.live().get(colour="red").alert
    record_decision(
        project_year=year, outcome=Outcome.STOPPED, document="专题会纪要5号", reason="建设单位原因", by=operator(),
        on=date(2022, 4, 10),
    )  # fmt: skip
    close(year, 4)

    step = AlertStep.objects.live().get(alert=alert)
    assert (step.state, step.text, step.due_on) == (AlertState.LIFTED, "项目已认定停止实施", None)
