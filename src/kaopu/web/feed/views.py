"""一网统管图层：登录的推进办、区领导、审计可取。"""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from kaopu.domain.rights import Thing
from kaopu.exchange.map_feed import map_feed
from kaopu.web.access import guarded
from kaopu.web.asked import asked_of


@guarded(Thing.MAP_FEED)
def map_layer(request: HttpRequest) -> JsonResponse:
    """某年清单的 GeoJSON，带数目与合计。"""
    asked = asked_of(request)
    feed = map_feed(year=asked.year, as_of=asked.as_of, known_at=asked.known_at)
    return JsonResponse(feed, json_dumps_params={"ensure_ascii": False}, content_type="application/geo+json")
