"""督办单：内容签发后不改；延期、反馈、销号各是一条步骤，只增不改（HANDBOOK §3.3）。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.accounts.models import Organization
from kaopu.audit.models import Fact, FactQuerySet
from kaopu.projects.models import Project


class SupervisionOrder(Fact):
    """督办单。``on`` 为交办日；编号按机关、年度连续。"""

    year = models.PositiveIntegerField("年度")
    serial = models.PositiveIntegerField("顺序号")
    project = models.ForeignKey(Project, models.PROTECT, related_name="supervision_orders")
    lead_unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="主办单位")
    handler = models.CharField("经办人账号", max_length=150)
    matter = models.TextField("督办事项")
    due_on = models.DateField("办结期限")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "serial"], name="order_number_once")]

    def __str__(self) -> str:
        return f"{self.year}-{self.serial}"


class OrderStep(Fact):
    """督办单上的一步：延期（``until`` 为新期限）、反馈、销号。一张督办单只销一次号。"""

    EXTENDED, REPORTED, CLOSED = "extended", "reported", "closed"
    KINDS = [(EXTENDED, "延期"), (REPORTED, "反馈"), (CLOSED, "销号")]

    order = models.ForeignKey(SupervisionOrder, models.PROTECT, related_name="steps")
    kind = models.CharField("步骤", max_length=10, choices=KINDS)
    text = models.TextField("内容或佐证")
    until = models.DateField("新期限", null=True, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(kind="closed"), name="order_closed_once"),
            models.CheckConstraint(name="step_has_text", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.kind
