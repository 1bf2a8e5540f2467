"""审批节点走到哪里：哪些办结了，批文、证照的时限还有几天。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.backward_rules import REACHED_BY, ChainPolicy
from kaopu.domain.permits import (
    CONSTRUCTION_PERMIT,
    STARTED_NODES,
    STARTED_STAGES,
    expiry_countdown,
    start_countdown,
)
from kaopu.domain.rule_kinds import RuleKind
from kaopu.domain.suspension import Countdown
from kaopu.projects.models import Permit, PermitExtension, PermitRuling, Project, StageChange
from kaopu.tracking.models import GoalAchievement
from kaopu.tracking.queries.facts import rule_set_on


@dataclass(frozen=True, kw_only=True)
class PermitClock:
    """一件批文、证照的现状；后一步已办成的、推进办不认可的没有时限。"""

    permit: Permit
    extensions: tuple[PermitExtension, ...]
    countdown: Countdown | None
    ruling: PermitRuling | None

    @property
    def awaits_ruling(self) -> bool:
        """是否待推进办核实。"""
        return self.permit.awaits_ruling and self.ruling is None

    @property
    def lapses(self) -> bool:
        """是否领证三个月不开工即自行废止的施工许可证。"""
        return self.permit.node == CONSTRUCTION_PERMIT

    @property
    def refused(self) -> bool:
        """推进办是否不认可。"""
        return self.ruling is not None and not self.ruling.approved


@until_facts_change()
def permit_clocks(project: Project, *, on: date, past: Past | None = None) -> list[PermitClock]:
    """一个项目的各件批文、证照，按办结先后；现行的或当时的。"""
    permits = Permit.objects.seen(past).filter(project=project, on__lte=on)
    extensions = Prefetch("extensions", PermitExtension.objects.seen(past))
    related = permits.select_related("operation", "ruling").prefetch_related(extensions)
    found = list(related.order_by("on", "pk"))
    if not found:
        return []
    policy = chain_on(on)
    started_on = _started_on(project, past)
    done = {permit.node for permit in found if _accepted(permit, past)} | set(_built(project, past))
    return [_clock(permit, policy, done, started_on, on, past) for permit in found]


def chain_on(day: date) -> ChainPolicy:
    """某日生效的倒排工期规则。"""
    rules = rule_set_on(day, RuleKind.CHAIN)
    return ChainPolicy.read(rules.parameters, name=str(rules))


def done_nodes(project: Project, past: Past | None = None) -> dict[str, date]:
    """一个项目办结了的节点与办结之日，现在的或当时的：批文、证照须经核实或不必核实，建设各节点以目标达成为准。"""
    found = _built(project, past)
    for permit in Permit.objects.seen(past).filter(project=project).select_related("ruling").order_by("-on"):
        if _accepted(permit, past):
            found[permit.node] = permit.on
    return found


def _built(project: Project, past: Past | None) -> dict[str, date]:
    """建设各节点最早达成之日。"""
    reached = GoalAchievement.objects.seen(past).filter(goal__project_year__project=project)
    found = {
        node: on
        for on, goal_type in reached.order_by("-on").values_list("on", "reached")
        for node, goal_types in REACHED_BY.items()
        if goal_type in goal_types
    }
    started_on = _started_on(project, past)
    return found | ({"开工": started_on} if started_on else {})


def _accepted(permit: Permit, past: Past | None) -> bool:
    ruling = _ruling(permit, past)
    return ruling.approved if ruling is not None else not permit.awaits_ruling


def _ruling(permit: Permit, past: Past | None) -> PermitRuling | None:
    ruling: PermitRuling | None = getattr(permit, "ruling", None)
    return None if ruling is not None and past is not None and not past.saw(ruling) else ruling


def _clock(
    permit: Permit, policy: ChainPolicy, done: set[str], started_on: date | None, on: date, past: Past | None
) -> PermitClock:
    extensions = tuple(sorted(permit.extensions.all(), key=lambda extension: extension.number))
    ruling = _ruling(permit, past)
    countdown = None
    if ruling is None or ruling.approved:
        countdown = (
            start_countdown(
                issued_on=permit.on,
                extended_to=[item.until for item in extensions],
                started_on=started_on,
                on=on,
            )
            if permit.node == CONSTRUCTION_PERMIT
            else _expiry(permit, policy, done, on)
        )
    return PermitClock(permit=permit, extensions=extensions, countdown=countdown, ruling=ruling)


def _expiry(permit: Permit, policy: ChainPolicy, done: set[str], on: date) -> Countdown | None:
    node = policy.node(permit.node)
    if node is None:
        return None
    used = any(permit.node in later.after and later.name in done for later in policy.nodes)
    return expiry_countdown(
        issued_on=permit.on, valid_months=node.valid_months, used=used, clause=policy.name, on=on
    )


def _started_on(project: Project, past: Past | None) -> date | None:
    """最早有据可查的开工之日：达成了开工及以后的节点，或登记为在建及以后的阶段。"""
    reached = GoalAchievement.objects.seen(past).filter(goal__project_year__project=project)
    stages = StageChange.objects.seen(past).filter(project=project, stage__in=STARTED_STAGES)
    days = [
        *reached.filter(reached__in=STARTED_NODES).values_list("on", flat=True),
        *stages.values_list("on", flat=True),
    ]
    return min(days, default=None)
