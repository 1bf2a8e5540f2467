"""施工许可页：单位报、推进办核实，发证部门只办自己所发的；三个月开工的钟。"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from kaopu.accounts.models import OrganizationKind
from kaopu.domain.milestones import GoalType
from kaopu.domain.permits import CONSTRUCTION_PERMIT
from kaopu.domain.rights import Role
from kaopu.projects.models import Attachment, Permit, PermitExtension, PermitRuling, ProjectYear
from kaopu.supervision.actions import set_demo_clock
from kaopu.tracking.actions import record_achievement, suspend
from kaopu.tracking.models import Suspension
from tests import factories
from tests.uploads import upload
from tests.web.conftest import signed_in

UNIT = "区教育局"


@pytest.fixture
def year(db: None) -> ProjectYear:
    set_demo_clock(to=date(2022, 4, 1), by=factories.operator())
    return factories.project_year(
        "示例小学", goal="正式开工", profile={"responsible_unit": factories.unit(UNIT)}
    )


@pytest.fixture
def unit(year: ProjectYear) -> Client:
    return signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit(UNIT)))


@pytest.fixture
def issuer(year: ProjectYear) -> Client:
    return signed_in(factories.user(Role.PERMIT_DEPT, factories.unit("区建管委")))


def page(year: ProjectYear) -> str:
    return f"/projects/{year.project.code}/permits/"


def post(client: Client, year: ProjectYear, kind: str, key: str = "k1", **values: Any) -> Any:
    data = {f"{kind}-{name}": value for name, value in {"on": "2022-03-01", **values}.items()}
    return client.post(page(year), {**data, "kind": kind, "idempotency_key": key})


def filed(client: Client, year: ProjectYear, **values: Any) -> Any:
    return post(
        client,
        year,
        "permit",
        **{"node": CONSTRUCTION_PERMIT, "number": "310107-1", "issuer": "区建管委", **values},
    )


def ruled(client: Client, year: ProjectYear, key: str = "r1", reason: str = "", verb: str = "approve") -> Any:
    permit = Permit.objects.live().get()
    data = {"kind": "ruling", "permit": permit.pk, "reason": reason, verb: "1", "idempotency_key": key}
    return client.post(page(year), data)


def extended(client: Client, year: ProjectYear, key: str, **values: str) -> Any:
    permit = Permit.objects.live().get()
    given = {"permit": str(permit.pk), "document": "延期批准1号", **values}
    return post(client, year, "extension", key=key, **given)


def test_a_unit_files_a_permit_with_its_scan_and_the_office_rules_on_it(
    unit: Client, office: Client, year: ProjectYear, tmp_path: Path
) -> None:
    with override_settings(HOME=tmp_path):
        assert filed(unit, year, **{"attachments": [upload("证.jpg")]}).status_code == 302
        assert "区建管委。待推进办核实" in unit.get(page(year)).text
        assert ruled(unit, year).status_code == 403
        assert ruled(office, year).status_code == 302

        text = unit.get(page(year)).text
        assert "区建管委。待推进办核实" not in text and "领证后开工（三个月内）：2022年6月1日" in text
        assert f"/f/{Attachment.objects.get().uuid}" in text
    assert ruled(office, year, key="r2").status_code == 422  # 只核一次
    corrected = filed(unit, year, key="k2", on="2022-03-20")
    assert (corrected.status_code, "已登记并核实" in corrected.text) == (422, True)


def test_a_permit_the_office_does_not_accept_starts_no_clock_and_may_be_filed_again(
    unit: Client, office: Client, year: ProjectYear
) -> None:
    filed(unit, year)
    silent = ruled(office, year, verb="refuse")
    assert (silent.status_code, "须写明意见" in silent.text) == (422, True)
    ruled(office, year, key="r2", verb="refuse", reason="证号与证照不符")

    text = unit.get(f"/projects/{year.project.code}/").text
    assert "推进办不认可</strong>：证号与证照不符" in text and "《建筑法》第九条" not in text
    assert filed(unit, year, key="k2", on="2022-03-02").status_code == 302
    assert "区建管委。待推进办核实" in unit.get(page(year)).text
    assert PermitRuling.objects.count() == 1


def test_an_issuing_department_files_only_its_own(issuer: Client, unit: Client, year: ProjectYear) -> None:
    assert filed(issuer, year).status_code == 302
    assert Permit.objects.get().issuer == "区建管委"
    assert extended(issuer, year, "k2", on="2022-05-01", until="2022-08-01").status_code == 302
    stranger = signed_in(factories.user(Role.PERMIT_DEPT, factories.unit("区规划资源局")))

    other = filed(stranger, year, key="k3", node="设计方案批复")
    assert (other.status_code, "由区建管委办" in other.text) == (422, True)
    assert "登记施工许可延期" not in stranger.get(page(year)).text
    assert "登记施工许可延期" not in unit.get(page(year)).text
    assert extended(unit, year, "k4", on="2022-05-02", until="2022-09-01").status_code == 422
    assert PermitExtension.objects.count() == 1


def test_the_area_reads_and_files_nothing(year: ProjectYear) -> None:
    factories.project_list([factories.listed("示例小学", goal="正式开工", profile={"street": "桃浦镇"})])
    town, _ = factories.Organization.objects.get_or_create(
        name="桃浦镇", defaults={"kind": OrganizationKind.STREET}
    )
    street = signed_in(factories.user(Role.STREET_TOWN, town))

    assert "还没有登记批文、证照" in street.get(page(year)).text
    assert filed(street, year).status_code == 403 and not Permit.objects.exists()


def test_a_permit_starts_the_clock_and_the_project_page_cites_the_law(
    office: Client, year: ProjectYear
) -> None:
    set_demo_clock(to=date(2022, 4, 1), by=factories.operator())
    assert filed(office, year, on="2022-03-01").status_code == 302
    page = f"/projects/{year.project.code}/"
    assert "领证后开工（三个月内）：2022年6月1日，还有 61 天（《建筑法》第九条）" in office.get(page).text

    filed(office, year, on="2022-03-11", key="k2")  # 同一证号再登记即更正
    assert "2022年6月11日，还有 71 天" in office.get(page).text
    set_demo_clock(to=date(2022, 6, 12), by=factories.operator())
    assert (
        "已过 1 天</strong>（《建筑法》第九条），既未开工又未延期的施工许可证自行废止"
        in office.get(page).text
    )
    record_achievement(
        goal=year.goals.get(), reached=GoalType.START, evidence="验收单3号", verified_by="专员",
        by=factories.operator(), on=date(2022, 6, 10),
    )  # fmt: skip
    assert "区建管委。已开工" in office.get(page).text


def test_an_extension_is_recorded_twice_at_most_and_never_after_the_permit_lapsed(
    office: Client, year: ProjectYear
) -> None:
    set_demo_clock(to=date(2022, 6, 5), by=factories.operator())
    filed(office, year, on="2022-03-01")
    late = extended(office, year, "k2", on="2022-06-02", until="2022-09-01")
    long = extended(office, year, "k3", on="2022-06-01", until="2022-09-02")
    assert (late.status_code, "自行废止" in late.text) == (422, True)
    assert (long.status_code, "每次延期不超过3个月" in long.text) == (422, True)

    assert extended(office, year, "k4", on="2022-06-01", until="2022-09-01").status_code == 302
    assert extended(office, year, "k5", on="2022-08-31", until="2022-11-01").status_code == 302
    third = extended(office, year, "k6", on="2022-10-31", until="2022-12-01")
    assert (third.status_code, "不能再延" in third.text) == (422, True)
    changed = filed(office, year, on="2022-03-02", key="k7")
    assert (changed.status_code, "已办过延期" in changed.text) == (422, True)
    text = office.get(f"/projects/{year.project.code}/").text
    assert "第2次延期至2022年11月1日（延期批准1号）" in text and "已延期2次）：2022年11月1日" in text


def test_a_stopped_project_not_yet_started_shows_all_three_statutory_limits(
    office: Client, year: ProjectYear
) -> None:
    set_demo_clock(to=date(2022, 5, 1), by=factories.operator())
    filed(office, year, on="2022-03-01")
    suspend(projects=[year.project], cause="资金", by=factories.operator(), on=date(2022, 4, 1))
    text = office.get(f"/resumption/stops/{Suspension.objects.get().pk}/").text

    assert text.count("《建筑法》第十条") == 2 and text.count("《建筑法》第九条") == 1
