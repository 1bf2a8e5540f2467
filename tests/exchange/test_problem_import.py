"""问题清单导入成问题：一格几条逐条立，再导不变，已销号的不立，撤销即作废（HANDBOOK §7.1 W3）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from kaopu.domain.causes import Cause, cause_named
from kaopu.domain.escalation import IssueVerb
from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.models import ImportBatch, IssueSource
from kaopu.exchange.results import ImportResult
from kaopu.exchange.undo import UndoRefused, undo_import
from kaopu.supervision.actions import act_on_issue
from kaopu.supervision.models import Issue, IssueStep
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.issues import open_issues, open_levels
from kaopu.tracking.models import MonthlyReport
from tests.exchange.workbooks import write
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db
HEADER = [
    "序号",
    "项目名称",
    "存在问题",
    "问题类别",
    "责任部门",
    "协办单位",
    "解决时限",
    "是否销号",
    "提出时间",
]
ROWS: list[list[object]] = [
    [1, "示例小学", "①土地未腾；②管线未搬", "征收", "区建管委、桃浦镇", "区教育局", "2099年6月30日", "×", "2022-05-06"],
    [2, "示例小学", "夜间施工许可未办", "手续", "区建管委", None, "尽快", None, None],
    [3, "示例小学", "围挡占道", None, "区建管委", None, "2022年3月底", "√", None],
    [4, "示例小学校", "噪声", None, "区建管委", None, None, "否", None],
    [5, None, "没写项目的", None, "区建管委", None, None, "否", None],
    [6, "示例小学", "夜间施工许可未办", None, "区建管委", None, "尽快", None, None],
]  # fmt: skip


@pytest.fixture(autouse=True)
def school() -> None:
    project_list([listed("示例小学")])


def problems(path: Path, rows: list[list[object]] | None = None) -> Path:
    return write(path, [["2022年重大工程问题清单"], HEADER, *(rows or ROWS)], sheet="问题清单")


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    assert result.rows_in == sum(row.kind != "blank" for s in result.reading.sheets for row in s.rows)
    return result.applied, result.unchanged, result.rejected, result.classified


def test_each_problem_becomes_an_issue_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    path = problems(tmp_path / "问题.xlsx")
    foreseen = preview(path, year=2022, by=operator())
    assert not Issue.objects.exists()

    result = import_workbook(path, year=2022, by=operator())

    assert counts(result) == counts(foreseen) == (2, 0, 3, 3)
    first, second, third = Issue.objects.order_by("pk")
    assert [item.title for item in (first, second, third)] == ["土地未腾", "管线未搬", "夜间施工许可未办"]
    assert (first.project.profile.name, first.on, first.category) == (
        "示例小学",
        date(2022, 5, 6),
        "relocation",
    )
    assert [unit.name for unit in first.assists.order_by("pk")] == ["桃浦镇", "区教育局"]
    steps = {step.issue_id: step for step in IssueStep.objects.live()}
    assert (steps[first.pk].owner.name, steps[first.pk].due_on) == ("区建管委", date(2099, 6, 30))
    assert steps[third.pk].due_on > today() and "清单所写时限：尽快" in third.description
    assert [(s.cell, s.issue_id) for s in IssueSource.objects.order_by("pk")] == [
        ("C3", first.pk), ("C3", second.pk), ("C4", third.pk),
    ]  # fmt: skip
    said = " ".join(map(str, result.rejections))
    assert "第6行" in said and "最像的是“示例小学”" in said and "第7行未读入：没有写项目名称" in said
    assert "第8行“示例小学”未读入：与第4行重复" in said
    kept = {item["code"]: item for item in ImportBatch.objects.get().warnings if item["cell"] in ("C4", "C5")}
    assert "围挡占道" in kept["closed_problem"]["message"] and "尽快" in kept["due_by_rule"]["message"]


def test_the_same_list_again_changes_nothing(tmp_path: Path) -> None:
    path = problems(tmp_path / "问题.xlsx")
    import_workbook(path, year=2022, by=operator())

    again = import_workbook(path, year=2022, by=operator())

    assert counts(again) == (0, 2, 3, 3)
    assert Issue.objects.count() == 3


def test_a_status_nobody_can_read_stays_open_and_is_pointed_out(tmp_path: Path) -> None:
    row = [*ROWS[1][:7], "正在会同规划部门研究方案", None]

    result = import_workbook(problems(tmp_path / "a.xlsx", [row]), year=2022, by=operator())

    assert open_issues(operator()).count() == 1
    assert ("status_unread", "C3") in {(item.code, item.cell) for _, item in result.remarks}


def test_a_day_that_has_not_come_is_raised_today_and_said(tmp_path: Path) -> None:
    row = [1, "示例小学", "土地未腾", None, "区建管委", None, "2099年6月30日", "×", "2099-01-05"]

    result = import_workbook(problems(tmp_path / "a.xlsx", [row]), year=2022, by=operator())

    assert Issue.objects.get().on == today()
    assert any("提出时间 2099年1月5日还没有到" in item.message for _, item in result.remarks)


def test_a_row_that_says_there_is_no_problem_raises_none(tmp_path: Path) -> None:
    rows: list[list[object]] = [[1, "示例小学", text, *[None] * 6] for text in ("无", "暂无。", "/")]

    result = import_workbook(problems(tmp_path / "无.xlsx", rows), year=2022, by=operator())

    assert counts(result) == (0, 0, 0, 5)
    assert not Issue.objects.exists()


def test_a_tick_on_a_list_does_not_close_an_issue_nor_reopen_one(tmp_path: Path) -> None:
    import_workbook(problems(tmp_path / "a.xlsx", [ROWS[1]]), year=2022, by=operator())
    ticked = [*ROWS[1][:7], "√", None]

    result = import_workbook(problems(tmp_path / "b.xlsx", [ticked]), year=2022, by=operator())

    assert counts(result) == (0, 0, 1, 2)
    assert "凭佐证销号" in str(result.rejections[0])
    assert IssueStep.objects.count() == 1


def test_undoing_voids_the_issues_and_the_list_can_be_imported_again(tmp_path: Path) -> None:
    path = problems(tmp_path / "问题.xlsx")
    import_workbook(path, year=2022, by=operator())

    undo_import(batch=ImportBatch.objects.get(), reason="导错了", by=operator())

    assert not open_issues(operator()).exists()
    now = IssueStep.objects.latest("pk").recorded_at
    assert open_levels(as_of=today(), known_at=now) == {}
    assert counts(import_workbook(path, year=2022, by=operator())) == (2, 0, 3, 3)
    assert open_issues(operator()).count() == 3


def test_an_issue_somebody_has_worked_on_is_not_undone(tmp_path: Path) -> None:
    import_workbook(problems(tmp_path / "问题.xlsx"), year=2022, by=operator())
    issue = Issue.objects.latest("pk")
    act_on_issue(issue=issue, verb=IssueVerb.LOG, by=operator(), on=today(), text="已约施工方")

    with pytest.raises(UndoRefused, match="已有人接着办理"):
        undo_import(batch=ImportBatch.objects.get(), reason="导错了", by=operator())

    assert open_issues(operator()).count() == 3


def test_where_an_issue_came_from_is_never_rewritten(tmp_path: Path) -> None:
    import_workbook(problems(tmp_path / "问题.xlsx"), year=2022, by=operator())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        IssueSource.objects.update(cell="A1")


@pytest.mark.parametrize(
    ("text", "cause"),
    [("征收腾地", Cause.RELOCATION), ("管线搬迁", Cause.PIPELINES), ("手续办理", Cause.APPROVAL),
     ("土地、资金", Cause.OTHER), ("", Cause.OTHER), ("天气", Cause.OTHER)],
)  # fmt: skip
def test_the_kind_of_a_problem_as_a_list_writes_it(text: str, cause: Cause) -> None:
    assert cause_named(text) == cause


def test_where_both_stand_the_lead_leads_and_the_responsible_unit_assists(tmp_path: Path) -> None:
    rows = [["2022年重大工程问题清单"],
            ["序号", "项目名称", "责任单位", "存在问题", "需协调事项", "牵头部门", "配合部门", "解决时限"],
            [1, "示例小学", "区教育局", "用地未批", "请区里协调", "区规划资源局", "桃浦镇", "2099年6月30日"]]  # fmt: skip
    import_workbook(path=write(tmp_path / "f.xlsx", rows, sheet="问题清单"), year=2022, by=operator())
    issue = Issue.objects.get()

    assert issue.steps.first().owner.name == "区规划资源局"
    assert {unit.name for unit in issue.assists.all()} == {"区教育局", "桃浦镇"}
    assert "需协调事项：请区里协调" in issue.description


def test_a_heading_that_names_the_project_gives_it_and_one_that_does_not_gives_none(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2022年重大工程问题清单"], ["序号", "存在问题", "责任部门", "解决时限"],
        ["一、示例小学"], [1, "用地未批", "区建管委", "2099年6月30日"],
        ["二、推进机制"], [1, "例会未开", "区建管委", "2099年6月30日"],
    ]  # fmt: skip
    result = import_workbook(
        path=write(tmp_path / "f.xlsx", rows, sheet="问题清单"), year=2022, by=operator()
    )

    found = {issue.title: issue.project for issue in Issue.objects.all()}
    assert found["例会未开"] is None and found["用地未批"] is not None
    assert "heading_unmatched" in {warning.code for _, warning in result.remarks}


@pytest.mark.parametrize(
    "title", ["示例河道综合整治", "示例路消防救援站", "示例公共停车库", "示例楔形绿地二期"]
)
def test_a_heading_like_a_project_that_is_not_known_is_rejected_like_a_name(
    tmp_path: Path, title: str
) -> None:
    """以前立成全区的问题；同一个名称写在项目名称一列，却是拒收的。"""
    project_list([listed("示例小学")])
    rows: list[list[object]] = [
        ["2022年重大工程问题清单"], ["序号", "存在问题", "责任部门", "解决时限"],
        [f"一、{title}"], [1, "用地未批", "区建管委", "2099年6月30日"],
    ]  # fmt: skip
    result = preview(path=write(tmp_path / "f.xlsx", rows, sheet="问题清单"), year=2022, by=operator())

    assert [item.reason[:9] for item in result.rejections] == [f"没有“{title}"[:9]]


def test_a_remark_repeats_what_the_sheet_says(tmp_path: Path) -> None:
    """写的是“已解决”的，不说它写了“已销号”；日期按日期说，不露出文件里存的序数。"""
    project_list([listed("示例小学")])
    rows: list[list[object]] = [
        ["2022年重大工程问题清单"], ["序号", "项目名称", "存在问题", "解决时限", "是否解决"],
        [1, "示例小学", "用地未批", "2022年6月底", "已解决"],
        [2, "示例小学", "管线未搬", 44713, "推进中"],
        [3, "示例小学", "借地未谈", "尽快", "推进中"],
    ]  # fmt: skip
    result = preview(path=write(tmp_path / "f.xlsx", rows, sheet="问题清单"), year=2022, by=operator())

    said = [warning.message for _, warning in result.remarks]
    assert any("状态写“已解决”，按已销号记" in text for text in said)
    assert any("时限 2022年6月1日已过" in text for text in said)
    assert any("时限“尽快”不是日期" in text for text in said)
    assert not any("44713" in text for text in said)


def test_a_table_of_projects_behind_is_a_problem_list_though_it_tells_the_money(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2023年市、区重大工程滞后项目情况表"], ["单位：万元"],
        ["序号", "项目名称", "总投资", "计划投资", "滞后原因", "存在问题", "需区级协调事项", "协调部门", "拟协调时间", "协调结果"],
        [1, "示例小学", 12000, 3000, "前期手续", "1.用地未批；2.管线未搬", "请区里协调", "区规资局、区水务局", "12月底前", "正在报审"],
        ["编制：甲　审核：乙"],
    ]  # fmt: skip
    sheet = read_workbook(write(tmp_path / "f.xlsx", rows, sheet="亮灯项目"), year=2023).sheets[0]

    assert sheet.kind == "problem_list" and [row.kind for row in sheet.rows][-2:] == ["problem", "note"]
    row = sheet.rows[-2]
    assert row.get("problems").items == ("用地未批", "管线未搬")
    assert row.text("due") == "2023-12-31" and row.text("cause") == "前期手续"
    assert row.text("work") == "正在报审" and row.text("request") == "请区里协调"


def test_a_list_with_a_column_of_problems_stays_a_list(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2023年区重大工程项目情况表"], ["单位：万元"],
        ["序号", "项目名称", "总投资", "计划投资", "存在问题", "推进措施", "完成时限"],
        [1, "示例小学", 12000, 3000, "用地未批", "抓紧报批", "2023年12月"],
    ]  # fmt: skip
    assert read_workbook(write(tmp_path / "f.xlsx", rows), year=2023).sheets[0].kind == "project_list"


def test_problems_below_a_report_on_one_sheet_are_raised_and_the_report_filed(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["2022年6月重大工程进展"], ["单位：万元"], ["序号", "项目名称", "本月完成投资", "累计完成投资", "形象进度"],
        [1, "示例小学", 4, 20, "基坑施工"], ["二、需协调的问题"], HEADER,
        [1, "示例小学", "管线未搬", "征收", "区建管委", None, "2099年6月30日", "×", "2022-05-06"],
    ]  # fmt: skip
    path = write(tmp_path / "两张.xlsx", rows, sheet="进展")

    result = import_workbook(path, year=2022, month=date(2022, 6, 1), by=operator())

    assert counts(result) == (2, 0, 0, 5)
    assert Issue.objects.get().title == "管线未搬"
    assert MonthlyReport.objects.get().investment_yuan == 40_000
    assert [sheet["kind"] for sheet in result.as_json()["sheets"]] == ["monthly_report", "problem_list"]
