"""电话加密存放：库里只有密文，换钥留旧钥的照样读得出，换丢了的照实说；迁移把已有的换成密文。"""

from __future__ import annotations

import importlib

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import override_settings

from kaopu.accounts.actions import read_phone, set_phone
from kaopu.accounts.encryption import UNREADABLE
from kaopu.accounts.models import User
from kaopu.domain.rights import Role
from tests import factories

pytestmark = pytest.mark.django_db
PHONE = "13800001234"


def stored(user: User) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_user WHERE id = %s", [user.pk])
        return str(cursor.fetchone()[0])


@pytest.fixture
def clerk() -> User:
    user = factories.user(Role.CLERK)
    set_phone(user=user, phone=PHONE)
    return user


def test_the_database_holds_no_readable_phone_and_those_who_may_read_it_do(clerk: User) -> None:
    assert PHONE not in stored(clerk) and "1234" not in stored(clerk)

    again = User.objects.get(pk=clerk.pk)
    assert (again.masked_phone, read_phone(user=again, by=factories.user(Role.SYSADMIN))) == (
        "138****1234", PHONE,
    )  # fmt: skip
    set_phone(user=again, phone="")
    assert stored(clerk) == "" and User.objects.filter(pk=clerk.pk, phone="").exists()


def test_a_changed_key_reads_old_phones_while_the_old_key_is_kept_and_says_so_when_not(
    clerk: User,
) -> None:
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert User.objects.get(pk=clerk.pk).phone == PHONE
    with override_settings(SECRET_KEY="new"):
        lost = User.objects.get(pk=clerk.pk)
        assert (lost.phone, lost.masked_phone) == (UNREADABLE, "—")


def test_the_migration_turns_what_was_there_into_ciphertext_and_back(clerk: User) -> None:
    migration = importlib.import_module("kaopu.accounts.migrations.0006_encrypted_phones")
    before = MigrationExecutor(connection).loader.project_state(("accounts", "0005_posts")).apps
    before.get_model("accounts", "User").objects.filter(pk=clerk.pk).update(phone=PHONE)
    assert stored(clerk) == PHONE

    migration.rewrite(migration.encrypt)(before, None)
    assert PHONE not in stored(clerk) and User.objects.get(pk=clerk.pk).phone == PHONE
    migration.rewrite(migration.decrypt)(before, None)
    assert stored(clerk) == PHONE
