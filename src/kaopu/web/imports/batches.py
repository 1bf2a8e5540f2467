"""一批导入：改了什么，每一行去了哪里，有哪些提示；各数点开就是它的成员。"""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from kaopu.domain.rights import Act, Thing
from kaopu.exchange.changes import changes_of
from kaopu.exchange.models import ImportBatch
from kaopu.exchange.queries import batches, rows_of, told_in
from kaopu.exchange.results import APPLIED, CLASSIFIED, REJECTED, REJECTED_ROW, UNCHANGED
from kaopu.projects.models import Project
from kaopu.projects.queries import profiled_then
from kaopu.web.access import guarded
from kaopu.web.asked import asked_day
from kaopu.web.imports.labels import FATES, ROW_KINDS

PAGE_SIZE = 50
ROWS = {"read": "", APPLIED: APPLIED, UNCHANGED: UNCHANGED, CLASSIFIED: CLASSIFIED}  # 各行一行一条的
LISTS = {
    "read": "读入的各行",
    APPLIED: "写入的各行",
    UNCHANGED: "未变的各行",
    REJECTED: "拒收的各行",
    CLASSIFIED: "只归类的各行",
    "warnings": "读时、写时的提示",
}


@guarded(Thing.LIST_VERSION, get=Act.CHANGE)
def import_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """一批导入改了什么：逐条逐栏的前后与原表所写；也可只列某一种去处的各行、各条提示。"""
    asked = asked_day(request, present=timezone.localdate())
    batch = get_object_or_404(batches(asked.past), pk=pk)
    wanted = request.GET.get("list", "")
    if wanted and wanted not in LISTS:
        raise BadRequest("不认得要看哪一张表。请从导入页点开那一批的数。")
    number = request.GET.get("page")
    context = {"asked": asked, "batch": batch, "wanted": wanted, "title": LISTS.get(wanted)}
    if wanted in ROWS:
        page = Paginator(rows_of(batch, ROWS[wanted]), PAGE_SIZE).get_page(number)
        told = told_in(batch, list(page))
        profiled_then(
            (one for found in told.values() for one in found if isinstance(one, Project)), asked.past
        )
        context |= {"page": page, "told": told, "fates": FATES, "kinds": ROW_KINDS}
    elif wanted:
        context["page"] = Paginator(_said(batch, wanted), PAGE_SIZE).get_page(number)
    else:
        changes = Paginator(changes_of(batch.operation), PAGE_SIZE).get_page(number)
        profiled_then((fact.project for fact in changes), asked.past)
        context["page"] = changes
    return render(request, "imports/changes.html", context)


def _said(batch: ImportBatch, wanted: str) -> list[dict[str, str]]:
    if wanted == "warnings":
        return list(batch.warnings)
    return [item for item in batch.warnings if item["code"] == REJECTED_ROW]
