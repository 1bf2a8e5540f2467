"""复合文档（.xls 的外壳）：按扇区链取出其中的“Workbook”流。读不通抛 ``ValueError``，由调用者退而求其次。"""

from __future__ import annotations

import struct

FREE, END = 0xFFFFFFFF, 0xFFFFFFFE
_LARGEST_CHAIN = 40_000  # 512 字节一个扇区，20 MB


def workbook_stream(data: bytes) -> bytes:
    """取出 BIFF8 的“Workbook”流。"""
    if len(data) < 512 or data[:4] != b"\xd0\xcf\x11\xe0":
        raise ValueError("不是复合文档")
    return _Compound(data).stream("Workbook")


class _Compound:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = 1 << _u16(data, 30)
        if self.size not in (512, 4096):
            raise ValueError("扇区大小异常")
        self.cutoff = _u32(data, 56)
        self.fat = self._table(self._fat_sectors())
        self.directory = b"".join(self._sector(n) for n in _chain(self.fat, _u32(data, 48)))
        mini = list(_chain(self.fat, _u32(data, 60))) if _u32(data, 64) else []
        self.mini_fat = self._table(mini)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        return self.data[start : start + self.size]

    def _table(self, sectors: list[int]) -> list[int]:
        joined = b"".join(self._sector(number) for number in sectors)
        return list(struct.unpack(f"<{len(joined) // 4}I", joined[: len(joined) // 4 * 4]))

    def _fat_sectors(self) -> list[int]:
        found = [n for n in struct.unpack("<109I", self.data[76:512]) if n < END]
        following = _u32(self.data, 68)
        while following < END and len(found) < _LARGEST_CHAIN:
            block = struct.unpack(f"<{self.size // 4}I", self._sector(following))
            found += [n for n in block[:-1] if n < END]
            following = block[-1]
        return found

    def stream(self, name: str) -> bytes:
        """按名取流；小流在根目录的小扇区里。"""
        root = b""
        for at in range(0, len(self.directory) - 127, 128):
            entry = self.directory[at : at + 128]
            length = _u16(entry, 64)
            title = entry[: max(0, length - 2)].decode("utf-16-le", "replace")
            start, size = _u32(entry, 116), _u32(entry, 120)
            if entry[66] == 5:
                root = b"".join(self._sector(n) for n in _chain(self.fat, start))
            elif title == name and size >= self.cutoff:
                return b"".join(self._sector(n) for n in _chain(self.fat, start))[:size]
            elif title == name:
                return b"".join(root[n * 64 : n * 64 + 64] for n in _chain(self.mini_fat, start))[:size]
        raise ValueError(f"没有 {name} 流")


def _chain(table: list[int], start: int) -> list[int]:
    found: list[int] = []
    while start < END:
        if start >= len(table) or len(found) > _LARGEST_CHAIN:
            raise ValueError("扇区链断了")
        found.append(start)
        start = table[start]
    return found


def _u16(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])
