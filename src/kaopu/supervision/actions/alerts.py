"""预警的写入：月末随关账发出、续报、解除；说明、立为问题由人办，过了答复期限由引擎立为问题。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.alerts import (
    BLUE,
    DUE_RULE,
    AlertPosition,
    AlertState,
    AlertVerb,
    Warning,
    answered,
    renewed,
    stopped,
    warning_from,
)
from kaopu.domain.colours import Colour
from kaopu.domain.coordination import Rules
from kaopu.domain.escalation import IssueState, IssueVerb
from kaopu.domain.ladder import LadderPolicy
from kaopu.domain.outcomes import Outcome
from kaopu.domain.supervision_orders import OrderState, OrderVerb
from kaopu.projects.models import ProjectYear
from kaopu.supervision.actions.issues import current_rules, raised_from
from kaopu.supervision.actions.notices import notices
from kaopu.supervision.actions.steps import current, first_step, follow, office, require, turned, written_once
from kaopu.supervision.models import Alert, AlertStep, Issue, IssueStep, OrderStep
from kaopu.supervision.queries.chain import root_of
from kaopu.supervision.queries.clock import today
from kaopu.tracking.models import Verdict
from kaopu.tracking.queries import covering_campaigns

NO_CAUSE = {"issue", "y"}  # 这两条规则说的是别的规则的后果，不是事由
REMEDY = "请写明原因与措施。"


@dataclass(kw_only=True)
class _Round:
    """一次月末的预警：要写的各步，攒齐了成批写。"""

    by: User
    on: date
    operation: Operation
    rules: Rules
    done_on: date  # 哪天办的，限期从此起算：月末，补关旧账的是今天
    steps: list[AlertStep] = field(default_factory=list)
    said: list[tuple[AlertStep, str]] = field(default_factory=list)

    @property
    def policy(self) -> LadderPolicy:
        return self.rules.ladder.on(self.on)

    def due(self, level: int) -> date:
        return self.rules.due(self.done_on, level)

    @cached_property
    def heading(self) -> str:
        """各步写明据哪个月末的评定：补关旧账、前一步比月末晚的，光看日期看不出来。"""
        return f"{self.on.year}年{self.on.month}月末评定"


@transaction.atomic
def warn_month(*, month_end: date, rows: Sequence[Mapping[str, Any]], by: User) -> int:
    """月末关账后的预警：红黄发出或续报，转绿解除；灰是不知道，不解除（法 7）。返回发出与续报的条数。

    ``rows`` 为月末评定的各行（``project_year``、``colour``、``hits``）。
    """
    years = [row["project_year"] for row in rows]
    history = colour_history(years, until=month_end)
    operation = record(by=by, verb="supervision.warn_month", month_end=month_end, projects=len(rows))
    work = _Round(
        by=by, on=month_end, operation=operation, rules=current_rules(),
        done_on=max(month_end, today()),
    )  # fmt: skip
    live = {
        step.alert.project_year_id: step
        for step in AlertStep.objects.live()
        .exclude(state=AlertState.LIFTED)
        .filter(alert__project_year__in=years, alert__goal=None)
        .select_related("alert", "owner", "court")
    }
    covered = covering_campaigns(on=month_end)
    count = 0
    for row in rows:
        year: ProjectYear = row["project_year"]
        warning = _warning(row, history[year.pk], work)
        before = live.get(year.pk)
        if warning is not None and _tracked_already(row):
            continue
        if warning is not None:
            stopped = any(hit["rule"] == "stop" for hit in row["hits"])
            _warn(work, year, warning, before, covered.get(year.project_id) if stopped else None)
            count += 1
        elif before is not None and (why := _over(row, month_end)):
            work.steps.append(_lifted(work, before, why))
    AlertStep.objects.bulk_create(work.steps)
    notices(work.said, operation=operation, on=work.done_on)
    _regressed(work, [step for step in work.steps if step.state != AlertState.LIFTED])
    return count


def _tracked_already(row: Mapping[str, Any]) -> bool:
    """颜色只因有未销号的问题：问题本身已在梯子上，再发预警就是为问题立问题。"""
    return {hit["rule"] for hit in row["hits"]} == {"issue"}


def _over(row: Mapping[str, Any], month_end: date) -> str:
    """预警为什么了结：转绿了，或项目已停止实施、不会再转绿；没有了结为空串。"""
    if row["colour"] == Colour.GREEN:
        return f"{month_end:%Y-%m}月末已转绿"
    return "项目已认定停止实施" if row.get("outcome") == Outcome.STOPPED else ""


def colour_history(years: Collection[ProjectYear], *, until: date) -> dict[int, list[tuple[date, str]]]:
    """各年度项目历次月末评定的日子与颜色，按先后。"""
    grouped: dict[int, list[tuple[date, str]]] = defaultdict(list)
    rows = Verdict.objects.live().filter(project_year__in=years, month__lte=until).order_by("month")
    for year_id, on, colour in rows.values_list("project_year_id", "on", "colour"):
        grouped[year_id].append((on, colour))
    return grouped


def _warning(row: Mapping[str, Any], history: list[tuple[date, str]], work: _Round) -> Warning | None:
    yellows = 0
    for _, colour in history:
        yellows = yellows + 1 if colour == Colour.YELLOW else 0
    return warning_from(
        colour=Colour(row["colour"]), hits=tuple(row["hits"]), red_since=red_since(history), on=work.on,
        yellows=yellows, policy=work.policy,
    )  # fmt: skip


def red_since(history: Sequence[tuple[date, str]]) -> date | None:
    """到最近一次评定为止，从哪天起一直是红；最近一次不是红为 ``None``。"""
    since = None
    for day, colour in history:
        since = (since or day) if colour == Colour.RED else None
    return since


def _warn(
    work: _Round,
    year: ProjectYear,
    warning: Warning,
    before: AlertStep | None,
    cover: tuple[str, date] | None,
) -> None:
    seen = {name: getattr(warning, name) for name in ("colour", "measured", "threshold", "sentence")}
    seen |= {"rule": warning.rule[:60], "text": f"{work.heading}：{warning.sentence}"}
    if before is None:
        step = _first(work, year, warning.level, seen)
    else:
        after = renewed(
            alert_position(before), colour=warning.colour, level=warning.level, due=work.due
        )  # fmt: skip
        step = _stepped(work, before, AlertVerb.RENEW, after, **seen)
        if before.state == AlertState.ANSWERED:
            step.court_on = step.on
    if cover is not None and step.state == AlertState.WAITING:
        step.state, step.text = AlertState.ANSWERED, f"由“{cover[0]}”统筹，一项一方案"
        step.due_on = max(cover[1], work.due(step.level))
    work.steps.append(step)
    name = year.project.profile.name if year.project.profile else year.project.code
    asked = f"请于{step.due_on}前答复" if step.due_on else "已立为问题，由问题跟着"
    work.said.append((step, f"{name}：{warning.sentence}（L{step.level}），{asked}"))


def alert_position(step: AlertStep) -> AlertPosition:
    """由现行的一步得出位置。"""
    return AlertPosition(
        state=AlertState(step.state), level=step.level, colour=step.colour, owner=step.owner_id,
        due_on=step.due_on,
    )  # fmt: skip


def alert_written(position: AlertPosition) -> dict[str, Any]:
    """位置写成一步的各栏。"""
    return {name: getattr(position, name) for name in ("state", "level", "colour", "due_on")}


def _stepped(
    work: _Round, before: AlertStep, verb: AlertVerb, after: AlertPosition, **values: Any
) -> AlertStep:
    return follow(
        before, on=work.on, operation=work.operation, actor=work.by.get_username(), verb=verb,
        **{**alert_written(after), **values},
    )  # fmt: skip


def _first(work: _Round, year: ProjectYear, level: int, seen: dict[str, str]) -> AlertStep:
    alert = Alert.objects.create(
        project_year=year, on=work.on, recorded_at=work.operation.at, operation=work.operation
    )
    profile = year.project.profile
    owner = (profile.responsible_unit if profile else None) or office(work.by)
    return first_step(
        AlertStep, owner=owner, court=owner, on=work.on, by=work.by, operation=work.operation, alert=alert,
        verb=AlertVerb.WARN, state=AlertState.WAITING, level=level, due_on=work.due(level), **seen,
    )  # fmt: skip


def _lifted(work: _Round, before: AlertStep, why: str) -> AlertStep:
    after = stopped(alert_position(before), AlertVerb.LIFT)
    return _stepped(work, before, AlertVerb.LIFT, after, text=why)


def _regressed(work: _Round, warned: Sequence[AlertStep]) -> None:
    """事实反复：已销号的问题与督办单，所因的预警又来了，自动重新打开（HANDBOOK §3.3 回头看）。"""
    projects = {step.alert.project_year.project_id: step for step in warned}
    since = work.on - timedelta(days=work.policy.regress_days)
    issues = IssueStep.objects.live().filter(issue__project__in=projects, issue__alert__isnull=False)
    moved: list[tuple[IssueStep | OrderStep, str]] = []
    for step in issues.select_related("issue__alert", "owner", "court"):
        warning = projects[step.issue.project_id]
        if step.state != IssueState.CLOSED:
            if step.issue.alert_id == warning.alert_id and warning.level > step.level:
                moved.append((_pulled_up(work, step, warning), f"{step.issue} 随预警升到L{warning.level}"))
        elif _returned(step, warning, work, since):
            again = _reopen(work, step, warning, IssueState.HANDLING, IssueVerb.REOPEN)
            moved.append((again, f"{step.issue} 所治的问题又出现，已自动重新打开"))
    orders = OrderStep.objects.live().filter(
        state__in=(OrderState.CLOSED, OrderState.ARCHIVED), on__gte=since, on__lt=work.on,
        order__project__in=projects, order__issue__isnull=False,
    )  # fmt: skip
    for closed in orders.select_related(
        "order__issue__alert", "order__issue__parent__alert", "owner", "court"
    ):
        warning = projects[closed.order.project_id]
        if _same_cause(root_of(closed.order.issue), warning):  # 督办单多由议定事项转来，事由在链头
            again = _reopen(work, closed, warning, OrderState.WORKING, OrderVerb.REOPEN)
            moved.append((again, f"{closed.order} 所治的问题又出现，已自动重新打开"))
    for step, _ in moved:
        step.save()
    notices(moved, operation=work.operation, on=work.done_on)


def _pulled_up(work: _Round, before: IssueStep, warning: AlertStep) -> IssueStep:
    return follow(
        before, on=work.done_on, operation=work.operation, actor=work.by.get_username(), evidence="",
        verb=IssueVerb.LIFT_UP, level=warning.level, due_on=work.due(warning.level),
        text=f"{work.heading}，预警续报：{warning.sentence}",
    )  # fmt: skip


def _returned(step: IssueStep, warning: AlertStep, work: _Round, since: date) -> bool:
    """销号之后事实又坏了：同一条预警到月末仍在，或一定时日之内又来同类预警。"""
    if step.issue.alert_id == warning.alert_id:
        return step.on <= work.on
    return since <= step.on < work.on and _same_cause(step.issue, warning)


def _same_cause(issue: Issue, warning: AlertStep) -> bool:
    """同一条预警还在，或新来的预警触发的规则与当初的有交集。"""
    if issue.alert is None or issue.alert_id == warning.alert_id:
        return issue.alert is not None
    first = issue.alert.steps.order_by("pk").first()
    caused = (set(first.rule.split(",")) if first else set()) - NO_CAUSE
    return bool(caused & set(warning.rule.split(",")))


def _reopen(
    work: _Round, before: IssueStep | OrderStep, warning: AlertStep, state: str, verb: str
) -> IssueStep | OrderStep:
    return follow(
        before, on=work.done_on, operation=work.operation, actor=work.by.get_username(), verb=verb, state=state,
        level=max(before.level, warning.level), due_on=work.due(max(before.level, warning.level)),
        court=before.owner, text=f"{work.heading}，事实反复：{warning.sentence}", evidence="",
    )  # fmt: skip


@transaction.atomic
def answer_alert(
    *, alert: Alert, text: str, until: date, by: User, on: date, seen: int | None = None
) -> AlertStep:
    """说明：写明原因与措施，经推进办同意至多管到 ``until``；至多一个周期，到期未转绿即立为问题。"""
    require(text, REMEDY)
    before = current(AlertStep, seen, alert=alert)
    after = answered(alert_position(before), on=on, until=until, rules=current_rules())
    operation = record(
        by=by, verb="supervision.answer_alert", target=alert, text=text,
        **turned(before, alert_written(after)),
    )  # fmt: skip
    step = follow(
        before, on=on, operation=operation, actor=by.get_username(), verb=AlertVerb.ANSWER, text=text.strip(),
        **alert_written(after),
    )  # fmt: skip
    written_once(step.save)
    return step


@transaction.atomic
def hand_alert(
    *, alert: Alert, title: str, by: User, on: date, seen: int | None = None, **content: Any
) -> Issue:
    """立为问题：层级随预警，牵头单位随项目；预警从此由问题跟着。"""
    require(title, "请写明是什么问题。")
    before = current(AlertStep, seen, alert=alert)
    after = alert_written(stopped(alert_position(before), AlertVerb.HAND))
    operation = record(
        by=by, verb="supervision.hand_alert", target=alert, title=title, **turned(before, after)
    )
    step = handed(before, by=by, on=on, operation=operation)
    written_once(step.save)
    content.setdefault("lead_unit", None)
    return raised_from(
        operation, rules=current_rules(), by=by, on=on, project=alert.project_year.project, title=title, alert=alert,
        level=before.level, **content,
    )  # fmt: skip


def handed(before: AlertStep, *, by: User, on: date, operation: Operation, text: str = "") -> AlertStep:
    """预警转为问题的一步（未存库）：预警的钟停，此后走的是问题的钟。"""
    after = stopped(alert_position(before), AlertVerb.HAND)
    return follow(
        before, on=on, operation=operation, actor=by.get_username(), verb=AlertVerb.HAND, text=text,
        **alert_written(after),
    )  # fmt: skip


def blue_text(goal_text: str, due: date, *, days: int) -> dict[str, str]:
    """蓝色提醒的各栏。"""
    return {
        "colour": BLUE,
        "rule": DUE_RULE,
        "measured": str(due),
        "threshold": f"到期前 {days} 日内提醒",
        "sentence": f"目标“{goal_text}”{due.year}年{due.month}月{due.day}日到期，尚无经核实的达成",
    }
