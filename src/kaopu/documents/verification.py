"""核验公文：逐个受控数字按它的基准日与取数时刻复算，与文件里印的比对（HANDBOOK §8.4，TRUST §4 不变量 22）。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from lxml import etree

from kaopu.documents.models import OfficialDocument
from kaopu.documents.numbers import printed
from kaopu.documents.queries import document_by_token
from kaopu.figures.definitions import DEFINITIONS
from kaopu.figures.queries import Book, evaluate

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BOOKMARK = re.compile(r"kp_([0-9a-f]{8})_\d+")
MAX_FILE, MAX_PART = 10 * 1024 * 1024, 60 * 1024 * 1024


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
        texts = _bookmarked_texts(_document_xml(path))
    except _Unreadable as error:
        return _unverifiable(str(error))
    tokens = {match.group(1) for name in texts if (match := _BOOKMARK.fullmatch(name))}
    documents = [document for token in sorted(tokens) if (document := document_by_token(token))]
    if len(documents) != 1 or len(tokens) != 1:
        return _unverifiable(
            "文件里没有本系统登记的受控数字，或混有几份文件的数字，无从核验。请用本系统生成的原件。"
        )
    document = documents[0]
    then = evaluate(document.year, as_of=document.as_of, known_at=document.known_at)
    now = evaluate(document.year, as_of=document.as_of)
    findings = [_finding(item, texts.get(item["bookmark"]), then, now) for item in document.figures]
    return Verification(findings=tuple(findings), document=document)


class _Unreadable(Exception):
    """文件读不了，信息里有办法。"""


def _document_xml(path: Path) -> bytes:
    if not path.is_file():
        raise _Unreadable(f"找不到文件：{path}。请核对路径。")
    if path.stat().st_size > MAX_FILE:
        raise _Unreadable("文件超过 10 MB。请去掉图片后重试。")
    try:
        with ZipFile(path) as archive, archive.open("word/document.xml") as part:
            content = part.read(MAX_PART + 1)
    except (BadZipFile, KeyError, OSError, RuntimeError) as error:
        raise _Unreadable("这不是能打开的 .docx 文件。请在 Word 或 WPS 中另存为 .docx 后重试。") from error
    if len(content) > MAX_PART or b"<!DOCTYPE" in content:
        raise _Unreadable("文件内容异常（过大或含外部定义），已拒绝打开。请用原件重试。")
    return content


def _bookmarked_texts(content: bytes) -> dict[str, str]:
    """每个受控书签包住的文字；同名书签以第一个为准。"""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise _Unreadable("文件内容损坏。请用原件重试。") from error
    texts: dict[str, str] = {}
    open_marks: dict[str, str] = {}
    for element in root.iter(f"{_W}bookmarkStart", f"{_W}bookmarkEnd", f"{_W}t"):
        if element.tag == f"{_W}bookmarkStart":
            name = element.get(f"{_W}name", "")
            if _BOOKMARK.fullmatch(name) and name not in texts:
                open_marks[element.get(f"{_W}id", "")] = name
                texts[name] = ""
        elif element.tag == f"{_W}bookmarkEnd":
            open_marks.pop(element.get(f"{_W}id", ""), None)
        else:
            for name in open_marks.values():
                texts[name] += element.text or ""
    return texts


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
