"""措辞：各文种的话现用哪一版，下载来在 Word 或 WPS 里改，改好传回来。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header

from kaopu.accounts.models import User
from kaopu.documents.actions import set_wording
from kaopu.documents.docx_file import Unreadable
from kaopu.documents.kinds.kind import Kind
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import Wording
from kaopu.documents.queries import wording_of, wordings
from kaopu.documents.wording_file import WordingRefused, write_wording
from kaopu.domain.rights import Act, Thing
from kaopu.web.access import guarded, signed_in
from kaopu.web.documents import files

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WORDED = {kind.id: kind for kind in KINDS.values() if kind.wording}


class WordingForm(forms.Form):
    """换一版措辞：传回改好的，或恢复自带的。"""

    kind = forms.ChoiceField(choices=[(kind.id, kind.label) for kind in _WORDED.values()])
    seen = forms.IntegerField(required=False)
    wording = forms.FileField(label="改好的措辞表（.docx）", required=False)
    restore = forms.BooleanField(required=False)

    def clean(self) -> None:
        """不恢复自带的，就要有文件。"""
        if not self.cleaned_data.get("restore") and not self.cleaned_data.get("wording"):
            self.add_error("wording", "请选择改好的措辞表。")


@dataclass(frozen=True, kw_only=True)
class Line:
    """一个文种：现用的一版与改过几句。"""

    kind: Kind
    row: Wording | None

    @property
    def changed(self) -> int:
        """改过几句。"""
        return len(self.row.sentences) if self.row else 0


@guarded(Thing.DOCUMENT, get=Act.CHANGE, post=Act.CHANGE)
def wording_list(request: HttpRequest) -> HttpResponse:
    """各文种的措辞；提交即换一版。"""
    form = WordingForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _set(form, signed_in(request))
        except (WordingRefused, Unreadable) as error:
            form.add_error("wording", str(error))
        else:
            messages.success(
                request, f"《{_WORDED[form.cleaned_data['kind']].label}》的措辞已换，此后起草即用。"
            )
            return redirect("wording_list")
    context = {"lines": _lines(), "form": form, "asked_kind": request.POST.get("kind", "")}
    return render(request, "documents/wordings.html", context, status=422 if form.errors else 200)


def _set(form: WordingForm, user: User) -> None:
    data = form.cleaned_data
    kind, day = _WORDED[data["kind"]], timezone.localdate()
    if data["restore"]:
        set_wording(kind=kind, file=None, seen=data["seen"], by=user, on=day)
        return
    with files.temporary(data["wording"]) as path:
        set_wording(kind=kind, file=path, seen=data["seen"], by=user, on=day)


def _lines() -> Sequence[Line]:
    current = wordings()
    return [Line(kind=kind, row=current.get(kind.id)) for kind in _WORDED.values()]


@guarded(Thing.DOCUMENT, get=Act.CHANGE)
def wording_file(request: HttpRequest, kind: str) -> HttpResponse:
    """下载一个文种现用的措辞表。"""
    if kind not in _WORDED:
        raise Http404
    response = HttpResponse(write_wording(_WORDED[kind], wording_of(kind)), content_type=_TYPE)
    name = f"措辞表（{_WORDED[kind].label}）.docx"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
