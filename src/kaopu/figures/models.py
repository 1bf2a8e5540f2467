"""关账快照：月末与年末冻结的数，连同恒等式与摘要，从此不改。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.audit.models import Fact, FactQuerySet


class Snapshot(Fact):
    """快照。``on`` 为基准日，``known_at`` 为取数时刻，``digest`` 为 ``content`` 规范 JSON 的 SHA-256。"""

    kind = models.CharField("种类", max_length=10, choices=[("month", "月末"), ("year", "年末")])
    period = models.CharField("期间", max_length=7)
    known_at = models.DateTimeField("取数时刻")
    content = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "period"], condition=Q(supersedes=None), name="one_snapshot_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"
