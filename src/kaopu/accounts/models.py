"""人员与单位：谁在哪个单位、什么角色、因而看得见什么（HANDBOOK §4.1）。"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


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


class Role(models.TextChoices):
    """角色（§4.1）；前四种属推进办，看全部项目。"""

    OFFICE_DIRECTOR = "office_director", "推进办主任"
    OFFICE_SECTION = "office_section", "推进办科长"
    PROJECT_OFFICER = "project_officer", "项目专员"
    CLERK = "clerk", "综合文书"
    RESPONSIBLE_UNIT = "responsible_unit", "责任单位"
    PROJECT_OWNER = "project_owner", "建设单位"
    DISTRICT_LEADER = "district_leader", "分管区领导"
    AUDITOR = "auditor", "审计"


OFFICE_ROLES = frozenset({Role.OFFICE_DIRECTOR, Role.OFFICE_SECTION, Role.PROJECT_OFFICER, Role.CLERK})
ALL_SEEING_ROLES = OFFICE_ROLES | {Role.DISTRICT_LEADER, Role.AUDITOR}


class User(AbstractUser):
    """账号。一人一岗一单位；命令行所办的事记在“命令行”账号名下。"""

    role = models.CharField("角色", max_length=20, choices=Role.choices, default=Role.RESPONSIBLE_UNIT)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, verbose_name="单位")
    is_demo = models.BooleanField("示例账号", default=False)

    @property
    def sees_everything(self) -> bool:
        """是否看全部项目（推进办、区领导、审计）。"""
        return self.role in ALL_SEEING_ROLES

    @property
    def is_office(self) -> bool:
        """是否推进办的人（可导入、关账、出文）。"""
        return self.role in OFFICE_ROLES

    def __str__(self) -> str:
        return self.first_name or self.username
