"""问题的读取：看得见的、按层级与账龄排的、某项目现在最高到几级。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.escalation import IssueState
from kaopu.projects.models import Project
from kaopu.supervision.models import Issue, IssueStep

RELATED = ("issue__project__profile", "owner", "court")


def visible_issues(user: User, past: Past | None = None) -> QuerySet[IssueStep]:
    """某人看得见的问题的位置，现行的或当时的：看全部者看全部，其余看本单位项目的、本单位牵头或配合的（§4.2）。

    看过去时，看得见哪些仍按现在：改派走了的不再看得见，改派来的连来历一起看得见。
    """
    steps = IssueStep.objects.step_seen(past, "issue_id")
    if user.sees_everything:
        return steps
    if past is not None:
        return steps.filter(issue__in=visible_issues(user).values("issue"))
    unit = user.organization_id
    if unit is None:
        return steps.none()
    mine = (
        Q(issue__project__in=Project.objects.of(user))
        | Q(owner=unit)
        | Q(court=unit)
        | Q(issue__in=Issue.objects.filter(assists=unit))
    )
    return steps.filter(mine)


def open_issues(user: User, past: Past | None = None) -> QuerySet[IssueStep]:
    """某人看得见的未销号问题，现在的或当时的：层级高的在前，同级按账龄从老到新。"""
    steps = visible_issues(user, past).exclude(state=IssueState.CLOSED)
    return steps.select_related(*RELATED).order_by("-level", "issue__on", "issue__pk")


def issue_for(user: User, pk: int, past: Past | None = None) -> IssueStep | None:
    """某人看得见的一个问题的位置，现行的或当时的；看不见、不存在与当时还没有同样是 ``None``。"""
    related = (
        *RELATED,
        "issue__alert",
        "issue__meeting",
        "issue__instruction",
        "issue__parent",
        "issue__task_force",
    )
    return visible_issues(user, past).filter(issue=pk).select_related(*related, "issue__looks_at").first()


def problem_text(issue: Issue) -> str:
    """一个问题的全文：事项只存得下 120 字，更长的写在“情况”首行。"""
    first = issue.description.partition("\n")[0]
    return first if first.startswith(issue.title) else issue.title


def steps_of(issue: Issue, past: Past | None = None) -> Sequence[IssueStep]:
    """一个问题走过的各步（看过去时到当时为止），从先到后。"""
    steps = IssueStep.objects.by_then(past).filter(issue=issue)
    return list(steps.select_related("owner", "court").order_by("pk"))


def issues_of(project: Project, past: Past | None = None) -> list[IssueStep]:
    """一个项目的问题，未销号的在前。"""
    steps = IssueStep.objects.step_seen(past, "issue_id").filter(issue__project=project)
    related = steps.select_related("issue", "owner", "court")
    return sorted(related, key=lambda step: (step.state == IssueState.CLOSED, -step.level, step.issue.on))


def open_levels(*, as_of: date, known_at: datetime) -> dict[int, int]:
    """各项目在某日未销号问题的最高层级，按项目编号；月末评定颜色用。"""
    steps = IssueStep.objects.step_seen(Past(as_of=as_of, known_at=known_at), "issue_id")
    standing = steps.filter(issue__project__isnull=False).exclude(state=IssueState.CLOSED)
    found: dict[int, int] = {}
    for project, level in standing.values_list("issue__project_id", "level"):
        found[project] = max(found.get(project, 0), level)
    return found
