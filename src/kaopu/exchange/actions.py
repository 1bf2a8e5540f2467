"""导入：读出工作簿 → 比对项目 → 预演 → 一个事务写入；失败则数据库原样不动（HANDBOOK §7.2）。"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaopu.accounts.actions import ensure_organization
from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.milestones import classify_goal
from kaopu.domain.outcomes import Outcome
from kaopu.domain.parsing import name_key
from kaopu.exchange.excel_in.isolated import read_isolated
from kaopu.exchange.excel_in.result import (
    CellReading,
    RowReading,
    SheetReading,
    WorkbookReading,
    WorkbookRefused,
)
from kaopu.exchange.models import ImportBatch, RowSource
from kaopu.figures import queries as figures
from kaopu.projects import actions as projects_actions
from kaopu.projects import queries as projects
from kaopu.projects.actions import ListedProject, ListRefused
from kaopu.projects.models import Entry, Formality, Project, ProjectYear
from kaopu.tracking import actions as tracking_actions
from kaopu.tracking.actions import MonthFrozen

ENTRY_WORDS = {label: value for value, label in Entry.choices}
FORMALITY_WORDS = {label: value for value, label in Formality.choices}


class ImportRefused(Exception):
    """不能导入，理由与办法见信息；数据库未作任何改动。"""


@dataclass(kw_only=True)
class ImportResult:
    """一次导入（或预演）的结果。行数闭合：读入 = 写入 + 未变 + 拒收 + 归类。"""

    reading: WorkbookReading
    applied: int = 0
    unchanged: int = 0
    rejected: int = 0
    classified: int = 0
    refusals: list[str] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)

    @property
    def rows_in(self) -> int:
        """读入的有内容的行。"""
        return self.applied + self.unchanged + self.rejected + self.classified

    def as_json(self) -> dict[str, Any]:
        """``kaopu import --json`` 的形状。"""
        return {
            "file": self.reading.file_name,
            "sha256": self.reading.sha256,
            "sheets": [sheet.as_json() for sheet in self.reading.sheets],
            "rows_in": self.rows_in,
            "applied": self.applied,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "classified": self.classified,
            "refusals": self.refusals,
        }


class _DryRun(Exception):
    """预演到此为止，事务回滚。"""


def preview(path: Path, *, year: int, by: User, month: date | None = None) -> ImportResult:
    """预演：照样走完写入，再整个回滚，所以预演说能写入的，正式导入就写得入。"""
    result: ImportResult | None = None
    try:
        with transaction.atomic():
            result = _import(
                path, year=year, month=month, by=by, source="preview", is_demo=False, stated_on=None
            )
            raise _DryRun
    except _DryRun:
        pass
    except (ListRefused, MonthFrozen) as error:
        raise ImportRefused(str(error)) from error
    assert result is not None
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
) -> ImportResult:
    """导入一个工作簿：清单、月度计划或月报。``stated_on`` 缺省取表头所写年月。拒绝时抛出 ``ImportRefused``。"""
    try:
        with transaction.atomic():
            result = _import(
                path, year=year, month=month, by=by, source=source, is_demo=is_demo, stated_on=stated_on
            )
            if result.refusals:
                raise ImportRefused("；".join(result.refusals))
    except (ListRefused, MonthFrozen) as error:
        raise ImportRefused(str(error)) from error
    return result


def _import(
    path: Path, *, year: int, month: date | None, by: User, source: str, is_demo: bool, stated_on: date | None
) -> ImportResult:
    try:
        reading = read_isolated(path, year=year, month=month)
    except WorkbookRefused as error:
        raise ImportRefused(str(error)) from error
    result = ImportResult(reading=reading)
    operation = record(
        by=by, verb="exchange.import", source=source, file=reading.file_name, sha256=reading.sha256
    )
    sources: list[RowSource] = []
    for sheet in reading.sheets:
        writer = _SheetWriter(sheet=sheet, year=year, month=month, by=by, source=source, is_demo=is_demo)
        sources += writer.write(result, stated_on)
    if not result.refusals and figures.is_year_closed(year):
        result.refusals.append(
            f"{year}年度已年末关账，清单、计划与月报不再改动。如需更正，请写入未关账的年度。"
        )
    if result.applied + result.unchanged == 0 and not result.refusals:
        result.refusals.append("没有读到任何项目行。请检查表头是否含“项目名称”，以及工作表是否选对。")
    if not result.refusals:
        _save_sources(result, operation, year, sources)
    return result


def _save_sources(result: ImportResult, operation: Operation, year: int, sources: list[RowSource]) -> None:
    batch = ImportBatch.objects.create(
        operation=operation, file_name=result.reading.file_name, sha256=result.reading.sha256, year=year,
        rows_in=result.rows_in, applied=result.applied, unchanged=result.unchanged, rejected=result.rejected,
        classified=result.classified,
        warnings=[
            {"sheet": sheet.name, "cell": item.cell, "code": item.code, "message": item.message}
            for sheet in result.reading.sheets for item in sheet.warnings
        ],
    )  # fmt: skip
    for source in sources:
        source.batch = batch
    RowSource.objects.bulk_create(sources)


class _SheetWriter:
    """把一张读好的工作表写成事实；每行只归一类。"""

    def __init__(
        self, *, sheet: SheetReading, year: int, month: date | None, by: User, source: str, is_demo: bool
    ) -> None:
        self.sheet, self.year, self.month = sheet, year, month
        self.by, self.source, self.is_demo = by, source, is_demo
        self.by_code, self.by_name = projects.match_index()
        self.organizations: dict[str, Organization] = {}

    def write(self, result: ImportResult, stated_on: date | None) -> list[RowSource]:
        rows = [row for row in self.sheet.rows if row.kind == "project"]
        kinds = Counter(row.kind for row in self.sheet.rows if row.kind != "blank")
        result.classified += sum(
            number for kind, number in kinds.items() if kind not in ("project", "rejected")
        )
        result.rejected += kinds["rejected"]
        if not rows:
            return []
        writers = {"project_list": self._list, "monthly_plan": self._plans, "monthly_report": self._reports}
        pairs = writers[self.sheet.kind](rows, result, stated_on)
        changed = [project for project, row, differs in pairs if differs]
        result.applied += len(changed)
        result.unchanged += len(pairs) - len(changed)
        result.projects += [project for project, _, _ in pairs]
        return [self._source(project, row) for project, row, differs in pairs if differs]

    def _source(self, project: Project, row: RowReading) -> RowSource:
        cells = [
            {
                "cell": item.cell,
                "field": item.field if item.month is None else f"{item.field}:{item.month}",
                "raw": item.raw,
                "value": "" if item.value is None else str(item.value),
            }
            for item in row.values
        ]
        return RowSource(project=project, sheet=self.sheet.name, row=row.row, cells=cells)

    def _match(self, row: RowReading) -> Project | None:
        code, name = _text(row, "code"), _text(row, "name")
        if code:
            return self.by_code.get(code)
        same = self.by_name.get(name_key(name), [])
        if len(same) > 1:
            raise ImportRefused(
                f"{self.sheet.name}第{row.row}行“{name}”与多个项目同名。请在“内部编号”列写明编号。"
            )
        return same[0] if same else None

    def _list(
        self, rows: list[RowReading], result: ImportResult, stated_on: date | None
    ) -> list[tuple[Project, RowReading, bool]]:
        listed = [self._listed(row) for row in rows]
        self._refuse_stopped(listed)
        on = stated_on or self.sheet.stated_on or date(self.year, 1, 1)
        title = f"{self.year}年{'年中增补' if self.sheet.listing == 'added' else '年初'}清单"
        _, saved = projects_actions.save_list(
            year=self.year,
            title=title,
            rows=listed,
            by=self.by,
            on=min(on, timezone.localdate()),
            source=self.source,
        )
        return [(item.project, row, item.changed) for item, row in zip(saved, rows, strict=True)]

    def _refuse_stopped(self, listed: list[ListedProject]) -> None:
        """停止实施的项目从不结转（种子 F08、金标 4）。"""
        carried = [
            row.project for row in listed if row.project and row.entry.get("entry") == Entry.CARRIED_OVER
        ]
        if not carried:
            return
        verdicts = figures.evaluate(self.year - 1, as_of=date(self.year - 1, 12, 31)).verdicts
        for project in carried:
            verdict = verdicts.get(project.code)
            if verdict is not None and verdict.outcome == Outcome.STOPPED:
                raise ImportRefused(f"{project.code}上年已停止实施，不能结转。请从清单中去掉。")

    def _listed(self, row: RowReading) -> ListedProject:
        project = self._match(row)
        entry: dict[str, Any] = {"level": self.sheet.level, "category": row.category or ""}
        entry["entry"] = self._word(row, "entry", ENTRY_WORDS) or self.sheet.listing or Entry.INITIAL
        entry["formality"] = self._word(row, "formality", FORMALITY_WORDS) or Formality.FORMAL
        entry["category_inferred"] = "类别推定" in _text(row, "note")
        for name, target in _ENTRY_AMOUNTS.items():
            if (amount := _integer(row, name)) is not None:
                entry[target] = amount
        return ListedProject(
            project=project,
            code=_text(row, "code"),
            profile=self._profile(row),
            entry=entry,
            goal=_goal(row),
            is_demo=self.is_demo and _text(row, "name").startswith("示例"),
        )

    def _word(self, row: RowReading, name: str, words: dict[str, str]) -> str | None:
        text = _text(row, name)
        if text and text not in words:
            item = row.get(name)
            place = item.cell if item else f"第{row.row}行"
            raise ImportRefused(f"{self.sheet.name}!{place}“{text}”不认识，请写：{'、'.join(words)}。")
        return words.get(text)

    def _profile(self, row: RowReading) -> dict[str, Any]:
        # 空格不是“改为空”：没写的字段保持原值
        profile: dict[str, Any] = {name: text for name in _PROFILE_TEXTS if (text := _text(row, name))}
        profile["name"] = _text(row, "name")
        total = row.get("total_investment")
        if total is not None and (total.value, total.low) != (None, None):
            profile["total_investment_yuan"] = _integer(row, "total_investment")
            profile["investment_qualifier"] = total.qualifier or ""
            profile["investment_low_yuan"], profile["investment_high_yuan"] = (
                _bound(total.low),
                _bound(total.high),
            )
        for name in ("planned_start", "planned_finish"):
            if (item := row.get(name)) is not None and item.raw:
                profile[f"{name}_text"] = item.raw[:60]
                profile[f"{name}_on"] = _day(item)
        for name, target in (("lon", "longitude"), ("lat", "latitude")):
            if _text(row, name):
                profile[target] = Decimal(_text(row, name))
        for name, kind in _ORGANIZATIONS.items():
            if (text := _text(row, name)) != "":
                profile[name] = self._organization(text, kind)
        return profile

    def _organization(self, name: str, kind: OrganizationKind) -> Organization:
        name = name[:80]
        if name not in self.organizations:
            is_demo = name.startswith("示例")
            self.organizations[name] = ensure_organization(name=name, kind=kind, by=self.by, is_demo=is_demo)
        return self.organizations[name]

    def _plans(
        self, rows: list[RowReading], result: ImportResult, stated_on: date | None
    ) -> list[tuple[Project, RowReading, bool]]:
        found = self._project_years(rows, result)
        plans = []
        for project_year, row in found:
            for number in range(1, 13):
                values = {item.field: item for item in row.values if item.month == number}
                if values:
                    plans.append(
                        {"project_year": project_year, "month": date(self.year, number, 1), **_plan(values)}
                    )
        on = stated_on or self.sheet.stated_on or date(self.year, 1, 1)
        changed = tracking_actions.save_plans(rows=plans, by=self.by, on=on, source=self.source)
        touched = {plan["project_year"].pk for plan, differs in zip(plans, changed, strict=True) if differs}
        return [(item.project, row, item.pk in touched) for item, row in found]

    def _reports(
        self, rows: list[RowReading], result: ImportResult, stated_on: date | None
    ) -> list[tuple[Project, RowReading, bool]]:
        if self.month is None:
            raise ImportRefused("这是月报工作簿，请注明月份（命令行加 --month 2022-06）。")
        found = self._project_years(rows, result)
        reports = [{"project_year": project_year, **_report(row)} for project_year, row in found]
        on = stated_on or self.month.replace(day=25)
        changed = tracking_actions.save_reports(
            month=self.month, rows=reports, by=self.by, on=on, source=self.source
        )
        pairs = zip(found, changed, strict=True)
        return [(item.project, row, differs) for (item, row), differs in pairs]

    def _project_years(
        self, rows: list[RowReading], result: ImportResult
    ) -> list[tuple[ProjectYear, RowReading]]:
        """把计划或月报的行对到年度项目；对不上的行拒收并说明。"""
        listed = {
            item.project_id: item
            for item in ProjectYear.objects.filter(year=self.year).select_related("project")
        }
        found = []
        for row in rows:
            project = self._match(row)
            if project is None or project.pk not in listed:
                result.rejected += 1
                result.refusals.append(
                    f"{self.sheet.name}第{row.row}行“{_text(row, 'name')}”不在{self.year}年清单上。请先导入清单或核对名称。"
                )
            else:
                found.append((listed[project.pk], row))
        return found


_ENTRY_AMOUNTS = {
    "planned_investment": "planned_investment_yuan",
    "cumulative_before": "cumulative_before_yuan",
}
_PROFILE_TEXTS = ("nature", "scale", "street", "key_area", "note")
_ORGANIZATIONS = {"responsible_unit": OrganizationKind.RESPONSIBLE, "owner": OrganizationKind.OWNER}


def _text(row: RowReading, name: str) -> str:
    item = row.get(name)
    return "" if item is None or item.value is None else str(item.value)


def _integer(row: RowReading, name: str) -> int | None:
    item = row.get(name)
    return int(item.value) if item is not None and item.value is not None else None


def _bound(value: object) -> int | None:
    return None if value is None else int(str(value))


def _day(item: CellReading) -> date | None:
    try:
        return date.fromisoformat(str(item.value))
    except ValueError:
        return None


def _goal(row: RowReading) -> dict[str, Any]:
    text = _text(row, "goal")
    if not text:
        return {}
    goal: dict[str, Any] = {"text": text, "goal_type": classify_goal(text)}
    if (due := row.get("goal_due")) is not None:
        goal.update(due_text=due.raw[:60], due_on=_day(due), due_precision=due.precision or "")
    return goal


def _plan(values: dict[str, CellReading]) -> dict[str, Any]:
    plan: dict[str, Any] = {}
    if (item := values.get("plan_investment")) is not None:
        plan["planned_investment_yuan"] = _bound(item.value)
    if (item := values.get("plan_progress")) is not None:
        plan["planned_progress_percent"] = None if item.value is None else Decimal(str(item.value))
    if (item := values.get("plan_work")) is not None:
        plan["planned_work"] = str(item.value or "")
    return plan


def _report(row: RowReading) -> dict[str, Any]:
    report: dict[str, Any] = {name: _text(row, name) for name in ("work", "problems", "next_steps")}
    report["investment_yuan"] = _integer(row, "month_investment")
    progress = row.get("progress")
    report["progress_percent"] = (
        Decimal(str(progress.value)) if progress and progress.value is not None else None
    )
    return report
