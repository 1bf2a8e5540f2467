"""规则页：谁看、谁起草、谁启用；空档重叠当场指出；启用在看过回放的那一页。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.backward_rules import DEFAULT_CHAIN, ChainPolicy, write_lines
from kaopu.domain.ladder import DEFAULT_LADDER
from kaopu.domain.rights import Role
from kaopu.domain.rule_kinds import RuleKind
from kaopu.domain.rule_sets import DEFAULT_PARAMETERS, PRESETS
from kaopu.figures.actions import close_month
from kaopu.supervision.queries.clock import ladder as ladder_versions
from kaopu.tracking import actions as tracking
from kaopu.tracking.models import RuleSet, RuleSetDraft
from kaopu.tracking.queries.permits import chain_on
from kaopu.web.rules.forms import ColourDraftForm, LadderDraftForm, shown_parameters
from tests import factories

AsUser = Callable[[User], Client]


def filled(**changes: Any) -> dict[str, Any]:
    return {
        **shown_parameters(RuleKind.COLOUR, DEFAULT_PARAMETERS),
        "name": "2027年规则",
        "note": "会议议定",
        **changes,
    }


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_the_form_gives_back_the_parameters_it_was_given(preset: Any) -> None:
    form = ColourDraftForm({**shown_parameters(RuleKind.COLOUR, preset.parameters), "name": "n", "note": "t"})

    assert form.is_valid(), form.errors
    given = {name: str(value).rstrip("0").rstrip(".") for name, value in preset.parameters.items()}
    assert {name: str(value).rstrip("0").rstrip(".") for name, value in form.parameters().items()} == given


@pytest.mark.parametrize(
    ("role", "reads", "drafts"),
    [
        (Role.OFFICE_DIRECTOR, 200, 200),
        (Role.CLERK, 200, 403),
        (Role.AUDITOR, 200, 403),
        (Role.DISTRICT_LEADER, 200, 403),
        (Role.RESPONSIBLE_UNIT, 403, 403),
        (Role.PROJECT_OWNER, 403, 403),
    ],
)
def test_who_reads_and_who_drafts(as_user: AsUser, role: Role, reads: int, drafts: int) -> None:
    client = as_user(factories.user(role, factories.unit()))

    assert client.get("/rules/").status_code == reads
    assert client.get("/rules/replay/").status_code == reads
    assert client.get("/rules/draft/").status_code == drafts
    assert client.post("/rules/draft/", filled()).status_code == (302 if drafts == 200 else 403)


def test_the_list_says_each_rule_in_chinese(office: Client) -> None:
    text = office.get("/rules/").text
    assert "默认规则集 第1版</a>（现行）" in text
    assert '<th scope="row">累计投资与序时计划之比</th><td>低于 80%</td><td>低于 60%</td>' in text

    text = office.get("/rules/?show=p海口型").text
    assert '<th scope="row">累计投资与序时计划之比</th><td>不采用</td><td>不采用</td>' in text
    assert office.get("/rules/?show=p没有的").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ratio_red_below": "90"}, "红与绿在 0.8 至 0.9 之间重叠"),
        ({"gap_red_from_points": "10"}, "黄档是空的"),
        ({"unstarted_red_from_days": ""}, "请填一个数"),
        ({"name": ""}, "请写名称"),
        ({"note": ""}, "请写明为什么改"),
    ],
)
def test_a_draft_that_does_not_hold_is_told_and_not_kept(
    office: Client, changes: dict[str, str], said: str
) -> None:
    response = office.post("/rules/draft/", filled(**changes))

    assert (response.status_code, said in response.text) == (422, True)
    assert not RuleSetDraft.objects.exists()


def test_a_draft_leads_to_its_replay_and_a_chief_activates_it_there(office: Client, as_user: AsUser) -> None:
    page = office.post("/rules/draft/?from=p银川型", filled(name="试行"), follow=True)
    draft = RuleSetDraft.objects.get()
    address = f"/rules/replay/?kind=colour&after=d{draft.pk}"
    assert page.redirect_chain == [(address, 302)]
    assert "规则集由科长以上启用" in page.text  # 专员只能起草

    refused = office.post(address, {"effective_on": "2099-01-01"})
    assert (refused.status_code, RuleSet.objects.filter(kind=RuleKind.COLOUR).count()) == (403, 1)
    chief = as_user(factories.user(Role.OFFICE_SECTION))
    done = chief.post(address, {"effective_on": "2099-01-01"}, follow=True)
    assert "试行 v1已启用，2099年1月1日起生效。" in done.text
    assert "2099年1月1日" in done.text


def test_a_draft_is_revised_not_doubled(office: Client) -> None:
    office.post("/rules/draft/", filled())
    first = RuleSetDraft.objects.get()
    form = office.get(f"/rules/draft/?from=d{first.pk}").text
    assert f'name="replaces" value="{first.pk}"' in form and "会议议定" in form

    office.post(f"/rules/draft/?from=d{first.pk}", filled(name="改过", replaces=first.pk))
    text = office.get("/rules/").text
    assert "改过" in text and "2027年规则" not in text and "共 1 份" in text


def test_replay_names_the_months_that_differ(office: Client) -> None:
    entry = factories.project_year("示例小学", goal="正式开工", due_on=date(2022, 1, 30))
    rows = [
        {"project_year": entry, "month": date(2022, number, 1), "planned_investment_yuan": 10_000_000}
        for number in range(1, 13)
    ]
    tracking.save_plans(rows=rows, by=factories.operator(), on=date(2022, 1, 10))
    tracking.save_reports(
        month=date(2022, 1, 1),
        rows=[{"project_year": entry, "investment_yuan": 0}],
        by=factories.operator(),
        on=date(2022, 1, 25),
    )
    for number in (1, 2):
        close_month(month=date(2022, number, 1), by=factories.operator())

    text = office.get("/rules/replay/?after=p海口型&year=2022").text
    assert "共 1 个；上行为原规则" in text and "示例小学" in text
    assert '<td class="lamp-red"><mark>红</mark></td>' in text
    assert "两版规则评出同样的颜色" in office.get("/rules/replay/?after=p默认型").text


LADDER = "/rules/draft/?kind=ladder"


def ladder(**changes: Any) -> dict[str, Any]:
    shown = shown_parameters(RuleKind.LADDER, DEFAULT_LADDER)
    return {**shown, "name": "2023年梯子", "note": "会议议定", **changes}


def test_the_ladder_form_gives_back_the_parameters_it_was_given() -> None:
    form = LadderDraftForm(ladder())

    assert form.is_valid(), form.errors
    assert form.parameters() == DEFAULT_LADDER


def test_the_ladder_is_read_level_by_level(office: Client) -> None:
    text = office.get("/rules/?kind=ladder").text

    assert "默认逐级协调规则 第1版</a>（现行）" in text
    assert (
        '<th scope="row">L3 专题协调</th><td>15 个工作日</td><td>推进办主任、综合文书、分管区领导、区府办（督查室）</td>'
        in text
    )
    assert "默认规则集" not in text
    assert office.get("/rules/?kind=other").status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"limit_2": "0"}, "L2 重点协调：几个工作日"),
        ({"notified_2": []}, "L2 没有写明通知谁，升到这一级没有人知道"),
        ({"notified_4": ["clerk", "project_officer"]}, "“项目专员”在 L1、L4 重复"),
        ({"notified_1": ["sysadmin"]}, "L1 日常协调：新增通知谁"),
    ],
)
def test_a_ladder_that_does_not_hold_is_told_and_not_kept(
    office: Client, changes: dict[str, Any], said: str
) -> None:
    response = office.post(LADDER, ladder(**changes))

    assert (response.status_code, said in response.text) == (422, True)
    assert not RuleSetDraft.objects.exists()


def test_a_ladder_draft_is_compared_and_then_activated_from_tomorrow(office: Client, as_user: AsUser) -> None:
    page = office.post(LADDER, ladder(limit_1=3), follow=True)
    draft = RuleSetDraft.objects.get()
    address = f"/rules/activate/?kind=ladder&after=d{draft.pk}"
    assert page.redirect_chain == [(address, 302)]
    assert "<mark>3 个工作日</mark>（原为5 个工作日）" in page.text
    assert "规则集由科长以上启用" in page.text and "已定的期限不变" in page.text
    assert office.post(address, {"effective_on": "2099-01-01"}).status_code == 403

    chief = as_user(factories.user(Role.OFFICE_SECTION))
    today = timezone.localdate()
    refused = chief.post(address, {"effective_on": str(today)})
    assert refused.status_code == 422 and "规则不能追溯" in refused.text
    done = chief.post(address, {"effective_on": str(today + timedelta(days=1))}, follow=True)
    assert "2023年梯子 v1已启用" in done.text
    assert ladder_versions().on(today).limits[1] == 5
    assert ladder_versions().on(today + timedelta(days=1)).limits[1] == 3
    assert office.get("/rules/").text.count("2023年梯子") == 0


def test_the_approval_chain_is_drafted_line_by_line_and_the_lines_at_fault_are_told(office: Client) -> None:
    page = office.get("/rules/draft/?kind=chain").text
    assert "建筑工程施工许可证｜施工许可｜区建管委｜7｜工作日｜" in page
    lines = write_lines(ChainPolicy.read(DEFAULT_CHAIN).nodes)
    given = {
        "name": "本区工期",
        "note": "按本区实际",
        "lines": lines.replace("区规划资源局｜10", "区规划资源局｜九", 1),
    }

    wrong = office.post("/rules/draft/?kind=chain", given)
    assert (wrong.status_code, "第 2 行的天数、有效期须是整数" in wrong.text) == (422, True)
    cut = office.post("/rules/draft/?kind=chain", {**given, "lines": lines.split("\n", 1)[1]})
    assert (cut.status_code, "前置“项目建议书批复”不在表里" in cut.text) == (422, True)
    assert not RuleSetDraft.objects.exists()


def test_a_chain_draft_is_compared_and_activated_and_made_schedules_keep_their_days(
    office: Client, as_user: AsUser
) -> None:
    lines = write_lines(ChainPolicy.read(DEFAULT_CHAIN).nodes).replace(
        "竣工验收备案｜验收｜区建管委｜15", "竣工验收备案｜验收｜区建管委｜10"
    )
    given = {
        "name": "本区工期",
        "note": "按本区实际",
        "lines": lines + "\n移交管养｜验收｜建设单位｜5｜工作日｜竣工验收备案｜｜",
    }
    page = office.post("/rules/draft/?kind=chain", given, follow=True)

    assert "<mark>10 个日历日</mark>（原为15 个日历日）" in page.text and "已排的计划不变" in page.text
    assert "<mark>5 个工作日</mark>（原为无）" in page.text
    address, today = page.redirect_chain[0][0], timezone.localdate()
    chief = as_user(factories.user(Role.OFFICE_SECTION))
    assert chief.post(address, {"effective_on": str(today)}).status_code == 302
    assert [chain_on(day).name for day in (today - timedelta(days=1), today)] == [
        "默认倒排工期规则 v1",
        "本区工期 v1",
    ]
    assert office.get("/rules/activate/?kind=colour").status_code == 404
