"""导出工作簿：问题清单、项目清单、月度计划、统计表；各随本类的导出权，只含看得见的。"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase

from kaopu.domain.rights import Act, Thing
from kaopu.exchange import exports
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import asked_day, asked_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(name: str, write: Callable[..., None], **content: Any) -> FileResponse:
    """写好一个工作簿作为附件送出。"""
    with tempfile.TemporaryDirectory(prefix="kaopu-out-") as folder:
        path = Path(folder) / "out.xlsx"
        write(path, **content)
        body = io.BytesIO(path.read_bytes())
    return FileResponse(body, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


@guarded(Thing.ISSUE, get=Act.EXPORT)
def export_issues(request: HttpRequest) -> HttpResponseBase:
    """问题清单，现在的或当时的。"""
    user, asked = signed_in(request), asked_day(request)
    name = f"问题清单{asked.as_of:%Y%m%d}"
    return workbook(name, exports.export_problems, by=user, day=asked.as_of, past=asked.past)


@guarded(Thing.LIST_VERSION, get=Act.EXPORT)
def export_list(request: HttpRequest) -> HttpResponseBase:
    """一年的项目清单；没有看得见的项目是 404。"""
    return _of_year(request, "项目清单", exports.export_list)


@guarded(Thing.MONTHLY_PLAN, get=Act.EXPORT)
def export_plans(request: HttpRequest) -> HttpResponseBase:
    """一年的月度计划；没有看得见的项目是 404。"""
    return _of_year(request, "月度计划", exports.export_plans)


def _of_year(request: HttpRequest, name: str, write: Callable[..., None]) -> HttpResponseBase:
    asked = asked_of(request)
    name = f"{asked.year}年{name}{asked.as_of:%Y%m%d}" if asked.looks_back else f"{asked.year}年{name}"
    try:
        return workbook(name, write, year=asked.year, by=signed_in(request), past=asked.past)
    except exports.ExportRefused as error:
        raise Http404(str(error)) from error


@guarded(Thing.FIGURE, get=Act.EXPORT)
def export_statistics(request: HttpRequest) -> HttpResponseBase:
    """五类 × 结果的统计表，按所问的基准日与取数时刻；恒等式不成立的是 404，并说明先改什么。"""
    user, asked = signed_in(request), asked_of(request)
    name = f"{asked.year}年统计表{asked.as_of:%Y%m%d}"
    try:
        return workbook(name, exports.export_statistics, book=asked.book(), by=user)
    except exports.ExportRefused as error:
        raise Http404(str(error)) from error
