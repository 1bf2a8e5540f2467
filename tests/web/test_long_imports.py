"""大文件的导入：后台办、页面报进度，断了说明并可重来（TRUST §2）。"""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kaopu.accounts.models import User
from kaopu.exchange.models import ImportBatch
from kaopu.projects.models import Project
from kaopu.web.imports import jobs, uploads
from tests.exchange.test_import import list_workbook

TIMING = {"what": "preview", "state": jobs.RUNNING, "message": ""}


@pytest.fixture
def sent(
    office: Client, officer: User, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Any:
    settings.HOME = tmp_path
    monkeypatch.setattr(jobs, "LARGE", 0)
    file = SimpleUploadedFile("清单.xlsx", list_workbook(tmp_path / "in.xlsx").read_bytes())
    office.post("/imports/", {"workbook": file, "year": "2022", "month": ""})
    note = next((tmp_path / "uploads").glob("*.json"))
    upload = uploads.find(uuid.UUID(note.stem), user_id=officer.pk)
    assert upload is not None
    return upload


def note_of(upload: uploads.Upload, **told: object) -> Path:
    path = upload.path.with_suffix(".job")
    path.write_text(json.dumps({**TIMING, "began": time.time(), **told}), encoding="utf-8")
    return path


def work(upload: uploads.Upload, what: str) -> None:
    """照后台进程那样办完。"""
    note_of(upload, what=what)
    assert jobs.main([upload.id, str(upload.user_id), what, "r1", "10.0.0.8"]) == 0


def test_a_long_file_shows_its_progress_then_the_preview_then_the_result(office: Client, sent: Any) -> None:
    address = f"/imports/{sent.id}/"
    note_of(sent)
    jobs.rows_file(sent).write_text("1500/20000", encoding="ascii")
    waiting = office.get(address).text
    assert '<meta http-equiv="refresh" content="2">' in waiting
    assert "已读 1500 行，共 20000 行" in waiting and 'max="20000" value="1500"' in waiting

    work(sent, "preview")
    assert jobs.rows_file(sent).read_text(encoding="ascii") == "8/8"
    page = office.get(address).text
    assert "将写入 <strong>2</strong>" in page and "确认导入" in page and not Project.objects.exists()

    jobs.forget(sent)
    work(sent, "apply")
    done = office.get(address).text
    assert "导入结果" in done and "写入 <strong>2</strong>" in done
    assert (Project.objects.count(), ImportBatch.objects.count()) == (2, 1)
    operation = ImportBatch.objects.get().operation
    assert (operation.request_id, operation.address) == ("r1", "10.0.0.8")


def test_a_killed_job_says_so_and_can_be_begun_again(office: Client, sent: Any) -> None:
    address = f"/imports/{sent.id}/"
    note = note_of(sent, what="apply")
    long_ago = time.time() - 60
    os.utime(note, (long_ago, long_ago))

    page = office.get(address).text
    assert "导入中断了。" in page and "正在" not in page and "不会写到一半" in page and "重来" in page
    assert "http-equiv" not in page

    again = office.post(address, {"what": "retry", "idempotency_key": str(uuid.uuid4())})
    assert again.status_code == 302 and jobs.state_of(sent) is None
    assert not ImportBatch.objects.exists()


def test_a_job_is_begun_once_and_a_file_that_cannot_be_read_says_why(office: Client, sent: Any) -> None:
    address = f"/imports/{sent.id}/"
    sent.path.write_bytes(b"PK broken")
    work(sent, "preview")
    page = office.get(address).text
    assert "不能导入，数据库未作任何改动" in page and 'value="retry">重来' in page

    note = note_of(sent)
    before = note.read_text(encoding="utf-8")
    jobs.begin(sent, "preview")
    assert note.read_text(encoding="utf-8") == before
