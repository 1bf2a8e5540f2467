"""督办单：一步一步走、延期须趁早、销号须有据且须他人、事实反复自动重开（金标 18、19）。"""

from datetime import date, timedelta

import pytest
from django.test import Client

from kaopu.accounts.models import User
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderKind, OrderState, OrderVerb
from kaopu.supervision.actions import (
    MoveRefused,
    StaleItem,
    act_on_order,
    advance,
    draft_order,
    raise_issue,
    set_demo_clock,
)
from kaopu.supervision.models import Issue, IssueStep, OrderStep, SupervisionOrder
from kaopu.supervision.queries.orders import order_state_label
from kaopu.supervision.queries.todo import todo_for
from tests.factories import operator, project_year, unit, user

pytestmark = pytest.mark.django_db
ISSUED, DUE, LATER = date(2022, 9, 1), date(2022, 9, 20), date(2022, 10, 10)
EVIDENCE = "验收单3号"


@pytest.fixture
def drafter() -> User:
    return user()


@pytest.fixture
def leader() -> User:
    return user(Role.DISTRICT_LEADER)


@pytest.fixture
def handler() -> User:
    return user(Role.RESPONSIBLE_UNIT, unit())


def drafted(by: User, **content: object) -> SupervisionOrder:
    values = {
        "project": project_year().project,
        "lead_unit": unit(),
        "matter": "管线搬迁",
        "due": DUE,
        **content,
    }
    return draft_order(by=by, on=ISSUED, **values)


def walk(order: SupervisionOrder, *moves: tuple[OrderVerb, User], on: date = ISSUED) -> OrderStep:
    for verb, by in moves:
        act_on_order(order=order, verb=verb, by=by, on=on, text="依据充分", evidence=EVIDENCE)
    return position(order)


def position(order: SupervisionOrder) -> OrderStep:
    return OrderStep.objects.live().get(order=order)


@pytest.fixture
def order(drafter: User, leader: User) -> SupervisionOrder:
    """已签发交办的督办单。"""
    order = drafted(drafter)
    walk(order, (OrderVerb.SUBMIT, drafter), (OrderVerb.APPROVE, leader))
    return order


def test_a_reply_comes_with_evidence(order: SupervisionOrder, handler: User) -> None:
    """反馈须附佐证，空口说“办好了”不收（§3.3）。"""
    walk(order, (OrderVerb.SIGN, handler), (OrderVerb.START, handler))
    with pytest.raises(MoveRefused, match="佐证"):
        act_on_order(order=order, verb=OrderVerb.REPORT, by=handler, on=ISSUED, text="办好了", evidence=" ")
    assert position(order).state == OrderState.WORKING


def completed(order: SupervisionOrder, handler: User, office: User, on: date = ISSUED) -> OrderStep:
    unit_side = [(verb, handler) for verb in (OrderVerb.SIGN, OrderVerb.START, OrderVerb.REPORT)]
    return walk(order, *unit_side, (OrderVerb.REVIEW, office), (OrderVerb.COMPLETE, office), on=on)


def test_who_drafts_does_not_sign(drafter: User, leader: User) -> None:
    order = drafted(drafter)
    walk(order, (OrderVerb.SUBMIT, drafter))

    with pytest.raises(MoveRefused, match="拟办人不能自己签发"):
        walk(order, (OrderVerb.APPROVE, drafter))
    assert walk(order, (OrderVerb.APPROVE, leader)).state == OrderState.ISSUED


def test_the_ball_goes_to_the_unit_and_comes_back(
    order: SupervisionOrder, handler: User, drafter: User
) -> None:
    assert position(order).court == unit()
    walk(order, (OrderVerb.SIGN, handler), (OrderVerb.START, handler), (OrderVerb.REPORT, handler), on=DUE)

    assert (position(order).court.name, position(order).court_on) == ("普陀区推进办", DUE)
    walk(order, (OrderVerb.REVIEW, drafter), (OrderVerb.RETURN, drafter), on=DUE)
    assert (position(order).state, position(order).court) == (OrderState.WORKING, unit())


def test_an_extension_asked_on_the_due_day_may_be_granted_after(
    order: SupervisionOrder, handler: User, leader: User
) -> None:
    ask = {"order": order, "verb": OrderVerb.ASK_EXTENSION, "by": handler, "text": "等权属", "until": LATER}
    with pytest.raises(MoveRefused, match="期限2022年9月20日已过，不再受理延期"):
        act_on_order(on=date(2022, 9, 21), **ask)
    act_on_order(on=DUE, **ask)
    with pytest.raises(MoveRefused, match="已有一件延期申请待批"):
        act_on_order(on=DUE, **ask)

    assert position(order).due_on == DUE
    act_on_order(order=order, verb=OrderVerb.GRANT_EXTENSION, by=leader, on=date(2022, 9, 22))
    assert (position(order).due_on, order.due_on) == (LATER, DUE)
    with pytest.raises(MoveRefused, match="没有待批的延期申请"):
        act_on_order(order=order, verb=OrderVerb.GRANT_EXTENSION, by=leader, on=date(2022, 9, 22))


def test_an_extension_waiting_for_an_answer_is_on_the_offices_list_and_not_on_the_units(
    order: SupervisionOrder, handler: User, drafter: User
) -> None:
    def doing(person: User) -> list[str]:
        return [item.doing for item in todo_for(person, on=DUE)]

    assert (doing(drafter), doing(handler)) == ([], ["签收"])
    act_on_order(order=order, verb=OrderVerb.ASK_EXTENSION, by=handler, text="等权属", until=LATER, on=DUE)
    assert (doing(drafter), doing(handler)) == (["批复延期申请"], ["签收"])
    act_on_order(order=order, verb=OrderVerb.GRANT_EXTENSION, by=drafter, on=DUE)
    assert (doing(drafter), doing(handler)) == ([], ["签收"])


