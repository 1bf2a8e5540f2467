"""人员与单位的写入。"""

from __future__ import annotations

from django.db import transaction

from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.audit.actions import record
from kaopu.domain.rights import Role

OPERATOR = "operator"


@transaction.atomic
def ensure_organization(
    *, name: str, kind: OrganizationKind, by: User, is_demo: bool = False
) -> Organization:
    """取得（没有则新建）名为 ``name`` 的单位。"""
    organization = Organization.objects.filter(name=name).first()
    if organization is None:
        organization = Organization.objects.create(name=name, kind=kind, is_demo=is_demo)
        record(by=by, verb="accounts.add_organization", target=organization, name=name, kind=kind.value)
    return organization


@transaction.atomic
def ensure_operator() -> User:
    """命令行账号：没有口令、不能登录，只用来署名命令行办的事。"""
    operator = User.objects.filter(username=OPERATOR).first()
    if operator is None:
        operator = User(username=OPERATOR, first_name="命令行", role=Role.CLERK, is_active=False)
        operator.set_unusable_password()
        operator.save()
        record(by=operator, verb="accounts.add_operator", target=operator, source="cli")
    return operator


@transaction.atomic
def add_user(
    *,
    username: str,
    name: str,
    password: str,
    role: Role,
    by: User,
    organization: Organization | None = None,
    is_demo: bool = False,
) -> User:
    """新增账号。账号名重复时抛出数据库的唯一性错误。"""
    user = User(username=username, first_name=name, role=role, organization=organization, is_demo=is_demo)
    user.set_password(password)
    user.save()
    record(by=by, verb="accounts.add_user", target=user, username=username, role=role.value)
    return user
