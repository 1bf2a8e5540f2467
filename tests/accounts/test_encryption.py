"""电话与两步验证密钥加密存放：库里只有密文，换钥留旧钥的照样读得出，换丢了的照实说；迁移把已有的换成密文。"""

from __future__ import annotations

import importlib

import pyotp
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client, override_settings

from kaopu.accounts.actions import read_phone, rekey_personal_data, set_phone, set_second_factor
from kaopu.accounts.encryption import UNREADABLE
from kaopu.accounts.models import User
from kaopu.audit.models import Operation
from kaopu.config.health import Finding, examine
from kaopu.domain.rights import Role
from tests import factories

pytestmark = pytest.mark.django_db
PHONE = "13800001234"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "Qing-huan-2022"
COLUMNS = {"phone": PHONE, "totp_secret": SECRET}
KEPT = {"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": [settings.SECRET_KEY]}


def stored(user: User, column: str = "phone") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM accounts_user WHERE id = %s", [user.pk])
        return str(cursor.fetchone()[0])


def about_keys() -> Finding:
    """体检里关于密钥的一条。"""
    return next(finding for finding in examine() if "两步验证密钥" in finding.text)


@pytest.fixture
def clerk() -> User:
    user = factories.user(Role.CLERK)
    user.set_password(PASSWORD)
    user.first_name = "王文书"
    user.save()
    set_phone(user=user, phone=PHONE)
    set_second_factor(user=user, secret=SECRET, code=pyotp.TOTP(SECRET).now())
    return user


@pytest.mark.parametrize("column", COLUMNS)
def test_the_database_holds_only_ciphertext(clerk: User, column: str) -> None:
    assert COLUMNS[column] not in stored(clerk, column) and COLUMNS[column][-4:] not in stored(clerk, column)
    assert getattr(User.objects.get(pk=clerk.pk), column) == COLUMNS[column]


def test_those_who_may_read_a_phone_do_and_an_emptied_one_is_empty(clerk: User) -> None:
    again = User.objects.get(pk=clerk.pk)
    assert (again.masked_phone, read_phone(user=again, by=factories.user(Role.SYSADMIN))) == (
        "138****1234", PHONE,
    )  # fmt: skip
    set_phone(user=again, phone="")
    assert stored(clerk) == "" and User.objects.filter(pk=clerk.pk, phone="").exists()


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_key_reads_the_old_while_the_old_key_is_kept_and_says_so_when_not(
    clerk: User, column: str
) -> None:
    with override_settings(**KEPT):
        assert getattr(User.objects.get(pk=clerk.pk), column) == COLUMNS[column]
    with override_settings(SECRET_KEY="new"):
        lost = User.objects.get(pk=clerk.pk)
        assert (getattr(lost, column), lost.masked_phone) == (UNREADABLE, UNREADABLE)
        lost.save()
    assert getattr(User.objects.get(pk=clerk.pk), column) == COLUMNS[column]


def test_an_unreadable_second_factor_lets_nobody_in_and_names_the_remedy(clerk: User) -> None:
    client = Client()
    with override_settings(SECRET_KEY="new"):
        entering = client.post("/signin/", {"username": clerk.username, "password": PASSWORD})
        assert entering["Location"] == "/signin/code/"
        answer = client.post("/signin/code/", {"code": pyotp.TOTP(SECRET).now()})

        assert "两步验证密钥读不出" in answer.text and "KAOPU_SECRET_KEY_FALLBACKS" in answer.text
        assert client.get("/projects/").status_code == 302


def test_the_check_up_names_who_cannot_be_read_and_the_remedy(clerk: User) -> None:
    assert about_keys().ok
    with override_settings(SECRET_KEY="new"):
        lost = about_keys()
        assert not lost.ok and f"{clerk}（电话、两步验证密钥）" in lost.text
        assert "KAOPU_SECRET_KEY_FALLBACKS" in lost.text and PHONE not in lost.text


def test_after_rekeying_the_old_key_may_go(clerk: User) -> None:
    with override_settings(**KEPT):
        waiting = about_keys()
        assert waiting.ok and "1 人的仍由旧钥加密" in waiting.text and "kaopu rekey" in waiting.text

        assert rekey_personal_data(by=factories.operator()) == 1
        assert rekey_personal_data(by=factories.operator()) == 0
        assert "旧钥" not in about_keys().text
    with override_settings(SECRET_KEY="new"):
        again = User.objects.get(pk=clerk.pk)
        assert (again.phone, again.totp_secret) == (PHONE, SECRET)
    assert Operation.objects.filter(verb="accounts.rekey").count() == 1


@pytest.mark.parametrize(
    ("migration", "before", "column"),
    [
        ("0006_encrypted_phones", "0005_posts", "phone"),
        ("0007_encrypted_second_factor", "0006_encrypted_phones", "totp_secret"),
    ],
)
def test_the_migration_turns_what_was_there_into_ciphertext_and_back(
    clerk: User, migration: str, before: str, column: str
) -> None:
    module = importlib.import_module(f"kaopu.accounts.migrations.{migration}")
    apps = MigrationExecutor(connection).loader.project_state(("accounts", before)).apps
    apps.get_model("accounts", "User").objects.filter(pk=clerk.pk).update(**{column: COLUMNS[column]})
    assert stored(clerk, column) == COLUMNS[column]

    module.rewrite(module.encrypt)(apps, None)
    assert COLUMNS[column] not in stored(clerk, column)
    assert getattr(User.objects.get(pk=clerk.pk), column) == COLUMNS[column]
    module.rewrite(module.decrypt)(apps, None)
    assert stored(clerk, column) == COLUMNS[column]
