"""月度跟踪：报告期、月报、目标达成、认定、停复工、规则集与月末评定（HANDBOOK §5）。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.audit.models import Fact, FactQuerySet
from kaopu.projects.models import AnnualGoal, Project, ProjectYear


class CalendarDay(models.Model):
    """节假日表：只存与周一至周五规律不同的日子；没有任何一天的年份视为未发布。"""

    day = models.DateField("日期", unique=True)
    works = models.BooleanField("上班")
    name = models.CharField("名目", max_length=40, blank=True)

    def __str__(self) -> str:
        return f"{self.day}"


class RuleSet(models.Model):
    """规则集：阈值是数据，有生效日；生效后不改，另立新版（法 6）。"""

    name = models.CharField("名称", max_length=60)
    version = models.PositiveIntegerField("版本")
    effective_on = models.DateField("生效日")
    parameters = models.JSONField("参数")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="rule_set_version_once")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class ReportingPeriod(models.Model):
    """报告期（月份行）：关账者独占、填报者共享地锁它；``frozen_at`` 有值即已冻结（TRUST §1 规则 3）。"""

    month = models.DateField("月份", unique=True)
    frozen_at = models.DateTimeField("冻结时刻", null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.month:%Y年%m月}"


class MonthlyReport(Fact):
    """月报。报出即定稿：更正另起一行指向前一版；冻结的月份数据库不收。"""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="reports")
    month = models.DateField("月份", db_index=True)
    work = models.TextField("本月工作内容", blank=True)
    investment_yuan = models.BigIntegerField("本月完成投资（元）", null=True, blank=True)
    progress_percent = models.DecimalField(
        "形象进度（%）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    problems = models.TextField("存在问题", blank=True)
    next_steps = models.TextField("下步计划", blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year", "month"], condition=Q(supersedes=None), name="one_report_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class GoalAchievement(Fact):
    """目标达成：``on`` 为达到之日，须有佐证与核实人；形式开工可以记，但不算正式开工。"""

    goal = models.ForeignKey(AnnualGoal, models.PROTECT, related_name="achievements")
    reached = models.CharField("达到的节点", max_length=20)
    evidence = models.CharField("佐证", max_length=200)
    verified_by = models.CharField("核实人", max_length=60)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reached


class OutcomeDecision(Fact):
    """认定：无法完成、停止实施（区属），或市属项目据市里文件的评定；必须有文件（种子 F07、F08）。"""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="decisions")
    outcome = models.CharField("认定结果", max_length=15)
    document = models.CharField("依据文件", max_length=200)
    reason = models.TextField("原因")
    measures = models.TextField("替代措施与下一步", blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(name="decision_has_document", condition=~Q(document=""))]

    def __str__(self) -> str:
        return self.outcome


class LagReason(Fact):
    """滞后原因与下一步：可一次附于多个项目（种子 F04：7 个项目同一原因）。"""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="lag_reasons")
    cause = models.CharField("原因", max_length=120)
    next_step = models.TextField("下一步", blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.cause


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


class Verdict(Fact):
    """月末评定：颜色、年度目标结果，连同规则集、输入与理由一并冻结；更正是新一版。"""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="verdicts")
    month = models.DateField("月份", db_index=True)
    colour = models.CharField("颜色", max_length=10)
    outcome = models.CharField("年度目标结果", max_length=15)
    reason = models.TextField("颜色理由")
    outcome_reason = models.TextField("结果理由")
    hits = models.JSONField("触发的规则", default=list)
    inputs = models.JSONField("评定所用的事实", default=dict)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year", "month"], condition=Q(supersedes=None), name="one_verdict_chain"
            )
        ]

    def __str__(self) -> str:
        return self.colour


class OfficeNote(Fact):
    """项目进展纪要：年末总结逐项引用的一句话（种子第四节），带来源。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="office_notes")
    year = models.PositiveIntegerField("年度", db_index=True)
    text = models.TextField("进展")
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text[:20]


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
    """未复工原因：每月对未复工的项目刷新一次（种子 C09“应复尽复”）。"""

    suspension = models.ForeignKey(Suspension, models.PROTECT, related_name="still_stopped")
    reason = models.CharField("未复工原因", max_length=200)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reason
