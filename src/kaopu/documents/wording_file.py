"""措辞表的文件：一句一段写成 .docx 给人改，改好了读回来，逐句说明收不收（HANDBOOK §8.4）。"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.document import Document as DocxDocument

from kaopu.documents.docx_file import DOCUMENT, read_parts, tree
from kaopu.documents.gongwen import UnboundNumber, refuse_unbound
from kaopu.documents.kinds.kind import Kind
from kaopu.documents.template import HEADER_SLOT, STYLES, built_in_template
from kaopu.documents.wording import SLOT, Changed, Words

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NAMED = re.compile(r"［([^］]+)］(.*)", re.DOTALL)
_NOTE = "※"
_GUIDE = (
    "※ 这是“{label}”的措辞表：一句一段，方括号里是句名，请勿改动。句名之后的话可以改、可以整段删去；一句要写成几段的，另起一段接着写。",
    "※ 花括号里的是位置，由系统填数或引记录：可以挪动，可以不用，不能自造。数字不要手写，手写的没有来历，不收。",
    "※ 改好后在“公文、措辞”页上传即用；已起草的公文不变。以“※”开头的各段不读。",
)


class WordingRefused(Exception):
    """措辞表不能收，逐条理由与办法见信息。"""


def write_wording(kind: Kind, changed: Changed) -> bytes:
    """一个文种现用的措辞，写成 .docx。"""
    document = Document(BytesIO(built_in_template()))
    _name_header(document)
    document.element.body.remove(document.paragraphs[0]._p)
    styles = {style.id: style.name for style in STYLES}
    for guide in _GUIDE:
        document.add_paragraph(guide.format(label=kind.label), style=styles["KpFlush"])
    words = Words(own=kind.wording, changed=changed)
    for name, sentence in kind.wording.items():
        for order, line in enumerate(words.lines(name)):
            document.add_paragraph(line if order else f"［{name}］{line}", style=styles[sentence.style])
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _name_header(document: DocxDocument) -> None:
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        for run in header.paragraphs[0].runs:
            run.text = run.text.replace(HEADER_SLOT, "措辞表")


def read_wording(kind: Kind, path: Path) -> dict[str, list[str]]:
    """读回一张措辞表，返回改过的各句；与自带的一样的不列。不能收的抛出 ``WordingRefused``，读不了的 ``Unreadable``。"""
    found: dict[str, list[str]] = {}
    problems: list[str] = []
    strange: list[str] = []
    name = ""
    for text in _paragraphs(path):
        if text.startswith(_NOTE):
            continue
        if named := _NAMED.fullmatch(text):
            name, text = named[1], named[2].strip()
            if name not in kind.wording:
                problems.append(f"“{kind.label}”没有“{name}”这一句。请用新下载的措辞表改")
                strange.append(name)
                continue
            if name in found:
                problems.append(f"“{name}”写了两次。请只留一处，要写成几段的不要重复句名")
            found[name] = [text] if text else []
        elif not name:
            problems.append(f"“{text[:20]}”不知道属于哪一句。请写在某一句之后")
            continue
        elif name in kind.wording:
            found[name].append(text)
        problems += _flaws(kind, name, text)
    if strange and len(strange) > len(found):
        raise WordingRefused(f"这不是“{kind.label}”的措辞表，多数句名对不上。请核对是不是传错了文种。")
    if not found:
        problems.append("没有读到一句带句名的话。请用新下载的措辞表改")
    if problems:
        raise WordingRefused("；".join(dict.fromkeys(problems)) + "。")
    own = {key: [sentence.text] for key, sentence in kind.wording.items()}
    return {key: found.get(key, []) for key in own if found.get(key, []) != own[key]}


def _flaws(kind: Kind, name: str, text: str) -> list[str]:
    """一段话里不能收的：自造的位置，没配对的花括号，手写的数字。"""
    if name not in kind.wording:
        return []
    allowed = kind.wording[name].slots
    flaws = [
        f"“{name}”里没有“{{{slot}}}”这个位置，能用的是{'、'.join(sorted(allowed)) or '（没有）'}"
        for slot in SLOT.findall(text)
        if slot not in allowed
    ]
    literal = SLOT.split(text)[::2]
    if any("{" in part or "}" in part for part in literal):
        flaws.append(f"“{name}”里的花括号没有配对")
    try:
        for part in literal:
            refuse_unbound(part)
    except UnboundNumber as error:
        flaws.append(f"“{name}”：{str(error).rstrip('。')}")
    return flaws


def _paragraphs(path: Path) -> list[str]:
    """正文各段的文字，空段不要；只读字，不管样式。输入法打出的全角花括号照认。"""
    body = tree(read_parts(path, (DOCUMENT,))[DOCUMENT]).find(f"{_W}body")
    paragraphs = [] if body is None else list(body.iter(f"{_W}p"))
    texts = ["".join(part.text or "" for part in item.iter(f"{_W}t")).strip() for item in paragraphs]
    return [text.replace("｛", "{").replace("｝", "}") for text in texts if text]
