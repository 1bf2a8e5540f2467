"""日历页：看一年、改一天、导入通知先预演后写入；未发布的年份说清楚。"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kaopu.accounts.models import User
from kaopu.domain.rights import Role
from kaopu.tracking.models import CalendarChange
from kaopu.tracking.queries.calendar import last_change, published_years, special_days
from tests import factories

LINES = "2027-01-01 至 2027-01-03 休 元旦\n2027-02-20 班 春节\n"
NOTICE = {"year": "2027", "notice": "国办通知"}


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    "role", [Role.RESPONSIBLE_UNIT, Role.PROJECT_OWNER, Role.DISTRICT_LEADER, Role.AUDITOR]
)
def test_all_see_the_calendar_and_only_the_office_edits_it(
    as_user: Callable[[User], Client], role: Role
) -> None:
    client = as_user(factories.user(role, factories.unit()))

    shown = client.get("/calendar/")
    assert shown.status_code == 200 and "导入放假通知" not in shown.text and "改一天" not in shown.text
    answers = [
        client.post("/calendar/", {"day": "2026-03-02", "works": "off", "reason": "x", "seen": "0"}),
        client.post("/calendar/notice/", {**NOTICE, "text": LINES}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 2
    assert not CalendarChange.objects.exists()


def test_a_year_shows_rest_days_working_weekends_and_when_reports_are_due(office: Client) -> None:
    text = office.get("/calendar/?year=2023").text

    assert "1月 · 18 个工作日 · 月报期限20日" in text
    assert "2027年放假安排未发布，国务院办公厅每年十一月前后印发通知" in text
    assert '<td class="day off" title="春节">27<small>休</small></td>' in text
    assert re.search(r'<td class="day" title="春节">28<small>班</small></td>', text)
    assert '<td class="day due">20</td>' in text
    assert "全年 249 个工作日" in text


def test_an_unpublished_year_says_so_and_guesses_nothing(office: Client) -> None:
    text = office.get("/calendar/?year=2027").text

    assert "2027年放假安排未发布" in text
    assert "个工作日 ·" not in text and 'class="day off"' not in text
    assert "先导入放假通知" in text


def test_a_notice_is_rehearsed_then_applied(office: Client) -> None:
    upload = SimpleUploadedFile("2027.txt", LINES.encode())
    preview = office.post("/calendar/notice/", {**NOTICE, "file": upload})

    assert preview.status_code == 200
    assert "读出 4 天；还没有写入" in preview.text
    assert "<td>按周次</td><td>上班（春节）</td>" in preview.text
    assert 2027 not in published_years()

    form = {**NOTICE, "text": hidden(preview.text, "text"), "seen": hidden(preview.text, "seen")}
    done = office.post("/calendar/notice/", form, follow=True)
    assert "2027年放假安排已发布，改动 4 天。" in done.text
    assert "依据国办通知" in done.text
    assert [day.day for day in special_days(2027)] == [1, 2, 3, 20]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": "2027-01-01 元旦"}, "第1行读不懂"),
        ({"text": ""}, "请选一个文件，或逐行写"),
        ({"text": LINES, "year": "27"}, "年度"),
        ({"text": LINES, "notice": ""}, "请写明依据的通知名称与文号"),
        ({"text": LINES.replace("2027", "2026")}, "没有2027年的日子"),
    ],
)
def test_a_notice_that_cannot_be_read_changes_nothing(
    office: Client, form: dict[str, str], said: str
) -> None:
    response = office.post("/calendar/notice/", {**NOTICE, **form})

    assert (response.status_code, said in response.text) == (422, True)
    assert not CalendarChange.objects.exists()


def test_a_notice_rehearsed_before_anothers_change_is_not_applied(office: Client) -> None:
    seen = last_change()
    office.post("/calendar/", {"day": "2026-03-02", "works": "off", "reason": "试", "seen": str(seen)})

    response = office.post("/calendar/notice/", {**NOTICE, "text": LINES, "seen": str(seen)})
    assert (response.status_code, "已有他人的改动" in response.text) == (409, True)
    assert 2027 not in published_years()


def test_one_day_is_changed_with_a_reason(office: Client) -> None:
    form = {"day": "2026-03-02", "works": "off", "name": "试验", "reason": "试", "seen": "0"}
    done = office.post("/calendar/", form, follow=True)

    assert "2026年3月2日已改" in done.text
    assert 'title="试验">2<small>休</small>' in done.text
    assert special_days(2026)[date(2026, 3, 2)].name == "试验"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "请写明理由"),
        ({"day": "2027-03-01"}, "2027年放假安排未发布"),
        ({"day": "x"}, "2027-01-01 的样子"),
    ],
)
def test_a_day_that_cannot_be_changed_says_why(office: Client, changes: dict[str, str], said: str) -> None:
    form = {"day": "2026-03-02", "works": "off", "name": "", "reason": "试", "seen": "0"}
    response = office.post("/calendar/?year=2026", {**form, **changes})

    assert (response.status_code, said in response.text) == (422, True)
    assert not CalendarChange.objects.exists()
