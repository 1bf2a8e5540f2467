"""采集表的行键：某月、某年度项目、下发时月报的一版。填好的表凭它导回，过时的、别的月份的退回（HANDBOOK §7.2 第10条）。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kaopu.accounts.models import Organization
from kaopu.projects.models import ListEntry, MonthlyPlan, ProjectYear
from kaopu.projects.queries import years_listed
from kaopu.tracking.models import MonthlyReport
from kaopu.tracking.queries import first_open_month


class FormOutdated(Exception):
    """这份采集表不能收，理由与办法见信息。"""


@dataclass(frozen=True, kw_only=True)
class FormKey:
    """一行的键。``seen`` 是下发时现行月报的编号，没有月报为 0。"""

    month: date
    project_year: int
    seen: int

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}/{self.project_year}/{self.seen}"


def read_key(text: str) -> FormKey:
    """表上的键 → 行键；改动过的抛 :class:`FormOutdated`。"""
    try:
        month, project_year, seen = text.split("/")
        return FormKey(
            month=date.fromisoformat(f"{month}-01"), project_year=int(project_year), seen=int(seen)
        )
    except ValueError as error:
        raise FormOutdated("采集表里隐藏的行键被改动过。请重新下载本月的采集表填写。") from error


def accept_key(
    key: FormKey, *, month: date, live: Mapping[int, MonthlyReport], said: Mapping[str, object]
) -> None:
    """核对行键：月份须是本次导入的月份，下发之后不得已有新版月报。

    ``live``：年度项目 → 现行月报；``said``：表上这一行说的，与新版一字不差的照收（同一份表又交来一次，没有什么可改）。
    """
    if key.month != month:
        raise FormOutdated(
            f"这是{key.month.year}年{key.month.month}月的采集表，本次导入的是{month.year}年{month.month}月。"
            "请改选月份，或换本月的采集表。"
        )
    report = live.get(key.project_year)
    same = report is not None and all(getattr(report, name) == value for name, value in said.items())
    if (report.pk if report else 0) != key.seen and not same:
        raise FormOutdated("采集表下发之后，其中的项目已报过新的月报。请重新下载采集表，在新表上改。")


def live_reports(month: date) -> dict[int, MonthlyReport]:
    """某月各年度项目的现行月报：年度项目编号 → 月报。"""
    return {report.project_year_id: report for report in MonthlyReport.objects.live().filter(month=month)}


def months_to_collect() -> list[date]:
    """还收月报的各月：清单上各年未冻结的，从早到晚；冻结的月份发了表也收不回。"""
    found = []
    for year in years_listed():
        opening = first_open_month(year)
        if opening is not None:
            found += [date(year, number, 1) for number in range(opening.month, 13)]
    return sorted(found)


def form_rows(*, month: date, unit: Organization) -> list[dict[str, object]]:
    """一家责任单位某月采集表的各行，已预填计划、上月累计和现行月报。"""
    entries = (
        ListEntry.objects.live()
        .filter(project_year__year=month.year, project_year__project__profile__responsible_unit=unit)
        .select_related("project_year__project__profile")
        .order_by("project_year__project__code")
    )
    years = [entry.project_year for entry in entries]
    reports = MonthlyReport.objects.live().filter(project_year__in=years)
    current = {report.project_year_id: report for report in reports if report.month == month}
    before: dict[int, int] = defaultdict(int)
    for report in reports:
        if report.month < month:
            before[report.project_year_id] += report.investment_yuan or 0
    plans = {
        plan.project_year_id: plan.planned_investment_yuan
        for plan in MonthlyPlan.objects.live().filter(project_year__in=years, month=month)
    }
    return [
        _row(year, month, current.get(year.pk), before.get(year.pk, 0), plans.get(year.pk)) for year in years
    ]


def _row(
    year: ProjectYear, month: date, report: MonthlyReport | None, before: int, planned: int | None
) -> dict[str, object]:
    profile = year.project.profile
    row: dict[str, object] = {
        "form_key": str(FormKey(month=month, project_year=year.pk, seen=report.pk if report else 0)),
        "name": profile.name if profile else year.project.code,
        "planned_this_month": planned,
        "previous_cumulative": before,
    }
    if report is not None:
        row |= {
            "month_investment": report.investment_yuan,
            "progress": report.progress_percent,
            "work": report.work,
            "problems": report.problems,
            "next_steps": report.next_steps,
        }
    return row
