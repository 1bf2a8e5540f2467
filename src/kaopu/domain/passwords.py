"""口令与登录的规矩（TRUST §5，等保 8.1.4.1）：组成、轮换、失败锁定、空闲退出。

等保要求组成与轮换，OWASP ASVS 5 不要求；缺省按等保，见 docs/decisions。
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from kaopu.domain.rights import THREE_ADMINISTRATORS, Act, Role, Scope, Thing, scope_of

MIN_LENGTH = 10
KINDS_NEEDED = 3
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_ADDRESS = 30
WINDOW = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
ADMINISTRATOR_IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=12)
ROTATION = timedelta(days=90)

_KINDS = (str.islower, str.isupper, str.isdigit, lambda character: not character.isalnum())


def weakness(password: str, username: str) -> str | None:
    """口令哪里不合规矩；合则为空。"""
    if len(password) < MIN_LENGTH:
        return f"口令至少 {MIN_LENGTH} 位。"
    if username and username.casefold() in password.casefold():
        return "口令里不要含账号。"
    if sum(any(kind(character) for character in password) for kind in _KINDS) < KINDS_NEEDED:
        return "口令须含小写、大写、数字、符号四种中的至少三种。"
    return None


def locked(
    account_failures: Sequence[datetime], address_failures: Sequence[datetime], *, now: datetime
) -> bool:
    """是否锁着：15 分钟内同一账号错 5 次或同一来处错 30 次，从够数的那一次起锁 15 分钟。"""
    return _locked(account_failures, FAILURES_PER_ACCOUNT, now) or _locked(
        address_failures, FAILURES_PER_ADDRESS, now
    )


def _locked(failures: Sequence[datetime], limit: int, now: datetime) -> bool:
    """够数的那一次在 15 分钟之内；只数此刻往前 15 分钟的不行：头几次一过期，锁就提前开了。"""
    times = sorted(failures)
    return any(
        last - first < WINDOW and now - last < WINDOW
        for first, last in zip(times, times[limit - 1 :], strict=False)
    )


def idle_limit(role: Role) -> timedelta:
    """空闲多久须重新登录：三员 15 分钟，其余 30 分钟。"""
    return ADMINISTRATOR_IDLE if role in THREE_ADMINISTRATORS else IDLE


def needs_second_factor(role: Role) -> bool:
    """两步验证是否必须：三员与审定的人（TRUST §5，§8.8）。"""
    return role in THREE_ADMINISTRATORS or any(
        scope_of(role, thing, Act.APPROVE) is Scope.ALL for thing in Thing
    )


def expired(changed_at: datetime | None, *, now: datetime) -> bool:
    """口令是否到了该换的时候；初始口令（从未换过）须当场换。"""
    return changed_at is None or now - changed_at > ROTATION
