"""附件的权限逐格走一遍：角色 × 挂在什么事上 × 本单位/别家 × 原件与小样；看不见的一律 404，与不存在的同一句话。

期望由矩阵与“督办单只给主办、协办单位看”一条推出，不看网页代码；并证明查得出故意留的洞。
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import QuerySet
from django.test import Client, override_settings
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.milestones import GoalType
from kaopu.domain.rights import UNIT_ROLES, Act, Role, Scope, Thing
from kaopu.domain.supervision_orders import OrderVerb
from kaopu.projects.actions import record_permit
from kaopu.projects.attachments import receive
from kaopu.projects.models import Attachment, Project, ProjectQuerySet, ProjectYear
from kaopu.projects.queries import attachments_of
from kaopu.supervision.actions import act_on_issue, act_on_order, draft_order, raise_issue, record_visit
from kaopu.supervision.models import OrderStep
from kaopu.tracking.actions import record_achievement, submit_report
from kaopu.web import access
from kaopu.web import attachments as web_attachments
from kaopu.web.files import views
from tests import factories
from tests.uploads import picture
from tests.web.test_rights import (
    MONTH,
    OTHER,
    OWN,
    UNIT,
    _other_profile,
    _own_profile,
    _person,
    expected_right,
    expected_scope,
)

TODAY = timezone.localdate()
Files = dict[tuple[str, str], Attachment]


@pytest.fixture
def files(db: None, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Files]:
    """本单位与别家的项目各一，六种事上各一张照片。"""
    caplog.set_level("CRITICAL")
    with override_settings(HOME=tmp_path):
        rows = [
            factories.listed(OWN, profile=_own_profile()),
            factories.listed(OTHER, profile=_other_profile()),
        ]
        years = dict(zip((OWN, OTHER), factories.project_list(rows), strict=True))
        yield {(whose, what): file for whose, year in years.items() for what, file in _everywhere(year)}


def _everywhere(year: ProjectYear) -> Iterator[tuple[str, Attachment]]:
    photo = {"attachments": [receive("现场.jpg", picture())]}
    project, by = year.project, factories.user()
    assert project.profile and project.profile.responsible_unit
    unit = project.profile.responsible_unit
    report = submit_report(project_year=year, month=MONTH, seen=None, by=by, on=MONTH, work="x", **photo)
    permit = record_permit(project=project, number="1", issuer="区建管委", by=by, on=MONTH, **photo)
    visit = record_visit(project=project, visitors="专员", findings="所见", by=by, on=MONTH, **photo)
    achieved = record_achievement(
        goal=year.goals.get(), reached=GoalType.COMPLETED, evidence="", verified_by="专员", by=by, on=MONTH, **photo
    )  # fmt: skip
    issue = raise_issue(project=project, title="事", by=by, on=TODAY)
    step = act_on_issue(issue=issue, verb=IssueVerb.REPLY, text="办了", by=by, on=TODAY, **photo)
    order = draft_order(
        project=project, lead_unit=unit, matter="事", due=TODAY + timedelta(days=9), by=by, on=TODAY
    )  # fmt: skip
    other = factories.user(Role.DISTRICT_LEADER)
    moves = ((OrderVerb.SUBMIT, by), (OrderVerb.APPROVE, other), (OrderVerb.SIGN, by), (OrderVerb.START, by))
    for verb, actor in moves:
        act_on_order(order=order, verb=verb, by=actor, on=TODAY)
    done = act_on_order(order=order, verb=OrderVerb.REPORT, text="办了", by=by, on=TODAY, **photo)
    facts = {
        "report": report,
        "permit": permit,
        "visit": visit,
        "achievement": achieved,
        "issue": step,
        "order": done,
    }
    for what, fact in facts.items():
        yield what, attachments_of([fact.operation_id])[fact.operation_id][0]


THINGS = {
    "report": Thing.MONTHLY_REPORT,
    "permit": Thing.PERMIT,
    "visit": Thing.ISSUE,
    "achievement": Thing.ANNUAL_GOAL,
    "issue": Thing.ISSUE,
    "order": Thing.SUPERVISION_ORDER,
}


def expected(person: User, whose: str, what: str) -> bool:
    """该不该看得见。问题、督办单另看牵头与主办单位，其余看项目是不是本单位的。"""
    role, thing = Role(person.role), THINGS[what]
    scope = expected_scope(role, thing, Act.READ)
    if not expected_right(role, Thing.PROJECT, Act.READ, whose) or scope is Scope.NONE:
        return False
    if scope is Scope.ALL:
        return True
    # 牵头、主办单位与项目的责任单位在这里是同一家
    leads = person.organization is not None and person.organization.name == UNIT
    if what == "order":
        return whose == OWN and leads
    return whose == OWN and (leads or role in UNIT_ROLES)


def wrong(files: Files) -> Iterator[str]:
    """逐格去取，答复不符的逐条说出。"""
    for role in Role:
        person, client = _person(role), Client(raise_request_exception=False)
        client.force_login(person)
        absent = client.get(f"/f/{uuid.uuid4()}")
        if absent.status_code != 404:
            yield f"{role}·不存在的：{absent.status_code}"
        for (whose, what), file in files.items():
            for tail in ("", "/preview"):
                answer = client.get(f"/f/{file.uuid}{tail}")
                wanted = 200 if expected(person, whose, what) else 404
                same = wanted == 200 or answer.getvalue() == absent.getvalue()
                if answer.status_code != wanted or not same:
                    yield f"{role}·{whose}·{what}{tail}：{answer.status_code}，应为{wanted}"


def test_who_sees_the_fact_sees_its_files_and_nobody_else(files: Files) -> None:
    assert len(files) == 12
    assert list(wrong(files)) == []


def _everyone_sees_all(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(ProjectQuerySet, "visible_to", lambda self, user: self)
    plant.setattr(ProjectQuerySet, "of", lambda self, user: self)


def _the_file_is_not_asked_about(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(views, "visible_attachments", lambda user, items: list(items))


def _the_matrix_is_not_asked(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(access, "permitted", lambda *_: True)
    plant.setattr(User, "may", lambda *_: True)


def _whoever_sees_the_project_sees_the_order(plant: pytest.MonkeyPatch) -> None:
    def by_project(user: User) -> QuerySet[OrderStep]:
        return OrderStep.objects.live().filter(order__project__in=Project.objects.visible_to(user))

    plant.setattr(web_attachments, "visible_orders", by_project)


HOLES = (
    _everyone_sees_all,
    _the_file_is_not_asked_about,
    _the_matrix_is_not_asked,
    _whoever_sees_the_project_sees_the_order,
)


@pytest.mark.parametrize("hole", HOLES)
def test_each_planted_hole_is_found(
    files: Files, monkeypatch: pytest.MonkeyPatch, hole: Callable[..., None]
) -> None:
    hole(monkeypatch)

    assert next(wrong(files), None) is not None
