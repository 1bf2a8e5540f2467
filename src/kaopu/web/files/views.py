"""附件：一律下载，只有重新编码过的照片小样可在页面上看（TRUST §3）。看不见那件事的人，这里也是 404。"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.domain.attachments import AttachmentKind
from kaopu.domain.rights import Act, Thing
from kaopu.projects.actions import AttachmentKept, void_attachment
from kaopu.projects.models import Attachment
from kaopu.projects.storage import ATTACHMENTS
from kaopu.web.access import guarded, signed_in
from kaopu.web.attachments import may_void, visible_attachments
from kaopu.web.errors import damaged
from kaopu.web.files.forms import VoidForm

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


@guarded(Thing.PROJECT, hides=True, post=Act.READ)
def attachment_void(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """作废一个附件：写明理由；内容留着，只有审计取得到。"""
    item, user = _found(request, number), signed_in(request)
    if not may_void(user, item):
        raise PermissionDenied("附件由推进办作废；已经作废的不再办。")
    form = VoidForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            void_attachment(attachment=item, by=user, on=timezone.localdate(), **form.cleaned_data)
        except AttachmentKept as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"附件“{item.name}”已作废。")
            return redirect("project_detail", code=item.project.code) if item.project else redirect("todo")
    status = 422 if request.method == "POST" else 200
    return render(request, "files/void.html", {"item": item, "form": form}, status=status)


def _found(request: HttpRequest, number: uuid.UUID) -> Attachment:
    """看得见的一个附件；作废了的只有看得了留痕的人（审计）还取得到。"""
    user = signed_in(request)
    items = Attachment.objects.filter(uuid=number, voided=False)
    for item in visible_attachments(user, items.select_related("operation", "superseded_by__operation")):
        if item.voiding is None or user.may(Thing.TRACE, Act.READ):
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
