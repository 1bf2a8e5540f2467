"""督办引擎页、总览页的警报与示例钟。"""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.test import Client
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.supervision.actions import advance, send_digests, set_demo_clock
from kaopu.supervision.models import Issue, IssueStep
from tests import factories
from tests.web.conftest import signed_in

TODAY = timezone.localdate()


def test_the_engine_page_shows_the_last_run_and_what_did_not_go_out(
    office: Client, issue: Issue, handler: User, settings: Any, tmp_path: Any
) -> None:
    assert "从未运行" in office.get("/todo/engine/").text
    handler.email, settings.HOME = "li@example.invalid", tmp_path
    handler.save()
    settings.NOTICE_EMAIL_FROM = "kaopu@example.invalid"
    advance(by=factories.operator(), now=timezone.now())
    send_digests(by=factories.operator(), on=TODAY)
    text = office.get("/todo/engine/").text

    assert "没有警报" in text and "li@example.invalid" in text
    assert "localhost:25 不在外发名单上，没有发出" in text and "里加一行 localhost" in text
    assert signed_in(handler).get("/todo/engine/").status_code == 403


def test_the_overview_says_when_nobody_watches_the_clock(issue: Issue, office: Client, handler: User) -> None:
    assert "督办引擎从未运行" in office.get("/").text
    assert "督办引擎" not in signed_in(handler).get("/").text


def test_the_demo_clock_moves_a_day_and_exists_only_in_the_demo(
    issue: Issue, office: Client, handler: User
) -> None:
    assert office.post("/todo/clock/").status_code == 404
    set_demo_clock(to=IssueStep.objects.live().get(issue=issue).due_on or TODAY, by=factories.operator())
    assert signed_in(handler).post("/todo/clock/").status_code == 403
    assert "引擎动了 1 件" in office.post("/todo/clock/", follow=True).text

    assert IssueStep.objects.live().get(issue=issue).level == 2


def test_the_number_of_things_moved_opens_exactly_those_things(
    office: Client, issue: Issue, handler: User
) -> None:
    due = IssueStep.objects.live().get(issue=issue).due_on or TODAY
    set_demo_clock(to=due + timedelta(days=60), by=factories.operator())
    advance(by=factories.operator())

    page = office.get("/todo/engine/").text
    found = re.search(r'href="([^"#]+)#h-run">(\d+)</a>', page)
    assert found is not None
    run = office.get(unescape(found.group(1))).text
    table = run[run.index('class="members"') :]

    assert issue.steps.count() > 2  # 一件一程补升几级，仍是一件
    assert int(found.group(2)) == table.count('<tr><th scope="row"') >= 1
    assert f"动了 {found.group(2)} 件" in table and "，" in table
