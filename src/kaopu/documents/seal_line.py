"""树头小字：印发时把最近一次封存的树头印在末页页脚之下，全值写进文件属性；日后凭它核对留痕没有被改（TRUST §1 规则 5）。

小字框在版心与页码之外，不占行，不动 GB/T 9704 的版式。
"""

from __future__ import annotations

import re

from django.utils import timezone
from lxml import etree

from kaopu.audit.models import TreeHead
from kaopu.documents.docx_file import tree

LINE = re.compile(r"留痕树头 (\d+):([0-9a-f]{16})（\d{4}-\d\d-\d\d \d\d:\d\d 封存）")
STATED = re.compile(r"留痕树头 (\d+):([0-9a-f]{64})")
_W_URI = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_W_URI}}}"
_DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
_ABOVE_THE_EDGE = 964  # 距纸的下缘 17 mm：在页码（距下缘 23 mm）之下，打印机印得到
_PARAGRAPH = (
    f'<w:p xmlns:w="{_W_URI}"><w:pPr><w:framePr w:w="8844" w:wrap="around" w:vAnchor="page" w:hAnchor="margin" '
    'w:xAlign="center" w:y="{y}"/><w:spacing w:before="0" w:after="0" w:line="200" w:lineRule="exact"/><w:jc w:val="center"/>'
    '</w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体" '
    'w:hint="eastAsia"/><w:sz w:val="13"/><w:szCs w:val="13"/></w:rPr><w:t xml:space="preserve">{line}</w:t></w:r></w:p>'
)


def seal_line(head: TreeHead) -> str:
    """印出的一行：叶数、树根的前 16 位、封存的时刻。"""
    return f"留痕树头 {head.size}:{head.root[:16]}（{timezone.localtime(head.at):%Y-%m-%d %H:%M} 封存）"


def print_seal(body: etree._Element, head: TreeHead) -> None:
    """把小字框在末页：挂在正文最后一个不带框的段落前，随它落在末页。"""
    ends = [child for child in body.iterchildren(f"{_W}p") if child.find(f"{_W}pPr/{_W}framePr") is None]
    size = body.find(f"{_W}sectPr/{_W}pgSz")
    height = 16838 if size is None else int(size.get(f"{_W}h", "16838"))
    ends[-1].addprevious(
        etree.fromstring(_PARAGRAPH.format(y=height - _ABOVE_THE_EDGE, line=seal_line(head)))
    )


def state_seal(core: bytes, head: TreeHead) -> bytes:
    """文件属性的“备注”写上树头全值。"""
    root = tree(core)
    found = root.find(_DESCRIPTION)
    if found is None:
        found = etree.SubElement(root, _DESCRIPTION)
    found.text = f"留痕树头 {head}"
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content


def stated_seal(core: bytes) -> tuple[int, str] | None:
    """文件属性里写的树头：叶数与树根全值。"""
    found = STATED.search(tree(core).findtext(_DESCRIPTION) or "")
    return (int(found[1]), found[2]) if found else None
