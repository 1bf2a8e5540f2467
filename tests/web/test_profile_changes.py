"""档案变更：单位申请改几栏，推进办另一人批准才另起一版；待批的进批的人的待办。"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaopu.audit.models import Operation
from kaopu.domain.rights import Role
from kaopu.projects.models import ProfileChange, ProfileRuling, ProjectProfile, ProjectYear
from kaopu.projects.queries import profiles_known
from kaopu.supervision.actions import set_demo_clock
from tests import factories
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
UNIT = "区教育局"


@pytest.fixture
def year() -> ProjectYear:
    profile = {
        "responsible_unit": factories.unit(UNIT),
        "total_investment_yuan": 12_000_000,
        "investment_qualifier": "approx",
        "planned_finish_on": date(2022, 12, 31),
        "planned_finish_text": "年底",
    }
    return factories.project_year("示例小学", profile=profile)


@pytest.fixture
def clerk() -> Client:
    return signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit(UNIT)))


@pytest.fixture
def section() -> Client:
    return signed_in(factories.user(Role.OFFICE_SECTION))


def page(year: ProjectYear) -> str:
    return f"/projects/{year.project.code}/profile/"


def current(year: ProjectYear) -> ProjectProfile:
    return ProjectProfile.objects.filter(project=year.project).latest("revision")


def proposed(client: Client, year: ProjectYear, key: str = "k1", **changes: Any) -> Any:
    profile = current(year)
    values = {
        "seen": profile.pk,
        "name": profile.name,
        "total_investment_yuan": "1200",
        "planned_finish_on": "2022-12-31",
        "document": "沪发改投〔2022〕1号",
        **changes,
    }
    return client.post(page(year), {**values, "what": "propose", "idempotency_key": key})


def ruled(
    client: Client, change: ProfileChange, key: str = "r1", reason: str = "", verb: str = "approve"
) -> Any:
    data = {"what": "rule", "change": change.pk, "reason": reason, verb: "1", "idempotency_key": key}
    return client.post(f"/projects/{change.project.code}/profile/", data)


def test_a_unit_proposes_and_the_office_approves_a_new_revision(
    clerk: Client, section: Client, year: ProjectYear
) -> None:
    answer = proposed(clerk, year, total_investment_yuan="1350.5", planned_finish_on="2023-03-01")
    assert answer.status_code == 302
    assert current(year).revision == 1  # 没有批就没有改
    todo = section.get("/todo/").text
    assert "待批复（1）" in todo and page(year) in todo
    assert "待批复" not in clerk.get("/todo/").text

    assert ruled(section, ProfileChange.objects.get()).status_code == 302
    profile = current(year)
    assert (profile.revision, profile.name, profile.responsible_unit_id) == (
        2, "示例小学", factories.unit(UNIT).pk,
    )  # fmt: skip
    assert (profile.total_investment_yuan, profile.investment_qualifier) == (13_505_000, "")
    assert (profile.planned_finish_on, profile.planned_finish_text) == (date(2023, 3, 1), "")
    text = clerk.get(f"/projects/{year.project.code}/").text
    assert "1350.5万元" in text and "沪发改投〔2022〕1号" in text
    trace = Operation.objects.get(verb="projects.rule_profile_change")
    assert (trace.before["total_investment_yuan"], trace.after["total_investment_yuan"]) == (
        12_000_000, 13_505_000,
    )  # fmt: skip


def test_the_approved_revision_is_the_one_known_from_then_on(
    clerk: Client, section: Client, year: ProjectYear
) -> None:
    set_demo_clock(to=date(2022, 1, 5), by=factories.operator())  # 示例钟走在清单的日子之前
    proposed(clerk, year, name="示例第二小学")
    ruled(section, ProfileChange.objects.get())

    known = profiles_known(as_of=date(2022, 1, 10), known_at=timezone.now())
    assert known[year.project_id].name == current(year).name == "示例第二小学"


def test_a_refusal_says_why_and_changes_nothing(clerk: Client, section: Client, year: ProjectYear) -> None:
    proposed(clerk, year, name="示例第二小学")
    change = ProfileChange.objects.get()
    silent = ruled(section, change, verb="refuse")
    assert (silent.status_code, "不批准须写明意见" in silent.text) == (422, True)
    ruled(section, change, key="r2", verb="refuse", reason="批文未改名")

    assert current(year).name == "示例小学"
    assert "不批准：批文未改名" in clerk.get(page(year)).text
    again = ruled(section, change, key="r3")
    assert (again.status_code, "已经批复" in again.text) == (422, True)
    assert proposed(clerk, year, key="k2", name="示例第二小学").status_code == 302


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({}, "没有要改的"),
        ({"name": "新名", "document": " "}, "请写明依据"),
        ({"name": ""}, "请填项目名称"),
        ({"total_investment_yuan": "很多"}, "读不懂这个金额"),
        ({"longitude": "500"}, "-180 至 180 之间"),
        ({"name": "新名", "seen": "999999"}, "已有新的一版"),
    ],
)
def test_a_proposal_that_does_not_hold_names_the_remedy(
    clerk: Client, year: ProjectYear, changes: dict[str, str], remedy: str
) -> None:
    answer = proposed(clerk, year, **changes)

    assert (answer.status_code, remedy in answer.text) == (422, True)
    assert not ProfileChange.objects.exists()


def test_one_pending_at_a_time_and_never_over_a_newer_profile(
    clerk: Client, section: Client, year: ProjectYear
) -> None:
    proposed(clerk, year, name="甲校")
    second = proposed(clerk, year, key="k2", name="乙校")
    assert (second.status_code, "待批" in second.text) == (422, True)
    newer = factories.listed("示例小学", profile={"note": "清单改了备注"})
    factories.project_list([newer])

    stale = ruled(section, ProfileChange.objects.get())
    assert (stale.status_code, "不能照此批准" in stale.text) == (422, True)
    assert (
        ruled(section, ProfileChange.objects.get(), key="r2", verb="refuse", reason="请重提").status_code
        == 302
    )
    assert current(year).note == "清单改了备注"


def test_nobody_rules_on_his_own_and_officers_cannot_rule(year: ProjectYear, section: Client) -> None:
    proposed(section, year, name="甲校")
    change = ProfileChange.objects.get()

    own = ruled(section, change)
    assert (own.status_code, "须由另一人批复" in own.text) == (422, True)
    assert ruled(signed_in(factories.user(Role.PROJECT_OFFICER)), change, key="r2").status_code == 403
    assert not ProfileRuling.objects.exists()
