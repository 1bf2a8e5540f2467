"""关账后更正的页面：填报的人申请，推进办另一人批复，两版并列。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kaopu.accounts.models import User
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.tracking import actions
from kaopu.tracking.models import MonthlyReport, ReportCorrection
from tests import factories

pytestmark = pytest.mark.django_db
MONTH = date(2022, 1, 1)
UNIT = "区教育局"


@pytest.fixture
def page() -> str:
    """一个报过月、关了账的项目的更正页。"""
    row = factories.listed("示例小学", profile={"responsible_unit": factories.unit(UNIT)})
    (year,) = factories.project_list([row])
    rows = [{"project_year": year, "investment_yuan": 10_000_000, "progress_percent": 10, "work": "打桩"}]
    actions.save_reports(month=MONTH, rows=rows, by=factories.operator(), on=date(2022, 1, 25))
    assert ReportCorrection.objects.count() == 0
    close_month(month=MONTH, by=factories.operator())
    return f"/projects/{year.project.code}/reports/2022-01/correction/"


def typed(seen: object) -> dict[str, object]:
    return {"seen": seen, "investment": "900", "progress": "9", "work": "打桩", "reason": "发票重复计入"}


def test_a_unit_asks_and_the_office_approves_and_both_versions_show(
    page: str, office: Client, as_user: Callable[[User], Client]
) -> None:
    unit = as_user(factories.user(Role.RESPONSIBLE_UNIT, factories.unit(UNIT)))
    first = MonthlyReport.objects.get()
    shown = unit.get(page)
    assert 'value="1000"' in shown.text and "申请更正" in shown.text

    assert unit.post(page, typed(first.pk)).status_code == 302
    assert "待批复" in unit.get(page).text and "批准更正" not in unit.get(page).text
    assert "关账后更正待批 1 件" in office.get("/reports/2022-02/").text

    correction = ReportCorrection.objects.get()
    ruling = {"correction": correction.pk, "opinion": ""}
    assert unit.post(page, {**ruling, "approve": "1"}).status_code == 403
    assert office.post(page, {**ruling, "refuse": "1"}).status_code == 422
    assert office.post(page, {**ruling, "approve": "1"}).status_code == 302

    text = unit.get(page).text
    assert "关账时所报" in text and "关账后更正：发票重复计入" in text
    assert "1000万元" in text and "900万元" in text
    assert "关账后更正待批" not in office.get("/reports/2022-02/").text


def test_no_reason_is_refused_and_an_open_month_has_no_such_page(page: str, office: Client) -> None:
    first = MonthlyReport.objects.get()
    answer = office.post(page, {**typed(first.pk), "reason": ""})
    assert answer.status_code == 422 and "请写明更正的理由" in answer.text
    assert office.get(page.replace("2022-01", "2022-02")).status_code == 404
