"""收件箱与每日摘要。"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from kaopu.accounts.models import User
from kaopu.supervision.models import Notice, NoticeRead
from kaopu.supervision.queries.clock import ladder
from kaopu.supervision.queries.todo import todo_for


def inbox(user: User, *, on: date) -> QuerySet[Notice]:
    """某人的收件箱：给本单位的，和按角色到了该知道的层级的（HANDBOOK §3.2）。"""
    threshold = ladder().on(on).threshold_of(user.role)
    addressed = Q(organization=user.organization_id) if user.organization_id else Q(pk__in=[])
    if threshold is not None:
        addressed |= Q(level__gte=threshold)
    related = ("issue", "order", "demand", "alert__project_year__project")
    return Notice.objects.filter(addressed).select_related(*related).order_by("-on", "-pk")


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
    head = f"{on}：未读通知 {waiting} 条，待办 {len(items)} 件。"
    return [head, *(f"{item.due_on} {item.number} {item.title}（{item.doing}）" for item in items[:20])]
