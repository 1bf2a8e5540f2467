"""走表格与走网页同一套规矩：没到的月份不收，报审过的计划不改，审定不了的人导不进（§4.2）。"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from kaopu.domain.rights import Role
from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.excel_out import write_monthly_plan, write_monthly_report
from kaopu.exchange.results import ImportRefused
from kaopu.projects.actions import propose_plan
from kaopu.projects.models import MonthlyPlan, ProjectYear
from kaopu.tracking.models import MonthlyReport
from tests import factories

pytestmark = pytest.mark.django_db
JUNE = date(2022, 6, 1)


@pytest.fixture
def year() -> ProjectYear:
    return factories.project_year("示例小学")


def report(path: Path, year: ProjectYear, month: date) -> Path:
    rows = [{"code": year.project.code, "name": "示例小学", "month_investment": 1, "work": "封顶"}]
    write_monthly_report(path, month=month, title="月报", rows=rows)
    return path


def plan(path: Path, year: ProjectYear, yuan: int = 1_000_000) -> Path:
    rows = [{"code": year.project.code, "name": "示例小学", "plan_investment": {6: yuan}}]
    write_monthly_plan(path, year=2022, title="计划", rows=rows)
    return path


def test_a_report_of_a_month_that_has_not_begun_is_refused(tmp_path: Path) -> None:
    month = (timezone.localdate().replace(day=28) + timedelta(days=9)).replace(day=1)
    rows = [factories.listed("示例小学", due_on=None)]
    [ahead] = factories.project_list(rows, year=month.year)
    path = report(tmp_path / "月报.xlsx", ahead, month)

    shown = preview(path, year=month.year, month=month, by=factories.user())
    assert "还没有到，没有事实可报" in "".join(shown.refusals)
    with pytest.raises(ImportRefused, match="还没有到，没有事实可报"):
        import_workbook(path, year=month.year, month=month, by=factories.user())
    assert not MonthlyReport.objects.exists()


def test_a_plan_under_review_is_changed_there_and_not_by_a_workbook(
    tmp_path: Path, year: ProjectYear
) -> None:
    import_workbook(plan(tmp_path / "a.xlsx", year), year=2022, by=factories.user())
    line = {"month": JUNE, "work": "", "investment_yuan": 1, "progress": None}
    propose_plan(
        project_year=year,
        lines=[line],
        seen=None,
        reason="调整",
        by=factories.user(Role.PROJECT_OWNER),
        on=JUNE,
    )

    import_workbook(plan(tmp_path / "b.xlsx", year), year=2022, by=factories.user())  # 没有变化的照收
    with pytest.raises(ImportRefused, match="“示例小学”的计划已在网上报审"):
        import_workbook(plan(tmp_path / "c.xlsx", year, yuan=2_000_000), year=2022, by=factories.user())
    assert MonthlyPlan.objects.get().planned_investment_yuan == 1_000_000


def test_who_may_not_accept_may_not_import_what_counts_as_accepted(tmp_path: Path, year: ProjectYear) -> None:
    clerk = factories.user(Role.CLERK)
    for path, month in (
        (plan(tmp_path / "计划.xlsx", year), None),
        (report(tmp_path / "月报.xlsx", year, JUNE), JUNE),
    ):
        with pytest.raises(ImportRefused, match="审定由推进办办理；您的角色是综合文书"):
            import_workbook(path, year=2022, month=month, by=clerk)
    assert not MonthlyPlan.objects.exists() and not MonthlyReport.objects.exists()
