"""别处做的一份合格公文：直接用 python-docx 写，不经本系统的排版，格式检查以它为底样。"""

from __future__ import annotations

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

FANG, HEI, KAI, TITLE, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"


def line(
    document: DocxDocument, text: str, *, font: str = FANG, size: float = 16, align: str = "", **indent: int
) -> Paragraph:
    """一段：固定行距 579 缇；``indent`` 以百分之一字计。"""
    paragraph = document.add_paragraph()
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:spacing {nsdecls("w")} w:before="0" w:after="0" w:line="579" w:lineRule="exact"/>')
    )
    shown = "".join(f' w:{name}="{value}"' for name, value in indent.items())
    properties.append(parse_xml(f"<w:ind {nsdecls('w')}{shown}/>"))
    if align:
        properties.append(parse_xml(f'<w:jc {nsdecls("w")} w:val="{align}"/>'))
    run(paragraph, text, font=font, size=size)
    return paragraph


def run(paragraph: Paragraph, text: str, *, font: str, size: float) -> None:
    """一串字；三号字收 0.25 磅。"""
    added = paragraph.add_run(text)
    added.font.size = Pt(size)
    added._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if size == 16:
        added._r.rPr.append(parse_xml(f'<w:spacing {nsdecls("w")} w:val="-5"/>'))


def rule(paragraph: Paragraph, side: str, *, size: int, space: int = 1, colour: str = "000000") -> None:
    """段边线。"""
    properties = paragraph._p.get_or_add_pPr()
    if properties.find(qn("w:pBdr")) is None:
        properties.insert(0, parse_xml(f"<w:pBdr {nsdecls('w')}/>"))
    properties.find(qn("w:pBdr")).append(
        parse_xml(
            f'<w:{side} {nsdecls("w")} w:val="single" w:sz="{size}" w:space="{space}" w:color="{colour}"/>'
        )
    )


def conforming() -> DocxDocument:
    """各要素齐全、条条合格的一份公文。"""
    document = Document()
    _page(document)
    line(document, "000012")
    line(document, "机密★1年", font=HEI)
    _head(document)
    line(document, "各责任单位：")
    line(document, "现将有关事项通知如下。", firstLineChars=200)
    for text, font in (
        ("一、总体情况", HEI),
        ("（一）分类情况", KAI),
        ("1. 市政类", FANG),
        ("（1）道路", FANG),
    ):
        line(document, text, font=font, firstLineChars=200)
    line(document, "请认真贯彻执行。", firstLineChars=200)
    line(document, "")
    line(document, "附件：1. 项目清单", firstLineChars=200)
    line(document, "2. 责任分工", firstLineChars=500)
    line(document, "")
    line(document, "区推进办公室文书科", align="right", rightChars=200)
    line(document, "2023年1月28日", leftChars=1900)
    line(document, "（此件公开发布）", firstLineChars=200)
    for text in ("抄送：区委办公室、区政府办公室。", "区推进办公室文书科　　2023年1月28日印发"):
        line(document, text, size=14).paragraph_format.right_indent = Pt(14)
    first, last = document.paragraphs[-2:]
    for item in (first, last):
        item.paragraph_format.left_indent = Pt(14)
    rule(first, "top", size=8)
    rule(first, "bottom", size=6)
    rule(last, "bottom", size=8)
    return document


def _page(document: DocxDocument) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin, section.footer_distance = Mm(28), Mm(26), Mm(23)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(parse_xml(f'<w:docGrid {nsdecls("w")} w:type="lines" w:linePitch="579"/>'))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = {"right": WD_ALIGN_PARAGRAPH.RIGHT, "left": WD_ALIGN_PARAGRAPH.LEFT}[side]
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
        run(paragraph, "— ", font=SONG, size=14)
        paragraph._p.append(parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:rPr><w:rFonts w:eastAsia="{SONG}"/>'
            '<w:sz w:val="28"/></w:rPr><w:t>1</w:t></w:r></w:fldSimple>'
        ))  # fmt: skip
        run(paragraph, " —", font=SONG, size=14)


def _head(document: DocxDocument) -> None:
    mark = line(document, "上海市普陀区推进办公室文件", font=TITLE, size=30, align="center")
    mark.runs[0].font.color.rgb = RGBColor(0xD7, 0, 0)
    mark.paragraph_format.space_before = Mm(35) - Pt(2 * 28.95) - Pt(3)
    line(document, "")
    line(document, "")
    number = line(document, "普桃推办〔2023〕1号　　签发人：", align="center")
    run(number, "张某", font=KAI, size=16)
    rule(number, "bottom", size=12, space=11, colour="D70000")
    line(document, "")
    line(document, "")
    line(document, "关于做好重大工程推进工作的通知", font=TITLE, size=22, align="center")
    line(document, "")
