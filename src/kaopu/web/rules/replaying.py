"""回放：换一版颜色规则，以往各月会评成什么颜色；每个数点开是哪些项目、哪些月（HANDBOOK §5.4）。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.domain.colours import COLOUR_LABELS, Colour
from kaopu.domain.replay import END_LABELS, FLAGGED, Comparison, Difference, End, compare
from kaopu.domain.rights import Act, Thing
from kaopu.domain.rule_kinds import RuleKind
from kaopu.projects.models import ProjectYear
from kaopu.supervision.queries.clock import today
from kaopu.tracking.queries import rule_set_on
from kaopu.tracking.queries import rule_sets as queries
from kaopu.web.access import guarded, signed_in
from kaopu.web.rules.views import activated, activation, chosen_of

PAGE_SIZE = 50
_SIDES = {"before": "原规则", "after": "新规则"}
_ALARM = "alarm"


@guarded(Thing.RULE_SET, post=Act.APPROVE)
def rule_replay(request: HttpRequest) -> HttpResponse:
    """回放：两版颜色规则各重评一遍以往各月；草稿在这一页启用。"""
    user = signed_in(request)
    found = queries.candidates()
    before = chosen_of(found, request.GET.get("before"), f"v{rule_set_on(today()).pk}")
    after = chosen_of(found, request.GET.get("after"), found[0].key)
    form = activation(request, RuleKind.COLOUR)
    if activated(request, form, after, user):
        return redirect("rule_list")
    years = queries.years_assessed()
    asked = [year for year in years if str(year) in request.GET.getlist("year")] or years[:3]
    comparison = compare(queries.replay_lines(asked), before=before.policy, after=after.policy)
    context = {
        "candidates": found,
        "before": before,
        "after": after,
        "years": years,
        "years_asked": asked,
        "comparison": comparison,
        "form": form,
        "may_activate": user.may(Thing.RULE_SET, Act.APPROVE),
        "query": {"before": before.key, "after": after.key, "year": tuple(asked)},
        **_listed(request, comparison),
    }
    return render(request, "rules/replay.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True, kw_only=True)
class ReplayedMonth:
    """重评过的一个年度项目的一个月：原规则、新规则各是什么颜色。"""

    key: int
    month: date
    before: Colour
    after: Colour
    end: End

    def counted(self, side: str, what: str) -> bool:
        """算不算某一边的某个数：某种颜色，或误报（示了警，而项目最后按期完成）。"""
        colour = self.before if side == "before" else self.after
        return (colour in FLAGGED and self.end is End.ON_TIME) if what == _ALARM else colour == what


def _listed(request: HttpRequest, comparison: Comparison) -> dict[str, object]:
    """点了颜色或误报的，列那些月份；否则列有差别的年度项目，可只列多得、失去预警的。"""
    side, what, only = (request.GET.get(name, "") for name in ("side", "colour", "only"))
    chosen = {"side": side, "colour": what, "only": only}
    if side in _SIDES and (what == _ALARM or what in set(Colour)):
        rows: Sequence[Difference | ReplayedMonth] = [
            item for item in _months(comparison) if item.counted(side, what)
        ]
        label = f"{_SIDES[side]}{'误报' if what == _ALARM else f'评为{COLOUR_LABELS[Colour(what)]}'}的"
    else:
        rows, label = _differences(comparison, only), _ONLY.get(only, "")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    keys = {item.key if isinstance(item, ReplayedMonth) else item.line.key for item in page}
    entries = ProjectYear.objects.filter(pk__in=keys).select_related("project__profile")
    return {
        "page": page,
        "chosen": chosen,
        "list_label": label,
        "by_month": bool(rows) and isinstance(rows[0], ReplayedMonth),
        "entries": {row.pk: row for row in entries},
        "end_labels": END_LABELS,
        "verdict_of": _verdict_of,
    }


def _months(comparison: Comparison) -> list[ReplayedMonth]:
    return [
        ReplayedMonth(key=item.line.key, month=month, before=old, after=new, end=item.line.end)
        for item in comparison.replayed
        for month, old, new in zip(item.line.months, item.before, item.after, strict=True)
    ]


_ONLY = {"gained": "多得预警的", "lost": "失去预警的"}


def _differences(comparison: Comparison, only: str) -> list[Difference]:
    """有差别的年度项目：多得、失去的预警在前，其次误报，再次其余。"""
    kept = {"gained": lambda item: item.gained, "lost": lambda item: item.lost}.get(only, lambda _: True)
    return sorted(filter(kept, comparison.differences), key=lambda item: (-_weight(item), item.line.key))


def _weight(item: Difference) -> int:
    alarms = abs(item.false_alarms(item.after) - item.false_alarms(item.before))
    return abs(item.months_earlier or 0) * 100 + alarms


def _verdict_of(item: Difference) -> str:
    """差别的一句话。"""
    if item.gained:
        return f"多得的预警：早 {item.months_earlier} 个月"
    if item.lost:
        return f"失去的预警：晚 {-(item.months_earlier or 0)} 个月"
    alarms = item.false_alarms(item.after) - item.false_alarms(item.before)
    if alarms:
        return f"误报{'多' if alarms > 0 else '少'} {abs(alarms)} 个月"
    return f"{item.changed} 个月颜色不同"
