"""作废单个附件：推进办写明理由办；别人再取不到，审计仍取得到，理由留在原处；照留到别版的同一份一并作废。"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from django.test import Client, override_settings

from kaopu.accounts.models import User
from kaopu.audit.models import Operation
from kaopu.domain.rights import Role
from kaopu.projects.attachments import receive
from kaopu.projects.models import Attachment, ProjectYear
from kaopu.projects.queries import attachments_of, unsound_attachments
from kaopu.projects.storage import ATTACHMENTS
from kaopu.tracking.actions import submit_report
from kaopu.tracking.models import MonthlyReport
from tests import factories
from tests.uploads import picture
from tests.web.conftest import signed_in

MONTH = date(2022, 6, 1)


@pytest.fixture
def unit(db: None) -> User:
    return factories.user(Role.RESPONSIBLE_UNIT, factories.unit())


@pytest.fixture
def year(db: None, tmp_path: Path, unit: User) -> Iterator[ProjectYear]:
    """报过一版、改报时照留了照片的项目。"""
    with override_settings(HOME=tmp_path):
        year = factories.project_year("示例小学", profile={"responsible_unit": factories.unit()})
        first = report(year, unit, attachments=[receive("现场.jpg", picture())])
        [photo] = attachments_of([first.operation_id])[first.operation_id]
        report(year, unit, seen=first.pk, kept=[photo], work="又改")
        yield year


def report(year: ProjectYear, by: User, **options: object) -> MonthlyReport:
    given = {"seen": None, "work": "打桩", **options}
    return submit_report(
        project_year=year, month=MONTH, by=by, on=MONTH, investment_yuan=1, progress_percent=5, **given
    )


def voided(client: Client, photo: Attachment, reason: str = "传错了项目") -> int:
    data = {"reason": reason, "idempotency_key": str(uuid.uuid4())}
    return client.post(f"/f/{photo.uuid}/void", data).status_code


def test_the_office_voids_with_a_reason_and_only_auditors_still_open_it(
    year: ProjectYear, unit: User, office: Client
) -> None:
    first, kept = Attachment.objects.order_by("pk")
    clerk, auditor = signed_in(unit), signed_in(factories.user(Role.AUDITOR))
    page = f"/projects/{year.project.code}/reports/2022-06/review/"
    assert f"/f/{kept.uuid}/void" in office.get(page).text and "/void" not in clerk.get(page).text

    assert voided(office, kept) == 302

    for photo in (first, kept):  # 同一份内容在各版里一并作废
        for tail in ("", "/preview"):
            assert clerk.get(f"/f/{photo.uuid}{tail}").status_code == 404
            assert auditor.get(f"/f/{photo.uuid}{tail}").status_code == 200
    text = clerk.get(page).text
    assert "<del>现场.jpg</del>" in text and "已作废：传错了项目" in text and f"/f/{kept.uuid}" not in text
    assert f'href="/f/{kept.uuid}"' in auditor.get(page).text
    row = Operation.objects.get(verb="projects.void_attachment")
    assert (row.reason, row.before) == ("传错了项目", {"attachments": ["现场.jpg", "现场.jpg"]})
    assert ATTACHMENTS.file_of(kept.sha256).is_file() and unsound_attachments() == ([], [])


def test_a_voided_photo_is_not_carried_into_the_next_version(
    year: ProjectYear, unit: User, office: Client
) -> None:
    address = f"/projects/{year.project.code}/reports/2022-06/"
    assert "现场.jpg" in signed_in(unit).get(address).text
    voided(office, Attachment.objects.latest("pk"))

    assert "现场.jpg" not in signed_in(unit).get(address).text


def test_a_reason_is_needed_the_second_time_is_refused_and_units_may_not(
    year: ProjectYear, unit: User, office: Client
) -> None:
    photo = Attachment.objects.latest("pk")
    assert voided(office, photo, " ") == 422
    assert voided(signed_in(unit), photo) == 403
    assert voided(signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("别家"))), photo) == 404
    assert voided(office, photo) == 302
    assert voided(office, photo) == 404  # 专员看不得留痕，作废之后取不到
    assert voided(signed_in(factories.user(Role.OFFICE_SECTION)), photo) == 403
    assert Attachment.objects.filter(voided=True).count() == 2


def test_a_voided_row_cannot_be_taken_back(year: ProjectYear, office: Client) -> None:
    voided(office, Attachment.objects.latest("pk"))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Attachment.objects.filter(voided=True).delete()
