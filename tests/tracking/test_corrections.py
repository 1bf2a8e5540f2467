"""关账后更正：须另一人批准；冻结的一版与评定不动，此后所知的是更正后的一版。"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kaopu.accounts.models import User
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.figures.ledger import Ledger
from kaopu.figures.models import Snapshot
from kaopu.projects.actions import ProposalRefused
from kaopu.projects.models import ProjectYear
from kaopu.tracking import actions
from kaopu.tracking import queries as tracking
from kaopu.tracking.actions import CorrectionRefused, propose_correction, rule_correction
from kaopu.tracking.models import MonthlyReport, ReportCorrection, Verdict
from tests import factories

pytestmark = pytest.mark.django_db
MONTH, LATER = date(2022, 1, 1), date(2022, 3, 8)


@pytest.fixture
def closed() -> ProjectYear:
    """一月报了一千万、已关账的一个项目。"""
    (year,) = factories.project_list([factories.listed("示例小学")])
    by = factories.operator()
    plan = {"project_year": year, "month": MONTH, "planned_investment_yuan": 10_000_000}
    actions.save_plans(rows=[plan], by=by, on=MONTH)
    row = {"project_year": year, "investment_yuan": 10_000_000, "progress_percent": 10, "work": "打桩"}
    actions.save_reports(month=MONTH, rows=[row], by=by, on=date(2022, 1, 25))
    close_month(month=MONTH, by=by)
    return year


@pytest.fixture
def owner(db: None) -> User:
    return factories.user(Role.PROJECT_OWNER)


@pytest.fixture
def officer(db: None) -> User:
    return factories.user(Role.PROJECT_OFFICER)


def propose(year: ProjectYear, by: User, **changes: Any) -> ReportCorrection:
    current = MonthlyReport.objects.live().filter(project_year=year, month=MONTH).first()
    fields = {"investment_yuan": 9_000_000, "progress_percent": 9, "work": "打桩", "reason": "发票重复计入"}
    return propose_correction(
        project_year=year, month=MONTH, seen=current.pk if current else None, by=by, on=LATER,
        **{**fields, **changes},
    )  # fmt: skip


def invested(known_at: Any, as_of: date = date(2022, 1, 31)) -> int | None:
    return Ledger(year=2022, as_of=as_of, known_at=known_at).figure("progress.done_m1.all").exact


def test_an_approved_correction_is_a_new_version_and_the_frozen_one_stays(
    closed: ProjectYear, owner: User, officer: User
) -> None:
    at_close = tracking.now()
    verdict, snapshot = Verdict.objects.get(), Snapshot.objects.get()
    correction = propose(closed, owner)
    assert invested(tracking.now()) == 10_000_000  # 待批的不算

    rule_correction(correction=correction, approved=True, by=officer, on=LATER)

    assert (invested(at_close), invested(tracking.now())) == (10_000_000, 9_000_000)
    assert invested(tracking.now(), as_of=date(2022, 1, 26)) == 9_000_000
    versions = tracking.report_versions(project=closed.project, month=MONTH)
    assert [report.investment_yuan for report, _ in versions] == [9_000_000, 10_000_000]
    assert (Verdict.objects.get(), Snapshot.objects.get().digest) == (verdict, snapshot.digest)
    line = tracking.report_lines(month=MONTH, project_year_ids=[closed.pk])[closed.pk]
    assert line.state == "accepted" and line.report is not None and line.report.correction == correction


def test_a_month_with_no_report_can_be_filled_in_afterwards(owner: User, officer: User) -> None:
    (year,) = factories.project_list([factories.listed("示例医院")])
    close_month(month=MONTH, by=factories.operator())

    rule_correction(correction=propose(year, owner), approved=True, by=officer, on=LATER)

    assert invested(tracking.now()) == 9_000_000


def test_who_asks_does_not_approve_and_a_refusal_needs_words(closed: ProjectYear, officer: User) -> None:
    correction = propose(closed, officer)

    with pytest.raises(ProposalRefused, match="须由另一人批复"):
        rule_correction(correction=correction, approved=True, by=officer, on=LATER)
    other = factories.user(Role.OFFICE_SECTION)
    with pytest.raises(ProposalRefused, match="须写明意见"):
        rule_correction(correction=correction, approved=False, by=other, on=LATER)
    rule_correction(correction=correction, approved=False, by=other, on=LATER, reason="发票没有重复")
    assert invested(tracking.now()) == 10_000_000
    with pytest.raises(ProposalRefused, match="已由他人批复"):
        rule_correction(correction=correction, approved=True, by=other, on=LATER)


def test_one_pending_correction_at_a_time_with_a_reason_and_only_after_the_close(
    closed: ProjectYear, owner: User
) -> None:
    with pytest.raises(CorrectionRefused, match="请写明更正的理由"):
        propose(closed, owner, reason=" ")
    with pytest.raises(CorrectionRefused, match="已有更正"):
        propose_correction(
            project_year=closed, month=MONTH, seen=None, by=owner, on=LATER, reason="错",
            investment_yuan=1, progress_percent=1,
        )  # fmt: skip
    propose(closed, owner)
    with pytest.raises(CorrectionRefused, match="待批"):
        propose(closed, owner)
    with pytest.raises(CorrectionRefused, match="还没有关账"):
        propose_correction(
            project_year=closed, month=date(2022, 2, 1), seen=None, by=owner, on=LATER, reason="错",
            investment_yuan=1, progress_percent=1,
        )  # fmt: skip


def test_the_database_lets_nothing_else_into_a_frozen_month(closed: ProjectYear, owner: User) -> None:
    correction = propose(closed, owner)
    tail = MonthlyReport.objects.get()
    for given in (None, correction):  # 没有更正，或更正没有批准
        with pytest.raises(DatabaseError, match="frozen-month"), transaction.atomic():
            MonthlyReport.objects.create(
                project_year=closed, month=MONTH, supersedes=tail, investment_yuan=1, correction=given,
                **tail.operation.fact(MONTH),
            )  # fmt: skip
