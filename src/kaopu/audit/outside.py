"""库外的树头：每次封存之后抄一行到数据目录，另可抄到第二处；库里的树整个换掉也瞒不过它们。"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from kaopu.audit.models import TreeHead

FILE_NAME = "tree-heads.jsonl"
TAIL_BYTES = 8192


class OutsideHeadsUnreadable(Exception):
    """库外的树头读不懂或写不进，理由与办法见信息。"""


@dataclass(frozen=True, kw_only=True)
class OutsideHead:
    """库外抄存的一个树头。"""

    size: int
    root: str
    where: str


def places() -> list[Path]:
    """抄存树头的各处：数据目录，以及 ``KAOPU_SEAL_COPY`` 所指的第二处。"""
    copies = [Path(settings.SEAL_COPY) / FILE_NAME] if settings.SEAL_COPY else []
    return [Path(settings.HOME) / FILE_NAME, *copies]


def all_heads() -> Iterator[OutsideHead]:
    """各处抄存的全部树头；有一行读不懂即抛出 ``OutsideHeadsUnreadable``。"""
    for path in places():
        if path.is_file():
            lines = _whole_lines(path.read_bytes())
            yield from (_read(line, f"{path} 第{number}行") for number, line in enumerate(lines, start=1))


def last_head(path: Path) -> OutsideHead | None:
    """一处最后抄存的树头；只读文件尾。"""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        lines = _whole_lines(_tail(file))
    return _read(lines[-1], f"{path} 末行") if lines else None


def smallest() -> int:
    """抄得最少的一处抄到第几叶。"""
    return min(found.size if (found := last_head(path)) else 0 for path in places())


def _tail(file: BinaryIO) -> bytes:
    """文件的末一截；读完停在文件尾。"""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL_BYTES))
    return file.read()


def _whole_lines(data: bytes) -> list[str]:
    """完整的各行。末尾没有换行的一段是断电时没写完的，树头在库里，下次补抄。"""
    return data[: data.rfind(b"\n") + 1].decode("utf-8", errors="replace").splitlines()


def _read(line: str, where: str) -> OutsideHead:
    try:
        content = json.loads(line)
        return OutsideHead(size=int(content["size"]), root=str(content["root"]), where=where)
    except (ValueError, KeyError, TypeError) as error:
        raise OutsideHeadsUnreadable(
            f"{where}读不懂，抄存的树头可能被改过。请与另一处抄件、已印公文上的树头核对。"
        ) from error


def publish(heads: Iterable[TreeHead]) -> None:
    """把各处还没有的树头逐行抄上并落盘；``heads`` 须从小到大。"""
    waiting = list(heads)
    for path in places():
        last = last_head(path)
        fresh = [head for head in waiting if last is None or head.size > last.size]
        try:
            _append(path, fresh)
        except OSError as error:
            raise OutsideHeadsUnreadable(
                f"树头抄不到 {path}（{error.strerror}）。请检查目录与权限，再运行 kaopu audit seal。"
            ) from error


def _append(path: Path, heads: list[TreeHead]) -> None:
    if not heads:
        return
    rows = [
        {"size": head.size, "root": head.root, "algorithm": head.algorithm, "at": head.at.isoformat()}
        for head in heads
    ]
    with path.open("a+b") as file:
        tail = _tail(file)
        unfinished = len(tail) - (tail.rfind(b"\n") + 1)  # 上次断电没写完的半行，去掉重抄
        file.truncate(file.tell() - unfinished)
        file.write("".join(json.dumps(row) + "\n" for row in rows).encode())
        file.flush()
        os.fsync(file.fileno())
