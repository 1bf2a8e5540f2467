"""一网统管的图层：项目名称、责任单位、总投资与点位、颜色，合成 GeoJSON（种子 D12–D14，HANDBOOK §3.15）。

数目与合计一并给出，供对方回执核对；没有点位的项目也在内（几何为空），不悄悄丢掉。
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kaopu.figures.progress import UNASSESSED, colour_of
from kaopu.figures.queries import evaluate
from kaopu.projects import queries as projects
from kaopu.projects.models import ListEntry, ProjectProfile
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import Verdict

CRS = "EPSG:4326"


def map_feed(*, year: int, as_of: date | None = None, known_at: datetime | None = None) -> dict[str, Any]:
    """某年清单的图层。``features`` 与口径 ``list.all`` 的成员一一对应。"""
    book = evaluate(year, as_of=as_of, known_at=known_at)
    profiles = projects.profiles_known(as_of=book.as_of, known_at=book.known_at, year=year)
    verdicts = tracking.latest_verdicts(year=year, as_of=book.as_of, known_at=book.known_at)
    members = set(book["list.all"].members)
    entries = projects.entries_known(year=year, as_of=book.as_of, known_at=book.known_at)
    features = [
        _feature(entry, profiles[entry.project_year.project_id], verdicts.get(entry.project_year_id))
        for entry in entries
        if entry.project_year.project.code in members
    ]
    return {
        "type": "FeatureCollection",
        "crs_name": CRS,
        "as_of": book.as_of.isoformat(),
        "known_at": book.known_at.isoformat(),
        "count": len(features),
        "without_point": sum(feature["geometry"] is None for feature in features),
        "total_investment_yuan": sum(
            feature["properties"]["total_investment_yuan"] or 0 for feature in features
        ),
        "features": features,
    }


def _feature(entry: ListEntry, profile: ProjectProfile, verdict: Verdict | None) -> dict[str, Any]:
    colour = colour_of(entry.level, verdict)
    point = None
    if profile.longitude is not None and profile.latitude is not None:
        point = {"type": "Point", "coordinates": [float(profile.longitude), float(profile.latitude)]}
    return {
        "type": "Feature",
        "geometry": point,
        "properties": {
            "code": entry.project_year.project.code,
            "name": profile.name,
            "level": entry.level,
            "category": entry.category,
            "responsible_unit": profile.responsible_unit.name if profile.responsible_unit else None,
            "total_investment_yuan": profile.total_investment_yuan,
            "colour": None if colour == UNASSESSED else colour,
            "reason": verdict.reason if verdict else "尚无月末评定",
            "street": profile.street,
            "is_demo": entry.project_year.project.is_demo,
        },
    }
