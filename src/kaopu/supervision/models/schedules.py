"""倒排计划（HANDBOOK §3.12、§5.7；种子 D11）：由目标日往回推的各节点，重排另成一版，第一版留着对照。"""

from __future__ import annotations

from django.db import models

from kaopu.accounts.models import Organization
from kaopu.audit.models import Fact, FactQuerySet
from kaopu.domain.backward import COUNTED_LABELS, Counted, Latest, Node
from kaopu.projects.models import Project
from kaopu.supervision.models.meetings import TaskForce


class Schedule(Fact):
    """一个项目到某个目标节点的倒排计划；``on`` 为排定之日，``due_on`` 为目标日。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="schedules")
    target = models.CharField("目标节点", max_length=60)
    due_on = models.DateField("目标日")
    rules = models.CharField("所据规则", max_length=80)
    task_force = models.ForeignKey(
        TaskForce, models.PROTECT, null=True, blank=True, related_name="schedules", verbose_name="专班"
    )
    reason = models.CharField("重排理由", max_length=200, blank=True)
    is_demo = models.BooleanField("示例", default=False)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "target"], condition=models.Q(supersedes=None), name="one_schedule_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.target}倒排"


class ScheduleNode(Fact):
    """一版倒排计划里的一个节点：天数、前置、牵头单位与推出来的最迟日，都是排定时的。"""

    schedule = models.ForeignKey(Schedule, models.PROTECT, related_name="nodes")
    position = models.PositiveSmallIntegerField("次序")
    name = models.CharField("节点", max_length=60)
    aspect = models.CharField("方面", max_length=20)
    lead_unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="牵头单位")
    days = models.PositiveSmallIntegerField("天数")
    counted = models.CharField(
        "数法", max_length=12, choices=[(key.value, label) for key, label in COUNTED_LABELS.items()]
    )
    after = models.JSONField("前置", default=list)
    waivable = models.BooleanField("容缺", default=False)
    latest_start = models.DateField("最迟开始")
    latest_finish = models.DateField("最迟完成")
    provisional = models.BooleanField("放假安排未发布", default=False)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "name"], name="schedule_node_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def planned(self) -> Node:
        """排期所用的节点。"""
        return Node(
            name=self.name, aspect=self.aspect, issuer=str(self.lead_unit), days=self.days,
            counted=Counted(self.counted), after=tuple(self.after), waivable=self.waivable,
        )  # fmt: skip

    @property
    def latest(self) -> Latest:
        """最迟日。"""
        return Latest(start=self.latest_start, finish=self.latest_finish, provisional=self.provisional)


class NodeStart(Fact):
    """一个节点开始办了（受理、进场）；``on`` 为开始之日，同一节点再记一次即更正。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="node_starts")
    node = models.CharField("节点", max_length=60)
    note = models.CharField("说明", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "node"], condition=models.Q(supersedes=None), name="one_node_start_chain"
            )
        ]

    def __str__(self) -> str:
        return self.node
