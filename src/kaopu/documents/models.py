"""公文：草稿、办理步骤、发文字号、分发与签收；文件本身一经印发不改，各步只增不改。"""

from __future__ import annotations

from django.db import models

from kaopu.accounts.models import Organization
from kaopu.audit.models import Fact, FactQuerySet


class OfficialDocument(Fact):
    """公文。``figures`` 是文中每个受控数字：书签、数据口径、基准日、摘要与印出的文字；``blocks`` 是每段每表。

    ``supersedes`` 指向接续起草的前一稿；``on`` 为成文日期。
    """

    kind = models.CharField("文种", max_length=30)
    year = models.PositiveIntegerField("年度")
    scope = models.CharField("哪一份", max_length=80, blank=True)
    title = models.CharField("标题", max_length=120)
    as_of = models.DateField("基准日")
    known_at = models.DateTimeField("取数时刻")
    sha256 = models.CharField("文件摘要", max_length=64, db_index=True)
    token = models.CharField("书签前缀", max_length=16, unique=True)
    figures = models.JSONField("受控数字")
    blocks = models.JSONField("各段各表", default=list)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title


class Wording(Fact):
    """一个文种的措辞，机关改过的一版：句名 → 改成的各段，空的是删去了；整张空着是恢复自带的。原件按摘要存着。"""

    kind = models.CharField("文种", max_length=30)
    sentences = models.JSONField("各句")
    sha256 = models.CharField("文件摘要", max_length=64, blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(supersedes=None), name="one_wording_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class DocumentStep(Fact):
    """公文办理的一步：送核、核稿、退回、签发、印发、作废。``sha256`` 为办这一步时所见的文件。"""

    document = models.ForeignKey(OfficialDocument, models.PROTECT, related_name="steps")
    verb = models.CharField("步骤", max_length=10)
    state = models.CharField("办后状态", max_length=10)
    sha256 = models.CharField("所见文件摘要", max_length=64)
    text = models.TextField("意见或理由", blank=True)
    ordinal = models.PositiveSmallIntegerField("第几步")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "ordinal"], name="document_step_once")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.verb}"


class DocumentNumber(Fact):
    """发文字号的台账：每个机关代字每年从 1 起，留号、用号、废号、跳号都各有一行（TRUST §4 不变量 21）。"""

    chain = ("organ", "year", "serial")

    organ = models.CharField("机关代字", max_length=20)
    year = models.PositiveIntegerField("年份")
    serial = models.PositiveIntegerField("顺序号")
    state = models.CharField("状态", max_length=10)
    document = models.ForeignKey(
        OfficialDocument, models.PROTECT, null=True, blank=True, related_name="numbers"
    )
    reason = models.TextField("事由", blank=True)
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organ", "year", "serial"],
                condition=models.Q(supersedes=None),
                name="document_number_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organ}〔{self.year}〕{self.serial}号"


class Distribution(Fact):
    """分发：一份已印发的公文发给一个单位。"""

    document = models.ForeignKey(OfficialDocument, models.PROTECT, related_name="deliveries")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="收文单位")
    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "organization"], name="delivered_once")]

    def __str__(self) -> str:
        return f"{self.document_id} → {self.organization_id}"


class Receipt(Fact):
    """签收：收文单位的人打开过、签收了。"""

    delivery = models.OneToOneField(Distribution, models.PROTECT, related_name="receipt")
    reader = models.CharField("签收人账号", max_length=150)
    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reader
