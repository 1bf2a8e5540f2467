"""收文：发给本单位的公文，下载与签收。文号台账：留号、跳号、废号。"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.documents.actions import (
    DocumentRefused,
    acknowledge,
    reserve_number,
    skip_number,
    void_number,
)
from kaopu.documents.models import Distribution
from kaopu.documents.queries import deliveries_for, number_ledger, number_taken, voiding_of
from kaopu.domain.rights import Act, Thing
from kaopu.web.access import guarded, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.documents.forms import NumberForm
from kaopu.web.documents.views import file_response
from kaopu.web.errors import conflict

_STATES = {"reserved": "留号", "used": "已用", "void": "已废", "skipped": "跳号"}


@guarded(Thing.RECEIVED)
def document_inbox(request: HttpRequest) -> HttpResponse:
    """发给本单位的公文。"""
    deliveries = deliveries_for(signed_in(request)).prefetch_related("document__steps", "document__numbers")
    rows = [
        (delivery, number_taken(delivery.document), voiding_of(delivery.document)) for delivery in deliveries
    ]
    return render(request, "documents/inbox.html", {"rows": rows})


def _delivery(user: User, pk: int) -> Distribution:
    delivery = deliveries_for(user).filter(pk=pk).first()
    if delivery is None:
        raise Http404
    return delivery


@guarded(Thing.RECEIVED)
def inbox_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """下载发给本单位的一份公文；别单位的是 404。"""
    return file_response(_delivery(signed_in(request), pk).document)


@guarded(Thing.RECEIVED, post=Act.READ)
def inbox_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """签收；已签收过的答 409。"""
    user = signed_in(request)
    delivery = _delivery(user, pk)
    if request.method == "POST":
        try:
            acknowledge(delivery=delivery, by=user, on=timezone.localdate())
        except DocumentRefused as error:
            return conflict(request, str(error))
        messages.success(request, f"已签收《{delivery.document.title}》。")
    return redirect("document_inbox")


@guarded(Thing.DOCUMENT, get=Act.CHANGE, post=Act.CHANGE)
def number_list(request: HttpRequest) -> HttpResponse:
    """文号台账：某年各号的现状或当时的情形；留号、跳号、废号都写明缘由。"""
    user, asked = signed_in(request), asked_day(request)
    text = request.GET.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else timezone.localdate().year
    form = NumberForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _numbered(form, year, user):
            messages.success(request, "已记入文号台账。")
            return redirect(f"{request.path}?year={year}")
        status = 422
    numbers = number_ledger(organ=settings.ORGAN_CODE, year=year, past=asked.past)
    rows = [(number, _STATES[number.state]) for number in numbers]
    context = {"asked": asked, "year": year, "rows": rows, "form": form, "organ_code": settings.ORGAN_CODE}
    return render(request, "documents/numbers.html", context, status=status)


def _numbered(form: NumberForm, year: int, user: User) -> bool:
    data = form.cleaned_data
    on = timezone.localdate()
    try:
        if data["what"] == "void":
            if data["number"] is None:
                raise DocumentRefused("请选要废的号；只有留号可在这里废，已用的号随公文作废。")
            void_number(number=data["number"], reason=data["reason"], by=user, on=on)
        else:
            take = reserve_number if data["what"] == "reserve" else skip_number
            take(organ=settings.ORGAN_CODE, year=year, reason=data["reason"], by=user, on=on)
    except DocumentRefused as error:
        form.add_error(None, str(error))
        return False
    return True
