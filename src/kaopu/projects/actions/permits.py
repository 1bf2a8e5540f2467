"""审批节点的写入：批文与证照、核实、施工许可的延期（《建筑法》第九条，HANDBOOK §3.13、§4.2）。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from django.db import IntegrityError, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import record
from kaopu.domain.attachments import Received, traced
from kaopu.domain.permits import CONSTRUCTION_PERMIT, awaits_ruling, extension_refused
from kaopu.domain.rights import Role
from kaopu.projects.actions.attachments import attach
from kaopu.projects.actions.lists import ListRefused
from kaopu.projects.actions.rulings import rule_once
from kaopu.projects.models import Permit, PermitExtension, PermitRuling, Project

Written = TypeVar("Written")


@transaction.atomic
def record_permit(
    *,
    project: Project,
    number: str,
    issuer: str,
    by: User,
    on: date,
    node: str = CONSTRUCTION_PERMIT,
    scope: str = "",
    attachments: Sequence[Received] = (),
) -> Permit:
    """记一个审批节点（``node``）办结的批文、证照；同一文号再记一次即更正前一次。

    建设单位、责任单位所报的待推进办核实；审批部门只登记自己所发的（§4.2）。施工许可证三个月开工的钟从领证之日起走。
    """
    number, issuer, scope = number.strip(), issuer.strip(), scope.strip()
    if not number or not issuer:
        raise ListRefused("请写明文号或证号，以及审批部门。")
    before = Permit.objects.live().filter(project=project, number=number).first()
    _refuse_others(issuer if before is None else before.issuer, by)
    _refuse_settled(before, by)
    operation = record(
        by=by, verb="projects.record_permit", target=project, number=number, before=_traced(before),
        after={"on": on, "node": node, "issuer": issuer, "scope": scope}, **traced(attachments),
    )  # fmt: skip
    permit = _once(
        lambda: Permit.objects.create(
            project=project, node=node, number=number, issuer=issuer, scope=scope, supersedes=before,
            awaits_ruling=awaits_ruling(Role(by.role)), **operation.fact(on),
        )
    )  # fmt: skip
    attach(received=attachments, operation=operation, on=on, project=project)
    return permit


def _traced(permit: Permit | None) -> dict[str, object] | None:
    if permit is None:
        return None
    return {"on": permit.on, "node": permit.node, "issuer": permit.issuer, "scope": permit.scope}


def _refuse_others(issuer: str, by: User) -> None:
    """审批部门只办本部门所发的。"""
    if by.role == Role.PERMIT_DEPT and issuer != str(by.organization):
        raise ListRefused(f"这一件由{issuer}办，请由审批部门或推进办登记。")


def _refuse_settled(before: Permit | None, by: User) -> None:
    """已办延期的不再改领证之日；推进办认定了的，单位不能自己更正。"""
    if before is None:
        return
    if before.extensions.exists():
        raise ListRefused(f"{before.number}已办过延期，领证日期不能再改。请先核对延期的批准文件。")
    settled = not before.awaits_ruling or PermitRuling.objects.filter(permit=before, approved=True).exists()
    if settled and awaits_ruling(Role(by.role)):
        raise ListRefused(f"{before.number}已登记并核实。要更正的，请推进办或审批部门办。")


@transaction.atomic
def rule_permit(*, permit: Permit, approved: bool, by: User, on: date, reason: str = "") -> PermitRuling:
    """核实单位所报的批文、证照；不认可的不算办结、不计时限，单位可按同一文号再报。"""
    if not permit.awaits_ruling or Permit.objects.filter(supersedes=permit).exists():
        raise ListRefused(f"{permit.number}不待核实，或已有更正。请刷新后核对。")
    ruling, _ = rule_once(
        PermitRuling, "permit", permit, approved=approved, by=by, on=on, reason=reason,
        verb="projects.rule_permit", after=_traced(permit),
    )  # fmt: skip
    return ruling


@transaction.atomic
def extend_permit(*, permit: Permit, until: date, document: str, by: User, on: date) -> PermitExtension:
    """记发证机关批准的延期：至多两次，每次不超过三个月，须在到期之前批准。"""
    _refuse_others(permit.issuer, by)
    if permit.node != CONSTRUCTION_PERMIT:
        raise ListRefused(f"只有施工许可证办延期；{permit.node}过期的请重新申领。")
    if awaits_ruling(Role(by.role)):
        raise ListRefused("延期由发证机关批准，请发证部门或推进办登记。")
    if not document.strip():
        raise ListRefused("请写明发证机关批准延期的文件名称与文号。")
    extended = list(permit.extensions.values_list("until", flat=True))
    if refused := extension_refused(issued_on=permit.on, extended_to=extended, until=until, on=on):
        raise ListRefused(refused)
    operation = record(
        by=by, verb="projects.extend_permit", target=permit, document=document,
        before={"until": max(extended, default=None)}, after={"until": until},
    )  # fmt: skip
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
        raise ListRefused("这一件刚刚由他人登记过。请刷新后核对。") from error
