"""附件在网页上的公共部分：上传的一栏、事务之外的查验、某人看得见哪些附件。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.attachments import (
    FILE_TYPES,
    MOST_ATTACHMENTS,
    AttachmentRefused,
    Received,
    refuse_size,
    refuse_too_many,
)
from kaopu.domain.rights import Act, Thing
from kaopu.projects.attachments import receive
from kaopu.projects.models import AnnualGoal, Attachment, Project, ProjectYear
from kaopu.projects.queries import attachments_of
from kaopu.supervision.queries.issues import visible_issues
from kaopu.supervision.queries.orders import visible_orders

ATTACHMENTS = "attachments"
# 写明 image/jpeg 而不是 image/*：手机仍给“拍照”，苹果手机还会自己把 HEIC 转成 JPEG
ACCEPT = ",".join(("image/jpeg", "image/png", *FILE_TYPES))

_examined: WeakKeyDictionary[UploadedFile[Any], Received | AttachmentRefused] = WeakKeyDictionary()


def _receive(upload: UploadedFile[Any]) -> Received | AttachmentRefused:
    """查验一个上传的文件；同一个只查一遍。"""
    if upload not in _examined:
        try:
            refuse_size(upload.name or "", upload.size or 0)
            upload.seek(0)
            _examined[upload] = receive(upload.name or "", upload.read())
        except AttachmentRefused as refusal:
            _examined[upload] = refusal
    return _examined[upload]


def examine_ahead(request: HttpRequest) -> None:
    """在事务之前先把附件查验好：重新编码照片要好几秒，不能占着写锁；结果由 ``AttachmentsField`` 取用。"""
    for name, uploads in request.FILES.lists():
        if name.rpartition("-")[2] == ATTACHMENTS:
            for upload in uploads[:MOST_ATTACHMENTS]:
                _receive(upload)


class AttachmentsInput(forms.FileInput):
    """一次可选几个文件；手机上可以当场拍。"""

    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """照片与附件：至多九个，逐个查验；答案是查验过的 ``Received``。"""

    widget = AttachmentsInput(attrs={"accept": ACCEPT})

    def __init__(self) -> None:
        super().__init__(
            label="照片与附件",
            required=False,
            help_text=f"可一次选几个，至多 {MOST_ATTACHMENTS} 个、每个 10 MB 以内：照片（.jpg、.png）、PDF、.docx、.xlsx、OFD。"
            "照片里的拍摄地点会去掉。",
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """逐个查验；不收的各说一句办法。"""
        uploads = [upload for upload in data or [] if upload]
        try:
            refuse_too_many(len(uploads))
        except AttachmentRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        answers = [_receive(upload) for upload in uploads]
        if refusals := [str(answer) for answer in answers if isinstance(answer, AttachmentRefused)]:
            raise ValidationError(refusals)
        return answers


def sent(request: HttpRequest | None) -> tuple[Any, Any]:
    """提交来的内容与文件，供带附件的表单；不是提交则都为空。"""
    return (request.POST, request.FILES) if request else (None, None)


# ── 看得见哪些 ────────────────────────────────────────────────────────────


def _issues(user: User, keys: Collection[int]) -> QuerySet[Any]:
    return visible_issues(user).filter(issue__in=keys).values_list("issue_id", flat=True)


def _orders(user: User, keys: Collection[int]) -> QuerySet[Any]:
    return visible_orders(user).filter(order__in=keys).values_list("order_id", flat=True)


def _reports(user: User, keys: Collection[int]) -> QuerySet[Any]:
    years = ProjectYear.objects.filter(
        project__in=Project.objects.visible_to(user, Thing.MONTHLY_REPORT), pk__in=keys
    )
    return years.values_list("pk", flat=True)


def _visits(user: User, keys: Collection[int]) -> QuerySet[Any]:
    return Project.objects.visible_to(user, Thing.ISSUE).filter(pk__in=keys).values_list("pk", flat=True)


def _permits(user: User, keys: Collection[int]) -> QuerySet[Any]:
    return Project.objects.visible_to(user, Thing.PERMIT).filter(pk__in=keys).values_list("pk", flat=True)


def _achievements(user: User, keys: Collection[int]) -> QuerySet[Any]:
    projects = Project.objects.visible_to(user, Thing.ANNUAL_GOAL)
    goals = AnnualGoal.objects.filter(project_year__project__in=projects, pk__in=keys)
    return goals.values_list("pk", flat=True)


# 带附件的办理以什么为对象，附件就跟着什么走：看得见那件事的人才看得见它的附件；对象是项目的，另按办的是什么
_SEEN_WITH: Mapping[str, tuple[Thing, Callable[[User, Collection[int]], QuerySet[Any]]]] = {
    "supervision.issue": (Thing.ISSUE, _issues),
    "supervision.supervisionorder": (Thing.SUPERVISION_ORDER, _orders),
    "projects.projectyear": (Thing.MONTHLY_REPORT, _reports),
    "projects.project": (Thing.ISSUE, _visits),
    "projects.annualgoal": (Thing.ANNUAL_GOAL, _achievements),
    "projects.record_permit": (Thing.PERMIT, _permits),
}


def _seen_as(item: Attachment) -> str:
    operation = item.operation
    return operation.verb if operation.verb in _SEEN_WITH else operation.target_type


def visible_attachments(user: User, items: Iterable[Attachment]) -> list[Attachment]:
    """其中某人看得见的；每类对象一次查询。"""
    targets: dict[str, set[int]] = defaultdict(set)
    found = [item for item in items if _seen_as(item) in _SEEN_WITH]
    for item in found:
        targets[_seen_as(item)].add(int(item.operation.target_id))
    seen: set[tuple[str, str]] = set()
    for kind, keys in targets.items():
        thing, visible = _SEEN_WITH[kind]
        if user.may(thing, Act.READ):
            seen |= {(kind, str(key)) for key in visible(user, keys)}
    return [item for item in found if (_seen_as(item), item.operation.target_id) in seen]


def may_void(user: User, item: Attachment) -> bool:
    """能否作废：附件的作废由推进办办理，办得了那件事的才办得了它的附件。"""
    kind = _SEEN_WITH.get(_seen_as(item))
    return (
        item.voiding is None
        and item.past is None
        and user.is_office
        and kind is not None
        and user.may(kind[0], Act.CHANGE)
    )


def attached_to(
    user: User, operations: Sequence[int], past: Past | None = None
) -> dict[int, list[Attachment]]:
    """若干次办理所附的、某人看得见的附件，现在的或当时的。"""
    found = attachments_of(operations, past)
    seen = set(visible_attachments(user, chain.from_iterable(found.values())))
    return {number: [item for item in items if item in seen] for number, items in found.items()}
