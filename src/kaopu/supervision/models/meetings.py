"""会议、批示、专班、走访（HANDBOOK §3.12、§5.1；种子 D01、D05、D09、D10）。议定事项与任务都是 ``Issue``。"""

from __future__ import annotations

from django.db import models

from kaopu.accounts.models import Organization
from kaopu.audit.models import Fact, FactQuerySet
from kaopu.projects.models import Project


class MeetingKind(models.TextChoices):
    """会议种类；议定事项的起始层级随之而定。"""

    DISPATCH = "dispatch", "调度会"
    PROMOTION = "promotion", "推进会"
    SPECIAL = "special", "专题会"
    TASK_FORCE = "task_force_meeting", "专班例会"


MEETING_LEVELS = {
    MeetingKind.DISPATCH: 2,
    MeetingKind.PROMOTION: 2,
    MeetingKind.SPECIAL: 3,
    MeetingKind.TASK_FORCE: 2,
}


class Meeting(Fact):
    """会议。``on`` 为开会之日；会后补的、改的纪要各是一版 ``Minutes``，登记时写的也留着。"""

    kind = models.CharField("种类", max_length=20, choices=MeetingKind.choices)
    title = models.CharField("会议名称", max_length=120)
    chair = models.CharField("主持人", max_length=60)
    minutes_number = models.CharField("纪要文号", max_length=60, blank=True)
    minutes = models.TextField("纪要", blank=True)
    task_force = models.ForeignKey(
        "TaskForce", models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name="专班"
    )
    is_demo = models.BooleanField("示例", default=False)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    @property
    def latest(self) -> Meeting | Minutes:
        """现行的纪要（``minutes_number``、``minutes``）：会后最后一版，没有补过的是登记时写的。"""
        versions = list(self.versions.all())
        return max(versions, key=lambda version: version.pk) if versions else self


class Minutes(Fact):
    """会后补的一版纪要（种子 D05）：后一版取代前一版，前几版都还看得见。``on`` 为写成之日。"""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="versions")
    minutes_number = models.CharField("纪要文号", max_length=60, blank=True)
    minutes = models.TextField("纪要")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=models.Q(supersedes=None), name="minutes_begin_once"
            )
        ]

    def __str__(self) -> str:
        return self.minutes_number or self.meeting.title


class AgendaItem(Fact):
    """议题：上会的一个问题；没有原因分析与对策建议的不上会。"""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="agenda")
    issue = models.ForeignKey("Issue", models.PROTECT, related_name="agenda")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "issue"], name="agenda_item_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id}·{self.issue_id}"


class LeaderInstruction(Fact):
    """领导批示、调研指示（种子 D01）：``on`` 为批示之日；派生的任务全部销号即落实。"""

    leader = models.CharField("领导", max_length=60)
    text = models.TextField("批示内容")
    document = models.CharField("来文", max_length=120, blank=True)
    issue = models.ForeignKey("Issue", models.PROTECT, null=True, blank=True, related_name="instructions")
    is_demo = models.BooleanField("示例", default=False)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text[:20]


class TaskForce(Fact):
    """专班（种子 D10）：牵头、成员单位、例会节奏；任务清单是挂在它名下的 ``Issue``。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="task_forces")
    name = models.CharField("名称", max_length=80)
    head = models.CharField("组长", max_length=60)
    lead_unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="牵头单位")
    members = models.ManyToManyField(Organization, related_name="+", blank=True, verbose_name="成员单位")
    rhythm_days = models.PositiveSmallIntegerField("例会间隔（天）", default=14)
    is_demo = models.BooleanField("示例", default=False)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class TaskForceEnd(Fact):
    """专班撤销：任务都办完了才撤；``on`` 为撤销之日，此后不再召集例会、不再派任务。"""

    task_force = models.OneToOneField(TaskForce, models.PROTECT, related_name="end", verbose_name="专班")
    reason = models.CharField("撤销理由", max_length=200)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reason


class Visit(Fact):
    """走访调研（种子 D09）：``on`` 为走访之日；看到的问题另立 ``Issue``。``photos`` 是早先只记编号的旧行，现在的照片见附件。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="visits")
    visitors = models.CharField("走访人", max_length=120)
    findings = models.TextField("所见")
    photos = models.CharField("照片编号", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.findings[:20]
