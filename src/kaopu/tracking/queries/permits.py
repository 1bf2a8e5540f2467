"""施工许可走到哪里：领证、延期、开没开工，离最迟开工日还有几天。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.permits import STARTED_NODES, STARTED_STAGES, start_countdown
from kaopu.domain.suspension import Countdown
from kaopu.projects.models import ConstructionPermit, PermitExtension, PermitRuling, Project, StageChange
from kaopu.tracking.models import GoalAchievement


@dataclass(frozen=True, kw_only=True)
class PermitClock:
    """一张施工许可证的现状；已开工的、推进办不认可的没有时限。"""

    permit: ConstructionPermit
    extensions: tuple[PermitExtension, ...]
    countdown: Countdown | None
    ruling: PermitRuling | None

    @property
    def awaits_ruling(self) -> bool:
        """是否待推进办核实。"""
        return self.permit.awaits_ruling and self.ruling is None

    @property
    def refused(self) -> bool:
        """推进办是否不认可。"""
        return self.ruling is not None and not self.ruling.approved


@until_facts_change()
def permit_clocks(project: Project, *, on: date, past: Past | None = None) -> list[PermitClock]:
    """一个项目的各张施工许可证，按领证先后；现行的或当时的。"""
    permits = ConstructionPermit.objects.seen(past).filter(project=project, on__lte=on)
    extensions = Prefetch("extensions", PermitExtension.objects.seen(past))
    related = permits.select_related("operation", "ruling").prefetch_related(extensions)
    found = list(related.order_by("on", "pk"))
    if not found:
        return []
    started_on = _started_on(project, past)
    return [_clock(permit, started_on, on, past) for permit in found]


def _clock(permit: ConstructionPermit, started_on: date | None, on: date, past: Past | None) -> PermitClock:
    extensions = tuple(sorted(permit.extensions.all(), key=lambda extension: extension.number))
    ruling: PermitRuling | None = getattr(permit, "ruling", None)
    if ruling is not None and past is not None and not past.saw(ruling):
        ruling = None
    countdown = None
    if ruling is None or ruling.approved:
        until = [item.until for item in extensions]
        countdown = start_countdown(issued_on=permit.on, extended_to=until, started_on=started_on, on=on)
    return PermitClock(permit=permit, extensions=extensions, countdown=countdown, ruling=ruling)


def _started_on(project: Project, past: Past | None) -> date | None:
    """最早有据可查的开工之日：达成了开工及以后的节点，或登记为在建及以后的阶段。"""
    reached = GoalAchievement.objects.seen(past).filter(goal__project_year__project=project)
    stages = StageChange.objects.seen(past).filter(project=project, stage__in=STARTED_STAGES)
    days = [
        *reached.filter(reached__in=STARTED_NODES).values_list("on", flat=True),
        *stages.values_list("on", flat=True),
    ]
    return min(days, default=None)
