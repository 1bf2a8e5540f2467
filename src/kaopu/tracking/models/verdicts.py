"""月末评定与颜色的复核。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.audit.models import Fact, FactQuerySet
from kaopu.projects.models import ProjectYear
from kaopu.tracking.models.rules import RuleSet


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

    chain = ("project_year", "month")

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

    chain = ("verdict",)

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
