"""计划页与承诺页：报、审、三列并排；锁定后申请与批复。"""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kaopu.accounts.models import Organization
from kaopu.domain.rights import Role
from kaopu.figures.models import Snapshot
from kaopu.projects.actions import sign_letter
from kaopu.projects.models import (
    AnnualGoal,
    GoalChange,
    LetterSigning,
    MonthlyPlan,
    PlanProposal,
    ProjectYear,
)
from kaopu.supervision.actions import set_demo_clock
from tests import factories
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Organization:
    return factories.unit("区教育局")


@pytest.fixture
def year(unit: Organization) -> ProjectYear:
    return factories.project_year(planned_investment_yuan=12_000_000, profile={"responsible_unit": unit})


@pytest.fixture
def clerk(unit: Organization) -> Client:
    return signed_in(factories.user(Role.RESPONSIBLE_UNIT, unit))


def post(client: Client, path: str, **data: Any) -> Any:
    return client.post(path, {"idempotency_key": str(uuid.uuid4()), **data})


def filled(**changes: str) -> dict[str, str]:
    return {**{f"investment_{n}": "100" for n in range(1, 13)}, "progress_12": "100", **changes}


def plan_page(year: ProjectYear) -> str:
    return f"/projects/{year.project.code}/plan/2022/"


def test_a_unit_files_a_plan_and_the_office_accepts_it(
    clerk: Client, office: Client, year: ProjectYear
) -> None:
    assert post(clerk, plan_page(year), **filled()).status_code == 302
    page = office.get(plan_page(year)).text
    assert "待推进办审定" in page
    proposal = re.search(r'name="proposal" value="(\d+)"', page)
    assert proposal

    assert clerk.get(plan_page(year)).text.count(">审定</button>") == 0
    refused = post(clerk, plan_page(year), what="review", proposal=proposal[1], verb="accept")
    assert refused.status_code == 403
    assert (
        post(office, plan_page(year), what="review", proposal=proposal[1], verb="accept").status_code == 302
    )

    assert MonthlyPlan.objects.live().count() == 12
    assert "最新计划各月之和 1200万元" in office.get(plan_page(year)).text


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"investment_3": "很多"}, "读不懂这个金额"),
        ({"progress_2": "101"}, "请填 0 至 100 之间的数"),
        ({"investment_3": "101"}, "比年度计划投资1200万元多 1万元"),
        ({"progress_2": "100", "progress_12": "90"}, "只增不减"),
    ],
)
def test_a_wrong_plan_names_the_remedy(
    clerk: Client, year: ProjectYear, changes: dict[str, str], remedy: str
) -> None:
    response = post(clerk, plan_page(year), **filled(**changes))

    assert response.status_code == 422
    assert remedy in response.text
    assert not PlanProposal.objects.exists()


def test_a_leader_reads_the_plan_and_files_none(year: ProjectYear) -> None:
    leader = signed_in(factories.user(Role.DISTRICT_LEADER))

    assert "报出</button>" not in leader.get(plan_page(year)).text
    assert post(leader, plan_page(year), **filled()).status_code == 403


def test_a_locked_goal_is_changed_by_request_and_ruling(
    clerk: Client, year: ProjectYear, unit: Organization
) -> None:
    sign_letter(year=2022, unit=unit, document="责任书", by=factories.user(), on=date(2022, 3, 1))
    address = f"/projects/{year.project.code}/goals/2022/"
    goal = AnnualGoal.objects.get()
    AnnualGoal.objects.create(
        project_year=year, ordinal=goal.ordinal, text="竣工", goal_type=goal.goal_type, due_on=date(2099, 12, 31),
        supersedes=goal, on=goal.on, operation=goal.operation,
    )  # fmt: skip
    live = AnnualGoal.objects.live().get()
    asked = {
        "what": "propose",
        "goal": live.pk,
        "text": "封顶",
        "due_on": "2099-12-31",
        "cause": "funding",
        "document": "纪要",
    }
    assert post(clerk, address, **asked).status_code == 302

    chief = signed_in(factories.user(Role.OFFICE_SECTION))
    page = chief.get(address).text
    change = re.search(r'name="change" value="(\d+)"', page)
    assert change and "（待批）" in page
    assert post(clerk, address, what="rule", change=change[1], ruling="approve").status_code == 403
    assert post(chief, address, what="rule", change=change[1], ruling="approve").status_code == 302

    shown = clerk.get(address).text
    assert "最初的承诺" in shown and "封顶" in shown and "已批准" in shown


def test_the_letters_page_says_who_has_signed(office: Client, year: ProjectYear, unit: Organization) -> None:
    assert "已签 0 个" in office.get("/letters/2022/").text

    post(office, "/letters/2022/", unit=unit.pk, on="2022-03-01", document="责任书1号")

    assert "共 1 个单位，已签 1 个" in office.get("/letters/2022/").text


def test_the_lock_out_counts_from_the_demo_clock(
    clerk: Client, year: ProjectYear, unit: Organization
) -> None:
    """示例库的钟停在过去：那一天还没到期的目标申请得了变更。"""
    sign_letter(year=2022, unit=unit, document="责任书", by=factories.user(), on=date(2022, 3, 1))
    address, goal = f"/projects/{year.project.code}/goals/2022/", AnnualGoal.objects.get()
    asked = {"what": "propose", "goal": goal.pk, "text": "封顶", "due_on": "2022-12-31", "cause": "funding"}
    assert post(clerk, address, document="纪要", **asked).status_code == 422

    set_demo_clock(to=date(2022, 6, 1), by=factories.operator())

    assert post(clerk, address, document="纪要", **asked).status_code == 302
    assert GoalChange.objects.get().on == date(2022, 6, 1)


def test_a_closed_year_takes_no_letter_and_no_change_of_goal(
    clerk: Client, office: Client, year: ProjectYear, unit: Organization
) -> None:
    sign_letter(year=2022, unit=unit, document="责任书", by=factories.user(), on=date(2022, 3, 1))
    goal = AnnualGoal.objects.get()
    set_demo_clock(to=date(2022, 6, 1), by=factories.operator())
    address = f"/projects/{year.project.code}/goals/2022/"
    operation = goal.operation
    Snapshot.objects.create(
        kind="year",
        period="2022",
        content={},
        digest="x",
        on=date(2022, 12, 31),
        operation=operation,
        known_at=operation.at,
        recorded_at=operation.at,
    )

    assert "申请变更" not in clerk.get(address).text
    asked = {"text": "封顶", "due_on": "2022-12-31", "cause": "funding", "document": "纪要"}
    change = post(clerk, address, what="propose", goal=goal.pk, **asked)
    letter = post(
        office, "/letters/2022/", unit=factories.unit("别家").pk, on="2022-05-01", document="责任书2号"
    )

    assert (change.status_code, letter.status_code) == (409, 409)
    assert "2022年度已年末关账" in change.text and "2022年度已年末关账" in letter.text
    assert not GoalChange.objects.exists() and LetterSigning.objects.count() == 1
