"""核验包：不用本系统也能核；改一个数字、一条事实、一个成员，都现形（TRUST §1 规则 5）。"""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from kaopu.audit.actions import SealRefused
from kaopu.audit.models import TreeHead
from kaopu.documents import verify_pack
from kaopu.documents.kinds.kind import Refused
from kaopu.documents.pack import write_pack
from kaopu.figures.later import FACTS
from tests.documents.test_verification import rewritten

pytestmark = pytest.mark.django_db
Change = Callable[[dict[str, Any]], None]
SealNow = Callable[[], TreeHead]


@pytest.fixture
def pack(paper: Path, seal_now: SealNow, tmp_path: Path) -> Path:
    seal_now()
    out = tmp_path / "核验包.zip"
    write_pack(paper, out)
    return out


def alone(pack: Path) -> subprocess.CompletedProcess[str]:
    """像外人一样：只有这个包与一个 Python，路径里没有本系统。"""
    with ZipFile(pack) as archive:
        script = Path(archive.extract("verify_pack.py", pack.parent))
    command = [sys.executable, "-I", "-S", str(script), str(pack)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=pack.parent,
        env={"PYTHONIOENCODING": "utf-8"},
    )


def altered(pack: Path, name: str, change: Callable[[bytes], bytes], *, honest: bool = False) -> Path:
    """改包里的一个文件；``honest`` 时连摘要清单一并改对，只留下内容自相矛盾。"""
    out = pack.with_name("改过.zip")
    with ZipFile(pack) as source:
        parts = {item: source.read(item) for item in source.namelist()}
    parts[name] = change(parts[name])
    if honest:
        digests = json.loads(parts[verify_pack.DIGESTS])
        digests[name] = hashlib.sha256(parts[name]).hexdigest()
        parts[verify_pack.DIGESTS] = json.dumps(digests).encode()
    with ZipFile(out, "w", ZIP_DEFLATED) as target:
        for item, content in parts.items():
            target.writestr(item, content)
    return out


def in_json(change: Change) -> Callable[[bytes], bytes]:
    def apply(content: bytes) -> bytes:
        parsed = json.loads(content)
        change(parsed)
        return json.dumps(parsed, ensure_ascii=False).encode()

    return apply


def test_an_outsider_verifies_the_pack_without_our_system(pack: Path, seal_now: SealNow) -> None:
    done = alone(pack)

    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"\d{2,} 个数、\d{2,} 条事实：全部相符。", done.stdout)
    assert f"与树头 {seal_now()} 核对" in done.stdout


def test_what_is_not_sealed_yet_has_no_proof_and_no_pack(paper: Path, outside: Path, tmp_path: Path) -> None:
    with pytest.raises(
        SealRefused, match=r"还没有封存，出不了证明。请过十分钟再试，或先运行 kaopu audit seal"
    ):
        write_pack(paper, tmp_path / "包.zip")


def test_the_verifier_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(Path(verify_pack.__file__).read_text(encoding="utf-8"))
    modules = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert modules and modules <= sys.stdlib_module_names


def lagging(ledger: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in ledger["figures"] if item["row"]["id"] == "outcome.lagging")
    return found


def fewer_members(ledger: dict[str, Any]) -> None:
    item = lagging(ledger)
    item["row"]["members"].pop()
    item["digest"] = verify_pack.canonical(item["row"])


def another_value(ledger: dict[str, Any]) -> None:
    lagging(ledger)["row"]["value"] = 1


def another_level(facts: dict[str, Any]) -> None:
    entry = next(fact for fact in facts["facts"] if fact["kind"] == "清单条目")
    entry["content"]["level"] = "municipal"


def quiet_change(facts: dict[str, Any]) -> None:
    facts["facts"][0]["content"]["on"] = "2022-01-02"


def lost_operation(facts: dict[str, Any]) -> None:
    facts["operations"].pop(0)


def another_operation(facts: dict[str, Any]) -> None:
    facts["operations"][0]["content"]["actor"] = "别人"


def a_fact_slipped_in(facts: dict[str, Any]) -> None:
    report = next(fact for fact in facts["facts"] if fact["kind"] == "滞后原因")
    facts["facts"].append({**report, "content": {**report["content"], "id": 9999}})


def another_registration(facts: dict[str, Any]) -> None:
    row = next(fact for fact in facts["facts"] if fact["kind"] == verify_pack.REGISTERED)
    row["content"]["figures"][0]["digest"] = "0" * 64


def another_sealed_row(trace: dict[str, Any]) -> None:
    trace["leaves"][0]["rows"][0][2] = "0" * 64


def another_step_of_the_proof(trace: dict[str, Any]) -> None:
    trace["leaves"][0]["proof"][0] = "0" * 64


def another_place(trace: dict[str, Any]) -> None:
    trace["leaves"][0]["index"] += 1


def a_lost_leaf(trace: dict[str, Any]) -> None:
    trace["leaves"].pop(0)


def another_root(trace: dict[str, Any]) -> None:
    trace["head"]["root"] = "0" * 64


def another_form(trace: dict[str, Any]) -> None:
    next(iter(trace["forms"].values()))["audit_operation"].remove("actor")


def lost_fact(facts: dict[str, Any]) -> None:
    facts["facts"] = [fact for fact in facts["facts"] if fact["kind"] != "清单条目"]


def without(kind: str) -> Change:
    def drop(facts: dict[str, Any]) -> None:
        facts["facts"].remove(next(fact for fact in facts["facts"] if fact["kind"] == kind))

    return drop


def without_an_operation(facts: dict[str, Any]) -> None:
    """连录入它的那次办理一起抽掉。"""
    lost = next(fact for fact in facts["facts"] if fact["kind"] == "目标达成")["content"]["operation_id"]
    facts["facts"] = [fact for fact in facts["facts"] if fact["content"]["operation_id"] != lost]
    facts["operations"] = [row for row in facts["operations"] if row["content"]["id"] != lost]


