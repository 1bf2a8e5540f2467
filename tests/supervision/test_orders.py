"""督办单：延期须趁早，销号须有据且须他人（金标 18、19）。"""

from datetime import date

import pytest
from django.test import Client

from kaopu.accounts.models import User
from kaopu.supervision import actions
from kaopu.supervision.models import OrderStep, SupervisionOrder
from kaopu.supervision.queries import due_on, is_closed, is_overdue, orders_for
from tests.factories import operator, project_year, unit, user

pytestmark = pytest.mark.django_db
ISSUED, DUE, LATER = date(2022, 9, 1), date(2022, 9, 20), date(2022, 10, 10)


@pytest.fixture
def handler() -> User:
    return user()


@pytest.fixture
def order(handler: User) -> SupervisionOrder:
    return actions.issue_order(
        project=project_year().project, lead_unit=unit(), handler=handler.username, matter="管线搬迁",
        due=DUE, by=operator(), on=ISSUED,
    )  # fmt: skip


def test_an_extension_is_heard_on_the_due_day_and_refused_the_day_after(order: SupervisionOrder) -> None:
    with pytest.raises(actions.OrderRefused, match="期限2022-09-20已过，不再受理延期"):
        actions.extend_order(order=order, until=LATER, reason="等权属", by=operator(), on=date(2022, 9, 21))
    actions.extend_order(order=order, until=LATER, reason="等权属", by=operator(), on=DUE)

    assert due_on(SupervisionOrder.objects.get()) == LATER
    assert SupervisionOrder.objects.get().due_on == DUE


def test_the_handler_does_not_close_his_own_order(order: SupervisionOrder, handler: User) -> None:
    with pytest.raises(actions.OrderRefused, match="经办人不能给自己经办的督办单销号"):
        actions.close_order(order=order, evidence="验收单3号", by=handler, on=DUE)
    with pytest.raises(actions.OrderRefused, match="请写明佐证"):
        actions.close_order(order=order, evidence=" ", by=operator(), on=DUE)

    assert not OrderStep.objects.exists()


def test_a_closed_order_is_closed_once_and_its_clock_stops(order: SupervisionOrder) -> None:
    assert is_overdue(order, on=date(2022, 9, 21))
    actions.close_order(order=order, evidence="验收单3号", by=operator(), on=date(2022, 9, 21))

    closed = orders_for(order.project)[0]
    assert is_closed(closed) and not is_overdue(closed, on=date(2023, 9, 21))
    with pytest.raises(actions.OrderRefused, match="已销号"):
        actions.close_order(order=closed, evidence="验收单4号", by=operator(), on=DUE)


def test_the_project_page_shows_the_order_and_its_state(order: SupervisionOrder, client: Client) -> None:
    client.force_login(user())
    text = client.get(f"/projects/{order.project.code}/?year=2022").text

    assert "2022-1：管线搬迁；主办区建管委，2022年9月1日交办，期限2022年9月20日（已逾期）" in text


def test_orders_are_numbered_within_the_year(order: SupervisionOrder) -> None:
    second = actions.issue_order(
        project=order.project, lead_unit=unit(), handler="a", matter="腾地", due=DUE, by=operator(), on=ISSUED
    )

    assert (str(order), str(second)) == ("2022-1", "2022-2")
