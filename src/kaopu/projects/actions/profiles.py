"""项目档案的变更：单位提、推进办批，批准即另起一版，旧版永在（HANDBOOK §4.2“propose U”）。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models, transaction

from kaopu.accounts.models import User
from kaopu.audit.actions import plain, record
from kaopu.domain.parsing import name_key
from kaopu.projects.actions.holding import hold_projects
from kaopu.projects.actions.lists import revised
from kaopu.projects.actions.rulings import ProposalRefused, rule_once
from kaopu.projects.models import ProfileChange, ProfileRuling, Project, ProjectProfile

PROPOSABLE = (
    "name", "nature", "scale", "street", "key_area", "total_investment_yuan", "planned_start_on",
    "planned_finish_on", "longitude", "latitude", "note",
)  # fmt: skip
"""单位可以申请改的栏。责任单位、建设单位不在内：换单位牵动责任书，由推进办改清单。"""


@transaction.atomic
def propose_profile_change(
    *, project: Project, seen: int, values: Mapping[str, Any], document: str, by: User, on: date
) -> ProfileChange:
    """申请改档案的几栏（``values`` 里没有变化的不算）；须有依据，一个项目一次只有一件待批。"""
    hold_projects([project])  # 两人同时申请，也只有一件待批
    project.refresh_from_db(fields=["profile"])
    current = project.profile
    if current is None or current.pk != seen:
        raise ProposalRefused("档案在您打开页面之后已有新的一版。请刷新，核对后再提。")
    changed = {name: values[name] for name in PROPOSABLE if values[name] != getattr(current, name)}
    if not changed:
        raise ProposalRefused("各栏都与现行档案相同，没有要改的。")
    if not document.strip():
        raise ProposalRefused("请写明依据：批文、核准文件的名称与文号，或更正的理由。")
    if ProfileChange.objects.live().filter(project=project, ruling=None).exists():
        raise ProposalRefused("这个项目已有一件档案变更待批。请等批复。")
    operation = record(
        by=by, verb="projects.propose_profile_change", target=project, reason=document,
        before={name: getattr(current, name) for name in changed}, after=changed,
    )  # fmt: skip
    return ProfileChange.objects.create(
        project=project,
        revises=current,
        values=plain(changed),
        document=document.strip(),
        **operation.fact(on),
    )


@transaction.atomic
def rule_profile_change(
    *, change: ProfileChange, approved: bool, by: User, on: date, reason: str = ""
) -> ProfileRuling:
    """批复档案变更；批准即另起一版。申请之后档案又改过的，只能不批准。"""
    project = Project.objects.select_for_update().get(pk=change.project_id)
    base = change.revises
    if approved and project.profile_id != base.pk:
        raise ProposalRefused("档案在申请之后已有新的一版，不能照此批准。请退回，另行申请。")
    values = revised_values(change)
    ruling, operation = rule_once(
        ProfileRuling, "change", change, approved=approved, by=by, on=on, reason=reason,
        verb="projects.rule_profile_change",
        before={name: getattr(base, name) for name in values}, after=values,
    )  # fmt: skip
    if approved:
        # 成立日不早于所改的一版：按日取档案取的是最晚的一版，早了就等于没改
        held = operation.fact(max(on, base.on))
        fact = {"project": project, "revision": base.revision + 1, **held}
        project.profile = ProjectProfile.objects.create(**revised(base, **_with_companions(values), **fact))
        project.save(update_fields=["profile"])
    return ruling


def revised_values(change: ProfileChange) -> dict[str, Any]:
    """申请里的各栏，还原成档案所存的值。"""
    return {name: profile_column(name).to_python(value) for name, value in change.values.items()}


def profile_column(name: str) -> models.Field[Any, Any]:
    """档案的一栏。"""
    column = ProjectProfile._meta.get_field(name)
    assert isinstance(column, models.Field)
    return column


def _with_companions(values: Mapping[str, Any]) -> dict[str, Any]:
    """连带的栏：改了日期，旧的原文写法就不作数；改了总投资，旧的限定词与上下限也是。"""
    whole = dict(values)
    if "name" in values:
        whole["name_key"] = name_key(values["name"])
    for name in ("planned_start", "planned_finish"):
        if f"{name}_on" in values:
            whole[f"{name}_text"] = ""
    if "total_investment_yuan" in values:
        whole |= {"investment_qualifier": "", "investment_low_yuan": None, "investment_high_yuan": None}
    return whole
