"""一份公文的办理页：核稿、退回、签发、印发、作废、分发；它的数现在还对不对。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.documents.actions import BY_THE_CLOSE, DocumentRefused, DocumentStale, distribute, take_step
from kaopu.documents.actions.approval import SIGNERS, measure_imprint
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import DocumentStep, OfficialDocument
from kaopu.documents.pdf import office_program
from kaopu.documents.queries import frozen_sha256, has_number_line, number_taken, state_of, steps_of
from kaopu.documents.verification import CHANGED, EDITED, EQUAL, MISSING, UNBOUND, UNKNOWN, verify
from kaopu.domain.document_states import (
    DOCUMENT_MOVES,
    DOCUMENT_STATE_LABELS,
    DOCUMENT_VERB_LABELS,
    DocumentState,
    DocumentVerb,
)
from kaopu.domain.rights import Act, Thing
from kaopu.projects.storage import DOCUMENTS
from kaopu.web.access import guarded, signed_in
from kaopu.web.documents import files
from kaopu.web.documents.forms import DistributeForm, IssueForm, ReviewForm, StepForm
from kaopu.web.documents.views import asked_about
from kaopu.web.errors import conflict

_FORMS: Mapping[DocumentVerb, type[StepForm]] = {
    DocumentVerb.REVIEW: ReviewForm,
    DocumentVerb.ISSUE: IssueForm,
}
_DISTRIBUTE = "distribute"
# 只列哪些数：除相符以外的（缺省）、受控的，或某一种结论的
_FOUND = ("notable", "bound", EQUAL, CHANGED, EDITED, MISSING, UNBOUND, UNKNOWN)


_measured: WeakKeyDictionary[HttpRequest, bool] = WeakKeyDictionary()


def measure_ahead(request: HttpRequest, pk: int) -> None:
    """在事务之前先把版记量好：排版要好几秒，不能占着写锁；结果由印发取用。"""
    if request.POST.get("what") == DocumentVerb.ISSUE and signed_in(request).is_office:
        _measured[request] = measure_imprint(_found(pk))


@guarded(Thing.DOCUMENT, post=Act.READ, ahead=measure_ahead)
def document_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """公文的现状与可办的事。"""
    user = signed_in(request)
    document = _found(pk)
    if request.method != "POST":
        return _page(request, user, document)
    what = request.POST.get("what", "")
    if what == _DISTRIBUTE:
        return _distribute(request, user, document)
    if what not in DocumentVerb.__members__.values():
        raise Http404
    return _step(request, user, document, DocumentVerb(what))


def _found(pk: int) -> OfficialDocument:
    documents = OfficialDocument.objects.select_related("operation", "supersedes")
    document: OfficialDocument | None = (
        documents.prefetch_related("steps__operation", "numbers").filter(pk=pk).first()
    )
    if document is None:
        raise Http404
    return document


def may_take(user: User, verb: DocumentVerb) -> bool:
    """谁可办哪一步：签发、退回还可由有签发权的领导办，其余只由推进办办。"""
    return user.is_office or (verb in (DocumentVerb.SIGN, DocumentVerb.RETURN) and user.role in SIGNERS)


def _step(request: HttpRequest, user: User, document: OfficialDocument, verb: DocumentVerb) -> HttpResponse:
    if not may_take(user, verb):
        raise PermissionDenied("这一步由推进办办理；签发由推进办主任或分管区领导办理。")
    form = _FORMS.get(verb, StepForm)(request.POST, request.FILES, prefix=verb)
    if not form.is_valid():
        return _page(request, user, document, wrong={verb: form}, status=422)
    data = form.cleaned_data
    try:
        _take(document, verb, user, data, apart=_measured.get(request, False))
    except DocumentStale as error:
        return conflict(request, str(error))
    except DocumentRefused as error:
        form.add_error(None, str(error))
        return _page(request, user, document, wrong={verb: form}, status=422)
    messages.success(request, f"已{DOCUMENT_VERB_LABELS[verb]}。")
    return redirect("document_detail", pk=document.pk)


def _take(
    document: OfficialDocument, verb: DocumentVerb, user: User, data: dict[str, Any], *, apart: bool
) -> DocumentStep:
    on = data.get("on") or timezone.localdate()
    asked = {
        "document": document,
        "verb": verb,
        "by": user,
        "on": on,
        "seen": data["seen"],
        "text": data["text"],
    }
    if data.get("document"):
        with files.temporary(data["document"]) as path:
            return take_step(**asked, file=path)
    return take_step(**asked, reserved=data.get("number"), apart=apart)


def _distribute(request: HttpRequest, user: User, document: OfficialDocument) -> HttpResponse:
    if not user.is_office:
        raise PermissionDenied("分发由推进办办理。")
    form = DistributeForm(request.POST, prefix=_DISTRIBUTE)
    if form.is_valid():
        try:
            sent = distribute(
                document=document, organizations=list(form.cleaned_data["organizations"]), by=user, on=timezone.localdate()
            )  # fmt: skip
        except DocumentRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已分发给 {len(sent)} 个单位。")
            return redirect("document_detail", pk=document.pk)
    return _page(request, user, document, wrong={_DISTRIBUTE: form}, status=422)


def _page(
    request: HttpRequest,
    user: User,
    document: OfficialDocument,
    *,
    wrong: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    asked = asked_about(request, document)
    past = asked.past
    steps = steps_of(document, past)
    state = state_of(steps)
    later = getattr(document, "superseded_by", None)
    later = later if past is None or later is None or past.knew(later) else None
    sha256 = frozen_sha256(document, past)
    kept = DOCUMENTS.file_of(sha256).is_file()
    sent = document.deliveries.select_related("organization", "receipt").order_by("organization__name")
    context = {
        "asked": asked,
        "document": document,
        "kind": KINDS[document.kind].label if document.kind in KINDS else document.kind,
        "measured": office_program() is not None,
        "by_the_close": document.operation.source == BY_THE_CLOSE,
        "state": state,
        "state_label": DOCUMENT_STATE_LABELS[state],
        "steps": [(step, DOCUMENT_VERB_LABELS[DocumentVerb(step.verb)]) for step in steps],
        "number": number_taken(document, past),
        "numbered": has_number_line(document),
        "sha256": sha256,
        "kept": kept,
        "sound": DOCUMENTS.is_sound(sha256) if kept else False,
        "verification": verify(DOCUMENTS.file_of(sha256), past=past) if kept else None,
        "found": request.GET.get("found") if request.GET.get("found") in _FOUND else "notable",
        "deliveries": [item for item in sent if past is None or past.knew(item)],
        "past": past,
        "later": later,
        "moves": _moves(user, state, len(steps), wrong or {}) if later is None and past is None else [],
        "distribute": _distribution(user, state, wrong or {}) if past is None else None,
        "organ_code": settings.ORGAN_CODE,
    }
    return render(request, "documents/detail.html", context, status=status)


def _moves(
    user: User, state: DocumentState, seen: int, wrong: Mapping[str, Any]
) -> list[tuple[DocumentVerb, str, StepForm]]:
    verbs = [verb for (before, verb) in DOCUMENT_MOVES if before == state and may_take(user, verb)]
    return [
        (verb, DOCUMENT_VERB_LABELS[verb], wrong.get(verb) or _FORMS.get(verb, StepForm)(prefix=verb, initial={"seen": seen}))
        for verb in verbs
    ]  # fmt: skip


def _distribution(user: User, state: DocumentState, wrong: Mapping[str, Any]) -> DistributeForm | None:
    if state != DocumentState.ISSUED or not user.is_office:
        return None
    return wrong.get(_DISTRIBUTE) or DistributeForm(prefix=_DISTRIBUTE)
