"""接续起草：人不只改字——加粗、插图、批注、拆段、把数剪到别处、用别的软件另存，也一样不丢。"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from PIL import Image

from kaopu.audit.models import TreeHead
from kaopu.documents.actions import issue_annual_summary, redraft_document
from kaopu.documents.format_check.check import check_format
from kaopu.documents.models import OfficialDocument
from kaopu.documents.pack import write_pack
from kaopu.documents.template import office_template_path
from kaopu.documents.verification import verify
from kaopu.documents.verify_pack import verify as verify_pack
from tests.documents.test_continuing import again, edited, later_facts, lines
from tests.factories import operator

pytestmark = pytest.mark.django_db


def words(paragraph: Paragraph) -> str:
    return "".join(item.text or "" for item in paragraph._p.iter(qn("w:t")))


def starting(document: DocxDocument, text: str) -> Paragraph:
    return next(p for p in document.paragraphs if words(p).startswith(text))


def mark_bold(document: DocxDocument) -> None:
    starting(document, "年初会同").runs[0].bold = True


def add_an_image(folder: Path) -> Callable[[DocxDocument], None]:
    def add(document: DocxDocument) -> None:
        Image.new("RGB", (60, 40), "red").save(folder / "图.png")
        starting(document, "1. 市政基础设施类").add_run().add_picture(str(folder / "图.png"))

    return add


def start_a_page(document: DocxDocument) -> None:
    starting(document, "第二部分").paragraph_format.page_break_before = True


def split_a_paragraph(document: DocxDocument) -> None:
    """在“截至年底”之前按回车。"""
    whole = starting(document, "2022年普陀区区属重大工程")
    at = next(run for run in whole.runs if "截至年底" in run.text)
    before, after = at.text.split("截至年底")
    second = deepcopy(whole._p)
    for child in list(second):
        if child.tag != qn("w:pPr"):
            second.remove(child)
    moved = deepcopy(at._r)
    next(moved.iter(qn("w:t"))).text = f"截至年底{after}"
    second.append(moved)
    second.extend(list(at._r.itersiblings()))
    at.text = before
    whole._p.addnext(second)


def cut_a_number(document: DocxDocument) -> None:
    """把“结转”一数剪到自己写的一段里。"""
    marks = document.element.body.iter(qn("w:tag"))
    control = next(
        mark for mark in marks if mark.get(qn("w:val")).startswith("kp:next.district.carried_over|")
    )
    control = next(control.iterancestors(qn("w:sdt")))
    place = starting(document, "〔此处由起草人填写：疫情防控")
    place.runs[0].text = "其中结转的有"
    place._p.extend([control.getprevious(), control, control.getnext()])


def test_what_is_only_marked_up_stays_and_its_numbers_are_fresh(paper: Path, tmp_path: Path) -> None:
    later_facts()
    path = edited(paper, mark_bold, add_an_image(tmp_path), start_a_page)
    redraft, document, out = again(path, tmp_path)

    assert redraft.conflicts == ()
    assert starting(document, "年初会同").runs[0].bold
    assert "汇总形成6项" in words(starting(document, "年初会同"))
    assert list(starting(document, "1. 市政基础设施类")._p.iter(qn("w:drawing")))
    assert starting(document, "第二部分").paragraph_format.page_break_before
    assert {finding.state for finding in verify(out).findings} == {"equal"}


def test_numbers_follow_a_paragraph_split_in_two_or_cut_to_another(paper: Path, tmp_path: Path) -> None:
    later_facts()
    redraft, document, out = again(edited(paper, split_a_paragraph, cut_a_number), tmp_path)
    text = lines(document)

    assert redraft.conflicts == ()
    assert any(line.startswith("2022年普陀区区属重大工程正式项目6个") for line in text)
    assert any(line.startswith("截至年底，年度目标已完成的1个；滞后4个") for line in text)
    assert verify(out).ok
    second = redraft_document(edited=out, out=tmp_path / "三稿.docx", by=operator())
    assert second.conflicts == () and verify(tmp_path / "三稿.docx").ok


def test_the_controls_of_what_stays_say_the_new_moment_and_can_be_packed(
    paper: Path, tmp_path: Path, seal_now: Callable[[], TreeHead]
) -> None:
    later_facts()
    redraft, _, out = again(edited(paper, mark_bold, split_a_paragraph), tmp_path)
    digests = {item["digest"][:12] for item in redraft.document.figures}
    tags = [mark.get(qn("w:val")) for mark in Document(str(out)).element.body.iter(qn("w:tag"))]

    assert [tag for tag in tags if tag.split("|")[1] not in digests] == []
    seal_now()
    write_pack(out, tmp_path / "核验包.zip")
    assert verify_pack(str(tmp_path / "核验包.zip"))[0] == []


def test_a_number_pasted_from_another_paper_counts_as_written_by_hand(paper: Path, tmp_path: Path) -> None:
    document = Document(str(paper))
    for mark in list(document.element.body.iter(qn("w:bookmarkStart"))):
        if mark.get(qn("w:name")).startswith("kp_"):
            pasted = [deepcopy(mark), deepcopy(mark.getnext()), deepcopy(mark.getnext().getnext())]
            break
    pasted[0].set(qn("w:name"), "kp_00c0ffee_7")
    document.paragraphs[12].insert_paragraph_before("上月为")._p.extend(pasted)
    path = tmp_path / "粘贴.docx"
    document.save(str(path))
    verification = verify(path)

    assert verification.document == OfficialDocument.objects.get()
    assert verification.ok and verification.count("unbound") == 1


def test_a_number_added_like_one_of_ours_counts_as_written_by_hand(paper: Path, tmp_path: Path) -> None:
    document = Document(str(paper))
    table = document.tables[0]
    row = deepcopy(table.rows[-1]._tr)
    for mark in list(row.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))):
        mark.getparent().remove(mark)
    table._tbl.append(row)
    path = tmp_path / "加行.docx"
    document.save(str(path))

    assert verify(path).count("unbound") == 6


def saved_elsewhere(path: Path, soffice: str, folder: Path) -> Path:
    subprocess.run(
        [soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
         "docx:MS Word 2007 XML", "--outdir", str(folder / "saved"), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / "saved" / path.name


def renamed_styles(path: Path) -> Path:
    """WPS 另存时样式的编号换成数目，只留中文名。"""
    document = Document(str(path))
    numbers: dict[str, str] = {}
    for order, style in enumerate(document.styles.element.iter(qn("w:style")), 1):
        numbers[style.get(qn("w:styleId"))] = str(order)
        style.set(qn("w:styleId"), str(order))
    for pointer in document.element.body.iter(qn("w:pStyle")):
        pointer.set(qn("w:val"), numbers[pointer.get(qn("w:val"))])
    out = path.with_name("改号.docx")
    document.save(str(out))
    return out


def test_a_draft_whose_styles_were_renumbered_keeps_its_layout(paper: Path, tmp_path: Path) -> None:
    later_facts()
    redraft, _, out = again(renamed_styles(paper), tmp_path)

    assert redraft.conflicts == ()
    assert [result.rule.id for result in check_format(out).failed] == []


@pytest.mark.office
def test_a_draft_saved_by_libreoffice_keeps_its_layout(paper: Path, soffice: str, tmp_path: Path) -> None:
    later_facts()
    _, document, out = again(saved_elsewhere(paper, soffice, tmp_path), tmp_path)

    assert [result.rule.id for result in check_format(out).failed] == []
    assert starting(document, "年初会同").style.name == "公文正文"
    assert verify(out).ok


@pytest.mark.office
def test_a_template_saved_by_libreoffice_still_lays_out(
    paper: Path, soffice: str, tmp_path: Path, settings: LazySettings
) -> None:
    settings.HOME = tmp_path
    office_template_path().parent.mkdir()
    saved = saved_elsewhere(paper, soffice, tmp_path)
    office_template_path().write_bytes(saved.read_bytes())
    fresh = tmp_path / "又一份.docx"
    issue_annual_summary(year=2022, path=fresh, by=operator(), on=date(2023, 1, 28))

    assert [result.rule.id for result in check_format(fresh).failed] == []
