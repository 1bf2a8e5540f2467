"""导入：读出工作簿 → 比对项目 → 预演 → 一个事务写入；失败则数据库原样不动（HANDBOOK §7.2）。"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.db import connection, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record, settled
from kaopu.audit.models import Operation
from kaopu.domain.parsing import name_key
from kaopu.exchange.excel_in.choices import Choices, ColumnRule
from kaopu.exchange.excel_in.isolated import Begun, begin
from kaopu.exchange.excel_in.result import WorkbookReading, WorkbookRefused
from kaopu.exchange.models import ColumnChoice, ImportBatch, IssueSource, NameChoice, RowSource
from kaopu.exchange.problem_writer import ProblemWriter
from kaopu.exchange.queries import choices_of
from kaopu.exchange.rehearsing import rehearsed
from kaopu.exchange.results import ImportRefused, ImportResult
from kaopu.exchange.sheet_writer import SheetWriter
from kaopu.figures import queries as figures
from kaopu.projects.actions import ListRefused
from kaopu.projects.models import Project
from kaopu.tracking.actions import MonthFrozen, ReviewRefused

MANY = 500  # 一次写入这么多行，就请数据库重新统计
MOST_TOLD = 3  # 没有一行写得进时，理由里举几行
_REFUSALS = (ListRefused, MonthFrozen, ReviewRefused)  # 动作拒绝的：整份退回，说明理由


def preview(
    path: Path,
    *,
    year: int,
    by: User,
    month: date | None = None,
    cells: Mapping[str, str] | None = None,
    draw: bool = False,
    progress: Path | None = None,
    begun: Begun | None = None,
) -> ImportResult:
    """预演：照样走完写入，一概不留，所以预演说能写入的，正式导入就写得入；大表在副本上走，不占写锁。

    ``draw``：连同各格文字一起给，好把表画出来；``progress``：报行数的文件。只有文件读不了才抛 ``ImportRefused``；读得了而写不进的，读数照给，理由在 ``refusals``。
    """
    _refuse_other_year(year, month)
    told = os.fspath(progress) if progress else ""
    choices = replace(choices_of(by), cells=cells or {}, draw=draw, progress=told)
    result = ImportResult(reading=_read(begun or begin(path, year=year, month=month), choices))
    writer = _Importer(
        year=year, month=month, by=by, source="preview", is_demo=False, stated_on=None, names=choices.names
    )
    try:
        with rehearsed(sum(len(sheet.rows) for sheet in result.reading.sheets)), _uncollected():
            writer.write(result)
        result.batch = None
    except (*_REFUSALS, ImportRefused) as error:
        result.refusals.append(str(error))
    if result.refusals:
        result.withhold()
    return result


def import_workbook(
    path: Path,
    *,
    year: int,
    by: User,
    month: date | None = None,
    source: str = "page",
    is_demo: bool = False,
    stated_on: date | None = None,
    cells: Mapping[str, str] | None = None,
    progress: Path | None = None,
    begun: Begun | None = None,
) -> ImportResult:
    """导入一个工作簿：清单、月度计划或月报。拒绝时抛出 ``ImportRefused``。

    ``begun`` 是这份文件、这个年月已经起了头的读取，没有的现起。
    ``stated_on`` 缺省取表头所写年月；``cells`` 是人改过的格（“表名!H7” → 文字）；所在单位记下的读法照用。
    """
    _refuse_other_year(year, month)
    # 读在事务之外：读文件要一两秒，不该占着写锁
    told = os.fspath(progress) if progress else ""
    choices = replace(choices_of(by), cells=cells or {}, progress=told)
    reading = _read(begun or begin(path, year=year, month=month), choices)
    writer = _Importer(
        year=year,
        month=month,
        by=by,
        source=source,
        is_demo=is_demo,
        stated_on=stated_on,
        names=choices.names,
    )

    def written() -> ImportResult:
        result = ImportResult(reading=reading)
        writer.write(result)
        if result.refusals:
            raise ImportRefused("；".join(result.refusals))
        return result

    try:
        with _uncollected():
            result = settled(written)
    except _REFUSALS as error:
        raise ImportRefused(str(error)) from error
    if result.applied >= MANY:
        count_rows()
    return result


def count_rows() -> None:
    """一下写进许多行，PostgreSQL 自己过一分钟才来统计各表有多少；这里先统计，免得其间各页按空表的办法查，一页几十秒。"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _refuse_other_year(year: int, month: date | None) -> None:
    """月报记在它那一年的清单上：写着 2023 年、1 月却给 2024-01，会记到 2023 年的条目名下。"""
    if month is not None and month.year != year:
        raise ImportRefused(
            f"月份是{month.year}年{month.month}月，年度是{year}年，对不上。请把两处改成同一年。"
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """收读数、写入时暂不收垃圾：成千上万个要写的行全都还用着，收一遍什么也收不到，却占三成时间。"""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(begun: Begun, choices: Choices) -> WorkbookReading:
    try:
        with _uncollected():
            return begun.finish(choices)
    except WorkbookRefused as error:
        raise ImportRefused(str(error)) from error


@dataclass(frozen=True, kw_only=True)
class _Importer:
    """把读好的工作簿写进数据库；须在事务里。"""

    year: int
    month: date | None
    by: User
    source: str
    is_demo: bool
    stated_on: date | None
    names: Mapping[str, str]

    def write(self, result: ImportResult) -> None:
        reading = result.reading
        operation = record(
            by=self.by,
            verb="exchange.import",
            source=self.source,
            file=reading.file_name,
            sha256=reading.sha256,
        )
        # 本批各次办理都带这个来源，撤销时凭它找齐
        traced = f"{self.source[:9]}:{operation.pk}"
        sources: list[RowSource | IssueSource] = []
        for sheet in reading.sheets:
            writer = SheetWriter(
                sheet=sheet,
                year=self.year,
                month=self.month,
                by=self.by,
                source=traced,
                is_demo=self.is_demo,
                names=self.names,
            )
            sources += writer.write(result, self.stated_on)
        # 问题清单后写：同一工作簿里的清单可能刚建了它要对的项目
        for sheet in reading.sheets:
            if sheet.problems:
                problems = ProblemWriter(sheet=sheet, by=self.by, source=traced, names=self.names)
                sources += problems.write(result, self.stated_on)
        order = [sheet.name for sheet in reading.sheets]
        result.rejections.sort(key=lambda item: (order.index(item.sheet), item.row))
        if result.applied and not result.refusals and figures.is_year_closed(self.year):
            result.refusals.append(
                f"{self.year}年度已年末关账，清单、计划与月报不再改动。如需更正，请写入未关账的年度。"
            )
        listed = any(sheet.problems for sheet in reading.sheets)  # 逐条拒收的问题已各说了理由
        if (
            not result.applied + result.unchanged
            and not result.refusals
            and not listed
            and not _only_statistics(result)
        ):
            result.refusals.append(_nothing_written(result))
        if not result.refusals:
            _save_sources(result, operation, self.year, sources, traced)


def _only_statistics(result: ImportResult) -> bool:
    """只有本系统导出的统计表，没有一行读不懂：数由系统算来，本就不写入，原样导回不是错。"""
    exported = any(sheet.kind == "statistics" and sheet.header_rows for sheet in result.reading.sheets)
    return exported and not result.rejected


def _nothing_written(result: ImportResult) -> str:
    if not result.rejections:
        return "没有读到任何项目行。请检查表头是否含“项目名称”，以及工作表是否选对。"
    told = "；".join(str(item).rstrip("。") for item in result.rejections[:MOST_TOLD])
    more = len(result.rejections) - MOST_TOLD
    return f"没有一行写得进。{told}{f'；另有 {more} 行' if more > 0 else ''}。"


def _save_sources(
    result: ImportResult, operation: Operation, year: int, sources: list[RowSource | IssueSource], traced: str
) -> None:
    batch = ImportBatch.objects.create(
        operation=operation, file_name=result.reading.file_name[-200:], sha256=result.reading.sha256, year=year,
        rows_in=result.rows_in, applied=result.applied, unchanged=result.unchanged, rejected=result.rejected,
        classified=result.classified, fates=result.runs(),
        operations=list(Operation.objects.filter(source=traced).values_list("pk", flat=True)),
        warnings=result.said(),
    )  # fmt: skip
    result.batch = batch.pk
    for source in sources:
        source.batch_id = batch.pk
    RowSource.objects.bulk_create(item for item in sources if isinstance(item, RowSource))
    IssueSource.objects.bulk_create(item for item in sources if isinstance(item, IssueSource))


@transaction.atomic
def remember_columns(*, columns: Mapping[str, ColumnRule], by: User) -> None:
    """记下人定的列，本单位以后的表同样读；定回“照常认”的即忘掉。"""
    operation = record(
        by=by,
        verb="exchange.remember_columns",
        before={"columns": _remembered(by, columns)},
        after={"columns": {header: [rule.field, rule.unit] for header, rule in columns.items()}},
    )
    for header, rule in columns.items():
        chosen = ColumnChoice.objects.filter(organization=by.organization, header=header)
        if not rule.field and not rule.unit:
            chosen.delete()
            continue
        values = {"field": rule.field, "unit": rule.unit, "operation": operation}
        if not chosen.update(**values):
            ColumnChoice.objects.create(organization=by.organization, header=header, **values)


def _remembered(by: User, columns: Mapping[str, ColumnRule]) -> dict[str, list[str]]:
    """这几列此前记下的读法。"""
    chosen = ColumnChoice.objects.filter(organization=by.organization, header__in=columns)
    return {item.header: [item.field, item.unit] for item in chosen}


@transaction.atomic
def remember_name(*, name: str, project: Project, by: User) -> None:
    """记下“表上这样写的就是这个项目”，本单位以后的表同样对。"""
    key = name_key(name)
    chosen = NameChoice.objects.filter(organization=by.organization, name_key=key)
    was = chosen.values_list("project__code", flat=True).first()
    operation = record(
        by=by, verb="exchange.remember_name", target=project, name=name, before={"code": was or ""},
        after={"code": project.code},
    )  # fmt: skip
    if not chosen.update(project=project, operation=operation):
        NameChoice.objects.create(
            organization=by.organization, name_key=key, project=project, operation=operation
        )
