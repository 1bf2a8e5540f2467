"""导入：上传 → 预演（什么也不写，可改列、认名、改格）→ 确认 → 结果。只许推进办。"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from kaopu.domain.rights import Act, Thing
from kaopu.exchange.collection import months_to_collect
from kaopu.exchange.models import ImportBatch
from kaopu.exchange.queries import choices_of, recent_batches, units_with_projects
from kaopu.exchange.results import ImportRefused
from kaopu.exchange.undo import UndoRefused, undo_import
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.imports import corrections, jobs, labels, running, uploads
from kaopu.web.imports.drawing import STATES, DrawnSheet, drawn_again
from kaopu.web.imports.forms import UploadForm


@guarded(Thing.LIST_VERSION, get=Act.CHANGE, post=Act.CHANGE)
def import_upload(request: HttpRequest) -> HttpResponse:
    """上传工作簿，存下后转到预演页；下面是最近的导入，现在的或当时的。"""
    user = signed_in(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = uploads.keep(data["workbook"], user_id=user.pk, year=data["year"], month=form.month_on)
        return redirect("import_review", upload_id=kept.id)
    return upload_page(request, form, status=422 if request.method == "POST" else 200)


@guarded(Thing.LIST_VERSION, get=Act.CHANGE, post=Act.CHANGE)
@require_POST
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销一批导入，须写明理由；不许撤的说明理由，什么也不改。"""
    user = signed_in(request)
    batch = get_object_or_404(ImportBatch, pk=pk)
    try:
        undo_import(batch=batch, reason=request.POST.get("reason", ""), by=user)
    except UndoRefused as error:
        return upload_page(request, UploadForm(), wrong=f"没有撤销：{error}", status=422)
    messages.success(request, f"《{batch.file_name}》那一批导入已撤销。")
    return redirect("import_upload")


def upload_page(
    request: HttpRequest, form: UploadForm, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    """上传页；``wrong`` 为没有办成的一句话。"""
    asked = asked_day(request, present=timezone.localdate())
    context = {
        "asked": asked,
        "form": form,
        "wrong": wrong,
        "batches": list(recent_batches(past=asked.past)),
        "units": [] if asked.looks_back else list(units_with_projects()),
        "months": months_to_collect(),
    }
    return render(request, "imports/upload.html", context, status=status)


@guarded(Thing.LIST_VERSION, get=Act.CHANGE, post=Act.CHANGE)
def import_review(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """预演的结果；可改列、认名、改格后再预演，确认才正式导入。已导入的显示当时的结果。"""
    user = signed_in(request)
    upload = uploads.find(upload_id, user_id=user.pk)
    if upload is None:
        raise Http404
    if upload.result is not None:
        return _page(request, upload, upload.result, done=True)
    what = request.POST.get("what", "apply") if request.method == "POST" else ""
    refusal = ""
    if what in corrections.CORRECTIONS:
        refusal = corrections.CORRECTIONS[what](request.POST, upload=upload, by=user)
    if jobs.is_long(upload):
        return _long_review(request, upload, what, refusal)
    if what in corrections.CORRECTIONS and not refusal:
        return redirect("import_review", upload_id=upload.id)
    if what == "apply":
        try:
            return _apply(request, upload)
        except ImportRefused as error:
            return _page(request, upload, None, refusal=str(error), status=422)
    return _preview_page(request, upload, refusal=refusal)


def _preview_page(request: HttpRequest, upload: uploads.Upload, *, refusal: str = "") -> HttpResponse:
    try:
        result, drawn = running.previewed(upload)
    except ImportRefused as error:
        return _page(request, upload, None, refusal=str(error))
    return _page(request, upload, result, drawn=drawn, wrong=refusal, status=422 if refusal else 200)


def _apply(request: HttpRequest, upload: uploads.Upload) -> HttpResponse:
    result = running.applied(upload)
    # 结果页须与数据同生：事务落定之后才记
    transaction.on_commit(partial(uploads.remember_result, upload, result))
    counts = f"写入 {result['applied']} 行，未变 {result['unchanged']} 行"
    messages.success(request, f"《{upload.file_name}》已导入：{counts}。")
    return redirect("import_review", upload_id=upload.id)


def _long_review(request: HttpRequest, upload: uploads.Upload, what: str, refusal: str) -> HttpResponse:
    """大文件：在后台办，页面报进度；断了的可重来。"""
    if what and not refusal:
        if what == "apply":
            jobs.begin(upload, "apply")
        else:  # 改正过的、断了的，重新预演
            jobs.forget(upload)
        return redirect("import_review", upload_id=upload.id)
    job = jobs.state_of(upload)
    if job is None:
        jobs.begin(upload, "preview")
    elif job.state == jobs.FAILED:
        return _page(request, upload, None, refusal=job.message, again=True)
    elif job.state == jobs.DONE and job.what == "preview":
        found = jobs.found(upload)
        drawn = [drawn_again(sheet) for sheet in found["drawn"]]
        return _page(
            request, upload, found["result"], drawn=drawn, wrong=refusal, status=422 if refusal else 200
        )
    doing = "导入" if job and job.what == "apply" else "预演"
    context = {
        "upload": upload,
        "job": job,
        "doing": doing,
        "lost": job is not None and job.state == jobs.LOST,
    }
    return render(request, "imports/waiting.html", context)


def _page(
    request: HttpRequest,
    upload: uploads.Upload,
    result: dict[str, Any] | None,
    *,
    drawn: Sequence[DrawnSheet] = (),
    done: bool = False,
    refusal: str = "",
    wrong: str = "",
    again: bool = False,
    status: int = 200,
) -> HttpResponse:
    refusals = [refusal] if refusal else list((result or {}).get("refusals", ()))
    context = {
        "upload": upload,
        "result": result,
        "drawn": drawn,
        "done": done,
        "refusals": refusals,
        "wrong": wrong,
        "again": again,
        "row_kinds": labels.ROW_KINDS,
        "sheet_kinds": labels.SHEET_KINDS,
        "states": STATES,
        "choosable": corrections.choosable(),
        "amount_units": corrections.UNITS,
        "remembered": choices_of(signed_in(request)).columns if drawn else {},
        "shown": running.VALUES_SHOWN,
        "field_name": labels.field_name,
        "qualifier_name": labels.qualifier_name,
        "value_text": labels.value_text,
    }
    return render(request, "imports/review.html", context, status=status)
