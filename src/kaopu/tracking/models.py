"""月度跟踪：报告期、月报、目标达成、认定、停复工、规则集与月末评定（HANDBOOK §5）。"""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kaopu.audit.models import Fact, FactQuerySet, Operation
from kaopu.domain.causes import CAUSE_LABELS, Cause
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind
from kaopu.projects.models import AnnualGoal, Project, ProjectYear

_CAUSES = [(key.value, label) for key, label in CAUSE_LABELS.items()]
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


class ReportingPeriod(models.Model):
    """报告期（月份行）：关账者独占、填报者共享地锁它；``frozen_at`` 有值即已冻结（TRUST §1 规则 3）。"""

    month = models.DateField("月份", unique=True)
    frozen_at = models.DateTimeField("冻结时刻", null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.month:%Y年%m月}"


class ReportQuerySet(FactQuerySet):
    """月报的范围。"""

    def accepted(self, *, known_at: datetime) -> Self:
        """按 ``known_at`` 所知已由推进办审定、没有再退回的；只有这些进统计与评定（§5.4）。"""
        reviews = ReportReview.objects.filter(report=OuterRef("pk"), recorded_at__lte=known_at, voided=False)
        return self.filter(Exists(reviews.filter(verb=ReportVerb.ACCEPT))).exclude(
            Exists(reviews.filter(verb=ReportVerb.RETURN))
        )


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
    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year", "month"], condition=Q(supersedes=None), name="one_report_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ReportReview(Fact):
    """月报的审核：责任单位初审、推进办审定或退回（须有理由）；针对所见的那一版，同一步只有一人办成。"""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="reviews")
    verb = models.CharField("审核", max_length=20)
    reason = models.TextField("理由", blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "verb"], name="one_review_of_a_kind"),
            models.CheckConstraint(
                name="return_has_reason", condition=~Q(verb=ReportVerb.RETURN.value) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.verb


class VarianceCause(Fact):
    """偏差原因：形象进度与计划相差超过 10 个百分点的月报须写明。"""

    report = models.OneToOneField(MonthlyReport, models.PROTECT, related_name="variance_cause")
    cause = models.CharField("原因", max_length=20, choices=_CAUSES)
    note = models.CharField("说明", max_length=300, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.get_cause_display()


class ReportReminder(Fact):
    """催报：``on`` 为催的那天；同一份月报一天至多催一次，重复运行不重催。"""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="report_reminders")
    month = models.DateField("月份", db_index=True)
    by_rule = models.BooleanField("按规则自动", default=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project_year", "month", "on"], name="one_reminder_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.on}"


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
    category = models.CharField("类别", max_length=20, choices=_CAUSES, default=Cause.OTHER)
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


class ReportedColour(Fact):
    """单位自报的颜色：单位自己怎么看这个月，与系统评定分开存，从不混用。"""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="reported_colours")
    month = models.DateField("月份", db_index=True)
    colour = models.CharField("颜色", max_length=10)
    note = models.CharField("说明", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year", "month"],
                condition=Q(supersedes=None),
                name="one_reported_colour_chain",
            )
        ]

    def __str__(self) -> str:
        return self.colour


class ColourConfirmation(Fact):
    """确认：项目专员看过系统评定的颜色，认可；两个工作日内没有人确认的自动确认，不另记（§5.4）。"""

    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="confirmations")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["verdict"], condition=Q(supersedes=None), name="confirmed_once")
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class ColourOverride(Fact):
    """人工调整：提请把一个月末的颜色改标，须有理由与期限；批准了才算数，评定本身不动（§5.4）。"""

    verdict = models.ForeignKey(Verdict, models.PROTECT, related_name="overrides")
    colour = models.CharField("颜色", max_length=10)
    reason = models.TextField("理由")
    expires_on = models.DateField("至何日止")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verdict"], condition=Q(supersedes=None), name="one_override_chain"
            ),
            models.CheckConstraint(name="override_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return self.colour


class OverrideDecision(Fact):
    """对人工调整的审批：批准或不批；须另一个人（科长以上）。"""

    override = models.ForeignKey(ColourOverride, models.PROTECT, related_name="decisions")
    approved = models.BooleanField("批准")
    comment = models.CharField("意见", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["override"], condition=Q(supersedes=None), name="override_decided_once"
            )
        ]

    def __str__(self) -> str:
        return "批准" if self.approved else "不批"


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
        return f"{self.month:%Y年%m月}未复工原因与预计复工日：{name}"
