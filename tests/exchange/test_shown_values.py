"""存的数不是看到的数：日期只显示到年月，金额带着单位或缩放过显示（HANDBOOK §7.2 第3、7条）。看到的才是填表人的意思。"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from kaopu.exchange.excel_in.result import SheetReading
from tests.exchange.test_formats import CONTENT, ods
from tests.exchange.workbooks import codes, listing, only_sheet, project, value, write

MONTHS = ('yyyy"年"m"月"', 'yyyy"年"m"月";@', '[$-804]yyyy"年"m"月"', "yyyy-mm", "mmm-yy", "yyyy.m")


@pytest.mark.parametrize("number_format", MONTHS)
@pytest.mark.parametrize("day", [1, 30])
def test_a_date_shown_as_a_month_means_the_whole_month(tmp_path: Path, number_format: str, day: int) -> None:
    sheet = read_date(tmp_path, datetime(2022, 6, day), number_format)

    assert value(sheet.projects[0], "goal_due") == "2022-06-30"
    assert sheet.projects[0].get("goal_due").precision == "month"
    assert codes(sheet) == set()


def test_a_hidden_day_in_the_middle_of_the_month_is_kept_and_pointed_out(tmp_path: Path) -> None:
    sheet = read_date(tmp_path, datetime(2022, 6, 15), MONTHS[0])

    assert value(sheet.projects[0], "goal_due") == "2022-06-15"
    assert codes(sheet) == {("G4", "day_hidden")}


@pytest.mark.parametrize("number_format", ['yyyy"年"m"月"d"日"', "m/d/yyyy", "yyyy-mm-dd hh:mm:ss", "mm-dd"])
def test_a_date_shown_with_its_day_is_that_day(tmp_path: Path, number_format: str) -> None:
    sheet = read_date(tmp_path, datetime(2022, 6, 1), number_format)

    assert value(sheet.projects[0], "goal_due") == "2022-06-01"


def test_a_date_shown_as_a_year_means_the_whole_year(tmp_path: Path) -> None:
    sheet = read_date(tmp_path, datetime(2022, 1, 1), 'yyyy"年"')

    assert value(sheet.projects[0], "goal_due") == "2022-12-31"


def test_what_an_ods_cell_shows_counts(tmp_path: Path) -> None:
    shown = {
        '<table:table-cell o:value-type="date" o:date-value="2022-06-01"><text:p>2022年6月</text:p>': (
            "goal_due", "2022-06-30", None,
        ),
        '<table:table-cell o:value-type="float" o:value="3000"><text:p>3,000万元</text:p>': (
            "total_investment", 30_000_000, None,
        ),
        '<table:table-cell o:value-type="float" o:value="120000000"><text:p>1.2亿</text:p>': (
            "total_investment", None, "unit_scaled",
        ),
        '<table:table-cell o:value-type="float" o:value="1.25"><text:p>1.3</text:p>': (
            "total_investment", 125_000_000, None,
        ),
    }  # fmt: skip
    plain = {
        "goal_due": CONTENT[CONTENT.index('<table:table-cell o:value-type="date"') :].partition("</table")[0],
        "total_investment": '<table:table-cell o:value-type="float" o:value="1.5"><text:p>1.5</text:p>',
    }
    for cell, (field, wanted, code) in shown.items():
        content = CONTENT.replace(plain[field], cell)
        assert content != CONTENT
        sheet = only_sheet(ods(tmp_path / "月报.ods", content))
        assert value(sheet.projects[0], field) == wanted
        assert (code is None) or ("C5", code) in codes(sheet)


def read_date(tmp_path: Path, stored: datetime, number_format: str) -> SheetReading:
    path = write(tmp_path / "f.xlsx", listing(project(due=stored)))
    book = load_workbook(path)
    book.worksheets[0]["G4"].number_format = number_format
    book.save(path)
    return only_sheet(path)
