"""导入：行数闭合、来历可查、失败不留痕、再导不变（HANDBOOK §7.2）。"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from openpyxl import Workbook, load_workbook

from kaopu.accounts.models import Organization
from kaopu.audit.models import Operation
from kaopu.exchange.actions import import_workbook, preview, remember_columns, remember_name
from kaopu.exchange.excel_in.choices import ColumnRule
from kaopu.exchange.excel_out import write_monthly_plan, write_monthly_report, write_project_list
from kaopu.exchange.models import ImportBatch, RowSource
from kaopu.exchange.queries import Origin, origins_of
from kaopu.exchange.results import ImportRefused
from kaopu.exchange.undo import undo_import
from kaopu.projects.models import AnnualGoal, ListEntry, MonthlyPlan, Project, ProjectYear
from kaopu.tracking.actions import freeze_month
from kaopu.tracking.models import MonthlyReport, RuleSet
from tests.exchange.workbooks import write
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db
W1 = (
    Path(os.environ.get("KAOPU_SHARED", Path(__file__).resolve().parents[3] / "shared"))
    / "domain/samples/W1.xlsx"
)
needs_w1 = pytest.mark.skipif(not W1.exists(), reason="没有 ../shared，无从读样表")
ROWS = [
    {
        "code": "A1",
        "name": "示例小学",
        "category": "livelihood",
        "total_investment": 90_000_000,
        "goal": "竣工",
    },
    {
        "code": "A2",
        "name": "示例医院",
        "category": "livelihood",
        "total_investment": 120_000_000,
        "goal": "结构封顶",
    },
]


def list_workbook(
    path: Path, rows: list[dict[str, object]] = ROWS, *, year: int = 2022, level: str = "district"
) -> Path:
    write_project_list(
        path, year=year, level=level, title=f"{year}年清单", unit_line="填报单位：区推进办", rows=rows
    )
    return path


def origins(project: Project) -> dict[str, Origin]:
    """现行档案各栏的来历。"""
    project.refresh_from_db()
    assert project.profile is not None
    return origins_of(project, profile=project.profile, entry=None, goal=None)


def test_rows_in_are_rows_accounted_for_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    path = list_workbook(tmp_path / "清单.xlsx")

    first = import_workbook(path, year=2022, by=operator())
    second = import_workbook(path, year=2022, by=operator())

    assert (first.applied, first.unchanged, first.rejected) == (2, 0, 0)
    assert (second.applied, second.unchanged) == (0, 2)
    assert first.rows_in == second.rows_in == 2 + first.classified
    assert Project.objects.get(code="A1").profile.revision == 1


def test_a_dry_run_leaves_the_database_exactly_as_it_was(tmp_path: Path) -> None:
    by = operator()
    before = Operation.objects.count()

    result = preview(list_workbook(tmp_path / "清单.xlsx"), year=2022, by=by)

    assert (result.applied, result.refusals) == (2, [])
    assert (Project.objects.count(), Operation.objects.count(), ImportBatch.objects.count()) == (0, before, 0)


def test_each_value_knows_its_file_sheet_cell_and_words(tmp_path: Path) -> None:
    rows = [{**ROWS[0], "total_investment_text": "约1.2亿"}]
    import_workbook(list_workbook(tmp_path / "清单.xlsx", rows), year=2022, by=operator())

    project = Project.objects.get(code="A1")
    source = origins(project)["total_investment"].cell
    assert source is not None
    assert (source.batch.file_name, source.sheet, source.raw, source.value) == (
        "清单.xlsx",
        "区属",
        "约1.2亿",
        "120000000",
    )
    assert (project.profile.total_investment_yuan, project.profile.investment_qualifier) == (
        120_000_000,
        "approx",
    )


def test_the_origin_of_a_value_is_who_set_it_last_whatever_the_way(tmp_path: Path) -> None:
    rows = [{**ROWS[0], "total_investment_text": "约1.2亿"}]
    import_workbook(list_workbook(tmp_path / "初版.xlsx", rows), year=2022, by=operator())
    again = [{**ROWS[0], "total_investment_text": "约1.5亿"}]
    import_workbook(list_workbook(tmp_path / "改版.xlsx", again), year=2022, by=operator())
    project = Project.objects.get(code="A1")
    changed = origins(project)
    assert [
        changed[name].cell.batch.file_name for name in ("total_investment", "name") if changed[name].cell
    ] == [
        "改版.xlsx",
        "初版.xlsx",
    ]

    undo_import(batch=ImportBatch.objects.latest("pk"), by=operator(), reason="导错了")

    restored = origins(Project.objects.get(code="A1"))["total_investment"]
    assert (restored.cell, restored.operation.verb) == (None, "exchange.undo")


def test_a_blank_cell_does_not_erase_what_is_known(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=operator())
    bare = [{"code": "A1", "name": "示例小学", "category": "livelihood", "street": "桃浦镇"}]
    import_workbook(list_workbook(tmp_path / "b.xlsx", bare), year=2022, by=operator())

    profile = Project.objects.get(code="A1").profile
    assert (profile.total_investment_yuan, profile.street, profile.revision) == (90_000_000, "桃浦镇", 2)


def test_a_failed_import_leaves_nothing(tmp_path: Path) -> None:
    carried = {"category": "infrastructure", "entry": "结转"}
    rows = [*ROWS, {**carried, "code": "A3", "name": "示例公园"}, {**carried, "code": "A4", "name": "示例桥"}]

    with pytest.raises(ImportRefused, match="“示例公园”“示例桥”列为结转，但不在2021年清单上"):
        import_workbook(list_workbook(tmp_path / "清单.xlsx", rows), year=2022, by=operator())
    assert (Project.objects.count(), RowSource.objects.count()) == (0, 0)


def test_carrying_over_points_at_last_years_place(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=operator())
    rows = [{**ROWS[0], "entry": "结转"}]
    import_workbook(list_workbook(tmp_path / "b.xlsx", rows, year=2023), year=2023, by=operator())

    entry = ListEntry.objects.get(project_year__year=2023)
    assert entry.previous == ProjectYear.objects.get(project__code="A1", year=2022)


def test_plan_and_report_in_our_own_layout_come_back(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=operator())
    plan = {"code": "A1", "name": "示例小学", "plan_investment": dict.fromkeys(range(1, 13), 1_000_000)}
    write_monthly_plan(tmp_path / "plan.xlsx", year=2022, title="月度计划", rows=[plan])
    row = {"code": "A1", "name": "示例小学", "month_investment": 800_000, "progress": 12, "work": "桩基"}
    write_monthly_report(tmp_path / "r.xlsx", month=date(2022, 6, 1), title="月报", rows=[row])

    planned = import_workbook(tmp_path / "plan.xlsx", year=2022, by=operator())
    reported = import_workbook(tmp_path / "r.xlsx", year=2022, month=date(2022, 6, 1), by=operator())

    report = MonthlyReport.objects.get()
    assert (planned.applied, reported.applied) == (1, 1)
    assert (report.investment_yuan, report.progress_percent, report.work) == (800_000, 12, "桩基")


def test_a_later_sheet_without_a_column_keeps_what_was_reported_and_planned(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=operator())
    june, key = date(2022, 6, 1), {"code": "A1", "name": "示例小学"}
    plan = {**key, "plan_investment": {6: 1_000_000}, "plan_work": {6: "桩基"}}
    write_monthly_plan(tmp_path / "plan.xlsx", year=2022, title="月度计划", rows=[plan])
    report = {**key, "month_investment": 800_000, "progress": 12, "work": "桩基"}
    write_monthly_report(tmp_path / "r.xlsx", month=june, title="月报", rows=[report])
    import_workbook(tmp_path / "plan.xlsx", year=2022, by=operator())
    import_workbook(tmp_path / "r.xlsx", year=2022, month=june, by=operator())
    plan = {**key, "plan_investment": {6: 2_000_000}}
    write_monthly_plan(tmp_path / "plan.xlsx", year=2022, title="月度计划", rows=[plan])

    import_workbook(tmp_path / "plan.xlsx", year=2022, by=operator())
    import_workbook(monthly(tmp_path / "m.xlsx", "示例小学"), year=2022, month=june, by=operator())

    planned, reported = MonthlyPlan.objects.tails().get(), MonthlyReport.objects.tails().get()
    assert (planned.planned_investment_yuan, planned.planned_work) == (2_000_000, "桩基")
    assert (reported.investment_yuan, reported.problems) == (1_200_000, "无")
    assert (reported.work, reported.progress_percent) == ("桩基", 12)


def test_one_unknown_project_or_impossible_month_does_not_hold_up_the_others(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=operator())
    june, key = date(2022, 6, 1), {"code": "A1", "name": "示例小学"}
    rows = [{"name": "没有的项目", "work": "桩基"}, {**key, "work": "桩基"}]
    write_monthly_report(tmp_path / "r.xlsx", month=june, title="月报", rows=rows)
    long = {**key, "plan_work": {6: "桩" * 301}}
    write_monthly_plan(tmp_path / "plan.xlsx", year=2022, title="月度计划", rows=[long])

    reported = import_workbook(tmp_path / "r.xlsx", year=2022, month=june, by=operator())
    planned = preview(tmp_path / "plan.xlsx", year=2022, by=operator())

    assert (reported.applied, reported.rejected, MonthlyReport.objects.get().work) == (1, 1, "桩基")
    assert "“没有的项目”未读入：不在2022年清单上" in str(reported.rejections[0])
    assert (planned.applied, planned.rejected) == (0, 1) and "计划工作超过300字" in planned.refusals[0]


def test_a_report_for_an_unlisted_project_or_a_frozen_month_is_refused(tmp_path: Path) -> None:
    project_list([listed("示例小学")])
    month = date(2022, 1, 1)
    write_monthly_report(
        tmp_path / "r.xlsx", month=month, title="月报", rows=[{"name": "没有的项目", "work": "桩基"}]
    )

    with pytest.raises(ImportRefused, match=r"没有一行写得进。.*“没有的项目”未读入：不在2022年清单上"):
        import_workbook(tmp_path / "r.xlsx", year=2022, month=month, by=operator())
    freeze_month(
        month=month,
        verdicts=[],
        rule_set=RuleSet.objects.get(kind="colour"),
        by=operator(),
        on=date(2022, 1, 31),
    )
    write_monthly_report(
        tmp_path / "r.xlsx", month=month, title="月报", rows=[{"name": "示例小学", "work": "桩基"}]
    )
    with pytest.raises(ImportRefused, match="已关账冻结"):
        import_workbook(tmp_path / "r.xlsx", year=2022, month=month, by=operator())


def test_a_workbook_without_projects_is_refused_with_the_remedy(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "会议通知"
    book.save(tmp_path / "x.xlsx")

    with pytest.raises(ImportRefused, match="表头"):
        import_workbook(tmp_path / "x.xlsx", year=2022, by=operator())


@needs_w1
def test_w1_goes_in_with_every_row_counted_and_every_doubt_named() -> None:
    result = import_workbook(W1, year=2022, by=operator())
    warned = {(sheet.name, item.cell) for sheet in result.reading.sheets for item in sheet.warnings}

    assert (result.applied, result.classified, result.rejected, result.rows_in) == (18, 19, 0, 37)
    assert {("区属", cell) for cell in ("H12", "N12", "H16", "H19", "A20", "G12", "A13", "B8")} <= warned
    assert AnnualGoal.objects.get(project_year__project__profile__name="长寿小学").due_on is None
    assert Project.objects.get(profile__name="高·尚领域").profile.total_investment_yuan is None
    assert Project.objects.get(profile__name="桃浦4号能源站").profile.responsible_unit.name == "区建管委"


def test_a_project_named_twice_is_taken_once_and_the_second_row_is_named(tmp_path: Path) -> None:
    rows = [ROWS[0], {**ROWS[0], "code": "", "name": "示例小学 "}, {**ROWS[0]}]
    path = list_workbook(tmp_path / "清单.xlsx", [{**row, "code": ""} for row in rows])

    result = import_workbook(path, year=2022, by=operator())

    assert (result.applied, result.rejected, Project.objects.count()) == (1, 2, 1)
    assert [str(item) for item in result.rejections] == [
        f"区属第{row}行“示例小学”未读入：与第7行重复。请只留一行。" for row in (8, 9)
    ]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ({"lon": "东边", "lat": "31.2"}, "不是经纬度"),
        ({"lon": "1213.9", "lat": "31.2"}, "不在经纬度范围内"),
        ({"nature": "续" * 30}, "有30字，最多20字"),
        ({"owner": "建" * 81}, "有81字，最多80字"),
        ({"goal": "竣" * 201}, "年度目标超过200字"),
    ],
)
def test_what_does_not_fit_turns_its_own_row_away_and_is_never_cut(
    tmp_path: Path, cell: dict[str, str], message: str
) -> None:
    path = tmp_path / "清单.xlsx"
    fine = {"name": "示例中学", "category": "livelihood", "responsible_unit": "区教育局"}
    write_project_list(
        path, year=2022, level="district", title="清单", unit_line="区推进办", rows=[{**ROWS[0], **cell}, fine],
        with_locations=True,
    )  # fmt: skip

    result = import_workbook(path, year=2022, by=operator())

    (rejection,) = result.rejections
    assert (result.applied, result.rejected, rejection.name) == (1, 1, ROWS[0]["name"])
    assert message in rejection.reason
    assert Project.objects.get().profile.name == "示例中学"
    assert str(rejection) in [item["message"] for item in ImportBatch.objects.get().warnings]
    assert not Organization.objects.filter(name__startswith="建建").exists()


def test_a_second_list_without_a_column_keeps_what_the_first_one_said(tmp_path: Path) -> None:
    reserve = [{**ROWS[0], "formality": "预备", "note": "类别推定"}]
    import_workbook(list_workbook(tmp_path / "a.xlsx", reserve), year=2022, by=operator())
    bare = [{"code": "A1", "name": "示例小学", "category": "livelihood", "street": "桃浦镇"}]
    import_workbook(list_workbook(tmp_path / "b.xlsx", bare), year=2022, by=operator())

    entry = ListEntry.objects.live().get()
    assert (entry.formality, entry.category, entry.category_inferred) == ("reserve", "livelihood", True)


# ---- 近似名称与人定的读法 ----------------------------------------------------------------------------------------------


def monthly(path: Path, name: str, header: str = "本月完成投资") -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["区教育局2022年6月月报"],
        ["单位：万元"],
        ["序号", "项目名称", header, "存在问题"],
        [1, name, 120, "无"],
    ):
        sheet.append(row)
    book.save(path)
    return path


def test_a_near_name_is_proposed_and_never_merged(tmp_path: Path) -> None:
    project_list([listed("区中心医院急诊综合楼新建工程"), listed("桃浦4号能源站")])
    path = monthly(tmp_path / "月报.xlsx", "区中心医院急诊综合大楼新建")

    result = preview(path, year=2022, month=date(2022, 6, 1), by=operator())

    assert [(item.cell, item.project, item.score >= 0.85) for item in result.proposals] == [
        ("B4", "区中心医院急诊综合楼新建工程", True)
    ]
    assert "请在预演页确认" in str(result.rejections[0])
    assert result.as_json()["proposals"]
    other = monthly(tmp_path / "另.xlsx", "桃浦5号能源站")
    assert preview(other, year=2022, month=date(2022, 6, 1), by=operator()).proposals == []


def test_a_confirmed_name_is_matched_from_then_on(tmp_path: Path) -> None:
    project_list([listed("区中心医院急诊综合楼新建工程")])
    path = monthly(tmp_path / "月报.xlsx", "区中心医院急诊综合大楼新建")
    remember_name(name="区中心医院急诊综合大楼新建", project=Project.objects.get(), by=operator())

    result = import_workbook(path, year=2022, month=date(2022, 6, 1), by=operator())

    assert (result.applied, result.proposals) == (1, [])
    assert MonthlyReport.objects.get().investment_yuan == 1_200_000


def test_a_corrected_column_is_remembered_and_a_cell_can_be_corrected(tmp_path: Path) -> None:
    project_list([listed("示例小学")])
    path = monthly(tmp_path / "月报.xlsx", "示例小学", header="干了多少")
    month = date(2022, 6, 1)
    rules = {"干了多少": ColumnRule(field="month_investment", unit="亿元")}
    remember_columns(columns=rules, by=operator())

    first = import_workbook(path, year=2022, month=month, by=operator(), cells={"Sheet!C4": "0.5"})

    assert first.applied == 1
    assert MonthlyReport.objects.live().get().investment_yuan == 50_000_000
    remember_columns(columns={"干了多少": ColumnRule()}, by=operator())
    again = preview(path, year=2022, month=month, by=operator())
    assert {reading.field for row in again.reading.sheets[0].projects for reading in row.values} >= {
        "other:干了多少"
    }


def test_a_month_of_another_year_is_refused(tmp_path: Path) -> None:
    """以前照收：1 月的月报记到了上一年的条目名下。"""
    project_list([listed("示例小学")])
    path = monthly(tmp_path / "月报.xlsx", "示例小学")

    for run in (preview, import_workbook):
        with pytest.raises(ImportRefused, match="月份是2023年1月，年度是2022年，对不上"):
            run(path, year=2022, month=date(2023, 1, 1), by=operator())


def test_a_dry_run_shows_the_reading_even_when_it_may_not_be_written(tmp_path: Path) -> None:
    result = preview(monthly(tmp_path / "月报.xlsx", "示例小学"), year=2022, by=operator())

    assert len(result.refusals) == 1 and "请注明月份" in result.refusals[0]
    assert (result.rows_in, result.rejected, result.classified) == (4, 1, 3)
    assert result.as_json()["sheets"][0]["values"]


def test_a_problem_list_of_an_unknown_project_is_turned_away_row_by_row(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["问题清单"],
        ["序号", "项目名称", "存在问题", "责任部门", "完成时限"],
        [1, "示例小学", "1.土地；2.管线", "区建管委", "尽快"],
    ):
        sheet.append(row)
    book.save(tmp_path / "问题.xlsx")

    result = preview(tmp_path / "问题.xlsx", year=2022, by=operator())

    assert (result.refusals, result.applied, result.rejected, result.classified) == ([], 0, 1, 2)
    assert "没有“示例小学”这个项目" in str(result.rejections[0])


def test_a_project_reported_on_two_sheets_is_taken_once(tmp_path: Path) -> None:
    project_list([listed("示例小学")])
    path = monthly(tmp_path / "月报.xlsx", "示例小学")
    book = load_workbook(path)
    book.copy_worksheet(book.worksheets[0]).title = "另一张"
    book.save(path)

    result = import_workbook(path, year=2022, month=date(2022, 6, 1), by=operator())

    assert (result.applied, result.rejected, MonthlyReport.objects.count()) == (1, 1, 1)
    assert "与工作表“Sheet”第4行重复" in str(result.rejections[0])


def test_a_project_named_by_code_and_again_by_name_is_taken_once(tmp_path: Path) -> None:
    by, june = operator(), date(2022, 6, 1)
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=by)
    key = {"code": "A1", "name": "示例小学"}
    said: list[dict[str, object]] = [
        {**key, "total_investment": 10_000, "month_investment": 10_000, "plan_investment": {6: 10_000}},
        {**key, "code": "", "total_investment": 20_000, "month_investment": 20_000, "plan_investment": {6: 20_000}},
    ]  # fmt: skip
    write_monthly_plan(tmp_path / "p.xlsx", year=2022, title="月度计划", rows=said)
    write_monthly_report(tmp_path / "r.xlsx", month=june, title="月报", rows=said)
    list_workbook(tmp_path / "l.xlsx", said)

    results = [
        import_workbook(tmp_path / name, year=2022, month=june, by=by)
        for name in ("l.xlsx", "p.xlsx", "r.xlsx")
    ]

    assert [(result.applied, result.rejected) for result in results] == [(1, 1)] * 3
    assert all("行重复。请只留一行。" in str(result.rejections[0]) for result in results)
    school = Project.objects.get(code="A1")
    assert school.profile is not None and school.profile.total_investment_yuan == 10_000
    plan = MonthlyPlan.objects.live().get(month=june)
    assert (plan.planned_investment_yuan, MonthlyReport.objects.get().investment_yuan) == (10_000, 10_000)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite 查询不靠各表行数的统计")
def test_a_large_import_has_the_tables_counted_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def counted() -> float:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'projects_project'")
            return float(cursor.fetchone()[0])

    before = counted()
    import_workbook(list_workbook(tmp_path / "a.xlsx", ROWS[:1]), year=2022, by=operator())
    assert counted() == before  # 写得少的不必统计
    monkeypatch.setattr("kaopu.exchange.actions.MANY", 1)
    import_workbook(list_workbook(tmp_path / "b.xlsx"), year=2022, by=operator())

    assert counted() == 2


def test_what_is_asked_for_beside_the_problem_is_kept_in_the_report(tmp_path: Path) -> None:
    """月报没有单独的“需协调事项”“措施”两栏：以前只在来历里，月报上看不见。"""
    project_list([listed("示例小学"), listed("示例中学")])
    rows = [["2022年6月月报"], ["项目名称", "本月完成投资（万元）", "存在问题", "需协调事项", "解决措施"],
            ["示例小学", 10, "管线未迁", "请区水务局协调", "先做土建"],
            ["示例中学", 20, None, None, None]]  # fmt: skip
    path = write(tmp_path / "r.xlsx", rows, sheet="月报")
    import_workbook(path, year=2022, month=date(2022, 6, 1), by=operator())

    told = dict(MonthlyReport.objects.values_list("project_year__project__profile__name", "problems"))
    assert told == {"示例小学": "管线未迁\n需协调：请区水务局协调\n措施：先做土建", "示例中学": ""}
    assert import_workbook(path, year=2022, month=date(2022, 6, 1), by=operator()).unchanged == 2


def test_problems_written_in_several_columns_are_one_text(tmp_path: Path) -> None:
    """“存在问题”分用地、施工两列，或写成问题1、问题2：第二列以前只照存原文。"""
    project_list([listed("示例小学")])
    rows = [
        ["2022年6月月报"],
        ["项目名称", "本月完成投资（万元）", "问题1", "问题2"],
        ["示例小学", 10, "管线未迁", "腾地未完"],
    ]
    import_workbook(
        write(tmp_path / "r.xlsx", rows, sheet="月报"), year=2022, month=date(2022, 6, 1), by=operator()
    )

    assert MonthlyReport.objects.get().problems == "管线未迁\n腾地未完"


def test_what_the_parts_of_a_project_raise_is_not_dropped(tmp_path: Path) -> None:
    """其中各段、名称合并着的第二行写的问题：行不作项目写，问题并入项目的月报，投资不并。"""
    project_list([listed("示例小学")])
    rows = [["2022年6月月报"], ["序号", "项目名称", "本月完成投资（万元）", "存在问题", "工作进展"],
            [1, "示例小学", 10, "管线未迁", "桩基"], [None, "其中：一标段", 6, "腾地未完", "围挡"]]  # fmt: skip
    import_workbook(
        write(tmp_path / "r.xlsx", rows, sheet="月报"), year=2022, month=date(2022, 6, 1), by=operator()
    )

    report = MonthlyReport.objects.get()
    assert (report.problems, report.work) == ("管线未迁\n一标段：腾地未完", "桩基")
    assert report.investment_yuan == 100_000
