"""督办、会议、停复工、专班、施工许可各页看过去：其后办了什么，当时的页都不变；页顶写明，办理的收起，链接留在过去。"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from kaopu.accounts.models import User
from kaopu.domain.causes import Cause
from kaopu.domain.colours import Colour
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderVerb
from kaopu.domain.suspension import OpinionSide
from kaopu.figures.actions import close_month
from kaopu.projects.actions import extend_permit, record_permit, rule_permit
from kaopu.projects.models import Permit, ProjectYear
from kaopu.supervision import actions as loop
from kaopu.supervision.models import Alert, Issue, IssueStep, MeetingKind, OrderStep, SupervisionOrder
from kaopu.tracking import actions as tracking
from kaopu.tracking.actions import colour_reviews
from kaopu.tracking.actions.calendar import change_day
from kaopu.tracking.models import ColourOverride, ResumptionPlan, RuleSet, Suspension, Verdict
from tests import factories
from tests.web.conftest import signed_in
from tests.web.looking_back import BAR, seen

THEN, LATER = date(2022, 6, 20), date(2022, 7, 25)
World = Mapping[str, Any]


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return {
        "office": factories.user(Role.PROJECT_OFFICER),
        "other": factories.user(Role.OFFICE_DIRECTOR),
        "leader": factories.user(Role.DISTRICT_LEADER),
        "unit": factories.user(Role.RESPONSIBLE_UNIT, factories.unit()),
    }


@pytest.fixture
def world(people: dict[str, User]) -> World:
    """六月二十日：预警、问题、督办单、会议与纪要、批示、专班、走访、统一停工、方案与意见、施工许可各有一件。"""
    loop.set_demo_clock(to=THEN, by=factories.operator())
    rows = [
        factories.listed(name, profile={"responsible_unit": factories.unit()})
        for name in ("甲项目", "乙项目")
    ]
    year, other = factories.project_list(rows)
    made = _issues(year, people) | _stops(year, other, people)
    by, day = people["office"], THEN - timedelta(days=20)
    record_permit(project=year.project, number="证1号", issuer="区建管委", by=people["unit"], on=day)
    loop.record_visit(project=year.project, visitors="专员", findings="工地有序", by=by, on=day)
    return {**made, "year": year, "other": other}


def _issues(year: ProjectYear, people: dict[str, User]) -> dict[str, Any]:
    by, unit, day = people["office"], factories.unit(), THEN - timedelta(days=12)
    force = loop.form_task_force(
        project=year.project,
        name="甲专班",
        head="组长",
        lead_unit=unit,
        members=[],
        rhythm_days=14,
        by=by,
        on=day,
    )
    issue = loop.raise_issue(project=year.project, title="管线未迁", by=by, on=day)
    step(issue, IssueVerb.ANALYSE, people["unit"], day, analysis="权属不清", proposal="请召集协调")
    meeting = loop.hold_meeting(
        kind=MeetingKind.TASK_FORCE, title="专班第一次例会", chair="组长", agenda=[issue], task_force=force, by=by,
        on=THEN - timedelta(days=10), minutes_number="纪要1号", minutes="先迁后建",
    )  # fmt: skip
    loop.add_resolution(
        meeting=meeting, text="十日内定管位", lead_unit=unit, due=THEN + timedelta(days=5), by=by, issue=issue,
        on=THEN - timedelta(days=10),
    )  # fmt: skip
    loop.record_instruction(
        leader="分管领导", text="抓紧迁管", issue=issue, by=by, on=THEN - timedelta(days=9),
        tasks=[("报迁管方案", unit, THEN + timedelta(days=30))],
    )  # fmt: skip
    order = loop.draft_order(
        project=year.project, issue=issue, lead_unit=unit, matter="限期迁管", due=THEN + timedelta(days=10), by=by,
        on=THEN - timedelta(days=8),
    )  # fmt: skip
    move(order, OrderVerb.SUBMIT, by, THEN - timedelta(days=8))
    move(order, OrderVerb.APPROVE, people["leader"], THEN - timedelta(days=7))
    _warned(year)
    return {"issue": issue, "meeting": meeting, "order": order, "force": force}


def _warned(year: ProjectYear) -> None:
    """五月末的一条黄色预警。"""
    rules = RuleSet.objects.filter(kind="colour").first()
    assert rules is not None
    loop.warn_month(
        month_end=date(2022, 5, 31), by=factories.operator(),
        rows=[{
            "project_year": year, "month": date(2022, 5, 1), "colour": "yellow", "reason": "进度滞后", "hits": [
                {"colour": "yellow", "rule": "y1", "sentence": "进度滞后", "measured": "40%", "threshold": "60%"}
            ], "outcome": "lagging", "inputs": {}, "rule_set": rules,
        }],
    )  # fmt: skip


def _stops(year: ProjectYear, other: ProjectYear, people: dict[str, User]) -> dict[str, Any]:
    by = people["office"]
    campaign = tracking.declare_campaign(
        name="春季停复工", cause="疫情防控", target_on=date(2022, 5, 31), projects=[year.project, other.project],
        by=by, on=date(2022, 3, 28),
    )  # fmt: skip
    stop = Suspension.objects.get(project=year.project)
    plan = file_plan(stop, "方案1号", by, date(2022, 6, 1))
    tracking.give_opinion(
        plan=plan,
        side=OpinionSide.STREET,
        unit="某镇",
        agrees=False,
        text="措施不足",
        by=by,
        on=date(2022, 6, 2),
    )
    tracking.note_still_stopped(
        suspension=stop, cause=Cause.OTHER, reason="人员未到", expected_on=date(2022, 7, 1), by=people["unit"],
        on=date(2022, 6, 3),
    )  # fmt: skip
    return {"campaign": campaign, "stop": stop, "plan": plan}


def file_plan(stop: Suspension, document: str, by: User, on: date) -> ResumptionPlan:
    return tracking.file_plan(
        suspension=stop,
        document=document,
        measures="闭环管理",
        resume_on=on + timedelta(days=20),
        by=by,
        on=on,
    )


def step(issue: Issue, verb: IssueVerb, by: User, on: date, **values: Any) -> None:
    loop.act_on_issue(issue=issue, verb=verb, by=by, on=on, **values)


def move(order: SupervisionOrder, verb: OrderVerb, by: User, on: date, **values: Any) -> None:
    loop.act_on_order(order=order, verb=verb, by=by, on=on, text="依据充分", **values)


def go_on(world: World, people: dict[str, User], on: date) -> None:
    """其后又办了许多事，成立日都写 ``on``；项目改了名，节假日改了一天。"""
    by, unit, year, issue = people["office"], people["unit"], world["year"], world["issue"]
    step(issue, IssueVerb.REPLY, unit, on, text="已迁", evidence="照片9号")
    step(issue, IssueVerb.CLOSE, by, on, text="属实", evidence="验收单9号")
    for task in IssueStep.objects.live().exclude(issue=issue).filter(issue__project=year.project):
        step(task.issue, IssueVerb.LIFT_UP, by, on, text="久拖", level=4)
    for verb in (OrderVerb.SIGN, OrderVerb.START):
        move(world["order"], verb, unit, on)
    loop.raise_issue(project=year.project, title="新的问题", by=by, on=on)
    loop.hand_alert(alert=Alert.objects.get(), title="进度滞后", category=Cause.OTHER, by=by, on=on)
    loop.record_minutes(meeting=world["meeting"], minutes="另行安排", minutes_number="纪要2号", by=by, on=on)
    loop.hold_meeting(kind=MeetingKind.DISPATCH, title="第二次调度会", chair="组长", by=by, on=on)
    loop.hold_meeting(
        kind=MeetingKind.TASK_FORCE,
        title="专班又一次例会",
        chair="组长",
        task_force=world["force"],
        by=by,
        on=on,
    )
    loop.record_visit(project=year.project, visitors="专员", findings="又去了一次", by=by, on=on)
    loop.form_task_force(
        project=year.project,
        name="乙专班",
        head="组长",
        lead_unit=factories.unit(),
        members=[],
        rhythm_days=7,
        by=by,
        on=on,
    )
    _go_on_stopping(world, people, on)
    change_day(day=date(2022, 6, 15), works=False, name="临时放假", reason="通知1号", by=by, on=on, seen=0)
    factories.project_list(
        [factories.listed("甲项目", profile={"name": "改了名的甲项目"})], on=on, title="调整"
    )  # fmt: skip


def _go_on_stopping(world: World, people: dict[str, User], on: date) -> None:
    by, stop = people["office"], world["stop"]
    plan = file_plan(stop, "方案2号", by, on)
    for side in OpinionSide:
        tracking.give_opinion(plan=plan, side=side, unit="有关单位", agrees=True, by=by, on=on)
    tracking.note_still_stopped(
        suspension=stop,
        cause=Cause.OTHER,
        reason="机械未到",
        expected_on=on + timedelta(days=9),
        by=by,
        on=on,
    )
    tracking.issue_batch(
        campaign=world["campaign"], number=1, issuer="区推进办", suspensions=[stop], by=by, on=on
    )
    tracking.resume(suspensions=[stop], batch="第一批", by=by, on=on)
    permit = Permit.objects.get()
    rule_permit(permit=permit, approved=True, by=people["other"], on=on)
    extend_permit(permit=permit, until=date(2022, 10, 1), document="延期1号", by=by, on=on)
    tracking.suspend(projects=[world["year"].project], cause="又停了", by=by, on=on)


def pages(world: World) -> list[str]:
    code = world["year"].project.code
    return [
        "/issues/", "/issues/?sort=order", f"/issues/{world['issue'].pk}/", f"/orders/{world['order'].pk}/",
        f"/issues/alerts/{Alert.objects.get().pk}/", f"/issues/projects/{code}/", "/meetings/",
        f"/meetings/{world['meeting'].pk}/", "/resumption/", f"/resumption/{world['campaign'].pk}/",
        f"/resumption/stops/{world['stop'].pk}/", f"/projects/{code}/permits/",
    ]  # fmt: skip


def test_what_is_done_later_never_changes_the_page_of_that_day(world: World, people: dict[str, User]) -> None:
    reader, at = signed_in(factories.user(Role.AUDITOR)), pages(world)
    before = {page: seen(reader, page) for page in at}
    go_on(world, people, LATER)
    loop.set_demo_clock(to=LATER, by=factories.operator())
    after = {page: seen(reader, page) for page in at}
    back = {page: seen(reader, page, {"as_of": THEN.isoformat()}) for page in at}

    assert [page for page in at if after[page] == before[page]] == []
    for page in at:
        assert back[page] == before[page], page


def test_what_is_recorded_later_never_changes_the_page_as_known_then(
    world: World, people: dict[str, User]
) -> None:
    reader, at = signed_in(factories.user(Role.AUDITOR)), pages(world)
    before = {page: seen(reader, page) for page in at}
    known = {"known_at": timezone.now().isoformat().replace("+", "%2B")}
    go_on(world, people, THEN)
    after = {page: seen(reader, page) for page in at}
    back = {page: seen(reader, page, known) for page in at}

    assert [page for page in at if after[page] == before[page]] == []
    for page in at:
        assert back[page] == before[page], page


def test_what_is_recorded_later_never_changes_the_pages_of_a_year_as_known_then(
    world: World, people: dict[str, User]
) -> None:
    month, by = date(2022, 5, 1), factories.operator()
    row = {"project_year": world["year"], "month": month}
    tracking.save_plans(rows=[{**row, "planned_investment_yuan": 1_000_000}], by=by, on=month)
    tracking.save_reports(month=month, rows=[{**row, "investment_yuan": 1_000_000}], by=by, on=THEN)
    close_month(month=month, by=by)
    verdict = Verdict.objects.get(project_year=world["year"])
    asked = Colour.GREEN if verdict.colour != Colour.GREEN else Colour.YELLOW
    colour_reviews.propose_override(
        verdict=verdict, colour=asked, reason="统一调整", expires_on=date(2022, 6, 30), by=people["office"], on=THEN
    )  # fmt: skip
    reader, code = signed_in(factories.user(Role.AUDITOR)), world["year"].project.code
    at = [f"/projects/{code}/?year=2022", "/projects/?year=2022", "/?year=2022", "/figures/?year=2022"]
    query = {"as_of": "2022-06-25", "known_at": timezone.now().isoformat().replace("+", "%2B")}
    before = {page: seen(reader, page, query) for page in at}
    go_on(world, people, THEN)
    colour_reviews.confirm_colours(verdicts=[verdict], by=people["office"], on=THEN)
    override = ColourOverride.objects.get()
    colour_reviews.decide_override(
        override=override, approved=True, comment="同意", by=people["other"], on=THEN
    )
    after = {page: seen(reader, page, {"as_of": "2022-06-25"}) for page in at[:2]}
    back = {page: seen(reader, page, query) for page in at}

    assert [page for page in after if after[page] == before[page]] == []
    assert back == before


def test_the_past_says_so_offers_no_act_and_keeps_its_links_in_the_past(
    world: World, people: dict[str, User]
) -> None:
    office = signed_in(people["office"])
    go_on(world, people, LATER)
    loop.set_demo_clock(to=LATER, by=factories.operator())
    links = re.compile(r'href="(/(?:issues|orders|meetings|resumption|projects)/[^"]*)"')
    for page in pages(world):
        now = office.get(page).text
        then = office.get(f"{page}{'&' if '?' in page else '?'}as_of={THEN}").text
        main = then[then.index("<main") : then.index("</main>")]

        assert BAR not in now and BAR in then and "截至2022年6月20日" in then, page
        assert 'method="post"' not in main and "登记例会" not in main, page
        assert [link for link in links.findall(main) if f"as_of={THEN}" not in link] == [], page


@pytest.mark.parametrize("kind", ["issue", "order", "meeting", "stop", "campaign"])
def test_what_was_not_there_yet_is_not_found(
    world: World, people: dict[str, User], office: Client, kind: str
) -> None:
    address: dict[str, Callable[[Any], str]] = {
        "issue": "/issues/{}/".format, "order": "/orders/{}/".format, "meeting": "/meetings/{}/".format,
        "stop": "/resumption/stops/{}/".format, "campaign": "/resumption/{}/".format,
    }  # fmt: skip
    page = address[kind](world[kind].pk)

    assert office.get(f"{page}?as_of=2022-01-11").status_code == 404
    assert office.get(f"{page}?known_at=2000-01-01T00:00").status_code == 404


def test_the_past_shows_a_unit_what_it_sees_now_and_no_order_still_being_drafted(
    world: World, people: dict[str, User]
) -> None:
    unit, stranger = (
        signed_in(people["unit"]),
        signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局"))),
    )
    go_on(world, people, LATER)
    step(world["issue"], IssueVerb.REOPEN, people["office"], LATER, text="又出现")
    step(
        world["issue"],
        IssueVerb.REASSIGN,
        people["office"],
        LATER,
        text="改派",
        unit=factories.unit("区教育局"),
    )
    loop.set_demo_clock(to=LATER, by=factories.operator())

    assert "管线未迁" in stranger.get(f"/issues/?as_of={THEN}").text
    assert unit.get(f"/orders/{world['order'].pk}/?as_of={THEN}").status_code == 200
    assert unit.get(f"/orders/{world['order'].pk}/?as_of={THEN - timedelta(days=8)}").status_code == 404


def test_the_problem_list_of_that_day_is_written_as_it_was(
    world: World, people: dict[str, User], office: Client
) -> None:
    def cells(query: dict[str, str]) -> list[object]:
        response = office.get("/imports/export/issues/", query)
        book = load_workbook(BytesIO(b"".join(response.streaming_content)))
        return [cell.value for sheet in book for row in sheet for cell in row if cell.value is not None]

    before = cells({})
    go_on(world, people, LATER)
    loop.set_demo_clock(to=LATER, by=factories.operator())

    assert cells({}) != before
    assert cells({"as_of": THEN.isoformat()}) == before


def test_a_post_acts_on_the_present_whatever_day_the_address_names(
    world: World, people: dict[str, User]
) -> None:
    office, order = signed_in(people["office"]), world["order"]
    before = OrderStep.objects.live().get(order=order)
    answer = office.post(
        f"/orders/{order.pk}/?as_of=2022-06-12",
        {"verb": "revoke", "revoke-seen": str(before.pk), "revoke-text": "另案办理", "idempotency_key": "k"},
    )
    after = OrderStep.objects.live().get(order=order)

    assert answer.status_code == 302
    assert (after.supersedes_id, after.verb, after.on) == (before.pk, OrderVerb.REVOKE, THEN)
