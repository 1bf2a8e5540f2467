"""项目、年度清单、目标与月度计划（HANDBOOK §5.1）。计数的单位是年度项目 ``ProjectYear``。"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import Fact, FactQuerySet, Past
from kaopu.domain.attachments import ATTACHMENT_KIND_LABELS, NAME_LENGTH, AttachmentKind
from kaopu.domain.permits import CONSTRUCTION_PERMIT
from kaopu.domain.rights import Act, Role, Scope, Thing


class Level(models.TextChoices):
    """级别：市属项目由市里下达目标，区里配合。"""

    MUNICIPAL = "municipal", "市属"
    DISTRICT = "district", "区属"


class Category(models.TextChoices):
    """区属五类（种子 F02–F09）；类别由人定，导入从不推断。"""

    INFRASTRUCTURE = "infrastructure", "市政基础设施类"
    LIVELIHOOD = "livelihood", "民生保障类"
    PUBLIC_SERVICE = "public_service", "公共服务类"
    FUNCTIONAL = "functional", "功能性项目"
    HOUSING = "housing", "住宅类"


class Entry(models.TextChoices):
    """列入方式。"""

    INITIAL = "initial", "年初确定"
    ADDED = "added", "年中新增"
    CARRIED_OVER = "carried_over", "结转"
    NEW = "new", "新增"


class Formality(models.TextChoices):
    """正式或预备；只有正式项目计数（种子 F00）。"""

    FORMAL = "formal", "正式"
    RESERVE = "reserve", "预备"


class ProjectQuerySet(models.QuerySet["Project"]):
    """项目的范围。"""

    def visible_to(self, user: User, thing: Thing = Thing.PROJECT) -> ProjectQuerySet:
        """某人看得见的项目（§4.1、§4.2）：全部、本单位（街镇、重点地区为辖区内）的，或一个也没有。

        看项目上的别的对象须给 ``thing``：审批部门看得见全部项目，停复工、预警却只看本单位的。
        """
        scope = user.scope(thing, Act.READ)
        if scope is Scope.ALL:
            return self
        return self.of(user) if scope is Scope.OWN else self.none()

    def of(self, user: User) -> ProjectQuerySet:
        """某人本单位的项目：责任单位或建设单位是它；街镇与重点地区按项目档案所写的名称。"""
        unit = user.organization
        if unit is None:
            return self.none()
        if user.role == Role.STREET_TOWN:
            return self.filter(profile__street=unit.name)
        if user.role == Role.KEY_AREA:
            return self.filter(profile__key_area=unit.name)
        return self.filter(Q(profile__responsible_unit=unit) | Q(profile__owner=unit))


class Project(models.Model):
    """项目：只存身份；会变的都在 ``ProjectProfile`` 里，``profile`` 指向现行的一行。"""

    code = models.CharField("内部编号", max_length=40, unique=True)
    is_demo = models.BooleanField("示例", default=False)
    profile = models.OneToOneField(
        "ProjectProfile", models.PROTECT, null=True, related_name="+", verbose_name="现行档案"
    )
    objects = ProjectQuerySet.as_manager()

    def __str__(self) -> str:
        return self.code


class ProjectProfile(Fact):
    """项目档案的一版：名称、单位、投资、位置。变更另起一版，旧版永在。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="profiles")
    revision = models.PositiveIntegerField("版次")
    name = models.CharField("项目名称", max_length=200)
    name_key = models.CharField("比对用名称", max_length=200, db_index=True)
    nature = models.CharField("建设性质", max_length=20, blank=True)
    scale = models.TextField("建设规模及主要内容", blank=True)
    responsible_unit = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任单位"
    )
    owner = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建设单位"
    )
    street = models.CharField("属地街镇", max_length=60, blank=True)
    key_area = models.CharField("重点地区", max_length=60, blank=True)
    total_investment_yuan = models.BigIntegerField("总投资（元）", null=True, blank=True)
    investment_qualifier = models.CharField("总投资限定", max_length=10, blank=True)
    investment_low_yuan = models.BigIntegerField("总投资下限（元）", null=True, blank=True)
    investment_high_yuan = models.BigIntegerField("总投资上限（元）", null=True, blank=True)
    planned_start_text = models.CharField("计划开工（原文）", max_length=60, blank=True)
    planned_start_on = models.DateField("计划开工", null=True, blank=True)
    planned_finish_text = models.CharField("计划竣工（原文）", max_length=60, blank=True)
    planned_finish_on = models.DateField("计划竣工", null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True, blank=True)
    note = models.TextField("备注", blank=True)
    source_quote = models.TextField("来源原文", blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "revision"], name="profile_revision_once")]

    def __str__(self) -> str:
        return self.name


