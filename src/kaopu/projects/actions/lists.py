"""项目、清单、目标、阶段、开工仪式的写入。导入与页面都走这里。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Fact, Operation
from kaopu.domain.carryover import LifecycleStage
from kaopu.domain.money import headline, in_text, statement_holds
from kaopu.domain.parsing import name_key
from kaopu.projects.models import (
    AnnualGoal,
    Ceremony,
    Entry,
    Formality,
    LetterSigning,
    Level,
    ListEntry,
    ListVersion,
    Project,
    ProjectProfile,
    ProjectYear,
    StageChange,
    SubProject,
)
from kaopu.projects.queries import letters_binding

MOST_NAMED = 10  # 一句话里列几个名称


class ListRefused(Exception):
    """清单不能写入，理由见信息。"""


@dataclass(frozen=True, kw_only=True)
class ListedProject:
    """清单的一行：匹配到的项目（没有则新建）与各表的字段值；表上没有的字段不出现，不改动原值。"""

    project: Project | None
    code: str
    profile: Mapping[str, Any]
    entry: Mapping[str, Any]
    goal: Mapping[str, Any] = field(default_factory=dict)
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class SavedRow:
    """写入结果：哪个项目，是否有改动。"""

    project: Project
    changed: bool


@transaction.atomic
def save_list(
    *, year: int, title: str, rows: Sequence[ListedProject], by: User, on: date, source: str = "page"
) -> tuple[Operation, list[SavedRow]]:
    """写入一版清单：新项目建档，旧项目只记有变化的事实（种子 B04）。返回办理记录与逐行结果。"""
    operation = record(
        by=by, verb="projects.save_list", source=source, year=year, title=title, rows=len(rows)
    )
    writer = _ListWriter(year=year, title=title, on=on, operation=operation)
    return operation, writer.save(rows)


class _ListWriter:
    """成批写入清单：先备齐现状，再比较，最后每张表一次写入。"""

    def __init__(self, *, year: int, title: str, on: date, operation: Operation) -> None:
        self.year, self.on, self.operation = year, on, operation
        self.title = title
        self.codes = set(Project.objects.values_list("code", flat=True))
        self.changed: set[int] = set()
        self.touched: list[int] = []
        self.bound: dict[int, LetterSigning] | None = None

    def save(self, rows: Sequence[ListedProject]) -> list[SavedRow]:
        projects = self._projects(rows)
        self.touched = [project.pk for project in projects]
        pairs = list(zip(projects, rows, strict=True))
        self._profiles(pairs)
        project_years = self._project_years(pairs)
        self._entries(pairs, project_years)
        self._goals(pairs, project_years)
        return [SavedRow(project=project, changed=project.pk in self.changed) for project in projects]

    def _fact(self, **values: Any) -> dict[str, Any]:
        # 外键一律给编号：上万行里逐个挂对象，Django 光在挂上就要花三成时间
        return {"on": self.on, "recorded_at": self.operation.at, "operation_id": self.operation.pk, **values}

    def _projects(self, rows: Sequence[ListedProject]) -> list[Project]:
        made = {
            index: Project(code=row.code or self._next_code(row), is_demo=row.is_demo)
            for index, row in enumerate(rows)
            if row.project is None
        }
        created = Project.objects.bulk_create(made.values())
        fresh = dict(zip(made, created, strict=True))
        return [row.project or fresh[index] for index, row in enumerate(rows)]

    def _next_code(self, row: ListedProject) -> str:
        letter = "M" if row.entry.get("level") == Level.MUNICIPAL else "D"
        serial = len(self.codes) + 1
        while (code := f"{letter}{serial:03d}") in self.codes:
            serial += 1
        self.codes.add(code)
        return code

    def _profiles(self, pairs: Sequence[tuple[Project, ListedProject]]) -> None:
        fresh: list[ProjectProfile] = []
        of = {project.pk: project for project, _ in pairs}
        for project, row in pairs:
            values = {**row.profile, "name_key": name_key(str(row.profile["name"]))}
            current = project.profile
            if current is not None and all(getattr(current, name) == value for name, value in values.items()):
                continue
            revision = current.revision + 1 if current else 1
            values |= self._fact(project_id=project.pk, revision=revision)
            fresh.append(ProjectProfile(**(revised(current, **values) if current else values)))
        for profile in ProjectProfile.objects.bulk_create(fresh):
            of[profile.project_id].profile = profile
            self.changed.add(profile.project_id)
        latest = ProjectProfile.objects.filter(project=OuterRef("pk")).order_by("-revision").values("pk")[:1]
        Project.objects.filter(profiles__operation=self.operation).update(profile=Subquery(latest))

    def _project_years(self, pairs: Sequence[tuple[Project, ListedProject]]) -> dict[int, ProjectYear]:
        found = {item.project_id: item for item in ProjectYear.objects.filter(year=self.year)}
        missing = [
            ProjectYear(project_id=project.pk, year=self.year)
            for project, _ in pairs
            if project.pk not in found
        ]
        for item in ProjectYear.objects.bulk_create(missing):
            found[item.project_id] = item
        return found

    def _entries(self, pairs: Sequence[tuple[Project, ListedProject]], years: dict[int, ProjectYear]) -> None:
        current = {
            item.project_year_id: item
            for item in ListEntry.objects.tails().filter(project_year__year=self.year)
        }
        previous = {item.project_id: item for item in ProjectYear.objects.filter(year=self.year - 1)}
        lost: list[Project] = []
        fresh: list[ListEntry] = []
        version: ListVersion | None = None
        for project, row in pairs:
            project_year = years[project.pk]
            before = current.get(project_year.pk)
            values = dict(row.entry)
            if before is not None and not before.voided:
                values.pop("entry", None)
                if all(getattr(before, name) == value for name, value in values.items()):
                    continue
                fresh.append(ListEntry(**revised(before, **values, **self._fact(supersedes_id=before.pk))))
            else:
                version = version or self._version()
                values.setdefault("entry", Entry.INITIAL)
                values.setdefault("formality", Formality.FORMAL)
                if values["entry"] == Entry.CARRIED_OVER:
                    values["previous"] = previous.get(project.pk)
                    lost += [project] if values["previous"] is None else []
                fresh.append(
                    ListEntry(
                        **values,
                        **self._fact(
                            project_year_id=project_year.pk,
                            list_version_id=version.pk,
                            supersedes_id=before and before.pk,
                        ),
                    )
                )
            self.changed.add(project.pk)
        self._refuse_lost(lost)
        ListEntry.objects.bulk_create(fresh)

    def _refuse_lost(self, lost: Sequence[Project]) -> None:
        """列为结转而上年清单上没有的：一次说全，改一遍就能再导。"""
        if lost:
            names = (project.profile.name if project.profile else project.code for project in lost)
            named = "".join(f"“{name}”" for name in islice(names, MOST_NAMED))
            more = f"等 {len(lost)} 个" if len(lost) > MOST_NAMED else ""
            raise ListRefused(
                f"{named}{more}列为结转，但不在{self.year - 1}年清单上。请改列新增，或先补上年清单。"
            )

    def _version(self) -> ListVersion:
        existing: ListVersion | None = (
            ListVersion.objects.live().filter(year=self.year, title=self.title).first()
        )
        if existing is not None:
            return existing
        last = ListVersion.objects.filter(year=self.year).aggregate(last=Max("number"))["last"] or 0
        return ListVersion.objects.create(**self._fact(year=self.year, number=last + 1, title=self.title))

    def _goals(self, pairs: Sequence[tuple[Project, ListedProject]], years: dict[int, ProjectYear]) -> None:
        tails = AnnualGoal.objects.tails().filter(project_year__year=self.year, ordinal=1)
        current = {goal.project_year_id: goal for goal in tails}
        fresh: list[AnnualGoal] = []
        for project, row in pairs:
            if not row.goal:
                continue
            project_year = years[project.pk]
            before = current.get(project_year.pk)
            same = before is not None and all(
                getattr(before, name) == value for name, value in row.goal.items()
            )
            if before is not None and same and not before.voided:
                continue
            if before is not None and not before.voided:
                self._refuse_locked(project)
            link = {"project_year_id": project_year.pk, "supersedes_id": before and before.pk}
            fresh.append(AnnualGoal(**row.goal, **self._fact(**link)))
            self.changed.add(project.pk)
        AnnualGoal.objects.bulk_create(fresh)

    def _refuse_locked(self, project: Project) -> None:
        """责任书签订之后，清单不能再改年度目标，同一行里换了单位的也一样（种子 D06）。"""
        if self.bound is None:
            self.bound = letters_binding(self.touched, self.year)
        if project.pk in self.bound and project.profile is not None:
            raise ListRefused(
                f"“{project.profile.name}”的年度目标已随责任书锁定，清单不能再改。请在项目页申请目标变更。"
            )


_NOT_COPIED = {"id", "on", "recorded_at", "operation", "supersedes", "voided"}


def revised(row: Fact, **values: Any) -> dict[str, Any]:
    """另起一行的各栏：``values`` 之外照抄原行；只属于那一次办理的几栏不抄。

    外键按栏名给出的，不可同时留着照抄的编号：模型认编号，新的单位就换不上去。
    """
    columns = [item for item in row._meta.concrete_fields if item.name not in {*_NOT_COPIED, *values}]
    return {**{item.attname: getattr(row, item.attname) for item in columns}, **values}


@transaction.atomic
def record_stage(
    *, project: Project, stage: LifecycleStage, evidence: str, by: User, on: date
) -> StageChange:
    """记项目阶段（如竣工备案），须有依据。"""
    if not evidence.strip():
        raise ListRefused("请写明阶段变更的依据：备案号、验收单号或文件名称。")
    before = StageChange.objects.live().filter(project=project).order_by("on", "pk").last()
    operation = record(
        by=by, verb="projects.record_stage", target=project, evidence=evidence,
        before={"stage": before.stage} if before else None, after={"stage": stage.value, "on": on},
    )  # fmt: skip
    return StageChange.objects.create(
        project=project, stage=stage, evidence=evidence, on=on, recorded_at=operation.at, operation=operation
    )


@transaction.atomic
def add_subproject(
    *,
    project: Project,
    name: str,
    kind: str,
    by: User,
    on: date,
    started_on: date | None = None,
    state_text: str = "",
) -> SubProject:
    """记一个子项、标段或站点。"""
    operation = record(by=by, verb="projects.add_subproject", target=project, name=name)
    return SubProject.objects.create(
        project=project, name=name, kind=kind, started_on=started_on, state_text=state_text,
        on=on, recorded_at=operation.at, operation=operation,
    )  # fmt: skip


@transaction.atomic
def hold_ceremony(
    *,
    name: str,
    year: int,
    projects: Sequence[Project],
    published_count: int,
    published_investment_yuan: int,
    published_qualifier: str,
    by: User,
    on: date,
    is_demo: bool = False,
) -> Ceremony:
    """记集中开工仪式；公布数与明细之和不符即拒绝（种子 B08，金标 13）。"""
    total = sum(project.profile.total_investment_yuan or 0 for project in projects if project.profile)
    if published_count != len(projects):
        raise ListRefused(f"公布{published_count}个项目，明细有{len(projects)}个。请核对后再记。")
    if not statement_holds(total, stated=published_investment_yuan, qualifier=published_qualifier):
        stated = in_text(published_investment_yuan, published_qualifier)
        shown = in_text(*headline(total))
        raise ListRefused(f"公布总投资{stated}，而明细之和为{in_text(total)}（可写{shown}）。请核对后再记。")
    operation = record(by=by, verb="projects.hold_ceremony", name=name, count=published_count, total=total)
    ceremony = Ceremony.objects.create(
        name=name, year=year, published_count=published_count, published_investment_yuan=published_investment_yuan,
        published_qualifier=published_qualifier, is_demo=is_demo,
        on=on, recorded_at=operation.at, operation=operation,
    )  # fmt: skip
    ceremony.projects.set(projects)
    return ceremony
