"""网页测试共用：一个推进办的人已登录的浏览器。"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kaopu.accounts.models import User
from kaopu.domain.rights import Role
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
