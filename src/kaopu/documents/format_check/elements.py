"""认出公文各要素：哪段是发文机关标志、发文字号、标题、各级标题、署名、日期、版记（GB/T 9704 第 7 章）。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kaopu.documents.format_check.layout import Layout, Paragraph
from kaopu.documents.seal_line import LINE

NUMBER_LIKE = re.compile(r"[一-龥]{2,15}[\[［〔(（【]\d{2,4}[\]］〕)）】]第?[\s\d]*号")
DATE_LIKE = re.compile(
    r"(?:\d{2,4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日|[〇○零一二三四五六七八九]{4}年.{1,3}月.{1,3}日)"
)
LEVELS = (
    re.compile(r"[一二三四五六七八九十]{1,3}[、.．,，]"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"\d{1,2}[.．、,，](?!\d)"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)
PLACE = "〔此处"  # 留给人写的位置，不是正文
_PART = re.compile(r"第[一二三四五六七八九十]+(?:部分|章)")
_IMPRINT = re.compile(r"^\s*(?:抄送|抄报|主送)[：:]|日印发\s*$")
_COPY_NUMBER, _SECRECY = re.compile(r"\d{6}"), re.compile(r"(?:绝密|机密|秘密)(?:★.*)?|特急|加急|平急")
_ATTACHED = re.compile(r"附件[：:]")
_ANNEX = re.compile(r"附件\s*\d{0,2}")
_NOTE = re.compile(r"[（(].{1,60}[）)]")
_HEAD_WITHIN, _NEAR = 25, 2


@dataclass
class Elements:
    """一份公文的要素；没有的为空。"""

    layout: Layout
    copies: list[Paragraph] = field(default_factory=list)
    mark: Paragraph | None = None
    number: Paragraph | None = None
    title: list[Paragraph] = field(default_factory=list)
    addressee: Paragraph | None = None
    levels: tuple[list[Paragraph], ...] = field(default_factory=lambda: ([], [], [], []))
    body: list[Paragraph] = field(default_factory=list)
    places: list[Paragraph] = field(default_factory=list)
    attachments: list[Paragraph] = field(default_factory=list)
    signature: Paragraph | None = None
    date: Paragraph | None = None
    note: Paragraph | None = None
    imprint: list[Paragraph] = field(default_factory=list)

    def blanks_before(self, paragraph: Paragraph) -> int:
        """紧挨在一段之前有几个空行。"""
        count = 0
        for earlier in reversed(self.layout.paragraphs[: paragraph.order - 1]):
            if not earlier.blank:
                break
            count += 1
        return count


def no_imprint(elements: Elements) -> str:
    """认不出版记的缘由：没有，或装在文本框里（别的软件另存的），格式量不到。"""
    boxed = any(_IMPRINT.search(text) for item in elements.layout.paragraphs for text in item.boxed)
    return "版记装在文本框里，量不到，须人看" if boxed else "没有版记"


def find_elements(layout: Layout) -> Elements:
    """认出各要素。"""
    found = Elements(layout=layout)
    outside = [
        item
        for item in layout.paragraphs
        if not item.in_table and not item.blank and not LINE.fullmatch(item.text.strip())
    ]
    rest = _tail(found, _head(found, outside))
    for item in rest:
        _place_in_body(found, item)
    return found


def _head(found: Elements, outside: Sequence[Paragraph]) -> list[Paragraph]:
    """版头：份号密级、机关标志、发文字号、标题、主送；返回余下各段。"""
    rest = list(outside)
    while rest and (_COPY_NUMBER.fullmatch(rest[0].text.strip()) or _SECRECY.fullmatch(rest[0].text.strip())):
        found.copies.append(rest.pop(0))
    at = next((n for n, item in enumerate(rest[:_HEAD_WITHIN]) if _numbered(item)), None)
    if at is not None:
        found.number = rest[at]
        found.mark = rest[at - 1] if at else None
        rest = rest[at + 1 :]
    elif rest and any(run.red for run in rest[0].printed):
        found.mark = rest.pop(0)
    if rest and _is_title(rest[0]):
        found.title.append(rest.pop(0))
    while found.title and rest and _continues_title(found, rest[0]):
        found.title.append(rest.pop(0))
    if rest and found.title and re.search(r"[：:]\s*$", rest[0].text) and rest[0].width <= 84:
        found.addressee = rest.pop(0)
    return rest


def _numbered(item: Paragraph) -> bool:
    return bool(NUMBER_LIKE.match(re.sub(r"\s", "", item.text)))


def _is_title(item: Paragraph) -> bool:
    centred = item.alignment == "center" and not _PART.match(item.text.strip())
    return centred or any(run.size >= 18 for run in item.printed)


def _continues_title(found: Elements, item: Paragraph) -> bool:
    """标题的下一行：紧挨着、一样大的字。"""
    largest = [max((run.size for run in line.printed), default=0.0) for line in (found.title[-1], item)]
    return _is_title(item) and not found.blanks_before(item) and largest[0] == largest[1]


def _tail(found: Elements, rest: list[Paragraph]) -> list[Paragraph]:
    """署名、日期、附注、版记；返回正文。"""
    at = next((n for n in range(len(rest) - 1, -1, -1) if DATE_LIKE.fullmatch(rest[n].text.strip())), None)
    after = rest if at is None else rest[at + 1 :]
    tabled = [item for item in found.layout.paragraphs if item.in_table and not item.blank]
    last = rest[at].order if at is not None else 0
    for item in [*after, *(cell for cell in tabled if cell.order > last)]:
        if _IMPRINT.search(item.text):
            found.imprint.append(item)
    if at is None:
        return [item for item in rest if item not in found.imprint]
    found.date = rest[at]
    before = rest[at - 1] if at else None
    if (
        before is not None
        and found.date.order - before.order <= _NEAR
        and not before.text.rstrip().endswith("。")
    ):
        found.signature = before
    if after and _NOTE.fullmatch(after[0].text.strip()):
        found.note = after[0]
    body = rest[: at - 1 if found.signature is not None else at]
    # 日期之后的是附件；附件自成一篇，其正文同样要量
    return [*body, *(item for item in after if item is not found.note and item not in found.imprint)]


def _place_in_body(found: Elements, item: Paragraph) -> None:
    text = item.text.strip()
    if text.startswith(PLACE):
        found.places.append(item)
    elif _ATTACHED.match(text) or (
        found.attachments and found.attachments[-1].order == item.order - 1 and _listed(item)
    ):
        found.attachments.append(item)
    elif levels := [level for level, form in enumerate(LEVELS) if form.match(text)]:
        found.levels[levels[0]].append(item)
    elif (
        item.text.strip()
        and item.alignment != "center"
        and not _ANNEX.fullmatch(text)
        and not text.startswith("单位：")
    ):
        found.body.append(item)


def _listed(item: Paragraph) -> bool:
    return bool(re.match(r"\s*\d{1,2}[.．]", item.text))
