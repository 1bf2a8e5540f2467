"""登记页：每张表恰好登记一件事，数随之变；看不见的、无权的、没有文件的都挡住。"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kaopu.audit.models import Operation
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.figures.queries import evaluate
from kaopu.projects.models import AnnualGoal, ProjectYear, StageChange
from kaopu.tracking.actions import save_plans, save_reports
from kaopu.tracking.models import (
    GoalAchievement,
    LagReason,
    OutcomeDecision,
    Resumption,
    Suspension,
    Verdict,
)
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
        post(office, year, "lag", category="pipelines", cause="管线未迁")
        post(office, year, "stage", key="k3", stage="filed", evidence="备案1号")

    assert (LagReason.objects.count(), StageChange.objects.count()) == (1, 1)


@pytest.mark.parametrize(("day", "message"), [("2021-12-31", "须在2022年内"), ("", "请填日期")])
def test_the_day_must_lie_in_the_year(office: Client, year: ProjectYear, day: str, message: str) -> None:
    answer = post(office, year, "lag", category="pipelines", cause="管线未迁", on=day)

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


def stopped(client: Client, year: ProjectYear, key: str = "s1", **values: str) -> Any:
    return post(client, year, "suspend", key, **{"on": "2022-06-01", "cause": "管线未迁", **values})


def resumed(client: Client, year: ProjectYear, key: str = "r1", **values: str) -> Any:
    stop = str(Suspension.objects.get().pk)
    return post(client, year, "resume", key, **{"on": "2022-07-01", "suspension": stop, **values})


def resumed_from(client: Client, year: ProjectYear, stop: str, on: str, key: str) -> Any:
    return post(client, year, "resume", key, on=on, suspension=stop)


def seen_on(client: Client, year: ProjectYear) -> dict[str, str]:
    """登记页上各张表藏着的“看到第几号”。"""
    page = client.get(f"/projects/{year.project.code}/records/2022/").text
    return dict(re.findall(r'name="(\w+)-seen"(?: value="(\d*)")?', page))


def test_a_stop_is_recorded_once_and_shown_on_the_project_page(office: Client, year: ProjectYear) -> None:
    first, again = stopped(office, year, plan_approved="on"), stopped(office, year, plan_approved="on")

    assert (first.status_code, again.status_code, first["Location"]) == (302, 302, again["Location"])
    kept = Suspension.objects.values_list("project__code", "on", "cause", "plan_approved")
    assert list(kept) == [(year.project.code, date(2022, 6, 1), "管线未迁", True)]
    assert "2022年6月1日停工</a>：管线未迁；尚未复工，复工方案已批准" in office.get(first["Location"]).text


def test_a_resumption_ends_that_stop_once_and_the_page_offers_a_stop_again(
    office: Client, year: ProjectYear
) -> None:
    address = f"/projects/{year.project.code}/records/2022/"
    stopped(office, year)
    while_stopped = office.get(address).text
    first, again = resumed(office, year, batch="第二批"), resumed(office, year, batch="第二批")

    assert "2022年6月1日 停工：管线未迁" in while_stopped and "登记停工" not in while_stopped
    assert (first.status_code, again.status_code) == (302, 302)
    assert list(Resumption.objects.values_list("suspension__cause", "on", "batch")) == [
        ("管线未迁", date(2022, 7, 1), "第二批")
    ]
    assert "登记停工" in office.get(address).text and "登记复工" not in office.get(address).text


def test_the_month_end_colour_counts_the_days_from_the_stop_recorded_here(
    office: Client, year: ProjectYear
) -> None:
    month, by = date(2022, 1, 1), factories.operator()
    plan = {"project_year": year, "month": month, "planned_work": "前期"}
    save_plans(rows=[plan], by=by, on=date(2022, 1, 10))
    report = {"project_year": year, "work": "前期", "investment_yuan": 0}
    save_reports(month=month, rows=[report], by=by, on=date(2022, 1, 28))
    stopped(office, year, on="2022-01-20")

    close_month(month=month, by=by)

    verdict = Verdict.objects.get(project_year=year, month=month)
    assert verdict.colour == "yellow"
    assert [hit["rule"] for hit in verdict.hits] == ["stop"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"on": "2022-05-31"}, "复工日期早于停工日期"),
        ({"suspension": "999999"}, "已登记复工，请刷新后核对"),
        ({"on": ""}, "请填日期"),
    ],
)
def test_a_resumption_that_does_not_fit_is_refused_with_the_remedy(
    office: Client, year: ProjectYear, changes: dict[str, str], message: str
) -> None:
    stopped(office, year)

    answer = resumed(office, year, **changes)

    assert (answer.status_code, Resumption.objects.count()) == (422, 0)
    assert message in answer.text


def test_a_page_opened_before_the_other_stop_or_resumption_writes_nothing(
    office: Client, year: ProjectYear
) -> None:
    stopped(office, year)
    second_stop = stopped(office, year, key="s2", cause="资金")
    resumed(office, year)
    second_end = resumed(office, year, key="r2")

    assert (second_stop.status_code, second_end.status_code) == (422, 422)
    assert "没有保存" in second_stop.text and "没有保存" in second_end.text
    assert (Suspension.objects.count(), Resumption.objects.count()) == (1, 1)


def test_stops_of_one_project_never_overlap(office: Client, year: ProjectYear) -> None:
    stopped(office, year)
    resumed(office, year)

    within = stopped(office, year, key="s3", on="2022-06-15")
    assert within.status_code == 422
    assert "2022年6月1日至2022年7月1日已记有一次停工" in within.text
    assert stopped(office, year, key="s4", on="2022-05-01").status_code == 302

    earlier = str(Suspension.objects.get(on=date(2022, 5, 1)).pk)
    beyond = resumed_from(office, year, earlier, "2022-06-02", key="r3")
    assert beyond.status_code == 422 and "2022年6月1日又记有一次停工" in beyond.text
    assert resumed_from(office, year, earlier, "2022-06-01", key="r4").status_code == 302


@pytest.mark.parametrize("kind", ["achievement", "decision", "stage", "lag"])
def test_a_page_opened_before_anothers_record_records_nothing(
    office: Client, year: ProjectYear, kind: str
) -> None:
    goal = str(AnnualGoal.objects.get(project_year=year).pk)
    given = {
        "achievement": {"goal": goal, "reached": "start", "evidence": "验收单3号", "verified_by": "专员"},
        "decision": {"outcome": "stopped", "document": "纪要", "reason": "因"},
        "stage": {"stage": "filed", "evidence": "备案"},
        "lag": {"category": "funding", "cause": "资金"},
    }[kind]
    verb = {"stage": "projects.record_stage"}.get(
        kind, f"tracking.record_{kind}".replace("lag", "lag_reason")
    )
    shown = seen_on(office, year)

    first = post(office, year, kind, "a", **given, seen=shown[kind])
    stale = post(office, year, kind, "b", **given, seen=shown[kind])

    assert (first.status_code, stale.status_code) == (302, 409)
    assert "没有保存：页面打开之后，" in stale.text and "刚登记过" in stale.text
    assert Operation.objects.filter(verb=verb).count() == 1
    again = post(office, year, kind, "c", **given, seen=seen_on(office, year)[kind])
    assert again.status_code == 302


def test_another_projects_stop_cannot_be_ended_from_here(office: Client, year: ProjectYear) -> None:
    other = factories.project_year("别的学校")
    stopped(office, other)
    theirs = str(Suspension.objects.get().pk)
    stopped(office, year, key="s2")

    answer = post(office, year, "resume", "r1", on="2022-07-01", suspension=theirs)

    assert (answer.status_code, Resumption.objects.count()) == (422, 0)
