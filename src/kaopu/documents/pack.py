"""核验包：公文、台账、背后的事实与办理、摘要清单，连同独立核验器；不用本系统也能核（TRUST §1 规则 5）。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from kaopu.audit.leaves import OPERATIONS, row_contents
from kaopu.audit.models import Fact, Operation
from kaopu.audit.proofs import sealed_proofs
from kaopu.documents import verify_pack
from kaopu.documents.docx_file import MAX_FILE
from kaopu.documents.grounds import AT_ONCE, ceremonies_of, facts_of_projects, quoted_rows
from kaopu.documents.kinds.kind import Refused
from kaopu.documents.models import DocumentStep, OfficialDocument
from kaopu.documents.queries import frozen_sha256, number_of, printed_head
from kaopu.documents.verification import verify
from kaopu.figures.definitions import DEFINITIONS, IDENTITIES, Count
from kaopu.figures.former import former_row
from kaopu.figures.later import FACTS
from kaopu.figures.ledger import Ledger
from kaopu.figures.queries import Figure, digest_of
from kaopu.figures.records import KINDS

About = tuple[str, int | None]


def write_pack(path: Path, out: Path | BinaryIO) -> OfficialDocument:
    """把一份公文、它的根据、封存的留痕与证明装成核验包。所据的办理须都已封存，否则抛出 ``SealRefused``。"""
    document = verify(path).document
    if document is None:
        raise Refused("这不是本系统登记的公文，没有根据可装。请用本系统生成的原件。")
    content = path.read_bytes()
    if len(content) > MAX_FILE:
        raise Refused("文件超过 10 MB。请去掉图片后重试。")
    ledger = Ledger(year=document.year, as_of=document.as_of, known_at=document.known_at)
    ledger.prefetch(item["figure"] for item in document.figures)
    registered = _registered(document, content)
    rows = _ledger(document, ledger, registered)
    facts = _facts(document)
    numbers = {operation["content"]["id"] for operation in facts["operations"]}
    parts: dict[str, bytes] = {
        verify_pack.DOCUMENT: content,
        verify_pack.FIGURES: _json(rows),
        verify_pack.FACTS: _json(facts),
        verify_pack.TRACE: _json(sealed_proofs(numbers, printed=printed_head(document, registered))),
        "verify_pack.py": Path(verify_pack.__file__).read_bytes(),
    }
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
        figures.append({"bookmark": item["bookmark"], **figure.wording(), **_digested(figure, item)})
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


def _digested(figure: Figure, item: dict[str, str]) -> dict[str, Any]:
    """台账的一行与它的摘要；早先登记的照早先的算法。"""
    row = figure.ledger_row()
    former = former_row(figure, label=item.get("label") or figure.label, text=item["text"])
    if digest_of(former) == item["digest"]:
        row = former
    return {"digest": digest_of(row), "row": row}


def _wants(count: Count | None) -> dict[str, Any] | None:
    if count is None:
        return None
    return {"year": count.year, "wants": {name: sorted(values) for name, values in count.wants.items()}}


def _facts(document: OfficialDocument) -> dict[str, Any]:
    """清单上各项目在取数时刻以前录入的全部事实（被更正的也在内）、当年的集中开工、文中引的记录、公文的登记与办理各步，
    连同录入它们的各次办理。"""
    facts = [
        fact
        for model, kind, path, rows in facts_of_projects(document.year, known_at=document.known_at)
        for fact in _of_projects(model, kind, path, rows)
    ]
    held = ceremonies_of(document.year, known_at=document.known_at).values_list("pk", flat=True)
    facts += _rows(*KINDS["ceremony"], dict.fromkeys(held, ("", document.year)))
    known = {(fact["table"], fact["content"]["id"]) for fact in facts}
    facts += [fact for fact in _quoted(document) if (fact["table"], fact["content"]["id"]) not in known]
    facts += _rows(OfficialDocument, verify_pack.REGISTERED, {document.pk: ("", None)})
    steps = {pk: ("", None) for pk in document.steps.values_list("pk", flat=True)}
    facts += _rows(DocumentStep, verify_pack.STEP, steps)
    facts += _of_same_operations(facts)
    numbers = sorted({fact["content"]["operation_id"] for fact in facts})
    operations = [
        {"table": OPERATIONS, "content": content}
        for start in range(0, len(numbers), AT_ONCE)
        for content in row_contents(Operation, numbers[start : start + AT_ONCE]).values()
    ]
    return {"facts": facts, "operations": operations}


def _of_projects(model: type[Fact], kind: str, path: str, rows: Any) -> list[dict[str, Any]]:
    owner = path.removesuffix("project__code")
    year = [f"{owner}year"] if owner.endswith("project_year__") else []
    about: dict[int, About] = {
        pk: (code, *more) if more else (code, None)
        for pk, code, *more in rows.order_by("pk").values_list("pk", path, *year)
    }
    return _rows(model, kind, about)


def _of_same_operations(facts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """同几次办理录入的其余事实（别的年度、别的项目的）：一次办理整个装进去，少了哪一行核验器才看得出。"""
    known = {(fact["table"], fact["content"]["id"]) for fact in facts}
    numbers = sorted({fact["content"]["operation_id"] for fact in facts})
    rest = []
    for model, kind, path in FACTS:
        for start in range(0, len(numbers), AT_ONCE):
            manager: Any = model._default_manager
            rows = manager.filter(operation_id__in=numbers[start : start + AT_ONCE]).order_by("pk")
            table = model._meta.db_table
            about: dict[int, About] = {
                pk: (code, None) for pk, code in rows.values_list("pk", path) if (table, pk) not in known
            }
            rest += _rows(model, kind, about)
    return rest


def _quoted(document: OfficialDocument) -> list[dict[str, Any]]:
    """文中逐字引用的记录。"""
    wanted = quoted_rows(item["figure"] for item in document.figures)
    return [
        fact for kind, keys in wanted.items() for fact in _rows(*KINDS[kind], {pk: ("", None) for pk in keys})
    ]


def _rows(model: type[Fact], kind: str, about: Mapping[int, About]) -> list[dict[str, Any]]:
    """若干行事实；``about`` 为各行所属的项目与年度。"""
    keys = list(about)
    return [
        {"kind": kind, "table": model._meta.db_table, "project": about[key][0], "year": about[key][1], "content": content}
        for start in range(0, len(keys), AT_ONCE)
        for key, content in row_contents(model, keys[start : start + AT_ONCE]).items()
    ]  # fmt: skip


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
