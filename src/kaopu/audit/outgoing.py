"""外发的唯一出口：只到数据目录里 outgoing.txt 列出的主机，不跟随跳转，不走代理（TRUST §5）。"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import send_mail

from kaopu.domain.outgoing import AllowList, read_allowed

FILE_NAME = "outgoing.txt"
SECONDS = 10
MOST_BYTES = 1024 * 1024
_PORTS = {"http": 80, "https": 443}


class OutgoingRefused(Exception):
    """没有发出去，理由与办法见信息。"""


def place() -> Path:
    """名单所在。"""
    return Path(settings.HOME) / FILE_NAME


def allowed() -> AllowList:
    """现行的名单，每次现读；没有这个文件就是哪里都不许。"""
    path = place()
    return read_allowed(path.read_text(encoding="utf-8") if path.is_file() else "")


def require_allowed(host: str, port: int) -> None:
    """不在名单上的抛出 ``OutgoingRefused``。"""
    if not allowed().allows(host, port):
        raise OutgoingRefused(
            f"{host}:{port} 不在外发名单上，没有发出。确要发的，请在 {place()} 里加一行 {host}。"
        )


def require_allowed_url(url: str) -> None:
    """网址的主机不在名单上、或不是 http(s) 的，抛出 ``OutgoingRefused``。"""
    host, port = _address(url)
    require_allowed(host, port)


def request(url: str, *, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> bytes:
    """发一次请求，返回答复的正文；``data`` 非空为 POST。没发成的一律抛出 ``OutgoingRefused``。"""
    require_allowed_url(url)
    asked = urllib.request.Request(url, data=data, headers=dict(headers or {}))
    opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=SECONDS) as response:
            body: bytes = response.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise OutgoingRefused(
            f"{urlsplit(url).hostname} 答复 {error.code}，没有收下。请核对地址与对方的服务。"
        ) from error
    except OSError as error:
        raise _unreachable(urlsplit(url).hostname or url, error) from error
    if len(body) > MOST_BYTES:
        raise OutgoingRefused(f"{urlsplit(url).hostname} 的答复超过 {MOST_BYTES} 字节，不收。请核对地址。")
    return body


def send_letter(*, subject: str, text: str, to: str) -> None:
    """发一封邮件；邮件服务器也须在名单上。没发成的抛出 ``OutgoingRefused``。"""
    require_allowed(settings.EMAIL_HOST, settings.EMAIL_PORT)
    try:
        send_mail(subject, text, settings.NOTICE_EMAIL_FROM, [to])
    except OSError as error:
        raise _unreachable(settings.EMAIL_HOST, error) from error


def configured() -> list[tuple[str, str, int]]:
    """设置里开了的外发：（名目，主机，端口）。"""
    found = []
    if settings.NOTICE_EMAIL_FROM:
        found.append(("邮件", settings.EMAIL_HOST, settings.EMAIL_PORT))
    for label, url in (("推送", settings.NOTICE_WEBHOOK_URL), ("统一身份登录", settings.OIDC_ISSUER)):
        if url:
            found.append((label, *_address(url)))
    return found


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError) as error:
        raise OutgoingRefused(f"“{url}”不是 http 或 https 网址。请改正设置。") from error
    if not parts.hostname:
        raise OutgoingRefused(f"“{url}”没有主机名。请改正设置。")
    return parts.hostname, port


def _unreachable(host: str, error: OSError) -> OutgoingRefused:
    return OutgoingRefused(f"连不上 {host}（{error}）。请核对地址与网络。")


class _Stay(urllib.request.HTTPRedirectHandler):
    """不跟随跳转：名单上的主机不能把东西引到名单之外去。"""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: object, newurl: str
    ) -> None:
        raise OutgoingRefused(f"{req.host} 要求跳转到 {newurl}，不跟随。请把设置改成最终的地址。")
