"""核验公文：逐个受控数字按它的基准日与取数时刻复算，与文件里印的比对（HANDBOOK §8.4，TRUST §4 不变量 22）。"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from kaopu.audit.models import Past, TreeHead
from kaopu.documents.docx_file import CORE, DOCUMENT, Unreadable, read_parts, tree
from kaopu.documents.finishing import BLANK_NUMBER
from kaopu.documents.gongwen import ALLOWED, IDENTIFIER, beside
from kaopu.documents.models import OfficialDocument
from kaopu.documents.queries import (
    document_by_token,
    frozen_sha256,
    has_number_line,
    number_of,
    number_taken,
    state_of,
    steps_of,
)
from kaopu.documents.seal_line import LINE, stated_seal
from kaopu.domain.days import chinese_day
from kaopu.domain.document_states import DOCUMENT_STATE_LABELS, DocumentState
from kaopu.domain.typography import same_words
from kaopu.figures.later import LaterFacts, pages_of
from kaopu.figures.ledger import Ledger

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
_BOOKMARK = re.compile(r"kp_([0-9a-f]{8})_\d+")
_BLOCK = re.compile(r"kpb_[0-9a-f]{8}_\d+")
_NUMERAL = r"[\d.．十百千万亿]*"  # 紧贴着受控数字的这些字会改变读出的数
_NUMERAL_BEFORE, _NUMERAL_AFTER = re.compile(_NUMERAL + r"\Z"), re.compile(_NUMERAL)
_NUMBER_LINE = re.compile(r"[一-龥]{2,15}〔\d{4}〕\d+号")
_LATER_AT_MOST = 5
EQUAL, CHANGED, EDITED, MISSING, UNBOUND, UNKNOWN = (
    "equal", "changed_since", "edited", "missing", "unbound", "unknown",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Finding:
    """一个数的核验结论。``state``：equal、changed_since、edited、missing、unbound、unknown。"""

    bookmark: str
    figure: str
    label: str
    printed: str
    expected: str
    state: str
    sentence: str
    later: tuple[str, ...] = ()
    page: tuple[str, str | int] | None = None  # 逐字引用的记录在哪一页：项目、督办单、会议、问题

    @property
    def ok(self) -> bool:
        """印的数与当日口径相符（其后记录有变化的仍算相符；人写的数没有来历，只列出，不算错）。"""
        return self.state in (EQUAL, CHANGED, UNBOUND)


@dataclass(frozen=True, kw_only=True)
class Verification:
    """一份文件的核验结论；没有一个数可核的文件不算通过。"""

    findings: tuple[Finding, ...]
    document: OfficialDocument | None = None
    standing: str = ""  # 这份公文办到哪一步：草稿、已印发、已作废

    @property
    def ok(self) -> bool:
        """全部相符。"""
        return self.count(UNBOUND) < len(self.findings) and all(finding.ok for finding in self.findings)

    def count(self, *states: str) -> int:
        """处于某些结论的数有几个。"""
        return sum(finding.state in states for finding in self.findings)


def verify(path: Path, *, past: Past | None = None) -> Verification:
    """核验一份 .docx，按现在的或当时的所知。文件被手工改过、被别的软件另存过都可核；书签没了的数报“无从追溯”。"""
    try:
        reading, document = identified(path)
    except Unreadable as error:
        return _unverifiable(str(error))
    then = Ledger(year=document.year, as_of=document.as_of, known_at=document.known_at)
    now = Ledger(year=document.year, as_of=document.as_of, known_at=past.known_at if past else None)
    for ledger in (then, now):
        ledger.prefetch(item["figure"] for item in document.figures)
    later = LaterFacts(document.known_at, until=now.known_at)
    pages = pages_of(item["figure"] for item in document.figures)
    findings = [
        replace(
            _finding(item, reading.texts.get(item["bookmark"]), then, now, later),
            page=pages.get(item["figure"]),
        )
        for item in document.figures
    ]
    unbound = [_unbound(number, sentence) for number, sentence in reading.unbound(document)]
    # 早先出的公文没有登记各段，分不出哪些是人写的
    unbound = unbound if document.blocks else []
    others = (*unbound, *_numbered(reading, document, past), *_sealed(reading))
    return Verification(findings=(*findings, *others), document=document, standing=_standing(path, document))


def identified(path: Path) -> tuple[Reading, OfficialDocument]:
    """读一份文件，认出是登记过的哪一份；认不出抛出 ``Unreadable``。"""
    parts = read_parts(path, (DOCUMENT, CORE))
    root = tree(parts[DOCUMENT])
    reading = read_bookmarks(root)
    tokens = {match[1] for name in reading.texts if (match := _BOOKMARK.fullmatch(name))}
    document = _document_of(tokens, parts)
    if len(tokens) > 1:  # 从别的公文粘来的数，在这一份里没有登记，与人写的一样看
        reading = read_bookmarks(root, token=document.token)
    reading.stated = stated_seal(parts[CORE]) if CORE in parts else None
    return reading, document


def _document_of(tokens: set[str], parts: dict[str, bytes]) -> OfficialDocument:
    """书签前缀指明的那份公文；一个不剩，或粘进了别的公文的数的，看文件属性里的编号。"""
    if len(tokens) != 1 and CORE in parts:
        stated = (tree(parts[CORE]).findtext(_IDENTIFIER) or "").partition(IDENTIFIER)[2]
        tokens = {stated} if stated and (not tokens or stated in tokens) else tokens
    documents = [document for token in tokens if (document := document_by_token(token))]
    if len(documents) != 1 or len(tokens) != 1:
        raise Unreadable(
            "文件里没有本系统登记的受控数字，或混有几份文件的数字，无从核验。请用本系统生成的原件。"
        )
    return documents[0]


def read_bookmarks(root: etree._Element, token: str = "") -> Reading:
    """每个受控书签包住的文字，连同紧贴在它前后的数字；同名书签以第一个为准。给了 ``token`` 的只认这一份的书签。"""
    reading = Reading(token)
    for element in root.iter(*(f"{_W}{name}" for name in ("p", "bookmarkStart", "bookmarkEnd", "t"))):
        mark = element.get(f"{_W}id", "")
        if element.tag == f"{_W}p":
            reading.begin_paragraph()
        elif element.tag == f"{_W}bookmarkStart":
            reading.begin_bookmark(mark, element.get(f"{_W}name", ""))
        elif element.tag == f"{_W}bookmarkEnd":
            reading.end_bookmark(mark)
        else:
            reading.read(element.text or "")
    reading.begin_paragraph()
    return reading


class Reading:
    """顺着正文读下去：哪些书签开着，哪些刚关上、还在等后面紧贴的数字。"""

    def __init__(self, token: str = "") -> None:
        self._token = token
        self.texts: dict[str, str] = {}
        self.stated: tuple[int, str] | None = None  # 文件属性里写的树头
        self._marks: set[str] = set()
        self._open: dict[str, str] = {}
        self._closed: set[str] = set()
        self._before = ""
        self._plain: list[str] = []
        self._paragraphs: list[tuple[str, str]] = []

    def begin_paragraph(self) -> None:
        """新的一段：记下前一段的全文与受控数字以外的文字。"""
        if self._before:
            self._paragraphs.append((self._before, "".join(self._plain)))
        self._before, self._closed, self._plain = "", set(), []

    def unbound(self, document: OfficialDocument) -> list[tuple[str, str]]:
        """说不清来历的数：受控数字、年月日、文号与序数以外的，连同所在的一段；原样未动的段不算。"""
        ours: Counter[str] = Counter()
        for block in document.blocks:
            ours.update(re.split(r"[\n\t]", block["text"]) * (1 + (beside(block["bookmark"]) in self._marks)))
        found = []
        # 带着受控数字的先占：人新加的一格写得同我们的某一格一样，也不当是我们的
        for text, plain in sorted(self._paragraphs, key=lambda pair: pair[0] == pair[1]):
            if LINE.fullmatch(text.strip()):
                continue
            if ours[text]:
                ours[text] -= 1
                continue
            found += [(number, text) for number in re.findall(r"\d[\d.,，]*%?", ALLOWED.sub("", plain))]
        return found

    @property
    def printed(self) -> re.Match[str] | None:
        """印出的树头小字。"""
        found = (LINE.fullmatch(text.strip()) for text, _ in self._paragraphs)
        return next((match for match in found if match), None)

    @property
    def number(self) -> str:
        """印出的发文字号：独占一段的那一行；还空着的没有。"""
        return next(
            (text.strip() for text, _ in self._paragraphs if _NUMBER_LINE.fullmatch(text.strip())), ""
        )

    @property
    def number_is_blank(self) -> bool:
        """发文字号还空着：草稿。"""
        return any(BLANK_NUMBER.fullmatch(text.strip()) for text, _ in self._paragraphs)

    def begin_bookmark(self, mark: str, name: str) -> None:
        self._marks.add(name)
        found = _BOOKMARK.fullmatch(name)
        if found and name not in self.texts and self._token in ("", found[1]):
            self._open[mark] = name
            glued = _NUMERAL_BEFORE.search(self._before)
            self.texts[name] = glued[0] if glued else ""

    def end_bookmark(self, mark: str) -> None:
        if mark in self._open:
            self._closed.add(self._open.pop(mark))

    def read(self, text: str) -> None:
        for name in self._open.values():
            self.texts[name] += text
        self._plain.append("" if self._open else text)
        found = _NUMERAL_AFTER.match(text)
        glued = found[0] if found else ""
        for name in self._closed:
            self.texts[name] += glued
        if glued != text:
            self._closed = set()
        self._before += text


def _finding(item: dict[str, str], text: str | None, then: Ledger, now: Ledger, facts: LaterFacts) -> Finding:
    figure = item["figure"]
    expected, label = then.printed(figure), f"{item.get('label') or _label(figure, then)}（{figure}）"
    later: tuple[str, ...] = ()
    if text is None:
        state, sentence = MISSING, f"{label}：书签已不在文件中，这个数无从追溯（应为{expected}）"
    elif not same_words(text, expected):
        state, sentence = EDITED, f"{label}：文件印“{text}”，按{then.as_of}口径应为“{expected}”"
    elif (today := now.later(figure)) != expected:
        state, later = CHANGED, _later(figure, then, now, facts)
        sentence = f"{label}：{expected}，当时相符；其后录入的记录已使它变为{today}"
    else:
        state, sentence = EQUAL, f"{label}：{expected}"
    return Finding(
        bookmark=item["bookmark"], figure=figure, label=label, printed=text or "", expected=expected, state=state,
        sentence=sentence, later=later,
    )  # fmt: skip


def _label(figure: str, ledger: Ledger) -> str:
    try:
        return ledger.figure(figure).label
    except (KeyError, ValueError):
        return "口径"


def _later(figure: str, then: Ledger, now: Ledger, facts: LaterFacts) -> tuple[str, ...]:
    """使它变了的、后来录入的事实，至多五条；成员有进出的只看进出的项目。"""
    before, after = set(then.figure(figure).members), set(now.figure(figure).members)
    found, total = facts.about((before ^ after) or (before | after), first=_LATER_AT_MOST)
    shown = [fact.sentence for fact in found]
    more = [f"另有 {total - len(shown)} 条"] if total > len(shown) else []
    return (*shown, *more)


def _unbound(number: str, text: str) -> Finding:
    return Finding(
        bookmark="", figure="", label="人写的数", printed=number, expected="", state=UNBOUND,
        sentence=f"“{text[:30]}{'…' if len(text) > 30 else ''}”里的“{number}”是人写的，没有来历可核",
    )  # fmt: skip


def _numbered(reading: Reading, document: OfficialDocument, past: Past | None) -> list[Finding]:
    """公文上印的发文字号与文号台账相比；没有取过号的、拿草稿来核的不论。"""
    row = number_taken(document, past)
    if row is None or not has_number_line(document) or reading.number_is_blank:
        return []
    expected, printed = str(row), reading.number
    if printed == expected:
        state, sentence = (
            EQUAL,
            f"发文字号：{expected}，与文号台账相符{'；此号已作废' if row.state == 'void' else ''}",
        )
    elif printed:
        state, sentence = EDITED, f"发文字号：文件印“{printed}”，文号台账上是“{expected}”"
    else:
        state, sentence = MISSING, f"发文字号：已不在文件中，文号台账上是“{expected}”"
    return [
        Finding(bookmark="", figure="", label="发文字号", printed=printed, expected=expected, state=state, sentence=sentence)
    ]  # fmt: skip


def _standing(path: Path, document: OfficialDocument) -> str:
    """办到哪一步，一句话；数都对而已作废的，也要说出来。"""
    steps = steps_of(document)
    state = state_of(steps)
    if state == DocumentState.VOIDED:
        return f"这份公文已于{chinese_day(steps[-1].on)}作废：{steps[-1].text}。"
    if hasattr(document, "superseded_by"):
        return "这一稿已有接续的新稿。"
    if state != DocumentState.ISSUED:
        return f"这份公文还没有印发，现状：{DOCUMENT_STATE_LABELS[state]}。"
    same = hashlib.sha256(path.read_bytes()).hexdigest() == frozen_sha256(document)
    number = number_of(document)
    return (
        f"这份公文已印发{f'，{number}' if number else ''}；"
        f"{'文件就是存档的那一份' if same else '文件不是存档的那一份，另存过或改过'}。"
    )


def _sealed(reading: Reading) -> list[Finding]:
    """公文上印的树头：与文件属性里的全值、与库里封存的树头相比；没有印过的不论。"""
    printed, stated = reading.printed, reading.stated
    if printed is None and stated is None:
        return []
    size = int(printed[1]) if printed else stated[0] if stated else 0
    head = TreeHead.objects.filter(size=size).first()
    expected = f"{head.size}:{head.root[:16]}" if head else ""
    shown = f"{printed[1]}:{printed[2]}" if printed else ""
    if not shown:
        state, sentence = MISSING, f"留痕树头：小字已不在文件中，应为“{expected}”"
    elif head is None or shown != expected or (stated is not None and stated != (head.size, head.root)):
        state = EDITED
        sentence = (
            f"留痕树头：文件印“{shown}”，与封存的（{expected or '没有这么多叶的树头'}）或文件属性里的不符"
        )
    else:
        state = EQUAL
        sentence = f"留痕树头：{shown}，与封存的树头相符；从头核对请运行 kaopu audit verify --head {shown}"
    return [
        Finding(
            bookmark="",
            figure="",
            label="留痕树头",
            printed=shown,
            expected=expected,
            state=state,
            sentence=sentence,
        )
    ]


def _unverifiable(sentence: str) -> Verification:
    finding = Finding(
        bookmark="", figure="", label="文件", printed="", expected="", state=UNKNOWN, sentence=sentence
    )
    return Verification(findings=(finding,))
