"""登记：目标达成、认定、滞后原因、进展纪要。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.audit.models import Fact, FactQuerySet
from kaopu.domain.causes import CAUSE_LABELS, Cause
from kaopu.projects.models import AnnualGoal, Project, ProjectYear

_CAUSES = [(key.value, label) for key, label in CAUSE_LABELS.items()]


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


class OfficeNote(Fact):
    """项目进展纪要：年末总结逐项引用的一句话（种子第四节），带来源。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="office_notes")
    year = models.PositiveIntegerField("年度", db_index=True)
    text = models.TextField("进展")
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text[:20]
