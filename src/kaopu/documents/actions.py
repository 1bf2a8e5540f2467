"""出文：恒等式不成立不出文；文件里每个数都登记口径、基准日、取数时刻与摘要。"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.documents.gongwen import Gongwen
from kaopu.documents.kinds.kind import Asked, Kind, Refused
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import OfficialDocument
from kaopu.documents.sources import Sources
from kaopu.figures.actions import CloseRefused, refuse_broken_identities
from kaopu.figures.ledger import Ledger
from kaopu.figures.queries import rule_set_name


class DocumentRefused(Exception):
    """不能出文，理由与涉及的项目见信息。"""


def issue_annual_summary(
    *, year: int, path: Path, by: User, on: date | None = None, source: str = "page"
) -> OfficialDocument:
    """生成年度总结与要点（.docx，写到 ``path``）并登记其中每个数。年度须已关账，恒等式须全部成立。"""
    asked = Asked(year=year, on=on or timezone.localdate())
    return draft_document(kind=KINDS["annual-summary"], asked=asked, path=path, by=by, source=source)


@transaction.atomic
def draft_document(
    *, kind: Kind, asked: Asked, path: Path, by: User, source: str = "page"
) -> OfficialDocument:
    """起草一份公文（.docx，写到 ``path``），登记每个数、每一段，成为“草稿”。"""
    paper, sources = composed(kind, asked)
    paper.save(path)
    return _register(kind, asked, paper, sources, path, by=by, source=source)


def composed(kind: Kind, asked: Asked) -> tuple[Gongwen, Sources]:
    """排好一份公文，还没有写成文件。不能出的抛出 ``DocumentRefused``。"""
    sources = Sources(Ledger(year=asked.year, as_of=kind.as_of(asked), known_at=timezone.now()))
    try:
        kind.ready(asked)
        if kind.gated:
            refuse_broken_identities(sources.ledger.book)
        paper = Gongwen(token=secrets.token_hex(4), title=kind.title(asked), organ=settings.ORGAN_NAME)
        kind.compose(paper, sources, asked)
    except Refused as error:
        raise DocumentRefused(str(error)) from error
    except CloseRefused as error:
        raise DocumentRefused(f"未出文：{error}") from error
    return paper, sources


def _register(
    kind: Kind, asked: Asked, paper: Gongwen, sources: Sources, path: Path, *, by: User, source: str
) -> OfficialDocument:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    verb = f"documents.draft_{kind.id.replace('-', '_')}"
    operation = record(
        by=by, verb=verb, source=source, year=asked.year, scope=asked.scope, sha256=sha256,
        rule_set=rule_set_name(sources.as_of),
    )  # fmt: skip
    return OfficialDocument.objects.create(
        kind=kind.id, year=asked.year, scope=asked.scope, title=kind.title(asked), as_of=sources.as_of,
        known_at=sources.ledger.known_at, sha256=sha256, token=paper.token, on=asked.on,
        recorded_at=operation.at, operation=operation,
        figures=[
            {"bookmark": name, "figure": bound.figure, "text": bound.text, "digest": bound.digest,
             "as_of": bound.as_of.isoformat(), "label": bound.label}
            for name, bound in paper.bound
        ],
        blocks=[
            {"bookmark": block.bookmark, "key": block.key, "text": block.text}
            for block in paper.blocks
            if not block.free
        ],
    )  # fmt: skip
