"""收件箱与每日摘要。"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kaopu.accounts.models import User
from kaopu.domain.days import chinese_day
from kaopu.domain.rights import Role
from kaopu.projects.models import Project
from kaopu.supervision.models import Issue, Notice, NoticeRead, TaskForce
from kaopu.supervision.queries.clock import ladder
from kaopu.supervision.queries.orders import visible_orders
from kaopu.supervision.queries.todo import todo_for

LOCAL_FROM_LEVEL = 2  # 属地街镇、重点地区自二级起（§3.2）


def inbox(user: User, *, on: date) -> QuerySet[Notice]:
    """某人的收件箱：给本单位的，和按角色到了该知道的层级的（HANDBOOK §3.2）。"""
    threshold = ladder().on(on).threshold_of(user.role)
    addressed = _of_unit(user)
    if threshold is not None:
        addressed |= Q(level__gte=threshold)
    related = (
        "operation", "issue", "order", "demand", "alert__project_year__project", "task_force__project",
    )  # fmt: skip
    return Notice.objects.filter(addressed).select_related(*related).order_by("-on", "-pk")


def _of_unit(user: User) -> Q:
    """本单位该知道的：球在手里的；本单位项目上的问题（建设单位自一级起，属地、重点地区自二级起）；主办、协办、配合的；专班的例会。"""
    unit = user.organization_id
    if unit is None:
        return Q(pk__in=[])
    held = Q(organization=unit) | Q(task_force__in=TaskForce.objects.filter(members=unit))
    if user.sees_everything:
        return held
    local = user.role in (Role.STREET_TOWN, Role.KEY_AREA)
    own = Q(issue__in=Issue.objects.filter(project__in=Project.objects.of(user)))
    assisting = Q(issue__in=Issue.objects.filter(assists=unit))
    ordered = Q(order__in=visible_orders(user).values("order"))
    return held | (own & Q(level__gte=LOCAL_FROM_LEVEL if local else 1)) | assisting | ordered


def unread(user: User, *, on: date) -> QuerySet[Notice]:
    """收件箱里还没看过的。"""
    read = NoticeRead.objects.filter(notice=OuterRef("pk"), user=user)
    return inbox(user, on=on).filter(~Exists(read))


def digest_for(user: User, *, on: date) -> list[str]:
    """某人一天的摘要：未读几条，要办的几件，最急的在前。"""
    waiting = unread(user, on=on).count()
    items = todo_for(user, on=on)
    if not waiting and not items:
        return []
    head = f"{chinese_day(on)}：未读通知 {waiting} 条，待办 {len(items)} 件。"
    return [head, *(f"{item.due_on} {item.number} {item.title}（{item.doing}）" for item in items[:20])]
