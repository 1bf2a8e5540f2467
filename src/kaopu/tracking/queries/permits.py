"""施工许可走到哪里：领证、延期、开没开工，离最迟开工日还有几天。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.permits import STARTED_NODES, STARTED_STAGES, start_countdown
from kaopu.domain.suspension import Countdown
from kaopu.projects.models import ConstructionPermit, PermitExtension, Project, StageChange
from kaopu.tracking.models import GoalAchievement


@dataclass(frozen=True, kw_only=True)
class PermitClock:
    """一张施工许可证的现状；已开工的没有时限。"""

    permit: ConstructionPermit
    extensions: tuple[PermitExtension, ...]
    countdown: Countdown | None


@until_facts_change()
def permit_clocks(project: Project, *, on: date, past: Past | None = None) -> list[PermitClock]:
    """一个项目的各张施工许可证，按领证先后；现行的或当时的。"""
    permits = ConstructionPermit.objects.seen(past).filter(project=project, on__lte=on)
    extensions = Prefetch("extensions", PermitExtension.objects.seen(past))
    found = list(permits.prefetch_related(extensions).order_by("on", "pk"))
    if not found:
        return []
    started_on = _started_on(project, past)
    return [_clock(permit, started_on, on) for permit in found]


def _clock(permit: ConstructionPermit, started_on: date | None, on: date) -> PermitClock:
    extensions = tuple(sorted(permit.extensions.all(), key=lambda extension: extension.number))
    countdown = start_countdown(
        issued_on=permit.on, extended_to=[item.until for item in extensions], started_on=started_on, on=on
    )
    return PermitClock(permit=permit, extensions=extensions, countdown=countdown)


def _started_on(project: Project, past: Past | None) -> date | None:
    """最早有据可查的开工之日：达成了开工及以后的节点，或登记为在建及以后的阶段。"""
    reached = GoalAchievement.objects.seen(past).filter(goal__project_year__project=project)
    stages = StageChange.objects.seen(past).filter(project=project, stage__in=STARTED_STAGES)
    days = [
        *reached.filter(reached__in=STARTED_NODES).values_list("on", flat=True),
        *stages.values_list("on", flat=True),
    ]
    return min(days, default=None)
