"""通知的写入：发出、已读、每日摘要的送达。"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from kaopu.accounts.models import User
from kaopu.audit import outgoing
from kaopu.audit.actions import record
from kaopu.audit.models import Operation
from kaopu.supervision.actions.steps import fact
from kaopu.supervision.models import Delivery, Notice, NoticeRead, Step
from kaopu.supervision.queries.notices import digest_for

TEXT = 300


def notices(steps: Iterable[tuple[Step, str]], *, operation: Operation, on: date) -> list[Notice]:
    """为若干步各发一条通知（HANDBOOK §3.2）：给球在谁手里的单位，和该层级应知道的角色。"""
    return Notice.objects.bulk_create(
        Notice(
            level=step.level, organization_id=step.court_id, text=text[:TEXT],
            **_subject(step), **fact(operation, on),
        )
        for step, text in steps
    )  # fmt: skip


def _subject(step: Step) -> dict[str, Any]:
    return {
        name: getattr(step, name, None)
        for name in ("alert_id", "issue_id", "order_id")
        if hasattr(step, name)
    }


@transaction.atomic
def read_notices(*, unread: Iterable[Notice], by: User, on: date) -> int:
    """记下某人看过这些通知；看过的不重复记。返回新记几条。"""
    seen = set(NoticeRead.objects.filter(user=by).values_list("notice_id", flat=True))
    fresh = [notice for notice in unread if notice.pk not in seen]
    if not fresh:
        return 0
    operation = record(by=by, verb="supervision.read_notices", count=len(fresh))
    NoticeRead.objects.bulk_create(
        [NoticeRead(notice=notice, user=by, **fact(operation, on)) for notice in fresh], ignore_conflicts=True
    )
    return len(fresh)


def send_digests(*, by: User, on: date) -> list[Delivery]:
    """每人每日一封摘要，经邮件与推送（设置里开了才发），每次送达都留记录；同日不重发。

    网络在事务之外：送不出去不妨碍引擎，只留下“未送到”的一条，次日再送。
    """
    waiting = [
        (channel, user, digest_for(user, on=on)) for channel in _channels() for user in _recipients(channel)
    ]
    done = set(Delivery.objects.filter(on=on, delivered=True).values_list("channel", "recipient"))
    sent = []
    for channel, user, lines in waiting:
        address = user.email if channel == "email" else user.get_username()
        if lines and (channel, address) not in done:
            sent.append((channel, address, "\n".join(lines), _send(channel, address, lines)))
    if not sent:
        return []
    with transaction.atomic():
        operation = record(by=by, verb="supervision.send_digests", count=len(sent))
        return Delivery.objects.bulk_create(
            Delivery(
                channel=channel, recipient=address, content=content, delivered=not problem, outcome=problem[:200],
                **fact(operation, on),
            )
            for channel, address, content, problem in sent
        )  # fmt: skip


def _channels() -> list[str]:
    return [
        name
        for name, on in (("email", settings.NOTICE_EMAIL_FROM), ("webhook", settings.NOTICE_WEBHOOK_URL))
        if on
    ]


def _recipients(channel: str) -> list[User]:
    users = User.objects.filter(is_active=True).order_by("pk")
    return list(users.exclude(email="") if channel == "email" else users)


def _send(channel: str, address: str, lines: list[str]) -> str:
    """送出一封；返回空串为送到，否则为毛病与办法。"""
    try:
        if channel == "email":
            outgoing.send_letter(subject="今日待办", text="\n".join(lines), to=address)
        else:
            _post(address, lines)
    except outgoing.OutgoingRefused as error:
        return str(error)
    return ""


def _post(address: str, lines: list[str]) -> None:
    """推送：正文为 JSON，签名为 HMAC-SHA256。"""
    body = json.dumps({"to": address, "lines": lines}, ensure_ascii=False).encode()
    signature = hmac.new(settings.NOTICE_WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Kaopu-Signature": f"sha256={signature}"}
    outgoing.request(settings.NOTICE_WEBHOOK_URL, data=body, headers=headers)
