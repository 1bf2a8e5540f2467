"""体检：附件丢了、被改了、多出来了，都说明是哪个、怎么办（TRUST §4 第 24 条）。"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from kaopu.audit.actions import record
from kaopu.config.health import Finding, examine
from kaopu.projects import attachments
from kaopu.projects.actions import attach
from kaopu.projects.models import Attachment
from kaopu.projects.storage import ATTACHMENTS
from tests.factories import operator
from tests.uploads import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with override_settings(HOME=tmp_path):
        yield tmp_path


def about_attachments() -> list[Finding]:
    return [finding for finding in examine() if "附件" in finding.text]


@transaction.atomic
def attached() -> Attachment:
    received = [attachments.receive("验收单.pdf", PDF)]
    operation = record(by=operator(), verb="test.attach")
    return attach(received=received, operation=operation, on=date(2022, 6, 1), project=None)[0]


def test_sound_attachments_pass() -> None:
    attached()

    assert [finding.ok for finding in about_attachments()] == [True, True]


def test_a_lost_attachment_and_a_stray_file_are_named_with_the_remedy() -> None:
    ATTACHMENTS.file_of(attached().sha256).unlink()
    stray = ATTACHMENTS.file_of(ATTACHMENTS.keep(b"stray"))
    os.utime(stray, (0, 0))

    lost, spare = about_attachments()

    assert not lost.ok and "丢失或被改 1 个：“验收单.pdf”" in lost.text and "请从备份恢复" in lost.text
    assert not spare.ok and f"1 个文件没有记录：{stray.name[:13]}" in spare.text and "可以删去" in spare.text


def test_a_database_of_an_earlier_version_is_told_to_upgrade_and_not_examined() -> None:
    recorder = MigrationRecorder(connection)
    latest = recorder.migration_qs.filter(app="supervision").latest("id")
    recorder.record_unapplied("supervision", latest.name)
    try:
        finding = examine()[-1]
        assert not finding.ok and "没有升级（差 1 步）" in finding.text
    finally:
        recorder.record_applied("supervision", latest.name)
