"""出文：恒等式不成立不出文；文件里每个数都登记口径、基准日、取数时刻与摘要。"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.documents.continuing import merge
from kaopu.documents.docx_file import Unreadable
from kaopu.documents.gongwen import Bound, Gongwen, write_parts
from kaopu.documents.grounds import operations_behind, written_runs
from kaopu.documents.kinds.kind import Asked, Kind, Refused
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import OfficialDocument
from kaopu.documents.queries import asked_for, wording_of
from kaopu.documents.sources import Sources
from kaopu.documents.verification import identified
from kaopu.documents.wording import Words
from kaopu.figures.actions import CloseRefused, refuse_broken_identities
from kaopu.figures.ledger import Ledger
from kaopu.figures.queries import rule_set_name
from kaopu.projects.storage import DOCUMENTS


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
    blocks = [
        {"bookmark": block.bookmark, "key": block.key, "text": block.text}
        for block in paper.blocks
        if not block.free
    ]
    return _register(kind, asked, sources, path, paper.token, paper.bound, blocks, by=by, source=source)


@transaction.atomic
def draft_on_file(*, kind: Kind, asked: Asked, by: User, source: str = "page") -> OfficialDocument:
    """起草一份并存进数据目录，公文页上即可下载；先落盘后记录，没起草成的不留半份文件。"""
    with scratch() as path:
        document = draft_document(kind=kind, asked=asked, path=path, by=by, source=source)
        DOCUMENTS.keep(path.read_bytes())
    return document


@contextmanager
def scratch() -> Iterator[Path]:
    """生成中的公文写在这里，用完即删。"""
    with tempfile.TemporaryDirectory(prefix="kaopu-document-") as folder:
        yield Path(folder) / "公文.docx"


@dataclass(frozen=True, kw_only=True)
class Redraft:
    """接续起草的结果：新的一稿与要人看的冲突。"""

    document: OfficialDocument
    conflicts: tuple[str, ...]


def redraft_document(
    *, edited: Path, out: Path, by: User, on: date | None = None, source: str = "page"
) -> Redraft:
    """接续起草：在人改过的稿子上刷新数与表，人写的不动，写到 ``out``，成为新的一稿。"""
    try:
        _, base = identified(edited)
        with transaction.atomic():
            return _redraft(edited, out, base, by=by, on=on or base.on, source=source)
    except Unreadable as error:
        raise DocumentRefused(str(error)) from error
    except IntegrityError as error:
        raise DocumentRefused("这一稿已经有人接续起草过。请在最新的一稿上改。") from error


def _redraft(edited: Path, out: Path, base: OfficialDocument, *, by: User, on: date, source: str) -> Redraft:
    if not base.blocks:
        raise DocumentRefused("这份公文出自旧版，没有登记各段，不能接续。请重新起草后把文字抄过去。")
    if base.steps.exists():
        raise DocumentRefused("这一稿已送核或签发，不能再接续。请先退回，或另起一稿。")
    if hasattr(base, "superseded_by"):
        raise DocumentRefused("这一稿已经有人接续起草过。请在最新的一稿上改。")
    kind = KINDS[base.kind]
    asked = asked_for(base, kind, on=on)
    paper, sources = composed(kind, asked)
    merged = merge(edited, base, paper)
    write_parts(out, merged.parts)
    document = _register(
        kind, asked, sources, out, paper.token, merged.bound, merged.blocks, by=by, source=source, base=base
    )
    return Redraft(document=document, conflicts=tuple(merged.conflicts))


def composed(kind: Kind, asked: Asked) -> tuple[Gongwen, Sources]:
    """排好一份公文，还没有写成文件。不能出的抛出 ``DocumentRefused``。"""
    sources = Sources(Ledger(year=asked.year, as_of=kind.as_of(asked), known_at=timezone.now()))
    try:
        kind.ready(asked)
        if kind.gated:
            refuse_broken_identities(sources.ledger.book)
        words = Words(own=kind.wording, changed=wording_of(kind.id))
        paper = Gongwen(
            token=secrets.token_hex(4), title=kind.title(asked), organ=settings.ORGAN_NAME, words=words
        )
        kind.compose(paper, sources, asked)
    except (Refused, Unreadable) as error:
        raise DocumentRefused(str(error)) from error
    except CloseRefused as error:
        raise DocumentRefused(f"未出文：{error}") from error
    return paper, sources


def _register(
    kind: Kind,
    asked: Asked,
    sources: Sources,
    path: Path,
    token: str,
    bound: Sequence[tuple[str, Bound]],
    blocks: Sequence[dict[str, str]],
    *,
    by: User,
    source: str,
    base: OfficialDocument | None = None,
) -> OfficialDocument:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    quoted = {sources.quoted_from[item.figure] for _, item in bound if item.figure in sources.quoted_from}
    verb = f"documents.{'draft' if base is None else 'redraft'}_{kind.id.replace('-', '_')}"
    operation = record(
        by=by, verb=verb, source=source, year=asked.year, scope=asked.scope, sha256=sha256,
        rule_set=rule_set_name(sources.as_of),
        grounds=written_runs(quoted | operations_behind(sources.year, known_at=sources.ledger.known_at)),
    )  # fmt: skip
    figures = [
        {"bookmark": name, "figure": item.figure, "text": item.text, "digest": item.digest,
         "as_of": item.as_of.isoformat(), "label": item.label}
        for name, item in bound
    ]  # fmt: skip
    return OfficialDocument.objects.create(
        kind=kind.id, year=asked.year, scope=asked.scope, title=kind.title(asked), as_of=sources.as_of,
        known_at=sources.ledger.known_at, sha256=sha256, token=token, on=asked.on, supersedes=base,
        recorded_at=operation.at, operation=operation, figures=figures, blocks=list(blocks),
    )  # fmt: skip
