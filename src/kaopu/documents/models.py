"""已生成的公文：编号、文件摘要与其中每个数的来历；文件本身一经印发不改。"""

from __future__ import annotations

from django.db import models

from kaopu.audit.models import Fact, FactQuerySet


class OfficialDocument(Fact):
    """公文。``figures`` 是文中每个受控数字：书签、数据口径、基准日与印出的文字。"""

    kind = models.CharField("文种", max_length=30)
    year = models.PositiveIntegerField("年度")
    title = models.CharField("标题", max_length=120)
    as_of = models.DateField("基准日")
    known_at = models.DateTimeField("取数时刻")
    sha256 = models.CharField("文件摘要", max_length=64, db_index=True)
    token = models.CharField("书签前缀", max_length=16, unique=True)
    figures = models.JSONField("受控数字")
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title
