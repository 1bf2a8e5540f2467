"""发文字号：每个机关代字每年从 1 起连续编；留号、用号、废号、跳号都入台账，不留说不清的空号（TRUST §4 不变量 21）。"""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Max

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.documents.actions.drafting import DocumentRefused
from kaopu.documents.models import DocumentNumber, OfficialDocument

RESERVED, USED, VOID, SKIPPED = "reserved", "used", "void", "skipped"


def next_serial(organ: str, year: int) -> int:
    """下一个号。"""
    last = DocumentNumber.objects.filter(organ=organ, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def reserve_number(*, organ: str, year: int, reason: str, by: User, on: date) -> DocumentNumber:
    """留号：先占下一个号，日后用或废。"""
    return _new(organ, year, RESERVED, reason, by=by, on=on)


def skip_number(*, organ: str, year: int, reason: str, by: User, on: date) -> DocumentNumber:
    """跳号：下一个号不用，写明缘由。"""
    return _new(organ, year, SKIPPED, reason, by=by, on=on)


@transaction.atomic
def void_number(*, number: DocumentNumber, reason: str, by: User, on: date) -> DocumentNumber:
    """废号：留而不用的、公文作废的，号不再给别的公文。"""
    if number.state not in (RESERVED, USED):
        raise DocumentRefused(f"{number} 已废或已跳，不必再废。")
    return _change(number, VOID, _stated(reason), number.document, by=by, on=on)


def take_number(
    *,
    organ: str,
    year: int,
    document: OfficialDocument,
    by: User,
    on: date,
    reserved: DocumentNumber | None = None,
) -> DocumentNumber:
    """用号：印发时取下一个号，或取一个留下的号；须在印发的事务之内调用。"""
    if reserved is None:
        return _new(organ, year, USED, "", by=by, on=on, document=document)
    if reserved.state != RESERVED or (reserved.organ, reserved.year) != (organ, year):
        raise DocumentRefused(f"{reserved} 不是本年可用的留号。请刷新后重选。")
    return _change(reserved, USED, reserved.reason, document, by=by, on=on)


def _stated(reason: str) -> str:
    if not reason.strip():
        raise DocumentRefused("请写明缘由：为什么留号、废号或跳号。")
    return reason.strip()


def _new(
    organ: str,
    year: int,
    state: str,
    reason: str,
    *,
    by: User,
    on: date,
    document: OfficialDocument | None = None,
) -> DocumentNumber:
    reason = reason if state == USED else _stated(reason)
    try:
        with transaction.atomic():
            serial = next_serial(organ, year)
            operation = record(
                by=by, verb=f"documents.number_{state}", target=document, organ=organ, year=year, serial=serial,
                reason=reason,
            )  # fmt: skip
            return DocumentNumber.objects.create(
                organ=organ, year=year, serial=serial, state=state, document=document, reason=reason, on=on,
                recorded_at=operation.at, operation=operation,
            )  # fmt: skip
    except IntegrityError as error:
        raise DocumentRefused("这个号刚刚被别人取走。请再办一次，会取到下一个号。") from error


def _change(
    number: DocumentNumber, state: str, reason: str, document: OfficialDocument | None, *, by: User, on: date
) -> DocumentNumber:
    try:
        with transaction.atomic():
            operation = record(
                by=by, verb=f"documents.number_{state}", target=number, number=str(number), reason=reason
            )
            return DocumentNumber.objects.create(
                organ=number.organ, year=number.year, serial=number.serial, state=state, document=document,
                reason=reason, supersedes=number, on=on, recorded_at=operation.at, operation=operation,
            )  # fmt: skip
    except IntegrityError as error:
        raise DocumentRefused(f"{number} 刚刚被别人用了或废了。请刷新后查看。") from error
