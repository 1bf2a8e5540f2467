"""附件的收下与存放：照片重新编码，文件原样；在数据目录里以内容摘要为名，先落盘后记录，存入后不改（TRUST §3）。"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from django.conf import settings

from kaopu.domain.attachments import FILE_TYPES, AttachmentKind, Received, clean_file_name, kind_of
from kaopu.projects.photos import reencode

STRAY_AFTER_SECONDS = 3600
"""没有记录的文件过了这么久才算多余：刚落盘、还没有记完的不算。"""


def receive(name: str, content: bytes) -> Received:
    """查验一个上传的文件；不收的抛出 ``AttachmentRefused``。照片在这里重新编码，费时，不要放在事务里。"""
    name = clean_file_name(name)
    kind = kind_of(name, content)
    if kind is AttachmentKind.FILE:
        media_type = FILE_TYPES[PurePosixPath(name).suffix]
        return Received(name=name, kind=kind, media_type=media_type, content=content)
    photo, preview = reencode(name, content)
    name = str(PurePosixPath(name).with_suffix(".jpg"))
    return Received(name=name, kind=kind, media_type="image/jpeg", content=photo, preview=preview)


def _folder() -> Path:
    return Path(settings.HOME) / "attachments"


def file_of(sha256: str) -> Path:
    """某份内容所在；名字只由摘要定，与上传的文件名无关。"""
    return _folder() / sha256


def keep(content: bytes) -> str:
    """存一份并落盘，返回摘要；同样的内容只存一份。"""
    sha256 = hashlib.sha256(content).hexdigest()
    place = file_of(sha256)
    if is_sound(sha256):
        os.utime(place)  # 重新用上了：别在记录之前被当成多余的
        return sha256
    _folder().mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{uuid.uuid4()}")
    with beside.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(place)
    _settle_folder()
    return sha256


def _settle_folder() -> None:
    """改名也要落盘；Windows 打不开目录，由它自己管。"""
    if os.name == "nt":
        return
    folder = os.open(_folder(), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def is_sound(sha256: str) -> bool:
    """文件在，且内容与摘要相符。"""
    path = file_of(sha256)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def strays(known: Collection[str]) -> list[Path]:
    """没有记录的文件：多为办理半途中断所留。"""
    if not _folder().is_dir():
        return []
    before = time.time() - STRAY_AFTER_SECONDS
    found = (path for path in _folder().iterdir() if path.name not in known)
    return sorted(path for path in found if path.stat().st_mtime < before)
