"""文件的存放：在数据目录里以内容摘要为名，先落盘后记录，存入后不改；取出时核对摘要（TRUST §3）。附件与公文同此。"""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

STRAY_AFTER_SECONDS = 3600
"""没有记录的文件过了这么久才算多余：刚落盘、还没有记完的不算。"""


@dataclass(frozen=True, kw_only=True)
class Storage:
    """数据目录里的一个文件夹；文件名只由摘要定，与上传的文件名无关。"""

    name: str
    suffix: str = ""

    @property
    def folder(self) -> Path:
        """所在的文件夹；还没有存过的没有。"""
        return Path(settings.HOME) / self.name

    def file_of(self, sha256: str) -> Path:
        """某份内容所在。"""
        return self.folder / f"{sha256}{self.suffix}"

    def keep(self, content: bytes) -> str:
        """存一份并落盘，返回摘要；同样的内容只存一份。"""
        sha256 = hashlib.sha256(content).hexdigest()
        place = self.file_of(sha256)
        if self.is_sound(sha256):
            os.utime(place)  # 重新用上了：别在记录之前被当成多余的
            return sha256
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{uuid.uuid4()}")
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
        self._settle()
        return sha256

    def _settle(self) -> None:
        """改名也要落盘；Windows 打不开目录，由它自己管。"""
        if os.name == "nt":
            return
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def is_sound(self, sha256: str) -> bool:
        """文件在，且内容与摘要相符。"""
        path = self.file_of(sha256)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256

    def strays(self, known: Collection[str]) -> list[Path]:
        """没有记录的文件：多为办理半途中断所留。"""
        if not self.folder.is_dir():
            return []
        before = time.time() - STRAY_AFTER_SECONDS
        found = (path for path in self.folder.iterdir() if path.name.removesuffix(self.suffix) not in known)
        return sorted(path for path in found if path.stat().st_mtime < before)


ATTACHMENTS = Storage(name="attachments")
DOCUMENTS = Storage(name="documents", suffix=".docx")
