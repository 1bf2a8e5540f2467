"""批复：申请由另一人批，不批准须写明意见，一件只批一次。目标变更、档案变更、施工许可、关账后更正同用。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.audit.models import Fact, Operation

Ruled = TypeVar("Ruled", bound=Fact)


class ProposalRefused(Exception):
    """申请或批复不合规，理由与办法见信息。"""


def rule_once(
    model: type[Ruled],
    field: str,
    proposal: Fact,
    *,
    approved: bool,
    by: User,
    on: date,
    reason: str,
    verb: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> tuple[Ruled, Operation]:
    """记一次批复（``model`` 的 ``field`` 指向 ``proposal``）及其留痕；调用者须已在事务中，批准之后的事由它接着办。"""
    if proposal.operation.actor_id == by.pk:
        raise ProposalRefused("这件是您自己报的，须由另一人批复。")
    if not approved and not reason.strip():
        raise ProposalRefused("不批准须写明意见。")
    operation = record(
        by=by, verb=verb, target=proposal, reason=reason, approved=approved, before=before,
        after=after if approved else None,
    )  # fmt: skip
    try:
        with transaction.atomic():
            values = {field: proposal, "approved": approved, "reason": reason.strip(), **operation.fact(on)}
            ruling: Ruled = model._default_manager.create(**values)
    except IntegrityError as error:
        raise ProposalRefused("这件刚刚已由他人批复。请刷新。") from error
    return ruling, operation
