"""今天是哪天、规则是哪版、引擎还跳不跳。"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from kaopu.audit.remembering import until_facts_change
from kaopu.domain.ladder import Ladder, LadderPolicy
from kaopu.domain.rule_kinds import RuleKind
from kaopu.supervision.models import Heartbeat, Issue
from kaopu.tracking.models import RuleSet

MISSED_AFTER = timedelta(hours=26)


def today() -> date:
    """今天；示例库的钟停在示例的那一天。"""
    return _demo_day() or timezone.localdate()


@until_facts_change()
def _demo_day() -> date | None:
    """示例的那一天，拨钟都留痕；正式库没有。"""
    beat = heartbeat()
    return beat.on if beat and beat.clock_demo else None


def ladder() -> Ladder:
    """逐级协调规则的各版。"""
    rows = RuleSet.objects.filter(kind=RuleKind.LADDER).order_by("effective_on")
    return Ladder(
        versions=tuple(
            (row.effective_on, LadderPolicy.from_parameters(row.parameters, name=str(row))) for row in rows
        )
    )


def heartbeat() -> Heartbeat | None:
    """引擎的心跳；从未跑过为 ``None``。"""
    return Heartbeat.objects.first()


def engine_alarm(now: datetime | None = None) -> str:
    """引擎的警报：漏跑、时钟不对，或有事项而从未跑过；正常为空串。"""
    moment = now or timezone.now()
    beat = heartbeat()
    if beat is None:
        return "督办引擎从未运行，期限没有人看着。请运行 kaopu tick。" if Issue.objects.exists() else ""
    if beat.alarm:
        return beat.alarm
    if not beat.clock_demo and moment - beat.beat_at > MISSED_AFTER:
        return f"督办引擎自 {timezone.localtime(beat.beat_at):%Y-%m-%d %H:%M} 起没有运行。请运行 kaopu tick。"
    return ""
