"""各责任单位的报绿失实率；每个数点开是哪些项目的哪些月（HANDBOOK §5.4）。"""

from __future__ import annotations

from dataclasses import replace

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaopu.domain.colour_review import GREEN_LABELS, GreenState
from kaopu.domain.rights import Thing
from kaopu.tracking.queries.honesty import CLAIMED_LABELS, GreenMonth
from kaopu.tracking.queries.honesty import honesty_table as table_of
from kaopu.tracking.queries.rule_sets import years_assessed
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import Asked, asked_day

PAGE_SIZE = 50
_STATES = {**{state.value: (state,) for state in GreenState}, "decided": (GreenState.TURNED, GreenState.KEPT)}


@guarded(Thing.WARNING)
def honesty_table(request: HttpRequest) -> HttpResponse:
    """某年各责任单位的报绿失实率，现在的或截至过去某天所知的；逐个绿在下，可按所点的数筛选。"""
    user, asked = signed_in(request), _asked(request)
    table = table_of(user=user, year=asked.year, past=asked.past)
    chosen = {name: request.GET.get(name, "") for name in ("unit", "claimed", "state")}
    greens = sorted(
        (item for item in table.greens if _fits(item, chosen)),
        key=lambda item: (list(GreenState).index(item.judged.state), item.project.code, item.judged.month),
    )
    context = {
        "asked": asked,
        "rows": table.units,
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "page": Paginator(greens, PAGE_SIZE).get_page(request.GET.get("page")),
        "claimed_labels": CLAIMED_LABELS,
        "green_labels": GREEN_LABELS,
        "query": {"year": asked.year, **asked.stay},
    }
    return render(request, "rules/honesty.html", context)


def _asked(request: HttpRequest) -> Asked:
    """所问的年度须是评定过的；没有指明的取最近一年。看过去问的是那天所知的，不是那年的年末。"""
    asked, years = asked_day(request), tuple(years_assessed())
    return replace(
        asked, years=years, year=asked.year if asked.year in years else max(years, default=asked.year)
    )


def _fits(item: GreenMonth, chosen: dict[str, str]) -> bool:
    return (
        chosen["unit"] in ("", item.unit)
        and chosen["claimed"] in ("", item.claimed)
        and (not chosen["state"] or item.judged.state in _STATES.get(chosen["state"], ()))
    )
