"""人员与单位的读取。"""

from __future__ import annotations

from django.db.models import QuerySet

from kaopu.accounts.models import User


def demo_accounts() -> QuerySet[User]:
    """示例账号；正式库里一个也没有。"""
    return User.objects.filter(is_demo=True).order_by("pk")