class ProfileChange(Fact):
    """项目档案的变更申请：单位提、推进办批（§4.2）；``values`` 为要改的各栏，批准后另起一版档案。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="profile_changes")
    revises = models.ForeignKey(ProjectProfile, models.PROTECT, related_name="+", verbose_name="所改的一版")
    values = models.JSONField("改为")
    document = models.CharField("依据", max_length=200)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.document


class ProfileRuling(Fact):
    """对档案变更的批复：推进办科长以上，申请的人不得自批；一件只批一次。"""

    change = models.OneToOneField(ProfileChange, models.PROTECT, related_name="ruling")
    approved = models.BooleanField("批准")
    reason = models.CharField("意见", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return "批准" if self.approved else "不批准"


class SubProject(Fact):
    """子项、标段、站点：有自己的开竣工与位置（种子 E01：上海西站站先于全线开工）。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="subprojects")
    name = models.CharField("名称", max_length=100)
    kind = models.CharField("种类", max_length=20)
    started_on = models.DateField("开工", null=True, blank=True)
    state_text = models.CharField("形象进度", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class StageChange(Fact):
    """项目阶段的变更（§5.2），如竣工备案；须有依据。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="stage_changes")
    stage = models.CharField("阶段", max_length=20)
    evidence = models.CharField("依据", max_length=200)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.stage


class Permit(Fact):
    """一个审批节点的批文或证照（HANDBOOK §3.13）：``on`` 为批复、领证之日；更正另起一行。

    施工许可证三个月内开工的钟（§3.6）由领证之日走。表名是只记施工许可证时起的，封存的叶里写着，不能改。
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="permits")
    node = models.CharField("节点", max_length=60, default=CONSTRUCTION_PERMIT)
    number = models.CharField("文号或证号", max_length=60)
    issuer = models.CharField("审批部门", max_length=60)
    scope = models.CharField("范围", max_length=100, blank=True)
    awaits_ruling = models.BooleanField("待核实", default=False)
    objects = FactQuerySet.as_manager()

    class Meta:
        db_table = "projects_constructionpermit"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], condition=Q(supersedes=None), name="one_permit_chain"
            )
        ]

    def __str__(self) -> str:
        return self.number


class PermitRuling(Fact):
    """对单位所报批文、证照的核实：推进办另一人办，不认的写明理由；一张只核一次。"""

    permit = models.OneToOneField(Permit, models.PROTECT, related_name="ruling")
    approved = models.BooleanField("认可")
    reason = models.CharField("意见", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return "认可" if self.approved else "不认可"


class PermitExtension(Fact):
    """施工许可证的延期：``on`` 为批准之日；至多两次，每次不超过三个月（《建筑法》第九条）。"""

    permit = models.ForeignKey(Permit, models.PROTECT, related_name="extensions")
    number = models.PositiveSmallIntegerField("第几次")
    until = models.DateField("延至")
    document = models.CharField("批准文件", max_length=200)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["permit", "number"], name="permit_extension_once"),
            models.CheckConstraint(name="two_extensions_at_most", condition=Q(number__in=(1, 2))),
        ]

    def __str__(self) -> str:
        return f"{self.until}"


class ListVersion(Fact):
    """清单版本：年初版、年中增补版……（种子 B04：74 项与 87 项）。"""

    year = models.PositiveIntegerField("年度")
    number = models.PositiveIntegerField("版次")
    title = models.CharField("标题", max_length=120)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="list_version_once")]

    def __str__(self) -> str:
        return f"{self.year}年第{self.number}版"


class ProjectYear(models.Model):
    """年度项目：一个项目在某年清单上的一席，计数的单位。"""

    project = models.ForeignKey(Project, models.PROTECT, related_name="years")
    year = models.PositiveIntegerField("年度", db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "year"], name="project_year_once")]

    def __str__(self) -> str:
        return f"{self.project_id}·{self.year}"


class ListEntry(Fact):
    """清单条目：年度项目按哪一版、以什么方式、归哪一类列入。"""

    chain = ("project_year",)

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="entries")
    list_version = models.ForeignKey(ListVersion, models.PROTECT, related_name="entries")
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    entry = models.CharField("列入方式", max_length=15, choices=Entry.choices)
    formality = models.CharField("正式或预备", max_length=10, choices=Formality.choices)
    category = models.CharField("类别", max_length=20, choices=Category.choices, blank=True)
    category_inferred = models.BooleanField("类别推定", default=False)
    planned_investment_yuan = models.BigIntegerField("年度计划投资（元）", null=True, blank=True)
    cumulative_before_yuan = models.BigIntegerField("上年末累计完成投资（元）", null=True, blank=True)
    previous = models.ForeignKey(
        ProjectYear, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结转自"
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year"], condition=Q(supersedes=None), name="one_entry_chain_per_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_year_id}"


class AnnualGoal(Fact):
    """年度目标：做到哪一步、何时（日期带精度，“6月底”即 6 月 30 日）。"""

    chain = ("project_year", "ordinal")

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="goals")
    ordinal = models.PositiveSmallIntegerField("序号", default=1)
    text = models.CharField("年度目标", max_length=200)
    goal_type = models.CharField("类型", max_length=20)
    due_text = models.CharField("目标时间（原文）", max_length=60, blank=True)
    due_on = models.DateField("目标时间", null=True, blank=True)
    due_precision = models.CharField("精度", max_length=10, blank=True)
    mandatory = models.BooleanField("必达", default=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year", "ordinal"], condition=Q(supersedes=None), name="one_goal_chain"
            )
        ]

    def __str__(self) -> str:
        return self.text


