"""登记到第几号：各类登记最近的一次，供登记页核对“看到的就是现行的”（TRUST §1 规则 4）。"""

from __future__ import annotations

from kaopu.audit.models import Fact
from kaopu.projects.models import ProjectYear, StageChange
from kaopu.tracking.models import GoalAchievement, LagReason, OutcomeDecision


def last_recorded(project_year: ProjectYear) -> dict[str, Fact | None]:
    """达成、认定、滞后原因、项目阶段最近登记的一次；没有登记过的为空。"""
    rows = {
        "achievement": GoalAchievement.objects.live().filter(goal__project_year=project_year),
        "decision": OutcomeDecision.objects.live().filter(project_year=project_year),
        "lag": LagReason.objects.live().filter(project_year=project_year),
        "stage": StageChange.objects.live().filter(project=project_year.project_id),
    }
    return {kind: found.select_related("operation").order_by("pk").last() for kind, found in rows.items()}
