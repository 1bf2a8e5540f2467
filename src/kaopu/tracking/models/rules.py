"""规则集与工作日历。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.audit.models import Fact, FactQuerySet, Operation
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind

_RULE_KINDS = [(kind.value, RULE_KINDS[kind].label) for kind in RuleKind]


class CalendarDay(models.Model):
    """开箱所带的节假日表：只存与周一至周五规律不同的日子；带到的年份即已发布。此后的改动见 ``CalendarChange``。"""

    day = models.DateField("日期", unique=True)
    works = models.BooleanField("上班")
    name = models.CharField("名目", max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.day}"


class CalendarChange(Fact):
    """节假日的一处改动：某天改为上班、休息，或（``works`` 为空）回到按周次。"""

    chain = ("day",)

    day = models.DateField("日期", db_index=True)
    works = models.BooleanField("上班", null=True)
    name = models.CharField("名目", max_length=40, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day"], condition=Q(supersedes=None), name="one_day_chain")
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class CalendarYear(Fact):
    """某年放假安排已发布，依据哪份通知；没有它（也不在开箱所带之内）的年份一概不推算工作日。"""

    chain = ("year",)

    year = models.PositiveIntegerField("年度")
    notice = models.CharField("依据", max_length=200)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year"], condition=Q(supersedes=None), name="one_calendar_chain")
        ]

    def __str__(self) -> str:
        return f"{self.year}"


class RuleSetDraft(Fact):
    """规则集草稿：先起草、回放，再启用成一版；修改是另起一行。"""

    kind = models.CharField("种类", max_length=10, choices=_RULE_KINDS, default=RuleKind.COLOUR)
    name = models.CharField("名称", max_length=60)
    parameters = models.JSONField("参数")
    note = models.TextField("说明", blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class RuleSet(models.Model):
    """规则集：阈值是数据，有生效日；生效后不改，另立新版（法 6）。开箱所带的一版没有办理。"""

    kind = models.CharField("种类", max_length=10, choices=_RULE_KINDS, default=RuleKind.COLOUR)
    name = models.CharField("名称", max_length=60)
    version = models.PositiveIntegerField("版本")
    effective_on = models.DateField("生效日")
    parameters = models.JSONField("参数")
    draft = models.ForeignKey(
        RuleSetDraft, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="出自草稿"
    )
    operation = models.ForeignKey(
        Operation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由哪次办理启用"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="rule_set_version_once"),
            models.UniqueConstraint(fields=["kind", "effective_on"], name="one_rule_set_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
