"""领导页打印：五件都写得满满的，也只有一页 A4。"""

from __future__ import annotations

import re

from django.utils import timezone
from playwright.sync_api import sync_playwright

from kaopu.config.settings import PACKAGE
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.rights import Role
from kaopu.supervision.actions import act_on_issue, raise_issue
from tests import factories
from tests.web.conftest import signed_in

LONG = "管线权属不清，搬迁费用分担未定，涉及三家产权单位，须请市区两级协调。"


def leader_page() -> str:
    """五件三级以上的事，标题、分析、对策都超过页面所容。"""
    officer, today = factories.user(), timezone.localdate()
    year = factories.project_year("名称很长很长的重点建设项目一期工程配套道路及地下综合管廊", due_on=None)
    for _ in range(6):
        issue = raise_issue(project=year.project, title=(LONG * 5)[:120], by=officer, on=today, level=4)
        act_on_issue(
            issue=issue, verb=IssueVerb.ANALYSE, by=officer, on=today, analysis=LONG * 9, proposal=LONG * 9
        )
    page = signed_in(factories.user(Role.TOP_LEADER)).get("/leader/").text
    css = (PACKAGE / "web/static/kaopu/kaopu.css").read_text(encoding="utf-8")
    return re.sub(r'<link rel="stylesheet"[^>]*>', f"<style>{css}</style>", page)


def test_five_asks_written_to_the_full_print_on_one_page(db: None, chromium_path: str) -> None:
    text = leader_page()
    assert text.count('class="card ask"') == 5 and "<style>" in text
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(text)
        printed = page.pdf(prefer_css_page_size=True)
        browser.close()

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_each_leader_is_asked_only_what_is_his(db: None) -> None:
    officer, today = factories.user(), timezone.localdate()
    year = factories.project_year("示例小学", due_on=None)
    for level in (2, 3, 4):
        issue = raise_issue(project=year.project, title=f"第{level}级的事", by=officer, on=today, level=level)
        act_on_issue(issue=issue, verb=IssueVerb.ANALYSE, by=officer, on=today, analysis="因", proposal="策")

    asked = {
        role: re.findall(r"第\d级的事", signed_in(factories.user(role)).get("/leader/").text)
        for role in (Role.DISTRICT_LEADER, Role.TOP_LEADER, Role.OFFICE_DIRECTOR)
    }
    assert set(asked[Role.DISTRICT_LEADER]) == {"第3级的事"}
    assert set(asked[Role.TOP_LEADER]) == {"第4级的事"}
    assert set(asked[Role.OFFICE_DIRECTOR]) == {"第3级的事", "第4级的事"}
