"""审批节点走到哪里：哪些办结了，批文、证照的时限还有几天。"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from kaopu.audit.models import Past, ruling_seen
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.backward_rules import REACHED_BY, ChainPolicy
from kaopu.domain.permits import (
    CONSTRUCTION_PERMIT,
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
    def accepted(self) -> bool:
        """是否算办结：推进办认可了，或不待核实。"""
        return self.ruling.approved if self.ruling is not None else not self.permit.awaits_ruling

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
    return clocks_by_project([project.pk], on=on, past=past)[project.pk]


def clocks_by_project(
    projects: Collection[int], *, on: date, past: Past | None = None
) -> dict[int, list[PermitClock]]:
    """各项目的各件批文、证照，按项目归拢。"""
    return _clocks(projects, _built(projects, past), on, past)


def chain_on(day: date) -> ChainPolicy:
    """某日生效的倒排工期规则。"""
    rules = rule_set_on(day, RuleKind.CHAIN)
    return ChainPolicy.read(rules.parameters, name=str(rules))


@dataclass(frozen=True, kw_only=True)
class Attained:
    """一个项目的节点：办结了的与办结之日；办过而已过期、须重办的。"""

    done: Mapping[str, date]
    lapsed: frozenset[str]


def attained_nodes(projects: Collection[int], *, on: date, past: Past | None = None) -> dict[int, Attained]:
    """各项目到 ``on`` 日办结了的节点，现在的或当时的。

    批文、证照须经核实或不必核实，没有过期（后一步已办成的不再过期，§3.13）；建设各节点以目标达成为准。
    """
    built = _built(projects, past)
    clocks = _clocks(projects, built, on, past)
    return {project: _attained(clocks[project], built[project]) for project in projects}


def _attained(clocks: Sequence[PermitClock], built: Mapping[str, date]) -> Attained:
    done, lapsed = dict(built), set()
    for clock in reversed(clocks):
        if clock.accepted and clock.countdown is not None and clock.countdown.passed:
            lapsed.add(clock.permit.node)
        elif clock.accepted:
            done[clock.permit.node] = clock.permit.on
    return Attained(done=done, lapsed=frozenset(lapsed - set(done)))


def _built(projects: Collection[int], past: Past | None) -> dict[int, dict[str, date]]:
    """各项目建设各节点最早达成之日；“开工”也看登记为在建及以后的阶段。"""
    found: dict[int, dict[str, date]] = {project: {} for project in projects}

    def reach(project: int, node: str, day: date) -> None:
        found[project][node] = min(day, found[project].get(node, day))

    reached = GoalAchievement.objects.seen(past).filter(goal__project_year__project__in=projects)
    for project, day, goal_type in reached.values_list("goal__project_year__project", "on", "reached"):
        for node, goal_types in REACHED_BY.items():
            if goal_type in goal_types:
                reach(project, node, day)
    stages = StageChange.objects.seen(past).filter(project__in=projects, stage__in=STARTED_STAGES)
    for project, day in stages.values_list("project", "on"):
        reach(project, "开工", day)
    return found


def _clocks(
    projects: Collection[int], built: Mapping[int, Mapping[str, date]], on: date, past: Past | None
) -> dict[int, list[PermitClock]]:
    found: dict[int, list[PermitClock]] = {project: [] for project in projects}
    extensions = Prefetch("extensions", PermitExtension.objects.seen(past))
    permits = Permit.objects.seen(past).filter(project__in=projects, on__lte=on)
    related = permits.select_related("operation", "ruling").prefetch_related(extensions).order_by("on", "pk")
    grouped: dict[int, list[Permit]] = {}
    for permit in related:
        grouped.setdefault(permit.project_id, []).append(permit)
    if not grouped:
        return found
    policy = chain_on(on)
    for project, rows in grouped.items():
        done = {permit.node for permit in rows if _accepted(permit, past)} | set(built[project])
        used = {name for node in done for name in policy.before(node)}
        found[project] = [
            _clock(permit, policy, used, built[project].get("开工"), on, past) for permit in rows
        ]
    return found


def _accepted(permit: Permit, past: Past | None) -> bool:
    ruling = ruling_seen(permit, past)
    return ruling.approved if ruling is not None else not permit.awaits_ruling


def _clock(
    permit: Permit, policy: ChainPolicy, used: set[str], started_on: date | None, on: date, past: Past | None
) -> PermitClock:
    extensions = tuple(sorted(permit.extensions.all(), key=lambda extension: extension.number))
    ruling = ruling_seen(permit, past)
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
            else _expiry(permit, policy, used, on)
        )
    return PermitClock(permit=permit, extensions=extensions, countdown=countdown, ruling=ruling)


def _expiry(permit: Permit, policy: ChainPolicy, used: set[str], on: date) -> Countdown | None:
    node = policy.node(permit.node)
    if node is None:
        return None
    return expiry_countdown(
        issued_on=permit.on,
        valid_months=node.valid_months,
        used=permit.node in used,
        clause=policy.name,
        on=on,
    )
