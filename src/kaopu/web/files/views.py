"""附件：一律下载，只有重新编码过的照片小样可在页面上看（TRUST §3）。看不见那件事的人，这里也是 404。"""

from __future__ import annotations

import uuid

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase

from kaopu.domain.attachments import AttachmentKind
from kaopu.domain.rights import Thing
from kaopu.projects.models import Attachment
from kaopu.projects.storage import ATTACHMENTS
from kaopu.web.access import guarded, signed_in
from kaopu.web.attachments import visible_attachments
from kaopu.web.errors import damaged

SANDBOX = "sandbox; default-src 'none'"


@guarded(Thing.PROJECT, hides=True)
def attachment_file(request: HttpRequest, number: uuid.UUID) -> HttpResponseBase:
    """下载一个附件，以原来的文件名。"""
    item = _found(request, number)
    return _served(request, item.sha256, item.media_type, name=item.name, as_attachment=True)


@guarded(Thing.PROJECT, hides=True)
def attachment_preview(request: HttpRequest, number: uuid.UUID) -> HttpResponseBase:
    """照片的小样；文件没有小样。"""
    item = _found(request, number)
    if item.kind != AttachmentKind.PHOTO:
        raise Http404
    return _served(request, item.preview_sha256, "image/jpeg", name=item.name, as_attachment=False)


def _found(request: HttpRequest, number: uuid.UUID) -> Attachment:
    items = Attachment.objects.live().filter(uuid=number).select_related("operation")
    for item in visible_attachments(signed_in(request), items):
        return item
    raise Http404


def _served(
    request: HttpRequest, sha256: str, media_type: str, *, name: str, as_attachment: bool
) -> HttpResponseBase:
    if not ATTACHMENTS.is_sound(sha256):  # 丢了或被改过的宁可不给
        return damaged(
            request, f"附件“{name}”在服务器上丢失或被改过。请管理员运行 kaopu doctor，从备份恢复。"
        )
    response = FileResponse(
        ATTACHMENTS.file_of(sha256).open("rb"),
        content_type=media_type,
        filename=name,
        as_attachment=as_attachment,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    return response
