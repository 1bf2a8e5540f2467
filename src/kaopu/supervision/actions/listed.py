"""问题清单：一张清单的问题成批立出、成批撤回，一次办理、一条留痕（HANDBOOK §7.1 W3、§7.2 第10条）。"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.causes import Cause
from kaopu.domain.coordination import BY_SYSTEM
from kaopu.domain.escalation import MoveRefused
from kaopu.projects.models import Project
from kaopu.supervision.actions.issues import current_rules, raised_from
from kaopu.supervision.actions.steps import follow, require
from kaopu.supervision.models import AgendaItem, Issue, IssueStep, Source, SupervisionOrder

VOID = "void"


@dataclass(frozen=True, kw_only=True)
class ListedIssue:
    """清单上的一条问题。``on`` 为提出之日；``due`` 为空由逐级协调规则定期限。"""

    project: Project | None
    title: str
    description: str
    on: date
    category: Cause = Cause.OTHER
    cause: str = ""
    lead_unit: Organization | None = None
    assists: tuple[Organization, ...] = ()
    due: date | None = None


def earliest_due(on: date) -> date:
    """``on`` 这天立的问题，期限最早可到哪天；更早的一立出来就逾期。"""
    return current_rules().floor(on)


@transaction.atomic
def raise_listed(*, issues: Sequence[ListedIssue], by: User, on: date, source: str) -> list[Issue]:
    """问题清单：立出各条问题（HANDBOOK §7.1 W3）；期限早于 :func:`earliest_due` 的抛 ``MoveRefused``。

    成立日是清单写的提出之日，不晚于 ``on``；没有期限的自 ``on`` 起按一级限期定，不因提出得早而一立就逾期。
    """
    rules = current_rules()
    operation = record(by=by, verb="supervision.raise_listed", source=source, count=len(issues))
    raised = []
    for item in issues:
        require(item.title, "请写明是什么问题。")
        if item.due is not None and item.due < rules.floor(on):
            raise MoveRefused(f"“{item.title}”的期限早于{rules.floor(on)}，一立出来就逾期。请核对。")
        issue = raised_from(
            operation, rules=rules, by=by, on=min(item.on, on), project=item.project, title=item.title,
            description=item.description, category=item.category, cause=item.cause[:120],
            lead_unit=item.lead_unit, assists=item.assists, level=1, due=item.due or rules.due(on, 1),
            source=Source.OTHER,
        )  # fmt: skip
        raised.append(issue)
    return raised


def withdraw_raised(
    operation: Operation, *, raised_under: Collection[int], by: User, on: date, reason: str
) -> None:
    """作废某几次办理立出的问题：各接一步作废，原来的步子都还在。已有人接着办的抛 ``MoveRefused``。"""
    issues = Issue.objects.filter(operation__in=raised_under)
    acted = IssueStep.objects.filter(issue__in=issues).exclude(operation__in=raised_under)
    leaning = (
        acted.exclude(verb__in=BY_SYSTEM),
        SupervisionOrder.objects.live().filter(issue__in=issues),
        AgendaItem.objects.live().filter(issue__in=issues),
        Issue.objects.live().filter(parent__in=issues),
    )
    if any(found.exists() for found in leaning):
        raise MoveRefused("其中的问题已有人接着办理、上会或转了督办，不能整批撤销。请逐个在问题页办结。")
    for step in IssueStep.objects.live().filter(issue__in=issues):
        follow(
            step, on=on, operation=operation, actor=by.get_username(), verb=VOID, text=reason, voided=True
        ).save()
