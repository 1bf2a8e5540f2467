"""关账后更正：申请、批复；批准即另成一版，冻结的一版与快照都不动，两版都看得见（TRUST §4 第 14 条）。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.attachments import Received
from kaopu.domain.days import last_day_of
from kaopu.domain.reporting import PASSED_ON_IMPORT
from kaopu.projects.actions import ProposalRefused, attach, rule_once
from kaopu.projects.models import ProjectYear
from kaopu.tracking.models import CorrectionRuling, MonthlyReport, ReportCorrection, ReportReview
from kaopu.tracking.queries import is_frozen, pending_corrections

_FIELDS = ("work", "investment_yuan", "progress_percent", "problems", "next_steps")


class CorrectionRefused(ProposalRefused):
    """更正不合规，理由与办法见信息。"""


@transaction.atomic
def propose_correction(
    *,
    project_year: ProjectYear,
    month: date,
    seen: int | None,
    reason: str,
    by: User,
    on: date,
    attachments: Sequence[Received] = (),
    **fields: Any,
) -> ReportCorrection:
    """申请更正已关账月份的月报（``fields`` 为月报各栏）；那个月没有报过的，即补报。一份月报一次只有一件待批。"""
    if not is_frozen(month):
        raise CorrectionRefused(f"{month:%Y年}{month.month}月还没有关账，请直接改报。")
    if not reason.strip():
        raise CorrectionRefused("请写明更正的理由：错在哪里，依据什么。")
    current = _current(project_year, month)
    if (current.pk if current else None) != seen:
        raise CorrectionRefused("打开页面之后这份月报已有更正。请刷新，核对现行一版。")
    if pending_corrections(project_year=project_year, month=month):
        raise CorrectionRefused("这份月报已有一件更正待批。请等批复。")
    operation = record(
        by=by, verb="tracking.propose_correction", target=project_year, month=month, reason=reason,
        before=_figures(current), after=fields,
    )  # fmt: skip
    correction: ReportCorrection = ReportCorrection.objects.create(
        project_year=project_year, month=month, corrects=current, reason=reason.strip(), **fields,
        **operation.fact(on),
    )  # fmt: skip
    attach(received=attachments, operation=operation, on=on, project=project_year.project)
    return correction


@transaction.atomic
def rule_correction(
    *, correction: ReportCorrection, approved: bool, by: User, on: date, reason: str = ""
) -> CorrectionRuling:
    """批复更正；申请的人不得自批。批准的一版成立日照被更正的一版（补报的为月末），今天录入：按关账时所知的数不变，按现在所知的是更正后的。"""
    current = correction.corrects
    if _current(correction.project_year, correction.month) != current:
        raise CorrectionRefused("这份月报在申请之后已有更正。请另行申请。")
    ruling, operation = rule_once(
        CorrectionRuling, "correction", correction, approved=approved, by=by, on=on, reason=reason,
        verb="tracking.rule_correction", before=_figures(current), after=_figures(correction),
    )  # fmt: skip
    if approved:
        _corrected(correction, operation)
    return ruling


def _corrected(correction: ReportCorrection, operation: Operation) -> None:
    before = correction.corrects
    fact = operation.fact(before.on if before else last_day_of(correction.month))
    report = MonthlyReport.objects.create(
        project_year=correction.project_year,
        month=correction.month,
        supersedes=_tail(correction.project_year, correction.month),
        correction=correction,
        **{name: getattr(correction, name) for name in _FIELDS},
        **fact,
    )
    ReportReview.objects.bulk_create(
        ReportReview(report=report, verb=verb, **fact) for verb in PASSED_ON_IMPORT
    )


def _figures(row: MonthlyReport | ReportCorrection | None) -> dict[str, Any] | None:
    return {name: getattr(row, name) for name in _FIELDS} if row else None


def _tail(project_year: ProjectYear, month: date) -> MonthlyReport | None:
    tails = MonthlyReport.objects.tails().filter(project_year=project_year, month=month)
    tail: MonthlyReport | None = tails.select_for_update(of=("self",)).first()
    return tail


def _current(project_year: ProjectYear, month: date) -> MonthlyReport | None:
    tail = _tail(project_year, month)
    return None if tail is None or tail.voided else tail
