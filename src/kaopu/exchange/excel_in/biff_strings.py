"""老格式 .xls 的共用文字：一格里有几种字体的，哪一截是哪种字体（HANDBOOK §7.2 第8条，划掉一截的）。"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
_BYTES = 2  # 一个字在 UTF-16 里占两个字节；字体从第几个字起，也按 UTF-16 数

Parts = list[tuple[str, int | None]]  # 各截文字与字体编号；第一截随这一格的字体，为空


def rich_strings(records: Sequence[bytes]) -> dict[int, Parts]:
    """共用文字表（SST 与接着的 CONTINUE）→ 第几条 → 各截文字与字体编号；只有一种字体的不列。"""
    found: dict[int, Parts] = {}
    if not records:
        return found
    reader = _Reader(records)
    reader.take(4)  # 引用的次数
    for index in range(reader.number("<I")):
        length, flags = reader.number("<H"), reader.number("<B")
        runs = reader.number("<H") if flags & _RICH else 0
        extra = reader.number("<I") if flags & _EXTENDED else 0
        text = reader.characters(length, wide=bool(flags & _WIDE))
        fonts = [(reader.number("<H"), reader.number("<H")) for _ in range(runs)]
        reader.take(extra)
        if fonts:
            found[index] = _parts(text, fonts)
    return found


def _parts(text: bytes, fonts: list[tuple[int, int]]) -> Parts:
    starts: list[tuple[int, int | None]] = [(0, None), *fonts]
    ends = [start for start, _ in starts[1:]] + [len(text) // _BYTES]
    cut = (
        (text[start * _BYTES : end * _BYTES], font) for (start, font), end in zip(starts, ends, strict=True)
    )
    return [(part.decode("utf-16-le"), font) for part, font in cut if part]


class _Reader:
    """一条记录接一条记录地取；文字跨到下一条的，那一条以一个字节说明是宽是窄开头。"""

    def __init__(self, records: Sequence[bytes]) -> None:
        self.records = records
        self.record = self.at = 0

    def take(self, count: int) -> bytes:
        """取若干字节，可跨记录；不够的抛 ``IndexError``。"""
        taken = b""
        while len(taken) < count:
            self._next()
            taken += self._take(count - len(taken))
        return taken

    def number(self, form: str) -> int:
        """取一个数。"""
        return int(struct.unpack(form, self.take(struct.calcsize(form)))[0])

    def characters(self, count: int, *, wide: bool) -> bytes:
        """取若干个字，一律给成 UTF-16（小端）。"""
        text = b""
        while len(text) < count * _BYTES:
            if self._next():
                wide = bool(self._take(1)[0] & _WIDE)
            left = count - len(text) // _BYTES
            part = self._take(left * (_BYTES if wide else 1))
            text += part if wide else part.decode("latin-1").encode("utf-16-le")
        return text

    def _next(self) -> bool:
        """这一条取完了，换下一条。"""
        over = self.at >= len(self.records[self.record])
        if over:
            self.record, self.at = self.record + 1, 0
            self.records[self.record]  # 没有下一条即读不通
        return over

    def _take(self, count: int) -> bytes:
        part = self.records[self.record][self.at : self.at + count]
        self.at += len(part)
        return part
