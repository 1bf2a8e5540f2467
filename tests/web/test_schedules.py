"""倒排计划的页面：排期、重排、记开始，今日应做进待办，看得见过去（HANDBOOK §5.7；种子 D11）。"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.domain.backward import needed_for
from kaopu.domain.backward_rules import DEFAULT_CHAIN, ChainPolicy
from kaopu.domain.milestones import GoalType
from kaopu.domain.permits import CONSTRUCTION_PERMIT
from kaopu.domain.rights import Role
from kaopu.projects.actions import record_permit, rule_permit
from kaopu.projects.models import ProjectYear
from kaopu.supervision.actions import (
    MoveRefused,
    act_on_issue,
    end_task_force,
    form_task_force,
    hold_meeting,
    raise_issue,
    set_demo_clock,
)
from kaopu.supervision.models import IssueKind, MeetingKind, NodeStart, Schedule, ScheduleNode, Source
from kaopu.supervision.queries.schedules import due_nodes, schedules_of
from kaopu.supervision.queries.task_forces import convenings_for, convenings_of
from kaopu.supervision.queries.todo import todo_for
from kaopu.tracking.actions import record_achievement
from tests import factories
from tests.web.conftest import signed_in

TODAY, DUE = date(2022, 9, 1), date(2022, 10, 31)
CHAIN = needed_for(ChainPolicy.read(DEFAULT_CHAIN).nodes, "开工")
# 只留三个节点：设计方案 20 个工作日、施工许可 7 个、开工 1 个
KEPT = {"设计方案批复": 20, CONSTRUCTION_PERMIT: 7, "开工": 1}


@pytest.fixture
def year(db: None) -> ProjectYear:
    set_demo_clock(to=TODAY, by=factories.operator())
    return factories.project_year(
        "示例小学", goal="正式开工", due_on=DUE, profile={"responsible_unit": factories.unit("区教育局")}
    )


@pytest.fixture
def planner() -> Organization:
    return factories.unit("区规划资源局")


@pytest.fixture
def permit_clerk(planner: Organization) -> User:
    return factories.user(Role.PERMIT_DEPT, planner)


def address(year: ProjectYear, page: str = "") -> str:
    return f"/projects/{year.project.code}/schedule/{page}"


def plan(office: Client, year: ProjectYear, key: str = "k1", **changes: Any) -> Any:
    """照页面上的各行填：留三个节点，都由区规划资源局牵头。"""
    lead = factories.unit("区规划资源局").pk
    before = Schedule.objects.live().filter(project=year.project, target="开工").first()
    data: dict[str, Any] = {"due_on": str(DUE), "idempotency_key": key, "seen": before.pk if before else 0}
    for number, node in enumerate(CHAIN):
        if node.name in KEPT:
            data |= {f"use_{number}": "on", f"days_{number}": KEPT[node.name], f"lead_{number}": lead}
    return office.post(address(year, "new/"), {**data, **changes})


def latest(schedule: Schedule) -> dict[str, tuple[date, date]]:
    return {
        node.name: (node.latest_start, node.latest_finish) for node in schedule.nodes.order_by("position")
    }


def test_a_schedule_counts_back_from_the_goal_through_the_nodes_that_were_kept(
    office: Client, year: ProjectYear, planner: Organization
) -> None:
    page = office.get(address(year, "new/")).text
    assert 'value="2022-10-31"' in page, "目标日取自年度目标"

    assert plan(office, year).status_code == 302
    found = latest(Schedule.objects.get())
    assert found == {
        "设计方案批复": (date(2022, 9, 16), date(2022, 10, 19)),
        CONSTRUCTION_PERMIT: (date(2022, 10, 19), date(2022, 10, 28)),
        "开工": (date(2022, 10, 28), date(2022, 10, 31)),
    }, "国庆七天不算，10月8、9日调休上班"
    assert ScheduleNode.objects.get(name=CONSTRUCTION_PERMIT).after == ["设计方案批复"]
    text = office.get(address(year)).text
    assert "第 1 版，2022年9月1日排定，据默认倒排工期规则 v1" in text and "各节点都还有浮时" in text
    assert text.count('<th scope="row"') == 3


def test_a_node_wanted_must_say_its_days_and_its_lead(office: Client, year: ProjectYear) -> None:
    clearing = next(number for number, node in enumerate(CHAIN) if node.days == 0)
    answer = plan(office, year, **{f"use_{clearing}": "on"})

    assert answer.status_code == 422
    assert "请填办几天；用不着的节点请去掉勾。" in answer.text and "请选牵头单位。" in answer.text
    past = plan(office, year, key="k2", due_on="2022-08-31")
    assert (past.status_code, "已经过了" in past.text) == (422, True)
    assert not Schedule.objects.exists()


def test_what_falls_due_stands_on_the_page_and_in_the_leads_own_list_until_it_is_begun(
    office: Client, year: ProjectYear, permit_clerk: User
) -> None:
    plan(office, year)
    set_demo_clock(to=date(2022, 9, 15), by=factories.operator())
    assert not [item for item in todo_for(permit_clerk, on=date(2022, 9, 15)) if item.kind == "node"]

    day = date(2022, 9, 19)
    set_demo_clock(to=day, by=factories.operator())
    (item,) = [item for item in todo_for(permit_clerk, on=day) if item.kind == "node"]
    assert (item.title, item.doing, item.due_on) == ("设计方案批复", "开始办理", date(2022, 9, 16))
    text = signed_in(permit_clerk).get(address(year)).text
    assert "已无浮时的节点 3 个" in text and "最迟2022年9月16日开始" in text
    assert address(year) in signed_in(permit_clerk).get("/todo/").text

    start = {"on": "2022-09-14", "node": "设计方案批复", "note": "受理1号", "idempotency_key": "s1"}
    assert signed_in(permit_clerk).post(address(year), start).status_code == 302
    assert not [item for item in todo_for(permit_clerk, on=day) if item.kind == "node"]
    assert "各节点都还有浮时" in office.get(address(year)).text


def test_only_the_lead_department_or_the_office_records_a_start(
    office: Client, year: ProjectYear, permit_clerk: User
) -> None:
    plan(office, year)
    stranger = signed_in(factories.user(Role.PERMIT_DEPT, factories.unit("区发改委")))
    start = {"on": "2022-09-01", "node": "设计方案批复", "idempotency_key": "s1"}

    refused = stranger.post(address(year), start)
    assert (refused.status_code, "不由本单位牵头" in refused.text) == (422, True)
    assert signed_in(permit_clerk).post(address(year, "new/"), {}).status_code == 403
    area, _ = Organization.objects.get_or_create(name="桃浦镇", kind=OrganizationKind.STREET)
    factories.project_list([factories.listed("示例小学", goal="正式开工", profile={"street": "桃浦镇"})])
    street = signed_in(factories.user(Role.STREET_TOWN, area))
    assert street.get(address(year)).status_code == 200
    assert street.post(address(year), start).status_code == 403
    foreign = signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区卫健委")))
    assert foreign.get(address(year)).status_code == 404
    assert not NodeStart.objects.exists()


def test_a_permit_counts_once_the_office_accepts_it_and_building_counts_by_its_goal(
    year: ProjectYear, office: Client, officer: User
) -> None:
    plan(office, year)
    clerk = factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局"))
    permit = record_permit(
        project=year.project, node="设计方案批复", number="规资〔2022〕1号", issuer="区规划资源局", by=clerk,
        on=date(2022, 8, 30),
    )  # fmt: skip

    def states() -> list[str]:
        return [row.at.state.value for row in schedules_of(year.project, on=TODAY)[0].rows]

    assert states() == ["floating"] * 3
    rule_permit(permit=permit, approved=True, by=officer, on=TODAY)
    assert states() == ["node_done", "floating", "floating"]
    record_achievement(
        goal=year.goals.get(),
        reached=GoalType.START,
        evidence="开工令",
        verified_by="专员",
        by=officer,
        on=TODAY,
    )
    assert states() == ["node_done", "floating", "node_done"]


def test_a_new_version_says_why_and_keeps_the_first_beside_it(office: Client, year: ProjectYear) -> None:
    plan(office, year)
    silent = plan(office, year, key="k2", due_on="2022-11-30")
    assert (silent.status_code, "请写明为什么重排" in silent.text) == (422, True)
    assert plan(office, year, key="k3", due_on="2022-11-30", reason="腾地推迟").status_code == 302

    text = office.get(address(year)).text
    assert "第 2 版" in text and "重排理由：腾地推迟" in text and "第一版2022年10月31日" in text
    first = Schedule.objects.earliest("pk")
    assert latest(first)["开工"][1] == DUE, "第一版原样留着"


def test_looking_back_shows_the_plan_and_the_progress_of_that_day(office: Client, year: ProjectYear) -> None:
    plan(office, year)
    before = timezone.now()
    set_demo_clock(to=date(2022, 9, 20), by=factories.operator())
    start = {"on": "2022-09-05", "node": "设计方案批复", "idempotency_key": "s1"}
    assert office.post(address(year), start).status_code == 302
    plan(office, year, key="k2", due_on="2022-11-30", reason="腾地推迟")

    then = office.get(
        address(year), {"year": 2022, "as_of": "2022-09-06", "known_at": before.isoformat()}
    ).text
    assert "目标日2022年10月31日" in then and "第 1 版" in then and "2022年9月5日" not in then
    assert "登记开始" not in then and "重排" not in then
    nothing = office.get(address(year), {"year": 2022, "as_of": "2022-08-31"}).text
    assert "还没有倒排计划" in nothing


def test_an_approval_other_than_the_construction_permit_expires_and_is_not_extended(
    office: Client, year: ProjectYear
) -> None:
    page = f"/projects/{year.project.code}/permits/"
    data = {
        "permit-on": "2022-03-01",
        "permit-node": "建设用地规划许可证",
        "permit-number": "地字1号",
        "permit-issuer": "区规划资源局",
    }
    assert office.post(page, {**data, "kind": "permit", "idempotency_key": "p1"}).status_code == 302

    text = office.get(page).text
    assert "有效期（12个月）：2023年3月1日，还有 181 天（默认倒排工期规则 v1）" in text
    assert "登记施工许可延期" not in text
    later = {
        **data,
        "permit-node": "建设工程规划许可证",
        "permit-number": "建字1号",
        "permit-on": "2022-08-01",
    }
    office.post(page, {**later, "kind": "permit", "idempotency_key": "p2"})
    again = office.get(page).text
    assert "2023年3月1日" not in again and "有效期（12个月）：2023年8月1日" in again, (
        "后一步办成，前一件不再计有效期"
    )


def test_a_task_force_is_ended_only_when_its_tasks_are_and_then_meets_no_more(
    office: Client, year: ProjectYear, officer: User
) -> None:
    lead = factories.unit("区教育局")
    force = form_task_force(
        project=year.project, name="示例小学专班", head="示例组长", lead_unit=lead, members=[], rhythm_days=14,
        by=officer, on=date(2022, 8, 1),
    )  # fmt: skip
    task = raise_issue(
        project=year.project, kind=IssueKind.TASK, source=Source.MEETING, title="出方案", lead_unit=lead,
        task_force=force, by=officer, on=date(2022, 8, 2), due=date(2022, 9, 30),
    )  # fmt: skip
    with pytest.raises(MoveRefused, match="还有 1 件任务没有销号"):
        end_task_force(task_force=force, reason="已开工", by=officer, on=TODAY)
    handler = factories.user(Role.RESPONSIBLE_UNIT, lead)
    act_on_issue(issue=task, verb="reply", text="方案已批", evidence="批文", by=handler, on=TODAY)
    act_on_issue(issue=task, verb="close", text="核实", evidence="批文", by=officer, on=TODAY)
    assert convenings_for(handler, on=TODAY)

    page = f"/issues/projects/{year.project.code}/"
    data = {
        "kind": "end",
        "end-task_force": force.pk,
        "end-reason": "已开工，转日常",
        "idempotency_key": "e1",
    }
    assert office.post(page, data).status_code == 302
    assert "2022年8月1日组建，2022年9月1日撤销：已开工，转日常" in office.get(page).text
    assert not convenings_of(year.project) and not convenings_for(handler, on=TODAY)
    assert office.post(page, {**data, "idempotency_key": "e2"}).status_code == 422, "撤销过的不再可选"
    assert "示例小学专班" not in office.get("/meetings/new/").text


BUILDING = {"开工": 1, "完工": 60, "综合竣工验收": 15}


def plan_building(office: Client, year: ProjectYear, **changes: Any) -> Any:
    """由竣工往回推：只留开工、完工、综合竣工验收三个节点，都由项目的责任单位牵头。"""
    lead = factories.unit("区教育局").pk
    data: dict[str, Any] = {"due_on": "2022-12-30", "idempotency_key": "b1", "seen": 0}
    for number, node in enumerate(needed_for(ChainPolicy.read(DEFAULT_CHAIN).nodes, "综合竣工验收")):
        if node.name in BUILDING:
            data |= {f"use_{number}": "on", f"days_{number}": BUILDING[node.name], f"lead_{number}": lead}
    return office.post(address(year, "new/") + "?target=综合竣工验收", {**data, **changes})


def test_building_goes_on_from_the_node_reached_before_and_is_not_taken_for_unbegun(
    office: Client, year: ProjectYear, officer: User
) -> None:
    """开了工的工地没有“受理”可登记：完工自开工之日起算，不能一天天往后推成“已无浮时”。"""
    assert plan_building(office, year).status_code == 302
    record_achievement(
        goal=year.goals.get(), reached=GoalType.START, evidence="开工令", verified_by="专员", by=officer, on=TODAY
    )  # fmt: skip
    day = date(2022, 10, 20)
    (standing,) = schedules_of(year.project, on=day)
    rows = {row.node.name: row.at for row in standing.rows}

    assert rows["完工"].progress.started_on == TODAY and rows["完工"].forecast == date(2022, 10, 31)
    assert not standing.out_of_float and not standing.due_today(day)


def test_a_start_is_recorded_for_any_node_but_breaking_ground(office: Client, year: ProjectYear) -> None:
    plan_building(office, year)
    page = office.get(address(year)).text
    assert '<option value="综合竣工验收">' in page and '<option value="开工">' not in page
    start = {"on": "2022-09-01", "node": "综合竣工验收", "idempotency_key": "s1"}
    assert office.post(address(year), start).status_code == 302
    assert NodeStart.objects.get().node == "综合竣工验收"
    assert office.post(address(year), {**start, "node": "开工", "idempotency_key": "s2"}).status_code == 422


def test_the_offices_own_node_stands_in_the_list_of_everyone_there(
    office: Client, year: ProjectYear, officer: User
) -> None:
    """推进办的账号多半没有写单位：照“推进办牵头的”认，不照账号的单位。"""
    own, _ = Organization.objects.get_or_create(name="区推进办", kind=OrganizationKind.OFFICE)
    number = next(number for number, node in enumerate(CHAIN) if node.name == "设计方案批复")
    plan(office, year, **{f"lead_{number}": own.pk})
    day = date(2022, 9, 16)

    (row,) = schedules_of(year.project, on=day)[0].due_today(day)
    assert row.at.state.value == "critical"
    (item,) = [item for item in todo_for(officer, on=day) if item.kind == "node"]
    assert item.title == "设计方案批复"


def test_an_approval_that_lapsed_before_the_next_step_must_be_done_again(
    office: Client, year: ProjectYear, officer: User
) -> None:
    """有效期过了、后一步没有办成的，不再算办结（§3.13）；施工许可三个月不开工自行废止（《建筑法》第九条）。"""
    plan(office, year)
    record_permit(
        project=year.project, node=CONSTRUCTION_PERMIT, number="施1号", issuer="区建管委", by=officer,
        on=date(2022, 6, 1),
    )  # fmt: skip

    def done(day: date) -> bool:
        row = schedules_of(year.project, on=day)[0].rows[1]
        assert row.node.name == CONSTRUCTION_PERMIT
        return row.at.progress.done_on is not None

    assert done(date(2022, 9, 1)) and not done(date(2022, 9, 2))
    set_demo_clock(to=date(2022, 9, 2), by=factories.operator())
    assert f"过期须重办：{CONSTRUCTION_PERMIT}" in office.get(address(year)).text
    record_achievement(
        goal=year.goals.get(), reached=GoalType.START, evidence="开工令", verified_by="专员", by=officer,
        on=date(2022, 8, 31),
    )  # fmt: skip
    assert done(date(2022, 9, 2)), "开了工就不再过期"


def test_an_early_approval_is_used_once_anything_after_it_is_done(
    office: Client, year: ProjectYear, officer: User
) -> None:
    """中间几步没有登记也一样：已经开工的，不再说建议书批复过期。"""
    record_permit(
        project=year.project, node="项目建议书批复", number="发改1号", issuer="区发改委", by=officer,
        on=date(2020, 3, 1),
    )  # fmt: skip
    page = f"/projects/{year.project.code}/permits/"
    assert "过期须重新申领" in office.get(page).text
    record_achievement(
        goal=year.goals.get(), reached=GoalType.START, evidence="开工令", verified_by="专员", by=officer, on=TODAY
    )  # fmt: skip
    assert "过期须重新申领" not in office.get(page).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_what_to_do_asks_as_often_for_one_schedule_as_for_three(
    office: Client, year: ProjectYear, officer: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        one = year if not number else factories.project_year(f"示例小学{number}", goal="正式开工", due_on=DUE)
        assert plan(office, one, key=f"n{number}").status_code == 302
    day = date(2022, 10, 27)
    assert len(due_nodes(officer, on=day)) == count
    with django_assert_num_queries(11):
        due_nodes(officer, on=day)


def test_a_plan_made_over_by_somebody_else_meanwhile_is_not_silently_replaced(
    office: Client, year: ProjectYear
) -> None:
    plan(office, year)
    first = Schedule.objects.get()
    assert f'name="seen" value="{first.pk}"' in office.get(address(year, "new/")).text
    plan(office, year, key="k2", due_on="2022-11-30", reason="腾地推迟")

    stale = plan(office, year, key="k3", due_on="2022-12-31", reason="管线推迟", seen=first.pk)
    assert (stale.status_code, "已由他人另排了一版" in stale.text) == (409, True)
    assert Schedule.objects.live().get().due_on == date(2022, 11, 30)


def test_a_department_registers_only_the_nodes_it_issues_or_leads(
    office: Client, year: ProjectYear, permit_clerk: User
) -> None:
    """写自己为审批部门也不行：施工许可不由规划部门发（§4.2“本部门节点”）。"""
    page = f"/projects/{year.project.code}/permits/"
    client = signed_in(permit_clerk)
    data = {"kind": "permit", "permit-on": "2022-08-30", "permit-node": CONSTRUCTION_PERMIT,
            "permit-number": "施1号", "idempotency_key": "p1"}  # fmt: skip
    refused = client.post(page, data)
    assert (refused.status_code, "不由本部门办" in refused.text) == (422, True)
    shown = client.get(page).text
    assert '<option value="设计方案批复"' in shown and f'<option value="{CONSTRUCTION_PERMIT}"' not in shown

    plan(office, year)  # 这一版里施工许可由区规划资源局牵头
    assert client.post(page, {**data, "idempotency_key": "p2"}).status_code == 302


def test_an_area_that_leads_a_node_records_its_start_and_no_other(office: Client, year: ProjectYear) -> None:
    """腾地由属地街镇牵头：待办叫它开始，它就得登记得了（§4.2 专班一行“街镇 U”）。"""
    area, _ = Organization.objects.get_or_create(name="桃浦镇", kind=OrganizationKind.STREET)
    factories.project_list([factories.listed("示例小学", goal="正式开工", profile={"street": "桃浦镇"})])
    clearing = next(number for number, node in enumerate(CHAIN) if node.days == 0)
    filled = {f"use_{clearing}": "on", f"days_{clearing}": 30, f"lead_{clearing}": area.pk}
    assert plan(office, year, **filled).status_code == 302
    street = signed_in(factories.user(Role.STREET_TOWN, area))

    shown = street.get(address(year)).text
    assert '<option value="征收、腾地、管线搬迁">' in shown and '<option value="设计方案批复">' not in shown
    start = {"on": "2022-09-01", "node": "征收、腾地、管线搬迁", "idempotency_key": "s1"}
    assert street.post(address(year), start).status_code == 302
    other = street.post(address(year), {**start, "node": "设计方案批复", "idempotency_key": "s2"})
    assert other.status_code == 422 and NodeStart.objects.count() == 1


def test_the_goal_day_offered_is_that_of_the_very_node(office: Client) -> None:
    """目标日的缺省不拿“竣工”的日子充“开工”的。"""
    set_demo_clock(to=TODAY, by=factories.operator())
    built = factories.project_year("示例中学", goal="竣工", due_on=date(2022, 12, 15))
    assert 'value="2022-12-15"' not in office.get(address(built, "new/")).text
    assert 'value="2022-12-15"' in office.get(address(built, "new/") + "?target=综合竣工验收").text


def test_an_ended_task_force_is_given_no_task_and_holds_no_meeting(year: ProjectYear, officer: User) -> None:
    """页面打开之后才撤销的也一样：由动作把关，不只是表上不列。"""
    lead = factories.unit("区教育局")
    force = form_task_force(
        project=year.project, name="示例小学专班", head="示例组长", lead_unit=lead, members=[], rhythm_days=14,
        by=officer, on=date(2022, 8, 1),
    )  # fmt: skip
    end_task_force(task_force=force, reason="已开工", by=officer, on=TODAY)
    with pytest.raises(MoveRefused, match="已于2022-09-01撤销"):
        raise_issue(
            project=year.project, kind=IssueKind.TASK, source=Source.MEETING, title="出方案", lead_unit=lead,
            task_force=force, by=officer, on=TODAY,
        )  # fmt: skip
    later: dict[str, Any] = {
        "kind": MeetingKind.TASK_FORCE,
        "title": "例会",
        "chair": "组长",
        "task_force": force,
    }
    with pytest.raises(MoveRefused, match="已于2022-09-01撤销"):
        hold_meeting(by=officer, on=date(2022, 9, 2), **later)
    assert hold_meeting(by=officer, on=date(2022, 8, 31), **later), "撤销之前开的，补登记得了"


def test_a_schedule_made_by_mistake_is_voided_with_a_reason_and_no_longer_chased(
    office: Client, year: ProjectYear, permit_clerk: User
) -> None:
    plan(office, year)
    day = date(2022, 9, 19)
    set_demo_clock(to=day, by=factories.operator())
    first = Schedule.objects.get()
    void = {"kind": "void", "schedule": first.pk, "idempotency_key": "v1"}
    assert office.post(address(year), void).status_code == 422, "须写明理由"
    void |= {"reason": "排错了项目", "idempotency_key": "v2"}
    assert signed_in(permit_clerk).post(address(year), void).status_code == 403
    assert office.post(address(year), void).status_code == 302

    assert "还没有倒排计划" in office.get(address(year)).text
    assert not [item for item in todo_for(permit_clerk, on=day) if item.kind == "node"]
    again = office.post(address(year), {**void, "idempotency_key": "v3"})
    assert again.status_code == 409
    assert plan(office, year, key="k2", seen=0, due_on="2022-11-30").status_code == 302, (
        "不是重排，不必写理由"
    )
    (standing,) = schedules_of(year.project, on=day)
    assert standing.version == 1 and not any(row.moved for row in standing.rows)
    assert Schedule.objects.count() == 3, "作废的也留着"


def test_a_node_without_a_day_to_spare_is_said_to_be_critical(office: Client, year: ProjectYear) -> None:
    """浮时为零是关键（§5.7），不能说“各节点都还有浮时”。"""
    plan(office, year)
    set_demo_clock(to=date(2022, 9, 16), by=factories.operator())
    text = office.get(address(year)).text
    assert "关键节点 3 个</a>，一天也不能再拖" in text and "各节点都还有浮时" not in text
