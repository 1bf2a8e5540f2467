"""附件的写入：随一次办理入库，与它所佐证的事实同一次办理、同一事务。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.domain.attachments import Received, refuse_too_many
from kaopu.projects.models import Attachment, Project
from kaopu.projects.storage import ATTACHMENTS


class AttachmentKept(Exception):
    """附件不能作废，理由与办法见信息。"""


_CONTENT = ("name", "kind", "media_type", "size", "sha256", "preview_sha256")


def attach(
    *,
    received: Sequence[Received],
    operation: Operation,
    on: date,
    project: Project | None,
    kept: Sequence[Attachment] = (),
) -> list[Attachment]:
    """附件入库：放在一次办理的最后，别的都办成了才落盘；``kept`` 为前一版所附、这一版照留的。"""
    refuse_too_many(len(received) + len(kept))
    fact = {"project": project, **operation.fact(on)}
    rows = [Attachment(**{name: getattr(old, name) for name in _CONTENT}, **fact) for old in kept]
    rows += [
        Attachment(
            name=item.name,
            kind=item.kind,
            media_type=item.media_type,
            size=len(item.content),
            sha256=ATTACHMENTS.keep(item.content),
            preview_sha256=ATTACHMENTS.keep(item.preview) if item.preview else "",
            **fact,
        )
        for item in received
    ]
    return Attachment.objects.bulk_create(rows)


@transaction.atomic
def void_attachment(*, attachment: Attachment, reason: str, by: User, on: date) -> list[Attachment]:
    """作废一个附件，须写理由；同一项目里照留到别版的同一份内容一并作废。内容不删，只有审计取得到（§4.2 第四条）。"""
    if not reason.strip():
        raise AttachmentKept("请写明作废的理由，如传错了文件、含个人信息。")
    rows = Attachment.objects.filter(sha256=attachment.sha256, voided=False, superseded_by=None)
    rows = (
        rows.filter(project=attachment.project_id) if attachment.project_id else rows.filter(pk=attachment.pk)
    )
    found = list(rows.order_by("pk"))
    if attachment not in found:
        raise AttachmentKept(f"“{attachment.name}”已经作废。请刷新后核对。")
    operation = record(
        by=by, verb="projects.void_attachment", target=attachment, reason=reason.strip(),
        before={"attachments": [item.name for item in found]}, after={"attachments": []}, sha256=attachment.sha256,
    )  # fmt: skip
    fact = {"voided": True, **operation.fact(on)}
    try:
        with transaction.atomic():
            return Attachment.objects.bulk_create(
                Attachment(
                    project_id=old.project_id, supersedes=old,
                    **{name: getattr(old, name) for name in _CONTENT}, **fact,
                )
                for old in found
            )  # fmt: skip
    except IntegrityError as error:
        raise AttachmentKept(f"“{attachment.name}”刚刚已由他人作废。请刷新后核对。") from error
