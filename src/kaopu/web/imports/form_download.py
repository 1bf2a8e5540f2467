"""下发月报采集表：选月份和责任单位，取一份预填好的工作簿。只许推进办。"""

from __future__ import annotations

import re
from datetime import date

from django.http import Http404, HttpRequest, HttpResponseBase

from kaopu.accounts.models import Organization
from kaopu.domain.rights import Act, Thing
from kaopu.exchange.collection import form_rows
from kaopu.exchange.excel_out import write_collection_form
from kaopu.tracking.queries import is_frozen
from kaopu.web.access import guarded
from kaopu.web.imports.downloads import workbook
from kaopu.web.imports.forms import UploadForm
from kaopu.web.imports.views import upload_page


@guarded(Thing.LIST_VERSION, get=Act.CHANGE)
def collection_form(request: HttpRequest) -> HttpResponseBase:
    """一家单位某月的采集表；月份不成月份、没有这家单位的是 404，已冻结的、名下没有项目的说明理由。"""
    month = _month(request.GET.get("month", ""))
    unit = Organization.objects.filter(pk=_number(request.GET.get("unit", ""))).first()
    if month is None or unit is None:
        raise Http404("没有可下发的采集表。请选一个清单上有项目的责任单位和月份。")
    told = f"{month.year}年{month.month}月"
    if is_frozen(month):
        return _refused(request, f"{told}已关账冻结，发了采集表也收不回。请另选还没有关账的月份。")
    rows = form_rows(month=month, unit=unit)
    if not rows:
        return _refused(
            request, f"{unit.name}在{month.year}年清单上没有项目，没有可填的采集表。请另选单位或月份。"
        )
    name = f"{unit.name}{told}月报采集表"
    return workbook(name, write_collection_form, month=month, unit=unit.name, rows=rows)


def _refused(request: HttpRequest, why: str) -> HttpResponseBase:
    return upload_page(request, UploadForm(), wrong=f"没有取到采集表：{why}", status=422)


def _month(text: str) -> date | None:
    found = re.fullmatch(r"(20\d{2})-(0[1-9]|1[0-2])", text)
    return date(int(found.group(1)), int(found.group(2)), 1) if found else None


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
