"""分发与签收：已印发的公文发给哪些单位，谁签收了。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction

from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.documents.actions.approval import issued_state
from kaopu.documents.actions.drafting import DocumentRefused
from kaopu.documents.models import Distribution, OfficialDocument, Receipt


@transaction.atomic
def distribute(
    *, document: OfficialDocument, organizations: Sequence[Organization], by: User, on: date
) -> list[Distribution]:
    """分发给若干单位；已发过的不再发。没有新的收文单位则拒绝。"""
    if not issued_state(document):
        raise DocumentRefused("只有已印发的公文可以分发。请先办完核稿、签发与印发。")
    sent = set(document.deliveries.values_list("organization_id", flat=True))
    fresh = [organization for organization in organizations if organization.pk not in sent]
    if not fresh:
        raise DocumentRefused("所选单位都已分发过。请选还没有收到的单位。")
    operation = record(
        by=by, verb="documents.distribute", target=document, organizations=[item.name for item in fresh]
    )
    return [
        Distribution.objects.create(
            document=document, organization=organization, on=on, recorded_at=operation.at, operation=operation
        )
        for organization in fresh
    ]


def acknowledge(*, delivery: Distribution, by: User, on: date) -> Receipt:
    """签收：由收文单位的人办，只签一次。"""
    if by.organization_id != delivery.organization_id:
        raise DocumentRefused("只有收文单位的人可以签收。")
    if not issued_state(delivery.document):
        raise DocumentRefused("这份公文已作废，不必签收，也请勿再用。")
    try:
        with transaction.atomic():
            operation = record(by=by, verb="documents.acknowledge", target=delivery)
            return Receipt.objects.create(
                delivery=delivery,
                reader=by.get_username(),
                on=on,
                recorded_at=operation.at,
                operation=operation,
            )
    except IntegrityError as error:
        raise DocumentRefused("这份公文本单位已签收过。") from error
