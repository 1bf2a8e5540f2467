"""一步：事项走到哪里的完整位置。每一步接着前一步，接两次数据库不收，所以同时办的两个人只成一个。"""

from __future__ import annotations

from django.db import models

from kaopu.accounts.models import Organization
from kaopu.audit.models import Fact


class Step(Fact):
    """预警、问题、督办单共有的一步：动作与走到的位置。``supersedes`` 指前一步，没有后一步的即现行位置。

    ``court`` 为球在谁手里，``court_on`` 起；``due_on`` 为空表示钟已停。
    """

    verb = models.CharField("动作", max_length=20)
    state = models.CharField("状态", max_length=20, db_index=True)
    level = models.PositiveSmallIntegerField("层级", default=1)
    level_on = models.DateField("到此层级之日")
    due_on = models.DateField("期限", null=True, blank=True, db_index=True)
    owner = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="牵头单位")
    court = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="球在谁手里")
    court_on = models.DateField("到此手里之日")
    handler = models.CharField("经办人账号", max_length=150, blank=True)
    actor = models.CharField("办理人账号", max_length=150)
    text = models.TextField("内容", blank=True)
    evidence = models.TextField("佐证", blank=True)

    class Meta:
        abstract = True
