"""月份：冻结即不可改，更正另起一行，认定须有文件（TRUST §1 规则 1–4，金标 6、7、17）。"""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import Outcome
from kaopu.figures.actions import CloseRefused, close_month, close_year
from kaopu.figures.queries import evaluate
from kaopu.projects.models import AnnualGoal, ProjectProfile
from kaopu.tracking import actions
from kaopu.tracking.models import MonthlyReport, Verdict
from tests.factories import accept, listed, operator, project_list, project_year

pytestmark = pytest.mark.django_db
JANUARY = date(2022, 1, 1)


def report(year, *, seen=None, month=JANUARY, **fields):
    return actions.submit_report(
        project_year=year, month=month, seen=seen, by=operator(), on=date(2022, 1, 25), **fields
    )


def plan(year, amount=10_000_000):
    rows = [
        {"project_year": year, "month": date(2022, n, 1), "planned_investment_yuan": amount}
        for n in range(1, 13)
    ]
    actions.save_plans(rows=rows, by=operator(), on=date(2022, 1, 20))


def test_a_frozen_month_takes_no_report_and_nothing_is_written():
    year = project_year()
    close_month(month=JANUARY, by=operator())

    with pytest.raises(actions.MonthFrozen, match="2022年1月已关账冻结"):
        report(year, work="补报")

    assert not MonthlyReport.objects.exists()


def test_the_database_itself_refuses_a_report_for_a_frozen_month():
    year = project_year()
    first = report(year, work="按期")
    close_month(month=JANUARY, by=operator())

    with pytest.raises(DatabaseError, match="frozen-month"), transaction.atomic():
        MonthlyReport.objects.create(
            project_year=year, month=JANUARY, supersedes=first, on=JANUARY, operation=first.operation
        )


def test_the_database_itself_refuses_to_change_or_delete_a_fact():
    project_year()
    table = ProjectProfile._meta.db_table

    for statement in (
        f"UPDATE {table} SET name = '改'",
        f"DELETE FROM {table}",
        "DELETE FROM audit_operation",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_correction_keeps_the_first_version_and_the_stale_page_is_told():
    year = project_year()
    first = report(year, work="初报")
    report(year, seen=first.pk, work="更正")

    with pytest.raises(actions.StaleReport, match="已由他人报出新版"):
        report(year, seen=first.pk, work="又一次更正")

    assert [row.work for row in MonthlyReport.objects.order_by("pk")] == ["初报", "更正"]
    assert MonthlyReport.objects.live().get().work == "更正"


@pytest.mark.parametrize("outcome", [Outcome.UNACHIEVABLE, Outcome.STOPPED])
def test_a_verdict_by_decision_needs_a_document(outcome):
    with pytest.raises(actions.DecisionRefused, match="须有依据文件"):
        actions.record_decision(
            project_year=project_year(),
            outcome=outcome,
            document=" ",
            reason="资金",
            by=operator(),
            on=JANUARY,
        )


def test_a_municipal_verdict_needs_a_source():
    year = project_year("示例大桥", level="municipal", category="")

    with pytest.raises(actions.DecisionRefused, match="须有依据文件"):
        actions.record_decision(
            project_year=year, outcome=Outcome.ACHIEVED, document="", reason="", by=operator(), on=JANUARY
        )


def test_a_district_project_is_not_achieved_by_decree():
    with pytest.raises(actions.DecisionRefused, match="由目标达成记录判定"):
        actions.record_decision(
            project_year=project_year(),
            outcome=Outcome.ACHIEVED,
            document="文",
            reason="",
            by=operator(),
            on=JANUARY,
        )


def test_without_a_plan_the_month_closes_grey_and_says_why():
    project_year()
    close_month(month=JANUARY, by=operator())

    verdict = Verdict.objects.get()
    assert (verdict.colour, verdict.reason) == ("grey", "无计划不评定：未报月度计划")


def test_the_stored_verdict_names_rules_inputs_and_rule_set():
    year = project_year(goal="正式开工", due_on=date(2022, 1, 10))
    plan(year)
    accept(report(year, investment_yuan=0))
    close_month(month=JANUARY, by=operator())

    verdict = Verdict.objects.get()
    assert (verdict.colour, verdict.outcome) == ("yellow", "lagging")
    assert [hit["rule"] for hit in verdict.hits] == ["d", "s"]
    assert verdict.inputs["days_overdue"] == "21"
    assert str(verdict.rule_set) == "默认规则集 v1"


def test_a_ceremonial_start_is_kept_but_does_not_achieve_the_goal():
    year = project_year(goal="正式开工")
    goal = AnnualGoal.objects.get(project_year=year)
    actions.record_achievement(
        goal=goal,
        reached=GoalType.CEREMONIAL_START,
        evidence="照片1",
        verified_by="专员",
        by=operator(),
        on=JANUARY,
    )

    assert evaluate(2022).verdicts[year.project.code].outcome == Outcome.LAGGING


def test_months_close_in_order_and_the_year_last():
    project_year()
    close_month(month=JANUARY, by=operator())

    with pytest.raises(CloseRefused, match="2022年2月尚未关账"):
        close_month(month=date(2022, 3, 1), by=operator())
    with pytest.raises(CloseRefused, match="kaopu close-month 2022-02"):
        close_year(year=2022, by=operator())


def test_closing_again_returns_the_same_snapshot():
    project_year()

    assert close_month(month=JANUARY, by=operator()) == close_month(month=JANUARY, by=operator())
    assert Verdict.objects.count() == 1


def test_the_year_does_not_close_while_a_project_has_no_category():
    project_list([listed("示例小学"), listed("无类别的项目", category="")])
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=operator())

    with pytest.raises(CloseRefused, match=r"无类别的项目（D\d+，滞后）"):
        close_year(year=2022, by=operator())
