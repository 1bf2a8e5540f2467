"""会议、批示与领导页的读取。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.alerts import AlertState
from kaopu.domain.colours import Colour
from kaopu.domain.escalation import IssueState, is_overdue
from kaopu.domain.ladder import TOP_LEVEL
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderState
from kaopu.projects.queries import profiled_then
from kaopu.supervision.models import (
    AgendaItem,
    AlertStep,
    Issue,
    IssueKind,
    IssueStep,
    LeaderInstruction,
    Meeting,
    Minutes,
    OrderStep,
)
from kaopu.supervision.queries.alerts import open_alerts
from kaopu.supervision.queries.issues import open_issues
from kaopu.supervision.queries.orders import open_orders
from kaopu.supervision.rights import may_sign

AGENDA_FROM_LEVEL = 2
ASKED = {Role.DISTRICT_LEADER: (3,), Role.TOP_LEADER: (TOP_LEVEL,)}  # 各级请哪位领导（§3.2）
MOST_ASKS = 5


def meetings_seen(past: Past | None = None) -> QuerySet[Meeting]:
    """历次会议，现在的或当时的，从近到远，带议题数与议定事项数。"""
    topics = Q(agenda__in=AgendaItem.objects.seen(past))
    settled = Q(resolutions__in=Issue.objects.seen(past))
    counted = Meeting.objects.seen(past).annotate(
        topics=Count("agenda", distinct=True, filter=topics),
        settled=Count("resolutions", distinct=True, filter=settled),
    )
    versions = Prefetch("versions", Minutes.objects.by_then(past).select_related("operation"))
    ordered: QuerySet[Meeting] = counted.prefetch_related(versions).order_by("-on", "-pk")
    return ordered


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """一条批示与落实情况：派生任务几件、销号几件。"""

    row: LeaderInstruction
    tasks: tuple[IssueStep, ...]

    @property
    def closed(self) -> int:
        """已销号的任务数。"""
        return sum(step.state == IssueState.CLOSED for step in self.tasks)

    @property
    def carried_out(self) -> bool:
        """是否落实：派生的任务全部销号；没有派生任务的不算落实。"""
        return bool(self.tasks) and self.closed == len(self.tasks)


def instructions_with_tasks(past: Past | None = None) -> list[Instruction]:
    """领导批示与落实情况，现在的或当时的，从近到远。"""
    rows = list(LeaderInstruction.objects.seen(past).order_by("-on", "-pk"))
    standing = IssueStep.objects.step_seen(past, "issue_id").filter(issue__instruction__in=rows)
    steps = standing.select_related("issue", "owner")
    return [
        Instruction(row=row, tasks=tuple(step for step in steps if step.issue.instruction_id == row.pk))
        for row in rows
    ]


def proposed_agenda(user: User) -> list[IssueStep]:
    """拟出的议题：二级以上、未销号的问题与要素保障，级别高、拖得久的在前（种子 D05）。"""
    kinds = (IssueKind.PROBLEM, IssueKind.SUPPORT)
    return list(open_issues(user).filter(level__gte=AGENDA_FROM_LEVEL, issue__kind__in=kinds))


def unhanded_warnings(user: User) -> list[AlertStep]:
    """还没有立为问题的红黄预警：先立为问题、写明原因与对策，才上会（种子 D05）。"""
    return list(
        open_alerts(user).filter(colour__in=(Colour.RED, Colour.YELLOW)).exclude(state=AlertState.HANDED)
    )


@dataclass(frozen=True, kw_only=True)
class Ask:
    """请领导做的一件事：什么事、卡在哪里、请做什么。"""

    kind: str
    pk: int
    number: str
    title: str
    project: str
    is_demo: bool
    stuck: str
    request: str
    level: int
    due_on: date
    late: bool


def asks_for_leader(user: User, *, on: date, past: Past | None = None) -> list[Ask]:
    """只有这位领导解得开的事，现在的或当时的，至多五件：他能签发的督办单，和到了他那一级、写好了对策的问题（§3.2）。

    三级请分管区领导，四级请区主要领导；推进办看全部，好替两位领导备着。
    """
    waiting = open_orders(user, past).filter(state=OrderState.APPROVING)
    signing = [step for step in waiting if user.is_office or may_sign(user, step.order.kind)]
    stuck = (
        open_issues(user, past)
        .filter(
            level__in=ASKED.get(Role(user.role), (3, TOP_LEVEL)),
            issue__kind__in=(IssueKind.PROBLEM, IssueKind.SUPPORT),
        )
        .exclude(proposal="")
        .exclude(state=IssueState.REPLIED)
    )
    projects = [step.order.project for step in signing] + [step.issue.project for step in stuck]
    profiled_then(projects, past)
    asks = [_signing(step, on) for step in signing] + [_stuck(step, on) for step in stuck]
    asks.sort(key=lambda ask: (-ask.level, not ask.late, ask.due_on))
    return asks[:MOST_ASKS]


def _signing(step: OrderStep, on: date) -> Ask:
    assert step.due_on is not None
    project = step.order.project
    return Ask(
        kind="order", pk=step.order_id, number=str(step.order), title=step.order.matter,
        project=project.profile.name if project.profile else project.code, is_demo=project.is_demo,
        stuck=f"主办{step.order.lead_unit.name}，待签发", request="请签发或退回修改", level=step.level,
        due_on=step.due_on, late=is_overdue(step.due_on, on=on),
    )  # fmt: skip


def _stuck(step: IssueStep, on: date) -> Ask:
    assert step.due_on is not None
    project = step.issue.project
    return Ask(
        kind="issue", pk=step.issue_id, number=str(step.issue), title=step.issue.title,
        project=project.profile.name if project and project.profile else "", is_demo=bool(project and project.is_demo),
        stuck=step.analysis, request=step.proposal, level=step.level, due_on=step.due_on,
        late=is_overdue(step.due_on, on=on),
    )  # fmt: skip
