"""公文：生成年度总结、下载、核验每一个数。"""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from kaopu.documents.actions import DocumentRefused, issue_annual_summary
from kaopu.documents.queries import issued_documents
from kaopu.documents.verification import Verification, verify
from kaopu.domain.rights import Act, Thing
from kaopu.web.access import guarded, require, signed_in
from kaopu.web.asked import asked_of
from kaopu.web.documents import files
from kaopu.web.documents.forms import IssueForm, VerifyForm

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@guarded(Thing.DOCUMENT, post=Act.READ)
def document_list(request: HttpRequest) -> HttpResponse:
    """已生成的公文；推进办可生成，看全部的人都可核验。"""
    asked = asked_of(request)
    issue = IssueForm(years=asked.years, initial={"year": str(asked.year)})
    if request.method != "POST":
        return _page(request, issue, VerifyForm())
    if request.POST.get("what") == "verify":
        return _verify(request, issue)
    return _issue(request, IssueForm(request.POST, years=asked.years))


def _page(
    request: HttpRequest,
    issue: IssueForm,
    check: VerifyForm,
    *,
    verification: Verification | None = None,
    file_name: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "issue": issue,
        "check": check,
        "verification": verification,
        "file_name": file_name,
        "documents": [
            (document, files.file_of(document.sha256).is_file()) for document in issued_documents()
        ],
    }
    return render(request, "documents/list.html", context, status=status)


def _issue(request: HttpRequest, form: IssueForm) -> HttpResponse:
    user = signed_in(request)
    require(user, Thing.DOCUMENT, Act.CHANGE)
    if not form.is_valid():
        return _page(request, form, VerifyForm(), status=422)
    year, on = form.cleaned_data["year"], form.cleaned_data["on"]
    draft = files.draft_path()
    try:
        issued = issue_annual_summary(year=year, path=draft, by=user, on=on)
    except DocumentRefused as error:
        draft.unlink(missing_ok=True)
        form.add_error(None, str(error))
        return _page(request, form, VerifyForm(), status=422)
    files.settle(draft)
    messages.success(
        request, f"已生成《{issued.title}》，含 {len(issued.figures)} 个受控数字。请在下表下载。"
    )
    return redirect("document_list")


def _verify(request: HttpRequest, issue: IssueForm) -> HttpResponse:
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, issue, form, status=422)
    upload = form.cleaned_data["document"]
    with files.temporary(upload) as path:
        found = verify(path)
    return _page(request, issue, VerifyForm(), verification=found, file_name=upload.name)


@guarded(Thing.DOCUMENT)
def document_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """下载一份已生成的公文。"""
    document = issued_documents().filter(pk=pk).first()
    if document is None:
        raise Http404
    path = files.file_of(document.sha256)
    if not path.is_file():
        raise Http404
    day: datetime.date = document.on
    name = f"{document.title}（{day:%Y%m%d}）.docx"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=WORD)
