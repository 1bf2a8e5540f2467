"""印发的文件：末页小字印着封存的树头，凭它核对留痕；版记在双页。"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from kaopu.accounts.models import User
from kaopu.audit.models import TreeHead
from kaopu.documents.actions import redraft_document, take_step
from kaopu.documents.docx_file import CORE, DOCUMENT, read_parts
from kaopu.documents.finishing import finish, imprint_falls_on_odd_page, with_imprint_stacked
from kaopu.documents.format_check.check import check_format
from kaopu.documents.gongwen import imprint_heights
from kaopu.documents.models import OfficialDocument
from kaopu.documents.pack import write_pack
from kaopu.documents.pdf import page_count
from kaopu.documents.queries import printed_head
from kaopu.documents.seal_line import stated_seal
from kaopu.documents.verification import EDITED, EQUAL, MISSING, Finding, verify
from kaopu.domain.document_states import DocumentVerb
from kaopu.domain.rights import Role
from kaopu.projects.storage import DOCUMENTS
from tests.conftest import Administrator
from tests.documents.test_pack import alone, altered, in_json
from tests.documents.test_verification import rewritten
from tests.factories import user

pytestmark = pytest.mark.django_db
SealNow = Callable[[], TreeHead]


@pytest.fixture
def filled(paper: Path) -> Path:
    """起草人填好了的定稿。"""
    filled = rewritten(paper, r"〔此处由起草人填写：.*?〕", "坚持党建引领。", times=0)
    return filled.rename(paper.with_name("定稿.docx"))


def issued(filled: Path) -> Path:
    document = OfficialDocument.objects.get()
    section, director = user(Role.OFFICE_SECTION), user(Role.OFFICE_DIRECTOR)
    steps: list[tuple[DocumentVerb, User, Path | None]] = [
        (DocumentVerb.REVIEW, section, filled), (DocumentVerb.SIGN, director, None), (DocumentVerb.ISSUE, section, None),
    ]  # fmt: skip
    for seen, (verb, by, file) in enumerate(steps):
        last = take_step(document=document, verb=verb, by=by, on=date(2023, 1, 28), seen=seen, file=file)
    return DOCUMENTS.file_of(last.sha256)


def head_finding(path: Path) -> Finding:
    return next(finding for finding in verify(path).findings if finding.label == "留痕树头")


def test_the_last_sealed_head_is_printed_in_small_type_and_checked(
    filled: Path, outside: Path, seal_now: SealNow
) -> None:
    head = seal_now()
    path = issued(filled)
    lines = [item for item in Document(str(path)).paragraphs if item.text.startswith("留痕树头")]

    assert [line.text[: 22 + len(str(head.size))] for line in lines] == [
        f"留痕树头 {head.size}:{head.root[:16]}"
    ]
    assert lines[0].runs[0].font.size is not None and lines[0].runs[0].font.size.pt == 6.5
    assert stated_seal(read_parts(path, (DOCUMENT, CORE))[CORE]) == (head.size, head.root)
    assert printed_head(OfficialDocument.objects.get()) == head
    assert verify(path).ok and head_finding(path).state == EQUAL
    assert check_format(path).ok


def test_a_document_issued_before_anything_was_sealed_prints_no_head(filled: Path, outside: Path) -> None:
    path = issued(filled)

    assert "留痕树头" not in "".join(item.text for item in Document(str(path)).paragraphs)
    assert printed_head(OfficialDocument.objects.get()) is None and verify(path).ok


@pytest.mark.parametrize(
    ("pattern", "into", "state"),
    [
        (r"(留痕树头 )(\d+):", r"\g<1>1\g<2>:", EDITED),
        (r"(留痕树头 \d+:)[0-9a-f]{2}", r"\g<1>zz", MISSING),
        (r"(留痕树头 \d+:)[0-9a-f]{16}", r"\g<1>0123456789abcdef", EDITED),
    ],
)
def test_a_printed_head_that_was_altered_is_found_out(
    filled: Path, outside: Path, seal_now: SealNow, pattern: str, into: str, state: str
) -> None:
    seal_now()
    path = rewritten(issued(filled), pattern, into)

    assert (head_finding(path).state, verify(path).ok) == (state, False)


def test_a_trace_rewritten_since_is_found_out_by_the_printed_head(
    filled: Path, outside: Path, seal_now: SealNow, administrator: Administrator
) -> None:
    head = seal_now()
    path = issued(filled)
    administrator("UPDATE audit_treehead SET root = %s WHERE id = %s", ["f" * 64, head.pk])

    assert head_finding(path).state == EDITED
    assert f"文件印“{head.size}:{head.root[:16]}”" in head_finding(path).sentence


def test_the_pack_proves_that_the_printed_head_is_a_prefix_of_the_tree(
    filled: Path, outside: Path, seal_now: SealNow, tmp_path: Path
) -> None:
    head = seal_now()
    path, pack = issued(filled), tmp_path / "包.zip"
    seal_now()
    write_pack(path, pack)
    assert alone(pack).returncode == 0

    for change, said in (
        (lambda trace: trace["printed"].update(root="0" * 64), "不是现在这棵树的前缀"),
        (lambda trace: trace["consistency"].reverse(), "不是现在这棵树的前缀"),
        (lambda trace: trace.update(printed=None), f"印的树头（留痕树头 {head.size}:{head.root[:16]}）与证明所指的（无）不符"),
    ):  # fmt: skip
        done = alone(altered(pack, "封存.json", in_json(change), honest=True))
        assert (done.returncode, said in done.stdout) == (1, True), done.stdout


def test_the_lines_of_the_imprint_are_stacked_from_the_foot_of_the_type_area() -> None:
    one, long = imprint_heights(["抄送：区委办公室。", ""]), imprint_heights(["抄送：" + "单位、" * 20, ""])

    assert one[1] == long[1] == 14854 - 609 and one[0] == one[1] - 609
    assert long[0] == one[0] - 2 * 579


LONG = "抄送：" + "区发展改革委、区建管委、区规划资源局、区生态环境局、区绿化市容局、" * 3 + "各街道办事处。"


def heights(path: Path) -> list[int]:
    """版记各行所在的框距纸上缘多少。"""
    text = read_parts(path, (DOCUMENT,))[DOCUMENT].decode()
    return [int(found) for found in re.findall(r'KpImprint"/><w:framePr [^>]*w:y="(\d+)"', text)]


def test_a_long_list_of_copies_is_stacked_anew_when_it_is_reviewed_or_continued(
    filled: Path, paper: Path, tmp_path: Path
) -> None:
    longer, out = rewritten(filled, "抄送：[^<]*", LONG), tmp_path / "接续.docx"
    assert heights(longer) == imprint_heights(["抄送：区委办公室。", ""])
    redraft_document(edited=longer, out=out, by=user(Role.PROJECT_OFFICER))
    assert heights(out) == imprint_heights([LONG, ""])
    document = OfficialDocument.objects.latest("pk")
    step = take_step(
        document=document, verb=DocumentVerb.REVIEW, by=user(Role.OFFICE_SECTION), on=date(2023, 1, 28), seen=0,
        file=rewritten(out, '(KpImprint"/><w:framePr [^>]*w:y=")\\d+"', r'\g<1>13000"'),
    )  # fmt: skip
    assert heights(DOCUMENTS.file_of(step.sha256)) == imprint_heights([LONG, ""])


def test_a_file_stacked_already_is_kept_byte_for_byte(filled: Path) -> None:
    assert with_imprint_stacked(filled) == filled.read_bytes()


@pytest.mark.office
def test_the_imprint_falls_on_an_even_page_whether_the_text_ends_on_an_odd_one_or_not(
    filled: Path, soffice: str, tmp_path: Path
) -> None:
    turned = tmp_path / "多一页.docx"
    document = Document(str(filled))
    next(
        item for item in document.paragraphs if item.text.startswith("六、")
    ).paragraph_format.page_break_before = True
    document.save(str(turned))
    odd = {}
    for source in (filled, turned):
        out = tmp_path / f"印发{source.name}"
        odd[source.name] = imprint_falls_on_odd_page(source)
        finish(source, out, number="普桃推办〔2023〕1号", day="2023年1月28日", imprint_apart=odd[source.name])
        assert (page_count(out) or 1) % 2 == 0
        apart = re.search(r'w:val="evenPage"', read_parts(out, (DOCUMENT,))[DOCUMENT].decode())
        assert bool(apart) is odd[source.name]
        assert check_format(out).ok

    assert sorted(odd.values()) == [False, True]


def test_without_an_office_program_the_imprint_stays_where_it_is(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert page_count(filled) is None and not imprint_falls_on_odd_page(filled)
