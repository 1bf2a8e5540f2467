"""报告期、月报、审核、关账后更正与催报。"""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from kaopu.audit.models import Fact, FactQuerySet
from kaopu.domain.causes import CAUSE_LABELS
from kaopu.domain.reporting import ReportVerb
from kaopu.projects.models import ProjectYear

_CAUSES = [(key.value, label) for key, label in CAUSE_LABELS.items()]


class ReportingPeriod(models.Model):
    """报告期（月份行）：关账者独占、填报者共享地锁它；``frozen_at`` 有值即已冻结（TRUST §1 规则 3）。"""

    month = models.DateField("月份", unique=True)
    frozen_at = models.DateTimeField("冻结时刻", null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月"


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
    correction = models.ForeignKey(
        "ReportCorrection", models.PROTECT, null=True, blank=True, related_name="reports"
    )
    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year", "month"], condition=Q(supersedes=None), name="one_report_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ReportCorrection(Fact):
    """关账后更正的申请：已冻结月份的月报错了，改成什么、为什么；批准后另成一版，冻结的一版永在（TRUST §4 第 14 条）。"""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="report_corrections")
    month = models.DateField("月份", db_index=True)
    corrects = models.ForeignKey(
        MonthlyReport, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    work = models.TextField("本月工作内容", blank=True)
    investment_yuan = models.BigIntegerField("本月完成投资（元）")
    progress_percent = models.DecimalField("形象进度（%）", max_digits=5, decimal_places=2)
    problems = models.TextField("存在问题", blank=True)
    next_steps = models.TextField("下步计划", blank=True)
    reason = models.CharField("更正理由", max_length=300)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reason


class CorrectionRuling(Fact):
    """对关账后更正的批复：申请的人不得自批；一件只批一次。"""

    correction = models.OneToOneField(ReportCorrection, models.PROTECT, related_name="ruling")
    approved = models.BooleanField("批准")
    reason = models.CharField("意见", max_length=300, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return "批准" if self.approved else "不批准"


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


class ReportRemark(Fact):
    """对月报的意见：属地街镇、重点地区对辖区项目所报的说法（§4.2“comment”）；只增不改，不改变审核。"""

    report = models.ForeignKey(MonthlyReport, models.PROTECT, related_name="remarks")
    text = models.CharField("意见", max_length=300)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text[:20]


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
