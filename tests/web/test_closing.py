"""关账页：按先后关月份、再关年末；未确认、已由他人关过的不关；关不了的点名。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from kaopu.accounts.models import User
from kaopu.documents.models import OfficialDocument
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.figures.models import Snapshot
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/closing/2022/"


@pytest.fixture
def director(as_user: Callable[[User], Client]) -> Client:
    return as_user(factories.user(Role.OFFICE_DIRECTOR))


def test_the_page_names_what_is_missing_and_closes_the_first_open_month(director: Client) -> None:
    factories.project_list([factories.listed("示例小学")])

    shown = director.get(PAGE).text
    assert "接着要关：2022年1月" in shown and "没有审定月报的 1 个" in shown and "示例小学" in shown

    data = {"period": "2022-01", "sure": "on", "idempotency_key": "k1"}
    answer = director.post(PAGE, data, follow=True)
    assert "2022-01 已关账。已起草《关于2022年1月重点项目推进情况的通报》" in answer.text
    assert "接着要关：2022年2月" in answer.text
    assert Snapshot.objects.get().period == "2022-01"
    assert OfficialDocument.objects.get().scope == "2022-01"


def test_nothing_is_closed_unless_confirmed(director: Client) -> None:
    factories.project_list([factories.listed("示例小学")])

    answer = director.post(PAGE, {"period": "2022-01"})
    assert answer.status_code == 422 and "关账不能撤销，请核对之后勾选确认。" in answer.text
    assert not Snapshot.objects.exists()


def test_a_month_that_someone_else_closed_meanwhile_is_not_taken_for_the_next(director: Client) -> None:
    factories.project_list([factories.listed("示例小学")])
    close_month(month=date(2022, 1, 1), by=factories.operator())

    assert director.post(PAGE, {"period": "2022-01", "sure": "on"}).status_code == 409
    assert Snapshot.objects.count() == 1


def test_the_year_is_closed_only_when_every_identity_holds(director: Client) -> None:
    years = factories.project_list([factories.listed("示例小学", category="")])
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=factories.operator())

    shown = director.get(PAGE).text
    assert "接着要关：2022年末" in shown and "不成立" in shown
    answer = director.post(PAGE, {"period": "2022", "sure": "on"})
    assert answer.status_code == 422 and years[0].project.code in answer.text
    assert not Snapshot.objects.filter(kind="year").exists()


def test_a_project_officer_sees_the_page_but_does_not_close(office: Client) -> None:
    factories.project_list([factories.listed("示例小学")])

    assert "关账由推进办科长以上办理" in office.get(PAGE).text
    assert office.post(PAGE, {"period": "2022-01", "sure": "on"}).status_code == 403
    assert office.get("/closing/2031/").status_code == 404
