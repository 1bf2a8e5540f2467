"""措辞的写入：收下机关改过的措辞表成为新的一版，或恢复自带的；旧版永在，已起草的公文不变。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.documents.kinds.kind import Kind
from kaopu.documents.models import Wording
from kaopu.documents.queries import wordings
from kaopu.documents.wording_file import WordingRefused, read_wording
from kaopu.projects.storage import DOCUMENTS


@transaction.atomic
def set_wording(*, kind: Kind, file: Path | None, seen: int | None, by: User, on: date) -> Wording:
    """换上一版措辞；``file`` 为空是恢复自带的。``seen`` 是打开页面时所见的一版，其后已有新版的拒绝。"""
    before = wordings().get(kind.id)
    if (before.pk if before else None) != seen:
        raise WordingRefused("打开页面之后措辞已由他人换过。请刷新，下载现用的一版再改。")
    sentences = read_wording(kind, file) if file else {}
    if sentences == (before.sentences if before else {}):
        raise WordingRefused("与现用的措辞一样，没有改动。")
    sha256 = DOCUMENTS.keep(file.read_bytes()) if file else ""
    operation = record(
        by=by, verb="documents.set_wording", kind=kind.id, sha256=sha256,
        before=before.sentences if before else {}, after=sentences,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return Wording.objects.create(
                kind=kind.id, sentences=sentences, sha256=sha256, supersedes=before, **operation.fact(on)
            )
    except IntegrityError as error:
        raise WordingRefused("措辞刚刚已由他人换过。请刷新，下载现用的一版再改。") from error
