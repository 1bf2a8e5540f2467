"""措辞页：下载、传回、恢复；不收的当场说明，别的角色进不来。"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from kaopu.documents.kinds.monthly_bulletin import WORDING
from kaopu.documents.models import Wording

pytestmark = pytest.mark.django_db
PAGE = "/documents/wording/"


def sheet(office: Client, words: str) -> SimpleUploadedFile:
    """下载通报的措辞表，把“没有红灯”一句改成 ``words``。"""
    document = Document(BytesIO(office.get(f"{PAGE}monthly-bulletin.docx").content))
    found = next(item for item in document.paragraphs if item.text.startswith("［没有红灯］"))
    found.runs[0].text = f"［没有红灯］{words}"
    buffer = BytesIO()
    document.save(buffer)
    return SimpleUploadedFile("措辞.docx", buffer.getvalue())


def send(office: Client, **data: Any) -> Any:
    return office.post(PAGE, {"kind": "monthly-bulletin", "seen": "", **data})


def test_a_changed_sheet_is_taken_shown_and_given_back(office: Client, settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path
    assert f"现用自带的，共 {len(WORDING)} 句" in office.get(PAGE).text

    answer = send(office, wording=sheet(office, "本月各项目未亮红灯。"), idempotency_key="w1")
    assert answer.status_code == 302
    row = Wording.objects.get()
    assert row.sentences == {"没有红灯": ["本月各项目未亮红灯。"]}
    assert "改过 1 句" in office.get(PAGE).text
    again = Document(BytesIO(office.get(f"{PAGE}monthly-bulletin.docx").content))
    assert any(item.text == "［没有红灯］本月各项目未亮红灯。" for item in again.paragraphs)

    assert send(office, seen=row.pk, restore="1").status_code == 302
    assert f"现用自带的，共 {len(WORDING)} 句" in office.get(PAGE).text and Wording.objects.count() == 2


def test_what_is_not_taken_is_said_beside_its_kind(office: Client, settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path
    refused = send(office, wording=sheet(office, "本月有3个项目。"))
    assert refused.status_code == 422 and "没有换上" in refused.text and "没有受控" in refused.text
    assert send(office).status_code == 422
    broken = send(office, wording=SimpleUploadedFile("坏.docx", b"PK"))
    assert broken.status_code == 422 and "不是能打开的 .docx 文件" in broken.text
    assert not Wording.objects.exists()
    assert office.get(f"{PAGE}supervision-order.docx").status_code == 404
