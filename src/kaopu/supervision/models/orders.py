"""督办单：内容登记后不改；送审、交办、签收、反馈、审核、销号各是一步（HANDBOOK §3.3）。"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from kaopu.accounts.models import Organization
from kaopu.audit.models import Fact, FactQuerySet
from kaopu.domain.numbering import document_number
from kaopu.domain.supervision_orders import (
    ORDER_KIND_CODES,
    ORDER_KIND_LABELS,
    STOPPED,
    OrderKind,
    OrderState,
)
from kaopu.projects.models import Project
from kaopu.supervision.models.issues import Issue, Source
from kaopu.supervision.models.ladder import Step


def default_organ() -> str:
    """编号的机关代字。"""
    return str(settings.ORGAN_CODE)


class SupervisionOrder(Fact):
    """督办单（提醒函、交办函、督办单、约谈）。``on`` 为登记日；编号按机关、文种、年度连续，撤销不还号。"""

    organ = models.CharField("机关代字", max_length=20, default=default_organ)
    kind = models.CharField(
        "文种", max_length=12, default=OrderKind.ORDER,
        choices=[(kind.value, label) for kind, label in ORDER_KIND_LABELS.items()],
    )  # fmt: skip
    year = models.PositiveIntegerField("年度")
    serial = models.PositiveIntegerField("顺序号")
    project = models.ForeignKey(Project, models.PROTECT, related_name="supervision_orders")
    lead_unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="主办单位")
    assists = models.ManyToManyField(Organization, related_name="+", blank=True, verbose_name="协办单位")
    handler = models.CharField("经办人账号", max_length=150)
    matter = models.TextField("督办事项")
    requirement = models.TextField("办理要求", blank=True)
    basis = models.CharField("依据文号", max_length=120, blank=True)
    source = models.CharField("来源", max_length=12, choices=Source.choices, default=Source.OTHER)
    urgent = models.BooleanField("急件", default=False)
    issue = models.ForeignKey(Issue, models.PROTECT, null=True, blank=True, related_name="orders")
    due_on = models.DateField("办结期限")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organ", "kind", "year", "serial"], name="order_number_once")
        ]

    def __str__(self) -> str:
        code = ORDER_KIND_CODES[OrderKind(self.kind)]
        return document_number(f"{self.organ}{code}", self.year, self.serial)


class OrderStep(Step):
    """督办单的一步。``asked_until`` 有值表示有一件延期申请待批；``presses`` 为第几次催办。"""

    order = models.ForeignKey(SupervisionOrder, models.PROTECT, related_name="steps")
    asked_until = models.DateField("申请延至", null=True, blank=True)
    presses = models.PositiveSmallIntegerField("催办次数", default=0)
    pressed_on = models.DateField("最近催办之日", null=True, blank=True)
    look_back_on = models.DateField("回头看之日", null=True, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(supersedes=None), name="order_begins_once"),
            models.CheckConstraint(
                name="order_clock",
                condition=Q(state__in=sorted(STOPPED), due_on=None)
                | (~Q(state__in=sorted(STOPPED)) & Q(due_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="order_closed_with_evidence",
                condition=~Q(state=OrderState.CLOSED) | ~Q(evidence=""),
            ),
        ]

    def __str__(self) -> str:
        return self.verb
