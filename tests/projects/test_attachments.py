"""附件的存放与入库：先落盘后记录，以摘要为名；同内容只存一份；丢的、改的、多余的都查得出。"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.attachments import AttachmentKind, AttachmentRefused
from kaopu.projects import attachments
from kaopu.projects.actions import attach
from kaopu.projects.models import Attachment
from kaopu.projects.queries import attachments_of, unsound_attachments
from kaopu.projects.storage import ATTACHMENTS, STRAY_AFTER_SECONDS
from tests.factories import operator
from tests.uploads import PDF, docx, picture

pytestmark = pytest.mark.django_db
DAY = date(2022, 6, 25)


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """每个测试自己的数据目录。"""
    with override_settings(HOME=tmp_path):
        yield tmp_path


def operation() -> Operation:
    return record(by=operator(), verb="test.attach")


def test_a_photo_is_kept_reencoded_with_its_preview_and_a_file_as_it_is(home: Path) -> None:
    received = [attachments.receive("现场.PNG", picture(format="PNG")), attachments.receive("单.pdf", PDF)]
    done = operation()
    photo, file = attach(received=received, operation=done, on=DAY, project=None)

    assert (photo.name, photo.kind, photo.media_type) == ("现场.jpg", AttachmentKind.PHOTO, "image/jpeg")
    assert ATTACHMENTS.file_of(photo.sha256).read_bytes()[:3] == b"\xff\xd8\xff"
    assert ATTACHMENTS.file_of(photo.preview_sha256).is_file()
    assert (file.name, file.size, file.preview_sha256) == ("单.pdf", len(PDF), "")
    assert ATTACHMENTS.file_of(file.sha256).read_bytes() == PDF
    assert attachments_of([done.pk]) == {done.pk: [photo, file]}


def test_nothing_of_a_name_reaches_the_disk(home: Path) -> None:
    attach(
        received=[attachments.receive("../../../tmp/evil.pdf", PDF)], operation=operation(), on=DAY, project=None
    )  # fmt: skip

    written = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    assert written == [f"attachments/{hashlib.sha256(PDF).hexdigest()}"]
    assert Attachment.objects.get().name == "evil.pdf"


def test_the_same_content_is_kept_once_and_a_kept_one_is_a_new_row(home: Path) -> None:
    first = attach(
        received=[attachments.receive("一.pdf", PDF)], operation=operation(), on=DAY, project=None
    )  # fmt: skip
    again = attach(
        received=[attachments.receive("二.pdf", PDF)], operation=operation(), on=DAY, project=None, kept=first
    )  # fmt: skip

    assert [(row.name, row.sha256) for row in again] == [
        ("一.pdf", first[0].sha256),
        ("二.pdf", first[0].sha256),
    ]
    assert len({row.uuid for row in (*first, *again)}) == 3
    assert len(list((home / "attachments").iterdir())) == 1


def test_ten_are_refused_and_nothing_is_written(home: Path) -> None:
    received = [attachments.receive(f"{number}.pdf", PDF) for number in range(10)]

    with pytest.raises(AttachmentRefused, match="至多 9 个"):
        attach(received=received, operation=operation(), on=DAY, project=None)
    assert (Attachment.objects.count(), list(home.rglob("*"))) == (0, [])


def test_what_fails_after_the_file_leaves_a_stray_and_never_a_row_without_its_file(home: Path) -> None:
    received = attachments.receive("单.pdf", PDF)
    with pytest.raises(DatabaseError, match="photos_have_previews"), transaction.atomic():
        wrong = type(received)(name="a.jpg", kind=AttachmentKind.PHOTO, media_type="image/jpeg", content=PDF)
        attach(received=[wrong], operation=operation(), on=DAY, project=None)

    (left,) = (home / "attachments").iterdir()
    assert (Attachment.objects.count(), left.name) == (0, hashlib.sha256(PDF).hexdigest())


def test_a_row_is_never_changed() -> None:
    attach(received=[attachments.receive("单.pdf", PDF)], operation=operation(), on=DAY, project=None)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Attachment.objects.update(name="另一个.pdf")
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute("DELETE FROM projects_attachment")


def test_lost_changed_and_stray_files_are_found() -> None:
    rows = attach(
        received=[
            attachments.receive("单.pdf", PDF),
            attachments.receive("文.docx", docx()),
            attachments.receive("图.jpg", picture()),
        ],
        operation=operation(), on=DAY, project=None,
    )  # fmt: skip
    assert unsound_attachments() == ([], [])

    ATTACHMENTS.file_of(rows[0].sha256).unlink()
    ATTACHMENTS.file_of(rows[1].sha256).write_bytes(b"changed")
    ATTACHMENTS.file_of(rows[2].preview_sha256).write_bytes(b"changed")
    stray = ATTACHMENTS.file_of(ATTACHMENTS.keep(b"nobody's"))
    assert unsound_attachments() == (rows, [])  # 刚落盘的，也许正要记录

    long_ago = time.time() - STRAY_AFTER_SECONDS - 1
    os.utime(stray, (long_ago, long_ago))
    assert unsound_attachments() == (rows, [stray])
    assert ATTACHMENTS.keep(b"nobody's") == stray.name
    assert unsound_attachments() == (rows, [])  # 又用上了


def test_a_spoilt_copy_is_written_anew() -> None:
    place = ATTACHMENTS.file_of(ATTACHMENTS.keep(PDF))
    place.write_bytes(b"spoilt")

    assert ATTACHMENTS.keep(PDF) == place.name
    assert place.read_bytes() == PDF
