"""载入示例办公室：数据文件 → 办公室版式的工作簿 → 与用户相同的导入与动作 → 十二次月末关账与年末关账。"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from kaopu.accounts.models import User
from kaopu.demo.accounts import add_accounts
from kaopu.demo.loop import DemoLoop
from kaopu.documents.actions import close_month_with_bulletin
from kaopu.domain.carryover import LifecycleStage
from kaopu.domain.causes import Cause
from kaopu.domain.milestones import GoalType
from kaopu.domain.money import YUAN_PER_WAN, headline
from kaopu.domain.outcomes import Outcome
from kaopu.domain.suspension import OpinionSide
from kaopu.exchange.actions import count_rows, import_workbook
from kaopu.exchange.excel_out import write_monthly_plan, write_monthly_report, write_project_list
from kaopu.figures.actions import close_year
from kaopu.figures.queries import carry_over_proposal
from kaopu.projects import actions as projects_actions
from kaopu.projects.models import AnnualGoal, ListEntry, Project, ProjectYear
from kaopu.tracking import actions as tracking_actions
from kaopu.tracking.models import Suspension

DATA = Path(__file__).resolve().parent / "data"
YEAR = 2022
UNSTATED_GOAL = "年度目标（来源文件未载明细）"
SOURCE = "普桃推办〔2023〕1号"
STOP_ON, RESUMED_BY = date(2022, 3, 28), date(2022, 6, 30)
ADDED_ON, FIRST_ADDED_MONTH = date(2022, 7, 15), 8
Row = Mapping[str, str]


class DemoRefused(Exception):
    """示例只能载入空的数据目录。"""


@transaction.atomic
def load_demo(*, by: User) -> bool:
    """载入示例办公室；已载入返回 ``False`` 且什么也不改；库里有别的数据则拒绝。"""
    if User.objects.filter(is_demo=True).exists():
        return False
    if Project.objects.exists():
        raise DemoRefused(
            "数据目录里已有正式数据，不能混入示例。请把 KAOPU_HOME 指到一个空目录再运行 kaopu demo。"
        )
    with TemporaryDirectory() as folder:
        office = _Office(by=by, folder=Path(folder))
        office.compile_lists()
        add_accounts(by=by)
        office.plan()
        office.record_story()
        office.run_year()
        office.carry_over()
    count_rows()
    return True


def _rows(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(kw_only=True)
class _Office:
    """示例办公室的一年，按办公室办事的先后。"""

    by: User
    folder: Path

    def __post_init__(self) -> None:
        self.named = _rows("named.csv")
        self.fillers = _rows("fillers.csv")
        self.next_year = _rows("next_year.csv")
        self.curves = {
            row["curve"]: [Decimal(row[f"{n}月"]) for n in range(1, 13)] for row in _rows("curves.csv")
        }

    def _import(
        self, write: Callable[[Path], None], *, on: date, year: int, month: date | None = None
    ) -> None:
        """写成办公室版式的工作簿，再照用户的路导入。"""
        path = self.folder / "示例.xlsx"
        write(path)
        import_workbook(path, year=year, month=month, by=self.by, source="demo", is_demo=True, stated_on=on)

    def _list(
        self, rows: Sequence[Mapping[str, object]], *, on: date, year: int, level: str, title: str
    ) -> None:
        unit_line = f"填报单位：区推进办（示例）　{on.year}年{on.month}月"

        def write(path: Path) -> None:
            write_project_list(
                path, year=year, level=level, title=title, unit_line=unit_line, rows=rows, with_locations=True
            )

        self._import(write, on=on, year=year)

    def compile_lists(self) -> None:
        """年初清单（市属 14、区属 60）与年中增补（13）。"""
        municipal = [_named(row) for row in self.named if row["level"] == "municipal"]
        self._list(
            municipal, on=date(2022, 1, 10), year=YEAR, level="municipal", title="2022年市属重大工程（示例）"
        )
        initial = [_named(row) for row in self.named if row["level"] == "district"]
        initial += [_filler(row) for row in self.fillers if not _added(row)]
        self._list(
            initial,
            on=date(2022, 1, 10),
            year=YEAR,
            level="district",
            title="2022年普陀区区属重大工程清单（示例）",
        )
        added = [_filler(row) for row in self.fillers if _added(row)]
        title = "2022年普陀区区属重大工程年中新增清单（示例）"
        self._list(added, on=ADDED_ON, year=YEAR, level="district", title=title)
        self.projects = {project.code: project for project in Project.objects.select_related("profile")}
        years = ProjectYear.objects.filter(year=YEAR).select_related("project")
        self.years = {item.project.code: item for item in years}

    def plan(self) -> None:
        """月度计划：年初项目全年，年中新增自 8 月起。"""
        for added, on in ((False, date(2022, 1, 20)), (True, ADDED_ON)):
            rows = [self._plan_row(row) for row in self.fillers if _added(row) == added]
            write = partial(write_monthly_plan, year=YEAR, title="2022年项目建设月度计划（示例）", rows=rows)
            self._import(write, on=on, year=YEAR)

    def _plan_row(self, row: Row) -> dict[str, object]:
        monthly = self._monthly(row, "plan")
        return {
            "code": row["code"],
            "name": row["name"],
            "responsible_unit": row["unit"],
            "plan_investment": {number: amount for number, (amount, _) in monthly.items()},
            "plan_progress": {number: progress for number, (_, progress) in monthly.items()},
        }

    def _monthly(self, row: Row, curve: str) -> dict[int, tuple[int, Decimal]]:
        """一条曲线摊到各月：（当月投资元，累计进度 %）。"""
        first = FIRST_ADDED_MONTH if _added(row) else 1
        values = self.curves[curve]
        base = values[first - 2] if first > 1 else Decimal(0)  # 年中新增的从列入时起算，到 100 为满
        whole = 100 - base
        annual = int(row["annual_wan"]) * YUAN_PER_WAN
        found, spent = {}, 0
        for number in range(first, 13):
            share = (values[number - 1] - base) / whole
            cumulative = int(annual * share)
            found[number] = (cumulative - spent, (share * 100).quantize(Decimal("0.1")))
            spent = cumulative
        return found

    def record_story(self) -> None:
        """全年的事实：集中开工、停复工、目标达成、认定、滞后原因、进展、竣工备案。"""
        self._hold_ceremony()
        self._stop_and_resume()
        self._record_municipal()
        self._record_achievements()
        self._record_decisions()
        self._record_lag_reasons()
        for row in self.fillers:
            if row["filed_on"]:
                projects_actions.record_stage(
                    project=self.projects[row["code"]], stage=LifecycleStage.FILED,
                    evidence="示例备案表", by=self.by, on=date.fromisoformat(row["filed_on"]),
                )  # fmt: skip

    def _hold_ceremony(self) -> None:
        members = [self.projects[row["code"]] for row in self.fillers if row["ceremony"]]
        total = sum(member.profile.total_investment_yuan or 0 for member in members if member.profile)
        published, qualifier = headline(total)
        projects_actions.hold_ceremony(
            name="普陀区2022年重点项目集中开工仪式", year=YEAR, projects=members, published_count=len(members),
            published_investment_yuan=published, published_qualifier=qualifier or "",
            by=self.by, on=date(2022, 1, 10), is_demo=True,
        )  # fmt: skip

    def _stop_and_resume(self) -> None:
        """3—6 月统一停工：一项一方案、三道意见，武宁路列第二批白名单 5 月 26 日复工，其余 6 月底前（种子 C04–C12）。"""
        stopped = {
            row["code"]: date.fromisoformat(row["resumed_on"]) for row in self.fillers if row["resumed_on"]
        }
        back = {**stopped, "D07": RESUMED_BY, "D08": RESUMED_BY, "M07": date(2022, 5, 26)}
        campaign = tracking_actions.declare_campaign(
            name="2022年疫情防控停复工", cause="3—6月疫情防控停工", target_on=RESUMED_BY,
            projects=[self.projects[code] for code in back], by=self.by, on=STOP_ON,
        )  # fmt: skip
        stops = {stop.project.code: stop for stop in campaign.suspensions.select_related("project__profile")}
        for code, stop in stops.items():
            self._plan_resumption(stop, back[code])
            if code not in ("M07", "D07", "D08"):
                tracking_actions.note_still_stopped(
                    suspension=stop, cause=Cause.FORCE_MAJEURE, reason="人员未到位（示例）", expected_on=RESUMED_BY,
                    by=self.by, on=date(2022, 5, 31),
                )  # fmt: skip
        tracking_actions.issue_batch(
            campaign=campaign, number=2, issuer="市住房城乡建设管理委", suspensions=[stops["M07"]], by=self.by,
            on=date(2022, 5, 26),
        )  # fmt: skip
        for day in sorted(set(back.values())):
            due = [stops[code] for code, resumed in back.items() if resumed == day]
            batch = "第二批复工复产白名单" if day == back["M07"] else "区属重点项目复工"
            tracking_actions.resume(suspensions=due, by=self.by, on=day, batch=batch)

    def _plan_resumption(self, stop: Suspension, day: date) -> None:
        filed = min(day, date(2022, 5, 20))
        plan = tracking_actions.file_plan(
            suspension=stop, document="复工复产方案（示例）", measures="人员闭环、物资消杀、分区施工、安全复查（示例）",
            resume_on=day, by=self.by, on=filed,
        )  # fmt: skip
        sides = (
            (OpinionSide.STREET, "属地街镇"),
            (OpinionSide.INDUSTRY, "行业主管部门"),
            (OpinionSide.OFFICE, "区推进办"),
        )
        for side, unit in sides:
            tracking_actions.give_opinion(plan=plan, side=side, unit=unit, agrees=True, by=self.by, on=filed)

    def _record_municipal(self) -> None:
        for row in self.named:
            if row["level"] != "municipal":
                continue
            project = self.projects[row["code"]]
            for text in filter(None, (row["quote"], row["extra"])):
                tracking_actions.note_progress(
                    project=project, year=YEAR, text=text.rstrip("。"), by=self.by, on=date(2022, 12, 31)
                )
        add = projects_actions.add_subproject
        day = date(2022, 12, 15)
        add(project=self.projects["M01"], name="上海西站站", kind="站点", started_on=day, by=self.by, on=day)
        for name, state in (
            ("西北物流", "主体结构完成，正在进行收尾"),
            ("岚皋南", "已开工"),
            ("桃浦新村", "已开工"),
        ):
            add(
                project=self.projects["M11"], name=name, kind="子项", state_text=state, by=self.by,
                on=date(2022, 12, 31),
            )  # fmt: skip

    def _record_achievements(self) -> None:
        goals = {
            goal.project_year_id: goal for goal in AnnualGoal.objects.live().filter(project_year__year=YEAR)
        }
        for row in (*self.named, *self.fillers):
            if not row["achieved_on"]:
                continue
            goal = goals[self.years[row["code"]].pk]
            tracking_actions.record_achievement(
                goal=goal, reached=GoalType(goal.goal_type), by=self.by, on=date.fromisoformat(row["achieved_on"]),
                evidence=f"{SOURCE}第五节" if "quote" in row else "示例验收单", verified_by="区推进办",
            )  # fmt: skip

    def _record_decisions(self) -> None:
        day = date(2022, 12, 30)
        record = tracking_actions.record_decision
        record(
            project_year=self.years["D04"], outcome=Outcome.UNACHIEVABLE, document=f"{SOURCE}第五节",
            reason="主体建筑尚未开工，未能完成年度目标",
            measures="考虑到周边地块即将交付使用需求，目前正在抓紧推进临时站及相关管线建设", by=self.by, on=day,
        )  # fmt: skip
        record(
            project_year=self.years["D15"], outcome=Outcome.UNACHIEVABLE, document="专题会研究意见（示例文号）",
            reason="合同纠纷与施工许可问题",
            measures="下阶段将继续推进合同纠纷双方的协商，妥善解决施工许可问题，同时协调金融办帮助建设单位融资",
            by=self.by, on=day,
        )  # fmt: skip
        record(
            project_year=self.years["D16"], outcome=Outcome.STOPPED, document=f"{SOURCE}第五节",
            reason="建设单位原因", by=self.by, on=day,
        )  # fmt: skip

    def _record_lag_reasons(self) -> None:
        record = tracking_actions.record_lag_reason
        day = date(2022, 12, 30)
        livelihood = [row["code"] for row in self.fillers if _lags(row) and row["category"] == "livelihood"]
        codes = ["D07", "D08", "D18", *livelihood]
        record(
            project_years=[self.years[code] for code in codes], category=Cause.FORCE_MAJEURE,
            cause="3—6月疫情防控停工", by=self.by, on=day,
        )  # fmt: skip
        record(
            project_years=[self.years["D11"]], category=Cause.SOIL, cause="污染土壤修复方案已完成评审", next_step="计划2023年一季度开工",
            by=self.by, on=day,
        )  # fmt: skip

    def run_year(self) -> None:
        """逐月报送、逐月关账，最后年末关账。"""
        loop = DemoLoop(by=self.by, projects=self.projects)
        for number in range(1, 13):
            month = date(YEAR, number, 1)
            month_end = month.replace(day=monthrange(YEAR, number)[1])
            rows = [
                self._report_row(row, number)
                for row in self.fillers
                if not _added(row) or number >= FIRST_ADDED_MONTH
            ]
            title = f"2022年{number}月重点项目月报（示例）"
            write = partial(write_monthly_report, month=month, title=title, rows=rows)
            self._import(write, on=month.replace(day=25), year=YEAR, month=month)
            loop.until(month_end)
            close_month_with_bulletin(month=month, by=self.by)
        close_year(year=YEAR, by=self.by)

    def _report_row(self, row: Row, number: int) -> dict[str, object]:
        monthly = self._monthly(row, row["curve"])
        amount, progress = monthly[number]
        stopped = 4 <= number <= 6 and bool(row["resumed_on"])
        return {
            "code": row["code"],
            "name": row["name"],
            "responsible_unit": row["unit"],
            "month_investment": amount,
            "cumulative_investment": sum(value for month, (value, _) in monthly.items() if month <= number),
            "progress": progress,
            "work": "疫情防控停工，现场看护（示例）" if stopped else "按施工组织设计推进（示例）",
            "problems": "疫情防控停工" if stopped else "",
            "next_steps": "做好复工准备（示例）" if stopped else "按月度计划推进（示例）",
        }

    def carry_over(self) -> None:
        """2023 年清单：系统拟出的结转项目，加新增与市属占位。"""
        carried = {item.code for item in carry_over_proposal(YEAR) if item.verdict.carried}
        entries = ListEntry.objects.live().filter(
            project_year__year=YEAR, project_year__project__code__in=carried
        )
        rows: list[dict[str, object]] = [
            {
                "code": entry.project_year.project.code,
                "name": entry.project_year.project.profile.name,
                "category": entry.category,
                "entry": "结转",
                "formality": "正式",
                "goal": UNSTATED_GOAL,
                "goal_due": "2023年12月底",
                "note": "类别推定" if entry.category_inferred else "",
            }
            for entry in entries.select_related("project_year__project__profile")
        ]
        rows += [_next(row) for row in self.next_year if row["level"] == "district"]
        issued = date(2023, 1, 10)
        title = "2023年普陀区区属重大工程清单（示例）"
        self._list(rows, on=issued, year=YEAR + 1, level="district", title=title)
        municipal = [_next(row) for row in self.next_year if row["level"] == "municipal"]
        title = "2023年市属重大工程（示例）"
        self._list(municipal, on=issued, year=YEAR + 1, level="municipal", title=title)


def _added(row: Row) -> bool:
    return row["entry"] == "年中新增"


def _lags(row: Row) -> bool:
    return not row["achieved_on"]


def _named(row: Row) -> dict[str, object]:
    listed: dict[str, object] = {
        name: row[name] for name in ("code", "name", "street", "lon", "lat", "note", "category")
    }
    return {**listed, "goal": UNSTATED_GOAL, "goal_due": "2022年12月底", "scale": f"来源原文：{row['quote']}"}


def _filler(row: Row) -> dict[str, object]:
    names = (
        "code",
        "name",
        "street",
        "lon",
        "lat",
        "category",
        "nature",
        "owner",
        "goal",
        "goal_due",
        "entry",
    )
    listed: dict[str, object] = {name: row[name] for name in names}
    return {**listed, "responsible_unit": row["unit"], **_amounts(row), "note": "示例金额"}


def _next(row: Row) -> dict[str, object]:
    names = (
        "code",
        "name",
        "street",
        "lon",
        "lat",
        "category",
        "owner",
        "goal",
        "goal_due",
        "entry",
        "formality",
    )
    listed: dict[str, object] = {name: row[name] for name in names}
    return {**listed, "responsible_unit": row["unit"], **_amounts(row)}


def _amounts(row: Row) -> dict[str, object]:
    fields = {"total_investment": "total_wan", "planned_investment": "annual_wan"}
    return {name: int(row[column]) * YUAN_PER_WAN for name, column in fields.items() if row[column]}
