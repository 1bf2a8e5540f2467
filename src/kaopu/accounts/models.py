"""人员与单位：谁在哪个单位、什么角色、因而看得见什么（HANDBOOK §4.1）。"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from kaopu.domain.rights import OFFICE_ROLES, ROLE_LABELS, Act, Role, Scope, Thing, scope_of


class OrganizationKind(models.TextChoices):
    """单位种类（§4.1）。"""

    OFFICE = "office", "推进办"
    RESPONSIBLE = "responsible", "责任单位"
    OWNER = "owner", "建设单位"
    PERMIT = "permit", "审批职能部门"
    STREET = "street", "属地街镇"
    KEY_AREA = "key_area", "重点地区"


class Organization(models.Model):
    """单位。名称即清单上所写；同一单位的别名另存。"""

    name = models.CharField("单位名称", max_length=80, unique=True)
    kind = models.CharField("种类", max_length=20, choices=OrganizationKind.choices)
    is_demo = models.BooleanField("示例", default=False)

    def __str__(self) -> str:
        return self.name


_ROLES = [(role.value, label) for role, label in ROLE_LABELS.items()]


class User(AbstractUser):
    """账号。一人一岗一单位；命令行所办的事记在“命令行”账号名下。"""

    role = models.CharField("角色", max_length=20, choices=_ROLES, default=Role.RESPONSIBLE_UNIT)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, verbose_name="单位")
    is_demo = models.BooleanField("示例账号", default=False)

    def scope(self, thing: Thing, act: Act) -> Scope:
        """对某类对象办某事的范围（§4.2）。"""
        return scope_of(Role(self.role), thing, act)

    def may(self, thing: Thing, act: Act) -> bool:
        """是否至少在本单位范围内有权。"""
        return self.scope(thing, act) is not Scope.NONE

    @property
    def sees_everything(self) -> bool:
        """是否看得见全部项目（推进办、区领导、审计、审批部门看项目档案）。"""
        return self.scope(Thing.PROJECT, Act.READ) is Scope.ALL

    @property
    def is_office(self) -> bool:
        """是否推进办的人。"""
        return self.role in OFFICE_ROLES

    def __str__(self) -> str:
        return self.first_name or self.username
