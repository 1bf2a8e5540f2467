"""通知与引擎的心跳。"""

from __future__ import annotations

from django.db import models

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import Fact, FactQuerySet
from kaopu.projects.models import Project
from kaopu.supervision.models.issues import Alert, Issue
from kaopu.supervision.models.meetings import TaskForce
from kaopu.supervision.models.orders import SupervisionOrder
from kaopu.tracking.models import StillStoppedDemand


class Notice(Fact):
    """通知：一件事一条，给 ``organization`` 的人和按 ``level`` 应知道的角色看（HANDBOOK §3.2）。"""

    level = models.PositiveSmallIntegerField("层级")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位"
    )
    text = models.CharField("内容", max_length=300)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="notices")
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, blank=True, related_name="notices")
    issue = models.ForeignKey(Issue, models.PROTECT, null=True, blank=True, related_name="notices")
    order = models.ForeignKey(SupervisionOrder, models.PROTECT, null=True, blank=True, related_name="notices")
    demand = models.ForeignKey(
        StillStoppedDemand, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    task_force = models.ForeignKey(TaskForce, models.PROTECT, null=True, blank=True, related_name="notices")
    meeting_on = models.DateField("哪天的例会", null=True, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [  # 同一次例会，要开的（L1）与漏开的（L2）各只说一次
            models.UniqueConstraint(
                fields=["task_force", "meeting_on", "level"],
                condition=models.Q(task_force__isnull=False),
                name="task_force_told_once",
            )
        ]

    def __str__(self) -> str:
        return self.text


class NoticeRead(Fact):
    """已读：某人看过某条通知，即站内送达的回执。"""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="reads")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notice_read_once")]

    def __str__(self) -> str:
        return f"{self.notice_id}·{self.user_id}"


class Delivery(Fact):
    """送达：一份每日摘要或一条推送经哪条路、送给谁、成没成。"""

    channel = models.CharField("渠道", max_length=12, choices=[("email", "邮件"), ("webhook", "推送")])
    recipient = models.CharField("送给", max_length=200)
    content = models.TextField("内容")
    delivered = models.BooleanField("送到")
    outcome = models.CharField("结果", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient}"


class Heartbeat(models.Model):
    """心跳：只有一行，也是引擎的锁。``on`` 为办到哪一天；``clock_demo`` 表示示例库的钟停在那一天。"""

    on = models.DateField("办到哪一天")
    beat_at = models.DateTimeField("上次运行")
    moved = models.PositiveIntegerField("上次动了几件", default=0)
    alarm = models.CharField("警报", max_length=200, blank=True)
    clock_demo = models.BooleanField("示例钟", default=False)

    def __str__(self) -> str:
        return f"{self.on}"