class MonthlyPlan(Fact):
    """月度计划：某月计划做什么、投多少、累计到百分之几（种子 B06）。"""

    chain = ("project_year", "month")

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="plans")
    month = models.DateField("月份")
    planned_work = models.CharField("计划工作", max_length=300, blank=True)
    planned_investment_yuan = models.BigIntegerField("计划投资（元）", null=True, blank=True)
    planned_progress_percent = models.DecimalField(
        "计划累计进度（%）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year", "month"], condition=Q(supersedes=None), name="one_plan_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Ceremony(Fact):
    """集中开工仪式（种子 B07、B08）：公布的项目数与总投资（带“逾”）须与明细之和相符。"""

    name = models.CharField("名称", max_length=120)
    year = models.PositiveIntegerField("年度", db_index=True)
    published_count = models.PositiveIntegerField("公布项目数")
    published_investment_yuan = models.BigIntegerField("公布总投资（元）")
    published_qualifier = models.CharField("限定", max_length=10, blank=True)
    is_demo = models.BooleanField("示例", default=False)
    projects = models.ManyToManyField(Project, related_name="ceremonies", verbose_name="开工项目")
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class PlanProposal(Fact):
    """月度计划的报审稿：建设单位报十二个月，责任单位初审、推进办审定后才写入 ``MonthlyPlan``（§4.2）。

    ``lines`` 逐月为 ``{"month", "work", "investment_yuan", "progress"}``；改报另起一稿指向前一稿。
    """

    project_year = models.ForeignKey(ProjectYear, models.PROTECT, related_name="plan_proposals")
    lines = models.JSONField("逐月计划")
    reason = models.CharField("调整理由", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_year"], condition=Q(supersedes=None), name="one_plan_proposal_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_year_id}"


class PlanReview(Fact):
    """月度计划报审稿的审核；同一步只有一人办成，退回须有理由。"""

    proposal = models.ForeignKey(PlanProposal, models.PROTECT, related_name="reviews")
    verb = models.CharField("审核", max_length=20)
    reason = models.TextField("理由", blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "verb"], name="one_plan_review_of_a_kind")]

    def __str__(self) -> str:
        return self.verb


class LetterSigning(Fact):
    """责任书签订（种子 D04）：``on`` 为签订日；自此该单位当年各项目的年度目标锁定（种子 D06“目标不变”）。"""

    year = models.PositiveIntegerField("年度")
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="责任单位")
    document = models.CharField("文件", max_length=200)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "unit"], condition=Q(supersedes=None), name="one_letter_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.unit}"


class GoalChange(Fact):
    """年度目标的变更申请：理由取自原因表，须写依据文件；批准后另起一行目标，最初的承诺永在。"""

    goal = models.ForeignKey(AnnualGoal, models.PROTECT, related_name="changes")
    text = models.CharField("改为", max_length=200)
    due_on = models.DateField("改后时间", null=True, blank=True)
    cause = models.CharField("理由", max_length=20)
    document = models.CharField("依据文件", max_length=200)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.text


class GoalRuling(Fact):
    """对目标变更的批复：推进办科长以上，申请的人不得自批；一件只批一次。"""

    change = models.OneToOneField(GoalChange, models.PROTECT, related_name="ruling")
    approved = models.BooleanField("批准")
    reason = models.CharField("意见", max_length=200, blank=True)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return "批准" if self.approved else "不批准"


class Attachment(Fact):
    """附件：照片或文件，属于同一次办理（``operation``）写下的那件事实；内容在数据目录里，以摘要为名。"""

    uuid = models.UUIDField("编号", unique=True, default=uuid.uuid4)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="attachments")
    name = models.CharField("文件名", max_length=NAME_LENGTH)
    kind = models.CharField(
        "种类", max_length=10, choices=[(kind.value, label) for kind, label in ATTACHMENT_KIND_LABELS.items()]
    )
    media_type = models.CharField("媒体类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("摘要", max_length=64)
    preview_sha256 = models.CharField("小样的摘要", max_length=64, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="photos_have_previews",
                condition=(Q(kind=AttachmentKind.PHOTO.value) & ~Q(preview_sha256=""))
                | Q(kind=AttachmentKind.FILE.value, preview_sha256=""),
            )
        ]

    past: Past | None = None  # 从过去的哪一刻看它；不入库

    @property
    def voiding(self) -> Attachment | None:
        """作废它的一行，办理里写着理由；没有作废的（看过去时，那时还没有作废的）为空。"""
        found: Attachment | None = getattr(self, "superseded_by", None)
        return found if found is None or self.past is None or self.past.saw(found) else None

    def __str__(self) -> str:
        return self.name
