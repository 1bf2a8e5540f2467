"""口令与登录的规矩：每条边界两侧。"""

from datetime import UTC, datetime, timedelta

import pytest

from kaopu.domain.passwords import expired, idle_limit, locked, weakness
from kaopu.domain.rights import Role

NOW = datetime(2022, 6, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "remedy"),
    [
        ("Abcdefg12", "至少 10 位"),
        ("Abcdefgh12", None),
        ("abcdefgh12", "至少三种"),
        ("abcdefgh1!", None),
        ("Zhang-zhuren1", "不要含账号"),
    ],
)
def test_a_weak_password_is_told_what_is_wrong(password, remedy):
    found = weakness(password, "ZHUREN")

    assert found is None if remedy is None else remedy in found


@pytest.mark.parametrize(
    ("account", "address", "minutes", "expected"),
    [(4, 4, 1, False), (5, 5, 1, True), (5, 5, 15, False), (0, 29, 1, False), (0, 30, 1, True)],
)
def test_too_many_failures_lock_for_a_quarter_of_an_hour(account, address, minutes, expected):
    at = NOW - timedelta(minutes=minutes)

    assert locked([at] * account, [at] * address, now=NOW) is expected


def test_administrators_are_signed_out_sooner():
    assert idle_limit(Role.SECADMIN) == timedelta(minutes=15)
    assert idle_limit(Role.CLERK) == timedelta(minutes=30)


@pytest.mark.parametrize(("days", "expected"), [(None, True), (90, False), (91, True)])
def test_a_password_is_changed_at_first_and_every_ninety_days(days, expected):
    assert expired(None if days is None else NOW - timedelta(days=days), now=NOW) is expected
