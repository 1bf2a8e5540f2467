"""核验包：公文、台账、背后的事实与办理、摘要清单，连同独立核验器；不用本系统也能核（TRUST §1 规则 5）。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from kaopu.audit.models import Fact, Operation
from kaopu.documents import verify_pack
from kaopu.documents.docx_file import MAX_FILE
from kaopu.documents.kinds.kind import Refused
from kaopu.documents.models import OfficialDocument
from kaopu.documents.queries import frozen_sha256, number_of
from kaopu.documents.verification import verify
from kaopu.figures.definitions import DEFINITIONS, IDENTITIES, Count
from kaopu.figures.later import FACTS
from kaopu.figures.ledger import Ledger
from kaopu.figures.queries import digest_of

_AT_ONCE = 400


def write_pack(
    path: Path, out: Path | BinaryIO, *, sealed: Mapping[str, Any] | None = None
) -> OfficialDocument:
    """把一份公文与它的根据装成核验包；``sealed`` 为封存的留痕及其证明，有则一并装入。"""
    document = verify(path).document
    if document is None:
        raise Refused("这不是本系统登记的公文，没有根据可装。请用本系统生成的原件。")
    content = path.read_bytes()
    if len(content) > MAX_FILE:
        raise Refused("文件超过 10 MB。请去掉图片后重试。")
    ledger = Ledger(year=document.year, as_of=document.as_of, known_at=document.known_at)
    ledger.prefetch(item["figure"] for item in document.figures)
    rows = _ledger(document, ledger, _registered(document, content))
    parts: dict[str, bytes] = {
        verify_pack.DOCUMENT: content,
        verify_pack.FIGURES: _json(rows),
        verify_pack.FACTS: _json(_facts(document, ledger)),
        "verify_pack.py": Path(verify_pack.__file__).read_bytes(),
    }
    if sealed is not None:
        parts[verify_pack.TRACE] = _json(sealed)
    digests = {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, part in {**parts, verify_pack.DIGESTS: _json(digests)}.items():
            archive.writestr(name, part)
    return document


def _registered(document: OfficialDocument, content: bytes) -> str:
    """这份文件登记的摘要：草稿、核稿、签发、印发各一份，是哪份就是哪份；都不是，取现在作数的那份。"""
    sha256 = hashlib.sha256(content).hexdigest()
    known = {document.sha256, *document.steps.values_list("sha256", flat=True)}
    return sha256 if sha256 in known else frozen_sha256(document)


def _ledger(document: OfficialDocument, ledger: Ledger, sha256: str) -> dict[str, Any]:
    """台账：每个数的一行与摘要，计数所据的清单与条件，恒等式，各项目的进展。"""
    figures = []
    for item in document.figures:
        figure = ledger.figure(item["figure"])
        row = figure.ledger_row()
        figures.append({"bookmark": item["bookmark"], "digest": digest_of(row), "row": row})
    year, following = ledger.book.counted
    return {
        "document": {
            "title": document.title, "kind": document.kind, "year": document.year,
            "as_of": document.as_of.isoformat(), "known_at": document.known_at.isoformat(),
            "sha256": sha256, "token": document.token, "number": str(number_of(document) or ""), "operation": document.operation_id,
        },
        "figures": figures,
        "counted": {"this_year": [asdict(row) | {"on_list": row.on_list} for row in year],
                    "next_year": [asdict(row) | {"on_list": row.on_list} for row in following]},
        "wants": {id: wants for id, definition in DEFINITIONS.items() if (wants := _wants(definition.count))},
        "identities": [[whole, list(parts)] for whole, parts in IDENTITIES],
        "progress": [
            {"code": row.code, "plan": row.plan, "planned": row.planned, "to_date": row.to_date, "month": row.month}
            for row in ledger.progress.rows
        ],
    }  # fmt: skip


def _wants(count: Count | None) -> dict[str, Any] | None:
    if count is None:
        return None
    return {"year": count.year, "wants": {name: sorted(values) for name, values in count.wants.items()}}


def _facts(document: OfficialDocument, ledger: Ledger) -> dict[str, Any]:
    """清单上各项目在取数时刻以前录入的全部事实（被更正的也在内），与录入它们的各次办理。"""
    year, following = ledger.book.counted
    codes = sorted({row.code for row in (*year, *following)})
    facts = [
        fact
        for model, kind, path in FACTS
        for start in range(0, len(codes), _AT_ONCE)
        for fact in _rows(model, kind, path, codes[start : start + _AT_ONCE], document.known_at)
    ]
    operations = _operations({fact["content"]["operation_id"] for fact in facts})
    return {"facts": facts, "operations": operations}


def _rows(
    model: type[Fact], kind: str, path: str, codes: Sequence[str], known_at: datetime
) -> Iterable[dict[str, Any]]:
    manager: Any = model._default_manager
    owner = path.removesuffix("project__code")
    extra = [path] + ([f"{owner}year"] if owner.endswith("project_year__") else [])
    fields = [field.attname for field in model._meta.concrete_fields]
    rows = manager.filter(recorded_at__lte=known_at, **{f"{path}__in": codes}).order_by("pk")
    for row in rows.values(*fields, *extra):
        content = {name: _plain(row[name]) for name in fields}
        yield {
            "kind": kind, "project": row[path], "year": row[extra[-1]] if len(extra) > 1 else None,
            "content": content, "digest": digest_of(content),
        }  # fmt: skip


def _operations(pks: Collection[int]) -> list[dict[str, Any]]:
    wanted, found = sorted(pks), []
    for start in range(0, len(wanted), _AT_ONCE):
        rows = Operation.objects.filter(pk__in=wanted[start : start + _AT_ONCE]).order_by("pk").values()
        for row in rows:
            content = {name: _plain(value) for name, value in row.items()}
            found.append({"content": content, "digest": digest_of(content)})
    return found


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
