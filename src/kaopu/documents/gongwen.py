"""公文版式：GB/T 9704-2012 的纸、行、字、标题层次与页码（HANDBOOK §8.4）。字体只写名字，不随附。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.section import _Footer
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree

BODY, HEAD, KAI, TITLE = "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体"
LINE_PITCH = Pt(28.95)  # 22 行正好占满 225 mm 版心；29 磅只排得下 21 行
LINE_PITCH_TWIPS = "579"
BODY_SIZE = 16.0
CHARACTER_PITCH = BODY_SIZE - 0.25  # 每行 28 字：156 mm / 28，三号字须收 0.25 磅
CHARACTERS_PER_LINE = 28
TYPE_AREA_POINTS = 440  # 版心宽 156 mm
MARK_SIZE = 44.0  # 发文机关标志的字号；机关名长时先压窄字宽至三分之二，再缩字号，仍排一行
TABLE_MM, FIRST_COLUMN_MM = 156, 36
CELL_MARGIN_TWIPS = "68"  # 1.2 mm，四字的表头排得下一行
IDENTIFIER = "kp:"  # 文件属性里的编号以此开头；书签全被删掉时，凭它还认得出是哪一份
RED = RGBColor(0xD7, 0x00, 0x00)
# 各属性的次序由文件格式规定：字宽之后、行网格开关之后的各项
_AFTER_WIDTH = ("kern", "position", "sz", "szCs", "highlight", "u", "lang")
_AFTER_GRID = ("spacing", "ind", "jc", "rPr")


@dataclass(frozen=True, kw_only=True)
class Bound:
    """受控数字：印出的文字、它的口径与基准日。"""

    figure: str
    text: str
    as_of: date


Piece = str | Bound


class Gongwen:
    """一份按国标排版的公文；``token`` 是受控数字书签的前缀，``bound`` 按次序记下每个受控数字。"""

    def __init__(self, *, token: str, title: str = "", organ: str = "") -> None:
        self.document = Document()
        self.token = token
        self.bound: list[tuple[str, Bound]] = []
        self._serial = count(1)
        _set_properties(self.document, identifier=f"{IDENTIFIER}{token}", title=title, organ=organ)
        _set_defaults(self.document)
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
        """留给人写的位置：以底色明白标出，软件不代写。"""
        paragraph = self.paragraph(f"〔此处由起草人填写：{text}〕", font=KAI)
        paragraph.runs[0].font.highlight_color = WD_COLOR_INDEX.YELLOW

    def red_head(self, *, organ: str, number: str) -> None:
        """发文机关标志（红色小标宋，上缘距版心上缘 35 mm）、空二行、发文字号与红色分隔线。"""
        text = f"{organ}文件"
        size = min(MARK_SIZE, TYPE_AREA_POINTS * 3 // (2 * len(text)))
        mark = self._centred(text, font=TITLE, size=size)
        mark.runs[0].font.color.rgb = RED
        _narrow(mark.runs[0], percent=min(100, int(100 * TYPE_AREA_POINTS / (len(text) * size))))
        mark.paragraph_format.space_before = Mm(35) - Pt(size * 0.1)  # 行内字面上方约有十分之一字的空
        mark.paragraph_format.line_spacing = Pt(size * 1.2)
        _off_grid(mark)
        self.blank()
        self.blank()
        _red_rule(self._centred(number, font=BODY, size=BODY_SIZE))

    def title(self, text: str) -> None:
        """标题：2 号小标宋，居中，红线下空二行；换行处由起草者用 ``\\n`` 断在词间。"""
        self.blank()
        self.blank()
        for line in text.split("\n"):
            _off_grid(self._centred(line, font=TITLE, size=22))
        self.blank()

    def blank(self) -> None:
        """空一行。"""
        _spaced(self.document.add_paragraph())

    def signature(self, *, organ: str, day: str) -> None:
        """不盖章的署名与成文日期：署名右空二字，日期首字比署名首字右移二字；印章从不由软件绘制。"""
        self.blank()
        name = self.paragraph(organ, indent=False)
        name.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        name.paragraph_format.right_indent = Pt(CHARACTER_PITCH * 2)
        name.paragraph_format.keep_with_next = True
        date_line = self.paragraph(day, indent=False)
        start = CHARACTERS_PER_LINE - 2 - len(organ) + 2
        if 0 < start <= CHARACTERS_PER_LINE - len(day):
            date_line.paragraph_format.left_indent = Pt(CHARACTER_PITCH * start)
        else:
            date_line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            date_line.paragraph_format.right_indent = Pt(CHARACTER_PITCH * 2)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[Piece]], *, caption: str) -> None:
        """统计表：表题居中，首行重复，数字居右，整表排在一页。"""
        self._centred(caption, font=HEAD, size=14).paragraph_format.keep_with_next = True
        table = self.document.add_table(rows=0, cols=len(header))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        _cell_margins(table)
        other = Mm((TABLE_MM - FIRST_COLUMN_MM) / (len(header) - 1))
        for column, drawn in enumerate(table.columns):
            drawn.width = other if column else Mm(FIRST_COLUMN_MM)
        for index, cells in enumerate([header, *rows]):
            row = table.add_row()
            if index == 0:
                _repeat_header(row._tr)
            for column, (cell, piece) in enumerate(zip(row.cells, cells, strict=True)):
                self._cell(cell, piece, head=index == 0, number=index > 0 and column > 0)
                cell.paragraphs[0].paragraph_format.keep_with_next = index < len(rows)
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
        paragraph = _spaced(cell.paragraphs[0])
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
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


def _set_properties(document: DocxDocument, *, identifier: str, title: str, organ: str) -> None:
    """文件属性：编号、标题、机关；不留模板自带的作者与日期。"""
    properties = document.core_properties
    properties.identifier, properties.title, properties.author = identifier, title, organ
    properties.comments = ""
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _set_defaults(document: DocxDocument) -> None:
    """全文缺省语言为简体中文：标点按中文排。"""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


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
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):  # 汉字与数字之间不加空隙，每行 28 字才排得准
        switch = OxmlElement(name)
        switch.set(qn("w:val"), "0")
        _insert(paragraph._p.get_or_add_pPr(), switch, before=("snapToGrid", *_AFTER_GRID))
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
    if size == BODY_SIZE:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), "-5")
        _insert(run._r.get_or_add_rPr(), spacing, before=("w", *_AFTER_WIDTH))


def _narrow(run: Run, *, percent: int) -> None:
    """压窄字宽。"""
    width = OxmlElement("w:w")
    width.set(qn("w:val"), str(percent))
    _insert(run._r.get_or_add_rPr(), width, before=_AFTER_WIDTH)


def _red_rule(paragraph: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", "D70000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    _insert(paragraph._p.get_or_add_pPr(), borders, before=("shd", "tabs", "autoSpaceDE", *_AFTER_GRID))


def _off_grid(paragraph: Paragraph) -> None:
    """不随行网格：否则大字的行高会被撑成整数行。"""
    switch = OxmlElement("w:snapToGrid")
    switch.set(qn("w:val"), "0")
    _insert(paragraph._p.get_or_add_pPr(), switch, before=_AFTER_GRID)


def _insert(parent: etree._Element, element: etree._Element, *, before: Sequence[str]) -> None:
    """放到格式规定的次序上：排在 ``before`` 所列各项之前。"""
    following = {qn(f"w:{name}") for name in before}
    place = next((index for index, child in enumerate(parent) if child.tag in following), len(parent))
    parent.insert(place, element)


def _cell_margins(table: Table) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), CELL_MARGIN_TWIPS)
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    assert look is not None
    look.addprevious(margins)


def _repeat_header(row: CT_Row) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
