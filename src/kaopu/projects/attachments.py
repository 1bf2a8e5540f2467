"""附件的收下：照片重新编码，文件原样（TRUST §3）。"""

from __future__ import annotations

from pathlib import PurePosixPath

from kaopu.domain.attachments import FILE_TYPES, AttachmentKind, Received, clean_file_name, kind_of
from kaopu.projects.photos import reencode


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
