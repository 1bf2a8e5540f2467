"""月报页：预填、读数、报出、重复提交、他人先报、已冻结。"""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaopu.audit.models import IdempotentAnswer, Operation
from kaopu.figures.actions import close_month
from kaopu.projects.models import ProjectYear
from kaopu.tracking import actions as tracking
from kaopu.tracking.models import MonthlyReport
from tests import factories

MONTH = date(2022, 6, 1)


@pytest.fixture
def entry(db: None) -> ProjectYear:
    """一个年度项目，5 月已报，6 月有计划。"""
    entry = factories.project_year("示例小学")
    by = factories.operator()
    tracking.save_plans(
        rows=[
            {
                "project_year": entry,
                "month": MONTH,
                "planned_investment_yuan": 12_000_000,
                "planned_progress_percent": 40,
                "planned_work": "主体结构",
            }
        ],
        by=by,
        on=date(2022, 1, 10),
    )
    tracking.save_reports(
        month=date(2022, 5, 1),
        rows=[
            {
                "project_year": entry,
                "investment_yuan": 3_000_000,
                "progress_percent": 30,
                "work": "基坑开挖",
                "next_steps": "浇筑底板",
            }
        ],
        by=by,
        on=date(2022, 5, 25),
    )
    return entry


def address(entry: ProjectYear, month: str = "2022-06") -> str:
    return f"/projects/{entry.project.code}/reports/{month}/"


def filled(**changes: Any) -> dict[str, Any]:
    report = {
        "idempotency_key": str(uuid.uuid4()),
        "seen": "",
        "investment": "1,200.5",
        "progress": "35％",
        "work": "主体三层",
        "problems": "",
        "next_steps": "封顶",
    }
    return {**report, **changes}


def reports() -> list[tuple[int | None, str]]:
    live = MonthlyReport.objects.live().filter(month=MONTH)
    return list(live.values_list("investment_yuan", "work"))


def test_form_is_prefilled_with_last_months_words_and_shows_the_plan(
    office: Client, entry: ProjectYear
) -> None:
    text = office.get(address(entry)).text

    assert "基坑开挖" in text and "浇筑底板" in text
    assert "1200万元" in text and "40%" in text and "主体结构" in text
    assert re.search(r'name="investment" value="\d', text) is None


def test_submitting_keeps_the_report_and_says_so(office: Client, entry: ProjectYear) -> None:
    response = office.post(address(entry), filled(), follow=True)

    assert "2022年6月月报已报出" in response.text
    assert reports() == [(12_005_000, "主体三层")]


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"investment": "12,34"}, "读不懂这个金额"),
        ({"investment": "约1200"}, "请填确切的数字"),
        ({"investment": "待定"}, "没有投资填 0"),
        ({"investment": "-5"}, "投资不能为负"),
        ({"investment": ""}, "没有投资填 0"),
        ({"progress": "101"}, "请填 0 至 100 之间的数"),
        ({"progress": "很快"}, "请填 0 至 100 之间的数"),
        ({"progress": "29.9"}, "累计进度不能低于5月已报的 30%"),
        ({"work": ""}, "请写本月做了什么"),
    ],
)
def test_errors_name_the_remedy_and_change_nothing(
    office: Client, entry: ProjectYear, changes: dict[str, str], remedy: str
) -> None:
    response = office.post(address(entry), filled(**changes))

    assert response.status_code == 422
    assert remedy in response.text
    assert reports() == []


def test_the_same_key_twice_reports_once(office: Client, entry: ProjectYear) -> None:
    form = filled()

    first = office.post(address(entry), form)
    operations = Operation.objects.count()
    again = office.post(address(entry), form)

    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert MonthlyReport.objects.filter(month=MONTH).count() == 1
    assert Operation.objects.count() == operations
    assert IdempotentAnswer.objects.count() == 1


def test_the_same_key_with_other_words_is_refused(office: Client, entry: ProjectYear) -> None:
    form = filled()
    office.post(address(entry), form)

    response = office.post(address(entry), {**form, "work": "另一番话"})

    assert response.status_code == 422
    assert "内容与上次不同" in response.text
    assert reports() == [(12_005_000, "主体三层")]


