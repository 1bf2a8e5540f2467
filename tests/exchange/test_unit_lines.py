"""说单位的一句话：哪些列用哪个单位；说不清哪一列例外的，不敢用（HANDBOOK §7.2 第3条）。"""

from __future__ import annotations

from pathlib import Path

import pytest

from kaopu.exchange.excel_in.levels import column_of
from kaopu.exchange.excel_in.unit_lines import combine, read_unit_line
from kaopu.exchange.excel_in.words import compact
from tests.exchange.workbooks import only_sheet, value, write

HEADS = ("项目名称", "总投资", "本月完成投资", "累计完成投资")
ONE_APART = {"总投资": "亿元"}


def told(line: str, heads: tuple[str, ...] = HEADS) -> tuple[dict[str, str], str | None]:
    columns = [column_of(place, head, "", year=2022) for place, head in enumerate(heads)]
    apart, sheet = combine([read_unit_line(compact(line), columns)])
    return {heads[place]: unit for place, unit in apart.items()}, sheet


@pytest.mark.parametrize(
    "line",
    [
        "单位：万元（总投资：亿元）", "金额单位为万元，总投资为亿元", "单位：万元、总投资：亿元", "除总投资为亿元外，单位：万元",
        "除总投资单位为亿元外，其余单位为万元", "单位：万元（除总投资亿元外）", "投资单位：总投资（亿元）、其余（万元）", "总投资按亿元、其余按万元填报",
        "单位：万（总投资：亿）", "单位：万元，总投资按亿", "单位：万元（总投资亿元除外）", "单位：万元（含征地费用），总投资：亿元",
        "注：1.“总投资”以亿元计，其余金额以万元计；2.尚差=应投-已投。", "本表金额单位除总投资为亿元外，其他均为万元", "单位：万元（本月、累计完成精确到万元），总投资为亿元",
        "单位：除总投资外均为万元，总投资为亿元", "某镇项目进度表（单位：万元，总投资为亿元）", "以下金额一律为万元，其中总投资为亿元",
    ],
)  # fmt: skip
def test_one_column_is_told_apart_from_the_rest(line: str) -> None:
    assert told(line) == (ONE_APART, "万元")


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万元（财政资金）", "万元"), ("单位：万元（财政资金：亿元）", "万元"), ("单位:万", "万元"), ("2022年重点项目投资完成情况（万元）", "万元"),
        ("注：投资额单位为百万元，任务完成率为百分数", "百万元"), ("（除注明外金额均以亿元计）", "亿元"), ("本表数字除百分比外均为亿元", "亿元"),
        ("单位：万元（标注亿元的除外）", "万元"), ("单位：万元（不含征地费）", "万元"), ("单位：億元", "亿元"), ("2022年重点项目投资计划（亿元）", "亿元"), ("重点项目总投资（亿元）", "亿元"),
        ("单位：亿元（精确到万元）", "亿元"), ("单位：亿元（本月完成投资不足万元的填0）", "亿元"), ("单位：万元（请勿填亿元）", "万元"),
        ("单位：万元（本年计划投资达到亿元的项目标星）", "万元"), ("范围：总投资亿元（含）以上项目 单位：万元", "万元"), ("亿元以上项目进度表（单位：万元）", "万元"), ("单位：1万元", "万元"), ("填报单位：区投资促进中心 单位：万元", "万元"), ("投资、完成额计量单位一律为万元", "万元"),
    ],
)  # fmt: skip
def test_the_unit_of_the_whole_table(line: str, unit: str) -> None:
    assert told(line) == ({}, unit)


@pytest.mark.parametrize(
    "line",
    [
        "单位：万元（总投资除外）", "除总投资外，单位：万元", "单位：万元（除累计完成外）", "单位：万元（累计除外）", "单位：亿元、万元",
        "单位：万元，其中资本金、总投资为亿元", "单位：亿元（资金到位：万元）", "单位：万元（其他资金为亿元）", "单位：万元（总投资另计）",
        "C列单位亿元，其余万元", "第3列单位为亿元，其余各列单位为万元", "单位：万元（前两列为亿元）", "单位：万元（黄色底色的为亿元）",
        "概算取自可研批复（亿元），其余按万元填报", "总投资除外，单位：万元", "单位：万元（不含总投资）", "单位：万美元", "除总投资外，单位均为万元",
    ],
)  # fmt: skip
def test_a_line_with_an_unknown_exception_is_not_used(line: str) -> None:
    assert told(line) == ({}, None)


