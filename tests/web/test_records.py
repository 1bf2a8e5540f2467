"""登记页：每张表恰好登记一件事，数随之变；看不见的、无权的、没有文件的都挡住。"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from kaopu.accounts.models import Role
from kaopu.figures.queries import evaluate
from kaopu.projects.models import AnnualGoal, ProjectYear, StageChange
from kaopu.tracking.models import GoalAchievement, LagReason, OutcomeDecision
from tests import factories
from tests.web.conftest import signed_in


@pytest.fixture
def year(db: None) -> ProjectYear:
    return factories.project_year("示例小学", goal="正式开工")


def post(client: Client, year: ProjectYear, kind: str, key: str = "k1", **values: str) -> Any:
    data = {f"{kind}-{name}": value for name, value in {"on": "2022-11-01", **values}.items()}
    address = f"/projects/{year.project.code}/records/2022/"
    return client.post(address, {**data, "kind": kind, "idempotency_key": key})


def achieved(client: Client, year: ProjectYear, **values: str) -> Any:
    goal = str(AnnualGoal.objects.get(project_year=year).pk)
    given = {"goal": goal, "reached": "start", "evidence": "验收单3号", "verified_by": "专员", **values}
    return post(client, year, "achievement", **given)


def test_an_achievement_moves_the_project_from_lagging_to_achieved(office: Client, year: ProjectYear) -> None:
    before = evaluate(2022)["outcome.lagging"].members

    assert achieved(office, year).status_code == 302
    assert (before, evaluate(2022)["outcome.achieved"].members) == (
        (year.project.code,),
        (year.project.code,),
    )


def test_a_ceremonial_start_is_recorded_and_changes_no_number(office: Client, year: ProjectYear) -> None:
    achieved(office, year, reached="ceremonial_start")

    assert GoalAchievement.objects.count() == 1
    assert evaluate(2022)["outcome.achieved"].value == 0


def test_a_decision_without_a_document_is_refused_with_the_remedy(office: Client, year: ProjectYear) -> None:
    answer = post(office, year, "decision", outcome="stopped", document="", reason="资金")

    assert (answer.status_code, OutcomeDecision.objects.count()) == (422, 0)
    assert "没有文件不能认定" in answer.text
    post(office, year, "decision", key="k2", outcome="stopped", document="纪要3号", reason="资金")
    assert evaluate(2022)["outcome.stopped"].members == (year.project.code,)


def test_a_district_project_cannot_be_declared_achieved(office: Client, year: ProjectYear) -> None:
    answer = post(office, year, "decision", outcome="achieved", document="纪要3号", reason="好")

    assert (answer.status_code, OutcomeDecision.objects.count()) == (422, 0)


def test_reason_and_stage_are_recorded_once_however_often_sent(office: Client, year: ProjectYear) -> None:
    for _ in range(2):
        post(office, year, "lag", cause="管线未迁")
        post(office, year, "stage", key="k3", stage="filed", evidence="备案1号")

    assert (LagReason.objects.count(), StageChange.objects.count()) == (1, 1)


@pytest.mark.parametrize(("day", "message"), [("2021-12-31", "须在2022年内"), ("", "请填日期")])
def test_the_day_must_lie_in_the_year(office: Client, year: ProjectYear, day: str, message: str) -> None:
    answer = post(office, year, "lag", cause="管线未迁", on=day)

    assert message in answer.text
    assert not LagReason.objects.exists()


def test_only_the_office_records_and_others_see_nothing(year: ProjectYear) -> None:
    address = f"/projects/{year.project.code}/records/2022/"
    leader = signed_in(factories.user(Role.DISTRICT_LEADER))
    stranger = signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区文旅局")))

    assert (leader.get(address).status_code, stranger.get(address).status_code) == (403, 404)


def test_the_project_page_leads_here_and_an_unlisted_year_is_404(office: Client, year: ProjectYear) -> None:
    address = f"/projects/{year.project.code}/records/2022/"

    assert address in office.get(f"/projects/{year.project.code}/?year=2022").text
    assert office.get(address).status_code == 200
    assert office.get(address.replace("2022", "2019")).status_code == 404
