"""不变量：绕开程序写进去的、站不住的事实，体检逐件点名（TRUST §4 第 5—7、12—14、16、18、20、22 条）。"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings

from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.config.health import examine
from kaopu.config.invariants import INVARIANTS
from kaopu.documents.actions import issue_annual_summary
from kaopu.documents.models import DocumentStep, OfficialDocument
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.permits import CONSTRUCTION_PERMIT
from kaopu.figures.actions import close_month, close_year
from kaopu.figures.models import Snapshot
from kaopu.projects.models import AnnualGoal, GoalChange, GoalRuling, ListEntry, MonthlyPlan, Permit, Project
from kaopu.projects.storage import DOCUMENTS
from kaopu.supervision.actions import act_on_issue, raise_issue
from kaopu.supervision.actions.steps import follow
from kaopu.supervision.models import IssueStep
from kaopu.tracking.models import GoalAchievement, Resumption, Suspension, Verdict
from tests.conftest import Administrator
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db
DAY = date(2022, 6, 1)


def said(word: str) -> list[str]:
    """不成立的那条怎么说；成立的为空。"""
    return [item.text for item in examine() if not item.ok and word in item.text]


@transaction.atomic
def operation() -> Operation:
    return record(by=operator(), verb="test.forge")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with override_settings(HOME=tmp_path):
        yield project_list([listed("甲小学")])[0].project


def closed_year() -> None:
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=operator())
    close_year(year=2022, by=operator())


def test_a_sound_office_breaks_none(project: Project) -> None:
    closed_year()

    assert [text for invariant in INVARIANTS for text in invariant.ask()] == []
    assert {invariant.holds for invariant in INVARIANTS} <= {item.text for item in examine() if item.ok}


def test_a_fact_slipped_in_before_the_close_shows_in_the_figures(project: Project) -> None:
    closed_year()
    before = Snapshot.objects.get(kind="year").known_at - timedelta(hours=1)
    GoalAchievement.objects.create(
        goal=AnnualGoal.objects.get(), reached="completed", evidence="补", verified_by="某", on=date(2022, 12, 1),
        recorded_at=before, operation=operation(),
    )  # fmt: skip

    (text,) = said("关账的数与当时不一致")
    assert "2022年“已完成”当时是 0" in text and "从备份恢复" in text


def test_a_frozen_colour_or_a_snapshot_altered_in_the_database_is_named(
    project: Project, administrator: Administrator
) -> None:
    close_month(month=date(2022, 1, 1), by=operator())
    table = Verdict._meta.db_table
    administrator(f"UPDATE {table} SET colour = 'green'")
    assert "2022-01 的颜色与冻结的评定不符" in said("关账的数与当时不一致")[0]

    administrator(f"UPDATE {Snapshot._meta.db_table} SET digest = 'x'")
    assert "2022-01 快照与它的摘要不符" in said("关账的数与当时不一致")[0]


def test_an_issued_document_whose_numbers_no_longer_hold_is_named(project: Project, tmp_path: Path) -> None:
    closed_year()
    paper = tmp_path / "总结.docx"
    issue_annual_summary(year=2022, path=paper, by=operator(), on=date(2023, 1, 28))
    document, sha256 = OfficialDocument.objects.get(), DOCUMENTS.keep(paper.read_bytes())
    DocumentStep.objects.create(
        document=document,
        verb="issue",
        state="issued",
        sha256=sha256,
        ordinal=1,
        on=DAY,
        operation=operation(),
    )
    assert said("已印发的公文有数") == []

    GoalAchievement.objects.create(
        goal=AnnualGoal.objects.get(), reached="completed", evidence="补", verified_by="某", on=date(2022, 12, 1),
        recorded_at=document.known_at - timedelta(hours=1), operation=operation(),
    )  # fmt: skip
    assert f"《{document.title}》" in said("已印发的公文有数")[0]


def test_a_carry_over_without_its_year_before_is_named(project: Project) -> None:
    entry = ListEntry.objects.get()
    ListEntry.objects.create(
        project_year=entry.project_year, list_version=entry.list_version, level="district", entry="carried_over",
        formality="formal", category="livelihood", supersedes=entry, on=DAY, operation=operation(),
    )  # fmt: skip

    assert "2022年“甲小学”" in said("结转的项目接不上上一年")[0]


def test_a_ruling_by_the_one_who_asked_is_named(project: Project) -> None:
    asked, ruled = operation(), operation()
    change = GoalChange.objects.create(
        goal=AnnualGoal.objects.get(), text="开工", cause="land", document="某文", on=DAY, operation=asked
    )
    GoalRuling.objects.create(change=change, approved=True, on=DAY, operation=ruled)

    assert f"留痕第 {ruled.pk} 号" in said("有自己批自己的")[0]


def test_stops_that_cross_and_a_resumption_before_its_stop_are_named(project: Project) -> None:
    first, second = (
        Suspension.objects.create(
            project=project, cause="疫情", on=DAY + timedelta(days=days), operation=operation()
        )
        for days in (0, 10)
    )
    Resumption.objects.create(suspension=first, on=DAY + timedelta(days=20), operation=operation())
    Resumption.objects.create(suspension=second, on=DAY, operation=operation())

    (text,) = said("停工、复工的日期相互矛盾")
    assert "“甲小学”2022年6月1日停工，而2022年6月11日又记有一次停工" in text
    assert "“甲小学”2022年6月11日停工，复工记在此前" in text


def test_plans_beyond_the_total_and_months_that_do_not_add_up_are_named(project: Project) -> None:
    rows = [
        listed("乙", profile={"total_investment_yuan": 10_000_000}, planned_investment_yuan=20_000_000),
        listed("丙", planned_investment_yuan=20_000_000),
    ]
    third = project_list([listed("甲小学"), *rows])[2]
    MonthlyPlan.objects.create(
        project_year=third, month=DAY, planned_investment_yuan=10_000_000, on=DAY, operation=operation()
    )

    (text,) = said("计划投资对不上")
    assert "“乙”年度计划 2000万元，大于总投资 1000万元" in text
    assert "“丙”各月计划之和与年度计划差 1000万元" in text


def test_a_permit_older_than_what_it_needs_is_named(project: Project) -> None:
    for node, day in ((CONSTRUCTION_PERMIT, DAY), ("建设工程规划许可证", DAY + timedelta(days=1))):
        Permit.objects.create(
            project=project, node=node, number=node, issuer="局", on=day, operation=operation()
        )

    (text,) = said("批文、证照早于前置节点")
    assert "“甲小学”的建筑工程施工许可证（2022年6月1日）早于建设工程规划许可证（2022年6月2日）" in text


def test_an_issue_lowered_without_a_decision_is_named(project: Project) -> None:
    issue = raise_issue(project=project, title="管线未迁", by=operator(), on=DAY)
    act_on_issue(issue=issue, verb=IssueVerb.LIFT_UP, by=operator(), on=DAY, level=3, text="久拖")
    lifted = IssueStep.objects.live().get(issue=issue)
    assert said("不写依据就降") == []
    forged = follow(
        lifted,
        on=DAY,
        operation=operation(),
        actor="",
        verb=IssueVerb.REASSIGN,
        text="",
        evidence="",
        level=1,
    )
    IssueStep.objects.bulk_create([forged])

    (told,) = said("不写依据就降")
    assert f"{issue} 由L3降到L1" in told
