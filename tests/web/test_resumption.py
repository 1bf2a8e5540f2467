"""停工与复工：没有批准的方案不能复工，批次唯一，别家的看不见（种子 C04–C12）。"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.domain.rights import Role
from kaopu.domain.suspension import OpinionSide
from kaopu.projects.models import ProjectYear
from kaopu.supervision.actions import advance, set_demo_clock
from kaopu.supervision.models import Notice
from kaopu.tracking import actions
from kaopu.tracking.models import (
    PlanOpinion,
    Resumption,
    ResumptionBatch,
    ResumptionPlan,
    StillStoppedDemand,
    Suspension,
    SuspensionCampaign,
)
from tests import factories
from tests.web.conftest import signed_in

STOP, TARGET = date(2022, 3, 28), date(2022, 6, 30)


@pytest.fixture
def years(db: None) -> list[ProjectYear]:
    set_demo_clock(to=date(2022, 5, 20), by=factories.operator())
    profile = {"responsible_unit": factories.unit()}
    rows = [factories.listed(name, profile=profile) for name in ("甲项目", "乙项目")]
    return factories.project_list(
        [*rows, factories.listed("丙项目", profile={"responsible_unit": factories.unit("区教育局")})]
    )


@pytest.fixture
def campaign(years: list[ProjectYear]) -> SuspensionCampaign:
    return actions.declare_campaign(
        name="停复工", cause="疫情防控", target_on=TARGET, projects=[year.project for year in years],
        by=factories.operator(), on=STOP,
    )  # fmt: skip


@pytest.fixture
def handler(db: None) -> User:
    return factories.user(Role.RESPONSIBLE_UNIT, factories.unit())


def stop_of(year: ProjectYear) -> Suspension:
    return Suspension.objects.get(project=year.project)


def post(client: Client, stop: Suspension, kind: str, **values: str) -> Any:
    if kind == "opinion" and "seen" not in values:
        plan = ResumptionPlan.objects.live().filter(suspension=stop).first()
        values["seen"] = str(plan.pk) if plan else ""
    named = {f"{kind}-{name}": value for name, value in values.items()}
    return client.post(f"/resumption/stops/{stop.pk}/", {**named, "kind": kind})


def planned(client: Client, stop: Suspension) -> Any:
    return post(client, stop, "plan", document="方案1号", measures="闭环管理", resume_on="2022-05-26")


def approve(office: Client, stop: Suspension) -> None:
    for side in OpinionSide:
        assert post(office, stop, "opinion", side=side, unit="有关单位", agrees="yes").status_code == 302


def test_the_unit_files_a_plan_three_sides_agree_and_only_then_it_resumes(
    campaign: SuspensionCampaign, years: list[ProjectYear], handler: User, office: Client
) -> None:
    stop, unit = stop_of(years[0]), signed_in(handler)
    assert planned(unit, stop).status_code == 302
    early = post(office, stop, "resume", on="2022-05-26", batch="第二批")
    assert (early.status_code, Resumption.objects.count()) == (422, 0)
    assert "还缺属地意见、行业主管意见、推进办审批，不能复工" in early.text
    first = post(office, stop, "opinion", side="office_side", unit="区推进办", agrees="yes")
    assert "还缺属地意见、行业主管意见，不能审批" in first.text
    approve(office, stop)

    assert post(office, stop, "resume", on="2022-05-26", batch="第二批").status_code == 302
    assert "2022年5月26日复工（第二批），停了 53 天" in office.get(f"/resumption/stops/{stop.pk}/").text


def test_a_unit_reports_its_own_stop_once_and_goes_on_to_the_plan(
    years: list[ProjectYear], handler: User
) -> None:
    unit, address = signed_in(handler), f"/resumption/projects/{years[0].project.code}/"
    assert f'href="{address}"' in unit.get(f"/projects/{years[0].project.code}/").text
    ahead = unit.post(address, {"on": "2999-01-01", "cause": "管线未迁", "idempotency_key": "k0"})
    assert (ahead.status_code, "日期在将来" in ahead.text) == (422, True)

    answer = unit.post(address, {"on": "2022-05-10", "cause": "管线未迁", "idempotency_key": "k1"})
    stop = stop_of(years[0])
    assert answer["Location"] == f"/resumption/stops/{stop.pk}/"
    assert (stop.on, stop.cause) == (date(2022, 5, 10), "管线未迁")
    again = unit.post(address, {"on": "2022-05-11", "cause": "又报", "idempotency_key": "k2"})
    assert (again["Location"], Suspension.objects.count()) == (f"/resumption/stops/{stop.pk}/", 1)
    assert planned(unit, stop).status_code == 302
    theirs = f"/resumption/projects/{years[2].project.code}/"
    assert (
        unit.post(theirs, {"on": "2022-05-10", "cause": "别家", "idempotency_key": "k3"}).status_code == 404
    )


def test_the_street_and_the_unit_each_give_their_own_opinion_and_no_other(
    campaign: SuspensionCampaign, years: list[ProjectYear], handler: User, office: Client
) -> None:
    factories.project_list([factories.listed("甲项目", profile={"street": "桃浦镇"})])
    town = Organization.objects.create(name="桃浦镇", kind=OrganizationKind.STREET)
    stop, unit = stop_of(years[0]), signed_in(handler)
    street = signed_in(factories.user(Role.STREET_TOWN, town))
    planned(unit, stop)

    assert post(street, stop, "opinion", side="industry_side", agrees="yes").status_code == 422
    assert post(street, stop, "opinion", side="street_side", agrees="yes").status_code == 302
    assert post(unit, stop, "opinion", side="office_side", agrees="yes").status_code == 422
    assert post(unit, stop, "opinion", side="industry_side", agrees="yes").status_code == 302
    assert list(PlanOpinion.objects.order_by("pk").values_list("side", "unit")) == [
        ("street_side", "桃浦镇"), ("industry_side", "区建管委"),
    ]  # fmt: skip
    assert post(street, stop, "resume", on="2022-05-26").status_code == 403
    text = street.get(f"/resumption/stops/{stop.pk}/").text
    assert "还缺推进办审批" in text and "登记复工方案" not in text


def test_a_revised_plan_needs_new_opinions(
    campaign: SuspensionCampaign, years: list[ProjectYear], office: Client
) -> None:
    stop = stop_of(years[0])
    planned(office, stop)
    approve(office, stop)
    planned(office, stop)

    assert post(office, stop, "resume", on="2022-05-26").status_code == 422


def test_an_opinion_is_on_the_plan_that_was_read(
    campaign: SuspensionCampaign, years: list[ProjectYear], office: Client
) -> None:
    stop = stop_of(years[0])
    planned(office, stop)
    page = office.get(f"/resumption/stops/{stop.pk}/").text
    read = re.search(r'name="opinion-seen" value="(\d+)"', page)
    assert read
    planned(office, stop)

    stale = post(office, stop, "opinion", side="street_side", unit="某镇", agrees="yes", seen=read[1])

    assert stale.status_code == 409 and "复工方案已有修订" in stale.text
    assert not PlanOpinion.objects.exists()


def test_a_general_stop_takes_in_the_stop_that_already_stands(
    years: list[ProjectYear], office: Client
) -> None:
    before = actions.suspend(
        projects=[years[0].project], cause="纠纷", by=factories.operator(), on=date(2022, 3, 1)
    )
    campaign = actions.declare_campaign(
        name="停复工", cause="疫情防控", target_on=TARGET, projects=[year.project for year in years],
        by=factories.operator(), on=STOP,
    )  # fmt: skip

    assert Suspension.objects.filter(project=years[0].project).count() == 1
    assert before[0] in campaign.suspensions.all() and campaign.suspensions.count() == 3
    assert office.get(f"/resumption/{campaign.pk}/").status_code == 200


def test_a_unit_is_told_when_the_day_lies_within_an_earlier_stop(
    years: list[ProjectYear], handler: User
) -> None:
    by, project = factories.operator(), years[0].project
    [stop] = actions.suspend(projects=[project], cause="纠纷", by=by, on=date(2022, 3, 1))
    actions.resume(suspensions=[stop], by=by, on=date(2022, 4, 1))

    answer = signed_in(handler).post(
        f"/resumption/projects/{project.code}/", {"on": "2022-03-20", "cause": "资金"}
    )

    assert answer.status_code == 422
    assert "2022年3月1日至2022年4月1日已记有一次停工" in answer.text


def test_a_refusal_must_say_why(
    campaign: SuspensionCampaign, years: list[ProjectYear], office: Client
) -> None:
    stop = stop_of(years[0])
    planned(office, stop)
    answer = post(office, stop, "opinion", side="street_side", unit="某镇", agrees="no")

    assert answer.status_code == 422 and "不同意须写明理由" in answer.text


def test_the_page_shows_rate_target_statutory_limits_and_the_reason(
    campaign: SuspensionCampaign, years: list[ProjectYear], office: Client
) -> None:
    stop = stop_of(years[0])
    post(office, stop, "reason", reason="人员未到位", cause="force_majeure", expected_on="2022-06-10")
    whole, one = (
        office.get(f"/resumption/{campaign.pk}/").text,
        office.get(f"/resumption/stops/{stop.pk}/").text,
    )

    assert (
        'state=due#h-list">3</a>，已复工 0，复工率 <strong>0.0%</strong>' in whole and "还有 41 天" in whole
    )
    assert "人员未到位（2022年5月20日），预计2022年6月10日复工" in whole
    assert "疫情或不可抗力，人员未到位（2022年5月20日），预计2022年6月10日复工" in one
    assert '中止施工报告（一个月内）：2022年4月28日，<strong class="no">已过 22 天</strong>' in one
    assert "核验施工许可证（满一年）：2023年3月28日，还有 312 天" in one


def test_a_batch_lists_only_approved_plans_and_its_number_is_used_once(
    campaign: SuspensionCampaign, years: list[ProjectYear], office: Client
) -> None:
    stop, other = stop_of(years[0]), stop_of(years[1])
    for item in (stop, other):
        planned(office, item)
    approve(office, stop)
    address, values = f"/resumption/{campaign.pk}/", {"number": "2", "issuer": "市住建委", "on": "2022-05-26"}

    assert office.post(address, {**values, "stops": [str(other.pk)]}).status_code == 422
    assert office.post(address, {**values, "stops": [str(stop.pk)]}).status_code == 302
    again = office.post(address, {**values, "stops": [str(stop.pk)]})
    assert "第2批已经发过" in again.text
    assert [list(batch.suspensions.all()) for batch in ResumptionBatch.objects.all()] == [[stop]]


def test_after_resumption_later_goals_are_proposed_to_move(
    campaign: SuspensionCampaign, years: list[ProjectYear], office: Client
) -> None:
    stop = stop_of(years[0])
    planned(office, stop)
    approve(office, stop)
    post(office, stop, "resume", on="2022-06-30")
    text = office.get(f"/resumption/stops/{stop.pk}/").text

    assert "停工94天（2022年3月28日至2022年6月30日）" in text and "2023年4月4日" in text
    assert "目标不变、任务不减" in text


def test_another_unit_sees_neither_the_stop_nor_its_name(
    campaign: SuspensionCampaign, years: list[ProjectYear], handler: User
) -> None:
    client, hidden = signed_in(handler), stop_of(years[2])

    assert client.get(f"/resumption/stops/{hidden.pk}/").status_code == 404
    assert "丙项目" not in client.get(f"/resumption/{campaign.pk}/").text
    assert post(client, stop_of(years[0]), "resume", on="2022-05-26").status_code == 403
    assert client.get("/resumption/new/").status_code == 403


def test_the_office_declares_a_stop_for_the_listed_codes(years: list[ProjectYear], office: Client) -> None:
    values = {"name": "台风停工", "cause": "台风", "on": "2022-05-10", "target_on": "2022-05-15"}
    wrong = office.post("/resumption/new/", {**values, "codes": f"{years[0].project.code} X99"})
    assert "没有这些编号的项目：X99" in wrong.text
    assert office.post("/resumption/new/", {**values, "codes": years[0].project.code}).status_code == 302

    assert Suspension.objects.get().campaigns.get().name == "台风停工"


@pytest.mark.parametrize("count", [1, 3])
def test_the_campaign_page_costs_the_same_queries_however_many_projects(
    years: list[ProjectYear], office: Client, count: int, django_assert_num_queries: Any
) -> None:
    campaign = actions.declare_campaign(
        name="停复工", cause="疫情", target_on=TARGET, projects=[year.project for year in years[:count]],
        by=factories.operator(), on=STOP,
    )  # fmt: skip

    with django_assert_num_queries(11):
        text = office.get(f"/resumption/{campaign.pk}/").text

    assert f"共 {count} 个" in text


def walk(*days: date) -> None:
    """引擎一天天走到。"""
    for day in days:
        set_demo_clock(to=day, by=factories.operator())
        advance(by=factories.operator())


def asked() -> list[tuple[str, str, str]]:
    demands = StillStoppedDemand.objects.order_by("month", "suspension__project__code")
    return [
        (demand.suspension.project.profile.name, str(demand.month), str(demand.due_on)) for demand in demands
    ]


def test_reasons_are_demanded_monthly_once_the_target_is_past_and_only_of_those_still_stopped(
    campaign: SuspensionCampaign, years: list[ProjectYear], office: Client
) -> None:
    planned(office, stop_of(years[1]))
    approve(office, stop_of(years[1]))
    post(office, stop_of(years[1]), "resume", on="2022-06-30")
    walk(date(2022, 6, 30))
    assert asked() == []  # 目标日当天还不催

    walk(date(2022, 7, 2), date(2022, 7, 3), date(2022, 7, 31), date(2022, 8, 1), date(2022, 8, 1))
    assert asked() == [
        ("甲项目", "2022-07-01", "2022-07-08"),
        ("丙项目", "2022-07-01", "2022-07-08"),
        ("甲项目", "2022-08-01", "2022-08-08"),
        ("丙项目", "2022-08-01", "2022-08-08"),
    ]
    assert Notice.objects.filter(demand__isnull=False).count() == 4


def test_a_stop_without_a_target_is_asked_from_its_second_month_and_a_plan_is_a_target(
    years: list[ProjectYear], office: Client
) -> None:
    projects = [year.project for year in years[:2]]
    actions.suspend(projects=projects, cause="纠纷", by=factories.operator(), on=date(2022, 5, 10))
    actions.file_plan(
        suspension=stop_of(years[1]), document="方案", measures="措施", resume_on=date(2022, 6, 20),
        by=factories.operator(), on=date(2022, 5, 12),
    )  # fmt: skip

    walk(date(2022, 5, 31), date(2022, 6, 1))
    assert [row[:2] for row in asked()] == [("甲项目", "2022-06-01")]
    walk(date(2022, 7, 1))
    assert [row[:2] for row in asked()][1:] == [("甲项目", "2022-07-01"), ("乙项目", "2022-07-01")]


def test_the_unit_answers_and_until_then_it_is_missing_and_then_an_alarm(
    campaign: SuspensionCampaign, years: list[ProjectYear], handler: User, office: Client
) -> None:
    unit, stop = signed_in(handler), stop_of(years[0])
    walk(date(2022, 7, 1))
    todo = unit.get("/todo/").text
    assert "2022年7月未复工原因与预计复工日：甲项目" in todo and f"/resumption/stops/{stop.pk}/" in todo
    assert "丙项目" not in todo and "请于2022年7月8日前填报" in unit.get("/todo/inbox/").text
    assert "缺报 1 个月" in office.get("/resumption/").text
    assert "逾期没有报" not in office.get("/").text

    walk(date(2022, 7, 8), date(2022, 7, 9))
    for page in ("/", "/todo/", "/issues/"):
        assert "甲项目、乙项目、丙项目 3 个停工项目逾期没有报未复工原因" in office.get(page).text
        assert "逾期没有报" not in unit.get(page).text

    past = post(unit, stop, "reason", cause="funding", reason="资金未到位", expected_on="2022-07-09")
    assert past.status_code == 422 and "预计复工日须晚于2022年7月9日" in past.text
    done = post(unit, stop, "reason", cause="funding", reason="资金未到位", expected_on="2022-08-20")
    assert done.status_code == 302
    assert "甲项目" not in unit.get("/todo/").text
    page = office.get("/resumption/").text
    assert "资金 1</a>" in page and "资金：资金未到位（2022年7月9日报）" in page and "2022年8月20日" in page
    assert "2 个停工项目逾期没有报" in office.get("/").text
    walk(date(2022, 8, 1))
    assert "2022年8月未复工原因与预计复工日：甲项目" in unit.get("/todo/").text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_the_stopped_costs_the_same_queries_however_many(
    years: list[ProjectYear], office: Client, count: int, django_assert_num_queries: Any
) -> None:
    projects = [year.project for year in years[:count]]
    actions.suspend(projects=projects, cause="纠纷", by=factories.operator(), on=date(2022, 3, 10))
    walk(date(2022, 5, 21))

    with django_assert_num_queries(8):
        text = office.get("/resumption/").text

    assert text.count("缺报 1 个月") == count
