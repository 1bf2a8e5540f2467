"""我的待办：球在我手里的，按期限先后。"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q

from kaopu.accounts.models import OrganizationKind, User
from kaopu.domain.alerts import AlertState
from kaopu.domain.backward import NodeState
from kaopu.domain.escalation import IssueState
from kaopu.domain.rights import Act, Role, Scope, Thing
from kaopu.domain.supervision_orders import IN_HAND, OrderState
from kaopu.domain.task_forces import MISSED_LEVEL, REMIND_LEVEL
from kaopu.domain.workdays import REPORT_DUE_DAY, CalendarUnpublished, report_due_on
from kaopu.projects.models import Project, ProjectYear
from kaopu.supervision.models import AlertStep, IssueStep, OrderStep
from kaopu.supervision.queries.alerts import open_alerts
from kaopu.supervision.queries.issues import open_issues
from kaopu.supervision.queries.orders import open_orders
from kaopu.supervision.queries.schedules import Row, due_nodes
from kaopu.supervision.queries.task_forces import Convening, convenings_for
from kaopu.supervision.rights import may_sign
from kaopu.tracking.models import StillStoppedDemand
from kaopu.tracking.queries import chased, working_calendar
from kaopu.tracking.queries.demands import demands_on

_ISSUE_DOING = {
    IssueState.RAISED: "认领并办理",
    IssueState.HANDLING: "办理并反馈",
    IssueState.REPLIED: "核实后销号或退回",
}
_ORDER_DOING = {
    OrderState.DRAFT: "送审",
    OrderState.APPROVING: "签发",
    OrderState.ISSUED: "签收",
    OrderState.SIGNED: "开始办理",
    OrderState.WORKING: "办理并反馈",
    OrderState.REPORTED: "审核",
    OrderState.REVIEWING: "审核",
    OrderState.COMPLETED: "销号",
}


@dataclass(frozen=True, kw_only=True)
class TodoItem:
    """待办的一行：什么事、该做什么、几时之前。"""

    kind: str  # alert、issue、order、demand、report、task_force、node，页面据此连到各自的页
    pk: int
    number: str
    title: str
    project: str
    is_demo: bool
    doing: str
    level: int
    due_on: date
    court: str
    court_on: date
    code: str = ""  # 连到项目协调页、倒排页的，项目编号；看不见那个项目的为空


def _mine(user: User) -> Q:
    """球在我手里：推进办的人看推进办手里的，其余看本单位手里的。"""
    if user.is_office:
        return Q(court__kind=OrganizationKind.OFFICE) | Q(court__name=settings.OFFICE_SHORT_NAME)
    return Q(court=user.organization_id) if user.organization_id else Q(pk__in=[])


def todo_for(user: User, *, on: date) -> list[TodoItem]:
    """某人该办的事，期限近的在前；待签发的督办单只列给签发得了的人。``on`` 只用来把过期的排在最前。"""
    mine = _mine(user)
    if user.role == Role.DISTRICT_LEADER:
        signing = open_orders(user).filter(state=OrderState.APPROVING)
        return [_order_item(step) for step in signing]
    alerts = open_alerts(user).filter(mine, state=AlertState.WAITING)
    issues = open_issues(user).filter(mine)
    asked = Q(asked_until__isnull=False, state__in=IN_HAND) if user.is_office else Q(pk__in=[])
    orders = open_orders(user).filter(mine | asked)
    items = [
        *(_alert_item(step) for step in alerts),
        *(_issue_item(step) for step in issues),
        *(
            _order_item(step, deciding=user.is_office and step.asked_until is not None)
            for step in orders
            if step.state != OrderState.APPROVING or may_sign(user, step.order.kind)
        ),
        *(_demand_item(demand) for demand in _demands(user, on)),
        *_report_items(user),
        *_meeting_items(user, on),
        *_node_items(user, on),
    ]
    return sorted(items, key=lambda item: (item.due_on, -item.level, item.number))


def _demands(user: User, on: date) -> list[StillStoppedDemand]:
    """要我报的未复工原因：责任单位报自己的，没有责任单位的由推进办报。"""
    if user.is_office:
        return demands_on(None, on=on)
    return (
        demands_on(user.organization, on=on)
        if user.role == Role.RESPONSIBLE_UNIT and user.organization
        else []
    )


def _demand_item(demand: StillStoppedDemand) -> TodoItem:
    project = demand.suspension.project
    unit = project.profile.responsible_unit if project.profile else None
    return TodoItem(
        kind="demand", pk=demand.suspension_id, number="停工", title=str(demand), is_demo=project.is_demo,
        project=project.profile.name if project.profile else project.code, doing="填报原因与预计复工日",
        level=1, due_on=demand.due_on, court=unit.name if unit else settings.OFFICE_SHORT_NAME, court_on=demand.on,
    )  # fmt: skip


def _meeting_items(user: User, on: date) -> list[TodoItem]:
    """专班的下一次例会：牵头的召集，成员到会，推进办登记。"""
    items = convenings_for(user, on=on)
    projects = Project.objects.filter(task_forces__in=[item.force for item in items])
    seen = set(projects.visible_to(user, Thing.ISSUE).values_list("code", flat=True))
    return [_meeting_item(item, user, seen) for item in items]


def _meeting_item(item: Convening, user: User, seen: Collection[str]) -> TodoItem:
    force, project = item.force, item.force.project
    doing = "召集例会" if user.organization_id == force.lead_unit_id else "参加例会"
    return TodoItem(
        kind="task_force", pk=force.pk, number="例会", title=f"{force.name}（每{force.rhythm_days}天一次）",
        project=project.profile.name if project.profile else project.code, is_demo=project.is_demo,
        doing="开会并登记" if user.is_office else doing, level=REMIND_LEVEL, due_on=item.next_on.on,
        court=force.lead_unit.name, court_on=item.last_on or force.on, code=project.code if project.code in seen else "",
    )  # fmt: skip


def _node_items(user: User, on: date) -> list[TodoItem]:
    """倒排计划里今日应做的节点。"""
    due = due_nodes(user, on=on)
    projects = Project.objects.filter(pk__in={project.pk for project, _ in due})
    seen = set(projects.visible_to(user, Thing.PERMIT).values_list("code", flat=True))
    return [_node_item(project, row, seen) for project, row in due]


def _node_item(project: Project, row: Row, seen: Collection[str]) -> TodoItem:
    started, node = row.at.progress.started_on, row.node
    return TodoItem(
        kind="node", pk=node.pk, number="倒排", title=node.name, is_demo=project.is_demo,
        code=project.code if project.code in seen else "",
        project=project.profile.name if project.profile else project.code, doing="办结" if started else "开始办理",
        level=MISSED_LEVEL if row.at.state is NodeState.NO_FLOAT else REMIND_LEVEL,
        due_on=node.latest_finish if started else node.latest_start, court=node.lead_unit.name,
        court_on=started or node.on,
    )  # fmt: skip


def _report_items(user: User) -> list[TodoItem]:
    """催过的、退回的月报：一个月一行，连到那个月的月报台；编号为年月。"""
    if user.scope(Thing.MONTHLY_REPORT, Act.CHANGE) is not Scope.OWN:
        return []
    return [_report_item(user, month, years) for month, years in chased(user).items()]


def _report_item(user: User, month: date, years: Sequence[ProjectYear]) -> TodoItem:
    try:
        due = report_due_on(month, working_calendar())
    except CalendarUnpublished:
        due = month.replace(day=REPORT_DUE_DAY)
    names = [year.project.profile.name for year in years if year.project.profile]
    return TodoItem(
        kind="report", pk=month.year * 100 + month.month, number="月报", is_demo=years[0].project.is_demo,
        title=f"{month:%Y年}{month.month}月月报：{len(years)} 个未报或被退回", project="、".join(names),
        doing="填报", level=1, due_on=due, court=str(user.organization), court_on=due,
    )  # fmt: skip


def _item(step: AlertStep | IssueStep | OrderStep, **values: Any) -> TodoItem:
    assert step.due_on is not None
    return TodoItem(
        level=step.level, due_on=step.due_on, court=step.court.name, court_on=step.court_on, **values
    )


def _alert_item(step: AlertStep) -> TodoItem:
    project = step.alert.project_year.project
    return _item(
        step, kind="alert", pk=step.alert_id, number="预警", title=step.sentence, is_demo=project.is_demo,
        project=project.profile.name if project.profile else project.code, doing="说明或立为问题",
    )  # fmt: skip


def _issue_item(step: IssueStep) -> TodoItem:
    project = step.issue.project
    return _item(
        step, kind="issue", pk=step.issue_id, number=str(step.issue), title=step.issue.title,
        project=project.profile.name if project and project.profile else "", is_demo=bool(project and project.is_demo),
        doing=_ISSUE_DOING[IssueState(step.state)],
    )  # fmt: skip


def _order_item(step: OrderStep, *, deciding: bool = False) -> TodoItem:
    """督办单的一行；``deciding`` 为承办中有延期申请待推进办批复：球仍在承办单位，批复却是推进办的事。"""
    project = step.order.project
    return _item(
        step, kind="order", pk=step.order_id, number=str(step.order), title=step.order.matter,
        project=project.profile.name if project.profile else project.code, is_demo=project.is_demo,
        doing="批复延期申请" if deciding and step.state in IN_HAND else _ORDER_DOING[OrderState(step.state)],
    )  # fmt: skip
