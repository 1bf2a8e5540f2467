"""承诺的写入：签责任书（自此目标锁定）、目标变更的申请与批复（种子 D04、D06）。"""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.domain.causes import Cause
from kaopu.domain.commitments import change_refused
from kaopu.domain.milestones import classify_goal
from kaopu.projects.actions.holding import hold_projects
from kaopu.projects.actions.rulings import ProposalRefused, rule_once
from kaopu.projects.models import AnnualGoal, GoalChange, GoalRuling, LetterSigning


class CommitmentRefused(ProposalRefused):
    """责任书或目标变更不合规，理由与办法见信息。"""


@transaction.atomic
def sign_letter(*, year: int, unit: Organization, document: str, by: User, on: date) -> LetterSigning:
    """记责任书签订；同一单位一年一份，自此该单位各项目的年度目标锁定。"""
    if not document.strip():
        raise CommitmentRefused("请写明责任书的文件名称或编号。")
    operation = record(by=by, verb="projects.sign_letter", target=unit, year=year, document=document)
    try:
        with transaction.atomic():
            return LetterSigning.objects.create(
                year=year, unit=unit, document=document.strip(), **operation.fact(on)
            )
    except IntegrityError as error:
        raise CommitmentRefused(f"{unit}{year}年的责任书已经登记过。需要补充的，另起补充责任书。") from error


@transaction.atomic
def propose_goal_change(
    *, goal: AnnualGoal, text: str, due_on: date | None, cause: Cause, document: str, by: User, on: date
) -> GoalChange:
    """申请变更年度目标；到期前 30 天不再受理，须有依据文件。"""
    if not document.strip():
        raise CommitmentRefused("变更须有依据文件。请写会议纪要或请示的名称与文号。")
    if refused := change_refused(due_on=goal.due_on, on=on, new_due_on=due_on):
        raise CommitmentRefused(refused)
    hold_projects([goal.project_year.project])  # 两人同时申请，也只有一件待批
    if GoalChange.objects.live().filter(goal=goal, ruling=None).exists():
        raise CommitmentRefused("这条目标已有一件变更待批。请等批复。")
    operation = record(
        by=by, verb="projects.propose_goal_change", target=goal, cause=cause.value, document=document,
        before={"text": goal.text, "due_on": goal.due_on}, after={"text": text, "due_on": due_on},
    )  # fmt: skip
    return GoalChange.objects.create(
        goal=goal, text=text, due_on=due_on, cause=cause, document=document.strip(), **operation.fact(on)
    )


@transaction.atomic
def rule_goal_change(
    *, change: GoalChange, approved: bool, by: User, on: date, reason: str = ""
) -> GoalRuling:
    """批复目标变更；申请的人不得自批。批准即另起一行目标指向原目标，原目标永在。"""
    goal = change.goal
    if AnnualGoal.objects.filter(supersedes=goal).exists():
        raise CommitmentRefused("这条目标在申请之后已有改动。请另行申请。")
    ruling, operation = rule_once(
        GoalRuling, "change", change, approved=approved, by=by, on=on, reason=reason,
        verb="projects.rule_goal_change", before={"text": goal.text, "due_on": goal.due_on},
        after={"text": change.text, "due_on": change.due_on},
    )  # fmt: skip
    if approved:
        AnnualGoal.objects.create(
            project_year=goal.project_year, ordinal=goal.ordinal, text=change.text,
            goal_type=classify_goal(change.text), due_on=change.due_on, due_precision="day" if change.due_on else "",
            mandatory=goal.mandatory, supersedes=goal, **operation.fact(on),
        )  # fmt: skip
    return ruling
