"""公文的存放：在数据目录里以内容摘要为名，存入后不改；取出时核对摘要。"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from django.conf import settings


def _folder() -> Path:
    folder = Path(settings.HOME) / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def draft_path() -> Path:
    """生成中的公文写在这里。"""
    return _folder() / f"{uuid.uuid4()}.docx"


def file_of(sha256: str) -> Path:
    """某份文件所在。"""
    return _folder() / f"{sha256}.docx"


def settle(draft: Path) -> Path:
    """以内容摘要为名存定，返回存处。"""
    return draft.replace(file_of(hashlib.sha256(draft.read_bytes()).hexdigest()))


def keep(path: Path) -> str:
    """存一份（原件不动），返回摘要。"""
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    place = file_of(sha256)
    if not place.is_file():
        beside = draft_path()
        beside.write_bytes(content)
        beside.replace(place)
    return sha256


def is_sound(sha256: str) -> bool:
    """文件在，且内容与摘要相符。"""
    path = file_of(sha256)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
