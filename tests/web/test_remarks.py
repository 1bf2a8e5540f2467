"""对月报的意见：街镇、重点地区对辖区项目说一句，填报与审核的人都看得见，什么数也不改。"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from kaopu.accounts.models import Organization, OrganizationKind
from kaopu.domain.rights import Role
from kaopu.projects.models import ProjectYear
from kaopu.tracking.actions import submit_report
from kaopu.tracking.models import MonthlyReport, ReportRemark
from tests import factories
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
MONTH = date(2022, 6, 1)


@pytest.fixture
def year() -> ProjectYear:
    year = factories.project_year(
        profile={"responsible_unit": factories.unit("区教育局"), "street": "桃浦镇"}
    )
    submit_report(
        project_year=year, month=MONTH, seen=None, by=factories.user(Role.PROJECT_OWNER), on=MONTH,
        investment_yuan=1, progress_percent=5, work="打桩",
    )  # fmt: skip
    return year


@pytest.fixture
def street() -> Client:
    town = Organization.objects.create(name="桃浦镇", kind=OrganizationKind.STREET)
    return signed_in(factories.user(Role.STREET_TOWN, town))


def page(year: ProjectYear) -> str:
    return f"/projects/{year.project.code}/reports/2022-06/review/"


def remark(client: Client, year: ProjectYear, text: str, key: str = "k1") -> int:
    data = {"what": "remark", "remark-report": MonthlyReport.objects.get().pk, "remark-text": text}
    return client.post(page(year), {**data, "idempotency_key": key}).status_code


def test_the_street_remarks_and_those_who_file_and_review_read_it(
    street: Client, office: Client, year: ProjectYear
) -> None:
    assert remark(street, year, "夜间施工扰民，请错峰") == 302
    unit = signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局")))

    for reader in (street, office, unit):
        assert "夜间施工扰民，请错峰" in reader.get(page(year)).text
    assert "待责任单位初审" in office.get(page(year)).text  # 意见不改变审核


def test_a_remark_says_something_and_only_those_asked_may_make_one(
    street: Client, office: Client, year: ProjectYear
) -> None:
    leader = signed_in(factories.user(Role.DISTRICT_LEADER))

    assert remark(street, year, " ") == 422
    assert (remark(office, year, "不归我提"), remark(leader, year, "不归我提")) == (403, 403)
    assert not ReportRemark.objects.exists()


def test_a_remark_is_never_changed(street: Client, year: ProjectYear) -> None:
    remark(street, year, "请错峰")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ReportRemark.objects.update(text="没说过")
