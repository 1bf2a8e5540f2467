"""核验：手改一个数字必现形，别的软件另存过也认得（HANDBOOK §8.4）。"""

import re
import subprocess
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from kaopu.documents.models import OfficialDocument
from kaopu.documents.verification import verify
from kaopu.figures.ledger import Ledger
from tests.factories import listed, project_list

pytestmark = pytest.mark.django_db


def rewritten(path: Path, pattern: str, replacement: str, *, times: int = 1) -> Path:
    """像人在 Word 里改过一样，改动文件正文的第一处；``times=0`` 为每一处。"""
    changed = path.with_name("改过.docx")
    with ZipFile(path) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "word/document.xml":
                text, count = re.subn(pattern, replacement, content.decode(), count=times)
                assert count >= 1
                content = text.encode()
            target.writestr(item, content)
    return changed


def test_a_digit_changed_by_hand_is_named(paper: Path) -> None:
    verification = verify(rewritten(paper, r"(kp:outcome\.lagging.*?<w:t[^>]*>)2<", r"\g<1>3<"))

    assert not verification.ok
    assert [finding.sentence for finding in verification.findings if not finding.ok] == [
        "滞后（outcome.lagging）：文件印“3”，按2022-12-31口径应为“2”"
    ]


def test_a_number_whose_bookmark_is_gone_is_reported(paper: Path) -> None:
    verification = verify(rewritten(paper, r'w:name="kp_[0-9a-f]{8}_\d+"', 'w:name="_other"'))

    assert [finding.state for finding in verification.findings if not finding.ok] == ["missing"]


def test_each_number_carries_its_figure_both_times_and_its_digest(paper: Path) -> None:
    document = OfficialDocument.objects.get()
    ledger = Ledger(year=2022, as_of=document.as_of, known_at=document.known_at)
    with ZipFile(paper) as archive:
        text = archive.read("word/document.xml").decode()
    carried = re.findall(
        r'w:name="(kp_\w+)"/><w:sdt><w:sdtPr><w:alias w:val="([^"]*)"/><w:tag w:val="kp:([^|]*)\|(\w+)"', text
    )

    assert len(carried) == len(document.figures) > 50
    for (bookmark, alias, figure, digest), item in zip(carried, document.figures, strict=True):
        assert (bookmark, item["figure"].startswith(figure)) == (item["bookmark"], True)
        assert alias.startswith("截至2022-12-31，") and alias.endswith("所知")
        assert ledger.figure(item["figure"]).digest == item["digest"]
        assert item["digest"].startswith(digest) and len(digest) == 12


def test_facts_recorded_later_do_not_make_it_false(paper: Path) -> None:
    project_list([listed("示例幼儿园")], title="补录")
    verification = verify(paper)

    assert verification.ok
    assert "changed_since" in {finding.state for finding in verification.findings}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"plain text"])
def test_a_file_of_another_kind_is_not_verified(db: None, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "别的.docx"
    path.write_bytes(content)

    verification = verify(path)
    assert (verification.ok, verification.findings[0].state) == (False, "unknown")


@pytest.mark.parametrize(
    ("pattern", "replacement", "read"),
    [
        (r"个；滞后(</w:t></w:r>)", r"个；滞后1\1", "12"),
        (r"个；目标无法完成的项目(</w:t></w:r>)", r"5个；目标无法完成的项目\1", "25"),
    ],
)
def test_a_digit_added_beside_a_number_is_named(
    paper: Path, pattern: str, replacement: str, read: str
) -> None:
    findings = [
        finding for finding in verify(rewritten(paper, pattern, replacement)).findings if not finding.ok
    ]

    assert [(finding.figure, finding.state, finding.printed) for finding in findings] == [
        ("outcome.lagging", "edited", read)
    ]


def test_a_rate_in_the_table_is_recomputed(paper: Path) -> None:
    findings = verify(rewritten(paper, r"(kp:rate\.all.*?<w:t[^>]*>)25\.0%", r"\g<1>75.0%")).findings

    assert [finding.sentence for finding in findings if not finding.ok] == [
        "完成率（rate.all）：文件印“75.0%”，按2022-12-31口径应为“25.0%”"
    ]


def test_a_document_without_any_bookmark_is_still_recognised(paper: Path) -> None:
    verification = verify(rewritten(paper, r'w:name="kp_[0-9a-f]{8}_', 'w:name="_other_', times=0))

    assert verification.document is not None
    assert {finding.state for finding in verification.findings} == {"missing"}


@pytest.mark.parametrize(
    ("doctype", "said"),
    [
        ('<!DOCTYPE a [<!ENTITY x "1">]>', "外部定义"),
        ('<!DOCTYPE a SYSTEM "http://example.org/a.dtd">', "外部定义"),
        ("<a>", "内容损坏"),
    ],
)
def test_a_file_with_a_doctype_is_refused(paper: Path, doctype: str, said: str) -> None:
    verification = verify(rewritten(paper, r"(<w:document )", rf"{doctype}\1"))

    assert not verification.ok
    assert said in verification.findings[0].sentence


def test_an_oversized_part_is_refused_without_reading_it_all(db: None, tmp_path: Path) -> None:
    path = tmp_path / "大.docx"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (61 * 1024 * 1024))

    assert "过大" in verify(path).findings[0].sentence


def test_a_truncated_file_is_refused(paper: Path) -> None:
    content = bytearray(paper.read_bytes())
    with ZipFile(paper) as archive:
        start = archive.getinfo("word/document.xml").header_offset + 60
    content[start : start + 200] = b"\xff" * 200
    paper.write_bytes(content)

    assert verify(paper).findings[0].state == "unknown"


@pytest.mark.office
def test_saving_again_in_another_office_keeps_every_number(paper: Path, soffice: str, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir",
         str(tmp_path / "saved"), str(paper)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    saved = tmp_path / "saved" / paper.name

    assert verify(saved).ok
    changed = verify(rewritten(saved, r"(个；滞后.*?<w:t[^>]*>)2<", r"\g<1>3<"))
    assert [finding.figure for finding in changed.findings if not finding.ok] == ["outcome.lagging"]
