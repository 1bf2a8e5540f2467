"""网页测试共用：一个推进办的人已登录的浏览器。"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.rights import Role
from kaopu.supervision.actions import raise_issue
from kaopu.supervision.models import Issue
from tests import factories


@pytest.fixture
def officer(db: None) -> User:
    """推进办的项目专员。"""
    return factories.user(Role.PROJECT_OFFICER)


@pytest.fixture
def office(officer: User) -> Client:
    """推进办的人登录后的浏览器。"""
    return signed_in(officer)


def signed_in(user: User) -> Client:
    """某人登录后的浏览器。"""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_user(db: None) -> Callable[[User], Client]:
    """以某人登录。"""
    return signed_in


@pytest.fixture
def handler(db: None) -> User:
    """责任单位的经办人。"""
    return factories.user(Role.RESPONSIBLE_UNIT, factories.unit())


@pytest.fixture
def leader(db: None) -> User:
    """分管区领导。"""
    return factories.user(Role.DISTRICT_LEADER)


@pytest.fixture
def issue(officer: User) -> Issue:
    """今天提出的一个问题，由责任单位牵头。"""
    year = factories.project_list(
        [factories.listed("示例小学", profile={"responsible_unit": factories.unit()})]
    )[0]
    return raise_issue(project=year.project, title="管线未迁", by=officer, on=timezone.localdate())
