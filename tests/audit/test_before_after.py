"""改了什么都看得出改前改后：账号、批复、督办各步、登记（TRUST §1 规则 5）。"""

from __future__ import annotations

from datetime import date

import pytest

from kaopu.accounts.actions import ChangeKind, propose_change, rule_change, set_phone
from kaopu.audit.models import Operation
from kaopu.domain.carryover import LifecycleStage
from kaopu.domain.causes import Cause
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.outcomes import Outcome
from kaopu.domain.rights import Role
from kaopu.projects.actions import propose_goal_change, record_stage, rule_goal_change
from kaopu.supervision.actions import act_on_issue, raise_issue
from kaopu.tracking.actions import record_decision, suspend
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2022, 6, 1)


def traced(verb: str) -> Operation:
    return Operation.objects.filter(verb=verb).latest("pk")


def test_an_account_ruling_shows_role_unit_and_post_before_and_after() -> None:
    person = factories.user(Role.PROJECT_OWNER, factories.unit("示例建设"))
    change = propose_change(
        kind=ChangeKind.ROLE, username=person.username, role=Role.RESPONSIBLE_UNIT, post="科员",
        organization=factories.unit("区教育局"), by=factories.user(Role.SYSADMIN), on=DAY,
    )  # fmt: skip
    rule_change(change=change, approved=True, by=factories.user(Role.SECADMIN), on=DAY, reason="调动")

    for verb in ("accounts.propose_role", "accounts.rule_change"):
        row = traced(verb)
        assert (row.before["role"], row.before["organization"], row.before["post"]) == (
            "project_owner", "示例建设", "",
        )  # fmt: skip
        assert (row.after["role"], row.after["organization"], row.after["post"]) == (
            "responsible_unit", "区教育局", "科员",
        )  # fmt: skip
    assert (traced("accounts.rule_change").reason, traced("accounts.rule_change").after["is_active"]) == (
        "调动", True,
    )  # fmt: skip


def test_a_refused_account_change_leaves_what_was_and_a_password_is_never_traced() -> None:
    person = factories.user(Role.PROJECT_OWNER)
    change = propose_change(
        kind=ChangeKind.RESET, username=person.username, password="Kaopu-2022-new", by=factories.user(Role.SYSADMIN),
        on=DAY,
    )  # fmt: skip
    rule_change(change=change, approved=False, by=factories.user(Role.SECADMIN), on=DAY, reason="本人未申请")

    row = traced("accounts.rule_change")
    assert row.before == row.after
    assert "argon2" not in str([row.before, row.after, row.detail]) and "Kaopu-2022" not in str(row.detail)


def test_a_goal_ruling_shows_the_goal_before_and_after() -> None:
    year = factories.project_year(goal="竣工")
    change = propose_goal_change(
        goal=year.goals.get(), text="主体结构完成", due_on=date(2022, 11, 30), cause=Cause.FORCE_MAJEURE,
        document="会议纪要1号", by=factories.user(), on=DAY,
    )  # fmt: skip
    rule_goal_change(change=change, approved=True, by=factories.user(Role.OFFICE_SECTION), on=DAY)

    row = traced("projects.rule_goal_change")
    assert row.before == {"text": "竣工", "due_on": "2022-12-31"}
    assert row.after == {"text": "主体结构完成", "due_on": "2022-11-30"}
    assert traced("projects.propose_goal_change").detail == {
        "cause": "force_majeure", "document": "会议纪要1号",
    }  # fmt: skip


def test_a_step_of_an_issue_shows_state_level_and_due_day_before_and_after() -> None:
    year = factories.project_year(profile={"responsible_unit": factories.unit()})
    officer, handler = factories.user(), factories.user(Role.RESPONSIBLE_UNIT, factories.unit())
    issue = raise_issue(project=year.project, title="管线未迁", by=officer, on=DAY)
    act_on_issue(issue=issue, verb=IssueVerb.ACCEPT, text="已认领", by=handler, on=DAY)

    row = traced("supervision.issue_accept")
    assert (row.before["state"], row.before["level"]) == ("待认领", 1)
    assert (row.after["state"], row.after["due_on"]) == ("协调中", row.before["due_on"])


def test_records_name_their_projects_and_what_stood_before() -> None:
    year = factories.project_year()
    by = factories.user()
    suspend(projects=[year.project], cause="管线", by=by, on=DAY)
    for outcome in (Outcome.UNACHIEVABLE, Outcome.STOPPED):
        record_decision(project_year=year, outcome=outcome, document="纪要", reason="资金", by=by, on=DAY)
    for stage in (LifecycleStage.BUILDING, LifecycleStage.ACCEPTED):
        record_stage(project=year.project, stage=stage, evidence="验收单", by=by, on=DAY)
    set_phone(user=by, phone="13800001234")

    assert traced("tracking.suspend").detail["codes"] == [year.project.code]
    assert traced("tracking.record_decision").before == {"outcome": "unachievable", "measures": ""}
    assert traced("projects.record_stage").before == {"stage": "building"}
    assert (traced("accounts.set_phone").before, traced("accounts.set_phone").after) == (
        {"phone": "—"}, {"phone": "138****1234"},
    )  # fmt: skip
