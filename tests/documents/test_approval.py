"""公文办理：起草人不核不签自己的稿；核的、签的、印发的是同一份文件；印发取号定稿，从此不改；号不空不重。"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from docx import Document
from docx.oxml.ns import qn

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import Operation
from kaopu.config.health import examine
from kaopu.documents.actions import (
    DocumentRefused,
    DocumentStale,
    acknowledge,
    distribute,
    draft_document,
    redraft_document,
    reserve_number,
    skip_number,
    take_step,
    void_number,
)
from kaopu.documents.finishing import finish
from kaopu.documents.format_check.check import check_format
from kaopu.documents.kinds.kind import Asked
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import DocumentStep, OfficialDocument
from kaopu.documents.queries import frozen_sha256, number_ledger, number_of, state_of
from kaopu.documents.verification import verify
from kaopu.domain.document_states import DOCUMENT_MOVES, DocumentState, DocumentVerb, may_move
from kaopu.domain.rights import Role
from kaopu.projects.storage import DOCUMENTS
from tests.documents.test_verification import rewritten
from tests.factories import operator, user

pytestmark = pytest.mark.django_db
DAY = date(2023, 1, 28)


@pytest.fixture
def document(paper: Path) -> OfficialDocument:
    return OfficialDocument.objects.get()


@pytest.fixture
def filled(paper: Path) -> Path:
    """起草人填好了的定稿。"""
    filled = rewritten(paper, r"〔此处由起草人填写：.*?〕", "坚持党建引领。", times=0)
    return filled.rename(paper.with_name("定稿.docx"))


@pytest.fixture
def section(db: None) -> User:
    return user(Role.OFFICE_SECTION)


@pytest.fixture
def director(db: None) -> User:
    return user(Role.OFFICE_DIRECTOR)


def step(document: OfficialDocument, verb: str, by: User, **more: object) -> DocumentStep:
    seen = document.steps.count()
    return take_step(document=document, verb=DocumentVerb(verb), by=by, on=DAY, seen=seen, **more)


def issue(document: OfficialDocument, filled: Path, section: User, director: User) -> DocumentStep:
    step(document, "review", section, file=filled)
    step(document, "sign", director)
    return step(document, "issue", section)


def words(path: Path) -> str:
    return "".join(item.text or "" for item in Document(str(path)).element.body.iter(qn("w:t")))


def test_from_draft_to_issued_the_number_is_taken_and_the_file_frozen(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    last = issue(document, filled, section, director)
    path = DOCUMENTS.file_of(last.sha256)

    assert (last.state, str(number_of(document))) == ("issued", "普桃推办〔2023〕1号")
    assert "普桃推办〔2023〕1号" in words(path) and "坚持党建引领。" in words(path)
    assert [paragraph.text for paragraph in Document(str(path)).sections[0].header.paragraphs] == [""]
    assert DOCUMENTS.is_sound(last.sha256) and frozen_sha256(document) == last.sha256
    assert verify(path).ok
    assert [result.rule.id for result in check_format(path).failed] == []
    steps = list(document.steps.order_by("ordinal"))
    assert steps[0].sha256 == steps[1].sha256  # 签的就是核的那一份


@pytest.mark.parametrize("state", DocumentState)
@pytest.mark.parametrize("verb", DocumentVerb)
def test_only_the_moves_in_the_table_are_allowed(state: DocumentState, verb: DocumentVerb) -> None:
    move = may_move(state=state, verb=verb, by="乙", drafter="甲", reviewers=[], reason="因故")

    assert move.state == DOCUMENT_MOVES.get((state, verb))
    assert bool(move.reason) is (move.state is None)


@pytest.mark.parametrize(
    ("verb", "by", "reviewers", "reason", "said"),
    [
        ("review", "甲", [], "", "起草人不能核"),
        ("sign", "甲", ["乙"], "", "起草人不能核、签"),
        ("sign", "乙", ["乙"], "", "核稿人不能再签发"),
        ("return", "丙", ["乙"], " ", "写明理由"),
    ],
)
def test_nobody_approves_what_is_their_own(
    verb: str, by: str, reviewers: list[str], reason: str, said: str
) -> None:
    state = DocumentState.DRAFT if verb == "review" else DocumentState.REVIEWED
    move = may_move(
        state=state, verb=DocumentVerb(verb), by=by, drafter="甲", reviewers=reviewers, reason=reason
    )

    assert move.state is None and said in move.reason


def test_the_drafter_cannot_review_and_a_clerk_cannot_sign(
    document: OfficialDocument, filled: Path, section: User
) -> None:
    with pytest.raises(DocumentRefused, match="起草人不能核"):
        step(document, "review", operator(), file=filled)
    step(document, "review", section, file=filled)
    with pytest.raises(DocumentRefused, match="主任或分管区领导"):
        step(document, "sign", user(Role.CLERK))


def test_a_draft_with_places_left_or_a_wrong_number_is_not_reviewed(
    document: OfficialDocument, paper: Path, filled: Path, section: User
) -> None:
    DOCUMENTS.keep(paper.read_bytes())
    with pytest.raises(DocumentRefused, match="还有 7 处留待填写"):
        step(document, "review", section)
    wrong = rewritten(filled, r"(kp:outcome\.lagging.*?<w:t[^>]*>)2<", r"\g<1>3<")
    with pytest.raises(DocumentRefused, match="文件印“3”，按2022-12-31口径应为“2”"):
        step(document, "review", section, file=wrong)
    assert document.steps.count() == 0


def test_a_step_taken_from_an_old_page_is_stale(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    step(document, "review", section, file=filled)

    with pytest.raises(DocumentStale, match="刚刚由他人办过"):
        take_step(document=document, verb=DocumentVerb.SIGN, by=director, on=DAY, seen=0)


def test_returned_with_a_reason_it_is_a_draft_again_and_others_keep_their_trace(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    step(document, "review", section, file=filled)
    with pytest.raises(DocumentRefused, match="写明理由"):
        step(document, "return", director)
    step(document, "return", director, text="第三段再核")

    assert state_of(list(document.steps.order_by("ordinal"))) == "draft"
    assert Operation.objects.filter(verb="documents.return", reason="第三段再核").count() == 1


def test_voiding_an_issued_document_voids_its_number_and_leaves_the_file(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    issued = issue(document, filled, section, director)
    step(document, "void", section, text="数字口径有误")

    assert number_of(document) is None
    assert [(str(row), row.state, row.reason) for row in number_ledger(organ="普桃推办", year=2023)] == [
        ("普桃推办〔2023〕1号", "void", "数字口径有误")
    ]
    assert DOCUMENTS.is_sound(issued.sha256)


def test_numbers_run_without_gaps_and_every_skip_has_its_reason(db: None) -> None:
    by = operator()
    kept = reserve_number(organ="普桃推办", year=2023, reason="年度总结", by=by, on=DAY)
    skip_number(organ="普桃推办", year=2023, reason="印刷有误", by=by, on=DAY)
    other = reserve_number(organ="普桃推办", year=2024, reason="通报", by=by, on=DAY)
    void_number(number=kept, reason="不发了", by=by, on=DAY)

    rows = [(row.serial, row.state, row.reason) for row in number_ledger(organ="普桃推办", year=2023)]
    assert rows == [(1, "void", "不发了"), (2, "skipped", "印刷有误")]
    assert other.serial == 1
    with pytest.raises(DocumentRefused, match="写明缘由"):
        reserve_number(organ="普桃推办", year=2023, reason=" ", by=by, on=DAY)
    with pytest.raises(DocumentRefused, match="刚刚被别人用了或废了"):
        void_number(number=kept, reason="再废", by=by, on=DAY)


def test_a_reserved_number_is_used_at_issue(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    reserve_number(organ="普桃推办", year=2023, reason="头一份", by=section, on=DAY)
    kept = reserve_number(organ="普桃推办", year=2023, reason="总结", by=section, on=DAY)
    step(document, "review", section, file=filled)
    step(document, "sign", director)
    last = step(document, "issue", section, reserved=kept)

    assert "普桃推办〔2023〕2号" in words(DOCUMENTS.file_of(last.sha256))


def test_a_refused_issue_takes_no_number(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    step(document, "review", section, file=filled)
    signed = step(document, "sign", director)
    DOCUMENTS.file_of(signed.sha256).write_bytes(b"broken")

    with pytest.raises(DocumentRefused, match="不在或已损坏"):
        step(document, "issue", section)
    assert number_ledger(organ="普桃推办", year=2023) == []


def test_what_is_under_way_is_not_continued(
    document: OfficialDocument, filled: Path, section: User, tmp_path: Path
) -> None:
    step(document, "review", section, file=filled)

    with pytest.raises(DocumentRefused, match="已送核或签发"):
        redraft_document(edited=filled, out=tmp_path / "a.docx", by=operator())


def test_distribution_and_receipts(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    unit = Organization.objects.create(name="区某局", kind="responsible")
    with pytest.raises(DocumentRefused, match="只有已印发"):
        distribute(document=document, organizations=[unit], by=section, on=DAY)
    issue(document, filled, section, director)
    (delivery,) = distribute(document=document, organizations=[unit], by=section, on=DAY)
    reader, stranger = user(Role.RESPONSIBLE_UNIT, organization=unit), user(Role.RESPONSIBLE_UNIT)

    with pytest.raises(DocumentRefused, match="收文单位的人"):
        acknowledge(delivery=delivery, by=stranger, on=DAY)
    assert acknowledge(delivery=delivery, by=reader, on=DAY).reader == reader.get_username()
    with pytest.raises(DocumentRefused, match="已签收过"):
        acknowledge(delivery=delivery, by=reader, on=DAY)
    with pytest.raises(DocumentRefused, match="都已分发过"):
        distribute(document=document, organizations=[unit], by=section, on=DAY)


@pytest.mark.parametrize(
    "table", ["officialdocument", "documentstep", "documentnumber", "distribution", "receipt"]
)
def test_the_database_refuses_to_change_what_was_done(
    document: OfficialDocument, filled: Path, section: User, director: User, table: str
) -> None:
    unit = Organization.objects.create(name="区某局", kind="responsible")
    issue(document, filled, section, director)
    (delivery,) = distribute(document=document, organizations=[unit], by=section, on=DAY)
    acknowledge(delivery=delivery, by=user(Role.RESPONSIBLE_UNIT, organization=unit), on=DAY)

    for statement in (f"UPDATE documents_{table} SET voided = NOT voided", f"DELETE FROM documents_{table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.parametrize("typed", ["普桃推办〔2023〕7号", "普桃推办〔2023〕号", ""])
def test_a_number_typed_by_hand_is_not_what_is_issued(
    document: OfficialDocument, filled: Path, section: User, typed: str
) -> None:
    with pytest.raises(DocumentRefused, match="号在印发时取，请改回“普桃推办〔2023〕　　号”"):
        step(document, "review", section, file=rewritten(filled, r"普桃推办〔2023〕　　号", typed))


def test_the_printed_number_and_the_day_of_printing_are_those_of_the_ledger(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    step(document, "review", section, file=filled)
    step(document, "sign", director)
    last = take_step(document=document, verb=DocumentVerb.ISSUE, by=section, on=date(2023, 2, 1), seen=2)
    path = DOCUMENTS.file_of(last.sha256)
    altered = verify(rewritten(path, "普桃推办〔2023〕1号<", "普桃推办〔2023〕9号<"))

    assert words(path).endswith("2023年1月28日抄送：区委办公室、区政府办公室。普陀区推进办2023年2月1日印发")
    assert verify(path).ok and "普桃推办〔2023〕1号；文件就是存档的那一份" in verify(path).standing
    assert not altered.ok and "文件不是存档的那一份" in altered.standing
    assert [item.sentence for item in altered.findings if not item.ok] == [
        "发文字号：文件印“普桃推办〔2023〕9号”，文号台账上是“普桃推办〔2023〕1号”"
    ]


def test_the_day_of_printing_is_found_though_another_program_cut_the_line_up(
    filled: Path, tmp_path: Path
) -> None:
    cut = rewritten(
        filled, "2023年1月28日印发", "2023</w:t></w:r><w:r><w:t>年1月28</w:t></w:r><w:r><w:t>日印发"
    )
    finish(cut, tmp_path / "印发.docx", number="普桃推办〔2023〕1号", day="2023年2月1日")

    assert words(tmp_path / "印发.docx").endswith("普陀区推进办2023年2月1日印发")


def test_a_voided_paper_is_said_to_be_void_though_its_numbers_are_right(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    path = DOCUMENTS.file_of(issue(document, filled, section, director).sha256)
    step(document, "void", section, text="数据有误，另发")
    verification = verify(path)

    assert verification.ok and verification.standing == "这份公文已于2023年1月28日作废：数据有误，另发。"
    assert any("此号已作废" in item.sentence for item in verification.findings)


def test_the_doctor_names_a_wrong_number_until_the_paper_is_voided(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    path = DOCUMENTS.file_of(issue(document, filled, section, director).sha256)
    path.write_bytes(rewritten(path, "普桃推办〔2023〕1号<", "普桃推办〔2023〕9号<").read_bytes())
    named = f"《{document.title}》"

    assert any(named in finding.text for finding in examine() if "与当日的记录不符" in finding.text)
    step(document, "void", section, text="文号有误，另发")
    assert not [finding for finding in examine() if "与当日的记录不符" in finding.text]


def test_nothing_is_issued_on_a_day_to_come(
    document: OfficialDocument, filled: Path, section: User, director: User
) -> None:
    step(document, "review", section, file=filled)
    step(document, "sign", director)

    with pytest.raises(DocumentRefused, match="不能晚于今天"):
        take_step(document=document, verb=DocumentVerb.ISSUE, by=section, on=date(2099, 1, 1), seen=2)


def test_a_form_without_a_number_line_takes_no_number(
    year: None, tmp_path: Path, section: User, director: User
) -> None:
    path = tmp_path / "清单.docx"
    ask = Asked(year=2022, on=DAY)
    document = draft_document(kind=KINDS["project-list"], asked=ask, path=path, by=operator())
    last = issue(document, path, section, director)

    assert last.state == DocumentState.ISSUED and number_of(document) is None
    assert number_ledger(organ="普桃推办", year=2023) == []