def test_a_month_or_a_span_is_a_column_too() -> None:
    heads = ("项目名称", "总投资", "开工至今", "本月")

    assert told("单位：亿元（本月为万元）", heads) == ({"本月": "万元"}, "亿元")
    assert told("单位：万元（开工至今：亿元）", heads) == ({"开工至今": "亿元"}, "万元")


def test_a_column_by_another_name_is_found_by_its_field() -> None:
    line = "金额单位为万元，总投资、累计为亿元"

    assert told(line, ("项目名称", "概算", "1-6月完成投资", "本月完成投资")) == (
        {"概算": "亿元", "1-6月完成投资": "亿元"},
        "万元",
    )


def test_the_excepted_column_says_its_own_unit() -> None:
    assert told("单位：万元（总投资除外）", ("项目名称", "总投资（亿元）", "本月完成投资")) == ({}, "万元")
    assert told("单位：亿元（资金到位：万元）", ("项目名称", "总投资", "资金到位")) == (
        {"资金到位": "万元"},
        "亿元",
    )


def test_a_sentence_of_one_column_says_nothing_of_the_rest() -> None:
    for line in ("注：总投资单位为亿元", "说明：1.总投资以亿元为单位", "总投资单位：亿元"):
        assert told(line) == (ONE_APART, None)


def test_a_long_list_of_columns_is_no_title() -> None:
    line = "单位：总投资、年度计划投资、本月完成投资、自年初累计完成投资为万元，其余为亿元"
    apart, sheet = told(line, ("项目名称", "总投资", "年度计划投资", "本月完成投资", "累计完成投资"))

    assert set(apart.values()) == {"万元"} and len(apart) == 4 and sheet == "亿元"


def test_a_ratio_is_not_the_column_a_unit_is_said_of() -> None:
    heads = ("项目名称", "投资总额", "1-6月完成投资", "占总投资比例", "累计完成比例")

    assert told("单位：万元（总投资为亿元）", heads) == ({"投资总额": "亿元"}, "万元")
    assert told("单位：亿元，累计为万元", heads) == ({"1-6月完成投资": "万元"}, "亿元")


def test_one_line_with_an_unknown_exception_spoils_the_unit_another_says() -> None:
    columns = [column_of(place, head, "", year=2022) for place, head in enumerate(HEADS)]
    lines = [
        read_unit_line(compact(line), columns) for line in ("单位：万元", "注：资本金单位为亿元，其余为万元")
    ]

    assert combine(lines) == ({}, None)


def test_columns_listed_with_commas_are_all_told() -> None:
    heads = ("项目名称", "总投资", "年度计划投资", "本月完成投资", "到位资金")
    apart, sheet = told("单位：万元（年度计划投资，到位资金为亿元）", heads)

    assert apart == {"年度计划投资": "亿元", "到位资金": "亿元"} and sheet == "万元"


def test_names_parted_by_a_space_are_two_columns() -> None:
    heads = ("项目名称", "总投资", "年度计划投资", "本月完成投资")
    apart = {"总投资": "亿元", "年度计划投资": "亿元"}

    assert told("总投资 年度计划投资 为亿元", heads) == (apart, None)
    assert told("单位：万元，总投资 年度计划 为亿元", heads) == (apart, "万元")


def test_a_line_below_the_table_that_names_a_column_need_not_say_it_is_a_note(tmp_path: Path) -> None:
    header = ["序号", "项目名称", "总投资", "本月完成投资"]
    rows = [["2022年6月月报（单位：万元）"], header, [1, "甲路", 1.2, 300], ["总投资单位为亿元"]]

    (row,) = only_sheet(write(tmp_path / "a.xlsx", rows)).projects

    assert (value(row, "total_investment"), value(row, "month_investment")) == (120_000_000, 3_000_000)
