"""留痕页：谁看得见、找得到、前后写得明白，末尾有最近的树头。"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

import kaopu
from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation, TreeHead
from kaopu.audit.origin import Origin, coming_from
from kaopu.documents.kinds.registry import KINDS
from kaopu.domain.document_states import DocumentVerb
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderVerb
from kaopu.web.trace.wording import VERBS
from tests import factories

PACKAGE = Path(kaopu.__file__).parent
AsUser = Callable[[User], Client]


@pytest.fixture
def auditor(as_user: AsUser) -> Client:
    """审计的人登录后的浏览器。"""
    return as_user(factories.user(Role.AUDITOR))


@pytest.mark.parametrize("role", list(Role))
def test_only_auditors_and_the_heads_of_the_office_read_the_trace(as_user: AsUser, role: str) -> None:
    client = as_user(factories.user(Role(role)))
    response = client.get("/trace/")

    if role in {Role.AUDITOR, Role.OFFICE_DIRECTOR, Role.OFFICE_SECTION, Role.AUDITADMIN}:
        assert (response.status_code, 'aria-current="page">留痕' in response.text) == (200, True)
    else:
        assert response.status_code == 403
        assert "留痕的查看由推进办、审计、审计管理员办理" in response.text
        assert "留痕" not in client.get("/projects/").text


def test_a_change_shows_who_from_where_what_before_and_after(auditor: Client) -> None:
    with coming_from(Origin(request_id="r" * 32, address="10.1.2.3")):
        record(
            by=factories.operator(),
            verb="tracking.submit_report",
            reason="更正笔误",
            before={"investment_yuan": 100},
            after={"investment_yuan": 200, "progress_percent": None},
        )

    text = auditor.get("/trace/").text
    for said in ("命令行", "10.1.2.3，网页", "报出月报", "更正笔误", "本月完成投资（元）", "r" * 32):
        assert said in text
    assert "<td>100</td><td>200</td>" in text
    assert "<td>—</td><td>—</td>" in text


@pytest.mark.parametrize("text", ["10.1.2.3", "更正", "tracking.submit", "报出", "OPERATOR"])
def test_search_finds_by_address_reason_verb_or_person(auditor: Client, text: str) -> None:
    factories.operator()
    with coming_from(Origin(request_id="r1", address="10.1.2.3")):
        record(by=factories.operator(), verb="tracking.submit_report", reason="更正笔误")

    found = auditor.get("/trace/", {"q": text}).text
    assert "更正笔误" in found
    assert auditor.get("/trace/", {"q": "查无此词"}).text.count("没有符合条件的办理") == 1


def test_search_by_day_takes_both_ends(auditor: Client) -> None:
    from django.utils import timezone

    factories.operator()
    for at in ("2022-05-31T23:59:59+08:00", "2022-06-01T00:00:00+08:00", "2022-06-01T23:59:59+08:00"):
        Operation.objects.create(actor=at[:10], verb="v", at=timezone.datetime.fromisoformat(at))

    text = auditor.get("/trace/", {"since": "2022-06-01", "until": "2022-06-01"}).text
    assert "共 2 次办理" in text
    refused = auditor.get("/trace/", {"since": "昨天"})
    assert (refused.status_code, "请写成 2022-12-31" in refused.text) == (400, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_however_long(
    auditor: Client, django_assert_num_queries: Callable[[int], Iterator[None]], count: int
) -> None:
    for number in range(count):
        record(by=factories.operator(), verb="tracking.suspend", count=number)

    with django_assert_num_queries(7):
        text = auditor.get("/trace/", {"q": "停工"}).text
    assert f"共 {count} 次办理" in text


def test_the_last_head_is_shown(auditor: Client) -> None:
    assert "还没有封存过" in auditor.get("/trace/").text

    TreeHead.objects.create(size=7, root="ab" * 32, algorithm="sha256", peaks=[])
    assert "7:" + "ab" * 32 in auditor.get("/trace/").text


def verbs_recorded() -> set[str]:
    """代码里写明的动作；拼出来的（``f"figures.close_{kind}"``）不在内。"""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
                said = [item.value for item in node.keywords if item.arg == "verb"]
                found |= {str(value.value) for value in said if isinstance(value, ast.Constant)}
    return found


def test_every_verb_recorded_has_a_chinese_name() -> None:
    assert len(verbs_recorded()) > 15
    assert verbs_recorded() - VERBS.keys() == set()


def test_every_verb_put_together_has_a_chinese_name() -> None:
    steps = {f"supervision.issue_{verb}" for verb in IssueVerb}
    steps |= {f"supervision.order_{verb}" for verb in OrderVerb} | {
        f"documents.{verb}" for verb in DocumentVerb
    }
    drafts = {f"documents.draft_{kind.replace('-', '_')}" for kind in KINDS}

    assert (steps | drafts) - VERBS.keys() == set()


def test_what_an_import_or_the_engine_did_says_where_it_came_from(auditor: Client) -> None:
    record(by=factories.operator(), verb="projects.save_list", source="demo:811")
    record(by=factories.operator(), verb="supervision.advance", source="tick")

    text = auditor.get("/trace/").text
    assert "示例，第 811 次办理导入" in text and "引擎</td>" in text


def test_the_day_of_a_fact_reads_as_a_day(auditor: Client) -> None:
    record(by=factories.operator(), verb="tracking.resume", before={"on": date(2022, 6, 1)})

    assert "<td>2022-06-01</td><td>—</td>" in auditor.get("/trace/").text
