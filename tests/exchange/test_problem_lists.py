"""问题清单：表头、一格几条、一格几家、状态的各种写法、撤销与合并（HANDBOOK §7.1 W3）。"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font, PatternFill

from kaopu.exchange.excel_in.problem_cells import (
    CLOSED,
    OPEN,
    PARTLY,
    read_status,
    split_problems,
    split_units,
)
from kaopu.exchange.excel_in.synonyms import recognise_problem
from tests.exchange.workbooks import codes, only_sheet, value, write

HEADER = ["序号", "项目名称", "存在问题", "责任部门", "协办单位", "解决时限", "是否解决", "提出时间", "备注"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("推进中存在的问题", "problems"), ("需协调解决事项", "problems"), ("问题类别", "cause"), ("系统编号（勿改）", "issue_key"), ("问题编号", ""),
        ("牵头单位", "responsible_unit"), ("责任单位及配合单位", "responsible_unit"), ("涉及部门", "assist_units"),
        ("时间节点", "due"), ("计划解决时间", "due"), ("销号时间", "closed_on"), ("是否销号（√/×）", "status"),
        ("红黄绿灯", "status"), ("办理结果", "status"), ("问题提出时间", "raised_on"), ("拟解决措施", "measures"),
        ("目前进展", "work"), ("责任人", None), ("备注", None),
    ],
)  # fmt: skip
def test_headers_of_a_problem_list(header: str, field: str | None) -> None:
    assert recognise_problem(header) == field


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1.土地未腾；2.管线未搬；3、证照未办", ("土地未腾", "管线未搬", "证照未办")),
        ("①夜间施工许可\n②交通组织", ("夜间施工许可", "交通组织")),
        ("（1）征收；（2）绿化迁移", ("征收", "绿化迁移")),
        ("一是土地未腾；二是资金未到", ("土地未腾", "资金未到")),
        ("一是2家企业未签约；二是1处违建未拆", ("2家企业未签约", "1处违建未拆")),
        ("人员不足；\n材料滞后", ("人员不足", "材料滞后")),
        ("目前有两个问题：1.土地；2.管线", ("目前有两个问题：土地", "管线")),
        ("土地未腾；管线未搬", ("土地未腾", "管线未搬")),
        ("1.5公里围挡未移交，影响3号线", ("1.5公里围挡未移交，影响3号线",)),
        ("3.合同纠纷", ("合同纠纷",)),
    ],
)
def test_several_problems_in_one_cell(text: str, items: tuple[str, ...]) -> None:
    assert split_problems(text) == items


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("区建管委、区规划资源局，桃浦镇", ("区建管委", "区规划资源局", "桃浦镇")),
        ("区发改委 区财政局", ("区发改委", "区财政局")),
        ("公安分局/区建管委,区绿化市容局", ("公安分局", "区建管委", "区绿化市容局")),
        ("区建管委（市政科、规划科）、桃浦镇", ("区建管委（市政科、规划科）", "桃浦镇")),
        ("区教育局", ("区教育局",)),
    ],
)
def test_several_offices_in_one_cell(text: str, units: tuple[str, ...]) -> None:
    assert split_units(text) == units


@pytest.mark.parametrize(
    ("text", "header", "meaning", "code"),
    [
        ("×", "是否解决", OPEN, None), ("√", "是否解决", CLOSED, None), ("否", "是否销号", OPEN, None),
        ("已销号", "状态", CLOSED, None), ("已销号（5.20）", "状态", CLOSED, None), ("推进中", "状态", OPEN, None),
        ("基本解决", "是否解决", PARTLY, "status_partly"), ("√", "未解决", OPEN, None), ("已销号（部分）", "状态", PARTLY, "status_partly"),
        ("已解决2项，剩1项", "状态", PARTLY, "status_partly"), ("已完成50%", "状态", PARTLY, "status_partly"),
        ("已完成100%", "状态", CLOSED, None), ("√（2022.5）", "是否销号", CLOSED, None), ("否（推进中）", "是否销号", OPEN, None),
        ("×（待销号）", "状态", OPEN, None), ("√（2022.5）", "未解决", OPEN, None), ("是（剩1户）", "状态", PARTLY, "status_partly"), ("红", "状态", None, "status_unclear"),
        ("正在会同规划部门研究方案", "解决情况", None, None),
    ],
)  # fmt: skip
def test_status_words(text: str, header: str, meaning: str | None, code: str | None) -> None:
    assert read_status(text, header=header) == (meaning, code)


def test_a_problem_list_as_the_office_keeps_it(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["需协调解决的问题清单"], HEADER,
        [1, "甲站", "1.土地；2.管线", "区建管委、桃浦镇", "区发改委 区财政局", "尽快", "×", 44713, None],
        [2, "乙路", "管线", "区建管委", None, "2022-06-30T00:00:00", "√", "2022-05-01", None],
        [None, None, "占道", "公安分局", None, "待定", "否", datetime(2022, 5, 6), None],
        [3, "丙校", "信访", "长寿路街道", None, 44742, None, "5月10日", "电话13812345678"],
        [4, "丁楼", "资金", "桃浦镇", None, "2022年7月底", "基本解决", None, None],
        [5, "戊院", "纠纷", "区金融办", None, "2022年8月", "已销号", None, None],
    ]  # fmt: skip
    path = write(tmp_path / "w3.xlsx", rows, sheet="Sheet1")
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet.merge_cells("B4:B5")
    sheet["G6"].fill = PatternFill("solid", fgColor="FFFF0000")
    for cell in sheet[8]:
        cell.font = Font(strike=True)
    book.save(path)
    found = only_sheet(path)
    first, second, third, fourth, *_ = found.problems

    assert (found.kind, found.row_counts()) == (
        "problem_list",
        {"title": 1, "header": 1, "problem": 5, "rejected": 1},
    )
    assert [value(row, "name") for row in found.problems] == ["甲站", "乙路", "乙路", "丙校", "丁楼"]
    assert [value(row, "due") for row in found.problems] == [
        None,
        "2022-06-30",
        None,
        "2022-06-30",
        "2022-07-31",
    ]
    assert [value(row, "raised_on") for row in (first, second, third)] == [
        "2022-06-01",
        "2022-05-01",
        "2022-05-06",
    ]
    problems = first.get("problems")
    assert problems is not None and problems.items == ("土地", "管线")
    assert (value(fourth, "status"), value(fourth, "note")) == (None, "电话138****5678")
    assert codes(found) >= {
        ("C3", "split_items"), ("F3", "unparsed"), ("F5", "undetermined"), ("G6", "fill_only"),
        ("I6", "pii_masked"), ("G7", "status_partly"), ("C8", "struck"), ("A8", "rejected_row"),
    }  # fmt: skip
    withdrawn = found.rows[-1]
    assert value(withdrawn, "problems") == "纠纷"
    assert all("rejected_row" in reading.flags for reading in withdrawn.values)
