"""接续起草：人写的一字不动，数与表刷新，冲突列出，什么也不丢。"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from docx.table import Table

from kaopu.accounts.models import Organization
from kaopu.documents.actions import DocumentRefused, Redraft, draft_document, redraft_document, take_step
from kaopu.documents.format_check.check import check_format
from kaopu.documents.kinds.kind import Asked
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import DocumentStep, OfficialDocument
from kaopu.documents.verification import verify
from kaopu.domain.causes import Cause
from kaopu.domain.document_states import DocumentVerb
from kaopu.domain.rights import Role
from kaopu.tracking.actions import record_lag_reason
from kaopu.tracking.models import LagReason
from tests.factories import listed, operator, project_list, user

pytestmark = pytest.mark.django_db
Edit = Callable[[DocxDocument], None]
SIDE_BY_SIDE = "系统的新表附在其后，请合并后删去一张"


def lines(document: DocxDocument) -> list[str]:
    """正文各段的文字，含控件里的数。"""
    return ["".join(item.text or "" for item in p._p.iter(qn("w:t"))) for p in document.paragraphs]


def edited(paper: Path, *edits: Edit) -> Path:
    document = Document(str(paper))
    for edit in edits:
        edit(document)
    path = paper.with_name("改过.docx")
    document.save(str(path))
    return path


def again(path: Path, folder: Path) -> tuple[Redraft, DocxDocument, Path]:
    out = folder / "新稿.docx"
    redraft = redraft_document(edited=path, out=out, by=operator())
    return redraft, Document(str(out)), out


def fill_a_place(document: DocxDocument) -> None:
    place = next(p for p in document.paragraphs if "党的建设与作风建设" in p.text)
    place.runs[0].text = "坚持党建引领，打造3支攻坚队。"


def add_a_paragraph(document: DocxDocument) -> None:
    heading = next(p for p in document.paragraphs if p.text.startswith("五、区属"))
    heading.insert_paragraph_before("另据统计，新增就业120人。")


def reword_a_sentence(document: DocxDocument) -> None:
    sentence = next(p for p in document.paragraphs if p.text.startswith("2022年普陀区区属重大工程正式项目"))
    run = next(run for run in sentence.runs if "截至年底" in run.text)
    run.text = run.text.replace("截至年底", "到年底为止")


def change_a_number(document: DocxDocument) -> None:
    for control in document.element.body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val"))
        if tag.startswith("kp:outcome.lagging|"):
            next(control.iter(qn("w:t"))).text = "99"
            return


def delete_a_paragraph(document: DocxDocument) -> None:
    heading = next(p for p in document.paragraphs if p.text.startswith("四、市属"))
    heading._p.getparent().remove(heading._p)


def add_a_row(document: DocxDocument) -> None:
    table = document.tables[0]
    table._tbl.append(deepcopy(table.rows[1]._tr))


def later_facts() -> None:
    project_list([listed("示例幼儿园"), listed("示例剧院", category="public_service")], title="补录")


def test_without_edits_every_number_is_fresh_and_nothing_is_to_be_settled(
    paper: Path, tmp_path: Path
) -> None:
    later_facts()
    redraft, document, out = again(edited(paper), tmp_path)

    assert redraft.conflicts == ()
    assert "2022年普陀区区属重大工程正式项目6个，其中年初确定的项目6个" in "".join(lines(document))
    assert {finding.state for finding in verify(out).findings} == {"equal"}
    assert [result.rule.id for result in check_format(out).failed] == []


def test_words_of_people_stay_and_numbers_in_their_sentences_are_fresh(paper: Path, tmp_path: Path) -> None:
    path = edited(paper, fill_a_place, add_a_paragraph, reword_a_sentence)
    later_facts()
    redraft, document, out = again(path, tmp_path)
    text = lines(document)

    assert redraft.conflicts == ()
    assert "坚持党建引领，打造3支攻坚队。" in text
    assert text.index("另据统计，新增就业120人。") == text.index("五、区属重点项目推进情况") - 1
    assert any("正式项目6个" in line and "到年底为止，年度目标已完成的1个；滞后4个" in line for line in text)
    verification = verify(out)
    assert verification.ok
    assert sorted(finding.printed for finding in verification.findings if finding.state == "unbound") == [
        "120",
        "3",
    ]


def test_a_number_changed_by_hand_is_kept_and_reported(paper: Path, tmp_path: Path) -> None:
    path = edited(paper, change_a_number)
    later_facts()
    redraft, document, out = again(path, tmp_path)

    assert redraft.conflicts == ("手改的数“99”保留；滞后按2022-12-31口径应为“4”",)
    assert any("滞后99个" in line and "正式项目6个" in line for line in lines(document))
    assert [finding.figure for finding in verify(out).findings if not finding.ok] == ["outcome.lagging"]


def test_what_people_deleted_is_not_brought_back_silently(paper: Path, tmp_path: Path) -> None:
    redraft, document, _ = again(edited(paper, delete_a_paragraph), tmp_path)

    assert redraft.conflicts == ("您删去的“四、市属重大工程进展情况”没有恢复",)
    assert "四、市属重大工程进展情况" not in lines(document)


def cells(table: Table) -> list[list[str]]:
    return [
        ["".join(item.text or "" for item in cell._tc.iter(qn("w:t"))) for cell in row.cells]
        for row in table.rows
    ]


def test_a_table_people_added_a_row_to_stays_and_its_numbers_are_fresh(paper: Path, tmp_path: Path) -> None:
    path = edited(paper, add_a_row)
    later_facts()
    redraft, document, out = again(path, tmp_path)

    assert redraft.conflicts == ()  # 多一行，文字的样子不变时只刷新数
    assert len(document.tables) == 1 and len(document.tables[0].rows) == 8
    assert cells(document.tables[0])[6][:2] == ["合计", "6"]
    assert verify(out).count("equal") > 50


def test_a_paragraph_whose_record_changed_is_replaced_unless_people_wrote_in_it(
    paper: Path, tmp_path: Path
) -> None:
    def write_in(document: DocxDocument) -> None:
        sentence = next(p for p in document.paragraphs if p.text.startswith("2. 民生保障类"))
        sentence.runs[-1].text += "区里已专题研究。"

    path = edited(paper, write_in)
    for reason in LagReason.objects.live():
        record_lag_reason(
            project_years=[reason.project_year], category=Cause.PIPELINES, cause="电力未通", by=operator(),
            on=date(2022, 12, 5),
        )  # fmt: skip
    redraft, document, _ = again(path, tmp_path)
    text = "".join(lines(document))

    assert "总体进度滞后。区里已专题研究。" in text  # 他们的话还在
    assert "电力未通" in text  # 新的一段也在
    assert any("不再生成这一段，您改过的文字保留" in conflict for conflict in redraft.conflicts)


def test_the_new_draft_follows_the_old_and_can_be_continued_again(paper: Path, tmp_path: Path) -> None:
    redraft, _, out = again(edited(paper, fill_a_place, change_a_number), tmp_path)
    later_facts()
    second = redraft_document(edited=out, out=tmp_path / "三稿.docx", by=operator())

    assert [document.pk for document in OfficialDocument.objects.live()] == [second.document.pk]
    assert second.document.supersedes == redraft.document
    assert "坚持党建引领，打造3支攻坚队。" in lines(Document(str(tmp_path / "三稿.docx")))
    assert second.conflicts == ("手改的数“99”保留；滞后按2022-12-31口径应为“4”",)
    assert verify(paper).document is not None  # 旧稿仍可核


def test_a_draft_is_continued_once(paper: Path, tmp_path: Path) -> None:
    again(edited(paper), tmp_path)

    with pytest.raises(DocumentRefused, match="已经有人接续起草过"):
        again(edited(paper), tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text"])
def test_a_file_of_another_kind_cannot_be_continued(db: None, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "别的.docx"
    path.write_bytes(content)

    with pytest.raises(DocumentRefused, match="另存为"):
        redraft_document(edited=path, out=tmp_path / "a.docx", by=operator())


@pytest.fixture
def two_tables(db: None, tmp_path: Path) -> Path:
    """责任书附表有人写过字，其后又补了一个项目：接续出的稿子里两张表并存。"""
    unit = Organization.objects.create(name="区某局", kind="responsible")
    project_list([listed("示例小学", profile={"responsible_unit": unit})])
    path, ask = tmp_path / "责任书.docx", Asked(year=2022, on=date(2022, 2, 1), unit=unit)
    draft_document(kind=KINDS["responsibility-letter"], asked=ask, path=path, by=operator())

    def note_in_table(document: DocxDocument) -> None:
        document.tables[0].rows[1].cells[2].paragraphs[0].add_run("（力争提前）")

    changed = edited(path, note_in_table)
    project_list([listed("示例医院", profile={"responsible_unit": unit})], title="补录")
    redraft, _, out = again(changed, tmp_path)
    assert len(redraft.conflicts) == 1 and SIDE_BY_SIDE in redraft.conflicts[0]
    return out


def once_more(path: Path, *changes: Edit, name: str = "三稿.docx") -> tuple[Redraft, DocxDocument, Path]:
    """人再改一改，再接续一遍。"""
    out = path.with_name(name)
    redraft = redraft_document(edited=edited(path, *changes), out=out, by=operator())
    return redraft, Document(str(out)), out


def drop_table(order: int) -> Edit:
    def drop(document: DocxDocument) -> None:
        table = document.tables[order]._tbl
        table.getparent().remove(table)

    return drop


def test_a_table_people_changed_stays_beside_the_new_one_when_its_rows_changed(two_tables: Path) -> None:
    theirs, fresh = Document(str(two_tables)).tables

    assert cells(theirs)[1][2].endswith("（力争提前）") and len(cells(theirs)) == 2
    assert [row[1] for row in cells(fresh)[1:]] == ["示例小学", "示例医院"]
    found = verify(two_tables)
    assert found.ok and found.count("unbound") == 0  # 两张表的序号都是系统的


def test_two_tables_side_by_side_are_said_again_until_one_is_removed(two_tables: Path) -> None:
    second, document, out = once_more(two_tables)
    unit = Organization.objects.get(name="区某局")
    project_list([listed("示例公园", profile={"responsible_unit": unit})], title="再补")
    third, later, path = once_more(out, name="四稿.docx")

    for redraft, shown, names in (
        (second, document, ["示例小学", "示例医院"]), (third, later, ["示例小学", "示例医院", "示例公园"]),
    ):  # fmt: skip
        assert len(redraft.conflicts) == 1 and SIDE_BY_SIDE in redraft.conflicts[0]
        theirs, fresh = shown.tables
        assert cells(theirs)[1][2].endswith("（力争提前）") and len(cells(theirs)) == 2
        assert [row[1] for row in cells(fresh)[1:]] == names
    assert verify(path).ok and verify(path).count("unbound") == 0


@pytest.mark.parametrize(("removed", "rows"), [(0, 3), (1, 2)])
def test_once_one_of_the_two_tables_is_removed_nothing_more_is_said(
    two_tables: Path, removed: int, rows: int
) -> None:
    second, document, out = once_more(two_tables, drop_table(removed))
    third, later, path = once_more(out, name="四稿.docx")

    assert (second.conflicts, third.conflicts) == ((), ())
    assert [len(cells(table)) for table in document.tables] == [rows]
    assert [len(cells(table)) for table in later.tables] == [rows]
    assert verify(path).ok and verify(path).count("unbound") == 0


def test_a_table_merged_into_the_systems_one_is_kept_when_theirs_is_removed(two_tables: Path) -> None:
    def merge_into_the_systems(document: DocxDocument) -> None:
        document.tables[1].rows[1].cells[2].paragraphs[0].add_run("（力争提前）")
        drop_table(0)(document)

    second, document, _ = once_more(two_tables, merge_into_the_systems)

    assert second.conflicts == ()
    (table,) = document.tables
    assert cells(table)[1][2].endswith("（力争提前）") and len(cells(table)) == 3


def test_a_draft_with_two_tables_side_by_side_is_not_sent_for_review(two_tables: Path) -> None:
    def review(path: Path) -> None:
        document = OfficialDocument.objects.live().get()
        step = {"document": document, "verb": DocumentVerb.REVIEW, "on": document.on, "seen": 0}
        take_step(**step, by=user(Role.OFFICE_SECTION), file=path)

    with pytest.raises(DocumentRefused, match="有 1 处您改过的表与系统的新表并存"):
        review(two_tables)
    _, _, merged = once_more(two_tables, drop_table(0))
    review(merged)

    assert DocumentStep.objects.count() == 1


def test_both_tables_edited_stay_and_are_said_again(two_tables: Path) -> None:
    def note_in_the_systems(document: DocxDocument) -> None:
        document.tables[1].rows[2].cells[2].paragraphs[0].add_run("（待定）")

    second, document, out = once_more(two_tables, note_in_the_systems)
    third, later, _ = once_more(out, name="四稿.docx")

    for redraft, shown in ((second, document), (third, later)):
        assert len(redraft.conflicts) == 1 and SIDE_BY_SIDE in redraft.conflicts[0]
        assert [len(cells(table)) for table in shown.tables] == [2, 3]
        assert cells(shown.tables[1])[2][2].endswith("（待定）")


@pytest.mark.office
def test_a_draft_saved_by_another_office_can_be_continued(paper: Path, soffice: str, tmp_path: Path) -> None:
    path = edited(paper, fill_a_place, add_a_paragraph)
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "docx:MS Word 2007 XML", "--outdir", str(tmp_path / "saved"), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    later_facts()
    redraft, document, out = again(tmp_path / "saved" / path.name, tmp_path)
    text = lines(document)

    assert redraft.conflicts == ()
    assert "坚持党建引领，打造3支攻坚队。" in text and "另据统计，新增就业120人。" in text
    assert any("正式项目6个" in line for line in text)
    assert verify(out).ok
