"""把 .docx 读成可量的版面：每段每字的实际格式，样式、缺省值与自动编号都已折算进来。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from kaopu.documents.docx_file import DOCUMENT, read_parts, tree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PARTS = (
    DOCUMENT, "word/styles.xml", "word/numbering.xml", "word/settings.xml", "word/theme/theme1.xml",
    "word/footer*", "word/_rels/document.xml.rels", "word/fontTable.xml",
)  # fmt: skip
_TWIPS_PER_MM = 56.6929
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent"})
_DRAWN = frozenset({f"{_W}drawing", f"{_W}pict", f"{_W}object"})
_NUMBER = re.compile(r"-?\d{1,9}")
CHARACTER_TWIPS = 315  # 156 mm 排 28 字，一字 15.75 磅


@dataclass(frozen=True, kw_only=True)
class Run:
    """一串格式相同的字。"""

    text: str
    font: str
    size: float
    colour: str
    spacing: int

    @property
    def red(self) -> bool:
        """红色：红分量高而绿、蓝分量低。"""
        if not re.fullmatch(r"[0-9A-Fa-f]{6}", self.colour):
            return False
        red, green, blue = (int(self.colour[start : start + 2], 16) for start in (0, 2, 4))
        return red >= 160 and green <= 90 and blue <= 90


@dataclass(frozen=True, kw_only=True)
class Indent:
    """缩进：缇，或百分之一字。"""

    twips: int = 0
    hundredths: int | None = None

    def characters(self, pitch: int = CHARACTER_TWIPS) -> float:
        """折成字数。"""
        return self.hundredths / 100 if self.hundredths is not None else self.twips / pitch


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """一段的实际格式。``line`` 为固定行距（缇），不是固定值的为 ``None``；``rules`` 是边线的粗细（1/8 磅）与颜色。"""

    order: int
    text: str
    runs: tuple[Run, ...]
    alignment: str
    first_line: Indent
    left: Indent
    right: Indent
    before: int
    line: int | None
    follows_grid: bool
    rules: Mapping[str, tuple[int, str, int]]
    in_table: bool
    drawn: bool
    frame: str = ""  # 图文框在页上的横向位置，如 outside（单页右、双页左）
    frame_top: int | None = None  # 图文框距纸的上缘多少缇；不是固定位置的为空
    fields: tuple[str, ...] = ()
    boxed: tuple[str, ...] = ()  # 挂在这一段上的文本框里的各段文字

    @property
    def blank(self) -> bool:
        """空行。"""
        return not self.text.strip() and not self.drawn

    @property
    def width(self) -> float:
        """文字占几个字宽：汉字与全角一字，其余半字。"""
        return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in self.text.strip())

    @property
    def printed(self) -> list[Run]:
        """有字的各串。"""
        return [run for run in self.runs if run.text.strip()]


@dataclass(frozen=True, kw_only=True)
class Section:
    """一节的纸与边（毫米）及文档网格。"""

    width: float
    height: float
    top: float
    bottom: float
    left: float
    right: float
    footer: float
    grid: str
    pitch: int | None
    character_space: int


@dataclass(frozen=True, kw_only=True)
class Layout:
    """一份文件的版面。"""

    paragraphs: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    footers: Mapping[str, tuple[Paragraph, ...]]
    odd_and_even: bool
    embedded_fonts: int
    tables: int


def read_layout(path: Path) -> Layout:
    """读一份 .docx 的版面；读不了抛出 ``Unreadable``。"""
    parts = read_parts(path, _PARTS)
    trees = {name: tree(content) for name, content in parts.items()}
    reader = _Reader(trees)
    root = trees[DOCUMENT]
    sections = tuple(_section(node) for node in root.iter(f"{_W}sectPr"))
    settings = trees.get("word/settings.xml")
    fonts = trees.get("word/fontTable.xml")
    embedded = (
        [node for node in fonts.iter() if str(node.tag).startswith(f"{_W}embed")] if fonts is not None else []
    )
    return Layout(
        paragraphs=tuple(reader.paragraphs(root)),
        sections=sections,
        footers=reader.footers(root),
        odd_and_even=settings is not None and _on(settings.find(f"{_W}evenAndOddHeaders")),
        embedded_fonts=len(embedded),
        tables=sum(1 for _ in root.iter(f"{_W}tbl")),
    )  # fmt: skip


def _int(node: etree._Element | None, name: str, default: int | None = None) -> int | None:
    text = node.get(f"{_W}{name}") if node is not None else None
    return int(text) if text is not None and _NUMBER.fullmatch(text) else default


def _on(node: etree._Element | None) -> bool:
    return node is not None and node.get(f"{_W}val", "1") not in ("0", "false", "off")


def _section(node: etree._Element) -> Section:
    size, margins, grid = (node.find(f"{_W}{name}") for name in ("pgSz", "pgMar", "docGrid"))

    def millimetres(of: etree._Element | None, name: str) -> float:
        return round((_int(of, name, 0) or 0) / _TWIPS_PER_MM, 1)

    return Section(
        width=millimetres(size, "w"), height=millimetres(size, "h"), top=millimetres(margins, "top"),
        bottom=millimetres(margins, "bottom"), left=millimetres(margins, "left"),
        right=millimetres(margins, "right"), footer=millimetres(margins, "footer"),
        grid=grid.get(f"{_W}type", "") if grid is not None else "", pitch=_int(grid, "linePitch"),
        character_space=_int(grid, "charSpace", 0) or 0,
    )  # fmt: skip


@dataclass
class _Numbering:
    """自动编号：编号方案与级次 → 字面，如“一、”。"""

    levels: dict[tuple[str, int], str] = field(default_factory=dict)

    @classmethod
    def of(cls, root: etree._Element | None) -> _Numbering:
        found = cls()
        if root is None:
            return found
        drawn = {
            (kind.get(f"{_W}abstractNumId", ""), _int(level, "ilvl", 0) or 0): _shown(level)
            for kind in root.iter(f"{_W}abstractNum")
            for level in kind.iter(f"{_W}lvl")
        }
        for number in root.iter(f"{_W}num"):
            reference = number.find(f"{_W}abstractNumId")
            kind = reference.get(f"{_W}val", "") if reference is not None else ""
            for (owner, level), text in drawn.items():
                if owner == kind:
                    found.levels[number.get(f"{_W}numId", ""), level] = text
        return found


def _shown(level: etree._Element) -> str:
    text, form = level.find(f"{_W}lvlText"), level.find(f"{_W}numFmt")
    kind = form.get(f"{_W}val", "") if form is not None else ""
    if kind in ("bullet", "none") or text is None:
        return ""
    figure = "一" if re.search("chinese|ideograph|japanese|taiwanese", kind) else "1"
    return re.sub(r"%\d", figure, text.get(f"{_W}val", ""))


class _Reader:
    """折算样式：直接格式 → 字符样式 → 段落样式及其所据 → 全文缺省。"""

    def __init__(self, trees: Mapping[str, etree._Element]) -> None:
        self._trees = trees
        styles = trees.get("word/styles.xml")
        nodes = [] if styles is None else list(styles.iterchildren(f"{_W}style"))
        self._styles = {node.get(f"{_W}styleId", ""): node for node in nodes}
        self._default = next(
            (
                node.get(f"{_W}styleId", "")
                for node in nodes
                if node.get(f"{_W}type") == "paragraph" and node.get(f"{_W}default") in ("1", "true")
            ),
            "",
        )
        defaults = None if styles is None else styles.find(f"{_W}docDefaults")
        self._base = {
            kind: None if defaults is None else defaults.find(f"{_W}{kind}Default/{_W}{kind}")
            for kind in ("pPr", "rPr")
        }
        self._numbering = _Numbering.of(trees.get("word/numbering.xml"))
        self._theme = _theme_fonts(trees.get("word/theme/theme1.xml"))
        self._chains: dict[str, list[etree._Element]] = {}

    def paragraphs(self, root: etree._Element) -> Iterator[Paragraph]:
        """正文各段，文本框内的不算。"""
        for order, node in enumerate(_walk(root, f"{_W}p"), 1):
            yield self._paragraph(node, order)

    def footers(self, root: etree._Element) -> dict[str, tuple[Paragraph, ...]]:
        """页脚：``default``（单页）与 ``even``（双页）。"""
        rels = self._trees.get("word/_rels/document.xml.rels")
        targets = {} if rels is None else {node.get("Id"): node.get("Target", "") for node in rels}
        found = {}
        for reference in root.iter(f"{_W}footerReference"):
            name = f"word/{targets.get(reference.get(f'{_R}id'), '').removeprefix('/word/')}"
            if name in self._trees:
                kind = reference.get(f"{_W}type", "default")
                found[kind] = tuple(self.paragraphs(self._trees[name]))
        return found

    def _chain(self, style: str) -> list[etree._Element]:
        if style not in self._chains:
            chain: list[etree._Element] = []
            node = self._styles.get(style)
            while node is not None and node not in chain:
                chain.append(node)
                parent = node.find(f"{_W}basedOn")
                node = self._styles.get(parent.get(f"{_W}val", "")) if parent is not None else None
            self._chains[style] = chain
        return self._chains[style]

    def _layers(self, own: etree._Element | None, style: str, kind: str) -> list[etree._Element]:
        styled = [found for node in self._chain(style) if (found := node.find(f"{_W}{kind}")) is not None]
        return [layer for layer in (own, *styled, self._base[kind]) if layer is not None]

    def _paragraph(self, node: etree._Element, order: int) -> Paragraph:
        own = node.find(f"{_W}pPr")
        named = own.find(f"{_W}pStyle") if own is not None else None
        style = named.get(f"{_W}val", "") if named is not None else self._default
        layers = self._layers(own, style, "pPr")
        runs = tuple(self._run(run, style) for run in _walk(node, f"{_W}r"))
        exact = _attribute(layers, "spacing", "lineRule") == "exact"
        alignment = _attribute(layers, "jc", "val") or "left"
        return Paragraph(
            order=order,
            text=self._label(layers) + "".join(run.text for run in runs),
            runs=runs,
            alignment={"end": "right", "start": "left"}.get(alignment, alignment),
            first_line=_indent(layers, "firstLine"),
            left=_indent(layers, "left", "start"),
            right=_indent(layers, "right", "end"),
            before=_number(_attribute(layers, "spacing", "before")),
            line=_number(_attribute(layers, "spacing", "line")) if exact else None,
            follows_grid=_attribute(layers, "snapToGrid", "val") not in ("0", "false", "off"),
            rules=_rules(layers),
            in_table=next(node.iterancestors(f"{_W}tc"), None) is not None,
            drawn=any(found.tag in _DRAWN for found in node.iter()),
            frame=_attribute(layers, "framePr", "xAlign") or "",
            frame_top=_frame_top(layers),
            fields=tuple(_fields(node)),
            boxed=tuple("".join(text.text or "" for text in item.iter(f"{_W}t")) for item in _boxed(node)),
        )  # fmt: skip

    def _label(self, layers: Sequence[etree._Element]) -> str:
        for layer in layers:
            numbered = layer.find(f"{_W}numPr")
            if numbered is not None:
                level, scheme = numbered.find(f"{_W}ilvl"), numbered.find(f"{_W}numId")
                key = scheme.get(f"{_W}val", "") if scheme is not None else ""
                return self._numbering.levels.get((key, _int(level, "val", 0) or 0), "")
        return ""

    def _run(self, node: etree._Element, style: str) -> Run:
        own = node.find(f"{_W}rPr")
        named = own.find(f"{_W}rStyle") if own is not None else None
        character = self._chain(named.get(f"{_W}val", "")) if named is not None else []
        layers = self._layers(own, style, "rPr")
        layers[1:1] = [found for item in character if (found := item.find(f"{_W}rPr")) is not None]
        return Run(
            text="".join(
                "\t" if part.tag == f"{_W}tab" else part.text or ""
                for part in node.iterchildren(f"{_W}t", f"{_W}tab")
            ),
            font=self._font(layers),
            size=_number(_attribute(layers, "sz", "val"), 20) / 2,
            colour=_attribute(layers, "color", "val") or "auto",
            spacing=_number(_attribute(layers, "spacing", "val")),
        )

    def _font(self, layers: Sequence[etree._Element]) -> str:
        for layer in layers:
            fonts = layer.find(f"{_W}rFonts")
            if fonts is not None and (theme := fonts.get(f"{_W}eastAsiaTheme")):
                return self._theme.get(theme[:5], "主题字体")
            if fonts is not None and (name := fonts.get(f"{_W}eastAsia")):
                return name
        return "未指定"


def _walk(root: etree._Element, tag: str) -> Iterator[etree._Element]:
    """按次序走到每个 ``tag``；图形、文本框与已删的修订不进去。"""
    for child in root:
        if child.tag in _SKIPPED or child.tag in _DRAWN:
            continue
        if child.tag == tag:
            yield child
        else:
            yield from _walk(child, tag)


def _attribute(layers: Sequence[etree._Element], element: str, name: str) -> str | None:
    for layer in layers:
        node = layer.find(f"{_W}{element}")
        if node is not None and (value := node.get(f"{_W}{name}")) is not None:
            return value
    return None


def _number(text: str | None, default: int = 0) -> int:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else default


def _frame_top(layers: Sequence[etree._Element]) -> int | None:
    """按纸的上缘固定的图文框在哪里。"""
    if _attribute(layers, "framePr", "vAnchor") != "page":
        return None
    top = _attribute(layers, "framePr", "y")
    return _number(top) if top else None


def _indent(layers: Sequence[etree._Element], *names: str) -> Indent:
    """同一层里以字计的优先于以缇计的；上层说了的不看下层。"""
    for layer in layers:
        node = layer.find(f"{_W}ind")
        if node is None:
            continue
        for name in names:
            hundredths, twips = _int(node, f"{name}Chars"), _int(node, name)
            if hundredths:
                return Indent(hundredths=hundredths)
            if twips is not None:
                return Indent(twips=twips)
    return Indent()


def _rules(layers: Sequence[etree._Element]) -> dict[str, tuple[int, str, int]]:
    """最近一层说了的各边；LibreOffice 把图文框的线另写一个 ``pBdr``，放在段落自己空着的那个之后，所以一层里的合起来看。"""
    for layer in layers:
        borders = layer.findall(f"{_W}pBdr")
        if borders:
            return {
                str(etree.QName(side).localname): (
                    _int(side, "sz", 0) or 0, side.get(f"{_W}color", "auto"), _int(side, "space", 0) or 0
                )
                for one in borders for side in one
                if side.get(f"{_W}val", "none") not in ("none", "nil")
            }  # fmt: skip
    return {}


def _boxed(node: etree._Element) -> Iterator[etree._Element]:
    """文本框里的各段；同一个框另存的旧写法（``Fallback``）不重复算。"""
    for box in node.iter(f"{_W}txbxContent"):
        if not any(etree.QName(above).localname == "Fallback" for above in box.iterancestors()):
            yield from box.iter(f"{_W}p")


def _fields(node: etree._Element) -> Iterator[str]:
    for found in node.iter(f"{_W}fldSimple", f"{_W}instrText"):
        words = (found.get(f"{_W}instr") or found.text or "").split()
        yield from words[:1]


def _theme_fonts(root: etree._Element | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in ("major", "minor") if root is not None else ():
        for fonts in root.iter(f"{_A}{kind}Font") if root is not None else ():
            hans = [
                node.get("typeface", "") for node in fonts.iter(f"{_A}font") if node.get("script") == "Hans"
            ]
            east = fonts.find(f"{_A}ea")
            stated = east.get("typeface", "") if east is not None else ""
            found[kind] = stated or next(iter(hans), "主题字体")
    return found
