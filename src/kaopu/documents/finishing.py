"""定稿：把发文字号填进签发过的文件，页眉去掉“草稿”，末页印上树头小字，版记排到双页；正文其余一字不动。"""

from __future__ import annotations

import re
from copy import deepcopy
from io import BytesIO
from pathlib import Path

from lxml import etree

from kaopu.audit.models import TreeHead
from kaopu.documents.docx_file import CORE, DOCUMENT, Unreadable, read_parts, tree
from kaopu.documents.gongwen import beside, imprint_heights, write_parts
from kaopu.documents.pdf import page_count
from kaopu.documents.seal_line import print_seal, state_seal
from kaopu.documents.template import read_as_ours

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BLANK_NUMBER = re.compile(r"[一-龥]{2,15}〔\d{4}〕[\s　]+号")
_IMPRINT_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日印发\Z")
_PLACE = re.compile(r"〔此处由起草人填写：(.*?)〕")


def places_left(path: Path) -> list[str]:
    """还留着待人填写的各处。"""
    root = tree(read_parts(path, (DOCUMENT,))[DOCUMENT])
    texts = ("".join(item.text or "" for item in p.iter(f"{_W}t")) for p in root.iter(f"{_W}p"))
    return [found[1] for text in texts for found in _PLACE.finditer(text)]


def tables_beside(path: Path) -> int:
    """人改过的表与系统的新表还并存的有几处；删去了一张的不算。"""
    root = tree(read_parts(path, (DOCUMENT,))[DOCUMENT])
    names = {mark.get(f"{_W}name", "") for mark in root.iter(f"{_W}bookmarkStart")}
    return sum(beside(name) in names for name in names)


def has_blank_number(path: Path) -> bool:
    """发文字号一行还空着，等印发时填。"""
    return _blank_number(tree(read_parts(path, (DOCUMENT,))[DOCUMENT])) is not None


def _blank_number(root: etree._Element) -> list[etree._Element] | None:
    """空着的发文字号一行的各截文字。"""
    for paragraph in root.iter(f"{_W}p"):
        texts = list(paragraph.iter(f"{_W}t"))
        if BLANK_NUMBER.fullmatch("".join(text.text or "" for text in texts).strip()):
            return texts
    return None


def settle_place(paragraph: etree._Element) -> None:
    """底色标出的位置填好了，就是正文：换成正文样式。"""
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    words = "".join(item.text or "" for item in paragraph.iter(f"{_W}t"))
    if (
        style is not None
        and style.get(f"{_W}val") == "KpPlace"
        and words.strip()
        and not _PLACE.search(words)
    ):
        style.set(f"{_W}val", "KpBody")


def finish(
    source: Path,
    out: Path,
    *,
    number: str,
    day: str,
    head: TreeHead | None = None,
    imprint_apart: bool = False,
) -> None:
    """填号与印发日期、去“草稿”与底色、印上树头小字，写到 ``out``；``number`` 为空的是内部表单，不填号。

    ``day`` 为实际印发的一天；``imprint_apart`` 时版记另起一个双页（正文末页是单页时用）。
    """
    parts = read_as_ours(source)
    root = tree(parts[DOCUMENT])
    body = root.find(f"{_W}body")
    assert body is not None
    for paragraph in root.iter(f"{_W}p"):
        settle_place(paragraph)
    if number:
        blank = _blank_number(root)
        if blank is None:
            raise Unreadable(
                f"文件里没有空着的发文字号一行，{number} 填不进去。请退回，把那一行改回空着的样子。"
            )
        _write(blank, number)
    _date_imprint(root, day)
    stack_imprint(body)
    if imprint_apart:
        _set_imprint_apart(body)
    if head is not None:
        print_seal(body, head)
        if CORE in parts:
            parts[CORE] = state_seal(parts[CORE], head)
    parts[DOCUMENT] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    for name in parts:
        if re.fullmatch(r"word/header\d*\.xml", name):
            parts[name] = _without_draft(parts[name])
    write_parts(out, parts)


