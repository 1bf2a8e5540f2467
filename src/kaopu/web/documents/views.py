"""公文：起草、接续、下载、核验每一个数并检查格式。"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from kaopu.audit.actions import SealRefused, seal
from kaopu.audit.models import Past
from kaopu.audit.outside import OutsideHeadsUnreadable
from kaopu.documents.actions import BY_THE_CLOSE, DocumentRefused, draft_on_file, redraft_document
from kaopu.documents.docx_file import Unreadable
from kaopu.documents.format_check.check import Report, check_format
from kaopu.documents.kinds.kind import Refused
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import DocumentNumber, OfficialDocument
from kaopu.documents.pack import write_pack
from kaopu.documents.queries import (
    frozen_sha256,
    issued_documents,
    months_without_bulletin,
    number_of,
    state_of,
    steps_of,
)
from kaopu.documents.verification import Verification, verify
from kaopu.domain.document_states import DOCUMENT_STATE_LABELS
from kaopu.domain.rights import Act, Thing
from kaopu.projects.storage import DOCUMENTS
from kaopu.web.access import guarded, require, signed_in
from kaopu.web.asked import Asked, asked_of
from kaopu.web.documents import files
from kaopu.web.documents.forms import DraftForm, UploadForm
from kaopu.web.errors import conflict

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """清单的一行。"""

    document: OfficialDocument
    kind: str
    state: str
    number: DocumentNumber | None
    kept: bool
    by_the_close: bool


@guarded(Thing.DOCUMENT, post=Act.READ)
def document_list(request: HttpRequest) -> HttpResponse:
    """已生成的公文；推进办可起草、接续，看全部的人都可核验。"""
    asked = asked_of(request)
    what = request.POST.get("what", "")
    if request.method != "POST":
        return _page(request, DraftForm(years=asked.years, initial={"year": str(asked.year)}))
    draft = DraftForm(years=asked.years, initial={"year": str(asked.year)})
    if what == "verify":
        return _verify(request, draft)
    if what == "continue":
        return _continue(request, draft)
    return _draft(request, DraftForm(request.POST, years=asked.years))


def _page(
    request: HttpRequest,
    draft: DraftForm,
    *,
    upload: UploadForm | None = None,
    status: int = 200,
    **found: Any,
) -> HttpResponse:
    asked = asked_of(request)
    context = {
        "asked": asked,
        "draft": draft,
        "upload": upload or UploadForm(),
        "what": request.POST.get("what", ""),
        "verification": None,
        "report": None,
        "conflicts": None,
        "file_name": "",
        "documents": _shown(asked.past),
        "missing": [] if asked.looks_back else months_without_bulletin(asked.year),
        **found,
    }
    return render(request, "documents/list.html", context, status=status)


def _shown(past: Past | None) -> list[Shown]:
    return [
        Shown(
            document=document,
            kind=KINDS[document.kind].label if document.kind in KINDS else document.kind,
            state=DOCUMENT_STATE_LABELS[state_of(steps_of(document, past))],
            number=number_of(document, past),
            kept=DOCUMENTS.file_of(frozen_sha256(document, past)).is_file(),
            by_the_close=document.operation.source == BY_THE_CLOSE,
        )
        for document in issued_documents(past).prefetch_related("steps", "numbers")
    ]


def _draft(request: HttpRequest, form: DraftForm) -> HttpResponse:
    user = signed_in(request)
    require(user, Thing.DOCUMENT, Act.CHANGE)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        issued = draft_on_file(kind=form.wanted, asked=form.asked(), by=user)
    except (DocumentRefused, Refused) as error:
        form.add_error(None, str(error))
        return _page(request, form, status=422)
    messages.success(
        request, f"已生成《{issued.title}》，含 {len(issued.figures)} 个受控数字。请在下表下载。"
    )
    return redirect("document_list")


def _verify(request: HttpRequest, draft: DraftForm) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, draft, upload=form, status=422)
    upload = form.cleaned_data["document"]
    with files.temporary(upload) as path:
        verification: Verification = verify(path)
        report: Report | None
        try:
            report = check_format(path)
        except Unreadable:
            report = None
    return _page(request, draft, verification=verification, report=report, file_name=upload.name)


def _continue(request: HttpRequest, draft: DraftForm) -> HttpResponse:
    user = signed_in(request)
    require(user, Thing.DOCUMENT, Act.CHANGE)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, draft, upload=form, status=422)
    try:
        with files.temporary(form.cleaned_data["document"]) as path:
            redraft = redraft_document(edited=path, out=path.with_name("接续.docx"), by=user)
            DOCUMENTS.keep(path.with_name("接续.docx").read_bytes())
    except (DocumentRefused, Refused) as error:
        form.add_error(None, str(error))
        return _page(request, draft, upload=form, status=422)
    messages.success(request, f"已接续《{redraft.document.title}》，{len(redraft.conflicts)} 处要看。")
    for found in redraft.conflicts:
        messages.warning(request, f"请看：{found}。")
    return redirect("document_detail", pk=redraft.document.pk)


@guarded(Thing.DOCUMENT)
def document_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """下载一份公文作数的文件：草稿、定稿或印发的，现在的或当时的。"""
    document, past = _document_then(request, pk)
    return file_response(document, past)


def asked_about(request: HttpRequest, document: OfficialDocument) -> Asked:
    """看一份公文时所问：没写年度的按公文的年度；那时还没起草、或基准日更晚的是 404，与清单上列不列一致。"""
    asked = asked_of(request, year=document.year)
    too_early = asked.as_of != asked.present and document.as_of > asked.as_of
    if asked.past and (too_early or not asked.past.knew(document)):
        raise Http404
    return asked


def _document_then(request: HttpRequest, pk: int) -> tuple[OfficialDocument, Past | None]:
    """要下载的公文，与所问的那一刻。"""
    document = OfficialDocument.objects.filter(pk=pk).first()
    if document is None:
        raise Http404
    return document, asked_about(request, document).past


def file_response(document: OfficialDocument, past: Past | None = None) -> FileResponse:
    """作数的文件，现在的或当时的；不在则 404。"""
    path = DOCUMENTS.file_of(frozen_sha256(document, past))
    if not path.is_file():
        raise Http404
    name = f"{document.title}（{document.on:%Y%m%d}）.docx"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=WORD)


@guarded(Thing.DOCUMENT)
def document_pack(request: HttpRequest, pk: int) -> HttpResponseBase:
    """下载核验包：公文（现在的或当时的）、台账、背后的事实、封存的证明与独立核验器。"""
    document, past = _document_then(request, pk)
    path = DOCUMENTS.file_of(frozen_sha256(document, past))
    if not path.is_file():
        raise Http404
    packed = BytesIO()
    try:
        seal()  # 刚办的也要有证明
        write_pack(path, packed)
    except (SealRefused, OutsideHeadsUnreadable) as error:
        return conflict(request, str(error))
    packed.seek(0)
    return FileResponse(
        packed, as_attachment=True, filename=f"{document.title}核验包.zip", content_type="application/zip"
    )
