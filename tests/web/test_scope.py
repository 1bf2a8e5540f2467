"""可见范围：别的单位的项目是 404，看得见而无权的是 403，列表与成员页不漏别家的名字。"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kaopu.accounts.models import User
from kaopu.domain.rights import Role
from tests import factories

AsUser = Callable[[User], Client]


@pytest.fixture
def two_units(db: None) -> tuple[str, str]:
    """两家单位各一个项目，返回两个编号。"""
    ours, theirs = factories.unit("区教育局"), factories.unit("区卫健委")
    rows = factories.project_list(
        [
            factories.listed("本单位小学", profile={"responsible_unit": ours}),
            factories.listed("别家医院", profile={"responsible_unit": theirs}),
        ]
    )
    return rows[0].project.code, rows[1].project.code


@pytest.fixture
def unit_client(as_user: AsUser, two_units: tuple[str, str]) -> Client:
    """区教育局经办人。"""
    return as_user(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局")))


@pytest.mark.parametrize("page", ["project_detail", "report_edit"])
def test_another_units_project_looks_like_no_project_at_all(
    unit_client: Client, two_units: tuple[str, str], page: str
) -> None:
    extra = {"month": "2022-06"} if page == "report_edit" else {}

    hidden = unit_client.get(reverse(page, kwargs={"code": two_units[1], **extra}))
    absent = unit_client.get(reverse(page, kwargs={"code": "D999", **extra}))
    own = unit_client.get(reverse(page, kwargs={"code": two_units[0], **extra}))

    assert (hidden.status_code, absent.status_code, own.status_code) == (404, 404, 200)
    assert hidden.text == absent.text
    assert "本单位小学" in own.text


@pytest.mark.parametrize("path", ["/", "/projects/", "/figures/", "/figures/list.all/", "/projects/?q=医院"])
def test_pages_never_name_another_units_project(unit_client: Client, path: str) -> None:
    response = unit_client.get(path)

    assert response.status_code == 200
    assert "别家医院" not in response.text


def test_members_page_says_how_many_are_out_of_sight(unit_client: Client) -> None:
    text = unit_client.get("/figures/list.district/").text

    assert "共 2 个，其中 1 个不在您的可见范围" in text
    assert "本单位小学" in text


@pytest.mark.parametrize("path", ["/imports/", "/documents/"])
def test_unit_people_may_not_import_or_issue(unit_client: Client, path: str) -> None:
    response = unit_client.get(path)

    assert response.status_code == 403
    assert "推进办" in response.text


def test_a_district_leader_reads_but_does_not_report(as_user: AsUser, two_units: tuple[str, str]) -> None:
    leader = as_user(factories.user(Role.DISTRICT_LEADER))

    assert leader.get(f"/projects/{two_units[0]}/").status_code == 200
    refused = leader.get(f"/projects/{two_units[0]}/reports/2022-06/")
    assert refused.status_code == 403
    assert "由推进办、责任单位、建设单位办理；您的角色是分管区领导" in refused.text


def test_visitors_are_sent_to_the_sign_in_page(client: Client, db: None) -> None:
    response = client.get("/projects/")

    assert response.status_code == 302
    assert response["Location"] == "/signin/?next=/projects/"


def test_the_liveness_page_needs_no_sign_in(client: Client, db: None) -> None:
    assert client.get("/healthz").content == b"ok\n"
