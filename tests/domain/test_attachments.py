"""附件的规矩：文件名洗净；扩展名与内容都在白名单里才收；超限、加密、带宏、夹带的各说一句办法。"""

from __future__ import annotations

import zipfile

import pytest

from kaopu.domain.attachments import (
    MOST_BYTES,
    AttachmentKind,
    AttachmentRefused,
    Received,
    cited,
    clean_file_name,
    kind_of,
    refuse_too_many,
)
from tests.uploads import PDF, docx, package, picture

JPEG, PNG = picture(), picture(format="PNG")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("现场.JPG", "现场.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\照片\\1号楼.png", "1号楼.png"),
        ("发\u202egpj.exe", "发gpj.exe"),
        ("a\0b\r\nc\u200b.pdf", "abc.pdf"),
        ("....pdf", "附件.pdf"),
        ("", "附件"),
        ("长" * 300 + ".docx", "长" * 115 + ".docx"),
        ("\ud800坏.pdf", "坏.pdf"),
        ("𠮷.ofd", "𠮷.ofd"),
    ],
)
def test_a_name_loses_paths_controls_and_direction_marks(given: str, kept: str) -> None:
    assert clean_file_name(given) == kept
    assert len(clean_file_name(given)) <= 120


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpg", JPEG, AttachmentKind.PHOTO),
        ("a.jpeg", JPEG, AttachmentKind.PHOTO),
        ("a.png", PNG, AttachmentKind.PHOTO),
        ("a.jpg", PNG, AttachmentKind.PHOTO),
        ("a.pdf", PDF, AttachmentKind.FILE),
        ("a.docx", docx(), AttachmentKind.FILE),
        ("a.xlsx", package({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}), AttachmentKind.FILE),
        ("a.ofd", package({"OFD.xml": b"<a/>"}), AttachmentKind.FILE),
    ],
)  # fmt: skip
def test_what_is_taken(name: str, content: bytes, kind: AttachmentKind) -> None:
    assert kind_of(name, content) is kind


def encrypted() -> bytes:
    content = bytearray(docx())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


ODD_COMPRESSION = package({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}, zipfile.ZIP_LZMA)
HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.jpg", b"", "空文件"),
        ("a.pdf", b"%PDF-" + b"0" * MOST_BYTES, "超过 10 MB"),
        ("a.svg", b"<svg/>", "不在收件范围"),
        ("a.html", HTML, "不在收件范围"),
        ("a", JPEG, "不在收件范围"),
        ("a.jpg.exe", JPEG, "不在收件范围"),
        ("a.doc", b"x", "另存为 .docx"),
        ("a.xls", b"x", "另存为 .xlsx"),
        ("a.docm", docx(), "不带宏"),
        ("a.heic", b"x", "兼容性最佳"),
        ("a.zip", docx(), "解开后逐个上传"),
        ("a.jpg", HTML, "不是 JPG 或 PNG"),
        ("a.png", PDF, "不是 JPG 或 PNG"),
        ("a.pdf", HTML + PDF, "不是完好的 PDF"),
        ("a.pdf", b"%PDF-1.4 no end", "不是完好的 PDF"),
        ("a.pdf", PDF.replace(b"/Root", b"/Encrypt 2 0 R/Root"), "已加密"),
        ("a.pdf", PDF.replace(b"/Type", b"/OpenAction<</S/JavaScript>>/Type"), "带有脚本"),
        ("a.docx", PDF, "不是 .docx"),
        ("a.docx", HTML + docx(), "不是 .docx"),
        ("a.docx", b"PK\x03\x04 broken", "已损坏"),
        ("a.docx", package({"xl/workbook.xml": b"<a/>"}), "不是 .docx"),
        ("a.ofd", docx(), "不是 .ofd"),
        ("a.docx", docx(**{"word/vbaProject.bin": b"x"}), "带有宏"),
        ("a.docx", docx(**{"../../evil": b"x"}), "路径异常"),
        ("a.docx", docx(**{"word/Document.xml": b"<a/>"}), "重名部件"),
        ("a.docx", docx(**{"word/x.xml": b"<!DOCTYPE a><a/>"}), "DTD"),
        ("a.docx", docx(**{"word/x.xml": b"<a>"}), "已损坏"),
        ("a.docx", docx(**{"word/media/bomb.bin": b"\0" * 70_000_000}), "解压后过大"),
        ("a.docx", docx(**{f"word/media/{n}.bin": b"" for n in range(500)}), "部件超过 500 个"),
        ("a.docx", encrypted(), "已加密"),
        ("a.docx", ODD_COMPRESSION, "已损坏"),
    ],
)
def test_what_is_refused_says_what_to_do(name: str, content: bytes, says: str) -> None:
    with pytest.raises(AttachmentRefused, match=says) as refused:
        kind_of(name, content)

    said = str(refused.value)
    assert said.startswith("“a") and said.endswith("。") and "请" in said


def test_nine_are_taken_and_ten_are_not() -> None:
    refuse_too_many(9)
    with pytest.raises(AttachmentRefused, match="至多 9 个附件，现有 10 个；请"):
        refuse_too_many(10)


def one(name: str) -> Received:
    return Received(name=name, kind=AttachmentKind.FILE, media_type="application/pdf", content=PDF)


@pytest.mark.parametrize(
    ("written", "names", "said"),
    [
        ("验收单3号", ["甲.pdf"], "验收单3号"),
        (" ", ["甲.pdf"], "见附件：甲.pdf"),
        ("", ["甲.pdf", "乙.pdf"], "见附件：甲.pdf等 2 件"),
        (" ", [], ""),
    ],
)
def test_an_attachment_is_evidence_when_nothing_is_written(written: str, names: list[str], said: str) -> None:
    assert cited(written, [one(name) for name in names]) == said
