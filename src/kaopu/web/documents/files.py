"""生成的公文存在数据目录里，以内容摘要为名；上传核验的只存临时文件，验完即删。"""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile


def _folder() -> Path:
    folder = Path(settings.HOME) / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def draft_path() -> Path:
    """生成中的公文写在这里。"""
    return _folder() / f"{uuid.uuid4()}.docx"


def file_of(sha256: str) -> Path:
    """已生成的公文所在。"""
    return _folder() / f"{sha256}.docx"


def settle(draft: Path) -> Path:
    """以内容摘要为名存定，返回存处。"""
    return draft.replace(file_of(hashlib.sha256(draft.read_bytes()).hexdigest()))


@contextmanager
def temporary(upload: UploadedFile[Any]) -> Iterator[Path]:
    """把上传的文件暂存为一个 .docx，用完即删。"""
    with tempfile.TemporaryDirectory(prefix="kaopu-verify-") as folder:
        path = Path(folder) / f"{uuid.uuid4()}.docx"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        yield path
