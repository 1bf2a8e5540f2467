"""样式的编号：LibreOffice、WPS 另存时把“KpBody”换成自己的编号，只留中文名；按名认回来，缺了的补上，排版才不丢。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from kaopu.documents.docx_file import tree

STYLES_PART = "word/styles.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL, _ID = f"{_W}val", f"{_W}styleId"
_POINTERS = tuple(f"{_W}{name}" for name in ("pStyle", "basedOn", "next", "link"))


def with_our_styles(parts: Mapping[str, bytes], ours: bytes) -> dict[str, bytes]:
    """把 ``parts`` 里的公文样式换回 ``ours``（另一份 styles.xml）的编号，没有的样式照 ``ours`` 补上；本来就对的原样返回。"""
    if STYLES_PART not in parts:
        return dict(parts)
    wanted = {name: style for name, style in _by_name(tree(ours)).items() if _is_ours(style)}
    root = tree(parts[STYLES_PART])
    found = _by_name(root)
    renamed = {
        found[name].get(_ID, ""): style.get(_ID, "")
        for name, style in wanted.items()
        if name in found and found[name].get(_ID) != style.get(_ID)
    }
    missing = [style for name, style in wanted.items() if name not in found]
    if not renamed and not missing:
        return dict(parts)
    for style in found.values():
        style.set(_ID, renamed.get(style.get(_ID, ""), style.get(_ID, "")))
    root.extend(missing)
    _point(root.iter(*_POINTERS), renamed)
    changed = {**parts, STYLES_PART: _written(root)}
    return changed if not renamed else {**changed, **_pointed(changed, renamed)}


def _pointed(parts: Mapping[str, bytes], renamed: Mapping[str, str]) -> dict[str, bytes]:
    """正文、页眉页脚、脚注各部分里指向样式的，一并换过来。"""
    changed = {}
    for name, content in parts.items():
        if (
            name.startswith("word/")
            and name.endswith(".xml")
            and b"pStyle" in content
            and name != STYLES_PART
        ):
            root = tree(content)
            _point(root.iter(f"{_W}pStyle"), renamed)
            changed[name] = _written(root)
    return changed


def _point(pointers: Iterable[etree._Element], renamed: Mapping[str, str]) -> None:
    for pointer in pointers:
        pointer.set(_VAL, renamed.get(pointer.get(_VAL, ""), pointer.get(_VAL, "")))


def _is_ours(style: etree._Element) -> bool:
    return style.get(_ID, "").startswith("Kp")


def _by_name(root: etree._Element) -> dict[str, etree._Element]:
    """各段落样式，按中文名。"""
    styles = root.iter(f"{_W}style")
    named = ((style.find(f"{_W}name"), style) for style in styles if style.get(f"{_W}type") == "paragraph")
    return {name.get(_VAL, ""): style for name, style in named if name is not None}


def _written(root: etree._Element) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
