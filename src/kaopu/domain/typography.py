"""印刷的写法：记录里的直引号，印在公文上成对写作中文引号（GB/T 15834）。"""

from __future__ import annotations

_STRAIGHT = str.maketrans({"“": '"', "”": '"'})


def typeset(text: str) -> str:
    """直双引号成对改作“”；落单的不猜，照原样。"""
    parts = text.split('"')
    if len(parts) % 2 == 0:
        return text
    return "".join(
        part if not order else f"{'“' if order % 2 else '”'}{part}" for order, part in enumerate(parts)
    )


def same_words(one: str, other: str) -> bool:
    """除引号是直是弯以外，一字不差。"""
    return one.translate(_STRAIGHT) == other.translate(_STRAIGHT)
