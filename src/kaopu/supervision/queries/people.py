"""账号对人名；引擎办的写“系统”。"""

from __future__ import annotations

from collections.abc import Iterable

from kaopu.accounts.actions import OPERATOR
from kaopu.accounts.models import User
from kaopu.audit.models import Operation
from kaopu.supervision.models import Step


def names_of(steps: Iterable[Step | Operation]) -> dict[str, str]:
    """各步办理人的称呼，按账号。"""
    actors = {step.actor for step in steps}
    named = {user.username: str(user) for user in User.objects.filter(username__in=actors)}
    return {**named, OPERATOR: "系统"}
