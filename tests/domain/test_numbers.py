"""金额、工作日、字号、恒等式（金标 3、10、11、12、13）。"""

from datetime import date
from decimal import Decimal

import pytest

from kaopu.domain.closing import check_identity, completions
from kaopu.domain.investment import percent
from kaopu.domain.money import headline, in_text, statement_holds, wan
from kaopu.domain.numbering import document_number
from kaopu.domain.workdays import CalendarUnpublished, WorkCalendar, report_due_on

CALENDAR = WorkCalendar(
    exceptions={date(2023, 1, day): False for day in (2, 23, 24, 25, 26, 27)}
    | {date(2023, 1, 28): True, date(2023, 1, 29): True, date(2023, 6, 25): True},
    published=frozenset({2023}),
)


def test_a_saturday_may_be_a_working_day():
    assert CALENDAR.is_workday(date(2023, 1, 28))
    assert not CALENDAR.is_workday(date(2023, 1, 27))


def test_the_report_is_due_on_the_working_day_before_the_holiday():
    assert report_due_on(date(2023, 1, 1), CALENDAR) == date(2023, 1, 20)
    assert report_due_on(date(2023, 6, 1), CALENDAR) == date(2023, 6, 25)


def test_an_unpublished_year_is_not_guessed():
    with pytest.raises(CalendarUnpublished, match="2027年放假安排未发布"):
        CALENDAR.is_workday(date(2027, 1, 4))


@pytest.mark.parametrize(
    ("yuan", "qualifier", "text"),
    [
        (32_900_000_000, "gt", "逾329亿元"),
        (150_000_000, None, "1.5亿元"),
        (99_990_000, "approx", "约9999万元"),
        (None, None, "—"),
    ],
)
def test_amounts_in_running_text(yuan, qualifier, text):
    assert in_text(yuan, qualifier) == text


def test_amounts_in_tables_keep_two_decimals_at_most():
    assert [wan(123_450_000), wan(12_345), wan(0), wan(None)] == ["12,345", "1.23", "0", "—"]


def test_the_published_headline_is_true_of_the_sum():
    assert headline(32_910_000_000) == (32_900_000_000, "gt")
    assert headline(32_900_000_000) == (32_900_000_000, None)
    assert not statement_holds(32_890_000_000, stated=32_900_000_000, qualifier="gt")
    assert not statement_holds(32_900_000_000, stated=32_900_000_000, qualifier="gt")


def test_percentages_round_half_up_and_never_divide_by_zero():
    assert percent(43, 73) == Decimal("58.9")
    assert percent(1, 8, places=0) == Decimal("13")
    assert percent(1, 0) is None


def test_the_first_document_of_2023():
    assert document_number("普桃推办", 2023, 1) == "普桃推办〔2023〕1号"


def test_an_identity_names_the_members_that_are_missing_or_doubled():
    verdict = check_identity(whole=("合计", ["A", "B", "C"]), parts=[("甲", ["A", "B"]), ("乙", ["B"])])

    assert (verdict.holds, verdict.culprits) == (False, ("B", "C"))
    assert verdict.text == "合计3 = 甲2 + 乙1"


def test_two_cells_of_the_published_table_are_not_determined_by_its_totals():
    rows = {
        "市政": {"完成": 11, "滞后": None, "无法": None, "停止": None},
        "民生": {"完成": 11, "滞后": 7, "无法": 0, "停止": 0},
        "公服": {"完成": 3, "滞后": None, "无法": None, "停止": None},
        "功能": {"完成": 9, "滞后": 15, "无法": 1, "停止": 1},
        "住宅": {"完成": 9, "滞后": 4, "无法": 0, "停止": 0},
    }
    totals = {"市政": 12, "民生": 18, "公服": 4, "功能": 26, "住宅": 13}

    found = completions(totals, rows, {"完成": 43, "滞后": 27, "无法": 2, "停止": 1})

    assert sorted(sorted(cell for cell, count in filled.items() if count) for filled in found) == [
        [("公服", "无法"), ("市政", "滞后")],
        [("公服", "滞后"), ("市政", "无法")],
    ]
