"""接续起草：人在稿子里写过、改过之后再出一遍——他们的话一字不动，数与表刷新，冲突逐条列出，什么也不丢。

按段合并：没人动过的段换成新的；动过的（改了字，或加了粗、插了图、加了批注）留下，只刷新其中没被手改的数；人新加的段原处不动；
系统新有的段接在前一段之后；系统不再生成的段，没人动过的撤下，动过的留下并说明。拆开的段、剪到别处的数，也跟着刷新。
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from kaopu.documents.adorned import is_adorned
from kaopu.documents.docx_file import CORE, DOCUMENT, tree
from kaopu.documents.finishing import settle_place, stack_imprint
from kaopu.documents.gongwen import IDENTIFIER, Block, Bound, Gongwen, beside, control_words
from kaopu.documents.models import OfficialDocument
from kaopu.documents.template import read_as_ours

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DC = "{http://purl.org/dc/elements/1.1/}identifier"
_WRAP = '<w:body xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:body>'
_APART = 1_000_000  # 新段的书签序号从这里起，与原有的不相撞
_PLACE, _IMPRINT = "KpPlace:", "KpImprint:"
_SHOWN = 24


@dataclass
class Merged:
    """合并的结果：正文、登记用的数与段、冲突。"""

    document: bytes
    parts: Mapping[str, bytes]
    bound: list[tuple[str, Bound]] = field(default_factory=list)
    blocks: list[dict[str, str]] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def merge(edited: Path, base: OfficialDocument, paper: Gongwen) -> Merged:
    """把新排的 ``paper`` 并进人改过的 ``edited``；``base`` 是当初登记的那一稿。"""
    parts = read_as_ours(edited)
    root = tree(parts[DOCUMENT])
    body = root.find(f"{_W}body")
    assert body is not None
    work = _Merge(body, base, paper)
    work.run()
    stack_imprint(body)
    document = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    changed = {**parts, DOCUMENT: document}
    if CORE in parts:
        changed[CORE] = _identified(parts[CORE], paper.token)
    return Merged(
        document=document, parts=changed, bound=work.bound, blocks=work.blocks, conflicts=work.conflicts
    )


class _Merge:
    """逐段合并。"""

    def __init__(self, body: etree._Element, base: OfficialDocument, paper: Gongwen) -> None:
        self._body, self._base, self._paper = body, base, paper
        self._old = {block["key"]: block for block in base.blocks}
        self._printed = {item["bookmark"]: item for item in base.figures}
        self._fresh = {bound.figure: bound for _, bound in paper.bound}
        self._names = dict(paper.bound)
        marks = [block["bookmark"] for block in base.blocks]
        self._elements = _elements(body, {*marks, *map(beside, marks)})
        self._anchor: etree._Element | None = None
        self.bound: list[tuple[str, Bound]] = []
        self.blocks: list[dict[str, str]] = []
        self.conflicts: list[str] = []

    def run(self) -> None:
        fresh = [block for block in self._paper.blocks if not block.free]
        for block in fresh:
            self._place(block)
        keys = {block.key for block in fresh}
        for key, old in self._old.items():
            if key not in keys and (element := self._elements.get(old["bookmark"])) is not None:
                self._retire(old, element)
        self._refresh(self._body)  # 拆开的段、剪到别处的数

    def _place(self, block: Block) -> None:
        old = self._old.get(block.key)
        if old is None:
            self._insert(block)
            return
        element, other = self._standing(old, block)
        if element is None:
            if not block.key.startswith(_PLACE) and not self._kept_in_a_shape(block, old):
                self.conflicts.append(f"您删去的“{_short(old['text'])}”没有恢复")
        elif self._untouched(element, old, block):
            self._replace(element, block)
        else:
            self._keep(element, old, block, other)

    def _untouched(self, element: etree._Element, old: Mapping[str, str], block: Block) -> bool:
        return text_of(element) == old["text"] and not is_adorned(element, self._drawn(block))

    def _standing(
        self, old: Mapping[str, str], block: Block
    ) -> tuple[etree._Element | None, etree._Element | None]:
        """这一段在稿子里的元素，与上回附在人改过的表之后、还没有并掉的系统的那张；人只留下一张的，就是那一张。"""
        element, other = (self._elements.get(name) for name in (old["bookmark"], beside(old["bookmark"])))
        if other is None or (element is not None and not self._untouched(element, old, block)):
            return element, other
        if element is not None:
            self._body.remove(element)  # 改回了原样的，与附着的是同一张
        self._rename(other, beside(old["bookmark"]), old["bookmark"])
        return other, None

    def _kept_in_a_shape(self, block: Block, old: Mapping[str, str]) -> bool:
        """LibreOffice 存出来，框成了图形、书签没了；版记的字还在，就不是人删的。"""
        return block.key.startswith(_IMPRINT) and any(
            text_of(item) == old["text"] for item in self._body.iter(f"{_W}p")
        )

    def _insert(self, block: Block) -> None:
        element = self._drawn(block)
        if self._anchor is None:
            self._body.insert(0, element)
        else:
            self._anchor.addnext(element)
        self._settle(element, block)

    def _replace(self, element: etree._Element, block: Block) -> None:
        drawn = self._drawn(block)
        self._body.replace(element, drawn)
        self._settle(drawn, block)

    def _settle(self, element: etree._Element, block: Block) -> None:
        """新排的一段就位：登记它的数与它自己。"""
        self._anchor = element
        self.bound += [(name, self._names[name]) for name in block.figures]
        self.blocks.append({"bookmark": block.bookmark, "key": block.key, "text": block.text})

    def _keep(
        self,
        element: etree._Element,
        old: Mapping[str, str],
        block: Block,
        other: etree._Element | None = None,
    ) -> None:
        """人动过的一段：话留下，刷新数；登记的仍是系统的原话，下次还认得它被动过。"""
        self._refresh(element)
        settle_place(element)
        self._rename(element, old["bookmark"], block.bookmark)
        self.blocks.append({"bookmark": block.bookmark, "key": block.key, "text": block.text})
        self._anchor = element
        changed = _shape(old["text"]) != _shape(block.text)
        if element.tag == f"{_W}tbl" and (changed or other is not None):
            self.conflicts.append(
                f"您改过的表“{_short(old['text'])}”保留，系统的新表附在其后，请合并后删去一张"
            )
            self._set_beside(element, other, old, block, changed=changed)

    def _set_beside(
        self,
        element: etree._Element,
        other: etree._Element | None,
        old: Mapping[str, str],
        block: Block,
        *,
        changed: bool,
    ) -> None:
        """系统的新表附在人改过的那张之后：上回附的没人动过就换成新的，有人动过、行栏又没变的只刷新数。"""
        if other is not None and self._untouched(other, old, block):
            self._body.remove(other)
        elif other is not None and not changed:
            self._rename(other, beside(old["bookmark"]), beside(block.bookmark))
            self._anchor = other
            return
        fresh = self._drawn(block)
        self._rename(fresh, block.bookmark, beside(block.bookmark))
        element.addnext(fresh)
        self.bound += [(name, self._names[name]) for name in block.figures]
        self._anchor = fresh

    def _retire(self, old: Mapping[str, str], element: etree._Element) -> None:
        """系统不再生成的一段。"""
        other = self._elements.get(beside(old["bookmark"]))
        if other is not None and text_of(other) == old["text"] and not is_adorned(other):
            self._body.remove(other)
        if text_of(element) == old["text"] and not is_adorned(element):
            self._body.remove(element)
            return
        self._refresh(element)
        self.conflicts.append(
            f"“{_short(text_of(element))}”所据的记录已变，系统不再生成这一段，您改过的文字保留"
        )

    def _refresh(self, element: etree._Element) -> None:
        """刷新一段里没被手改的数；手改的留下，另行列出。"""
        for mark in list(element.iter(f"{_W}bookmarkStart")):
            item = self._printed.get(mark.get(f"{_W}name", ""))
            if item is not None:
                self._refresh_number(element, mark, item)

    def _refresh_number(self, element: etree._Element, mark: etree._Element, item: Mapping[str, str]) -> None:
        bound = self._fresh.get(item["figure"])
        texts = _between(element, mark)
        shown = "".join(text.text or "" for text in texts)
        if bound is None or not shown:
            self.conflicts.append(
                f"“{item['text']}”（{item['figure']}）现已不在系统所出的文中，保留原数，不再受控"
                if shown
                else f"您删去的“{_short(item['text'])}”没有恢复"
            )
            _unmark(element, mark)
            return
        if shown == item["text"]:
            for place, text in enumerate(texts):
                text.text = bound.text if place == 0 else ""
        else:
            self.conflicts.append(
                f"手改的数“{shown}”保留；{bound.label}按{bound.as_of}口径应为“{bound.text}”"
            )
        name = self._paper.new_bookmark()
        mark.set(f"{_W}name", name)
        _restate(mark, bound)
        self.bound.append((name, bound))

    def _rename(self, element: etree._Element, old: str, new: str) -> None:
        for mark in element.iter(f"{_W}bookmarkStart"):
            if mark.get(f"{_W}name") == old:
                mark.set(f"{_W}name", new)

    def _drawn(self, block: Block) -> etree._Element:
        element = deepcopy(tree(_WRAP.format(block.xml).encode())[0])
        for mark in element.iter(f"{_W}bookmarkStart", f"{_W}bookmarkEnd"):
            mark.set(f"{_W}id", str(_APART + int(mark.get(f"{_W}id", "0"))))
        return element


def text_of(element: etree._Element) -> str:
    """一段或一张表的文字，与登记时的写法一致：栏间制表符，行间换行。"""
    if element.tag == f"{_W}tbl":
        rows = element.iter(f"{_W}tr")
        return "\n".join("\t".join(text_of(cell) for cell in row.iter(f"{_W}tc")) for row in rows)
    kinds = (f"{_W}t", f"{_W}tab")
    pieces = (item for run in element.iter(f"{_W}r") for item in run.iterchildren(*kinds))
    return "".join("\t" if item.tag == f"{_W}tab" else item.text or "" for item in pieces)


def _elements(body: etree._Element, bookmarks: set[str]) -> dict[str, etree._Element]:
    """每个书签所在的、正文直属的那个元素。"""
    found: dict[str, etree._Element] = {}
    for mark in body.iter(f"{_W}bookmarkStart"):
        name = mark.get(f"{_W}name", "")
        if name not in bookmarks or name in found:
            continue
        above = [mark, *mark.iterancestors()]
        found[name] = above[above.index(body) - 1]
    return found


def _between(element: etree._Element, mark: etree._Element) -> list[etree._Element]:
    """一个书签包住的各个文字元素。"""
    found: list[etree._Element] = []
    inside = False
    for item in element.iter(f"{_W}bookmarkStart", f"{_W}bookmarkEnd", f"{_W}t"):
        if item is mark:
            inside = True
        elif inside and item.tag == f"{_W}bookmarkEnd" and item.get(f"{_W}id") == mark.get(f"{_W}id"):
            return found
        elif inside and item.tag == f"{_W}t":
            found.append(item)
    return found


def _restate(mark: etree._Element, bound: Bound) -> None:
    """内容控件上写的口径、两条时间与摘要换成新的；LibreOffice 清空了的补写。"""
    beside = mark.getnext()
    control = beside if beside is not None and beside.tag == f"{_W}sdt" else None
    if control is None:
        control = next(mark.iterancestors(f"{_W}sdt"), None)
    properties = None if control is None else control.find(f"{_W}sdtPr")
    if properties is None:
        return
    for name, words in zip(("alias", "tag"), control_words(bound), strict=True):
        stated = properties.find(f"{_W}{name}")
        if stated is None:
            stated = etree.SubElement(properties, f"{_W}{name}")
        stated.set(f"{_W}val", words)


def _unmark(element: etree._Element, mark: etree._Element) -> None:
    for end in list(element.iter(f"{_W}bookmarkEnd")):
        if end.get(f"{_W}id") == mark.get(f"{_W}id"):
            _drop(end)
    _drop(mark)


def _drop(mark: etree._Element) -> None:
    parent = mark.getparent()
    if parent is not None:
        parent.remove(mark)


def _shape(text: str) -> str:
    """一张表除数以外的样子：行、栏与文字。"""
    return re.sub(r"[\d.,—%]+", "#", text)


def _short(text: str) -> str:
    plain = re.sub(r"\s+", " ", text)
    return plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"


def _identified(core: bytes, token: str) -> bytes:
    """文件属性里的编号换成新的一稿，其余不动。"""
    root = tree(core)
    found = root.find(_DC)
    if found is None:
        found = etree.SubElement(root, _DC)
    found.text = f"{IDENTIFIER}{token}"
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