def test_the_tables_packed_whole_are_those_of_the_facts() -> None:
    assert {model._meta.db_table for model, _, _ in FACTS} == verify_pack.WHOLE


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (verify_pack.FACTS, without("目标达成"), "tracking_goalachievement 第 "),
        (verify_pack.FACTS, without("年度目标"), "不在包里，被抽掉了"),
        (verify_pack.FACTS, without("月末评定"), "不在包里，被抽掉了"),
        (verify_pack.FACTS, without_an_operation, "包里没有它的目标达成"),
        (verify_pack.FIGURES, fewer_members, "个数与成员不符"),
        (verify_pack.FIGURES, another_value, "台账的一行被改过"),
        (verify_pack.FACTS, another_level, "清单条目的 level 与台账不符"),
        (verify_pack.FACTS, quiet_change, "内容被改过，与封存时的摘要不符"),
        (verify_pack.FACTS, another_operation, "次办理：内容被改过，与封存时的摘要不符"),
        (verify_pack.FACTS, a_fact_slipped_in, "滞后原因第 9999 号：不在封存的那次办理之内"),
        (verify_pack.FACTS, another_registration, "与登记时的摘要不符"),
        (verify_pack.TRACE, another_sealed_row, "次办理：封存的一叶或它的包含证明被改过"),
        (verify_pack.TRACE, another_step_of_the_proof, "次办理：封存的一叶或它的包含证明被改过"),
        (verify_pack.TRACE, another_place, "次办理：封存的一叶或它的包含证明被改过"),
        (verify_pack.TRACE, a_lost_leaf, "没有封存的证明"),
        (verify_pack.TRACE, another_root, "次办理：封存的一叶或它的包含证明被改过"),
        (verify_pack.TRACE, another_form, "被改过"),
        (verify_pack.FACTS, lost_operation, "找不到录入它的那次办理"),
        (verify_pack.FACTS, lost_fact, "清单条目与台账的清单不符"),
    ],
)
def test_a_pack_made_to_look_right_is_still_caught(pack: Path, name: str, change: Change, said: str) -> None:
    done = alone(altered(pack, name, in_json(change), honest=True))

    assert done.returncode == 1
    assert said in done.stdout


def test_a_file_changed_without_the_list_of_digests_is_caught(pack: Path) -> None:
    done = alone(altered(pack, verify_pack.FACTS, lambda content: content + b" "))

    assert (done.returncode, "与摘要清单不符" in done.stdout) == (1, True)


def test_every_single_digit_of_the_document_changed_is_caught(pack: Path, paper: Path) -> None:
    with ZipFile(paper) as archive:
        text = archive.read("word/document.xml").decode()
    spots = [
        match.start(1) + offset
        for match in re.finditer(r"<w:sdtContent>.*?<w:t[^>]*>([^<]*)</w:t>", text)
        for offset, character in enumerate(match[1])
        if character.isdigit()
    ]
    ledger = json.loads(ZipFile(pack).read(verify_pack.FIGURES))
    missed = []
    for spot in spots:
        changed = text[:spot] + str((int(text[spot]) + 1) % 10) + text[spot + 1 :]
        path = paper.with_name("一位.docx")
        with ZipFile(path, "w") as target:
            target.writestr("word/document.xml", changed)
        problems = [*verify_pack.check_document(path.read_bytes(), ledger)]
        if not any("公文印" in problem for problem in problems):
            missed.append(spot)

    assert len(spots) > 60 and missed == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text"])
def test_a_broken_pack_is_refused_without_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏.zip"
    path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", str(verify_pack.__file__), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "")


def test_a_document_edited_by_hand_is_packed_and_found_out(
    paper: Path, seal_now: SealNow, tmp_path: Path
) -> None:
    seal_now()
    out = tmp_path / "包.zip"
    write_pack(rewritten(paper, r"(kp:outcome\.lagging.*?<w:t[^>]*>)2<", r"\g<1>3<"), out)
    done = alone(out)

    assert done.returncode == 1
    assert "公文与登记的文件摘要不符" in done.stdout and "公文印“3”，台账为“2”" in done.stdout


def test_a_file_of_another_kind_has_no_pack(db: None, tmp_path: Path) -> None:
    path = tmp_path / "别的.docx"
    path.write_bytes(b"no")

    with pytest.raises(Refused, match="没有根据可装"):
        write_pack(path, tmp_path / "包.zip")


def test_every_row_and_every_step_of_every_proof_altered_is_named(pack: Path) -> None:
    with ZipFile(pack) as archive:
        facts, trace = (json.loads(archive.read(name)) for name in (verify_pack.FACTS, verify_pack.TRACE))
    assert [*verify_pack.check_trace(facts, trace)] == []
    rows = [*facts["operations"], *facts["facts"]]
    for row in rows:
        column = "actor" if "actor" in row["content"] else "on"
        kept = row["content"][column]
        row["content"][column] = "改过"
        assert [*verify_pack.check_trace(facts, trace)] == [
            f"{verify_pack.named(row)}：内容被改过，与封存时的摘要不符"
        ]
        row["content"][column] = kept
    for leaf in trace["leaves"]:
        for place, step in enumerate(leaf["proof"]):
            leaf["proof"][place] = step[::-1]
            assert [*verify_pack.check_trace(facts, trace)] == [
                f"第 {leaf['operation']} 次办理：封存的一叶或它的包含证明被改过，对不上树头"
            ]
            leaf["proof"][place] = step

    assert len(rows) > 60 and sum(len(leaf["proof"]) for leaf in trace["leaves"]) > 90
