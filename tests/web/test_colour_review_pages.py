"""颜色复核的页面：看得见的才看得见，该谁办的才办得了；手标挂在评定旁边，不替代评定。"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.supervision.actions import set_demo_clock
from kaopu.tracking import actions as tracking
from kaopu.tracking.models import (
    ColourConfirmation,
    ColourOverride,
    OverrideDecision,
    ReportedColour,
    Verdict,
)
from tests import factories

AsUser = Callable[[User], Client]


@pytest.fixture
def month() -> date:
    """上个月：期限至本月末的人工调整今天还有效，不论测试哪天跑。"""
    return (timezone.localdate().replace(day=1) - timedelta(days=1)).replace(day=1)


@pytest.fixture
def codes(db: None, month: date) -> list[str]:
    """两家单位各一个项目，上月都评为黄。"""
    units = [factories.unit("区教育局"), factories.unit("区卫健委")]
    entries = factories.project_list(
        [
            factories.listed(name, goal="正式开工", due_on=month, profile={"responsible_unit": unit})
            for name, unit in zip(("本单位小学", "别家医院"), units, strict=True)
        ],
        year=month.year,
        on=date(month.year, 1, 10),
    )
    rows = [
        {"project_year": entry, "month": month, "planned_investment_yuan": 1_000_000} for entry in entries
    ]
    tracking.save_plans(rows=rows, by=factories.operator(), on=month)
    reports = [{"project_year": entry, "investment_yuan": 1_000_000} for entry in entries]
    tracking.save_reports(month=month, rows=reports, by=factories.operator(), on=month)
    close_month(month=month, by=factories.operator())
    return [entry.project.code for entry in entries]


def address(code: str, month: date) -> str:
    return f"/rules/reviews/{code}/{month.year}-{month.month}/"


def asked() -> dict[str, str]:
    return {
        "kind": "propose",
        "colour": "green",
        "reason": "市里统一调整",
        "expires_on": timezone.localdate().isoformat(),
    }


def test_the_list_confirms_what_is_ticked_and_no_more(office: Client, codes: list[str], month: date) -> None:
    page = office.get("/rules/reviews/")
    assert "共 2 个" in page.text and "本单位小学" in page.text
    first = re.findall(r'name="verdict" value="(\d+)"', page.text)[0]

    done = office.post(f"/rules/reviews/?month={month:%Y-%m}", {"verdict": first}, follow=True)
    assert "已确认 1 个。" in done.text
    assert ColourConfirmation.objects.count() == 1
    none = office.post(f"/rules/reviews/?month={month:%Y-%m}", {}, follow=True)
    assert "没有选任何项目" in none.text
    again = office.post(f"/rules/reviews/?month={month:%Y-%m}", {"verdict": first})
    assert (again.status_code, "都已有人确认" in again.text) == (409, True)


def test_a_unit_sees_only_its_own_and_may_not_confirm(as_user: AsUser, codes: list[str], month: date) -> None:
    unit = as_user(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局")))

    text = unit.get("/rules/reviews/").text
    assert "本单位小学" in text and "别家医院" not in text and 'type="checkbox" name="verdict"' not in text
    assert (
        "别家" not in unit.get("/rules/honesty/").text and "区卫健委" not in unit.get("/rules/honesty/").text
    )
    assert [unit.get(address(code, month)).status_code for code in codes] == [200, 404]
    assert unit.post(address(codes[1], month), {"kind": "confirm"}).status_code == 404
    refused = unit.post(address(codes[0], month), {"kind": "confirm"})
    assert (refused.status_code, "由项目专员以上确认" in refused.text) == (403, True)
    own, others = Verdict.objects.order_by("project_year__project__code").values_list("pk", flat=True)
    assert unit.post("/rules/reviews/", {"verdict": own}).status_code == 403
    assert unit.post("/rules/reviews/", {"verdict": others}).status_code == 403
    assert not ColourConfirmation.objects.exists()


def test_a_unit_reports_the_colour_of_an_open_month(as_user: AsUser, codes: list[str], month: date) -> None:
    unit = as_user(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局")))
    following = (month + timedelta(days=40)).replace(day=1)
    if following.year != month.year:
        pytest.skip("一月里没有同年的下一个月可报")
    form = {"kind": "report", "colour": "green", "note": "正常", "seen": ""}

    closed = unit.post(address(codes[0], month), form)
    assert (closed.status_code, "已关账冻结" in closed.text) == (409, True)
    unit.post(address(codes[0], following), form)
    assert ReportedColour.objects.get().note == "正常"
    stale = unit.post(address(codes[0], following), form)
    assert (stale.status_code, ReportedColour.objects.count()) == (409, 1)


def test_an_override_is_asked_by_one_approved_by_another_and_marked_by_hand(
    office: Client, as_user: AsUser, codes: list[str], month: date
) -> None:
    page = office.post(address(codes[0], month), asked(), follow=True)
    assert "待科长以上审批，批准之前仍按评定" in page.text
    year = {"year": month.year, "as_of": timezone.localdate().isoformat()}
    assert 'class="hand"' not in office.get("/projects/", year).text

    chief = as_user(factories.user(Role.OFFICE_SECTION))
    assert "审批人工调整" in chief.get(address(codes[0], month)).text
    chief.post(address(codes[0], month), {"kind": "decide", "approved": "yes", "comment": "同意"})
    assert OverrideDecision.objects.get().approved

    listed = chief.get("/projects/", year).text
    assert listed.count('class="hand"') == 1
    assert "◆</span> 黄" in listed  # 评定仍是黄
    detail = chief.get(f"/projects/{codes[0]}/", year).text
    assert "市里统一调整" in detail and "批准（" in detail


def test_the_one_who_asked_may_not_approve(as_user: AsUser, codes: list[str], month: date) -> None:
    chief = as_user(factories.user(Role.OFFICE_SECTION))
    chief.post(address(codes[0], month), asked())

    response = chief.post(address(codes[0], month), {"kind": "decide", "approved": "yes", "comment": ""})
    assert (response.status_code, "提请人不能审批自己的调整" in response.text) == (403, True)
    assert not OverrideDecision.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expires_on": "2099-01-01"}, "至多一期"),
        ({"expires_on": ""}, "请选期限"),
        ({"colour": "yellow"}, "不同的一色"),
        ({"colour": "grey"}, "请在红、黄、绿中选一色"),
        ({"reason": ""}, "请写明理由与依据"),
    ],
)
def test_an_override_badly_asked_is_told_and_not_kept(
    office: Client, codes: list[str], month: date, changes: dict[str, str], said: str
) -> None:
    response = office.post(address(codes[0], month), {**asked(), **changes})

    assert (response.status_code, said in response.text) == (422, True)
    assert not ColourOverride.objects.exists()


def test_addresses_that_lead_nowhere(office: Client, codes: list[str], month: date) -> None:
    for path in (
        address("D999", month),
        f"/rules/reviews/{codes[0]}/{month.year}-13/",
        f"/rules/reviews/{codes[0]}/1999-1/",
    ):
        assert office.get(path).status_code == 404
    assert office.post(address(codes[0], month), {"kind": "nonsense"}).status_code == 404
    assert office.get("/rules/reviews/?month=六月").status_code == 400


def test_pages_without_any_verdict_say_so(office: Client) -> None:
    assert "还没有月末评定" in office.get("/rules/reviews/").text
    assert "还没有月末评定" in office.get("/rules/honesty/").text


def test_the_demo_clock_is_the_day_reviews_go_by(office: Client, codes: list[str], month: date) -> None:
    """示例库的钟停在过去：那一天还没过期的调整提得出来，不拿墙上的钟去比。"""
    following = (month + timedelta(days=40)).replace(day=1)
    set_demo_clock(to=month + timedelta(days=27), by=factories.operator())

    form = {**asked(), "expires_on": following.isoformat()}
    assert office.post(address(codes[0], month), form).status_code == 302
    assert ColourOverride.objects.get().on == month + timedelta(days=27)
