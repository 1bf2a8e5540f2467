"""待办、督办一览、问题页、督办单页、会议、领导页：只见该见的，只办该办的，页面旧了不覆盖别人。"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.escalation import IssueState, IssueVerb
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderKind, OrderState, OrderVerb
from kaopu.supervision.actions import act_on_issue, act_on_order, draft_order, raise_issue
from kaopu.supervision.models import Issue, IssueStep, OrderStep, SupervisionOrder
from kaopu.supervision.queries.todo import todo_for
from tests import factories
from tests.web.conftest import signed_in

TODAY = timezone.localdate()


@pytest.fixture
def stranger(db: None) -> User:
    return factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局"))


def position(issue: Issue) -> IssueStep:
    return IssueStep.objects.live().get(issue=issue)


def act(client: Client, issue: Issue, verb: IssueVerb, seen: int | None = None, **values: str) -> Any:
    named = {f"{verb}-{name}": value for name, value in {"text": "情况属实", **values}.items()}
    seen = seen or position(issue).pk
    data = {**named, f"{verb}-seen": str(seen), "verb": verb, "idempotency_key": f"{verb}{seen}{values}"}
    return client.post(f"/issues/{issue.pk}/", data)


def pages(issue: Issue) -> list[str]:
    return [f"/issues/{issue.pk}/", "/issues/", "/todo/", "/todo/inbox/", "/todo/due.ics"]


def test_another_unit_sees_neither_the_issue_nor_its_name_anywhere(issue: Issue, stranger: User) -> None:
    client = signed_in(stranger)
    hidden, absent = client.get(f"/issues/{issue.pk}/"), client.get("/issues/999999/")

    assert (hidden.status_code, absent.status_code, hidden.text == absent.text) == (404, 404, True)
    assert all("管线未迁" not in client.get(page).text for page in pages(issue)[1:])
    assert act(client, issue, IssueVerb.ACCEPT).status_code == 404


def test_the_unit_handles_the_office_closes_and_the_page_shows_whose_ball_it_is(
    issue: Issue, handler: User, office: Client
) -> None:
    unit = signed_in(handler)
    assert "认领并办理" in unit.get("/todo/").text
    assert act(unit, issue, IssueVerb.ACCEPT).status_code == 302
    assert act(unit, issue, IssueVerb.REPLY, evidence="照片3号").status_code == 302
    text = unit.get(f"/issues/{issue.pk}/").text

    assert "球在<strong>普陀区推进办</strong>" in text and "佐证：照片3号" in text
    assert "核实后销号或退回" in office.get("/todo/").text
    assert act(office, issue, IssueVerb.CLOSE, evidence="验收单3号").status_code == 302
    assert position(issue).state == IssueState.CLOSED
    assert "现在没有要您办的事" in office.get("/todo/").text


def test_closing_without_evidence_says_what_is_missing_and_changes_nothing(
    issue: Issue, handler: User, office: Client
) -> None:
    act(signed_in(handler), issue, IssueVerb.REPLY)
    answer = act(office, issue, IssueVerb.CLOSE, evidence="")

    assert (answer.status_code, position(issue).state) == (422, IssueState.REPLIED)
    assert "请写明佐证：验收单号、会议纪要文号，或附上照片、文件。" in answer.text


@pytest.mark.parametrize("verb", [IssueVerb.CLOSE, IssueVerb.LIFT_UP, IssueVerb.REASSIGN, IssueVerb.RISE])
def test_a_unit_may_not_do_what_the_office_does(issue: Issue, handler: User, verb: IssueVerb) -> None:
    answer = act(signed_in(handler), issue, verb, level="2", unit=str(factories.unit().pk), evidence="照片")

    assert (answer.status_code, position(issue).verb) == (403, IssueVerb.RAISE)


def test_a_leader_instructs_and_lifts_but_does_not_handle(issue: Issue, leader: User) -> None:
    client = signed_in(leader)

    assert act(client, issue, IssueVerb.ACCEPT).status_code == 403
    assert act(client, issue, IssueVerb.INSTRUCT, text="抓紧").status_code == 302
    assert act(client, issue, IssueVerb.LIFT_UP, level="3").status_code == 302
    assert position(issue).level == 3
    assert client.get("/issues/new/").status_code == 403


def test_an_auditor_reads_and_does_nothing(issue: Issue) -> None:
    client = signed_in(factories.user(Role.AUDITOR))

    assert "此刻没有要您办的" in client.get(f"/issues/{issue.pk}/").text
    assert act(client, issue, IssueVerb.LOG).status_code == 403


def test_a_page_opened_before_another_step_answers_409_and_keeps_the_others_step(
    issue: Issue, handler: User
) -> None:
    seen = position(issue).pk
    first, second = signed_in(handler), signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit()))
    act(first, issue, IssueVerb.ACCEPT, seen=seen)
    answer = act(second, issue, IssueVerb.LOG, seen=seen)

    assert answer.status_code == 409
    assert "已由他人办过一步" in answer.text and position(issue).verb == IssueVerb.ACCEPT


def test_pressing_twice_acts_once(issue: Issue, handler: User) -> None:
    client, seen = signed_in(handler), position(issue).pk
    answers = [act(client, issue, IssueVerb.LOG, seen=seen).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert issue.steps.count() == 2


def test_raising_asks_for_what_support_needs_and_hides_other_projects(
    issue: Issue, handler: User, stranger: User
) -> None:
    assert issue.project
    values = {
        "project": issue.project.code,
        "kind": "support",
        "title": "缺资金",
        "description": "缺",
        "category": "funding",
    }
    client = signed_in(handler)

    assert "请选要保障什么" in client.post("/issues/new/", values).text
    assert client.post("/issues/new/", {**values, "factor": "money"}).status_code == 302
    assert Issue.objects.get(title="缺资金").factor == "money"
    assert "没有这个编号的项目" in signed_in(stranger).post("/issues/new/", values).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_board_costs_the_same_queries_however_long(
    office: Client, issue: Issue, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        raise_issue(project=issue.project, title=f"事项{number}", by=factories.operator(), on=TODAY)

    with django_assert_num_queries(14):
        text = office.get("/issues/").text

    assert f"共 {count + 1} 件" in text


def test_the_board_counts_by_level_and_age_and_filters(office: Client, issue: Issue) -> None:
    old = TODAY - timedelta(days=40)
    raise_issue(project=issue.project, title="老问题", by=factories.operator(), on=old, level=3, due=old)
    text = office.get("/issues/?level=3").text
    late = office.get("/issues/?late=1").text

    assert "老问题" in text and "管线未迁" not in text and "共 1 件" in text
    assert "老问题" in late and "逾期40天" in late


@pytest.fixture
def order(issue: Issue, officer: User, leader: User) -> SupervisionOrder:
    assert issue.project
    order = draft_order(
        project=issue.project, issue=issue, lead_unit=factories.unit(), matter="限期迁管", due=TODAY + timedelta(days=10),
        by=officer, on=TODAY, assists=[factories.unit("区科委")],
    )  # fmt: skip
    act_on_order(order=order, verb=OrderVerb.SUBMIT, by=officer, on=TODAY)
    return order


def order_position(order: SupervisionOrder) -> OrderStep:
    return OrderStep.objects.live().get(order=order)


def move(client: Client, order: SupervisionOrder, verb: OrderVerb, **values: str) -> Any:
    seen = order_position(order).pk
    named = {
        f"{verb}-{name}": value for name, value in {"text": "依据充分", "seen": str(seen), **values}.items()
    }
    return client.post(f"/orders/{order.pk}/", {**named, "verb": verb, "idempotency_key": f"{verb}{seen}"})


def test_a_draft_is_not_seen_by_the_unit_until_a_leader_signs_it(
    order: SupervisionOrder, handler: User, leader: User, office: Client
) -> None:
    unit, signer = signed_in(handler), signed_in(leader)
    assert unit.get(f"/orders/{order.pk}/").status_code == 404
    assert move(office, order, OrderVerb.APPROVE).status_code == 403
    assert "签发" in signer.get("/todo/").text
    assert move(signer, order, OrderVerb.APPROVE).status_code == 302

    assert (order_position(order).state, unit.get(f"/orders/{order.pk}/").status_code) == (
        OrderState.ISSUED,
        200,
    )


def test_the_unit_replies_asks_for_time_and_never_closes(
    order: SupervisionOrder, handler: User, leader: User, office: Client
) -> None:
    move(signed_in(leader), order, OrderVerb.APPROVE)
    unit, until = signed_in(handler), TODAY + timedelta(days=20)
    for verb in (OrderVerb.SIGN, OrderVerb.START):
        assert move(unit, order, verb).status_code == 302
    assert move(unit, order, OrderVerb.ASK_EXTENSION, until=until.isoformat()).status_code == 302
    assert move(office, order, OrderVerb.GRANT_EXTENSION).status_code == 302
    assert order_position(order).due_on == until
    assert move(unit, order, OrderVerb.CLOSE, evidence="照片").status_code == 403
    assert "已销号" not in unit.get(f"/orders/{order.pk}/").text


def test_an_assisting_unit_reads_and_logs_only(order: SupervisionOrder, leader: User) -> None:
    move(signed_in(leader), order, OrderVerb.APPROVE)
    helper = signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区科委")))

    assert helper.get(f"/orders/{order.pk}/").status_code == 200
    assert move(helper, order, OrderVerb.SIGN).status_code == 403


def test_an_owner_does_not_see_supervision_orders(order: SupervisionOrder, leader: User) -> None:
    move(signed_in(leader), order, OrderVerb.APPROVE)
    owner = signed_in(factories.user(Role.PROJECT_OWNER, factories.unit("某建设单位")))

    assert owner.get(f"/orders/{order.pk}/").status_code == 403


def test_only_the_office_drafts_an_order_from_an_issue(issue: Issue, handler: User, office: Client) -> None:
    address = f"/orders/new/?issue={issue.pk}"
    values = {
        "kind": "order",
        "matter": "限期迁管",
        "lead_unit": str(factories.unit().pk),
        "due": "2000-01-01",
    }

    assert signed_in(handler).get(address).status_code == 403
    assert "办结期限早于登记之日" in office.post(address, values).text
    assert office.post(address, {**values, "due": (TODAY + timedelta(days=9)).isoformat()}).status_code == 302
    assert SupervisionOrder.objects.get().issue == issue
    assert office.get("/orders/new/?issue=999999").status_code == 404


def test_the_issue_page_shows_the_chain_to_the_evidence(
    order: SupervisionOrder, issue: Issue, handler: User, office: Client
) -> None:
    act_on_issue(issue=issue, verb=IssueVerb.REPLY, by=handler, on=TODAY, text="已迁", evidence="照片9号")
    text = office.get(f"/issues/{issue.pk}/").text
    chain = text[text.index("整条链") : text.index("走过的各步")]

    assert [stage for stage in ("问题", "督办", "佐证") if f"<strong>{stage}</strong>" in chain] == [
        "问题",
        "督办",
        "佐证",
    ]
    assert "照片9号" in chain and f"/orders/{order.pk}/" in chain


def test_the_leader_page_holds_five_asks_at_most_each_with_what_is_asked(
    issue: Issue, leader: User, handler: User
) -> None:
    for number in range(7):
        item = raise_issue(
            project=issue.project, title=f"难题{number}", by=factories.operator(), on=TODAY, level=3
        )
        act_on_issue(
            issue=item,
            verb=IssueVerb.ANALYSE,
            by=handler,
            on=TODAY,
            analysis="卡在权属",
            proposal="请召集专题会",
        )
    text = signed_in(leader).get("/leader/").text

    assert (text.count("<strong>请领导：</strong>请召集专题会"), text.count("卡在权属")) == (5, 5)
    assert "管线未迁" not in text
    assert signed_in(handler).get("/leader/").status_code == 403


def test_the_inbox_is_read_once_and_leaves_a_receipt(issue: Issue, office: Client) -> None:
    assert '未读 <a class="count" href="/todo/inbox/?only=unread">1 条</a>' in office.get("/todo/inbox/").text
    office.post("/todo/inbox/", {"idempotency_key": "k1"})

    assert "未读 0 条" in office.get("/todo/inbox/").text


def test_the_calendar_file_holds_my_due_days_in_folded_lines(issue: Issue, handler: User) -> None:
    raise_issue(project=issue.project, title="很长的事项，" * 15, by=factories.operator(), on=TODAY)
    answer = signed_in(handler).get("/todo/due.ics")
    lines = answer.content.decode().split("\r\n")

    assert answer["Content-Type"].startswith("text/calendar")
    assert (lines.count("BEGIN:VEVENT"), lines[0], lines[-2]) == (2, "BEGIN:VCALENDAR", "END:VCALENDAR")
    assert max(len(line.encode()) for line in lines) <= 75
    assert f"DTSTART;VALUE=DATE:{position(issue).due_on:%Y%m%d}" in lines
    assert "\\," not in answer.text or "，" in answer.text


@pytest.mark.parametrize("name", ["todo", "inbox", "issue_board", "due_calendar"])
def test_pages_work_for_a_person_without_a_unit(db: None, name: str) -> None:
    assert signed_in(factories.user(Role.RESPONSIBLE_UNIT)).get(reverse(name)).status_code == 200


def test_who_has_not_reported_is_named_to_the_leader_the_day_after(
    leader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kaopu.web import asked

    factories.project_year("没有报的小学")
    monkeypatch.setattr(asked, "today", lambda: date(2022, 1, 25))
    assert "没有报的小学" not in signed_in(leader).get("/leader/").text
    monkeypatch.setattr(asked, "today", lambda: date(2022, 1, 26))

    text = signed_in(leader).get("/leader/").text

    assert '2022年1月月报过期未报 <a class="count" href="/reports/2022-01/?state=owing">1 个</a>' in text
    assert "没有报的小学" in text


def test_an_order_waits_on_the_list_of_those_who_may_sign_it_and_on_no_other(
    order: SupervisionOrder, officer: User, leader: User
) -> None:
    letter = draft_order(
        project=order.project, lead_unit=order.lead_unit, matter="提醒此事", due=TODAY + timedelta(days=9),
        by=officer, on=TODAY, kind=OrderKind.REMINDER,
    )  # fmt: skip
    for paper in (order, letter):
        if OrderStep.objects.live().get(order=paper).state == OrderState.DRAFT:
            act_on_order(order=paper, verb=OrderVerb.SUBMIT, by=officer, on=TODAY)
    director = factories.user(Role.OFFICE_DIRECTOR)
    waiting = {
        person: [(item.pk, item.doing) for item in todo_for(person, on=TODAY) if item.kind == "order"]
        for person in (officer, director, leader)
    }

    assert waiting[officer] == []
    assert waiting[director] == [(letter.pk, "签发")]
    assert {pk for pk, _ in waiting[leader]} == {order.pk, letter.pk}
