"""模板可由机关改，PDF 有 LibreOffice 才转，没有就说清楚；体检查公文文件与文号。"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from docx import Document
from docx.shared import Pt

from kaopu.config.cli import main
from kaopu.config.health import examine
from kaopu.documents import pdf
from kaopu.documents.actions import DocumentRefused, issue_annual_summary, reserve_number
from kaopu.documents.format_check.check import check_format
from kaopu.documents.kinds.kind import Refused
from kaopu.documents.models import DocumentNumber, DocumentStep, OfficialDocument
from kaopu.documents.template import built_in_template, office_template_path
from kaopu.documents.verification import verify
from kaopu.projects.storage import DOCUMENTS
from tests.factories import operator

pytestmark = pytest.mark.django_db


def test_the_office_may_change_the_template_and_numbers_still_verify(
    year: None, tmp_path: Path, settings: object
) -> None:
    settings.HOME = tmp_path
    office_template_path().parent.mkdir()
    office_template_path().write_bytes(built_in_template())
    template = Document(str(office_template_path()))
    template.styles["公文正文"].font.size = Pt(15)
    template.sections[0].header.paragraphs[0].add_run("内部资料")
    template.save(str(office_template_path()))
    path = tmp_path / "总结.docx"
    issue_annual_summary(year=2022, path=path, by=operator(), on=date(2023, 1, 28))

    assert [result.rule.id for result in check_format(path).failed] == ["body.size", "level.size"]
    assert verify(path).ok
    assert Document(str(path)).sections[0].header.paragraphs[0].text == "草稿内部资料"


def test_the_built_in_template_can_be_written_out_and_opened(tmp_path: Path, db: None) -> None:
    path = tmp_path / "公文.docx"

    assert main(["document", "template", "--out", str(path)]) == 0
    assert {"公文正文", "公文标题", "公文一级标题"} <= {style.name for style in Document(str(path)).styles}


def test_without_an_office_program_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert pdf.office_program() is None
    with pytest.raises(Refused, match="apt-get install libreoffice-writer"):
        pdf.to_pdf(tmp_path / "总结.docx")


@pytest.mark.office
def test_with_an_office_program_the_pdf_is_made(paper: Path, soffice: str) -> None:
    made = pdf.to_pdf(paper)

    assert made.read_bytes().startswith(b"%PDF") and made.stat().st_size > 10_000


def test_the_doctor_finds_lost_files_and_unexplained_gaps(paper: Path) -> None:
    document = OfficialDocument.objects.get()
    place = DOCUMENTS.file_of(DOCUMENTS.keep(paper.read_bytes()))
    issued = {
        "document": document,
        "verb": "issue",
        "state": "issued",
        "sha256": document.sha256,
        "ordinal": 1,
    }
    DocumentStep.objects.create(on=date(2023, 1, 28), operation=document.operation, **issued)
    number = reserve_number(organ="普桃推办", year=2023, reason="留", by=operator(), on=date(2023, 1, 28))

    assert [finding.text for finding in examine() if not finding.ok and "数据库" not in finding.text] == []
    shutil.copy(place, place.with_suffix(".bak"))
    place.write_bytes(b"changed")
    values = {"organ": number.organ, "year": 2023, "serial": 3, "state": "reserved", "on": number.on}
    DocumentNumber.objects.create(operation=number.operation, reason="留", **values)
    texts = [finding.text for finding in examine() if not finding.ok]
    shutil.move(place.with_suffix(".bak"), place)

    assert any("文件丢失或被改：《普陀区推进办2022年工作总结" in text for text in texts)
    assert any("发文字号有空号：普桃推办〔2023〕2号" in text for text in texts)
    assert Path(settings.HOME) in place.parents


def test_a_template_that_cannot_be_read_is_named(year: None, tmp_path: Path, settings: LazySettings) -> None:
    settings.HOME = tmp_path
    office_template_path().parent.mkdir()
    office_template_path().write_text("不是文档", encoding="utf-8")

    with pytest.raises(DocumentRefused, match="机关的公文模板读不了"):
        issue_annual_summary(year=2022, path=tmp_path / "a.docx", by=operator())
