"""预警与问题（HANDBOOK §5.1、§3.2；种子 D07–D09、C11）。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.accounts.models import Organization
from kaopu.audit.models import Fact, FactQuerySet
from kaopu.domain.alerts import AlertState
from kaopu.domain.causes import CAUSE_LABELS, Cause
from kaopu.domain.escalation import IssueState
from kaopu.domain.ladder import LEVELS
from kaopu.projects.models import AnnualGoal, Project, ProjectYear
from kaopu.supervision.models.ladder import Step


class Alert(Fact):
    """预警：一个年度项目因何（月末颜色，或蓝色提醒的一条目标）被提醒。续报、说明、解除各是一步。"""

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="alerts")
    goal = models.ForeignKey(AnnualGoal, models.PROTECT, null=True, blank=True, related_name="alerts")
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.project_year_id}·{self.on}"


class AlertStep(Step):
    """预警的一步：当时的颜色、触发的规则、实测与阈值。"""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="steps")
    colour = models.CharField("颜色", max_length=10)
    rule = models.CharField("规则", max_length=60)
    measured = models.CharField("实测", max_length=300, blank=True)
    threshold = models.CharField("阈值", max_length=600, blank=True)
    sentence = models.TextField("理由")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alert"], condition=Q(supersedes=None), name="alert_begins_once"),
            models.CheckConstraint(
                name="alert_clock",
                # 立为问题的一步，早先的版本留着期限；旧行不改，新写的都停了钟
                condition=Q(state=AlertState.LIFTED, due_on=None)
                | Q(state=AlertState.HANDED)
                | (Q(state__in=(AlertState.WAITING, AlertState.ANSWERED)) & Q(due_on__isnull=False)),
            ),
            models.CheckConstraint(name="alert_level_known", condition=Q(level__in=LEVELS)),
        ]

    def __str__(self) -> str:
        return self.sentence


class IssueKind(models.TextChoices):
    """事项的种类：都走同一张状态表、同一把梯子。"""

    PROBLEM = "problem", "问题"
    SUPPORT = "support", "要素保障"
    RESOLUTION = "resolution", "议定事项"
    TASK = "task", "交办任务"
    LOOK_BACK = "look_back", "回头看"


class Factor(models.TextChoices):
    """要素保障的要素。"""

    MONEY = "money", "资金"
    GROUND = "ground", "土地"
    PERMIT = "permit_needed", "审批"
    VACATE = "vacate", "腾地"
    PIPELINE = "pipeline", "管线"
    PEOPLE = "people", "人员"


class Source(models.TextChoices):
    """从哪里来。"""

    ALERT = "alert", "预警"
    VISIT = "visit", "走访调研"
    REPORT = "report", "月报"
    MEETING = "meeting", "会议议定"
    INSTRUCTION = "instruction", "领导批示"
    RESUMPTION = "resumption", "复工复产"
    ORDER = "from_order", "督办件"
    OTHER = "other", "其他"


class Issue(Fact):
    """问题（事项）：提出时写下的内容，此后不改；走到哪里见 ``IssueStep``。"""

    year = models.PositiveIntegerField("年度")
    serial = models.PositiveIntegerField("顺序号")
    kind = models.CharField("种类", max_length=12, choices=IssueKind.choices, default=IssueKind.PROBLEM)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="issues")
    title = models.CharField("事项", max_length=120)
    description = models.TextField("情况", blank=True)
    category = models.CharField(
        "类别", max_length=20, default=Cause.OTHER,
        choices=[(cause.value, label) for cause, label in CAUSE_LABELS.items()],
    )  # fmt: skip
    cause = models.CharField("起因", max_length=120, blank=True)
    factor = models.CharField("要素", max_length=15, choices=Factor.choices, blank=True)
    source = models.CharField("来源", max_length=12, choices=Source.choices, default=Source.OTHER)
    raised_by = models.CharField("提出人账号", max_length=150)
    assists = models.ManyToManyField(Organization, related_name="+", blank=True, verbose_name="配合单位")
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, blank=True, related_name="issues")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    meeting = models.ForeignKey("Meeting", models.PROTECT, null=True, blank=True, related_name="resolutions")
    instruction = models.ForeignKey(
        "LeaderInstruction", models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    task_force = models.ForeignKey("TaskForce", models.PROTECT, null=True, blank=True, related_name="tasks")
    looks_at = models.ForeignKey(
        "SupervisionOrder", models.PROTECT, null=True, blank=True, related_name="look_backs"
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "serial"], name="issue_number_once")]

    def __str__(self) -> str:
        return f"问〔{self.year}〕{self.serial}号"


class IssueStep(Step):
    """问题的一步；原因分析与对策建议写过之后随位置带下去，上会前必须有。"""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="steps")
    analysis = models.TextField("原因分析", blank=True)
    proposal = models.TextField("对策建议", blank=True)
    look_back_on = models.DateField("回头看之日", null=True, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue"], condition=Q(supersedes=None), name="issue_begins_once"),
            models.CheckConstraint(
                name="issue_clock",
                condition=(Q(state=IssueState.CLOSED, due_on=None) & ~Q(evidence=""))
                | (~Q(state=IssueState.CLOSED) & Q(due_on__isnull=False)),
            ),
            models.CheckConstraint(name="issue_level_known", condition=Q(level__in=LEVELS)),
        ]

    def __str__(self) -> str:
        return self.verb
