"""老格式、开放文档格式里，一格划掉一截的：读剩下的，说一声（HANDBOOK §7.2 第8条）。"""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from kaopu.exchange.excel_in.biff_strings import rich_strings
from tests.exchange.test_formats import CONTENT, SAMPLES, ods
from tests.exchange.workbooks import codes, only_sheet, value


def test_what_is_left_in_an_old_xls() -> None:
    sheet = only_sheet(SAMPLES / "partly_struck.xls")

    assert [(row.text("name"), row.text("problems"), value(row, "due")) for row in sheet.problems] == [
        ("甲路", "管线未迁", "2022-09-30"),
        ("丙园", "水电未接", "2022-08-31"),
        ("丁校", "资金未到位", "2022-10-31"),
    ]
    assert {("C3", "partly_struck"), ("E5", "partly_struck"), ("C4", "struck")} <= codes(sheet)
    assert not any(cell == "C6" for cell, _ in codes(sheet))


@pytest.mark.parametrize("mark", ['text-line-through-style="solid"', 'text-line-through-type="single"'])
def test_what_is_left_in_an_ods(tmp_path: Path, mark: str) -> None:
    part = f'<style:style style:name="T1" style:family="text"><style:text-properties style:{mark}/></style:style>'
    content = CONTENT.replace("</o:automatic-styles>", part + "</o:automatic-styles>").replace(
        "<text:p>乙桥</text:p>", '<text:p><text:span text:style-name="T1">老桥</text:span>乙桥</text:p>'
    )
    sheet = only_sheet(ods(tmp_path / "月报.ods", content))

    assert [value(row, "name") for row in sheet.projects][-1] == "乙桥"
    assert ("B6", "partly_struck") in codes(sheet)


def test_a_string_may_run_on_in_the_next_record_in_another_width() -> None:
    wide, narrow = "管线未迁".encode("utf-16-le"), b"abc"
    plain = struct.pack("<HB", 3, 0) + narrow
    rich = struct.pack("<HBH", 7, 0x09, 2) + wide
    fonts = struct.pack("<HHHH", 2, 7, 5, 0)
    records = [struct.pack("<II", 9, 2) + plain + rich, b"\x00" + narrow + fonts[:3], fonts[3:]]

    assert rich_strings(records) == {1: [("管线", None), ("未迁a", 7), ("bc", 0)]}


def test_records_that_break_off_cannot_be_read() -> None:
    with pytest.raises(IndexError):
        rich_strings([struct.pack("<II", 1, 1) + struct.pack("<HB", 3, 0)])
