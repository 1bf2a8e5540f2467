"""附件的写入：随一次办理入库，与它所佐证的事实同一次办理、同一事务。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kaopu.audit.models import Operation
from kaopu.domain.attachments import Received, refuse_too_many
from kaopu.projects.models import Attachment, Project
from kaopu.projects.storage import ATTACHMENTS

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
