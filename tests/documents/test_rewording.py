"""口径改了措辞：数没有变，摘要不变；早先印的公文、早先的摘要都还核得上，也还装得成核验包。"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn

from kaopu.audit.models import TreeHead
from kaopu.documents.actions import draft_document, issue_annual_summary
from kaopu.documents.kinds.kind import Asked
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.pack import write_pack
from kaopu.documents.verification import EQUAL, verify
from kaopu.domain.typography import same_words, typeset
from kaopu.figures import definitions, progress, records
from kaopu.figures.former import former_row
from kaopu.figures.ledger import Ledger
from kaopu.figures.queries import Figure, digest_of, evaluate
from kaopu.projects.models import Project
from kaopu.supervision.actions import draft_order
from tests.factories import operator, unit

pytestmark = pytest.mark.django_db


def first_row(figure: Figure) -> dict[str, Any]:
    """第一版摘要所据的一行：名称、范围与理由都在内（照当时的写法抄录，不引用现在的代码）。"""
    return {
        "id": figure.id, "scope": figure.scope, "as_of": figure.as_of.isoformat(),
        "known_at": figure.known_at.isoformat(), "text": figure.text, "rule_set": figure.rule_set,
        "excluded": [list(item) for item in figure.excluded], "label": figure.label, "value": figure.value,
        "unit": figure.unit, "qualifier": figure.qualifier, "members": list(figure.members), "exact": figure.exact,
    }  # fmt: skip


def reword(monkeypatch: pytest.MonkeyPatch) -> None:
    """每个口径都换一种说法。"""
    for id, definition in definitions.DEFINITIONS.items():
        named = replace(definition, label=f"新说法{id}", scope="换了写法的范围")
        monkeypatch.setitem(definitions.DEFINITIONS, id, named)
    for name, quantity in progress.QUANTITIES.items():
        renamed = replace(quantity, label=f"新说法{name}", scope="换了写法的范围")
        monkeypatch.setitem(progress.QUANTITIES, name, renamed)
    for kind, (model, _) in records.KINDS.items():
        monkeypatch.setitem(records.KINDS, kind, (model, f"新说法{kind}"))


def alone(pack: Path) -> subprocess.CompletedProcess[str]:
    with ZipFile(pack) as archive:
        script = Path(archive.extract("verify_pack.py", pack.parent))
    command = [sys.executable, "-I", "-S", str(script), str(pack)]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PYTHONIOENCODING": "utf-8"}
    )


def every_figure(ledger: Ledger) -> list[Figure]:
    """年度口径、各种进展与完成率。"""
    ids = [
        *ledger.book.figures,
        *(
            f"progress.{name}.{scope}"
            for name in progress.QUANTITIES
            for scope in ("all", "list", "category.livelihood")
        ),
        "rate.all",
        "rate.livelihood",
        "progress.plan.all@wan",
    ]
    return [ledger.figure(id) for id in ids]


def ledger_of(paper: Path) -> Ledger:
    document = verify(paper).document
    assert document is not None
    return Ledger(year=document.year, as_of=document.as_of, known_at=document.known_at)


def test_a_rewording_changes_no_digest(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {figure.id: (figure.label, figure.digest) for figure in every_figure(ledger_of(paper))}
    reword(monkeypatch)
    after = {figure.id: (figure.label, figure.digest) for figure in every_figure(ledger_of(paper))}

    assert [id for id in before if before[id][0] == after[id][0] and not id.startswith("rate.")] == []
    assert {id: digest for id, (_, digest) in after.items()} == {
        id: digest for id, (_, digest) in before.items()
    }


@pytest.mark.parametrize(
    "change",
    [
        {"id": "list.other"}, {"value": 9}, {"exact": 9}, {"shown": "九"}, {"unit": "项"}, {"qualifier": "逾"},
        {"members": ("D001",)}, {"excluded": ()}, {"rule_set": "另一版"}, {"as_of": timedelta(days=1)},
        {"known_at": timedelta(seconds=1)},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_makes_the_number_changes_the_digest(year: None, change: dict[str, Any]) -> None:
    figure = evaluate(2022)["category.livelihood.lagging"]
    values = {
        name: getattr(figure, name) + value if isinstance(value, timedelta) else value
        for name, value in change.items()
    }

    assert replace(figure, **values).digest != figure.digest
    assert replace(figure, label="新说法", scope="新范围").digest == figure.digest


def test_the_former_row_is_the_row_as_it_was(paper: Path) -> None:
    figures = every_figure(ledger_of(paper))
    document = verify(paper).document
    assert document is not None
    ledger = ledger_of(paper)
    figures += [ledger.figure(item["figure"]) for item in document.figures]

    assert any(figure.id.startswith("record.") for figure in figures)
    for figure in figures:
        assert former_row(figure, label=figure.label, text=figure.text) == first_row(figure), figure.id


@pytest.mark.parametrize("former", [False, True], ids=["现在登记的", "早先登记的"])
def test_a_document_verifies_and_packs_after_a_rewording(
    year: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seal_now: Callable[[], TreeHead],
    former: bool,
) -> None:
    paper = tmp_path / "总结.docx"
    with monkeypatch.context() as patch:
        if former:
            patch.setattr(Figure, "digest", property(lambda figure: digest_of(first_row(figure))))
        issue_annual_summary(year=2022, path=paper, by=operator(), on=date(2023, 1, 28))
    seal_now()
    reword(monkeypatch)
    verified = verify(paper)
    write_pack(paper, tmp_path / "核验包.zip")
    done = alone(tmp_path / "核验包.zip")

    assert {finding.state for finding in verified.findings} == {EQUAL}
    assert done.returncode == 0 and "全部相符" in done.stdout, done.stdout[:800]


@pytest.mark.parametrize("former", [False, True], ids=["现在印的", "早先照印直引号的"])
def test_straight_quotes_are_printed_in_pairs_and_what_was_printed_straight_still_verifies(
    year: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    seal_now: Callable[[], TreeHead],
    former: bool,
) -> None:
    order = draft_order(
        project=Project.objects.get(profile__name="示例小学"), lead_unit=unit(), matter='落实"三色管理"要求',
        due=date(2022, 12, 20), by=operator(), on=date(2022, 12, 1),
    )  # fmt: skip
    paper, asked = tmp_path / "交办函.docx", Asked(year=2022, on=date(2022, 12, 10), order=order)
    with monkeypatch.context() as patch:
        if former:
            patch.setattr(records, "typeset", str)
            patch.setattr(Figure, "digest", property(lambda figure: digest_of(first_row(figure))))
        draft_document(kind=KINDS["assignment-letter"], asked=asked, path=paper, by=operator())
    seal_now()
    printed = "".join(item.text or "" for item in Document(str(paper)).element.body.iter(qn("w:t")))
    write_pack(paper, tmp_path / "核验包.zip")
    done = alone(tmp_path / "核验包.zip")

    assert ('落实"三色管理"要求' if former else "落实“三色管理”要求") in printed
    assert {finding.state for finding in verify(paper).findings} == {EQUAL}
    assert done.returncode == 0, done.stdout[:800]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"甲"与"乙"', "“甲”与“乙”"), ('长 5" 的管', '长 5" 的管'), ("“甲”", "“甲”"), ("", ""), ('"', '"'),
        ('""', "“”"),
    ],
)  # fmt: skip
def test_only_quotes_in_pairs_are_turned(text: str, shown: str) -> None:
    assert typeset(text) == shown and same_words(text, shown)
    assert not same_words(text, f"{shown}。")
