"""人员与单位的写入。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pyotp
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from kaopu.accounts.encryption import Unreadable
from kaopu.accounts.models import (
    AccountChange,
    AccountRuling,
    Organization,
    OrganizationAlias,
    OrganizationKind,
    SignedIn,
    SignInFailure,
    User,
)
from kaopu.accounts.queries import columns_under_old_keys
from kaopu.audit.actions import record
from kaopu.domain.passwords import weakness
from kaopu.domain.rights import Role, exclusive

OPERATOR = "operator"


class AccountRefused(Exception):
    """账号的事不能办，理由见信息。"""


class ChangeKind(StrEnum):
    """账号变更的种类。"""

    ADD = "add"
    ROLE = "role"
    RESET = "reset"
    DISABLE = "disable"
    ENABLE = "enable"
    LINK = "link"


CHANGE_LABELS = {
    ChangeKind.ADD: "新增账号",
    ChangeKind.ROLE: "变更角色或单位",
    ChangeKind.RESET: "重设口令",
    ChangeKind.DISABLE: "停用",
    ChangeKind.ENABLE: "启用",
    ChangeKind.LINK: "登记统一身份",
}


@transaction.atomic
def ensure_organization(
    *, name: str, kind: OrganizationKind, by: User, is_demo: bool = False
) -> Organization:
    """取得（没有则新建）名称或别名为 ``name`` 的单位。"""
    organization = Organization.objects.filter(Q(name=name) | Q(aliases__name=name)).first()
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
def add_alias(*, organization: Organization, name: str, by: User) -> OrganizationAlias:
    """记单位的别名；已是别的单位的名称或别名则拒绝。"""
    if (
        Organization.objects.filter(name=name).exists()
        or OrganizationAlias.objects.filter(name=name).exists()
    ):
        raise AccountRefused(f"“{name}”已是一个单位的名称或别名。请核对。")
    record(by=by, verb="accounts.add_alias", target=organization, name=name)
    return OrganizationAlias.objects.create(organization=organization, name=name)


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
    """新增账号并设口令（命令行与示例用）。账号重名、口令不合规矩则拒绝。"""
    if User.objects.filter(username=username).exists():
        raise AccountRefused(f"账号 {username} 已有。请换一个。")
    _refuse_weak(password, username)
    user = User(username=username, first_name=name, role=role, organization=organization, is_demo=is_demo)
    user.set_password(password)
    user.password_changed_at = timezone.now()
    user.save()
    record(by=by, verb="accounts.add_user", target=user, username=username, role=role.value)
    return user


@transaction.atomic
def propose_change(
    *,
    kind: ChangeKind,
    username: str,
    by: User,
    on: date,
    name: str = "",
    role: Role | None = None,
    organization: Organization | None = None,
    password: str = "",
    subject: str = "",
    post: str = "",
) -> AccountChange:
    """系统管理员提请一项账号变更；安全管理员批了才生效（三员分立，TRUST §5）。"""
    user = User.objects.filter(username=username).first()
    _refuse_impossible(kind, username, user, role)
    if subject and User.objects.filter(oidc_subject=subject).exclude(username=username).exists():
        raise AccountRefused("这个统一身份已登记在另一个账号上。请核对；确要改的，先提请把那个账号的清空。")
    if kind in (ChangeKind.ADD, ChangeKind.RESET):
        _refuse_weak(password, username)
    operation = record(
        by=by, verb=f"accounts.propose_{kind.value}", target=user, username=username,
        before=_standing(user), after=_asked(kind, role, organization, post, subject),
    )  # fmt: skip
    return AccountChange.objects.create(
        kind=kind, username=username, name=name, role=role or "", organization=organization,
        password_hash=make_password(password) if password else "", subject=subject, post=post,
        **operation.fact(on),
    )  # fmt: skip


def _refuse_weak(password: str, username: str) -> None:
    """不合规矩的、常见得一猜就中的口令都拒绝。"""
    if wrong := weakness(password, username):
        raise AccountRefused(wrong)
    try:
        validate_password(password)
    except ValidationError as error:
        raise AccountRefused("这个口令太常见，一猜就中。请换一个。") from error


def _standing(user: User | None) -> dict[str, object] | None:
    """账号现在的样子；口令与密钥从不进留痕。"""
    if user is None:
        return None
    return {
        "role": user.role, "organization": user.organization, "post": user.post,
        "is_active": user.is_active, "subject": user.oidc_subject or "",
    }  # fmt: skip


def _asked(
    kind: ChangeKind, role: Role | None, organization: Organization | None, post: str, subject: str
) -> dict[str, object]:
    """提请改成的样子：只写这一种变更动得着的栏。"""
    placed: dict[str, object] = {
        "role": role.value if role else "",
        "organization": organization,
        "post": post,
    }
    asked: dict[ChangeKind, dict[str, object]] = {
        ChangeKind.ADD: {**placed, "is_active": True},
        ChangeKind.ROLE: placed,
        ChangeKind.RESET: {},
        ChangeKind.DISABLE: {"is_active": False},
        ChangeKind.ENABLE: {"is_active": True},
        ChangeKind.LINK: {"subject": subject},
    }
    return asked[kind]


def _refuse_impossible(kind: ChangeKind, username: str, user: User | None, role: Role | None) -> None:
    if kind is ChangeKind.ADD and user is not None:
        raise AccountRefused(f"账号 {username} 已有。请换一个，或提请变更角色。")
    if kind is not ChangeKind.ADD and user is None:
        raise AccountRefused(f"没有账号 {username}。请核对。")
    if kind is ChangeKind.ROLE and user is not None and role and exclusive(Role(user.role), role):
        raise AccountRefused("三员彼此互斥，也不得兼业务角色：请停用原账号，另开一个。")
    if AccountChange.objects.filter(username=username, ruling=None).exists():
        raise AccountRefused(f"账号 {username} 已有一项变更待批。请等安全管理员批复。")


@transaction.atomic
def rule_change(
    *, change: AccountChange, approved: bool, by: User, on: date, reason: str = ""
) -> AccountRuling:
    """安全管理员批复；提的人不得批自己提的。批准即生效，一件只批一次。"""
    if change.operation.actor_id == by.pk:
        raise AccountRefused("这项变更是您提的，须由另一位管理员批复。")
    before = _standing(User.objects.filter(username=change.username).first())
    role = Role(change.role) if change.role else None
    asked = _asked(ChangeKind(change.kind), role, change.organization, change.post, change.subject)
    operation = record(
        by=by, verb="accounts.rule_change", target=change, reason=reason, approved=approved, kind=change.kind,
        username=change.username, before=before, after={**(before or {}), **asked} if approved else before,
    )  # fmt: skip
    try:
        with transaction.atomic():
            ruling = AccountRuling.objects.create(
                change=change, approved=approved, reason=reason, **operation.fact(on)
            )
    except IntegrityError as error:
        raise AccountRefused("这项变更刚刚已由他人批复。请刷新。") from error
    if approved:
        _apply(change)
        SignedIn.objects.filter(user__username=change.username).delete()
    return ruling


def _apply(change: AccountChange) -> None:
    """把批准的变更落到账号上；初始口令须在第一次登录时自己换掉。"""
    kind = ChangeKind(change.kind)
    if kind is ChangeKind.ADD:
        User.objects.create(
            username=change.username, first_name=change.name, role=change.role,
            organization=change.organization, password=change.password_hash, post=change.post,
        )  # fmt: skip
        return
    values: dict[ChangeKind, dict[str, Any]] = {
        ChangeKind.ROLE: {"role": change.role, "organization": change.organization, "post": change.post},
        ChangeKind.RESET: {"password": change.password_hash, "password_changed_at": None, "totp_secret": ""},
        ChangeKind.DISABLE: {"is_active": False},
        ChangeKind.ENABLE: {"is_active": True},
        ChangeKind.LINK: {"oidc_subject": change.subject or None},
    }
    try:
        with transaction.atomic():
            User.objects.filter(username=change.username).update(**values[kind])
    except IntegrityError as error:
        raise AccountRefused("这个统一身份刚刚已登记在另一个账号上。请驳回后核对。") from error


@transaction.atomic
def change_password(*, user: User, password: str) -> None:
    """本人换口令；不合规矩、与现口令相同则拒绝。所有登录随之退出，办的这一处由页面续上。"""
    _refuse_weak(password, user.username)
    if user.check_password(password):
        raise AccountRefused("新口令与现口令相同。请换一个。")
    user.set_password(password)
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "password_changed_at"])
    ended, _ = SignedIn.objects.filter(user=user).delete()
    record(by=user, verb="accounts.change_password", target=user, ended=ended)


@transaction.atomic
def set_second_factor(*, user: User, secret: str, code: str) -> None:
    """本人开启两步验证：先用密钥算出的验证码证明装好了。``secret`` 为空即关闭。"""
    if secret and user.totp_secret:
        raise AccountRefused("两步验证已经开着。换了手机的，请系统管理员提请重设。")
    if secret and not pyotp.TOTP(secret).verify(code, valid_window=1):
        raise AccountRefused("验证码不对。请核对手机时间，填当前显示的六位数字。")
    was, user.totp_secret = bool(user.totp_secret), secret
    user.save(update_fields=["totp_secret"])
    record(
        by=user, verb="accounts.second_factor", target=user, before={"second_factor": was},
        after={"second_factor": bool(secret)},
    )  # fmt: skip


@transaction.atomic
def use_code(*, user: User, code: str) -> bool:
    """登录第二步：验证码对且没有用过才算；一个验证码只能用一次。密钥解不开的拒绝，不当作没有开。"""
    if isinstance(user.totp_secret, Unreadable):
        raise AccountRefused(
            "您的两步验证密钥读不出，因为会话密钥换过。请维护的人把旧钥写进 KAOPU_SECRET_KEY_FALLBACKS "
            "后重启；旧钥没有了的，请系统管理员提请重设口令。"
        )
    totp, now = pyotp.TOTP(user.totp_secret), int(timezone.now().timestamp())
    for step in (now // totp.interval + shift for shift in (-1, 0, 1)):
        if totp.generate_otp(step) == code:
            fresh = User.objects.filter(pk=user.pk, totp_used__lt=step).update(totp_used=step)
            return bool(fresh)
    return False


@transaction.atomic
def sign_in(*, user: User, method: str) -> None:
    """登录成了，记一次；``method`` 为凭什么认出的。"""
    record(by=user, verb="accounts.sign_in", target=user, method=method)


@transaction.atomic
def end_sign_ins(*, user: User, sign_ins: Sequence[SignedIn]) -> int:
    """本人退出自己的几处登录，返回退出了几处；已不在的不算。"""
    keys = [item.session_key for item in sign_ins]
    ended, _ = SignedIn.objects.filter(user=user, session_key__in=keys).delete()
    record(by=user, verb="accounts.end_sign_ins", target=user, ended=ended)
    return ended


def forget_expired_sign_ins(*, now: datetime) -> None:
    """清掉期满的登录（等保 8.1.4.10 剩余信息）。"""
    SignedIn.objects.filter(expire_date__lt=now).delete()


def note_failure(*, username: str, address: str) -> None:
    """记一次失败的登录。"""
    SignInFailure.objects.create(username=username[:150], address=address[:64])


@transaction.atomic
def set_phone(*, user: User, phone: str) -> None:
    """本人登记或清空电话；留痕里只写遮住中段的（§8.8 个人信息最小化）。"""
    was, user.phone = user.masked_phone, phone
    user.save(update_fields=["phone"])
    record(
        by=user,
        verb="accounts.set_phone",
        target=user,
        before={"phone": was},
        after={"phone": user.masked_phone},
    )


@transaction.atomic
def read_phone(*, user: User, by: User) -> str:
    """看一个人的电话；看了就留痕（§8.8）。"""
    record(by=by, verb="accounts.read_phone", target=user)
    return user.phone


@transaction.atomic
def rekey_personal_data(*, by: User) -> int:
    """换钥之后，把由旧钥加密的电话与两步验证密钥改由现行密钥加密；返回改了几个人的。"""
    waiting = columns_under_old_keys()
    for user, columns in waiting.items():
        user.save(update_fields=columns)
    if waiting:
        record(by=by, verb="accounts.rekey", target=by, people=len(waiting))
    return len(waiting)