def test_a_refused_form_does_not_use_up_its_key(office: Client, entry: ProjectYear) -> None:
    form = filled(investment="读不懂")
    assert office.post(address(entry), form).status_code == 422

    assert office.post(address(entry), {**form, "investment": "5"}).status_code == 302
    assert reports() == [(50_000, "主体三层")]


def test_a_report_filed_meanwhile_answers_409_with_both_versions(office: Client, entry: ProjectYear) -> None:
    office.post(address(entry), filled(work="同事先报"))

    response = office.post(address(entry), filled(work="我后报", investment="88"))

    assert response.status_code == 409
    assert "已由他人报出新版" in response.text
    assert "同事先报" in response.text and "我后报" in response.text and "88万元" in response.text
    assert reports() == [(12_005_000, "同事先报")]

    current = MonthlyReport.objects.live().get(month=MONTH)
    assert f'name="seen" value="{current.pk}"' in response.text
    office.post(address(entry), filled(work="我后报", investment="88", seen=str(current.pk)))
    assert reports() == [(880_000, "我后报")]
    assert MonthlyReport.objects.filter(month=MONTH).count() == 2


def test_a_frozen_month_is_shown_but_not_changed(office: Client, entry: ProjectYear) -> None:
    office.post(address(entry), filled())
    for number in range(1, 7):
        close_month(month=date(2022, number, 1), by=factories.operator())

    shown = office.get(address(entry))
    refused = office.post(address(entry), filled(seen=str(MonthlyReport.objects.live().get(month=MONTH).pk)))

    assert "已关账冻结" in shown.text and "<textarea" not in shown.text
    assert refused.status_code == 409
    assert "已关账冻结" in refused.text
    assert reports() == [(12_005_000, "主体三层")]


def test_the_project_page_leads_to_the_first_open_month(office: Client, entry: ProjectYear) -> None:
    for number in (1, 2, 3):
        close_month(month=date(2022, number, 1), by=factories.operator())

    text = office.get(f"/projects/{entry.project.code}/?year=2022").text

    assert f'href="{address(entry, "2022-04")}">填报2022年4月月报' in text


@pytest.mark.parametrize("month", ["2022-13", "2021-06", "1999-01", "2022-6"])
def test_months_that_do_not_exist_are_404(office: Client, entry: ProjectYear, month: str) -> None:
    assert office.get(address(entry, month)).status_code == 404


def test_a_month_that_has_not_begun_is_not_reported(office: Client) -> None:
    year = timezone.localdate().year + 1
    [entry] = factories.project_list([factories.listed("明年小学", due_on=None)], year=year)
    form = {"seen": "", "investment": "1", "progress": "1", "work": "预报"}

    answer = office.post(address(entry, f"{year}-01"), form)

    assert (answer.status_code, "还没有到" in answer.text) == (422, True)
    assert not MonthlyReport.objects.exists()


def test_january_continues_from_the_last_report_of_the_year_before(
    office: Client, entry: ProjectYear
) -> None:
    factories.project_list([factories.listed("示例小学", due_on=None)], year=2023)

    page = office.get(address(entry, "2023-01")).text
    assert "基坑开挖" in page and "本月无进展，报出" in page
    answer = office.post(address(entry, "2023-01"), {"seen": "", "quiet": "1"})

    assert answer.status_code == 302
    january = MonthlyReport.objects.get(month=date(2023, 1, 1))
    assert (january.investment_yuan, january.progress_percent, january.work) == (0, 30, "基坑开挖")


def test_a_unit_that_counts_progress_by_the_year_starts_january_afresh(
    office: Client, entry: ProjectYear
) -> None:
    factories.project_list([factories.listed("示例小学", due_on=None)], year=2023)
    data = {"seen": "", "investment": "120.5", "progress": "8", "work": "基坑开挖"}

    assert office.post(address(entry, "2023-01"), data).status_code == 302
    assert MonthlyReport.objects.get(month=date(2023, 1, 1)).progress_percent == 8