def imprint_falls_on_odd_page(path: Path) -> bool:
    """有版记而末页是单页：须让版记另起双页（GB/T 9704 7.4）。排不出版来的（没有 LibreOffice）当作不必。"""
    root = tree(read_as_ours(path)[DOCUMENT])
    return bool(_imprint(root)) and (page_count(path) or 0) % 2 == 1


def _imprint(root: etree._Element) -> list[etree._Element]:
    """版记各行。"""
    styles = (style for style in root.iter(f"{_W}pStyle") if style.get(f"{_W}val") == "KpImprint")
    return [next(style.iterancestors(f"{_W}p")) for style in styles]


def _date_imprint(root: etree._Element, day: str) -> None:
    """版记上的印发日期写实际印发的一天；别的软件把一行拆成几截的也认得。"""
    for line in _imprint(root):
        texts = list(line.iter(f"{_W}t"))
        found = _IMPRINT_DAY.search("".join(text.text or "" for text in texts))
        if found is None:
            continue
        at, left = 0, f"{day}印发"
        for text in texts:
            words = text.text or ""
            start, end = max(found.start() - at, 0), max(found.end() - at, 0)
            at += len(words)
            if start < len(words) and end:
                text.text, left = words[:start] + left + words[end:], ""


def stack_imprint(body: etree._Element) -> bool:
    """抄送被人改长改短之后，版记各行重新叠好；动了没有。"""
    lines, moved = _imprint(body), False
    texts = ["".join(item.text or "" for item in line.iter(f"{_W}t")) for line in lines[:-1]]
    for line, height in zip(lines, imprint_heights([*texts, ""]), strict=False):
        frame = line.find(f"{_W}pPr/{_W}framePr")
        if frame is not None and frame.get(f"{_W}y") != str(height):
            frame.set(f"{_W}y", str(height))
            for fixed in ("h", "hRule"):  # LibreOffice 另存时写死了高，改长的一行会被切掉
                frame.attrib.pop(f"{_W}{fixed}", "")
            moved = True
    return moved


def with_imprint_stacked(path: Path) -> bytes:
    """文件的内容，版记已叠好；本来就叠好的一个字节不动。"""
    parts = read_as_ours(path)
    root = tree(parts[DOCUMENT])
    body = root.find(f"{_W}body")
    if body is None or not stack_imprint(body):
        return path.read_bytes()
    parts[DOCUMENT] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    stacked = BytesIO()
    write_parts(stacked, parts)
    return stacked.getvalue()


def _set_imprint_apart(body: etree._Element) -> None:
    """版记自成一节，从双页起；前一节的节尾记在它前面那一段里，不多占一行。"""
    imprint, section = _imprint(body), body.find(f"{_W}sectPr")
    before = imprint[0].getprevious() if imprint else None
    if before is None or before.tag != f"{_W}p" or section is None:
        return
    properties = before.find(f"{_W}pPr")
    if properties is None:
        properties = etree.Element(f"{_W}pPr")
        before.insert(0, properties)
    properties.append(deepcopy(section))
    kind = section.find(f"{_W}type")
    if kind is None:
        kind = etree.Element(f"{_W}type")
        references = [child for child in section if child.tag.endswith("Reference")]
        section.insert(len(references), kind)
    kind.set(f"{_W}val", "evenPage")


def _write(texts: list[etree._Element], words: str) -> None:
    for place, text in enumerate(texts):
        text.text = words if place == 0 else ""


def _without_draft(content: bytes) -> bytes:
    root = tree(content)
    for paragraph in root.iter(f"{_W}p"):
        texts = list(paragraph.iter(f"{_W}t"))
        words = "".join(text.text or "" for text in texts)
        if words.startswith("草稿"):
            _write(texts, words.removeprefix("草稿").strip())
    changed: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return changed
