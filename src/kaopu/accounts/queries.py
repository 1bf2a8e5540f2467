"""人员与单位的读取。"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kaopu.accounts.models import AccountChange, Organization, SignInFailure, User
from kaopu.domain.passwords import WINDOW, locked


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
    """这个账号或这个来处此刻是否锁着。"""
    recent = SignInFailure.objects.filter(at__gt=now - WINDOW)
    return locked(
        list(recent.filter(username=username).values_list("at", flat=True)),
        list(recent.filter(address=address).values_list("at", flat=True)),
        now=now,
    )
