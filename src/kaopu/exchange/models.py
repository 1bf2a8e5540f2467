"""导入批次与每个值的来历：文件、工作表、单元格、原文（法 1、HANDBOOK §7.2）。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kaopu.accounts.models import Organization
from kaopu.audit.models import Operation
from kaopu.projects.models import Project
from kaopu.supervision.models import Issue


class ImportBatch(models.Model):
    """一次导入。行数必须闭合：读入 = 写入 + 未变 + 拒收 + 归类。"""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件摘要", max_length=64)
    year = models.PositiveIntegerField("年度")
    rows_in = models.PositiveIntegerField("读入行")
    applied = models.PositiveIntegerField("写入行")
    unchanged = models.PositiveIntegerField("未变行")
    rejected = models.PositiveIntegerField("拒收行")
    classified = models.PositiveIntegerField("归类行")
    warnings = models.JSONField("提示", default=list)
    # 可空：早先的批次没有记；SQLite 上加可空的列不重建表，只增不改的触发器才还在
    operations = models.JSONField("本批的各次办理", null=True)
    fates = models.JSONField("各行的去处", null=True)  # 各段：工作表、首行、末行、去处、种类、是哪一个

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="import_rows_add_up",
                condition=Q(
                    rows_in=models.F("applied")
                    + models.F("unchanged")
                    + models.F("rejected")
                    + models.F("classified")
                ),
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class RowSource(models.Model):
    """一个项目在一次导入里的来历：``cells`` 逐格记着单元格、字段、原文与读出的值。"""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="rows")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    sheet = models.CharField("工作表", max_length=40)
    row = models.PositiveIntegerField("行")
    cells = models.JSONField("单元格")

    def __str__(self) -> str:
        return f"{self.sheet} 第{self.row}行"


class IssueSource(models.Model):
    """一条问题的来历：从哪次导入、哪张表、哪一行立出来，``cells`` 逐格记着原文与读出的值。"""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="issue_rows")
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="+")
    sheet = models.CharField("工作表", max_length=40)
    row = models.PositiveIntegerField("行")
    cell = models.CharField("单元格", max_length=12)
    cells = models.JSONField("单元格")

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


class ColumnChoice(models.Model):
    """人定的列：某单位的表上，这个表头是哪个字段、用什么单位（HANDBOOK §7.2 第2条“remember it per unit”）。"""

    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    header = models.CharField("表头", max_length=80)
    field = models.CharField("字段", max_length=40, blank=True)
    unit = models.CharField("单位", max_length=4, blank=True)
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")
    revised_in_place = True  # 改主意就地改，不封存

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "header"], name="column_chosen_once"),
            models.UniqueConstraint(
                fields=["header"], condition=Q(organization=None), name="column_chosen_once_by_office"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.header} → {self.field or self.unit}"


class NameChoice(models.Model):
    """人认的名：某单位的表上这样写的名称，就是这个项目（HANDBOOK §7.2 第6条“human confirmation”）。"""

    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    name_key = models.CharField("名称比对键", max_length=200)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")
    revised_in_place = True  # 改主意就地改，不封存

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name_key"], name="name_chosen_once"),
            models.UniqueConstraint(
                fields=["name_key"], condition=Q(organization=None), name="name_chosen_once_by_office"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_key} → {self.project.code}"


class ImportUndo(models.Model):
    """撤销一批导入：那一批写入的事实已逐条作废或恢复原值，这一行说明是谁、为什么。"""

    batch = models.OneToOneField(ImportBatch, models.PROTECT, related_name="undo")
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"撤销 {self.batch}"
