"""格式检查：自己出的公文条条合格；别处的公文，埋一处毛病只报那一条（HANDBOOK §8.4）。"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document as new_document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from kaopu.config.cli import main
from kaopu.documents.docx_file import Unreadable
from kaopu.documents.format_check.check import RULES, Report, check_format
from kaopu.documents.format_check.measuring import ABSENT, FAIL, PASS
from kaopu.documents.gongwen import imprint_heights
from tests.documents.foreign import KAI, SONG, conforming
from tests.documents.test_verification import rewritten

REFERENCE = Path("shared/data/docx_reference/gongwen_template_lite/template.dotx")
Plant = Callable[[DocxDocument], None]


def checked(document: DocxDocument, folder: Path) -> Report:
    path = folder / "来文.docx"
    document.save(str(path))
    return check_format(path)


def at(document: DocxDocument, start: str) -> Paragraph:
    return next(paragraph for paragraph in document.paragraphs if paragraph.text.startswith(start))


def section(name: str, millimetres: float) -> Plant:
    return lambda document: setattr(document.sections[0], name, Mm(millimetres))


def font(start: str, name: str) -> Plant:
    def plant(document: DocxDocument) -> None:
        at(document, start).runs[0]._r.rPr.rFonts.set(qn("w:eastAsia"), name)

    return plant


def size(start: str, points: float) -> Plant:
    return lambda document: setattr(at(document, start).runs[0].font, "size", Pt(points))


def text(start: str, wanted: str) -> Plant:
    return lambda document: setattr(at(document, start).runs[0], "text", wanted)


def alignment(start: str, wanted: WD_ALIGN_PARAGRAPH) -> Plant:
    return lambda document: setattr(at(document, start), "alignment", wanted)


def indent(start: str, name: str, hundredths: int) -> Plant:
    def plant(document: DocxDocument) -> None:
        at(document, start)._p.pPr.find(qn("w:ind")).set(qn(f"w:{name}"), str(hundredths))

    return plant


def line_pitch(document: DocxDocument) -> None:
    at(document, "现将")._p.pPr.find(qn("w:spacing")).set(qn("w:line"), "580")


def grid(document: DocxDocument) -> None:
    document.sections[0]._sectPr.find(qn("w:docGrid")).set(qn("w:linePitch"), "312")


def loose(document: DocxDocument) -> None:
    spacing = at(document, "现将").runs[0]._r.rPr.find(qn("w:spacing"))
    spacing.getparent().remove(spacing)


def coloured(start: str, colour: int) -> Plant:
    return lambda document: setattr(
        at(document, start).runs[0].font.color, "rgb", RGBColor(colour, colour, colour)
    )


def lower_mark(document: DocxDocument) -> None:
    at(document, "上海市").paragraph_format.space_before = Mm(5)


def one_blank_less(start: str) -> Plant:
    def plant(document: DocxDocument) -> None:
        blank = at(document, start)._p.getprevious()
        blank.getparent().remove(blank)

    return plant


def no_red_rule(document: DocxDocument) -> None:
    properties = at(document, "普桃")._p.pPr
    properties.remove(properties.find(qn("w:pBdr")))


def signer(document: DocxDocument) -> None:
    at(document, "普桃").runs[1]._r.rPr.rFonts.set(qn("w:eastAsia"), "仿宋_GB2312")


def seal(document: DocxDocument) -> None:
    at(document, "2023年").runs[0]._r.append(parse_xml(f"<w:drawing {nsdecls('w')}/>"))


def thin(document: DocxDocument) -> None:
    at(document, "抄送")._p.pPr.find(qn("w:pBdr")).find(qn("w:top")).set(qn("w:sz"), "4")


def overlapping(document: DocxDocument) -> None:
    """版记两行各是固定位置的框，抄送改成了三行而框没有动。"""
    copies = at(document, "抄送")
    printed = next(item for item in document.paragraphs if item.text.rstrip().endswith("印发"))
    for paragraph, top in zip((copies, printed), imprint_heights(["抄送：区委办公室。", ""]), strict=True):
        frame = f'<w:framePr {nsdecls("w")} w:w="8844" w:wrap="around" w:vAnchor="page" w:hAnchor="margin" w:y="{top}"/>'
        paragraph._p.get_or_add_pPr().insert_element_before(
            parse_xml(frame), "w:widowControl", "w:pBdr", "w:tabs", "w:spacing", "w:ind", "w:jc"
        )
    copies.runs[-1].text = f"{copies.runs[-1].text}{'区发展和改革委员会、' * 6}"


def after_imprint(document: DocxDocument) -> None:
    document.add_paragraph("尾巴").alignment = WD_ALIGN_PARAGRAPH.CENTER


def in_footer(change: Callable[[Paragraph], object]) -> Plant:
    return lambda document: (change(document.sections[0].footer.paragraphs[0]), None)[1]


def same_pages(document: DocxDocument) -> None:
    document.settings.odd_and_even_pages_header_footer = False


PLANTED: list[tuple[str, Plant]] = [
    ("page.paper", section("page_height", 280)),
    ("page.top", section("top_margin", 39)),
    ("page.left", section("left_margin", 31.7)),
    ("page.right", section("right_margin", 31.7)),
    ("page.bottom", section("bottom_margin", 25.4)),
    ("page.grid", grid),
    ("line.pitch", line_pitch),
    ("line.characters", loose),
    ("front.copies", font("机密", SONG)),
    ("front.copies", size("000012", 14)),
    ("mark.font", font("上海市", SONG)),
    ("mark.red", coloured("上海市", 0)),
    ("mark.centred", alignment("上海市", WD_ALIGN_PARAGRAPH.LEFT)),
    ("mark.position", lower_mark),
    ("number.form", text("普桃", "普桃推办[2023]1号　　签发人：")),
    ("number.form", text("普桃", "普桃推办〔2023〕第1号　　签发人：")),
    ("number.form", text("普桃", "普桃推办〔2023〕001号　　签发人：")),
    ("number.font", size("普桃", 15)),
    ("number.place", one_blank_less("普桃")),
    ("number.signer", signer),
    ("number.rule", no_red_rule),
    ("title.font", font("关于", SONG)),
    ("title.size", size("关于", 20)),
    ("title.centred", alignment("关于", WD_ALIGN_PARAGRAPH.LEFT)),
    ("title.place", one_blank_less("关于")),
    ("addressee", text("各责任", "各责任单位:")),
    ("addressee", indent("各责任", "firstLineChars", 200)),
    ("body.font", font("现将", KAI)),
    ("body.size", size("现将", 15)),
    ("body.black", coloured("现将", 0x33)),
    ("body.indent", indent("现将", "firstLineChars", 100)),
    ("body.indent", text("现将", "　现将有关事项通知如下。")),
    ("level.form", text("（一）", "(一)分类情况")),
    ("level.form", text("1.", "1、市政类")),
    ("level.1", font("一、", KAI)),
    ("level.2", font("（一）", SONG)),
    ("level.3", font("1.", SONG)),
    ("level.4", font("（1）", SONG)),
    ("level.size", size("一、", 18)),
    ("attachment.place", one_blank_less("附件")),
    ("attachment.form", text("2. 责", "2. 责任分工。")),
    ("attachment.form", text("附件", "附件:1. 项目清单")),
    ("signature.position", indent("区推进", "rightChars", 600)),
    ("signature.date", text("2023年", "2023年01月28日")),
    ("signature.date", text("2023年", "二〇二三年一月二十八日")),
    ("signature.seal", seal),
    ("note", indent("（此件", "firstLineChars", 0)),
    ("imprint.font", size("抄送", 16)),
    ("imprint.indent", lambda document: setattr(at(document, "抄送").paragraph_format, "left_indent", Pt(0))),
    ("imprint.rules", thin),
    ("imprint.apart", overlapping),
    ("imprint.last", after_imprint),
    ("pages.sides", same_pages),
    ("pages.form", in_footer(lambda paragraph: setattr(paragraph.runs[0], "text", "- "))),
    ("pages.font", in_footer(lambda paragraph: setattr(paragraph.runs[0].font, "size", Pt(9)))),
    ("pages.side", in_footer(lambda paragraph: setattr(paragraph, "alignment", WD_ALIGN_PARAGRAPH.CENTER))),
    ("pages.distance", section("footer_distance", 15)),
]  # fmt: skip


def test_a_complete_document_made_elsewhere_passes_every_rule(tmp_path: Path) -> None:
    report = checked(conforming(), tmp_path)

    assert {result.rule.id: result.measure.measured for result in report.failed} == {}
    absent = [result.rule.id for result in report.results if result.measure.state == ABSENT]
    assert absent == ["print"]


@pytest.mark.parametrize(("rule", "plant"), PLANTED)
def test_a_planted_fault_fails_its_own_rule_and_no_other(rule: str, plant: Plant, tmp_path: Path) -> None:
    document = conforming()
    plant(document)

    report = checked(document, tmp_path)

    assert [result.rule.id for result in report.failed] == [rule]


def test_every_rule_has_a_planted_fault() -> None:
    planted = {rule for rule, _ in PLANTED}

    assert {rule.id for rule in RULES} - planted == {"print", "fonts.embedded"}  # 嵌入字体另测


def test_embedded_fonts_are_named(tmp_path: Path) -> None:
    path, changed = tmp_path / "甲.docx", tmp_path / "乙.docx"
    conforming().save(str(path))
    with ZipFile(path) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "word/fontTable.xml":
                content = content.replace(b"</w:font>", b'<w:embedRegular w:fontKey="x"/></w:font>', 1)
            target.writestr(item, content)

    assert [result.rule.id for result in check_format(changed).failed] == ["fonts.embedded"]


@pytest.mark.django_db
def test_our_own_summary_passes_and_says_what_people_still_have_to_write(paper: Path) -> None:
    report = check_format(paper)

    assert [result.rule.id for result in report.failed] == []
    assert report.places == 7
    assert sum(result.measure.state == PASS for result in report.results) > 30


def test_an_independent_template_gets_an_honest_report() -> None:
    path = Path(__file__).resolve().parents[3] / REFERENCE
    if not path.is_file():
        pytest.skip("没有 ../shared，无从比对")
    report = check_format(path)
    states = {result.rule.id: result.measure.state for result in report.results}

    passing = ("page.paper", "page.top", "page.left", "page.grid", "line.pitch", "line.characters", "body.font",
               "level.1", "level.2", "level.3", "level.4", "pages.font", "pages.side")  # fmt: skip
    assert {states[rule] for rule in passing} == {PASS}
    assert [rule for rule, state in states.items() if state == FAIL] == ["body.indent", "pages.form"]
    assert states["number.form"] == states["signature.position"] == ABSENT


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"plain text"])
def test_a_file_that_cannot_be_read_is_refused_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.docx"
    path.write_bytes(content)

    with pytest.raises(Unreadable, match="另存为"):
        check_format(path)


@pytest.mark.parametrize(
    "styles",
    [
        '<w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="b"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style>',
        "",
    ],
)
def test_strange_values_and_circular_styles_are_survived(tmp_path: Path, styles: str) -> None:
    path = tmp_path / "怪.docx"
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    odd = "9" * 5000
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("word/styles.xml", f"<w:styles {ns}>{styles}</w:styles>")
        archive.writestr(
            "word/document.xml",
            f'<w:document {ns}><w:body><w:p><w:pPr><w:pStyle w:val="a"/><w:spacing w:line="{odd}" '
            f'w:lineRule="exact"/><w:ind w:left="x"/></w:pPr><w:r><w:rPr><w:sz w:val="-3"/></w:rPr><w:t>正文。</w:t>'
            f'</w:r></w:p><w:p/><w:sectPr><w:pgSz w:w="{odd}" w:h="?"/></w:sectPr></w:body></w:document>',
        )

    assert not check_format(path).ok


def test_the_command_reports_rule_by_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "来文.docx"
    document = conforming()
    document.save(str(path))
    good = main(["document", "check", str(path)])
    line_pitch(document)
    document.save(str(path))
    bad = main(["document", "check", str(path)])

    printed = capsys.readouterr().out
    assert (good, bad) == (0, 1)
    assert printed.count("符合 50，不符合 0") == 1
    assert "“现将有关事项通知如下。”：固定 29 磅（580 缇），每面 21 行" in printed


def test_an_alignment_nobody_set_is_said_to_be_left(tmp_path: Path) -> None:
    document = new_document()
    document.add_heading("某区关于某事的通知", 0)
    document.add_paragraph("一、总体要求")
    document.save(str(tmp_path / "别处.docx"))
    (title,) = (
        item for item in check_format(tmp_path / "别处.docx").results if item.rule.id == "title.centred"
    )

    assert title.measure.state == FAIL and title.measure.measured.endswith("居左")


def _measured(path: Path, rule: str) -> tuple[str, str]:
    found = next(item.measure for item in check_format(path).results if item.rule.id == rule)
    return found.state, found.measured


@pytest.mark.django_db
def test_lines_of_the_imprint_written_apart_from_the_paragraphs_own_are_measured(
    paper: Path,
) -> None:
    changed = rewritten(paper, r"(<w:framePr [^>]*/>)(<w:pBdr>)", r"<w:pBdr></w:pBdr>\1\2", times=0)

    assert _measured(changed, "imprint.rules") == (PASS, "首末与中间线宽 0.35、0.35、0.26 mm")


@pytest.mark.django_db
def test_an_imprint_inside_text_boxes_is_said_to_be_out_of_reach(paper: Path) -> None:
    """先存成 .odt 再存回来的：版记成了文本框，不是印章，也不是没有。"""
    line = '<w:p><w:pPr><w:spacing w:line="20" w:lineRule="exact"/></w:pPr><w:r><w:pict>'
    boxed = line + r"<w:txbxContent>\1</w:txbxContent></w:pict></w:r></w:p>"
    changed = rewritten(paper, r"(<w:p>(?:(?!</w:p>).)*?<w:framePr (?:(?!</w:p>).)*</w:p>)", boxed, times=0)

    for rule in ("imprint.rules", "imprint.font", "imprint.last"):
        assert _measured(changed, rule) == (ABSENT, "版记装在文本框里，量不到，须人看")
    assert check_format(changed).failed == []
