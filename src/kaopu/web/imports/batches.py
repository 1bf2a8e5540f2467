"""一批导入：改了什么，写入了哪些行，拒收了哪些行，有哪些提示；各数点开就是它的成员。"""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from kaopu.domain.rights import Act, Thing
from kaopu.exchange.changes import changes_of
from kaopu.exchange.models import ImportBatch, IssueSource, RowSource
from kaopu.exchange.queries import batches, places_of, rows_written
from kaopu.exchange.results import REJECTED_ROW
from kaopu.projects.queries import profiled_then
from kaopu.web.access import guarded
from kaopu.web.asked import Asked, asked_day

PAGE_SIZE = 50
LISTS = {"rows": "写入的各行", "rejected": "拒收的各行", "warnings": "读时、写时的提示"}


@guarded(Thing.LIST_VERSION, get=Act.CHANGE)
def import_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """一批导入改了什么：逐条逐栏的前后与原表所写；也可只列写入的各行、拒收的各行、各条提示。"""
    asked = asked_day(request, present=timezone.localdate())
    batch = get_object_or_404(batches(asked.past), pk=pk)
    wanted = request.GET.get("list", "")
    if wanted and wanted not in LISTS:
        raise BadRequest("不认得要看哪一张表。请从导入页点开那一批的数。")
    number = request.GET.get("page")
    context = {"asked": asked, "batch": batch, "wanted": wanted, "title": LISTS.get(wanted)}
    if wanted == "rows":
        rows = Paginator(rows_written(batch), PAGE_SIZE).get_page(number)
        context |= {"page": rows, "places": _places(batch, list(rows), asked)}
    elif wanted:
        context["page"] = Paginator(_said(batch, wanted), PAGE_SIZE).get_page(number)
    else:
        changes = Paginator(changes_of(batch.operation), PAGE_SIZE).get_page(number)
        profiled_then((fact.project for fact in changes), asked.past)
        context["page"] = changes
    return render(request, "imports/changes.html", context)


def _places(
    batch: ImportBatch, rows: Sequence[tuple[str, int]], asked: Asked
) -> dict[tuple[str, int], list[RowSource | IssueSource]]:
    found = places_of(batch, rows)
    written = (place for places in found.values() for place in places)
    profiled_then((place.project for place in written if isinstance(place, RowSource)), asked.past)
    return found


def _said(batch: ImportBatch, wanted: str) -> list[dict[str, str]]:
    if wanted == "warnings":
        return list(batch.warnings)
    return [item for item in batch.warnings if item["code"] == REJECTED_ROW]
