"""公文：按国标排版（GB/T 9704-2012，HANDBOOK §8.4），每个数都受控，没有来历的数字写不进去。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from math import ceil
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from kaopu.documents.docx_file import CORE, DOCUMENT
from kaopu.documents.narrowing import narrowed
from kaopu.documents.template import HEADER_SLOT, template
from kaopu.documents.wording import SLOT, Words

CHARACTER_TWIPS = 315  # 156 mm 排 28 字
CHARACTERS_PER_LINE = 28
TYPE_AREA_POINTS = 440  # 版心宽 156 mm
TYPE_AREA_TWIPS, LANDSCAPE_TWIPS = 8844, 12756
MARK_SIZE = 44.0  # 发文机关标志的字号；机关名长时先压窄字宽至三分之二，再缩字号，仍排一行
IDENTIFIER = "kp:"  # 文件属性里的编号以此开头；书签全被删掉时，凭它还认得出是哪一份
TAG_LIMIT = 64
_RUN_FORMAT = '<w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr>'
# 不必受控的数字，只有这几种：年月日、发文字号、段首与句首的序数、附件的序号、引用的法定标准
ALLOWED = re.compile(
    r"\d{4}年度?(?:\d{1,2}月(?:\d{1,2}日|底)?)?|\d{1,2}(?:—\d{1,2})?月(?:\d{1,2}日|底)?|〔\d{4}〕(?:\d+号)?"
    r"|(?:^|(?<=[：；。]))\d{1,2}\. |附件\d{1,2}"
)


class UnboundNumber(Exception):
    """自动生成的文字里有说不清来历的数字。"""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """受控数字：印出的文字、它的口径、两条时间与摘要。"""

    figure: str
    text: str
    as_of: date
    known_at: datetime | None = None
    digest: str = ""
    label: str = ""


class Proper(str):
    """专名：单位名称、项目编号。里面的数字是名字的一部分，不是计数，不必受控。"""


Piece = str | Bound
Slots = Mapping[str, Piece | Sequence[Piece]]  # 位置 → 填什么；一个位置可填几截
Cells = Sequence[Piece | Sequence[Piece]]  # 表的一行；一格里可有几截


@dataclass(frozen=True, kw_only=True)
class Block:
    """一个自然段或一张表：书签、认得出它的钥匙、印出的文字与排好的 XML。"""

    bookmark: str
    key: str
    text: str
    xml: str
    figures: tuple[str, ...] = ()
    free: bool = False  # 空行与分节：不登记


@dataclass(frozen=True, kw_only=True)
class Column:
    """表格的一栏：表头、相对宽度；``number`` 居右；``ordinal`` 为序号，不必受控。"""

    head: str
    width: float = 1
    number: bool = False
    ordinal: bool = False


class Gongwen:
    """一份公文；``token`` 是书签的前缀，``bound`` 按次序记下每个受控数字，``blocks`` 每段每表。"""

    def __init__(self, *, token: str, title: str = "", organ: str = "", words: Words | None = None) -> None:
        self.token, self._title, self._organ = token, title, organ
        self._words = words or Words()
        self.bound: list[tuple[str, Bound]] = []
        self.blocks: list[Block] = []
        self._header = ""
        self._landscape = False
        self._serial = count(1)
        self._keys: Counter[str] = Counter()
        self._template = template()

    # ── 段 ────────────────────────────────────────────────────────────────

    def say(self, name: str, slots: Slots | None = None) -> None:
        """措辞表里的一句，填上各个位置；机关改成几段的写几段。认这一段的钥匙总按自带的写法，改了措辞也接得上。"""
        sentence, given = self._words.sentence(name), slots or {}
        key = _key(_filled(sentence.text, given))
        for order, line in enumerate(self._words.lines(name)):
            pieces = _filled(line, given)
            self.paragraph(*pieces, style=sentence.style, key=f"{key}+{order}" if order else key)

    def paragraph(
        self, *pieces: Piece, style: str = "KpBody", layout: str = "", run: str = _RUN_FORMAT, key: str = ""
    ) -> None:
        """一段；``layout`` 为样式之外另加的段落格式，``key`` 为认这一段的钥匙，缺省即其话与口径。"""
        start = len(self.bound)
        number = next(self._serial)
        bookmark = f"kpb_{self.token}_{number}"
        # 书签只点在段首：包到段尾的，末字恰好满行时 LibreOffice 会多排出一个空行
        content = "".join(self._piece(piece, run) for piece in pieces)
        xml = (
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{layout}</w:pPr><w:bookmarkStart w:id="{number}" '
            f'w:name="{bookmark}"/><w:bookmarkEnd w:id="{number}"/>{content}</w:p>'
        )
        key = f"{style}:{key or _key(pieces)}"
        self._add(bookmark, key, "".join(_text(piece) for piece in pieces), xml, start)

    def place(self, text: str) -> None:
        """留给人写的位置：以底色明白标出，软件不代写。"""
        self.paragraph(f"〔此处由起草人填写：{text}〕", style="KpPlace")

    def blank(self, lines: int = 1) -> None:
        """空行。"""
        for _ in range(lines):
            self._free('<w:p><w:pPr><w:pStyle w:val="KpFlush"/></w:pPr></w:p>')

    def red_head(self, *, organ: str, number: str) -> None:
        """发文机关标志（红色小标宋，上缘距版心上缘 35 mm）、空二行、发文字号与红色分隔线。"""
        text = f"{organ}文件"
        size = min(MARK_SIZE, TYPE_AREA_POINTS * 3 // (2 * len(text)))
        percent = min(100, int(100 * TYPE_AREA_POINTS / (len(text) * size)))
        before = round(35 * 56.6929 - size * 2)  # 行内字面上方约有十分之一字的空
        half = f"{size * 2:g}"
        self.paragraph(
            text, style="KpMark",
            layout=f'<w:spacing w:before="{before}" w:line="{round(size * 24)}" w:lineRule="exact"/>',
            run=f'<w:rPr><w:rFonts w:hint="eastAsia"/><w:w w:val="{percent}"/><w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>',
        )  # fmt: skip
        self.blank(2)
        self.paragraph(number, style="KpNumber")
        self.blank(2)

    def title(self, text: str) -> None:
        """标题：2 号小标宋，居中；换行处由起草者用 ``\\n`` 断在词间。"""
        for line in text.split("\n"):
            self.paragraph(line, style="KpTitle")
        self.blank()

    def addressee(self, *pieces: Piece) -> None:
        """主送机关，顶格，全角冒号。"""
        self.paragraph(*pieces, style="KpFlush")

    def signature(self, *, organ: str, day: str) -> None:
        """不盖章的署名与成文日期：署名右空二字，日期首字比署名首字右移二字；印章从不由软件绘制。"""
        self._keep_with_next()
        start = CHARACTERS_PER_LINE - 2 - len(organ) + 2
        width = sum(1.0 if ord(character) > 0x2E7F else 0.5 for character in day)
        if 0 < start <= CHARACTERS_PER_LINE - width:
            self.paragraph(organ, style="KpSignature")
            layout = (
                f'<w:ind w:leftChars="{start * 100}" w:left="{start * CHARACTER_TWIPS}"/><w:jc w:val="left"/>'
            )
            self.paragraph(day, style="KpFlush", layout=layout)
            return
        self.paragraph(organ, style="KpSignature", layout=_right_indent(2 + max(0, width - len(organ) + 2)))
        self.paragraph(day, style="KpSignature")

    def attachments(self, names: Sequence[str]) -> None:
        """附件说明：正文下空一行，左空二字，名称后不加标点。"""
        self.blank()
        if len(names) == 1:
            self.paragraph(f"附件：{names[0]}")
            return
        for order, name in enumerate(names, 1):
            layout = (
                ""
                if order == 1
                else '<w:ind w:leftChars="500" w:left="1575" w:firstLineChars="0" w:firstLine="0"/>'
            )
            self.paragraph(f"{'附件：' if order == 1 else ''}{order}. {name}", layout=layout)

    def annex(self, order: int | None, title: str) -> None:
        """附件另起一页：左上角“附件”，其下居中写名称。"""
        self.paragraph("附件" if order is None else f"附件{order}", style="KpAnnex")
        self.paragraph(title, style="KpTitle")

    def imprint(self, *, copies: str, printer: str, day: str) -> None:
        """版记：抄送（没有可略）与印发，首末线 0.35 mm、中间 0.25 mm，排在版心底端。落在双页由印发时定。

        两行各自成框：一框之内各段的线不同，LibreOffice 就不认框也不画线。
        框不随字往上长，抄送改长了由核稿、接续重新叠好。会自己长的几种都更坏（LibreOffice 7.4 上试过）：贴底的浮动表、
        套表的框、两段同框都丢了位置，排在正文之后；一段一框长得上去，却画不出中间的细线；文本框里的字，格式检查量不到。
        """
        outer, inner = (f'w:val="single" w:sz="{size}" w:space="1" w:color="000000"' for size in (8, 6))
        lines = [f"抄送：{copies}。"] if copies else []
        for line, height in zip(lines, imprint_heights([*lines, ""]), strict=False):
            rules = f"<w:pBdr><w:top {outer}/><w:bottom {inner}/></w:pBdr>"
            self.paragraph(line, style="KpImprint", layout=f"{_IMPRINT_FRAME.format(y=height)}{rules}")
        rules = f"<w:pBdr>{'' if lines else f'<w:top {outer}/>'}<w:bottom {outer}/></w:pBdr>"
        tabs = f'<w:tabs><w:tab w:val="right" w:pos="{TYPE_AREA_TWIPS - 280}"/></w:tabs>'
        (height,) = imprint_heights([""])
        self.paragraph(
            f"{printer}\t{day}印发",
            style="KpImprint",
            layout=f"{_IMPRINT_FRAME.format(y=height)}{rules}{tabs}",
        )
        self._free(_ANCHOR)

    # ── 表 ────────────────────────────────────────────────────────────────

    def table(
        self, columns: Sequence[Column], rows: Sequence[Cells], *,
        caption: str = "", unit: str = "", whole: bool = False, dense: bool = False,
    ) -> None:  # fmt: skip
        """统计表：表题居中，单位在右上，首行重复；``whole`` 的整表排在一页，``dense`` 的用小五号。"""
        if caption:
            self.paragraph(caption, style="KpCaption")
        if unit:
            self.paragraph(f"单位：{unit}", style="KpUnit")
        start, number = len(self.bound), next(self._serial)
        bookmark = f"kpb_{self.token}_{number}"
        mark = f'<w:bookmarkStart w:id="{number}" w:name="{bookmark}"/><w:bookmarkEnd w:id="{number}"/>'
        total = sum(column.width for column in columns)
        width = LANDSCAPE_TWIPS if self._landscape else TYPE_AREA_TWIPS
        widths = [round(width * column.width / total) for column in columns]
        heads = [
            self._cell("KpCellHead", column.head, at, mark if not n else "", keep=True)
            for n, (column, at) in enumerate(zip(columns, widths, strict=True))
        ]
        lines = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(heads)}</w:tr>"]
        for index, row in enumerate(rows, 1):
            keep = whole and index < len(rows)
            cells = zip(columns, row, widths, strict=True)
            drawn = "".join(
                self._cell(
                    _cell_style(column, dense),
                    piece,
                    at,
                    "",
                    keep=keep,
                    ordinal=column.ordinal,
                    size=9 if dense else 12,
                )
                for column, piece, at in cells
            )
            lines.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{drawn}</w:tr>")
        grid = "".join(f'<w:gridCol w:w="{at}"/>' for at in widths)
        xml = (
            f"<w:tbl>{_TABLE.format(width=sum(widths))}<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
        )
        text = "\n".join(
            "\t".join(_cell_text(cell) for cell in row)
            for row in ([column.head for column in columns], *rows)
        )
        self._add(
            bookmark, f"table:{caption}:{'|'.join(column.head for column in columns)}", text, xml, start
        )
        self.blank()

    def _cell(
        self,
        style: str,
        piece: Piece | Sequence[Piece],
        width: int,
        mark: str,
        *,
        keep: bool,
        ordinal: bool = False,
        size: float = 0,
    ) -> str:
        run = narrowed(_RUN_FORMAT, _cell_text(piece), size, width) if size else _RUN_FORMAT
        pieces = [piece] if isinstance(piece, str | Bound) else list(piece)
        content = "".join(
            _run(each, run) if ordinal and isinstance(each, str) else self._piece(each, run)
            for each in pieces
        )
        kept = "<w:keepNext/>" if keep else ""
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}</w:pPr>{mark}{content}</w:p></w:tc>'
        )

    def landscape(self) -> None:
        """此后各页横排（宽表用）。"""
        section = self._template.section
        self._free(f'<w:p><w:pPr><w:pStyle w:val="KpFlush"/>{section}</w:pPr></w:p>')
        self._landscape = True

    def header(self, text: str) -> None:
        """页眉小字，如“草稿”“含示例数据”。"""
        self._header = text

    def new_bookmark(self) -> str:
        """再要一个受控数字的书签名（接续起草时给留下的数用）。"""
        return f"kp_{self.token}_{next(self._serial)}"

    # ── 写成文件 ──────────────────────────────────────────────────────────

    def save(self, path: Path) -> None:
        """写到文件。"""
        write_parts(path, {name: self._fitted(name, part) for name, part in self._template.parts.items()})

    def document_xml(self) -> bytes:
        """正文部分。"""
        used = self._template
        section = _turned(used.section) if self._landscape else used.section
        content = "".join(block.xml for block in self.blocks)
        return f"{used.opening}{content}{section}{used.closing}".encode()

    def _fitted(self, name: str, content: bytes) -> bytes:
        if name == DOCUMENT:
            return self.document_xml()
        if name == CORE:
            return self._properties()
        if name.startswith("word/header"):
            return content.replace(HEADER_SLOT.encode(), escape(self._header).encode())
        return content

    def _properties(self) -> bytes:
        """文件属性：编号、标题、机关；不留模板自带的作者与日期。"""
        now = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
        return _CORE.format(
            identifier=f"{IDENTIFIER}{self.token}",
            title=escape(self._title),
            organ=escape(self._organ),
            now=now,
        ).encode()

    # ── 内部 ──────────────────────────────────────────────────────────────

    def _add(self, bookmark: str, key: str, text: str, xml: str, start: int) -> None:
        self._keys[key] += 1
        key = key if self._keys[key] == 1 else f"{key}#{self._keys[key]}"
        figures = tuple(name for name, _ in self.bound[start:])
        self.blocks.append(Block(bookmark=bookmark, key=key, text=text, xml=xml, figures=figures))

    def _keep_with_next(self) -> None:
        """前一段与其后的空行跟着署名走：署名页上总有正文，不出“此页无正文”。"""
        if self.blocks and self.blocks[-1].xml.startswith("<w:p>"):
            last = self.blocks.pop()
            style_end = last.xml.index("/>") + 2
            self.blocks.append(
                replace(last, xml=f"{last.xml[:style_end]}<w:keepNext/>{last.xml[style_end:]}")
            )
        self._free('<w:p><w:pPr><w:pStyle w:val="KpFlush"/><w:keepNext/></w:pPr></w:p>')

    def _free(self, xml: str) -> None:
        self.blocks.append(Block(bookmark="", key="", text="", xml=xml, free=True))

    def _piece(self, piece: Piece, run: str) -> str:
        if isinstance(piece, str):
            if not isinstance(piece, Proper):
                refuse_unbound(piece)
            return _run(piece, run)
        return self._bind(piece, run)

    def _bind(self, bound: Bound, run: str) -> str:
        """书签包住内容控件：LibreOffice 会丢控件而保书签，所以核验先认书签。"""
        serial = next(self._serial)
        name = f"kp_{self.token}_{serial}"
        self.bound.append((name, bound))
        alias, tag = control_words(bound)
        return (
            f'<w:bookmarkStart w:id="{serial}" w:name="{name}"/><w:sdt><w:sdtPr><w:alias w:val={quoteattr(alias)}/>'
            f"<w:tag w:val={quoteattr(tag)}/></w:sdtPr><w:sdtContent>{_run(bound.text, run)}</w:sdtContent></w:sdt>"
            f'<w:bookmarkEnd w:id="{serial}"/>'
        )


def beside(bookmark: str) -> str:
    """附在人改过的表后面的、系统的新表的书签。"""
    return f"{bookmark}_beside"


def control_words(bound: Bound) -> tuple[str, str]:
    """内容控件的标题与标记：两条时间，口径与摘要的头十二位。"""
    known = f"，{bound.known_at:%Y-%m-%d %H:%M:%S}所知" if bound.known_at else ""
    return f"截至{bound.as_of}{known}", f"kp:{bound.figure}"[: TAG_LIMIT - 13] + f"|{bound.digest[:12]}"


def write_parts(path: Path | BinaryIO, parts: Mapping[str, bytes]) -> None:
    """把各部分写成 .docx。"""
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def imprint_heights(texts: Sequence[str]) -> list[int]:
    """版记各行距纸上缘多少（缇）：末行压着版心下缘，往上逐行叠起；一行排不下的占两行。"""
    heights: list[int] = []
    bottom = _TYPE_AREA_BOTTOM
    for text in reversed(texts):
        width = sum(1.0 if ord(character) > 0x2E7F else 0.5 for character in text)
        bottom -= max(1, ceil(width / _IMPRINT_CHARACTERS)) * _LINE_TWIPS + _RULE_TWIPS
        heights.insert(0, bottom)
    return heights


def refuse_unbound(text: str) -> None:
    """自动生成的文字里，除年月日、文号与序数外不许有数字；有即抛出 ``UnboundNumber``。"""
    left = ALLOWED.sub("", text)
    if found := re.search(r"\d+", left):
        raise UnboundNumber(f"“{text}”里的“{found[0]}”没有受控。请改为由数据口径或记录取得。")


def _run(text: str, run: str = _RUN_FORMAT) -> str:
    if "\t" not in text:
        return f'<w:r>{run}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f"<w:r>{run}<w:tab/></w:r>".join(_run(part, run) for part in text.split("\t"))


def _text(piece: Piece) -> str:
    return piece if isinstance(piece, str) else piece.text


def _cell_text(cell: Piece | Sequence[Piece]) -> str:
    return _text(cell) if isinstance(cell, str | Bound) else "".join(_text(piece) for piece in cell)


def _key(pieces: Sequence[Piece]) -> str:
    """认得出这一段的钥匙：话与口径，不含数。"""
    return "".join(piece if isinstance(piece, str) else f"{{{piece.figure}}}" for piece in pieces)


def _filled(text: str, slots: Slots) -> list[Piece]:
    """一句话填上各个位置。"""
    pieces: list[Piece] = []
    for order, part in enumerate(SLOT.split(text)):
        if order % 2:
            slot = slots[part]
            pieces += [slot] if isinstance(slot, str | Bound) else slot
        elif part:
            pieces.append(part)
    return pieces


def _cell_style(column: Column, dense: bool) -> str:
    return f"{'KpSmall' if dense else 'KpCell'}{'Number' if column.number else ''}"


def _right_indent(characters: float) -> str:
    return (
        f'<w:ind w:rightChars="{round(characters * 100)}" w:right="{round(characters * CHARACTER_TWIPS)}"/>'
    )


def _turned(section: str) -> str:
    """转成横排：纸转向，四边跟着转。"""
    section = re.sub(r"<w:pgSz[^>]*/>", '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>', section)
    # 页脚随下边收窄，页码仍在版心之下 7 mm，不压着表
    turned = {"top": "1587", "right": "2098", "bottom": "1474", "left": "1984", "footer": "794"}
    margins = re.search(r"<w:pgMar[^>]*/>", section)
    if margins is None:
        return section
    changed = margins[0]
    for side, twips in turned.items():
        changed = re.sub(rf'w:{side}="\d+"', f'w:{side}="{twips}"', changed)
    return section.replace(margins[0], changed)


_TYPE_AREA_BOTTOM, _LINE_TWIPS, _RULE_TWIPS = 14854, 579, 30
_IMPRINT_CHARACTERS = 29  # 四号字，左右各空一字
_IMPRINT_FRAME = (
    f'<w:framePr w:w="{TYPE_AREA_TWIPS}" w:wrap="around" w:vAnchor="page" w:hAnchor="margin" '
    'w:xAlign="center" w:y="{y}"/>'
)
# 框挂在它后面的段落上；这一段几乎没有高度，只为版记有处可挂
_ANCHOR = '<w:p><w:pPr><w:pStyle w:val="KpFlush"/><w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
_TABLE = (
    '<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + '</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="68" w:type="dxa"/>'
    '<w:right w:w="68" w:type="dxa"/></w:tblCellMar></w:tblPr>'
)
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:identifier>{identifier}</dc:identifier>'
    "<dc:title>{title}</dc:title><dc:creator>{organ}</dc:creator><cp:lastModifiedBy>{organ}</cp:lastModifiedBy>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">{now}</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{now}</dcterms:modified></cp:coreProperties>'
)
