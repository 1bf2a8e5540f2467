"""督办台账、会议议题、按部门分段、已销号另成一表：都是问题清单，谁牵头、何时限、销没销不丢（HANDBOOK §7.1 W3）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.actions import import_workbook
from kaopu.exchange.excel_in.choices import Choices, ColumnRule
from kaopu.exchange.excel_in.problem_cells import CLOSED, read_status, split_problems
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import SheetReading
from kaopu.projects.models import Formality, ListEntry
from kaopu.supervision.models import Issue
from tests.exchange.workbooks import codes, value, write
from tests.factories import listed, operator, project_list

LATER = "2099年6月30日"


def read(path: Path, rows: list[list[object]], month: date | None = None) -> SheetReading:
    return read_workbook(write(path, rows, sheet="表1"), year=2022, month=month).sheets[0]


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (
            ["序号", "督办事项", "项目名称", "主办单位", "协办单位", "交办日期", "要求完成时间", "办结情况", "办结日期"],
            ["seq", "problems", "name", "responsible_unit", "assist_units", "raised_on", "due", "status", "closed_on"],
        ),
        (
            ["序号", "会议日期", "项目名称", "协调议题", "议定意见", "落实单位", "完成期限", "落实情况", "是否办结"],
            ["seq", "raised_on", "name", "problems", "measures", "responsible_unit", "due", "work", "status"],
        ),
        (
            ["序号", "项目名称", "问题事项", "任务分工", "节点时间", "办理进度", "是否解决", "拟办意见"],
            ["seq", "name", "problems", "responsible_unit", "due", "work", "status", "measures"],
        ),
        (
            ["会议时间", "项目名称", "会议明确事项", "责任部门", "协同部门", "完成节点", "当前进展", "完成情况"],
            ["raised_on", "name", "problems", "responsible_unit", "assist_units", "due", "work", "status"],
        ),
        (
            ["序号", "项目名称", "疑难问题", "形成原因", "包案单位", "化解路径", "对口市级部门", "反馈意见"],
            ["seq", "name", "problems", "cause", "responsible_unit", "measures", "assist_units", "work"],
        ),
        (
            ["序号", "项目名称", "问题", "症结原因", "责任单位", "会议意见", "节点要求"],
            ["seq", "name", "problems", "cause", "responsible_unit", "measures", "due"],
        ),
        (
            ["序号", "项目名称", "遗留问题", "卡点原因", "对接部门", "限办日期", "上周进展", "本周进展", "完成比例"],
            ["seq", "name", "problems", "cause", "lead_unit", "due", "other:上周进展", "work", "other:完成比例"],
        ),
        (
            ["序号", "检查日期", "项目名称", "存在问题", "整改期限", "整改情况", "复查结果"],
            ["seq", "raised_on", "name", "problems", "due", "work", "status"],
        ),
        (
            ["问题编号", "所属项目", "问题", "成因", "上报时间", "主办单位", "会办单位", "限办时间", "处理情况", "处理结果"],
            ["seq", "name", "problems", "cause", "raised_on", "responsible_unit", "assist_units", "due", "work", "status"],
        ),
    ],
)  # fmt: skip
def test_the_columns_of_a_ledger(tmp_path: Path, headers: list[str], fields: list[str]) -> None:
    rows: list[list[object]] = [["督办台账"], [*headers], [1, *("示例" for _ in headers[1:])]]
    sheet = read(tmp_path / "f.xlsx", rows[1:] if headers[0] == "问题编号" else rows)  # 系统导出的没有题头

    assert sheet.kind == "problem_list" and list(sheet.columns.values()) == fields


@pytest.mark.parametrize(
    "headers",
    [
        [
            "序号",
            "项目名称",
            "责任单位",
            "开工时间",
            "竣工时间",
            "本月进展",
            "主要问题",
            "采取的措施",
            "需协调事项",
        ],
        ["序号", "项目名称", "征收户数", "难点问题", "计划完成时间"],
        ["序号", "项目", "实施单位", "年内计划", "年内完成", "进展", "需协调事项", "备注"],
        ["序号", "时间", "地点", "议题", "参会单位", "备注"],
    ],
)
def test_a_table_of_progress_with_problems_is_no_problem_list(tmp_path: Path, headers: list[str]) -> None:
    rows: list[list[object]] = [["重点工程推进情况一览表"], [*headers], [1, *("示例" for _ in headers[1:])]]
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).kind != "problem_list"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "1、便道到期。 2、产权单位不同意。 3、10千伏架空线未迁。",
            ("便道到期", "产权单位不同意", "10千伏架空线未迁"),
        ),
        ("1.红线冲突；\n2.10千伏架空线未迁", ("红线冲突", "10千伏架空线未迁")),
        ("1.红线冲突，长1.5公里；2.居民未搬", ("红线冲突，长1.5公里", "居民未搬")),
    ],
)
def test_a_problem_may_begin_with_a_figure(text: str, items: tuple[str, ...]) -> None:
    assert split_problems(text) == items


def test_a_number_that_begins_a_problem_is_not_its_ordinal() -> None:
    assert split_problems("1.权属争议；2.2处违建未拆；3.公交站临迁") == (
        "权属争议",
        "2处违建未拆",
        "公交站临迁",
    )


@pytest.mark.django_db
def test_who_leads_is_taken_from_the_heading_and_from_each_line(tmp_path: Path) -> None:
    project_list([listed("示例小学"), listed("示例中学")])
    by_office = [["各部门问题清单"], ["序号", "涉及项目", "问题事项", "配合部门", "办理时限", "办理结果"],
                 ["一、区规划资源局（1件）"], [1, "示例小学", "控规未公示", "桃浦镇", LATER, "正在办理"]]  # fmt: skip
    by_line = [["问题清单"], ["序号", "项目名称", "存在问题", "责任单位（牵头/配合）", "解决时限"],
               [1, "示例中学", "断航审批", "区水务局\n区建管委", LATER],
               [2, "示例中学", "通信井冲突", "牵头：区建管委\n配合：区公安分局", LATER]]  # fmt: skip
    first = write(tmp_path / "a.xlsx", by_office, sheet="按部门")
    result = import_workbook(first, year=2022, by=operator())
    import_workbook(write(tmp_path / "b.xlsx", by_line, sheet="问题"), year=2022, by=operator())

    said = {warning.code for warning in result.reading.sheets[0].warnings}
    assert "unit_from_heading" in said
    told = {
        issue.title: (issue.steps.get().owner.name, {unit.name for unit in issue.assists.all()})
        for issue in Issue.objects.all()
    }
    assert told == {
        "控规未公示": ("区规划资源局", {"桃浦镇"}),
        "断航审批": ("区水务局", {"区建管委"}),
        "通信井冲突": ("区建管委", {"区公安分局"}),
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sheet", "closed_on", "raised"),
    [("已销号", None, 0), ("问题", "2022-02-24", 0), ("问题", None, 1), ("未销号", None, 1)],
)
def test_what_is_told_as_closed_is_not_raised_again(
    tmp_path: Path, sheet: str, closed_on: str | None, raised: int
) -> None:
    """没有“是否销号”一栏，而写着销号时间、或整张表是已销号的：以前当作未销号重立。"""
    project_list([listed("示例小学")])
    rows = [["问题清单"], ["序号", "项目名称", "问题内容", "责任单位", "整改期限", "销号时间"],
            [1, "示例小学", "资料缺失", "区民政局", LATER, closed_on]]  # fmt: skip
    import_workbook(write(tmp_path / "f.xlsx", rows, sheet=sheet), year=2022, by=operator())

    assert Issue.objects.count() == raised


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "heading", "note", "formality"),
    [
        ("2022年重大工程预备项目清单", None, None, Formality.RESERVE),
        ("2022年重大工程清单", "二、预备项目（1个）", None, Formality.RESERVE),
        ("2022年重大工程清单", None, "预备", Formality.RESERVE),
        ("2022年重大工程正式、预备项目清单", None, None, Formality.FORMAL),
        ("2022年重大工程清单", None, "结转", Formality.FORMAL),
    ],
)
def test_reserve_projects_are_not_counted_as_formal(
    tmp_path: Path, title: str, heading: str | None, note: str | None, formality: Formality
) -> None:
    rows: list[list[object]] = [[title], ["单位：万元"], ["序号", "项目名称", "总投资", "备注"]]
    rows += [[heading]] * (heading is not None) + [[1, "示例小学", 100, note]]
    result = import_workbook(write(tmp_path / "f.xlsx", rows, sheet="清单"), year=2022, by=operator())

    assert ListEntry.objects.get().formality == formality
    assert any("按预备记" in note for note in result.notes) is (formality == Formality.RESERVE)


@pytest.mark.django_db
def test_a_category_that_is_not_one_of_the_five_is_named(tmp_path: Path) -> None:
    rows = [["2022年区属清单"], ["单位：万元"], ["序号", "项目名称", "类别", "总投资"],
            [1, "示例小学", "社会事业", 100], [2, "示例中学", "公共服务类", 100]]  # fmt: skip
    result = import_workbook(write(tmp_path / "f.xlsx", rows, sheet="清单"), year=2022, by=operator())

    assert [note for note in result.notes if "“社会事业”（1 个）不在五类之内" in note]
    assert not [note for note in result.notes if "公共服务" in note]


def test_a_hoped_for_day_is_said(tmp_path: Path) -> None:
    rows = [["问题清单"], ["序号", "项目名称", "存在问题", "解决时限"], [1, "甲路", "管线未迁", "争取年内"],
            [2, "乙桥", "腾地", "力争12月前"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert value(sheet.problems[0], "due") == "2022-12-31" and ("D3", "hoped_for") in codes(sheet)
    assert {("D4", "hoped_for"), ("D4", "before_month")} <= codes(sheet)  # 一个疑问不盖住另一个


def test_a_heading_that_counts_its_problems_is_checked_by_rows(tmp_path: Path) -> None:
    rows = [["各部门问题清单"], ["序号", "涉及项目", "问题事项", "办理时限"], ["一、区规划资源局（1件）"],
            [1, "示例小学", "控规未公示", LATER], ["二、区房管局（3件）"], [2, "示例中学", "居民未搬离", LATER]]  # fmt: skip
    found = codes(read(tmp_path / "f.xlsx", rows))

    assert ("A5", "category_count") in found and ("A3", "category_count") not in found


def test_headings_in_brackets_stand_beside_each_other(tmp_path: Path) -> None:
    rows = [["2022年清单"], ["单位：万元"], ["序号", "项目名称", "总投资"], ["【民生类】（1个）"], [1, "甲路", 3],
            ["【生态环境】（2个）"], [2, "乙园", 4], [3, "丙河", 5]]  # fmt: skip
    assert "category_count" not in {code for _, code in codes(read(tmp_path / "f.xlsx", rows))}


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("已完成", True),
        ("已完成，移交", True),
        ("已完成招标，正在签合同", False),
        ("已解决临时用电，正在办理许可", False),
    ],
)
def test_a_step_that_is_done_does_not_close_the_problem(text: str, closed: bool) -> None:
    assert (read_status(text, header="落实情况")[0] == CLOSED) is closed


@pytest.mark.parametrize(
    ("first", "second", "fields"),
    [
        (["已完成招标，正在签合同", "专班跟进"], ["已完成", "办理中"], ["work", "status"]),
        (["已完成", "办理中"], ["已完成招标，正在签合同", "专班跟进"], ["status", "work"]),
        (["管线单位已进场踏勘", "已报市规资局待批复"], [None, None], ["work", "other:完成情况"]),
    ],
)
def test_the_column_of_states_is_told_by_what_is_written(
    tmp_path: Path, first: list[object], second: list[object], fields: list[str]
) -> None:
    rows = [["问题清单"], ["序号", "项目名称", "存在问题", "落实情况", "完成情况"],
            [1, "甲路", "管线未迁", first[0], second[0]], [2, "乙桥", "腾地", first[1], second[1]]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert [sheet.columns[cell] for cell in ("D2", "E2")] == fields

    settled = Choices(columns={"落实情况": ColumnRule(field="measures")})
    again = read_workbook(tmp_path / "f.xlsx", year=2022, choices=settled).sheets[0]
    assert again.columns["D2"] == "measures"  # 人定过的不改


@pytest.mark.django_db
def test_problems_sorted_into_columns_are_all_raised(tmp_path: Path) -> None:
    """“存在问题”之下前期、管线、征收各一列：只有第一列立成问题，别的列连同只写在那里的行都丢了。"""
    project_list([listed("示例小学"), listed("示例中学")])
    rows = [["问题清单"], ["序号", "项目名称", "存在问题", None, "牵头部门"], [None, None, "征收腾地", "管线搬迁", None],
            [1, "示例小学", "居民未搬离", "方案未出", "区房管局"], [2, "示例中学", None, "水务意见未出", "区水务局"],
            [3, "示例中学", "无", "无", "区水务局"]]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="问题")
    book = load_workbook(path)
    for place in ("A2:A3", "B2:B3", "C2:D2", "E2:E3"):
        book.worksheets[0].merge_cells(place)
    book.save(path)
    import_workbook(path, year=2022, by=operator())

    assert {issue.title for issue in Issue.objects.all()} == {"居民未搬离", "方案未出", "水务意见未出"}


@pytest.mark.parametrize(
    ("title", "kind"), [("需区级层面协调解决的问题", "problem_list"), ("重点工程推进情况", "monthly_report")]
)
def test_a_title_that_asks_to_solve_makes_a_problem_list(tmp_path: Path, title: str, kind: str) -> None:
    rows = [
        [title],
        ["序号", "项目名称", "目前进展", "需协调解决的问题"],
        [1, "甲路", "桩基施工", "管线未迁"],
    ]
    assert read(tmp_path / "f.xlsx", rows, date(2022, 6, 1)).kind == kind


def test_what_is_demanded_of_an_office_is_a_request(tmp_path: Path) -> None:
    rows = [["督办台账"], ["序号", "项目名称", "存在问题", "督办要求", "协调部门"],
            [1, "甲路", "管线未迁", "请区财政局安排资金", "区财政局"], [2, "乙桥", "腾地", "请区府办牵头", "区府办"]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert sheet.columns["D2"] == "request" and ("E2", "doubtful_column") in codes(sheet)


def test_offices_on_two_lines_stay_two(tmp_path: Path) -> None:
    rows = [
        ["问题清单"],
        ["序号", "项目名称", "存在问题", "配合部门"],
        [1, "甲路", "管线未迁", "区生态环境局\n嘉定城投"],
    ]
    item = read(tmp_path / "f.xlsx", rows).problems[0].get("assist_units")

    assert item is not None and item.items == ("区生态环境局", "嘉定城投") and "\n" in str(item.value)


def test_a_project_merged_over_its_problems_counts_once(tmp_path: Path) -> None:
    rows = [["问题清单"], ["序号", "项目名称", "存在问题", "解决时限"], ["一、市政类（1个）"],
            [1, "甲路", "管线未迁", LATER], [2, None, "腾地未完", LATER]]  # fmt: skip
    path = write(tmp_path / "f.xlsx", rows, sheet="问题")
    book = load_workbook(path)
    book.worksheets[0].merge_cells("B4:B5")
    book.save(path)

    assert "category_count" not in {code for _, code in codes(read_workbook(path, year=2022).sheets[0])}


def test_a_heading_of_reserve_projects_ends_the_category_before(tmp_path: Path) -> None:
    rows = [["2022年区属清单"], ["单位：万元"], ["序号", "项目名称", "总投资"], ["一、民生类（1个）"], [1, "甲院", 3],
            ["预备项目（1个）"], [2, "乙园", 4]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert "category_count" not in {code for _, code in codes(sheet)}
    assert [row.category for row in sheet.projects] == ["livelihood", None]


def test_a_table_of_progress_above_one_of_problems_is_not_its_title(tmp_path: Path) -> None:
    """上面一张的表头认得的少，又按问题清单去找，就整张当作了题头。"""
    rows = [["用电接入"], ["序号", "用户工程名称", "责任单位", "工程进展"], [1, "甲路", "区建管委", "桩基"], [None],
            ["序号", "项目名称", "存在问题", "牵头部门", "解决时限"], [1, "乙桥", "腾地", "区水务局", LATER]]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows, date(2022, 6, 1))

    assert sheet.header_rows[0] == 2 and value(sheet.projects[0], "work") == "桩基"


def test_dates_units_and_states_are_told_by_what_stands_there(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["黄灯预警问题"], ["序号", "走访日期", "项目名称", "主要障碍", "协调牵头", "赶上进度时间", "消警情况", "亮灯"],
        [1, "6月3日", "甲路", "围堰未合拢", "区建管委", "2022年10月", "未消警", "红"],
        [2, "6月5日", "乙路", "幕墙未定", "桃浦镇", "尽快", "已消警", "黄"],
    ]  # fmt: skip
    sheet = read(tmp_path / "f.xlsx", rows)

    assert sheet.kind == "problem_list"
    assert [sheet.columns[f"{c}2"] for c in "BEFGH"] == [
        "raised_on",
        "responsible_unit",
        "due",
        "status",
        "other:亮灯",
    ]
    assert [row.get("status").note for row in sheet.problems] == ["未销号", "已销号"]


def test_a_report_of_progress_and_problems_is_a_report(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["10月工程进展及问题清单"], ["序号", "项目名称", "本月完成情况", "存在问题", "解决措施", "下月计划"],
        [1, "甲路", "桩基施工", "管线未迁", "抓紧", "封顶"],
    ]  # fmt: skip
    assert read(tmp_path / "f.xlsx", rows, date(2022, 10, 1)).kind == "monthly_report"


def test_a_problem_table_of_two_levels_within_a_month(tmp_path: Path) -> None:
    """以前当成月报：问题一条没立，“推进中”成了本月进展。"""
    path = write(tmp_path / "f.xlsx", [
        ["2026年3月重大工程推进问题协调表"], ["序号", "项目基本情况", None, "问题", None, "协调推进", None, None, "办理情况", None, "备注"],
        [None, "项目名称", "建设单位", "类型", "具体内容", "牵头部门", "配合部门", "要求完成时间", "截至3月底进展", "完成情况", None],
        [1, "甲路", "某公司", "管线", "1.1处临时码头未拆除；2.两家单位未同意。", "区建管委", "区水务局、某集团", "6月底前", "方案评审中", "推进中", None],
        [2, "乙路", "某公司", "审批", "1.道路占用未批。", "区交警支队", "区建管委", "2026.5.20", "已通过", "已完成", None]],
        sheet="3月")  # fmt: skip
    book = load_workbook(path)
    for place in ("A2:A3", "B2:C2", "D2:E2", "F2:H2", "I2:J2", "K2:K3"):
        book.active.merge_cells(place)
    book.save(path)
    sheet = read_workbook(path, year=2026, month=date(2026, 3, 1)).sheets[0]

    assert sheet.kind == "problem_list"
    assert [sheet.columns[f"{c}2"] for c in "DEFGHIJ"] == [
        "cause", "problems", "responsible_unit", "assist_units", "due", "work", "status",
    ]  # fmt: skip
    assert [row.get("problems").items for row in sheet.problems] == [
        ("1处临时码头未拆除", "两家单位未同意"), ("道路占用未批。",),
    ]  # fmt: skip


def test_the_content_under_a_group_of_problems_is_the_problem(tmp_path: Path) -> None:
    """“存在问题／主要内容”以前读成了建设规模，“症结原因”成了问题，没有一句提示。"""
    path = write(tmp_path / "f.xlsx", [
        ["重大工程问题台账"], ["序号", "项目名称", "存在问题", None, "责任单位", "解决时限"],
        [None, None, "主要内容", "症结原因", None, None],
        [1, "甲路", "1.消防车道被占；2.交评未过", "多部门交叉", "区建管委", "6月底"]], sheet="问题台账")  # fmt: skip
    book = load_workbook(path)
    for place in ("A2:A3", "B2:B3", "C2:D2", "E2:E3", "F2:F3"):
        book.active.merge_cells(place)
    book.save(path)
    row = read_workbook(path, year=2022).sheets[0].problems[0]

    assert row.get("problems").items == ("消防车道被占", "交评未过") and value(row, "cause") == "多部门交叉"
