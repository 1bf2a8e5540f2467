"""公文模板：样式、纸张、页眉页脚都在一个 .docx 里。自带一份；机关可导出来在 Word 或 WPS 里改，放回数据目录即用。

字体只写名字，不随附（HANDBOOK §8.4）。
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from django.conf import settings
from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import _Footer
from docx.shared import Mm, Pt
from lxml import etree

from kaopu.documents.docx_file import DOCUMENT, Unreadable, read_parts, tree
from kaopu.documents.style_ids import STYLES_PART, with_our_styles

BODY, HEAD, KAI, TITLE, SONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"
LINE_PITCH_TWIPS = "579"  # 22 行正好占满 225 mm 版心；29 磅只排得下 21 行
HEADER_SLOT = "〖页眉〗"
CONTENT = "<kaopu-content/>"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF_GRID = '<w:snapToGrid w:val="0"/>'  # 大字与表格不随行网格，否则行高被撑成整数行
_TABLE_LINE = "400"  # 表内行距 20 磅
_RED = "D70000"
_INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
_FLUSH = '<w:ind w:firstLineChars="0" w:firstLine="0"/>'


@dataclass(frozen=True, kw_only=True)
class Style:
    """一种段落样式。"""

    id: str
    name: str
    font: str = BODY
    size: float = 16
    before: str = ""  # 排在缩进之前的段落属性
    indent: str = _INDENT
    align: str = "both"
    colour: str = ""
    highlight: str = ""
    line: str = LINE_PITCH_TWIPS


STYLES: Sequence[Style] = (
    Style(id="KpBody", name="公文正文"),
    Style(id="KpFlush", name="公文顶格", indent=_FLUSH),
    Style(id="KpHeading1", name="公文一级标题", font=HEAD, before="<w:keepNext/>"),
    Style(id="KpHeading2", name="公文二级标题", font=KAI, before="<w:keepNext/>"),
    Style(id="KpPart", name="公文部分标题", font=HEAD, before="<w:keepNext/>", indent=_FLUSH, align="center"),
    Style(id="KpPlace", name="公文待填", font=KAI, highlight="yellow"),
    Style(id="KpMark", name="公文机关标志", font=TITLE, size=44, before='<w:snapToGrid w:val="0"/>', indent=_FLUSH, align="center", colour=_RED),
    Style(
        id="KpNumber", name="公文发文字号", indent=_FLUSH, align="center",
        before=f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="{_RED}"/></w:pBdr>',
    ),
    Style(id="KpTitle", name="公文标题", font=TITLE, size=22, before='<w:snapToGrid w:val="0"/>', indent=_FLUSH, align="center"),
    Style(id="KpSignature", name="公文署名", indent='<w:ind w:rightChars="200" w:right="630"/>', align="right", before="<w:keepNext/>"),
    Style(id="KpAnnex", name="公文附件标记", font=HEAD, indent=_FLUSH, before="<w:keepNext/><w:pageBreakBefore/>"),
    Style(id="KpCaption", name="公文表题", font=HEAD, size=14, indent=_FLUSH, align="center", before="<w:keepNext/>"),
    Style(id="KpUnit", name="公文表格单位", size=12, indent=_FLUSH, align="right", before="<w:keepNext/>"),
    Style(id="KpCellHead", before=_OFF_GRID, name="公文表头", font=HEAD, size=12, line=_TABLE_LINE, indent=_FLUSH, align="center"),
    Style(id="KpCell", before=_OFF_GRID, name="公文表格文字", size=12, line=_TABLE_LINE, indent=_FLUSH, align="center"),
    Style(id="KpCellNumber", before=_OFF_GRID, name="公文表格数字", size=12, line=_TABLE_LINE, indent=_FLUSH, align="right"),
    Style(id="KpSmall", before=_OFF_GRID, name="公文密表文字", size=9, line="320", indent=_FLUSH, align="center"),
    Style(id="KpSmallNumber", before=_OFF_GRID, name="公文密表数字", size=9, line="320", indent=_FLUSH, align="right"),
    Style(id="KpImprint", name="公文版记", size=14, indent='<w:ind w:leftChars="100" w:left="280" w:rightChars="100" w:right="280"/>'),
)  # fmt: skip


def _style_xml(style: Style) -> str:
    """次序由文件格式规定：边框、网格开关、行距、缩进、对齐；字体、颜色、字距、字号、底色。"""
    squeezed = '<w:spacing w:val="-5"/>' if style.size == 16 else ""  # 每行 28 字，三号字须收 0.25 磅
    keep, border, grid = _split(style.before)
    half = f"{style.size * 2:g}"
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{style.id}">'
        f'<w:name w:val="{style.name}"/><w:qFormat/><w:pPr>{keep}<w:widowControl w:val="0"/>{border}'
        f'<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>{grid}'
        f'<w:spacing w:before="0" w:after="0" w:line="{style.line}" w:lineRule="exact"/>'
        f'{style.indent}<w:jc w:val="{style.align}"/></w:pPr><w:rPr><w:rFonts w:ascii="Times New Roman" '
        f'w:hAnsi="Times New Roman" w:eastAsia="{style.font}" w:cs="Times New Roman" w:hint="eastAsia"/>'
        f"{f'<w:color w:val={chr(34)}{style.colour}{chr(34)}/>' if style.colour else ''}{squeezed}"
        f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
        f"{f'<w:highlight w:val={chr(34)}{style.highlight}{chr(34)}/>' if style.highlight else ''}"
        "</w:rPr></w:style>"
    )


def _split(before: str) -> tuple[str, str, str]:
    keep = "".join(tag for tag in ("<w:keepNext/>", "<w:pageBreakBefore/>") if tag in before)
    border = before if before.startswith("<w:pBdr>") else ""
    return keep, border, before if before.startswith("<w:snapToGrid") else ""


@dataclass(frozen=True, kw_only=True)
class Template:
    """可套用的模板：各部分原样，正文已空，正文首尾各一段。"""

    parts: Mapping[str, bytes]
    opening: str
    section: str
    closing: str


def template() -> Template:
    """现用的模板：数据目录里有机关改过的就用它，没有用自带的。"""
    path = office_template_path()
    if path.is_file():
        return _office(path, path.stat().st_mtime_ns)
    return _built_in()


def office_template_path() -> Path:
    """机关的模板放在这里。"""
    return Path(settings.HOME) / "templates" / "公文.docx"


@lru_cache(maxsize=1)
def _built_in() -> Template:
    with ZipFile(BytesIO(built_in_template())) as archive:
        return _emptied({name: archive.read(name) for name in archive.namelist()})


@lru_cache(maxsize=2)
def _office(path: Path, changed: int) -> Template:
    try:
        return _emptied(with_our_styles(read_parts(path, ("*",)), _built_in().parts[STYLES_PART]))
    except Unreadable as error:
        raise Unreadable(
            f"机关的公文模板读不了（{path}）。请用 kaopu document template 重新导出一份来改，或先把它移走，改用自带的。"
        ) from error


def read_as_ours(path: Path) -> dict[str, bytes]:
    """读出一份人另存过的公文的各部分，样式的编号认回现用模板的。"""
    return with_our_styles(read_parts(path, ("*",)), template().parts[STYLES_PART])


def _emptied(parts: Mapping[str, bytes]) -> Template:
    root = tree(parts[DOCUMENT])
    body = root.find(f"{_W}body")
    assert body is not None
    section = body.find(f"{_W}sectPr")
    sections = "" if section is None else etree.tostring(section, encoding="unicode", with_tail=False)
    for child in list(body):
        body.remove(child)
    body.append(etree.Element("kaopu-content"))
    opening, _, closing = etree.tostring(root, encoding="unicode").partition(CONTENT)
    return Template(parts=parts, opening=opening, section=sections, closing=closing)


def built_in_template() -> bytes:
    """自带的模板：GB/T 9704 的样式、页边、网格与页码。"""
    document = Document()
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")  # 标点按中文排
    for style in STYLES:
        document.styles.element.append(parse_xml(_style_xml(style)))
    _set_page(document)
    document.add_paragraph("正文由系统写入。请只改样式、页边、页眉与页脚；样式以“公文”开头。")
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_page(document: DocxDocument) -> None:
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(23)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), LINE_PITCH_TWIPS)
    for header in (section.header, section.even_page_header):
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph._p.append(_run(HEADER_SLOT, size=9))
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _run(text: str, *, size: float) -> etree._Element:
    run: etree._Element = parse_xml(
        f'<w:r {nsdecls("w")}><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" '
        f'w:eastAsia="{SONG}" w:hint="eastAsia"/><w:sz w:val="{size * 2:g}"/></w:rPr>'
        f'<w:t xml:space="preserve">{text}</w:t></w:r>'
    )
    return run


def _page_number(footer: _Footer, side: WD_ALIGN_PARAGRAPH) -> None:
    """页码“— 1 —”：4 号宋体，单页居右空一字，双页居左空一字。"""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(_run("1", size=14))
    paragraph._p.extend([_run("— ", size=14), field, _run(" —", size=14)])
