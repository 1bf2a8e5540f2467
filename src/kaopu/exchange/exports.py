"""导出：某人看得见的问题清单、项目清单、月度计划与统计表，写成办公室的版式；每次导出留痕（HANDBOOK §7.2 第10条，TRUST §5）。"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Past
from kaopu.domain.days import chinese_day
from kaopu.domain.money import QUALIFIER_WORDS
from kaopu.domain.outcomes import OUTCOME_LABELS
from kaopu.exchange.excel_out import (
    write_monthly_plan,
    write_problem_list,
    write_statistics,
    write_year_list,
)
from kaopu.exchange.excel_out.layout import in_wan
from kaopu.exchange.problem_writer import problem_row
from kaopu.figures.queries import Book
from kaopu.figures.tabulated import category_rows
from kaopu.projects.models import AnnualGoal, ListEntry, MonthlyPlan, Project, ProjectProfile
from kaopu.projects.queries import profiled_then, profiles_known
from kaopu.supervision.models import IssueKind
from kaopu.supervision.queries.issues import visible_issues


class ExportRefused(Exception):
    """不能导出，理由与办法见信息。"""


@transaction.atomic
def export_problems(path: Path, *, by: User, day: date, past: Past | None = None) -> None:
    """问题清单：看得见的全部问题与要素保障，现在的或当时的，已销号的也在内；现在的原样导回一条不变。"""
    steps = list(
        visible_issues(by, past)
        .filter(issue__kind__in=(IssueKind.PROBLEM, IssueKind.SUPPORT))
        .select_related("issue__project__profile", "owner")
        .prefetch_related("issue__assists")
        .order_by("issue__category", "issue__on", "issue__pk")
    )
    profiled_then([step.issue.project for step in steps], past)
    rows = [problem_row(step) for step in steps]
    record(by=by, verb="exchange.export", what="问题清单", rows=len(rows), past=_told(past))
    unit_line = f"填报单位：{_unit_of(by)}　截至{chinese_day(day)}"
    write_problem_list(path, title="重大工程问题清单", unit_line=unit_line, rows=rows)


@transaction.atomic
def export_list(path: Path, *, year: int, by: User, past: Past | None = None) -> None:
    """项目清单：看得见的条目，现行的或当时的，区属、市属各一张表；一条也没有的抛 :class:`ExportRefused`。"""
    entries = _entries(year, by, past)
    goals = {
        goal.project_year_id: goal
        for goal in AnnualGoal.objects.seen(past).filter(project_year__year=year).order_by("-ordinal")
    }
    rows = [_listed(entry, profile, goals.get(entry.project_year_id)) for entry, profile in entries]
    record(by=by, verb="exchange.export", what="项目清单", year=year, rows=len(rows), past=_told(past))
    unit_line = f"填报单位：{_unit_of(by)}{_told(past)}"
    write_year_list(path, year=year, title=f"{year}年重大工程项目清单", unit_line=unit_line, rows=rows)


@transaction.atomic
def export_plans(path: Path, *, year: int, by: User, past: Past | None = None) -> None:
    """月度计划：看得见的项目一行，一年十二个月，现行的或当时的；一条也没有的抛 :class:`ExportRefused`。"""
    entries = _entries(year, by, past)
    plans: dict[int, list[MonthlyPlan]] = defaultdict(list)
    for plan in MonthlyPlan.objects.seen(past).filter(project_year__year=year):
        plans[plan.project_year_id].append(plan)
    rows = []
    for entry, profile in entries:
        own = plans[entry.project_year_id]
        rows.append(
            {
                **_identity(entry.project_year.project, profile),
                "plan_investment": {plan.month.month: plan.planned_investment_yuan for plan in own},
                "plan_progress": {plan.month.month: plan.planned_progress_percent for plan in own},
                "plan_work": {plan.month.month: plan.planned_work for plan in own},
            }
        )
    record(by=by, verb="exchange.export", what="月度计划", year=year, rows=len(rows), past=_told(past))
    title, unit = f"{year}年重大工程月度计划{_told(past)}", _unit_of(by)
    write_monthly_plan(path, year=year, title=title, rows=rows, unit=unit)


@transaction.atomic
def export_statistics(path: Path, *, book: Book, by: User) -> None:
    """统计表：五类 × 结果；分项相加与口径数不符的抛 :class:`ExportRefused`，免得表上的合计与系统两样。"""
    columns, rows = category_rows(book)
    body, total = rows[:-1], rows[-1]
    sums = [sum(cells[index].value for _, _, cells in body) for index in range(len(columns))]
    agree = all(whole.value == sum(cell.value for cell in cells) for _, whole, cells in rows)
    if not agree or sums != [cell.value for cell in total[2]]:
        raise ExportRefused("五类相加与总数不符，不能导出。请先在统计页按恒等式找出问题项目并改正。")
    record(by=by, verb="exchange.export", what="统计表", year=book.year, as_of=book.as_of)
    write_statistics(
        path,
        title=f"{book.year}年区属正式项目年度目标完成情况统计表",
        unit_line=f"截至{chinese_day(book.as_of)}，按{timezone.localtime(book.known_at):%Y-%m-%d %H:%M}所知",
        outcomes=[OUTCOME_LABELS[outcome] for outcome in columns],
        rows=[(label, [cell.value for cell in cells]) for label, _, cells in body],
        notes=(f"注：计数单位为年度项目；规则集 {book.rule_set or '—'}。",),
    )


def _unit_of(by: User) -> str:
    """填报单位：本人所在单位；推进办的人没有另写单位。"""
    return str(by.organization or "区推进办")


def _told(past: Past | None) -> str:
    """表上写明截至哪天；看现在的不写。"""
    return f"　截至{chinese_day(past.as_of)}" if past else ""


def _entries(year: int, by: User, past: Past | None) -> list[tuple[ListEntry, ProjectProfile | None]]:
    """看得见的条目，各配档案的一版。"""
    found = list(
        ListEntry.objects.seen(past)
        .filter(project_year__year=year, project_year__project__in=Project.objects.visible_to(by))
        .select_related(
            "project_year__project__profile__responsible_unit", "project_year__project__profile__owner"
        )
        .order_by("project_year__project__code")
    )
    if not found:
        raise ExportRefused(f"{year}年清单上没有您看得见的项目，没有可导出的。请换一个年度。")
    if past is None:
        return [(entry, entry.project_year.project.profile) for entry in found]
    profiles = profiles_known(as_of=past.as_of, known_at=past.known_at, year=year)
    return [(entry, profiles.get(entry.project_year.project_id)) for entry in found]


def _identity(project: Project, profile: ProjectProfile | None) -> dict[str, object]:
    unit = profile.responsible_unit if profile else None
    return {
        "code": project.code,
        "name": profile.name if profile else project.code,
        "responsible_unit": unit.name if unit else None,
    }


def _listed(entry: ListEntry, profile: ProjectProfile | None, goal: AnnualGoal | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        **_identity(entry.project_year.project, profile),
        "level": entry.level,
        "category": entry.category,
        "entry": entry.get_entry_display(),
        "formality": entry.get_formality_display(),
        "cumulative_before": entry.cumulative_before_yuan,
        "planned_investment": entry.planned_investment_yuan,
    }
    if goal is not None:
        row |= {"goal": goal.text, "goal_due": goal.due_on, "goal_due_text": goal.due_text}
    if profile is not None:
        plain = ("nature", "scale", "street", "key_area", "note", "planned_start_text", "planned_finish_text")
        row |= {name: getattr(profile, name) for name in plain}
        row |= {
            "owner": profile.owner.name if profile.owner else None,
            "planned_start": profile.planned_start_on,
            "planned_finish": profile.planned_finish_on,
            "lon": profile.longitude,
            "lat": profile.latitude,
            "total_investment": profile.total_investment_yuan,
            "total_investment_text": _qualified(profile),
        }
    return row


def _qualified(profile: ProjectProfile) -> str:
    """带限定词的总投资写成文字，一分不改：“约12000万元”“20000万元-30000万元”；没有限定词的写数字。"""
    exact, qualifier = profile.total_investment_yuan, profile.investment_qualifier
    low, high = profile.investment_low_yuan, profile.investment_high_yuan
    if exact is None and low is not None and high is not None:
        return f"{in_wan(low)}万元-{in_wan(high)}万元"
    if exact is None or qualifier not in QUALIFIER_WORDS:
        return ""
    return f"{QUALIFIER_WORDS[qualifier]}{in_wan(exact)}万元"
