"""上传来核验、送核或接续的文件：只存临时文件，办完即删。"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile


@contextmanager
def temporary(upload: UploadedFile[Any]) -> Iterator[Path]:
    """把上传的文件暂存为一个 .docx，用完即删。"""
    with tempfile.TemporaryDirectory(prefix="kaopu-document-") as folder:
        path = Path(folder) / f"{uuid.uuid4()}.docx"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        yield path
