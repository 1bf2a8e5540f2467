"""放假通知：三种写法读出同样的日子；读不懂的说清哪里、怎么改。"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kaopu.exchange.holiday_notices import NoticeDay, NoticeUnreadable, read_notice, write_notice
from tests.exchange.workbooks import SHARED

HOLIDAYS = SHARED / "data" / "holidays" / "holiday-cn"
needs_holidays = pytest.mark.skipif(not HOLIDAYS.is_dir(), reason="没有 ../shared/data/holidays，无从比对")
YEARS = range(2007, 2027)

NEW_YEAR = [
    NoticeDay(date(2026, 12, 31), False, "元旦"),
    NoticeDay(date(2027, 1, 1), False, "元旦"),
    NoticeDay(date(2027, 1, 3), True, "元旦"),
]
LINES = """# 国务院办公厅通知
2026-12-31 至 2027-01-01 休 元旦

2027-01-03，班，元旦
"""
JSON = json.dumps(
    {
        "year": 2027,
        "days": [
            {"name": item.name, "date": item.day.isoformat(), "isOffDay": not item.works} for item in NEW_YEAR
        ],
    }
)
ICS = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:元旦假期
DTSTART;VALUE=DATE:20261231
DTEND;VALUE=DATE:20270102
END:VEVENT
BEGIN:VEVENT
SUMMARY:上班(补元旦假
 期)
DTSTART;VALUE=DATE:20270103
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    "text",
    [LINES, JSON, ICS, ICS.replace("\n", "\r\n"), "\ufeff" + LINES],
    ids=["行", "JSON", "ICS", "CRLF", "BOM"],
)
def test_three_ways_of_writing_read_the_same(text: str) -> None:
    assert read_notice(text.encode(), year=2027) == NEW_YEAR


def test_writing_and_reading_are_inverse() -> None:
    text = write_notice({item.day: item for item in NEW_YEAR})

    assert read_notice(text.encode(), year=2027) == NEW_YEAR
    assert text.splitlines()[2] == "2027-01-03 班 元旦"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有2027年的日子：该年放假安排可能尚未发布"),
        ('{"year": 2027, "days": []}', "没有2027年的日子"),
        ("2026-10-01 休 国庆", "没有2027年的日子"),
        ("2027-01-01 休\n2026-10-01 休 国庆", "2026-10-01不属于2027年"),
        ("2027-01-01 休\n2028-01-01 休", "2028-01-01不属于2027年"),
        ("2027-01-01 休\n2027-01-01 班", "2027-01-01既写休息又写上班"),
        ("2027-01-01 元旦 休", "第1行读不懂：2027-01-01 元旦 休"),
        ("2027-01-01 休\n2027-02-30 休", "第2行没有这一天"),
        ("2027-01-05 至 2027-01-01 休", "先后颠倒"),
        ("2027-01-01 至 2027-12-31 休", "连得太长"),
        ('{"days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": 1}]}', "JSON 读不懂"),
        ('{"days": [{"name": "元旦", "date": "2027年", "isOffDay": true}]}', "JSON 读不懂"),
        ("{", "JSON 读不懂"),
        (ICS.replace("元旦假期", "元旦", 1), "日程“元旦”看不出是休息还是上班"),
        (ICS.replace("20261231", "20261331"), "日程“元旦假期”的日期读不懂"),
        (ICS.replace("20270102", "20281231"), "连得太长"),
    ],
)
def test_what_cannot_be_read_says_where_and_how(text: str, said: str) -> None:
    with pytest.raises(NoticeUnreadable, match=said):
        read_notice(text.encode(), year=2027)


@pytest.mark.parametrize(
    ("data", "said"), [("2027-01-01 休 元旦".encode("gbk"), "不是 UTF-8"), (b" " * 600_000, "文件太大")]
)
def test_odd_bytes_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(NoticeUnreadable, match=said):
        read_notice(data, year=2027)


def truth(year: int) -> list[tuple[date, bool]]:
    days = json.loads((HOLIDAYS / f"{year}.json").read_text())["days"]
    return sorted((date.fromisoformat(item["date"]), not item["isOffDay"]) for item in days)


@needs_holidays
@pytest.mark.parametrize("suffix", ["json", "ics"])
@pytest.mark.parametrize("year", YEARS)
def test_the_published_files_of_twenty_years_are_read_day_by_day(year: int, suffix: str) -> None:
    path: Path = HOLIDAYS / f"{year}.{suffix}"
    found = read_notice(path.read_bytes(), year=year)

    assert [(item.day, item.works) for item in found] == truth(year)
    assert all(item.name for item in found)


@needs_holidays
@pytest.mark.parametrize("suffix", ["json", "ics"])
def test_the_file_of_a_year_not_yet_published_is_refused(suffix: str) -> None:
    with pytest.raises(NoticeUnreadable, match="可能尚未发布"):
        read_notice((HOLIDAYS / f"2027.{suffix}").read_bytes(), year=2027)
