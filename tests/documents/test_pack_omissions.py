"""核验包：公文所据的办理，连同它录入的事实整次抽掉，也说得出是哪一次；不论录入的是哪一种事实。"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document

from kaopu.audit.models import TreeHead
from kaopu.documents import verify_pack
from kaopu.documents.actions import draft_document, issue_annual_summary, redraft_document
from kaopu.documents.grounds import operations_behind, written_runs
from kaopu.documents.kinds.kind import Asked
from kaopu.documents.kinds.registry import KINDS as KINDS_OF_DOCUMENTS
from kaopu.documents.models import OfficialDocument
from kaopu.documents.pack import write_pack
from kaopu.domain.carryover import LifecycleStage
from kaopu.figures.records import KINDS
from kaopu.projects.actions import hold_ceremony, record_stage
from kaopu.projects.models import ProjectYear
from kaopu.supervision.actions import hold_meeting
from kaopu.supervision.models import MeetingKind
from kaopu.tracking import actions as tracking
from tests.documents.test_finishing import issued
from tests.documents.test_pack import alone, altered, in_json
from tests.documents.test_verification import rewritten
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db
SealNow = Callable[[], TreeHead]
Parts = tuple[Any, Any, Any]


def happen() -> None:
    """年度之内各种事实都有：计划、月报、阶段、停复工、纪要、集中开工，与下一年的清单。"""
    first, second, *_ = ProjectYear.objects.order_by("pk")
    plan = {"project_year": first, "month": date(2023, 2, 1), "planned_investment_yuan": 2_000_000}
    by = operator()
    project_list(
        [listed("滨河绿道", entry="carried_over")], year=2023, on=date(2023, 1, 10), title="2023年清单"
    )
    plan["project_year"] = ProjectYear.objects.get(year=2023)
    tracking.save_plans(rows=[plan], by=by, on=date(2023, 1, 20))
    report = {"project_year": plan["project_year"], "investment_yuan": 1_000_000}
    tracking.save_reports(month=date(2023, 2, 1), rows=[report], by=by, on=date(2023, 2, 25))
    tracking.note_progress(project=first.project, year=2022, text="绿道贯通。", by=by, on=date(2022, 9, 1))
    stops = tracking.suspend(projects=[second.project], cause="等图纸", by=by, on=date(2022, 3, 1))
    tracking.resume(suspensions=stops, by=by, on=date(2022, 6, 1))
    stage = LifecycleStage.FILED
    record_stage(project=first.project, stage=stage, evidence="备案", by=by, on=date(2022, 12, 1))
    hold_ceremony(
        name="集中开工", year=2022, projects=[first.project, second.project], published_count=2,
        published_investment_yuan=0, published_qualifier="", by=by, on=date(2022, 1, 10),
    )  # fmt: skip


@pytest.fixture
def pack(year: None, outside: Path, seal_now: SealNow, tmp_path: Path) -> Path:
    """公文所据的事实各种都有，又办到印发。"""
    happen()
    path = tmp_path / "总结.docx"
    issue_annual_summary(year=2022, path=path, by=operator(), on=date(2023, 1, 28))
    final = issued(rewritten(path, r"〔此处由起草人填写：.*?〕", "坚持党建引领。", times=0))
    seal_now()
    write_pack(final, out := tmp_path / "核验包.zip")
    return out


def parts_of(pack: Path) -> Parts:
    with ZipFile(pack) as archive:
        ledger, facts, trace = (
            json.loads(archive.read(name))
            for name in (verify_pack.FIGURES, verify_pack.FACTS, verify_pack.TRACE)
        )
    return ledger, facts, trace


def without(facts: Any, operation: int) -> Any:
    """连录入的事实带那次办理一起抽掉。"""
    return {
        "facts": [fact for fact in facts["facts"] if fact["content"]["operation_id"] != operation],
        "operations": [row for row in facts["operations"] if row["content"]["id"] != operation],
    }


def test_any_whole_operation_left_out_of_the_pack_is_named(pack: Path) -> None:
    ledger, facts, trace = parts_of(pack)
    kinds: dict[str, set[int]] = defaultdict(set)
    for fact in facts["facts"]:
        kinds[fact["kind"]].add(fact["content"]["operation_id"])
    later = kinds[verify_pack.REGISTERED] | kinds[verify_pack.STEP]
    missed, unnamed = [], []
    for kind, numbers in kinds.items():
        for lost in numbers:
            said = "".join(verify_pack.check_facts(ledger, without(facts, lost)))
            missed += [] if said else [kind]
            unnamed += [] if f"第 {lost} 次办理不在包里" in said or lost in later else [kind]

    assert [*verify_pack.check_facts(ledger, facts), *verify_pack.check_trace(facts, trace)] == []
    assert set(kinds) == {
        "清单条目", "年度目标", "月度计划", "月报", "目标达成", "认定", "滞后原因", "月末评定", "项目档案", "项目阶段", "停工",
        "复工", "进展纪要", "集中开工", verify_pack.REGISTERED, verify_pack.STEP,
    }  # fmt: skip
    assert (missed, unnamed) == ([], [])


def test_a_quoted_record_missing_or_reworded_is_found(pack: Path) -> None:
    ledger, facts, _ = parts_of(pack)
    decision = next(fact for fact in facts["facts"] if fact["kind"] == "认定")
    decision["content"]["document"] = "专题会纪要4号"
    reworded = [*verify_pack.check_facts(ledger, facts)]
    facts["facts"].remove(decision)

    assert any("引的与记录不符" in problem for problem in reworded)
    assert any("引的记录不在包里" in problem for problem in verify_pack.check_facts(ledger, facts))
    assert {kind: model._meta.db_table for kind, (model, _) in KINDS.items()} == verify_pack.RECORDS


def test_a_document_of_before_says_that_whole_operations_could_be_missing(pack: Path) -> None:
    def forget(facts: Any) -> None:
        for row in facts["operations"]:
            row["content"]["detail"].pop("grounds", None)

    said = "整次抽掉的看不全"

    assert said not in alone(pack).stdout
    assert said in alone(altered(pack, verify_pack.FACTS, in_json(forget), honest=True)).stdout


def test_the_operations_registered_are_those_the_pack_holds(pack: Path) -> None:
    _, facts, _ = parts_of(pack)
    document = OfficialDocument.objects.get()
    behind = operations_behind(2022, known_at=document.known_at)

    assert verify_pack.behind(facts) == written_runs(behind)
    assert behind < {row["content"]["id"] for row in facts["operations"]}


def test_a_quotation_deleted_by_hand_is_not_missed_in_the_pack(
    outside: Path, seal_now: SealNow, tmp_path: Path
) -> None:
    """会议不属于哪个项目；人删去了引它的一段，它就不在这份公文的根据里。"""
    project_list([listed("示例小学")])
    meeting = hold_meeting(
        kind=MeetingKind.DISPATCH, title="调度会", chair="区领导", minutes_number="纪要1号", by=operator(),
        on=date(2022, 2, 1),
    )  # fmt: skip
    path, ask = tmp_path / "纪要.docx", Asked(year=2022, on=date(2022, 2, 1), meeting=meeting)
    draft_document(kind=KINDS_OF_DOCUMENTS["meeting-minutes"], asked=ask, path=path, by=operator())
    document = Document(str(path))
    for paragraph in list(document.paragraphs):
        if "record.meeting" in paragraph._p.xml:
            paragraph._p.getparent().remove(paragraph._p)
    document.save(str(path))
    redraft_document(edited=path, out=(again := tmp_path / "新稿.docx"), by=operator())
    seal_now()
    write_pack(again, out := tmp_path / "核验包.zip")

    assert "不在包里" not in alone(out).stdout


@pytest.mark.parametrize(
    ("numbers", "written"), [([], ""), ([7], "7"), ([3, 1, 2], "1-3"), ([1, 2, 4, 9, 8], "1-2,4,8-9")]
)
def test_operations_are_written_in_runs(numbers: list[int], written: str) -> None:
    assert written_runs(numbers) == written
