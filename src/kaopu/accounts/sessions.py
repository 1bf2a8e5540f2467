"""登录的存放：Django 的会话存在自己的表里，查得出是谁、从哪来、何时登录（TRUST §5）。

不经进程内的缓存：一处退出，各个服务进程当即都认。
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends import db

from kaopu.accounts.models import SignedIn

SEEN = "seen_at"
SINCE = "since"
ADDRESS = "address"
DEVICE = "device"


class SessionStore(db.SessionStore):
    """会话引擎（设置 ``SESSION_ENGINE``）；会话里记的来处与时刻另抄成栏，供查与退出。"""

    @classmethod
    def get_model_class(cls) -> type[SignedIn]:
        """会话的表。"""
        return SignedIn

    def create_model_instance(self, data: dict[str, Any]) -> SignedIn:
        """要存的一行。"""
        row = super().create_model_instance(data)
        assert isinstance(row, SignedIn)
        row.user_id = data.get("_auth_user_id")
        row.address, row.device = data.get(ADDRESS, ""), data.get(DEVICE, "")
        row.since, row.seen_at = _moment(data.get(SINCE)), _moment(data.get(SEEN))
        return row


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
