"""引擎走一程：提醒、转问题、升级、催办、回头看、催报未复工原因、提醒例会。幂等，同时跑两个只成一个，停机之后补齐（种子 D08：一件不掉）。"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.alerts import LEAST_HANDED_LEVEL, AlertState, AlertVerb, reddened, stopped
from kaopu.domain.colours import Colour
from kaopu.domain.coordination import Rules, push
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import (
    ISSUE_VERB_LABELS,
    IssueState,
    IssueVerb,
    Rise,
    clock_fault,
    due_after,
    rises,
)
from kaopu.domain.ladder import TOP_LEVEL, LadderPolicy
from kaopu.domain.supervision_orders import STOPPED, OrderState, OrderVerb, next_order_state
from kaopu.domain.workdays import WorkCalendar
from kaopu.projects.models import AnnualGoal
from kaopu.supervision.actions.alerts import (
    alert_position,
    alert_written,
    blue_text,
    colour_history,
    handed,
    red_since,
)
from kaopu.supervision.actions.convening import call_meetings
from kaopu.supervision.actions.demands import demand_reasons
from kaopu.supervision.actions.issues import current_rules, position_of, raised_from, written
from kaopu.supervision.actions.notices import notices
from kaopu.supervision.actions.steps import first_step, follow, office
from kaopu.supervision.models import (
    Alert,
    AlertStep,
    Heartbeat,
    Issue,
    IssueKind,
    IssueStep,
    OrderStep,
    Source,
    Step,
)
from kaopu.supervision.queries.alerts import goals_due
from kaopu.supervision.queries.engine import touched_count

LOCK = 1


@dataclass(frozen=True, kw_only=True)
class Advance:
    """走一程的结果：办到哪一天、动了几件、有没有警报。"""

    on: date
    moved: int
    alarm: str = ""


@dataclass(kw_only=True)
class _Trip:
    """走一程所带的东西；``said`` 为要发的通知。"""

    on: date
    by: User
    operation: Operation
    rules: Rules
    said: list[tuple[Step, str]] = field(default_factory=list)

    @property
    def policy(self) -> LadderPolicy:
        return self.rules.ladder.on(self.on)

    @property
    def reached(self) -> date:
        """上一程办到哪一天；头一程就是今天。"""
        return self.rules.reached or self.on

    @property
    def actor(self) -> str:
        return self.by.get_username()


@transaction.atomic
def advance(*, by: User, now: datetime | None = None, trust_clock: bool = False) -> Advance:
    """走到 ``now``（缺省此刻）。心跳行就是锁：第二个同时来的等第一个走完，再走便无事可做。

    时钟倒退，或一下走得比规则所许更远（多半是时钟错了），不动任何事项，只报警；
    核对无误后以 ``trust_clock`` 再走。
    """
    moment = now or timezone.now()
    beat, _ = Heartbeat.objects.get_or_create(pk=LOCK, defaults={"on": _day(moment), "beat_at": moment})
    beat = Heartbeat.objects.select_for_update().get(pk=LOCK)
    day = beat.on if beat.clock_demo else _day(moment)
    rules = current_rules()
    alarm = (
        ""
        if trust_clock
        else clock_fault(reached=beat.on, day=day, policy=rules.ladder.on(max(day, beat.on)))
    )
    moved = 0 if alarm else _travel(day, by, rules)
    beat.beat_at, beat.moved, beat.alarm = moment, moved, alarm or _calendar_alarm(day, rules.calendar)
    beat.on = beat.on if alarm else day
    beat.save()
    return Advance(on=beat.on, moved=moved, alarm=beat.alarm)


@transaction.atomic
def set_demo_clock(*, to: date, by: User) -> None:
    """把示例库的钟拨到 ``to``；只用于示例库，正式库的今天就是今天。"""
    was = Heartbeat.objects.filter(pk=LOCK).values_list("on", flat=True).first()
    record(by=by, verb="supervision.set_demo_clock", before={"on": was}, after={"on": to})
    Heartbeat.objects.update_or_create(
        pk=LOCK, defaults={"on": to, "beat_at": timezone.now(), "clock_demo": True, "alarm": ""}
    )


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _calendar_alarm(day: date, calendar: WorkCalendar) -> str:
    """走不到的日历：限期要用的日子还没有放假安排。"""
    ahead = (day + timedelta(days=15)).year
    if ahead in calendar.published:
        return ""
    return f"{ahead}年放假安排未发布，期限暂按自然日推算（只早不晚）。请导入当年放假通知。"


def _travel(day: date, by: User, rules: Rules) -> int:
    """依次办完各类到期的事；一件也没有就不留痕。"""
    with transaction.atomic():
        operation = record(by=by, verb="supervision.advance", source="tick", on=day)
        trip = _Trip(on=day, by=by, operation=operation, rules=rules)
        for part in (_remind, _redden, _hand_over, _look_back, _rise, _press):
            part(trip)
        demand_reasons(operation=operation, rules=rules, by=by, on=day)
        call_meetings(operation=operation, on=day)
        moved = touched_count(operation)
        notices(trip.said, operation=operation, on=day)
        if not moved:
            transaction.set_rollback(True)
    return moved


def _remind(trip: _Trip) -> None:
    """蓝色提醒：将到期（缺省 15 日内）而未达成的目标各提醒一次，停机时错过的补上；不必再提的解除（§5.4）。"""
    since = min(trip.on, trip.reached + timedelta(days=1))
    waiting, needless = goals_due(since=since, on=trip.on, days=trip.policy.remind_days)
    steps: list[AlertStep] = [
        follow(
            before, on=trip.on, operation=trip.operation, actor=trip.actor, verb=AlertVerb.LIFT, text=why,
            **alert_written(stopped(alert_position(before), AlertVerb.LIFT)),
        )
        for before, why in needless
    ]  # fmt: skip
    steps += [_reminder(trip, goal) for goal in waiting]
    AlertStep.objects.bulk_create(steps)


def _reminder(trip: _Trip, goal: AnnualGoal) -> AlertStep:
    project = goal.project_year.project
    assert goal.due_on is not None
    alert = Alert.objects.create(
        project_year=goal.project_year,
        goal=goal,
        on=trip.on,
        recorded_at=trip.operation.at,
        operation=trip.operation,
    )
    owner = (project.profile.responsible_unit if project.profile else None) or office(trip.by)
    text = blue_text(goal.text, goal.due_on, days=trip.policy.remind_days)
    step = first_step(
        AlertStep, owner=owner, court=owner, on=trip.on, by=trip.by, operation=trip.operation, alert=alert,
        verb=AlertVerb.WARN, state=AlertState.WAITING, level=1, due_on=goal.due_on, **text,
    )  # fmt: skip
    trip.said.append(
        (step, f"蓝色提醒：{project.profile.name if project.profile else project.code}{text['sentence']}")
    )
    return step


def _redden(trip: _Trip) -> None:
    """红满天数（缺省 60 天）的预警当天升到四级，不等月末；已立为问题的，问题一并升（§5.5）。"""
    reds = AlertStep.objects.live().exclude(state=AlertState.LIFTED)
    reds = reds.filter(colour=Colour.RED, level__lt=TOP_LEVEL).select_related(
        "alert__project_year", "owner", "court"
    )
    history = colour_history([step.alert.project_year for step in reds], until=trip.on)
    long_red = {
        step.alert_id: step
        for step in reds
        if (since := red_since(history[step.alert.project_year_id]))
        and (trip.on - since).days >= trip.policy.red_top_days
    }
    due, why = trip.rules.due(trip.on, TOP_LEVEL), f"红色已满{trip.policy.red_top_days}天"
    alerts = [
        follow(
            step, on=trip.on, operation=trip.operation, actor=trip.actor, verb=AlertVerb.RENEW, text=why,
            **alert_written(reddened(alert_position(step), due=due)),
        )
        for step in long_red.values()
    ]  # fmt: skip
    raised = IssueStep.objects.live().filter(issue__alert__in=long_red, level__lt=TOP_LEVEL)
    issues = [
        follow(
            step, on=trip.on, operation=trip.operation, actor=trip.actor, verb=IssueVerb.LIFT_UP, text=why,
            evidence="", level=TOP_LEVEL, due_on=due,
        )
        for step in raised.exclude(state=IssueState.CLOSED).select_related("issue", "owner", "court")
    ]  # fmt: skip
    AlertStep.objects.bulk_create(alerts)
    IssueStep.objects.bulk_create(issues)
    trip.said += [(step, f"预警升到L{TOP_LEVEL}：{why}") for step in alerts]
    trip.said += [(step, f"{step.issue} {step.issue.title}：{why}，升到L{TOP_LEVEL}") for step in issues]


def _hand_over(trip: _Trip) -> None:
    """过了答复期限、或说明到期仍未解除的预警，立为问题：没人理的预警不会就此沉下去。"""
    due = AlertStep.objects.live().filter(
        state__in=(AlertState.WAITING, AlertState.ANSWERED), due_on__lt=trip.on
    )
    before = list(
        due.select_related("alert__project_year__project__profile", "owner", "court").order_by("pk")
    )
    why = "答复期限已过，自动立为问题"
    steps = [handed(step, by=trip.by, on=trip.on, operation=trip.operation, text=why) for step in before]
    AlertStep.objects.bulk_create(steps)
    for step in before:
        raised_from(
            trip.operation, rules=trip.rules, by=trip.by, on=trip.on, alert=step.alert,
            project=step.alert.project_year.project, title=step.sentence[:120], lead_unit=step.owner,
            level=max(step.level, LEAST_HANDED_LEVEL), description=f"预警{why}：{step.sentence}", cause=step.sentence[:120],
        )  # fmt: skip


def _look_back(trip: _Trip) -> None:
    """回头看：销号满期（缺省 30 天）的问题与督办单各立一件回头看，由推进办另去核实（§3.3）。"""
    looked = Issue.objects.filter(  # 用 exclude 跨两栏，会把“旧的回头看”与“新的任务”拼成一件看过的
        parent=OuterRef("issue"), kind=IssueKind.LOOK_BACK, on__gte=OuterRef("look_back_on")
    )
    closed = IssueStep.objects.live().filter(look_back_on__lte=trip.on, state=IssueState.CLOSED)
    issues = closed.exclude(Exists(looked))
    orders = (
        OrderStep.objects.live()
        .filter(look_back_on__lte=trip.on, state__in=(OrderState.CLOSED, OrderState.ARCHIVED))
        .exclude(order__look_backs__on__gte=F("look_back_on"))
    )
    common: dict[str, Any] = {
        "rules": trip.rules, "by": trip.by, "on": trip.on, "kind": IssueKind.LOOK_BACK, "lead_unit": office(trip.by),
        "level": 1, "source": Source.ORDER,
    }  # fmt: skip
    found = list(issues.select_related("issue__project")), list(orders.select_related("order__project"))
    for step in found[0]:
        issue: Issue = step.issue
        raised_from(
            trip.operation, title=f"回头看：{issue} {issue.title}", project=issue.project, parent=issue,
            description=f"{chinese_day(step.on)}销号，佐证：{step.evidence}", **common,
        )  # fmt: skip
    for row in found[1]:
        raised_from(
            trip.operation, title=f"回头看：{row.order} {row.order.matter}", project=row.order.project,
            looks_at=row.order, description=f"{chinese_day(row.on)}销号，佐证：{row.evidence}", **common,
        )  # fmt: skip


def _rise(trip: _Trip) -> None:
    """过了期限的问题逐级升；一件可能一次补升几级，一轮写一级，写到期限都不早于今天。"""
    overdue = IssueStep.objects.live().filter(due_on__lt=trip.on).exclude(state=IssueState.CLOSED)
    queue = [(step, list(_rises(trip, step))) for step in overdue.select_related("issue").order_by("pk")]
    while queue:
        steps = [_risen(trip, before, todo[0]) for before, todo in queue]
        IssueStep.objects.bulk_create(steps, batch_size=2000)
        rest = [todo[1:] for _, todo in queue]
        for step, left in zip(steps, rest, strict=True):
            if not left:
                label = ISSUE_VERB_LABELS[IssueVerb(step.verb)]
                trip.said.append(
                    (
                        step,
                        f"{step.issue} {step.issue.title}：{label}，现为L{step.level}，期限{chinese_day(step.due_on)}",
                    )
                )
        queue = [(step, left) for step, left in zip(steps, rest, strict=True) if left]


def _rises(trip: _Trip, step: IssueStep) -> list[Rise]:
    assert step.due_on is not None
    return list(
        rises(
            level=step.level,
            due_on=step.due_on,
            today=trip.on,
            ladder=trip.rules.ladder,
            calendar=trip.rules.calendar,
        )
    )


def _risen(trip: _Trip, before: IssueStep, rise: Rise) -> IssueStep:
    after = push(position_of(before, ()), rise)
    reason = f"期限{chinese_day(before.due_on)}已过，依{rise.rules}" + (
        "，放假安排未发布，新期限暂按自然日" if rise.provisional else ""
    )
    step = follow(
        before, on=rise.on, operation=trip.operation, actor=trip.actor, text=reason, evidence="",
        verb=IssueVerb.PRESS if rise.urged else IssueVerb.RISE, **written(after),
    )  # fmt: skip
    step.issue = before.issue
    return step


def _press(trip: _Trip) -> None:
    """逾期的督办单催办：过期即催，此后每过一个顶级限期再催一次；逾期本身不存。"""
    overdue = OrderStep.objects.live().filter(due_on__lt=trip.on).exclude(state__in=STOPPED)
    steps, every = [], trip.policy.limits[TOP_LEVEL]
    for before in overdue.select_related("order").order_by("pk"):
        last = before.pressed_on
        if last is not None and due_after(last, every, trip.rules.calendar).on >= trip.on:
            continue
        step = follow(
            before, on=trip.on, operation=trip.operation, actor=trip.actor, verb=OrderVerb.PRESS,
            state=next_order_state(OrderState(before.state), OrderVerb.PRESS), presses=before.presses + 1,
            pressed_on=trip.on, text=f"期限{chinese_day(before.due_on)}已过，自动催办", evidence="",
        )  # fmt: skip
        step.order = before.order
        steps.append(step)
        trip.said.append((step, f"{before.order} {before.order.matter}：已逾期，第{step.presses}次催办"))
    OrderStep.objects.bulk_create(steps, batch_size=2000)
