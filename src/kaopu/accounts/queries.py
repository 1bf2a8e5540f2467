"""人员与单位的读取。"""

from __future__ import annotations

from django.db.models import QuerySet

from kaopu.accounts.models import Organization, OrganizationKind, User


def demo_accounts() -> QuerySet[User]:
    """示例账号；正式库里一个也没有。"""
    return User.objects.filter(is_demo=True).order_by("pk")


def responsible_units() -> QuerySet[Organization]:
    """责任单位，供筛选。"""
    return Organization.objects.filter(kind=OrganizationKind.RESPONSIBLE).order_by("name")
