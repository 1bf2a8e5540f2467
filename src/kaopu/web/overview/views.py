"""一屏总览：清单、结果、投资、地图、最滞后的项目。"""

from __future__ import annotations

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaopu.domain.colours import Colour
from kaopu.domain.rights import Thing
from kaopu.figures.ledger import Ledger
from kaopu.supervision.queries.alarms import office_alarms
from kaopu.tracking import queries as tracking
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import asked_of
from kaopu.web.listed import listed
from kaopu.web.overview import panels
from kaopu.web.overview.charts import investment_chart
from kaopu.web.overview.district_map import BaseMap, base_map


@lru_cache(maxsize=1)
def _base_map() -> BaseMap:
    return base_map()


@guarded(Thing.FIGURE)
def overview(request: HttpRequest) -> HttpResponse:
    """某年截至某日的全貌；本单位的人在图与列表中只见本单位的项目。"""
    user = signed_in(request)
    asked = asked_of(request)
    ledger = Ledger(year=asked.year, as_of=asked.as_of, known_at=asked.known_at)
    book = ledger.book
    counted = set(book["list.all"].members)
    rows = [row for row in listed(user, asked.year, then=asked.then()) if row.code in counted]
    items = panels.marked(
        rows, tracking.latest_verdicts(year=asked.year, as_of=asked.as_of, known_at=book.known_at)
    )
    worst = panels.worst_first(items)
    context = {
        "asked": asked,
        "book": book,
        "tiles": panels.tiles(ledger),
        "outcomes": [outcome.value for outcome in panels.shown_outcomes(book)],
        "matrix": panels.matrix(ledger),
        "lamps": panels.lamps(ledger),
        "chart": investment_chart(panels.months(ledger)),
        "totals": [ledger.figure(f"progress.{name}.all") for name in ("plan", "to_date")],
        "base": _base_map(),
        "map": panels.map_panel(items),
        "worst": worst[: panels.WORST_SHOWN],
        "red_count": sum(item.colour == Colour.RED for item in items),
        "yellow_count": sum(item.colour == Colour.YELLOW for item in items),
        "broken": [identity for identity in book.identities if not identity.holds],
        "sees_everything": user.sees_everything,
        "alarms": [] if asked.looks_back else office_alarms(user, on=asked.day),
    }
    return render(request, "overview/overview.html", context)
