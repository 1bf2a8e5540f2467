"""人员与单位：谁在哪个单位、什么角色、因而看得见什么（HANDBOOK §4.1）。"""

from __future__ import annotations

import hashlib

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from kaopu.accounts import encryption
from kaopu.audit.models import Fact, FactQuerySet
from kaopu.domain.rights import OFFICE_ROLES, ROLE_LABELS, Act, Role, Scope, Thing, scope_of


class OrganizationKind(models.TextChoices):
    """单位种类（§4.1）。"""

    OFFICE = "office", "推进办"
    RESPONSIBLE = "responsible", "责任单位"
    OWNER = "owner", "建设单位"
    PERMIT = "permit", "审批职能部门"
    STREET = "street", "属地街镇"
    KEY_AREA = "key_area", "重点地区"
    LEADER = "leader", "区领导"
    CITYOPS = "cityops", "城运中心"
    AUDIT = "audit", "审计"
    PUBLIC = "public", "公众"


class Organization(models.Model):
    """单位。名称即清单上所写；同一单位的别名另存。"""

    name = models.CharField("单位名称", max_length=80, unique=True)
    kind = models.CharField("种类", max_length=20, choices=OrganizationKind.choices)
    is_demo = models.BooleanField("示例", default=False)

    def __str__(self) -> str:
        return self.name


class OrganizationAlias(models.Model):
    """单位的别名：表上写别名的，认作同一单位（种子 A04：推进办与重大办一套人马两块牌子）。"""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="aliases")
    name = models.CharField("别名", max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


_ROLES = [(role.value, label) for role, label in ROLE_LABELS.items()]


class User(AbstractUser):
    """账号。一人一岗一单位；命令行所办的事记在“命令行”账号名下。"""

    role = models.CharField("角色", max_length=20, choices=_ROLES, default=Role.RESPONSIBLE_UNIT)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, verbose_name="单位")
    is_demo = models.BooleanField("示例账号", default=False)
    post = models.CharField("岗位", max_length=40, blank=True)
    phone = encryption.EncryptedTextField("电话", blank=True)
    password_changed_at = models.DateTimeField("口令更换时刻", null=True, blank=True)
    totp_secret = encryption.EncryptedTextField("两步验证密钥", blank=True)
    oidc_subject = models.CharField("统一身份标识", max_length=255, null=True, blank=True, unique=True)
    totp_used = models.BigIntegerField("用过的最近一个验证码时段", default=0)

    def scope(self, thing: Thing, act: Act) -> Scope:
        """对某类对象办某事的范围（§4.2）。"""
        return scope_of(Role(self.role), thing, act)

    def may(self, thing: Thing, act: Act) -> bool:
        """是否至少在本单位范围内有权。"""
        return self.scope(thing, act) is not Scope.NONE

    @property
    def sees_everything(self) -> bool:
        """是否看全部项目的进展（推进办、区领导、审计）。"""
        return self.scope(Thing.MONTHLY_REPORT, Act.READ) is Scope.ALL

    @property
    def is_office(self) -> bool:
        """是否推进办的人。"""
        return self.role in OFFICE_ROLES

    @property
    def masked_phone(self) -> str:
        """遮住中段的电话（§8.8 个人信息最小化）；解不开的照实说。"""
        if isinstance(self.phone, encryption.Unreadable):
            return self.phone
        return f"{self.phone[:3]}****{self.phone[-4:]}" if len(self.phone) > 7 else "—"

    def __str__(self) -> str:
        return self.first_name or self.username


class SignInFailure(models.Model):
    """一次失败的登录，用来限制猜口令（TRUST §5）；不记口令。"""

    username = models.CharField("所填账号", max_length=150, db_index=True)
    address = models.CharField("来处", max_length=64, db_index=True)
    at = models.DateTimeField("时刻", default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.username


class SignedIn(AbstractBaseSession):
    """登录：一人在一处设备上的一次登录，存在服务器上，删了这一行就是退出（TRUST §5）。"""

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="sessions")
    address = models.CharField("来处", max_length=45, blank=True)
    device = models.CharField("设备", max_length=200, blank=True)
    since = models.DateTimeField("登录时刻", null=True)
    seen_at = models.DateTimeField("最近一次操作", null=True)

    @property
    def handle(self) -> str:
        """这次登录在页面上的代号；会话编号本身就是凭证，不写进页面。"""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:16]


class AccountChange(Fact):
    """账号变更的提请：系统管理员提，安全管理员批；两人办才生效（三员分立，TRUST §5）。"""

    kind = models.CharField("变更", max_length=10)
    username = models.CharField("账号", max_length=150, db_index=True)
    name = models.CharField("姓名", max_length=60, blank=True)
    role = models.CharField("角色", max_length=20, choices=_ROLES, blank=True)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+")
    password_hash = models.CharField("初始口令摘要", max_length=200, blank=True)
    subject = models.CharField("统一身份标识", max_length=255, blank=True)
    post = models.CharField("岗位", max_length=40, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.username}"


class AccountRuling(Fact):
    """对账号变更的批复；一件提请只批一次。"""

    change = models.OneToOneField(AccountChange, models.PROTECT, related_name="ruling")
    approved = models.BooleanField("批准")
    reason = models.CharField("理由", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return "批准" if self.approved else "驳回"
