"""公文办理：核稿、退回、签发、印发、作废，一步一行，只增不改；印发时取号、填号、定稿、记文件摘要。"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import TreeHead
from kaopu.audit.queries import latest_head
from kaopu.documents.actions.drafting import DocumentRefused, scratch
from kaopu.documents.actions.numbers import take_number, void_number
from kaopu.documents.docx_file import Unreadable
from kaopu.documents.finishing import (
    finish,
    has_blank_number,
    imprint_falls_on_odd_page,
    places_left,
    tables_beside,
    with_imprint_stacked,
)
from kaopu.documents.models import DocumentNumber, DocumentStep, OfficialDocument
from kaopu.documents.queries import frozen_sha256, has_number_line, number_of, state_of, steps_of
from kaopu.documents.verification import verify
from kaopu.domain.days import chinese_day
from kaopu.domain.document_states import DocumentState, DocumentVerb, may_move
from kaopu.domain.rights import Role
from kaopu.projects.storage import DOCUMENTS

# 矩阵的“科长以上”把主任与科长并作一列，签发只到主任，所以另列
SIGNERS = frozenset({Role.OFFICE_DIRECTOR, Role.DISTRICT_LEADER})
_NAMED = 3


class DocumentStale(Exception):
    """别人刚办过一步，或文件已不是所见的那一份。"""


@transaction.atomic
def take_step(
    *,
    document: OfficialDocument,
    verb: DocumentVerb,
    by: User,
    on: date,
    seen: int,
    text: str = "",
    file: Path | None = None,
    reserved: DocumentNumber | None = None,
    apart: bool = False,
) -> DocumentStep:
    """办一步。``seen`` 为办理人所见的步数，不符即已过时；核稿时 ``file`` 为定稿文件；印发时 ``apart`` 由 ``measure_imprint`` 先量好。"""
    steps = list(document.steps.select_related("operation").order_by("ordinal"))
    if len(steps) != seen:
        raise DocumentStale("这份公文刚刚由他人办过一步。请刷新后再办。")
    if hasattr(document, "superseded_by"):
        raise DocumentRefused("这一稿已有接续的新稿。请在最新的一稿上办理。")
    move = may_move(
        state=state_of(steps),
        verb=verb,
        by=by.get_username(),
        drafter=document.operation.actor,
        reviewers=[step.operation.actor for step in steps if step.verb == DocumentVerb.REVIEW],
        reason=text,
    )
    if move.state is None:
        raise DocumentRefused(move.reason)
    if verb == DocumentVerb.SIGN and by.role not in SIGNERS:
        raise DocumentRefused("签发由推进办主任或分管区领导办理。")
    sha256 = steps[-1].sha256 if steps else document.sha256
    head: TreeHead | None = None
    if verb == DocumentVerb.REVIEW:
        sha256 = _checked(document, file)
    elif verb == DocumentVerb.ISSUE:
        head = latest_head()
        sha256 = _issued(document, sha256, head, by=by, on=on, reserved=reserved, apart=apart)
    elif verb == DocumentVerb.VOID and (number := number_of(document)) is not None:
        void_number(number=number, reason=text, by=by, on=on)
    printed = {} if head is None else {"head": str(head)}
    return _record(document, verb, move.state, sha256, text, len(steps) + 1, printed, by=by, on=on)


def _record(
    document: OfficialDocument,
    verb: str,
    state: str,
    sha256: str,
    text: str,
    ordinal: int,
    detail: dict[str, Any],
    *,
    by: User,
    on: date,
) -> DocumentStep:
    try:
        with transaction.atomic():
            operation = record(
                by=by,
                verb=f"documents.{verb}",
                target=document,
                reason=text,
                state=state,
                sha256=sha256,
                **detail,
            )
            return DocumentStep.objects.create(
                document=document, verb=verb, state=state, sha256=sha256, text=text.strip(), ordinal=ordinal, on=on,
                recorded_at=operation.at, operation=operation,
            )  # fmt: skip
    except IntegrityError as error:
        raise DocumentStale("这份公文刚刚由他人办过一步。请刷新后再办。") from error


def _checked(document: OfficialDocument, file: Path | None) -> str:
    """定稿须是这一稿、数个个相符、该填的都填了；存定并返回摘要。抄送改长了的，版记先重新叠好。"""
    path = file or DOCUMENTS.file_of(document.sha256)
    verification = verify(path)
    if verification.document is None or verification.document.pk != document.pk:
        raise DocumentRefused("定稿文件不是这一稿。请上传在这一稿上改成的 .docx。")
    wrong = [finding.sentence for finding in verification.findings if not finding.ok]
    if wrong:
        raise DocumentRefused(f"有 {len(wrong)} 个数与记录不符，不能送核：{'；'.join(wrong[:_NAMED])}。")
    try:
        places, blank, doubled = places_left(path), has_blank_number(path), tables_beside(path)
        content = with_imprint_stacked(path)
    except Unreadable as error:
        raise DocumentRefused(str(error)) from error
    if places:
        raise DocumentRefused(f"还有 {len(places)} 处留待填写：{'；'.join(places[:_NAMED])}。请填好再送核。")
    if doubled:
        raise DocumentRefused(
            f"有 {doubled} 处您改过的表与系统的新表并存。请合并后删去一张，接续一遍再送核。"
        )
    if has_number_line(document) and not blank:
        raise DocumentRefused(
            f"发文字号一行被改过或删去了。号在印发时取，请改回“{settings.ORGAN_CODE}〔{document.on.year}〕　　号”，"
            "号前空两格；要用某个号，先在文号台账里留号。"
        )
    return DOCUMENTS.keep(content)


def _issued(
    document: OfficialDocument,
    sha256: str,
    head: TreeHead | None,
    *,
    by: User,
    on: date,
    reserved: DocumentNumber | None,
    apart: bool,
) -> str:
    """取号、填进文件、去掉“草稿”，印上树头，版记排到双页，定稿存起，从此不改。"""
    if not DOCUMENTS.is_sound(sha256):
        raise DocumentRefused("签发的文件不在或已损坏，不能印发。请退回后重新送核。")
    if on > timezone.localdate():
        raise DocumentRefused("印发日期不能晚于今天。请填实际印发的一天。")
    number = None
    if has_number_line(document):
        number = take_number(
            organ=settings.ORGAN_CODE, year=on.year, document=document, by=by, on=on, reserved=reserved
        )
    with scratch() as out:
        try:
            finish(
                DOCUMENTS.file_of(sha256), out, number=str(number or ""), day=chinese_day(on), head=head,
                imprint_apart=apart,
            )  # fmt: skip
        except Unreadable as error:
            raise DocumentRefused(str(error)) from error
        return DOCUMENTS.keep(out.read_bytes())


def measure_imprint(document: OfficialDocument) -> bool:
    """已签待印发的公文，版记要不要另起双页；排版要几秒，须在事务之前量好，不占着写锁。"""
    sha256 = frozen_sha256(document)
    if state_of(steps_of(document)) != DocumentState.SIGNED or not DOCUMENTS.is_sound(sha256):
        return False
    try:
        return imprint_falls_on_odd_page(DOCUMENTS.file_of(sha256))
    except Unreadable:  # 印发时自会拒绝并说明
        return False


def issued_state(document: OfficialDocument) -> bool:
    """是否已印发（作废的不算）。"""
    return state_of(list(document.steps.order_by("ordinal"))) == DocumentState.ISSUED
