"""权限矩阵逐格走一遍：角色 × 页面 × 本单位/别家/不存在 × 月报走到哪一步，与数据比对；并证明它查得出故意留的洞。

期望只由 ``domain.rights`` 的矩阵与 ``domain.reporting`` 的状态表推出，不看网页代码。
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from types import MappingProxyType
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.domain import rights
from kaopu.domain.reporting import TRANSITIONS, ReportState, ReportVerb
from kaopu.domain.rights import MATRIX, OFFICE_ROLES, Act, Role, Scope, Thing
from kaopu.projects.models import ProjectQuerySet, ProjectYear
from kaopu.tracking import actions
from kaopu.tracking.models import MonthlyReport
from kaopu.tracking.queries import rule_set_on
from kaopu.web import access
from tests import factories

pytestmark = pytest.mark.django_db
MONTH, FROZEN = date(2022, 6, 1), date(2022, 1, 1)
OWN, OTHER, ABSENT = "own", "other", "absent"
UNIT, STREET, AREA = "区教育局", "桃浦镇", "真如副中心"
EXPECTED = MappingProxyType(dict(MATRIX))  # 矩阵的原样：洞挖在别处，比对用的不动
OPEN_TO_ALL = {"healthz", "signin", "signin_code", "signout", "mine", "my_sign_ins", "home"}


def expected_scope(role: Role, thing: Thing, act: Act) -> Scope:
    cell = EXPECTED[role, thing]
    if act.value in cell:
        return Scope.ALL
    return Scope.OWN if act.value.lower() in cell else Scope.NONE


def expected_right(role: Role, thing: Thing, act: Act, whose: str) -> bool:
    scope = expected_scope(role, thing, act)
    return scope is Scope.ALL or (scope is Scope.OWN and whose == OWN)


@dataclass(frozen=True, kw_only=True)
class World:
    """两家各五个项目（月报走到五步各一个），各角色一人。"""

    projects: dict[tuple[str, ReportState], ProjectYear]
    reports: dict[tuple[str, ReportState], MonthlyReport | None]
    people: dict[Role, User]

    def code(self, whose: str, state: ReportState) -> str:
        return "D999" if whose == ABSENT else self.projects[whose, state].project.code


@pytest.fixture
def world(db: None, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level("CRITICAL")  # 几千次 403、404 都是该有的
    projects = {}
    for whose, profile in ((OWN, _own_profile()), (OTHER, _other_profile())):
        rows = [factories.listed(f"{whose}-{state}", profile=profile) for state in ReportState]
        for state, year in zip(ReportState, factories.project_list(rows), strict=True):
            projects[whose, state] = year
    reports = {key: _report(year, key[1]) for key, year in projects.items()}
    actions.freeze_month(
        month=FROZEN, verdicts=[], rule_set=rule_set_on(FROZEN), by=factories.operator(), on=FROZEN
    )
    return World(projects=projects, reports=reports, people={role: _person(role) for role in Role})


def _own_profile() -> dict[str, Any]:
    return {
        "responsible_unit": factories.unit(UNIT),
        "owner": factories.unit("示例建设"),
        "street": STREET,
        "key_area": AREA,
    }


def _other_profile() -> dict[str, Any]:
    return {
        "responsible_unit": factories.unit("区卫健委"),
        "owner": factories.unit("别家建设"),
        "street": "长征镇",
        "key_area": "长风",
    }


def _person(role: Role) -> User:
    names = {Role.PROJECT_OWNER: "示例建设", Role.STREET_TOWN: STREET, Role.KEY_AREA: AREA}
    name = names.get(role, UNIT)
    unit, _ = Organization.objects.get_or_create(name=name, defaults={"kind": OrganizationKind.STREET})
    return factories.user(role, unit)


def _report(year: ProjectYear, state: ReportState) -> MonthlyReport | None:
    if state is ReportState.MISSING:
        return None
    report = actions.submit_report(
        project_year=year, month=MONTH, seen=None, by=factories.user(Role.PROJECT_OWNER), on=MONTH,
        investment_yuan=1, progress_percent=5, work="工作",
    )  # fmt: skip
    steps = {
        ReportState.UNIT_APPROVED: [ReportVerb.FIRST_APPROVE],
        ReportState.ACCEPTED: [ReportVerb.FIRST_APPROVE, ReportVerb.ACCEPT],
        ReportState.RETURNED: [ReportVerb.RETURN],
    }
    for verb in steps.get(state, []):
        actions.review_report(report=report, verb=verb, by=factories.user(), on=MONTH, reason="退")
    return report


@dataclass(frozen=True, kw_only=True)
class Case:
    """一格：谁、办什么、对谁的、该得什么答复。"""

    role: Role
    what: str
    whose: str
    method: str
    address: str
    data: dict[str, Any]
    expected: frozenset[int]


ALLOWED = frozenset({200, 302, 409, 422})


def answer(
    role: Role, thing: Thing, act: Act, whose: str, allowed: frozenset[int] = ALLOWED
) -> frozenset[int]:
    """该得的答复：看不见 404，看得见而无权 403，有权的按 ``allowed``。"""
    if whose == ABSENT or not expected_right(role, Thing.PROJECT, Act.READ, whose):
        return frozenset({404})
    return allowed if expected_right(role, thing, act, whose) else frozenset({403})


def project_cases(
    world: World, role: Role, states: Iterable[ReportState] = tuple(ReportState)
) -> Iterator[Case]:
    for whose, state in [*product((OWN, OTHER), states), (ABSENT, ReportState.MISSING)]:
        code = world.code(whose, state)
        report = world.reports.get((whose, state))
        for make in (_reading, _recording, _committing, _permitting, _proposing, _stopping):
            yield from make(role, whose, code)
        yield from _reporting(role, whose, code, state, report)
        yield from _reviewing(role, whose, code, state, report)
        yield from _correcting(role, whose, code)


def _reading(role: Role, whose: str, code: str) -> Iterator[Case]:
    address = reverse("project_detail", kwargs={"code": code})
    shown = answer(role, Thing.PROJECT, Act.READ, whose, frozenset({200}))
    yield Case(role=role, what="项目页", whose=whose, method="get", address=address, data={}, expected=shown)
    refused = frozenset({405}) if 200 in shown else shown
    yield Case(
        role=role, what="项目页提交", whose=whose, method="post", address=address, data={}, expected=refused
    )


def _committing(role: Role, whose: str, code: str) -> Iterator[Case]:
    """计划、目标、协调三页的查看，与报一稿计划。"""
    pages = (("plan_edit", Thing.MONTHLY_PLAN), ("goal_commitments", Thing.ANNUAL_GOAL))
    for name, thing in pages:
        address = reverse(name, kwargs={"code": code, "year": 2022})
        shown = answer(role, thing, Act.READ, whose, frozenset({200}))
        yield Case(role=role, what=name, whose=whose, method="get", address=address, data={}, expected=shown)
    plan = reverse("plan_edit", kwargs={"code": code, "year": 2022})
    filed = answer(role, Thing.MONTHLY_PLAN, Act.CHANGE, whose, frozenset({302}))
    yield Case(
        role=role, what="报计划", whose=whose, method="post", address=plan, data={"seen": ""}, expected=filed
    )
    address = reverse("project_coordination", kwargs={"code": code})
    shown = answer(role, Thing.ISSUE, Act.READ, whose, frozenset({200}))
    yield Case(role=role, what="协调", whose=whose, method="get", address=address, data={}, expected=shown)


def _recording(role: Role, whose: str, code: str) -> Iterator[Case]:
    address = reverse("record_entry", kwargs={"code": code, "year": 2022})
    expected = answer(role, Thing.ANNUAL_GOAL, Act.CHANGE, whose)
    for method, kind in (
        ("get", ""),
        *(("post", kind) for kind in ("achievement", "decision", "lag", "suspend", "stage")),
    ):
        yield Case(role=role, what=f"登记{kind}", whose=whose, method=method, address=address,
                   data={"kind": kind} if kind else {}, expected=expected)  # fmt: skip


def _permitting(role: Role, whose: str, code: str) -> Iterator[Case]:
    """审批节点与倒排计划：看、登记（没有填）、核实（没有填）、记开始（没有填）、排期（没有填）。"""
    for page, thing, what, method, kind, act, done in (
        ("permit_list", Thing.PERMIT, "看批文", "get", "", Act.READ, 200),
        ("permit_list", Thing.PERMIT, "登记批文", "post", "permit", Act.CHANGE, 422),
        ("permit_list", Thing.PERMIT, "核实批文", "post", "ruling", Act.APPROVE, 422),
        ("schedule_page", Thing.PERMIT, "看倒排", "get", "", Act.READ, 200),
        ("schedule_page", Thing.PERMIT, "记节点开始", "post", "", Act.CHANGE, 422),
        ("schedule_new", Thing.TASK_FORCE, "看排期", "get", "", Act.CHANGE, 200),
        ("schedule_new", Thing.TASK_FORCE, "排期", "post", "", Act.CHANGE, 422),
    ):
        address = reverse(page, kwargs={"code": code})
        expected = answer(role, thing, act, whose, frozenset({done}))
        yield Case(role=role, what=what, whose=whose, method=method, address=address,
                   data={"kind": kind} if kind else {}, expected=expected)  # fmt: skip


def _proposing(role: Role, whose: str, code: str) -> Iterator[Case]:
    """档案变更：看、申请（没有填）、批复（没有这一件）。"""
    address = reverse("project_profile", kwargs={"code": code})
    propose = Act.PROPOSE if expected_right(role, Thing.PROJECT, Act.PROPOSE, whose) else Act.CHANGE
    for what, method, data, act, done in (
        ("看档案变更", "get", {}, Act.READ, 200),
        ("申请档案变更", "post", {"what": "propose"}, propose, 422),
        ("批复档案变更", "post", {"what": "rule"}, Act.APPROVE, 422),
    ):
        expected = answer(role, Thing.PROJECT, act, whose, frozenset({done}))
        yield Case(
            role=role, what=what, whose=whose, method=method, address=address, data=data, expected=expected
        )


def _stopping(role: Role, whose: str, code: str) -> Iterator[Case]:
    """报停工：看、报（没有填）。"""
    address = reverse("stop_new", kwargs={"code": code})
    for method, done in (("get", 200), ("post", 422)):
        expected = answer(role, Thing.SUSPENSION, Act.CHANGE, whose, frozenset({done}))
        yield Case(role=role, what="报停工", whose=whose, method=method, address=address, data={},
                   expected=expected)  # fmt: skip


def _reporting(
    role: Role, whose: str, code: str, state: ReportState, report: MonthlyReport | None
) -> Iterator[Case]:
    address = reverse("report_edit", kwargs={"code": code, "month": "2022-06"})
    shown = answer(role, Thing.MONTHLY_REPORT, Act.CHANGE, whose, frozenset({200}))
    yield Case(role=role, what="填报", whose=whose, method="get", address=address, data={}, expected=shown)
    done = frozenset({302}) if (state, ReportVerb.SUBMIT) in TRANSITIONS else frozenset({409})
    data = {"seen": report.pk if report else "", "investment": "1", "progress": "6", "work": "改"}
    filed = answer(role, Thing.MONTHLY_REPORT, Act.CHANGE, whose, done)
    yield Case(
        role=role,
        what=f"报出·{state}",
        whose=whose,
        method="post",
        address=address,
        data=data,
        expected=filed,
    )


STEP_OF = {ReportVerb.FIRST_APPROVE: Act.FIRST, ReportVerb.ACCEPT: Act.APPROVE}


def _reviewing(
    role: Role, whose: str, code: str, state: ReportState, report: MonthlyReport | None
) -> Iterator[Case]:
    address = reverse("report_review", kwargs={"code": code, "month": "2022-06"})
    shown = answer(role, Thing.MONTHLY_REPORT, Act.READ, whose, frozenset({200}))
    yield Case(role=role, what="看月报", whose=whose, method="get", address=address, data={}, expected=shown)
    remarked = answer(role, Thing.MONTHLY_REPORT, Act.PROPOSE, whose, frozenset({422}))
    yield Case(role=role, what="提意见", whose=whose, method="post", address=address, data={"what": "remark"},
               expected=remarked)  # fmt: skip
    for verb in (ReportVerb.FIRST_APPROVE, ReportVerb.ACCEPT, ReportVerb.RETURN):
        act = STEP_OF.get(verb) or (Act.FIRST if state is ReportState.SUBMITTED else Act.APPROVE)
        done = frozenset({302}) if (state, verb) in TRANSITIONS else frozenset({409, 422})
        data = {"report": report.pk if report else "", "verb": verb.value, "reason": "理由"}
        expected = answer(role, Thing.MONTHLY_REPORT, act, whose, done)
        yield Case(
            role=role,
            what=f"{verb}·{state}",
            whose=whose,
            method="post",
            address=address,
            data=data,
            expected=expected,
        )


def _correcting(role: Role, whose: str, code: str) -> Iterator[Case]:
    """关账后更正：看、申请（没有填）、批复（没有待批的是 404）。"""
    address = reverse("report_correction", kwargs={"code": code, "month": "2022-01"})
    for what, method, data, act, done in (
        ("看更正", "get", {}, Act.READ, 200),
        ("申请更正", "post", {"reason": ""}, Act.CHANGE, 422),
        ("批复更正", "post", {"correction": "0"}, Act.APPROVE, 404),
    ):
        expected = answer(role, Thing.MONTHLY_REPORT, act, whose, frozenset({done}))
        yield Case(
            role=role, what=what, whose=whose, method=method, address=address, data=data, expected=expected
        )


# 没有项目的页面：地址名、参数、方法、要什么权限
PLAIN: tuple[tuple[str, dict[str, Any], str, Thing, Act], ...] = (
    ("overview", {}, "get", Thing.FIGURE, Act.READ),
    ("project_list", {}, "get", Thing.PROJECT, Act.READ),
    ("report_desk_latest", {}, "get", Thing.MONTHLY_REPORT, Act.READ),
    ("report_desk", {"month": "2022-06"}, "get", Thing.MONTHLY_REPORT, Act.READ),
    ("report_desk", {"month": "2022-06"}, "post", Thing.MONTHLY_REPORT, Act.APPROVE),
    ("figure_list", {}, "get", Thing.FIGURE, Act.READ),
    ("closing_year", {"year": 2022}, "get", Thing.FIGURE, Act.CHANGE),
    ("closing_year", {"year": 2022}, "post", Thing.FIGURE, Act.APPROVE),
    ("figure_members", {"figure_id": "list.district"}, "get", Thing.FIGURE, Act.READ),
    ("import_upload", {}, "get", Thing.LIST_VERSION, Act.CHANGE),
    ("import_upload", {}, "post", Thing.LIST_VERSION, Act.CHANGE),
    ("export_issues", {}, "get", Thing.ISSUE, Act.EXPORT),
    ("export_list", {}, "get", Thing.LIST_VERSION, Act.EXPORT),
    ("export_plans", {}, "get", Thing.MONTHLY_PLAN, Act.EXPORT),
    ("export_statistics", {}, "get", Thing.FIGURE, Act.EXPORT),
    ("document_list", {}, "get", Thing.DOCUMENT, Act.READ),
    ("wording_list", {}, "get", Thing.DOCUMENT, Act.CHANGE),
    ("wording_list", {}, "post", Thing.DOCUMENT, Act.CHANGE),
    ("wording_file", {"kind": "monthly-bulletin"}, "get", Thing.DOCUMENT, Act.CHANGE),
    ("people", {}, "get", Thing.ACCOUNT, Act.READ),
    ("todo", {}, "get", Thing.ISSUE, Act.READ),
    ("inbox", {}, "get", Thing.ISSUE, Act.READ),
    ("inbox", {}, "post", Thing.ISSUE, Act.READ),
    ("engine", {}, "get", Thing.ISSUE, Act.APPROVE),
    ("due_calendar", {}, "get", Thing.ISSUE, Act.READ),
    ("issue_board", {}, "get", Thing.ISSUE, Act.READ),
    ("issue_new", {}, "get", Thing.ISSUE, Act.CHANGE),
    ("issue_new", {}, "post", Thing.ISSUE, Act.CHANGE),
    ("campaign_list", {}, "get", Thing.SUSPENSION, Act.READ),
    ("campaign_new", {}, "get", Thing.SUSPENSION, Act.APPROVE),
    ("campaign_new", {}, "post", Thing.SUSPENSION, Act.APPROVE),
    ("meeting_list", {}, "get", Thing.MEETING, Act.READ),
    ("meeting_new", {}, "get", Thing.MEETING, Act.CHANGE),
    ("meeting_new", {}, "post", Thing.MEETING, Act.CHANGE),
    ("instruction_new", {}, "get", Thing.MEETING, Act.CHANGE),
    ("leader_page", {}, "get", Thing.MEETING, Act.READ),
    ("rule_list", {}, "get", Thing.RULE_SET, Act.READ),
    ("rule_draft", {}, "get", Thing.RULE_SET, Act.CHANGE),
    ("rule_draft", {}, "post", Thing.RULE_SET, Act.CHANGE),
    ("rule_replay", {}, "get", Thing.RULE_SET, Act.READ),
    ("rule_replay", {}, "post", Thing.RULE_SET, Act.APPROVE),
    ("rule_activate", {}, "get", Thing.RULE_SET, Act.READ),
    ("rule_activate", {}, "post", Thing.RULE_SET, Act.APPROVE),
    ("colour_reviews", {}, "get", Thing.WARNING, Act.READ),
    ("colour_reviews", {}, "post", Thing.WARNING, Act.CHANGE),
    ("honesty_table", {}, "get", Thing.WARNING, Act.READ),
    ("calendar_year", {}, "get", Thing.CALENDAR, Act.READ),
    ("calendar_year", {}, "post", Thing.CALENDAR, Act.CHANGE),
    ("trace_list", {}, "get", Thing.TRACE, Act.READ),
    ("document_inbox", {}, "get", Thing.RECEIVED, Act.READ),
    ("number_list", {}, "get", Thing.DOCUMENT, Act.CHANGE),
    ("figure_checker", {}, "get", Thing.FIGURE, Act.READ),
    ("letter_list", {"year": 2022}, "get", Thing.ANNUAL_GOAL, Act.CHANGE),
    ("letter_list", {"year": 2022}, "post", Thing.ANNUAL_GOAL, Act.CHANGE),
    ("map_feed", {}, "get", Thing.MAP_FEED, Act.READ),
)


def plain_cases(role: Role) -> Iterator[Case]:
    for name, kwargs, method, thing, act in PLAIN:
        permitted = expected_scope(role, thing, act) is not Scope.NONE
        yield Case(
            role=role, what=name, whose="", method=method, address=reverse(name, kwargs=kwargs), data={},
            expected=ALLOWED if permitted else frozenset({403}),
        )  # fmt: skip


def wrong(world: World, cases: Callable[[World, Role], Iterator[Case]]) -> Iterator[str]:
    """逐格去办，答复不符的逐条说出；办成的当场回滚，互不影响。"""
    for role, person in world.people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person)
        for case in cases(world, role):
            yield from _wrong(client, case)


def _wrong(client: Client, case: Case) -> Iterator[str]:
    data = {**case.data, "idempotency_key": str(uuid.uuid4())} if case.method == "post" else case.data
    with transaction.atomic():
        response = getattr(client, case.method)(case.address, data)
        transaction.set_rollback(True)
    if response.status_code not in case.expected:
        yield f"{case.role}·{case.what}·{case.whose}：{response.status_code}，应为{sorted(case.expected)}"


def leaks(world: World) -> Iterator[str]:
    """列表、检索、导出里出现了看不见的项目名。"""
    pages = (
        "/",
        "/projects/",
        "/projects/?q=other",
        "/reports/2022-06/",
        "/figures/list.district/",
        "/feed/map.geojson",
        "/issues/",
        "/todo/",
        "/resumption/",
        "/rules/reviews/",
        "/rules/honesty/",
    )
    for role, person in world.people.items():
        client = Client(raise_request_exception=False)
        client.force_login(person)
        hidden = OTHER if expected_scope(role, Thing.PROJECT, Act.READ) is Scope.OWN else ""
        for page in pages:
            response = client.get(page, {"year": "2022"} if "?" not in page else None)
            names = [f"other-{state}" for state in ReportState] if hidden else []
            yield from (f"{role}·{page} 露出 {name}" for name in names if name in response.text)


def test_every_project_page_answers_as_the_matrix_says(world: World) -> None:
    cases = sum(1 for role in Role for _ in project_cases(world, role))

    assert list(wrong(world, project_cases)) == []
    assert cases == len(Role) * (2 * len(ReportState) + 1) * 34 == 6358


def test_every_other_page_answers_as_the_matrix_says(world: World) -> None:
    assert list(wrong(world, lambda _, role: plain_cases(role))) == []


def test_no_list_search_or_export_names_another_units_project(world: World) -> None:
    assert list(leaks(world)) == []


def test_each_right_of_the_matrix_is_what_pages_are_told(world: World) -> None:
    state = ReportState.SUBMITTED
    cases = list(product(Role, Thing, Act, (OWN, OTHER)))
    assert len(cases) == len(Role) * len(Thing) * len(Act) * 2 == 4080
    for role, thing, act, whose in cases:
        told = access.permitted(world.people[role], thing, act, world.projects[whose, state].project)
        assert told == expected_right(role, thing, act, whose), (role, thing, act, whose)


def _routes(patterns: list[Any]) -> Iterator[URLPattern]:
    for item in patterns:
        if isinstance(item, URLResolver):
            yield from _routes(item.url_patterns)
        else:
            yield item


def test_a_route_without_a_policy_fails() -> None:
    routes = list(_routes(get_resolver().url_patterns))

    missing = [route.name for route in routes if "policy" not in route.callback.__dict__]
    assert sorted(set(missing) - OPEN_TO_ALL) == []


def test_the_three_administrators_exclude_one_another_and_see_no_business() -> None:
    three = rights.THREE_ADMINISTRATORS
    business = set(Thing) - {Thing.ACCOUNT, Thing.TRACE, Thing.CALENDAR}

    assert all(rights.exclusive(one, other) for one in three for other in Role if one != other)
    assert all(MATRIX[role, thing] == "-" for role in three for thing in business)
    assert not rights.exclusive(Role.CLERK, Role.PROJECT_OFFICER)


def _everyone_sees_all(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(ProjectQuerySet, "visible_to", lambda self, *_: self)


def _own_means_all(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(ProjectQuerySet, "of", lambda self, user: self)


def _nothing_is_required(plant: pytest.MonkeyPatch) -> None:
    plant.setattr(access, "require", lambda *_: None)


def _reading_is_enough_to_change(plant: pytest.MonkeyPatch) -> None:
    real = access.permitted
    plant.setattr(
        access, "permitted", lambda user, thing, act, project=None: real(user, thing, Act.READ, project)
    )


def _reviews_are_not_checked(plant: pytest.MonkeyPatch) -> None:
    from kaopu.web.reports import review

    plant.setattr(review, "require", lambda *_: None)


def _bulk_acceptance_reads_other_months(plant: pytest.MonkeyPatch) -> None:
    _grant(plant, Role.RESPONSIBLE_UNIT, Thing.MONTHLY_REPORT, "recfa")


def _leaders_may_file(plant: pytest.MonkeyPatch) -> None:
    _grant(plant, Role.DISTRICT_LEADER, Thing.MONTHLY_REPORT, "REPC")


def _administrators_see_projects(plant: pytest.MonkeyPatch) -> None:
    _grant(plant, Role.SYSADMIN, Thing.PROJECT, "R")


def _units_see_documents(plant: pytest.MonkeyPatch) -> None:
    _grant(plant, Role.RESPONSIBLE_UNIT, Thing.DOCUMENT, "r")


def _the_street_of_another(plant: pytest.MonkeyPatch) -> None:
    real = ProjectQuerySet.of
    plant.setattr(
        ProjectQuerySet, "of", lambda self, user: self if user.role == Role.STREET_TOWN else real(self, user)
    )


def _grant(plant: pytest.MonkeyPatch, role: Role, thing: Thing, cell: str) -> None:
    plant.setattr(rights, "MATRIX", MappingProxyType({**EXPECTED, (role, thing): cell}))


HOLES = (
    _everyone_sees_all,
    _own_means_all,
    _nothing_is_required,
    _reading_is_enough_to_change,
    _reviews_are_not_checked,
    _bulk_acceptance_reads_other_months,
    _leaders_may_file,
    _administrators_see_projects,
    _units_see_documents,
    _the_street_of_another,
)


@pytest.mark.parametrize("hole", HOLES)
def test_each_planted_hole_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch, hole: Callable[..., None]
) -> None:
    hole(monkeypatch)

    def few(world: World, role: Role) -> Iterator[Case]:
        yield from plain_cases(role)
        yield from project_cases(world, role, [ReportState.SUBMITTED])

    assert next(wrong(world, few), None) is not None


def test_the_office_is_the_four_roles_of_the_handbook() -> None:
    assert {role.label for role in OFFICE_ROLES} == {"推进办主任", "推进办科长", "项目专员", "综合文书"}
