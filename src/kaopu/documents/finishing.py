"""定稿：把发文字号填进签发过的文件，页眉去掉“草稿”；正文其余一字不动。"""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from kaopu.documents.docx_file import DOCUMENT, read_parts, tree
from kaopu.documents.gongwen import write_parts

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLANK_NUMBER = re.compile(r"[一-龥]{2,15}〔\d{4}〕[\s　]+号")
_PLACE = re.compile(r"〔此处由起草人填写：(.*?)〕")


def places_left(path: Path) -> list[str]:
    """还留着待人填写的各处。"""
    root = tree(read_parts(path, (DOCUMENT,))[DOCUMENT])
    texts = ("".join(item.text or "" for item in p.iter(f"{_W}t")) for p in root.iter(f"{_W}p"))
    return [found[1] for text in texts for found in _PLACE.finditer(text)]


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


def finish(source: Path, out: Path, *, number: str) -> None:
    """填号、去“草稿”与底色，写到 ``out``；内部表单没有发文字号一行的，只去“草稿”。"""
    parts = read_parts(source, ("*",))
    root = tree(parts[DOCUMENT])
    for paragraph in root.iter(f"{_W}p"):
        settle_place(paragraph)
    for paragraph in root.iter(f"{_W}p"):
        texts = list(paragraph.iter(f"{_W}t"))
        if _BLANK_NUMBER.fullmatch("".join(text.text or "" for text in texts).strip()):
            _write(texts, number)
            break
    parts[DOCUMENT] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    for name in parts:
        if re.fullmatch(r"word/header\d*\.xml", name):
            parts[name] = _without_draft(parts[name])
    write_parts(out, parts)


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