def test_an_issue_turned_into_an_order_keeps_the_orders_due_day(
    drafter: User, leader: User, handler: User
) -> None:
    issue = raise_issue(project=project_year().project, title="管线", by=drafter, on=ISSUED, lead_unit=unit())
    order = drafted(drafter, project=issue.project, issue=issue)
    walk(order, (OrderVerb.SUBMIT, drafter), (OrderVerb.APPROVE, leader))
    signed = IssueStep.objects.live().get(issue=issue)
    act_on_order(order=order, verb=OrderVerb.ASK_EXTENSION, by=handler, on=DUE, text="等权属", until=LATER)
    act_on_order(order=order, verb=OrderVerb.GRANT_EXTENSION, by=leader, on=DUE)
    extended = IssueStep.objects.live().get(issue=issue)

    assert [(step.due_on, step.level, step.verb) for step in (signed, extended)] == [
        (DUE, 1, "extend"),
        (LATER, 1, "extend"),
    ]
    assert "随普桃推办督〔2022〕1号" in extended.text


def test_who_handled_it_does_not_close_it_and_no_evidence_closes_nothing(
    order: SupervisionOrder, handler: User, drafter: User
) -> None:
    completed(order, handler, drafter)
    close = {"order": order, "verb": OrderVerb.CLOSE, "on": DUE}

    with pytest.raises(MoveRefused, match="经办人不能给自己经办的事项销号"):
        act_on_order(by=handler, evidence=EVIDENCE, **close)
    with pytest.raises(MoveRefused, match="请写明佐证"):
        act_on_order(by=drafter, evidence=" ", **close)
    assert position(order).state == OrderState.COMPLETED


def test_a_closed_order_is_closed_once_and_its_clock_stops(
    order: SupervisionOrder, handler: User, drafter: User
) -> None:
    late = DUE + timedelta(days=1)
    assert order_state_label(position(order), on=late) == "已交办，已逾期"
    completed(order, handler, drafter, on=late)
    step = walk(order, (OrderVerb.CLOSE, drafter), on=late)

    assert (step.due_on, step.look_back_on) == (None, late + timedelta(days=30))
    assert order_state_label(step, on=date(2023, 9, 21)) == "销号"
    with pytest.raises(MoveRefused, match="“销号”的督办件不能“销号”"):
        walk(order, (OrderVerb.CLOSE, drafter), on=late)


def test_an_order_filed_away_is_looked_back_at_all_the_same(
    order: SupervisionOrder, handler: User, drafter: User
) -> None:
    completed(order, handler, drafter)
    walk(order, (OrderVerb.CLOSE, user(Role.OFFICE_DIRECTOR)), (OrderVerb.ARCHIVE, drafter))
    for day in (30, 31, 32):
        set_demo_clock(to=ISSUED + timedelta(days=day - 1), by=operator())
        advance(by=operator())

    assert position(order).state == OrderState.ARCHIVED
    assert list(order.look_backs.values_list("on", flat=True)) == [ISSUED + timedelta(days=30)]


def test_a_page_opened_before_another_step_changes_nothing(order: SupervisionOrder, handler: User) -> None:
    seen = position(order).pk
    walk(order, (OrderVerb.SIGN, handler))

    with pytest.raises(StaleItem, match="已由他人办过一步"):
        act_on_order(order=order, verb=OrderVerb.SIGN, by=handler, on=ISSUED, seen=seen)


def test_a_revoked_order_keeps_its_number(drafter: User, leader: User) -> None:
    first = drafted(drafter)
    walk(first, (OrderVerb.REVOKE, drafter))
    again = draft_order(
        project=first.project,
        lead_unit=unit(),
        matter="再来",
        due=DUE,
        by=drafter,
        on=ISSUED,
        assists=[unit("区建管委二")],
    )
    letter = drafted(drafter, project=first.project, kind=OrderKind.REMINDER)

    assert [str(order) for order in (first, again, letter)] == [
        "普桃推办督〔2022〕1号", "普桃推办督〔2022〕2号", "普桃推办提〔2022〕1号"
    ]  # fmt: skip
    assert [unit.name for unit in again.assists.all()] == ["区建管委二"]


def test_an_order_may_not_be_due_before_it_is_drafted_nor_signed_after_it_is_due(
    drafter: User, leader: User
) -> None:
    with pytest.raises(MoveRefused, match="办结期限早于登记之日"):
        drafted(drafter, due=ISSUED - timedelta(days=1))
    order = drafted(drafter, project=project_year("另一个").project)
    walk(order, (OrderVerb.SUBMIT, drafter))
    with pytest.raises(MoveRefused, match="已过，不能签发"):
        walk(order, (OrderVerb.APPROVE, leader), on=DUE + timedelta(days=1))


def test_the_project_page_shows_the_order_and_its_state(order: SupervisionOrder, client: Client) -> None:
    client.force_login(user())
    text = client.get(f"/projects/{order.project.code}/?year=2022").text

    assert "普桃推办督〔2022〕1号" in text
    assert "管线搬迁；主办区建管委，2022年9月1日登记，期限2022年9月20日（已交办，已逾期）" in text
    assert not Issue.objects.exists() and operator()
