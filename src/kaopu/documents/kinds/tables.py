"""表格类公文：停复工情况表、项目清单与月度计划、结转表。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kaopu.documents.gongwen import Cells, Column, Gongwen, Piece, Proper
from kaopu.documents.kinds.kind import Asked, Kind, draft_header
from kaopu.documents.sources import Sources
from kaopu.documents.wording import Sentence
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.figures.progress import Row
from kaopu.projects import queries as projects
from kaopu.projects.models import AnnualGoal, Category, MonthlyPlan
from kaopu.tracking.models import Resumption, Suspension
from kaopu.tracking.queries import approved_stops

_ORDER = Column(head="序号", width=0.5, ordinal=True)
_NAME = Column(head="项目名称", width=2.2)
_UNIT = Column(head="责任单位", width=1.3)


def _year_end(asked: Asked) -> date:
    return min(asked.on, date(asked.year, 12, 31))


# ── 停复工情况表 ──────────────────────────────────────────────────────────


def compose_stops(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """停复工情况表：某年各项目的停工与复工。"""
    draft_header(paper, sources)
    paper.title(f"{asked.year}年重点项目停复工情况表")
    stops, resumed = _stops(sources)
    paper.say("个数", {"日期": asked.day, "停工未复工": sources.number("progress.stopped.all")})
    columns = [
        _ORDER, _NAME, Column(head="停工日期", width=1.75), Column(head="原因", width=1.4),
        Column(head="复工方案", width=0.7), Column(head="复工日期", width=1.75), Column(head="批次", width=1.4),
    ]  # fmt: skip
    approved = approved_stops(as_of=sources.as_of, known_at=sources.ledger.known_at)
    by_project = {entry.project_year.project_id: code for code, entry in sources.entries.items()}
    rows: list[Cells] = [
        [str(order), sources.name(by_project[stop.project_id]), [sources.quote(stop, "on")],
         [sources.quote(stop, "cause")], "已批准" if stop.plan_approved or stop.pk in approved else "未批准",
         *_resumption(sources, resumed.get(stop.pk))]
        for order, stop in enumerate((stop for stop in stops if stop.project_id in by_project), 1)
    ]  # fmt: skip
    paper.table(columns, rows, dense=True)


def _stops(sources: Sources) -> tuple[list[Suspension], dict[int, Resumption]]:
    as_of, known_at = sources.as_of, sources.ledger.known_at
    stops = (
        Suspension.objects.known(as_of=as_of, known_at=known_at)
        .filter(on__year=sources.year)
        .order_by("on", "project__code")
    )
    resumed = Resumption.objects.known(as_of=as_of, known_at=known_at)
    return list(stops), {row.suspension_id: row for row in resumed}


def _resumption(sources: Sources, row: Resumption | None) -> tuple[list[Piece], list[Piece]]:
    if row is None:
        return ["未复工"], [""]
    return [sources.quote(row, "on")], [sources.quote(row, "batch")] if row.batch else [""]


# ── 项目清单与月度计划 ────────────────────────────────────────────────────


def compose_list(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """项目清单与月度计划：清单按市属、五类分列，其后横排各月计划投资。"""
    draft_header(paper, sources)
    paper.title(f"{asked.year}年市、区重大项目建设清单\n及月度计划")
    paper.say("项数", {
        "清单": sources.number("list.all"), "市属": sources.number("list.municipal"), "区属": sources.number("list.district"),
    })  # fmt: skip
    book = sources.ledger.book
    groups: list[tuple[str, Sequence[str]]] = [("市属重大工程", book["list.municipal"].members)]
    groups += [(category.label, book[f"category.{category.value}.total"].members) for category in Category]
    goals = projects.goals_known(year=asked.year, as_of=date.max, known_at=sources.ledger.known_at)
    rows = {row.code: row for row in sources.ledger.progress.rows}
    for label, codes in groups:
        if codes:
            _list_table(paper, sources, f"{label}项目清单", [rows[code] for code in codes], goals)
    paper.landscape()
    _plan_table(paper, sources, [rows[code] for _, codes in groups for code in codes])


def _list_table(
    paper: Gongwen,
    sources: Sources,
    caption: str,
    rows: Sequence[Row],
    goals: dict[int, list[AnnualGoal]],
) -> None:
    columns = [
        _ORDER, _NAME, _UNIT, Column(head="年度目标", width=2.2),
        Column(head="总投资", number=True, width=1.1), Column(head="年度计划投资", number=True, width=1.1),
    ]  # fmt: skip
    lines: list[Cells] = []
    for order, row in enumerate(rows, 1):
        entry = sources.entries[row.code]
        profile = sources.profiles.get(entry.project_year.project_id)
        found = goals.get(entry.project_year_id, [])
        goal: list[Piece] = [sources.quote(found[0], "text")] if found else ["未载明"]
        total: list[Piece] = [sources.quote(profile, "total_investment_yuan")] if profile else [""]
        plan = sources.number(f"progress.plan.project.{row.code}@wan")
        lines.append([str(order), sources.name(row.code), Proper(row.unit_name), goal, total, plan])
    paper.table(columns, lines, caption=caption, unit="万元")


def _plan_table(paper: Gongwen, sources: Sources, rows: Sequence[Row]) -> None:
    plans = MonthlyPlan.objects.known(as_of=date.max, known_at=sources.ledger.known_at)
    by_month = {
        (plan.project_year_id, plan.month.month): plan for plan in plans.filter(month__year=sources.year)
    }
    columns = [_ORDER, Column(head="项目名称", width=1.8)]
    columns += [Column(head=f"{month}月", number=True) for month in range(1, 13)]
    lines: list[Cells] = []
    for row in rows:
        key = sources.entries[row.code].project_year_id
        found = [by_month.get((key, month)) for month in range(1, 13)]
        if any(found):
            cells: list[Piece] = [
                sources.quote(plan, "planned_investment_yuan") if plan else "" for plan in found
            ]
            lines.append([str(len(lines) + 1), sources.name(row.code), *cells])
    paper.table(columns, lines, caption="月度计划投资", unit="万元", dense=True)


# ── 结转表 ────────────────────────────────────────────────────────────────


def compose_carry_over(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """结转表：年末各区属正式项目的结果、阶段与是否结转，供人审定。"""
    draft_header(paper, sources)
    paper.title(f"{asked.year}年区属重点项目结转表")
    paper.say("个数", {
        "区属": sources.number("list.district"), "结转": sources.number("progress.carried.all"),
        "不结转": sources.number("progress.not_carried.all"),
    })  # fmt: skip
    columns = [
        _ORDER, _NAME, _UNIT, Column(head="年度目标结果", width=1.2), Column(head="项目阶段", width=1.1),
        Column(head="是否结转", width=0.9),
    ]  # fmt: skip
    rows: list[Cells] = [
        [str(order), sources.name(row.code), Proper(row.unit_name), OUTCOME_LABELS[Outcome(row.outcome)], row.stage or "未登记",
         "结转" if row.carried else "不结转"]
        for order, row in enumerate(sources.ledger.progress.within("all"), 1)
    ]  # fmt: skip
    paper.table(columns, rows)


STOPS = Kind(
    id="suspension-table", label="停复工情况表", title=lambda asked: f"{asked.year}年重点项目停复工情况表",
    as_of=_year_end, compose=compose_stops,
    wording={"个数": Sentence(text="截至{日期}，停工未复工的区属正式项目{停工未复工}个。")},
)  # fmt: skip
PROJECT_LIST = Kind(
    id="project-list", label="项目清单与月度计划", title=lambda asked: f"{asked.year}年市、区重大项目建设清单及月度计划",
    as_of=_year_end, compose=compose_list, gated=True,
    wording={"项数": Sentence(text="清单共{清单}项，其中市属{市属}项、区属{区属}项。")},
)  # fmt: skip
CARRY_OVER = Kind(
    id="carry-over-table", label="结转表", title=lambda asked: f"{asked.year}年区属重点项目结转表",
    as_of=lambda asked: date(asked.year, 12, 31), compose=compose_carry_over, gated=True,
    wording={
        "个数": Sentence(
            text="区属正式项目{区属}个，拟结转{结转}个，不结转{不结转}个。停止实施的从不结转；"
            "年度目标已完成不等于竣工，未竣工备案或投用的仍结转。"
        )
    },
)  # fmt: skip
