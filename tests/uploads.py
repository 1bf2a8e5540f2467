"""测试用的上传文件：照片、文档各一种正经的，毛病由各测试自己加。"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(
    size: tuple[int, int] = (40, 30), *, format: str = "JPEG", mode: str = "RGB", colour: Any = "red",
    **options: Any,
) -> bytes:  # fmt: skip
    """一张纯色的图。"""
    written = io.BytesIO()
    Image.new(mode, size, colour).save(written, format, **options)
    return written.getvalue()


def package(parts: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """一个压缩包。"""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return written.getvalue()


def docx(**extra: bytes) -> bytes:
    """一份最小的 .docx。"""
    return package({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b"<a/>", **extra})


def upload(name: str = "现场.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    """浏览器传来的一个文件。"""
    return SimpleUploadedFile(name, picture() if content is None else content)
