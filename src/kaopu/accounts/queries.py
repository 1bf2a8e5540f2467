"""人员与单位的读取。"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from kaopu.accounts.encryption import Unreadable, under_old_key
from kaopu.accounts.models import AccountChange, Organization, SignedIn, SignInFailure, User
from kaopu.domain.passwords import WINDOW, idle_limit, locked
from kaopu.domain.rights import Role


def demo_accounts() -> QuerySet[User]:
    """示例账号；正式库里一个也没有。"""
    return User.objects.filter(is_demo=True).order_by("pk")


def everyone() -> QuerySet[User]:
    """全部账号，在用的在前；命令行账号不列。"""
    people = User.objects.exclude(username="operator").select_related("organization")
    return people.order_by("-is_active", "role", "username")


def organizations() -> QuerySet[Organization]:
    """全部单位及其别名。"""
    return Organization.objects.prefetch_related("aliases").order_by("kind", "name")


def pending_changes() -> QuerySet[AccountChange]:
    """待安全管理员批复的账号变更，先提的在前。"""
    changes = AccountChange.objects.filter(ruling=None)
    return changes.select_related("operation", "organization").order_by("pk")


def sign_in_locked(*, username: str, address: str, now: datetime) -> bool:
    """这个账号（还不知道是谁的给空串，只看来处）或这个来处此刻是否锁着。"""
    # 锁从够数的那一次起算 15 分钟，凑够数的几次又在那之前 15 分钟里
    recent = SignInFailure.objects.filter(at__gt=now - 2 * WINDOW)
    return locked(
        list(recent.filter(username=username).exclude(username="").values_list("at", flat=True)),
        list(recent.filter(address=address).values_list("at", flat=True)),
        now=now,
    )


def sign_ins_of(user: User, *, now: datetime) -> QuerySet[SignedIn]:
    """某人此刻有效的登录，最近用过的在前；空闲过了期限的不算。"""
    live = SignedIn.objects.filter(user=user, expire_date__gt=now)
    return live.exclude(seen_at__lt=now - idle_limit(Role(user.role))).order_by("-seen_at")


def sign_ins_of_the_disabled(*, now: datetime) -> QuerySet[SignedIn]:
    """停用的账号仍有效的登录；应当一个也没有（TRUST §4 第 25 条）。"""
    return SignedIn.objects.filter(user__is_active=False, expire_date__gt=now).select_related("user")


_ENCRYPTED = ("phone", "totp_secret")


def unreadable_columns() -> dict[User, list[str]]:
    """有加密的栏解不开的人，各是哪几栏；应当一个也没有。"""
    found = {
        user: [column for column in _ENCRYPTED if isinstance(getattr(user, column), Unreadable)]
        for user in User.objects.order_by("pk")
    }
    return {user: columns for user, columns in found.items() if columns}


def columns_under_old_keys() -> dict[User, list[str]]:
    """加密的栏还由换下的旧钥加密着的人，各是哪几栏；撤下旧钥就读不出了。"""
    raw = {f"raw_{column}": Cast(column, TextField()) for column in _ENCRYPTED}
    found = {
        user: [column for column in _ENCRYPTED if under_old_key(getattr(user, f"raw_{column}"))]
        for user in User.objects.annotate(**raw).order_by("pk")
    }
    return {user: columns for user, columns in found.items() if columns}
