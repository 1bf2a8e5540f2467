"""施工许可的写入：领证、延期（《建筑法》第九条）。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.permits import extension_refused
from kaopu.projects.actions.lists import ListRefused
from kaopu.projects.models import ConstructionPermit, PermitExtension, Project

Written = TypeVar("Written")


@transaction.atomic
def record_permit(
    *, project: Project, number: str, issuer: str, by: User, on: date, scope: str = ""
) -> ConstructionPermit:
    """记施工许可证；同一证号再记一次即更正前一次，三个月开工的钟从领证之日起走。"""
    if not number.strip() or not issuer.strip():
        raise ListRefused("请写明施工许可证编号与发证机关。")
    before = ConstructionPermit.objects.live().filter(project=project, number=number.strip()).first()
    if before is not None and before.extensions.exists():
        raise ListRefused(f"{before.number}已办过延期，领证日期不能再改。请先核对延期的批准文件。")
    operation = record(
        by=by, verb="projects.record_permit", target=project, number=number, issuer=issuer, issued_on=on
    )
    return _once(
        lambda: ConstructionPermit.objects.create(
            project=project, number=number.strip(), issuer=issuer.strip(), scope=scope.strip(),
            supersedes=before, **operation.fact(on),
        )
    )  # fmt: skip


@transaction.atomic
def extend_permit(
    *, permit: ConstructionPermit, until: date, document: str, by: User, on: date
) -> PermitExtension:
    """记发证机关批准的延期：至多两次，每次不超过三个月，须在到期之前批准。"""
    if not document.strip():
        raise ListRefused("请写明发证机关批准延期的文件名称与文号。")
    extended = list(permit.extensions.values_list("until", flat=True))
    if refused := extension_refused(issued_on=permit.on, extended_to=extended, until=until, on=on):
        raise ListRefused(refused)
    operation = record(by=by, verb="projects.extend_permit", target=permit, until=until, document=document)
    return _once(
        lambda: PermitExtension.objects.create(
            permit=permit,
            number=len(extended) + 1,
            until=until,
            document=document.strip(),
            **operation.fact(on),
        )
    )


def _once(write: Callable[[], Written]) -> Written:
    """两人同时登记，数据库只收一条。"""
    try:
        with transaction.atomic():
            return write()
    except IntegrityError as error:
        raise ListRefused("这张施工许可证刚刚由他人登记过。请刷新后核对。") from error
