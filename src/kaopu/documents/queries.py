"""已出公文的读取。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import Past, TreeHead
from kaopu.documents.kinds.kind import Asked, Kind, Refused
from kaopu.documents.models import Distribution, DocumentNumber, DocumentStep, OfficialDocument, Wording
from kaopu.domain.document_states import DocumentState
from kaopu.domain.numbering import document_number
from kaopu.domain.supervision_orders import ORDER_KIND_CODES, OrderKind
from kaopu.figures.models import Snapshot
from kaopu.projects.storage import DOCUMENTS
from kaopu.supervision.models import Meeting, Minutes, SupervisionOrder


def issued_documents(past: Past | None = None) -> QuerySet[OfficialDocument]:
    """已生成的公文，从近到远，现在的或当时的：基准日不晚于所问的那天、那一刻已起草；接续过的只列那时最新的一稿。"""
    documents: QuerySet[OfficialDocument] = OfficialDocument.objects.live()
    if past is not None:
        documents = OfficialDocument.objects.known(as_of=date.max, known_at=past.known_at)
        documents = documents.filter(as_of__lte=past.as_of)
    return documents.select_related("operation").order_by("-pk")


def wordings() -> dict[str, Wording]:
    """各文种现用的措辞，按文种；从没改过的不在内。"""
    found = Wording.objects.filter(superseded_by=None).select_related("operation")
    return {row.kind: row for row in found}


def wording_of(kind: str) -> dict[str, list[str]]:
    """一个文种现用的措辞里改过的各句；没有改过的为空，用自带的。"""
    row = Wording.objects.filter(superseded_by=None, kind=kind).first()
    return dict(row.sentences) if row else {}


def bulletins_of(month: date) -> QuerySet[OfficialDocument]:
    """某月的工作通报，接续过的各稿都在内。"""
    return OfficialDocument.objects.filter(kind="monthly-bulletin", scope=f"{month:%Y-%m}")


def months_without_bulletin(year: int) -> list[date]:
    """某年已关账而一份通报也没有的月份：关账时没起草成的，或在有这一步以前关的。"""
    closed = Snapshot.objects.live().filter(kind="month", period__startswith=f"{year}-")
    drafted = OfficialDocument.objects.filter(kind="monthly-bulletin").values("scope")
    periods = closed.exclude(period__in=drafted).order_by("period").values_list("period", flat=True)
    return [date.fromisoformat(f"{period}-01") for period in periods]


def document_by_token(token: str) -> OfficialDocument | None:
    """按书签前缀找公文：文件被人改过、另存过，也认得出是哪一份。"""
    document: OfficialDocument | None = OfficialDocument.objects.filter(token=token, voided=False).first()
    return document


def asked_for(document: OfficialDocument, kind: Kind, *, on: date) -> Asked:
    """当初要的是哪一份：接续起草时照旧。"""
    unit = unit_by_name(document.scope) if kind.needs == "unit" else None
    order = order_by_number(document.scope) if kind.needs == "order" else None
    meeting = meeting_by_name(document.scope) if kind.needs == "meeting" else None
    month = date.fromisoformat(f"{document.scope}-01") if kind.needs == "month" else None
    return Asked(year=document.year, on=on, month=month, unit=unit, order=order, meeting=meeting)


def unit_by_name(name: str) -> Organization:
    """按名称找单位。"""
    unit = Organization.objects.filter(name=name.strip()).first()
    if unit is None:
        raise Refused(f"没有叫“{name}”的单位。请照清单上的写法填责任单位。")
    return unit


def meeting_by_name(text: str) -> Meeting:
    """按纪要文号或会议名称找会议；同名的取最近一次。"""
    named = text.strip()
    versions = Minutes.objects.filter(minutes_number=named).values("meeting")
    meetings = Meeting.objects.live().filter(Q(minutes_number=named) | Q(title=named) | Q(pk__in=versions))
    meeting: Meeting | None = meetings.order_by("-on").first() if named else None
    if meeting is None:
        raise Refused(f"没有纪要文号或名称为“{text}”的会议。请从“会议”页核对。")
    return meeting


def order_by_number(text: str) -> SupervisionOrder:
    """按号找督办单（提醒函、交办函、约谈同此）：全号“普桃推办督〔2022〕1号”，或“督2022-1”；不写文种的按督办单。"""
    match = re.fullmatch(r"\D*?([提交督约]?)[〔\[(]?(\d{4})[〕\])]?-?(\d{1,6})号?", text.strip())
    codes = {code: kind for kind, code in ORDER_KIND_CODES.items()}
    orders = (
        SupervisionOrder.objects.live()
        .select_related("lead_unit", "project__profile")
        .prefetch_related("steps")
    )
    order: SupervisionOrder | None = (
        orders.filter(
            kind=codes.get(match[1], OrderKind.ORDER), year=int(match[2]), serial=int(match[3])
        ).first()
        if match
        else None
    )
    if order is None:
        raise Refused(f"没有编号为“{text}”的督办单。请写成 督2022-1 的样子。")
    return order


def state_of(steps: Sequence[DocumentStep]) -> DocumentState:
    """公文现在的状态：最后一步办后的状态，没有办过为草稿。"""
    return DocumentState(steps[-1].state) if steps else DocumentState.DRAFT


def steps_of(document: OfficialDocument, past: Past | None = None) -> list[DocumentStep]:
    """公文办理的各步，按次序；看过去只取当时已办的。"""
    steps = sorted(document.steps.all(), key=lambda step: step.ordinal)
    return [step for step in steps if past is None or past.knew(step)]


def number_of(document: OfficialDocument, past: Past | None = None) -> DocumentNumber | None:
    """公文的发文字号，现用的或当时用的；作废的号不算。"""
    number = number_taken(document, past)
    return number if number is not None and number.state == "used" else None


def number_taken(document: OfficialDocument, past: Past | None = None) -> DocumentNumber | None:
    """公文取过的发文字号，随公文作废了的也算；没有取过为 ``None``。"""
    rows = sorted(document.numbers.all(), key=lambda row: row.pk)
    return next((row for row in reversed(rows) if past is None or past.knew(row)), None)


def voiding_of(document: OfficialDocument) -> DocumentStep | None:
    """作废的那一步；没有作废为 ``None``。"""
    steps = steps_of(document)
    return steps[-1] if state_of(steps) == DocumentState.VOIDED else None


def has_number_line(document: OfficialDocument) -> bool:
    """有没有发文字号一行；内部表单（责任书、督办单、各种表）没有，印发时不取号。早先没有登记各段的都算有。"""
    return not document.blocks or any(block["key"].startswith("KpNumber:") for block in document.blocks)


def frozen_sha256(document: OfficialDocument, past: Past | None = None) -> str:
    """作数的文件，现在的或当时的：办过步骤的取最后一步所见，没有办过的取草稿。"""
    steps = steps_of(document, past)
    return steps[-1].sha256 if steps else document.sha256


def printed_head(document: OfficialDocument, sha256: str = "") -> TreeHead | None:
    """印发时印在公文上的树头；没有印发、当时还没有封存过的没有。给了 ``sha256`` 的，只看印在那份文件上的。"""
    wanted = {"sha256": sha256} if sha256 else {}
    step = (
        document.steps.filter(verb="issue", **wanted).select_related("operation").order_by("-ordinal").first()
    )
    size, _, root = (step.operation.detail.get("head", "") if step else "").partition(":")
    return TreeHead.objects.filter(size=size, root=root).first() if size else None


def number_ledger(*, organ: str, year: int, past: Past | None = None) -> list[DocumentNumber]:
    """一个机关代字一年的文号台账，按号；每号取现行的或当时的一行。"""
    rows = DocumentNumber.objects.seen(past).filter(organ=organ, year=year)
    return list(rows.select_related("document", "operation").order_by("serial"))


def deliveries_for(user: User) -> QuerySet[Distribution]:
    """本单位收到的公文，从近到远。"""
    rows: QuerySet[Distribution] = Distribution.objects.live().filter(organization=user.organization_id)
    return rows.select_related("document", "operation", "receipt").order_by("-pk")


def broken_files() -> list[OfficialDocument]:
    """已印发而文件不在、或内容与摘要不符的公文（TRUST §4 不变量 24）。"""
    steps = DocumentStep.objects.filter(verb="issue").select_related("document").order_by("pk")
    return [step.document for step in steps if not DOCUMENTS.is_sound(step.sha256)]


def unexplained_gaps() -> list[str]:
    """文号台账里的空号：每个机关代字每年须从 1 起连续（TRUST §4 不变量 21）。"""
    taken: dict[tuple[str, int], set[int]] = {}
    for organ, year, serial in DocumentNumber.objects.live().values_list("organ", "year", "serial"):
        taken.setdefault((organ, year), set()).add(serial)
    return [
        document_number(organ, year, serial)
        for (organ, year), serials in sorted(taken.items())
        for serial in range(1, max(serials))
        if serial not in serials
    ]
