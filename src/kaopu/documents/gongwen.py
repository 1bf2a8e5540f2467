"""公文版式：GB/T 9704-2012 的纸、行、字、标题层次与页码（HANDBOOK §8.4）。字体只写名字，不随附。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.section import _Footer
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY, HEAD, KAI, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
LINE_PITCH = Pt(28.95)  # 22 行正好占满 225 mm 版心；29 磅只排得下 21 行
LINE_PITCH_TWIPS = "579"
BODY_SIZE = 16.0
TYPE_AREA_POINTS = 440  # 版心宽 156 mm；机关名长时标志缩小，仍排一行
RED = RGBColor(0xD7, 0x00, 0x00)


@dataclass(frozen=True, kw_only=True)
class Bound:
    """受控数字：印出的文字、它的口径与基准日。"""

    figure: str
    text: str
    as_of: date


Piece = str | Bound


class Gongwen:
    """一份按国标排版的公文；``token`` 是受控数字书签的前缀，``bound`` 按次序记下每个受控数字。"""

    def __init__(self, *, token: str) -> None:
        self.document = Document()
        self.token = token
        self.bound: list[tuple[str, Bound]] = []
        self._serial = count(1)
        _set_page(self)

    def paragraph(self, *pieces: Piece, font: str = BODY, indent: bool = True) -> Paragraph:
        """正文一段：3 号，首行缩进 2 字。"""
        paragraph = _spaced(self.document.add_paragraph())
        if indent:
            _indent_first_line(paragraph)
        self._write(paragraph, pieces, font=font)
        return paragraph

    def heading(self, text: str) -> None:
        """一级标题“一、”，黑体。"""
        self.paragraph(text, font=HEAD).paragraph_format.keep_with_next = True

    def part(self, text: str) -> None:
        """部分标题，居中黑体。"""
        paragraph = self.paragraph(text, font=HEAD, indent=False)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True

    def place(self, text: str) -> None:
        """留给人写的位置：明白标出，软件不代写。"""
        self.paragraph(f"〔此处由起草人填写：{text}〕", font=KAI)

    def red_head(self, *, organ: str, number: str) -> None:
        """发文机关标志（红色小标宋）、发文字号与红色分隔线。"""
        text = f"{organ}文件"
        mark = self._centred(text, font=TITLE, size=min(44.0, TYPE_AREA_POINTS // len(text)))
        mark.runs[0].font.color.rgb = RED
        mark.paragraph_format.space_before = Pt(58)
        mark.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        self.blank()
        _red_rule(self._centred(number, font=BODY, size=BODY_SIZE))

    def title(self, text: str) -> None:
        """标题：2 号小标宋，居中，红线下空一行；换行处由起草者用 ``\\n`` 断在词间。"""
        self.blank()
        for line in text.split("\n"):
            self._centred(line, font=TITLE, size=22).paragraph_format.line_spacing = Pt(35)
        self.blank()

    def blank(self) -> None:
        """空一行。"""
        _spaced(self.document.add_paragraph())

    def signature(self, *, organ: str, day: str) -> None:
        """署名与成文日期（不加盖印章的位置留空，印章从不由软件绘制）。"""
        self.blank()
        for text, right in ((organ, 2), (day, 4)):
            paragraph = self.paragraph(text, indent=False)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = Pt(BODY_SIZE * right)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[Piece]], *, caption: str) -> None:
        """统计表：表题居中，首行重复，数字居右。"""
        self._centred(caption, font=HEAD, size=14).paragraph_format.keep_with_next = True
        table = self.document.add_table(rows=0, cols=len(header))
        table.style = "Table Grid"
        table.autofit = False
        for index, cells in enumerate([header, *rows]):
            row = table.add_row()
            if index == 0:
                _repeat_header(row._tr)
            for column, (cell, piece) in enumerate(zip(row.cells, cells, strict=True)):
                cell.width = Mm(42 if column == 0 else 114 / (len(header) - 1))
                self._cell(cell, piece, head=index == 0, number=index > 0 and column > 0)
        self.blank()

    def header(self, text: str) -> None:
        """页眉小字，如“草稿”“含示例数据”。"""
        section = self.document.sections[0]
        for header in (section.header, section.even_page_header):
            paragraph = header.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _font(paragraph.add_run(text), font="宋体", size=9)

    def save(self, path: Path) -> None:
        """写到文件。"""
        self.document.save(str(path))

    def _centred(self, text: str, *, font: str, size: float) -> Paragraph:
        paragraph = _spaced(self.document.add_paragraph())
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _font(paragraph.add_run(text), font=font, size=size)
        return paragraph

    def _cell(self, cell: _Cell, piece: Piece, *, head: bool, number: bool) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if number else WD_ALIGN_PARAGRAPH.CENTER
        self._write(paragraph, [piece], font=HEAD if head else BODY, size=12)

    def _write(
        self, paragraph: Paragraph, pieces: Sequence[Piece], *, font: str, size: float = BODY_SIZE
    ) -> None:
        for piece in pieces:
            if isinstance(piece, str):
                _font(paragraph.add_run(piece), font=font, size=size)
            else:
                self._bind(paragraph, piece, font=font, size=size)

    def _bind(self, paragraph: Paragraph, bound: Bound, *, font: str, size: float) -> None:
        """书签包住内容控件：LibreOffice 会丢控件而保书签，所以核验先认书签。"""
        serial = next(self._serial)
        name = f"kp_{self.token}_{serial}"
        self.bound.append((name, bound))
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(serial))
        start.set(qn("w:name"), name)
        run = paragraph.add_run(bound.text)
        _font(run, font=font, size=size)
        control = OxmlElement("w:sdt")
        properties, content = OxmlElement("w:sdtPr"), OxmlElement("w:sdtContent")
        tag = OxmlElement("w:tag")
        tag.set(qn("w:val"), f"kp:{bound.figure}|{bound.as_of}|{bound.text}"[:64])
        properties.append(tag)
        paragraph._p.remove(run._r)
        content.append(run._r)
        control.extend([properties, content])
        paragraph._p.extend([start, control, end])


def _set_page(gongwen: Gongwen) -> None:
    document = gongwen.document
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
    _page_number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)


def _page_number(footer: _Footer, side: WD_ALIGN_PARAGRAPH) -> None:
    """页码“— 1 —”：4 号宋体，单页居右空一字，双页居左空一字。"""
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.alignment = side
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Pt(14)
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        _font(run, font="宋体", size=14)
        if text is None:
            field = OxmlElement("w:fldSimple")
            field.set(qn("w:instr"), "PAGE")
            paragraph._p.remove(run._r)
            run.text = "1"
            field.append(run._r)
            paragraph._p.append(field)


def _spaced(paragraph: Paragraph) -> Paragraph:
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    layout.line_spacing = LINE_PITCH
    layout.widow_control = False
    return paragraph


def _indent_first_line(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.first_line_indent = Pt(BODY_SIZE * 2)
    for indent in paragraph._p.get_or_add_pPr().iterchildren(qn("w:ind")):
        indent.set(qn("w:firstLineChars"), "200")


def _font(run: Run, *, font: str, size: float) -> None:
    run.font.size = Pt(size)
    run.font.name = "Times New Roman"
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")
    if size == BODY_SIZE:  # 每行 28 字：156 mm / 28，三号字须收 0.25 磅
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), "-5")
        run._r.get_or_add_rPr().append(spacing)


def _red_rule(paragraph: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "D70000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    following = {qn(f"w:{name}") for name in ("shd", "tabs", "spacing", "ind", "jc", "rPr")}
    layout = paragraph._p.get_or_add_pPr()
    place = next((index for index, child in enumerate(layout) if child.tag in following), len(layout))
    layout.insert(place, borders)


def _repeat_header(row: CT_Row) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
