"""登录：存在服务器上，换新编号，至多 12 小时，列得出、退得掉；换口令、停用、换角色即全部退出。"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from kaopu.accounts.actions import ChangeKind, forget_expired_sign_ins, propose_change, rule_change
from kaopu.accounts.models import SignedIn, User
from kaopu.accounts.queries import sign_ins_of_the_disabled
from kaopu.audit.models import Operation
from kaopu.config.health import _sign_in_finding
from kaopu.domain.rights import Role
from tests import factories
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "Qing-huan-2022"
TODAY = timezone.localdate()


@pytest.fixture
def clerk() -> User:
    user = factories.user(Role.RESPONSIBLE_UNIT)
    user.set_password(PASSWORD)
    user.save()
    return user


def browser(user: User, device: str = "Windows NT 10.0 Chrome/119.0") -> Client:
    """以口令登录的浏览器。"""
    client = Client(headers={"user-agent": device})
    answer = client.post("/signin/", {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/projects/").status_code == 200


def end(client: Client, which: str) -> None:
    client.post("/me/sign-ins/", {"sign_in": which, "idempotency_key": str(uuid.uuid4())})


def test_signing_in_takes_a_new_session_and_is_recorded(clerk: User) -> None:
    client = Client()
    client.get("/signin/")
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    client.post("/signin/", {"username": clerk.username, "password": PASSWORD})

    assert client.cookies["sessionid"].value != planted
    assert not SignedIn.objects.filter(session_key=planted).exists()
    done = Operation.objects.get(verb="accounts.sign_in")
    assert (done.actor, done.address, done.detail) == (clerk.username, "127.0.0.1", {"method": "password"})


def test_twelve_hours_is_the_end_however_busy(clerk: User) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client = browser(clerk)
        for _ in range(35):
            clock.shift(timedelta(minutes=20))
            assert is_in(client)
        clock.shift(timedelta(minutes=21))
        assert not is_in(client)
        forget_expired_sign_ins(now=timezone.now())
    assert not SignedIn.objects.exists()


def test_a_person_sees_and_ends_own_sign_ins_only(clerk: User) -> None:
    here, phone, old = (
        browser(clerk),
        browser(clerk, "Android 12 Chrome/99.0"),
        browser(clerk, "X11 Firefox/91.0"),
    )
    other = signed_in(factories.user(Role.RESPONSIBLE_UNIT))
    page = here.get("/me/sign-ins/").text
    assert (
        "Chrome 99（安卓）" in page
        and "Firefox 91（Linux）" in page
        and "127.0.0.1" in page
        and "共 3 处" in page
    )
    assert all(row.session_key not in page for row in SignedIn.objects.all())

    handle = SignedIn.objects.get(device="Chrome 99（安卓）").handle
    end(other, handle)
    assert is_in(phone)
    end(here, handle)
    assert not is_in(phone) and is_in(old)
    end(here, "others")
    assert not is_in(old) and is_in(here) and is_in(other)


def test_an_ended_sign_in_is_not_brought_back_by_a_request_under_way(clerk: User) -> None:
    client = browser(clerk)
    under_way = client.session
    SignedIn.objects.all().delete()

    with pytest.raises(UpdateError):
        under_way.save()
    assert not SignedIn.objects.exists()


@pytest.mark.parametrize("kind", [ChangeKind.DISABLE, ChangeKind.ROLE, ChangeKind.RESET])
def test_an_approved_change_ends_the_persons_sign_ins(clerk: User, kind: ChangeKind) -> None:
    client = browser(clerk)
    change = propose_change(
        kind=kind, username=clerk.username, by=factories.user(Role.SYSADMIN), on=TODAY,
        role=Role.CLERK, password="Lan-tian-2023",
    )  # fmt: skip
    assert is_in(client)

    rule_change(change=change, approved=True, by=factories.user(Role.SECADMIN), on=TODAY)

    assert not SignedIn.objects.filter(user=clerk).exists()
    assert not is_in(client)


def test_a_new_password_ends_every_other_sign_in(clerk: User) -> None:
    here, there = browser(clerk), browser(clerk)
    new = "Lan-tian-2023"

    answer = here.post(
        "/me/",
        {"what": "password", "current": PASSWORD, "password": new, "again": new,
         "idempotency_key": str(uuid.uuid4())},
    )  # fmt: skip

    assert answer.status_code == 302
    assert SignedIn.objects.filter(user=clerk).count() == 1
    assert is_in(here) and not is_in(there)


def test_the_doctor_names_a_disabled_person_still_signed_in(clerk: User) -> None:
    browser(clerk)
    assert _sign_in_finding().ok

    User.objects.filter(pk=clerk.pk).update(is_active=False)

    assert str(clerk) in _sign_in_finding().text and not _sign_in_finding().ok
    assert sign_ins_of_the_disabled(now=timezone.now() + timedelta(hours=13)).count() == 0


@pytest.mark.parametrize("table", ["accounts_accountchange", "accounts_accountruling"])
def test_the_database_still_refuses_to_change_a_proposal_or_ruling(clerk: User, table: str) -> None:
    change = propose_change(
        kind=ChangeKind.DISABLE, username=clerk.username, by=factories.user(Role.SYSADMIN), on=TODAY
    )
    rule_change(change=change, approved=False, by=factories.user(Role.SECADMIN), on=TODAY)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
