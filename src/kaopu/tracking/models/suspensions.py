"""停工、复工与统一停复工。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.audit.models import Fact, FactQuerySet
from kaopu.domain.causes import CAUSE_LABELS, Cause
from kaopu.projects.models import Project

_CAUSES = [(key.value, label) for key, label in CAUSE_LABELS.items()]


class Suspension(Fact):
    """停工：``on`` 起停；复工另记一条 ``Resumption``。``plan_approved`` 指“一项一方案”已批准。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="suspensions")
    cause = models.CharField("原因", max_length=120)
    plan_approved = models.BooleanField("复工方案已批准", default=False)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.cause


class Resumption(Fact):
    """复工：了结一次停工；批次如“第二批复工复产白名单”（种子 C06）。"""

    suspension = models.ForeignKey(Suspension, models.PROTECT, related_name="resumptions")
    batch = models.CharField("批次", max_length=60, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["suspension"], condition=Q(supersedes=None), name="one_resumption_per_suspension"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class SuspensionCampaign(Fact):
    """统一停复工（种子 C04–C12）：全区因同一原因停工，定下全面复工的目标日。``on`` 为停工之日。"""

    name = models.CharField("名称", max_length=80)
    cause = models.CharField("原因", max_length=120)
    target_on = models.DateField("全面复工目标日")
    is_demo = models.BooleanField("示例", default=False)
    suspensions = models.ManyToManyField(Suspension, related_name="campaigns", verbose_name="各项目停工")
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ResumptionPlan(Fact):
    """复工方案“一项一方案”（种子 C10）：一次停工一份，修订另起一行。"""

    chain = ("suspension",)

    suspension = models.ForeignKey(Suspension, models.PROTECT, related_name="plans")
    document = models.CharField("方案文件", max_length=200)
    measures = models.TextField("措施")
    resume_on = models.DateField("拟复工日")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["suspension"], condition=Q(supersedes=None), name="one_plan_per_suspension"
            )
        ]

    def __str__(self) -> str:
        return self.document


class PlanOpinion(Fact):
    """对复工方案的意见：属地、行业主管、推进办各一，改意见另起一行。"""

    chain = ("plan", "side")

    plan = models.ForeignKey(ResumptionPlan, models.PROTECT, related_name="opinions")
    side = models.CharField("哪一道", max_length=15)
    unit = models.CharField("出具单位", max_length=60)
    agrees = models.BooleanField("同意")
    text = models.CharField("意见", max_length=300, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "side"], condition=Q(supersedes=None), name="one_opinion_per_side"
            )
        ]

    def __str__(self) -> str:
        return self.side


class ResumptionBatch(Fact):
    """复工白名单的一批（种子 C06）：批次、发布单位与名单；批次号在一次停复工里唯一。"""

    campaign = models.ForeignKey(SuspensionCampaign, models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField("第几批")
    issuer = models.CharField("发布单位", max_length=60)
    document = models.CharField("文件", max_length=200, blank=True)
    suspensions = models.ManyToManyField(Suspension, related_name="batches", verbose_name="名单")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="batch_number_once")]

    def __str__(self) -> str:
        return f"第{self.number}批"


class StillStopped(Fact):
    """未复工原因与预计复工日：每月对未复工的项目刷新一次（种子 C09“应复尽复”）。"""

    suspension = models.ForeignKey(Suspension, models.PROTECT, related_name="still_stopped")
    cause = models.CharField("原因分类", max_length=20, choices=_CAUSES, default=Cause.OTHER)
    expected_on = models.DateField("预计复工日", null=True, blank=True)
    reason = models.CharField("未复工原因", max_length=200)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reason


class StillStoppedDemand(Fact):
    """催报未复工原因：过了目标日（或没有目标日）还停着的，每月催一次；``on`` 为催的那天。"""

    suspension = models.ForeignKey(Suspension, models.PROTECT, related_name="demands")
    month = models.DateField("月份")
    due_on = models.DateField("答复期限")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["suspension", "month"], name="one_demand_a_month")]

    def __str__(self) -> str:
        project = self.suspension.project
        name = project.profile.name if project.profile else project.code
        return f"{self.month.year}年{self.month.month}月未复工原因与预计复工日：{name}"
