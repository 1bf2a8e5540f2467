"""措辞：机关在 Word 里改过的话照用，数仍旧受控；自造的位置、手写的数字不收，旧版与旧稿不变。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.text.paragraph import Paragraph

from kaopu.documents.actions import draft_document, redraft_document, set_wording
from kaopu.documents.format_check.check import check_format
from kaopu.documents.kinds.kind import Asked
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import Wording
from kaopu.documents.queries import wording_of
from kaopu.documents.verification import verify
from kaopu.documents.wording_file import WordingRefused, read_wording, write_wording
from tests.documents.test_kinds import text_of
from tests.factories import operator

pytestmark = pytest.mark.django_db
KIND = KINDS["carry-over-table"]
OWN = "年度目标已完成不等于竣工"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """结转表的措辞表，刚下载。"""
    path = tmp_path / "措辞.docx"
    path.write_bytes(write_wording(KIND, {}))
    return path


def sentence(path: Path) -> tuple[Document, Paragraph]:
    document = Document(str(path))
    return document, next(item for item in document.paragraphs if item.text.startswith("［个数］"))


def rewrite(path: Path, text: str, *more: str) -> Path:
    """照人的做法：改那一句，另起几段。"""
    document, found = sentence(path)
    found.runs[0].text = f"［个数］{text}"
    for line in reversed(more):
        found.insert_paragraph_before(line)._p.addprevious(found._p)
    document.save(str(path))
    return path


def drafted(path: Path) -> Path:
    asked = Asked(year=2022, on=date(2023, 1, 6))
    draft_document(kind=KIND, asked=asked, path=path, by=operator())
    return path


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.wording], ids=lambda kind: kind.id)
def test_a_sheet_sent_back_as_it_was_changes_nothing(kind, tmp_path: Path) -> None:
    path = tmp_path / "措辞.docx"
    path.write_bytes(write_wording(kind, {}))

    assert read_wording(kind, path) == {}


def test_the_words_change_and_the_numbers_stay_bound(year: None, sheet: Path, tmp_path: Path) -> None:
    before = text_of(drafted(tmp_path / "前.docx"))
    rewrite(sheet, "拟结转｛结转｝个，不结转{不结转}个，合计{区属}个。", "以上请审定。")
    set_wording(kind=KIND, file=sheet, seen=None, by=operator(), on=date(2023, 1, 5))

    after = drafted(tmp_path / "后.docx")
    text = text_of(after)
    assert OWN in before and OWN not in text
    assert "拟结转" in text and "以上请审定。" in text
    verified = verify(after)
    assert verified.ok and check_format(after).ok
    assert {item.figure for item in verified.findings} >= {"progress.carried.all", "list.district"}


def test_a_deleted_sentence_is_gone_and_the_own_words_can_be_restored(
    year: None, sheet: Path, tmp_path: Path
) -> None:
    row = set_wording(kind=KIND, file=rewrite(sheet, ""), seen=None, by=operator(), on=date(2023, 1, 5))
    assert OWN not in text_of(drafted(tmp_path / "后.docx"))

    again = set_wording(kind=KIND, file=None, seen=row.pk, by=operator(), on=date(2023, 1, 6))
    assert (again.supersedes, wording_of(KIND.id)) == (row, {})
    assert OWN in text_of(drafted(tmp_path / "再.docx"))
    assert Wording.objects.count() == 2


def test_a_draft_people_wrote_in_is_continued_over_new_words(year: None, sheet: Path, tmp_path: Path) -> None:
    path = drafted(tmp_path / "稿.docx")
    set_wording(
        kind=KIND, file=rewrite(sheet, "本年结转{结转}个。"), seen=None, by=operator(), on=date(2023, 1, 5)
    )
    redraft = redraft_document(edited=path, out=tmp_path / "新.docx", by=operator())

    assert redraft.conflicts == ()
    assert "本年结转" in text_of(tmp_path / "新.docx") and OWN not in text_of(tmp_path / "新.docx")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("拟结转{结转数}个。", "没有“{结转数}”这个位置，能用的是不结转、区属、结转"),
        ("拟结转57个。", "“57”没有受控"),
        ("拟结转{结转个。", "花括号没有配对"),
        ("［个数］拟结转{结转}个。", "写了两次"),
        ("［总数］拟结转{结转}个。", "没有“总数”这一句"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_sentence(sheet: Path, text: str, why: str) -> None:
    own = KIND.wording["个数"].text
    with pytest.raises(WordingRefused) as refused:
        read_wording(KIND, rewrite(sheet, own, text))
    assert why in str(refused.value)


def test_a_sheet_without_a_named_sentence_or_of_another_moment_is_refused(sheet: Path) -> None:
    document = Document(str(sheet))
    for paragraph in document.paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)
    document.save(str(sheet))
    with pytest.raises(WordingRefused, match="没有读到一句"):
        read_wording(KIND, sheet)
    with pytest.raises(WordingRefused, match="已由他人换过"):
        set_wording(kind=KIND, file=None, seen=99, by=operator(), on=date(2023, 1, 5))


def test_a_sheet_of_another_kind_is_told_in_one_sentence(sheet: Path) -> None:
    with pytest.raises(WordingRefused, match="这不是“月度工作通报”的措辞表") as refused:
        read_wording(KINDS["monthly-bulletin"], sheet)

    assert len(str(refused.value)) < 60
