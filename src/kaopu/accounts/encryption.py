"""加密存放的一栏：数据库与它的备份里只有密文，密钥由会话密钥派生（等保 8.1.4.8、8.1.4.11；HANDBOOK §8.8）。

防的是数据库文件、备份单独流出去；密钥同在一台机器上，管得了整台机器的人不在所防之内。
``cryptography`` 由 ``django-allauth[socialaccount]`` 带进来，已锁在 ``requirements/runtime.txt``。
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.encoding import force_bytes

UNREADABLE = "读不出"
"""换了会话密钥而没有留旧钥的，解不开；照实说，由本人重新登记。"""
_PURPOSE = b"kaopu.accounts.personal-data:"


class Unreadable(str):
    """解不开的一栏：显示“读不出”，存回去的仍是原来的密文，找回旧钥还读得出。"""

    stored: str


@lru_cache(maxsize=8)
def _fernet(key: str | bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(_PURPOSE + force_bytes(key)).digest()))


def _box() -> MultiFernet:
    """用现行密钥加密；换下的（``SECRET_KEY_FALLBACKS``）仍解得开。"""
    return MultiFernet([_fernet(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def encrypt(text: str) -> str:
    """密文；空的仍是空的。"""
    if isinstance(text, Unreadable):
        return text.stored
    return _box().encrypt(text.encode()).decode() if text else ""


def decrypt(stored: str) -> str:
    """原文；解不开的为 ``Unreadable``，不当作没有。"""
    if not stored:
        return ""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken:
        lost = Unreadable(UNREADABLE)
        lost.stored = stored
        return lost


def under_old_key(stored: str) -> bool:
    """是否由换下的密钥加密：撤下那把钥就读不出了。空的与已经读不出的不算。"""
    try:
        _fernet(settings.SECRET_KEY).decrypt(stored.encode())
    except InvalidToken:
        return bool(stored) and not isinstance(decrypt(stored), Unreadable)
    return False


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class EncryptedTextField(_Text):
    """存的是密文、用的是原文的文字栏；密文每次不同，所以只能查空不空，不能按值查。"""

    def get_prep_value(self, value: Any) -> Any:
        """写进数据库的密文。"""
        return encrypt(value) if isinstance(value, str) else value

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """读出来的原文。"""
        return value if value is None else decrypt(value)
