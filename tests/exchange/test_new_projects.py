"""清单上系统里没有的名称会另立一个项目：逐个说出来，像的请人认（HANDBOOK §7.2 第6条“never auto-merge”）。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.config.commands.importing import print_import
from kaopu.exchange.actions import preview
from tests.exchange.workbooks import listing, project, write
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db


def written(path: Path, *names: str) -> Path:
    rows = [project(seq, f"{name}") for seq, name in enumerate(names, 1)]
    return write(path, listing(*rows))


def told(result) -> str:
    return "".join(note for note in result.notes if "按新项目立" in note)


def test_names_not_in_the_system_are_named_before_they_become_projects(tmp_path: Path) -> None:
    project_list([listed("安远路桥（人行）"), listed("示例小学")])

    result = preview(written(tmp_path / "清单.xlsx", "安远路桥", "示例小学"), year=2022, by=operator())

    assert "“安远路桥”（第4行），共 1 个" in told(result)
    assert [(item.cell, item.project) for item in result.proposals] == [("B4", "安远路桥（人行）")]


def test_the_command_prints_the_names_that_are_near(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """以前只有网页列出相近的名称；用命令导清单的人不知道，一个项目就成了两个。"""
    project_list([listed("安远路桥（人行）")])

    print_import(preview(written(tmp_path / "清单.xlsx", "安远路桥"), year=2022, by=operator()), dry_run=True)

    assert "相近 区属!B4“安远路桥”像是" in capsys.readouterr().out


def test_only_the_first_ten_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    project_list([listed("示例小学")])
    names = [f"{letter}地块道路" for letter in "甲乙丙丁戊己庚辛壬癸子丑"]

    result = preview(written(tmp_path / "清单.xlsx", *names), year=2022, by=operator())

    assert "癸地块道路" in told(result) and "子地块道路" not in told(result)
    assert "等 12 个" in told(result)


def test_an_empty_system_says_nothing_and_other_numbers_are_other_projects(tmp_path: Path) -> None:
    path = written(tmp_path / "清单.xlsx", "交通路工程（三标段）")
    assert told(preview(path, year=2022, by=operator())) == ""

    project_list([listed("交通路工程（二标段）")])
    assert preview(path, year=2022, by=operator()).proposals == []


def test_the_second_sheet_of_a_first_import_says_nothing_either(tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    write(path, listing(project(1, "示例小学")))
    book = load_workbook(path)
    second = book.create_sheet("市属")
    for row in listing(project(1, "安远路桥")):
        second.append(row)
    book.save(path)

    result = preview(path, year=2022, by=operator())

    assert result.applied == 2 and told(result) == ""


@pytest.mark.parametrize("by_month", [True, False])
def test_a_monthly_import_names_what_it_would_found_even_in_an_empty_office(
    tmp_path: Path, by_month: bool
) -> None:
    path = written(tmp_path / "清单.xlsx", "安远路桥")
    result = preview(path, year=2022, month=date(2022, 6, 1) if by_month else None, by=operator())

    assert ("“安远路桥”（第4行）" in told(result)) is by_month


def test_a_national_code_that_is_not_ours_leaves_the_name_to_find_the_project(tmp_path: Path) -> None:
    """月报上的“项目代码”是国家统一代码，系统里记的是自己的编号：以前名称一字不差也整张拒收。"""
    project_list([listed("示例小学")])
    rows: list[list[object]] = [
        ["2022年6月月报"], ["单位：万元"], ["序号", "项目名称", "项目代码", "本月完成投资", "工作进展"],
        [1, "示例小学", "2021-310107-78-01-784333", 20, "桩基施工"], [2, "示例小学", "B99", 20, "桩基施工"],
    ]  # fmt: skip
    result = preview(
        path=write(tmp_path / "f.xlsx", rows, sheet="月报"), year=2022, month=date(2022, 6, 1), by=operator()
    )

    assert result.applied == 1 and [item.row for item in result.rejections] == [5]
