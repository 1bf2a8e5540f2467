"""口令与登录的规矩：每条边界两侧。"""

from datetime import UTC, datetime, timedelta

import pytest

from kaopu.domain.passwords import expired, idle_limit, locked, needs_second_factor, weakness
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


def test_the_lock_lasts_fifteen_minutes_from_the_failure_that_made_it():
    slowly = [NOW - timedelta(minutes=minutes) for minutes in (14, 10, 7, 3, 0)]

    assert locked(slowly, [], now=NOW + timedelta(minutes=14))
    assert not locked(slowly, [], now=NOW + timedelta(minutes=15))
    assert not locked([NOW - timedelta(minutes=15), *slowly[1:]], [], now=NOW)


@pytest.mark.parametrize(
    ("role", "expected"),
    [(Role.SYSADMIN, True), (Role.OFFICE_DIRECTOR, True), (Role.DISTRICT_LEADER, True),
     (Role.RESPONSIBLE_UNIT, False), (Role.CLERK, False)],
)  # fmt: skip
def test_administrators_and_approvers_need_a_second_factor(role, expected):
    assert needs_second_factor(role) is expected


def test_administrators_are_signed_out_sooner():
    assert idle_limit(Role.SECADMIN) == timedelta(minutes=15)
    assert idle_limit(Role.CLERK) == timedelta(minutes=30)


@pytest.mark.parametrize(("days", "expected"), [(None, True), (90, False), (91, True)])
def test_a_password_is_changed_at_first_and_every_ninety_days(days, expected):
    assert expired(None if days is None else NOW - timedelta(days=days), now=NOW) is expected
