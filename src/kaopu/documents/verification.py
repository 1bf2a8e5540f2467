"""核验公文：逐个受控数字按它的基准日与取数时刻复算，与文件里印的比对（HANDBOOK §8.4，TRUST §4 不变量 22）。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from kaopu.documents.docx_file import CORE, DOCUMENT, Unreadable, read_parts, tree
from kaopu.documents.gongwen import IDENTIFIER
from kaopu.documents.models import OfficialDocument
from kaopu.documents.numbers import printed
from kaopu.documents.queries import document_by_token
from kaopu.figures.definitions import DEFINITIONS
from kaopu.figures.queries import Book, evaluate

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
_BOOKMARK = re.compile(r"kp_([0-9a-f]{8})_\d+")
_NUMERAL = r"[\d.．十百千万亿]*"  # 紧贴着受控数字的这些字会改变读出的数
_NUMERAL_BEFORE, _NUMERAL_AFTER = re.compile(_NUMERAL + r"\Z"), re.compile(_NUMERAL)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """一个数的核验结论。``state``：equal、changed_since、edited、missing、unknown。"""

    bookmark: str
    figure: str
    label: str
    printed: str
    expected: str
    state: str
    sentence: str

    @property
    def ok(self) -> bool:
        """印的数与当日口径相符（其后记录有变化的，仍算相符，另行说明）。"""
        return self.state in ("equal", "changed_since")


@dataclass(frozen=True, kw_only=True)
class Verification:
    """一份文件的核验结论；没有一个数可核的文件不算通过。"""

    findings: tuple[Finding, ...]
    document: OfficialDocument | None = None

    @property
    def ok(self) -> bool:
        """全部相符。"""
        return bool(self.findings) and all(finding.ok for finding in self.findings)


def verify(path: Path) -> Verification:
    """核验一份 .docx。文件被手工改过、被别的软件另存过都可核；书签没了的数报“无从追溯”。"""
    try:
        parts = read_parts(path, (DOCUMENT, CORE))
        texts = _bookmarked_texts(tree(parts[DOCUMENT]))
        document = _document_of({match[1] for name in texts if (match := _BOOKMARK.fullmatch(name))}, parts)
    except Unreadable as error:
        return _unverifiable(str(error))
    then = evaluate(document.year, as_of=document.as_of, known_at=document.known_at)
    now = evaluate(document.year, as_of=document.as_of)
    findings = [_finding(item, texts.get(item["bookmark"]), then, now) for item in document.figures]
    return Verification(findings=tuple(findings), document=document)


def _document_of(tokens: set[str], parts: dict[str, bytes]) -> OfficialDocument:
    """书签前缀指明的那份公文；书签一个不剩时看文件属性里的编号。"""
    if not tokens and CORE in parts:
        stated = tree(parts[CORE]).findtext(_IDENTIFIER) or ""
        tokens = {stated.removeprefix(IDENTIFIER)} if stated.startswith(IDENTIFIER) else set()
    documents = [document for token in tokens if (document := document_by_token(token))]
    if len(documents) != 1 or len(tokens) != 1:
        raise Unreadable(
            "文件里没有本系统登记的受控数字，或混有几份文件的数字，无从核验。请用本系统生成的原件。"
        )
    return documents[0]


def _bookmarked_texts(root: etree._Element) -> dict[str, str]:
    """每个受控书签包住的文字，连同紧贴在它前后的数字；同名书签以第一个为准。"""
    reading = _Reading()
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
    return reading.texts


class _Reading:
    """顺着正文读下去：哪些书签开着，哪些刚关上、还在等后面紧贴的数字。"""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._open: dict[str, str] = {}
        self._closed: set[str] = set()
        self._before = ""

    def begin_paragraph(self) -> None:
        self._before, self._closed = "", set()

    def begin_bookmark(self, mark: str, name: str) -> None:
        if _BOOKMARK.fullmatch(name) and name not in self.texts:
            self._open[mark] = name
            found = _NUMERAL_BEFORE.search(self._before)
            self.texts[name] = found[0] if found else ""

    def end_bookmark(self, mark: str) -> None:
        if mark in self._open:
            self._closed.add(self._open.pop(mark))

    def read(self, text: str) -> None:
        for name in self._open.values():
            self.texts[name] += text
        found = _NUMERAL_AFTER.match(text)
        glued = found[0] if found else ""
        for name in self._closed:
            self.texts[name] += glued
        if glued != text:
            self._closed = set()
        self._before += text


def _finding(item: dict[str, str], text: str | None, then: Book, now: Book) -> Finding:
    figure = item["figure"]
    expected = printed(then, figure)
    label = _label(figure)
    if text is None:
        state, sentence = "missing", f"{label}：书签已不在文件中，这个数无从追溯（应为{expected}）"
    elif text != expected:
        state, sentence = "edited", f"{label}：文件印“{text}”，按{then.as_of}口径应为“{expected}”"
    elif printed(now, figure) != expected:
        state = "changed_since"
        sentence = f"{label}：{expected}，当时相符；其后录入的记录已使它变为{printed(now, figure)}"
    else:
        state, sentence = "equal", f"{label}：{expected}"
    return Finding(
        bookmark=item["bookmark"], figure=figure, label=label, printed=text or "", expected=expected, state=state,
        sentence=sentence,
    )  # fmt: skip


def _label(figure: str) -> str:
    if figure in DEFINITIONS:
        return f"{DEFINITIONS[figure].label}（{figure}）"
    return f"完成率（{figure}）"


def _unverifiable(sentence: str) -> Verification:
    finding = Finding(
        bookmark="", figure="", label="文件", printed="", expected="", state="unknown", sentence=sentence
    )
    return Verification(findings=(finding,))
