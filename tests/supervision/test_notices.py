"""外发：设置开了才发，每次送达留记录，同日不重发；推送带签名，送不出去只留一条。"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core import mail

from kaopu.accounts.models import User
from kaopu.config.health import examine
from kaopu.supervision.actions import raise_issue, send_digests
from kaopu.supervision.models import Delivery
from tests.factories import operator, user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listed")]
ON = date(2022, 9, 1)


@pytest.fixture
def listed(settings, tmp_path: Path) -> Path:
    """外发名单：本机。"""
    settings.HOME = tmp_path
    path = tmp_path / "outgoing.txt"
    path.write_text("127.0.0.1\nlocalhost:25 # 邮件\n", encoding="utf-8")
    return path


@pytest.fixture
def officer() -> User:
    officer = user()
    officer.email = "officer@example.invalid"
    officer.save()
    raise_issue(project=None, title="管线未迁", by=officer, on=ON)
    return officer


@pytest.fixture
def hook() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """一个收推送的服务：返回地址与收到的（签名，正文）。"""
    received: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.headers["X-Kaopu-Signature"], body))
            self.send_response(302 if self.path == "/elsewhere" else 204)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """不往标准错误写。"""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()


def test_nothing_leaves_the_office_unless_the_setting_says_so(officer: User) -> None:
    assert send_digests(by=operator(), on=ON) == []
    assert not Delivery.objects.exists()


def test_one_letter_a_person_a_day_each_with_its_delivery(officer: User, settings) -> None:
    settings.NOTICE_EMAIL_FROM = "kaopu@example.invalid"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for _ in range(2):
        send_digests(by=operator(), on=ON)

    assert [(letter.to, "待办 1 件" in letter.body) for letter in mail.outbox] == [
        (["officer@example.invalid"], True)
    ]
    assert list(Delivery.objects.values_list("channel", "recipient", "delivered")) == [
        ("email", "officer@example.invalid", True)
    ]


def test_a_push_is_signed_with_the_secret(officer: User, settings, hook) -> None:
    settings.NOTICE_WEBHOOK_URL, settings.NOTICE_WEBHOOK_SECRET = hook[0], "秘钥"
    send_digests(by=operator(), on=ON)
    signature, body = next(item for item in hook[1] if json.loads(item[1])["to"] == officer.username)

    assert signature == "sha256=" + hmac.new("秘钥".encode(), body, hashlib.sha256).hexdigest()
    assert "管线未迁" in json.loads(body)["lines"][1]


def test_a_push_that_fails_or_is_redirected_is_kept_as_not_delivered_and_tried_again(
    officer: User, settings, hook
) -> None:
    settings.NOTICE_WEBHOOK_URL = hook[0] + "/elsewhere"
    first = send_digests(by=operator(), on=ON)
    settings.NOTICE_WEBHOOK_URL = "http://127.0.0.1:1/"
    second = send_digests(by=operator(), on=ON)
    settings.NOTICE_WEBHOOK_URL = hook[0]
    third = send_digests(by=operator(), on=ON)

    assert [[row.delivered for row in rows] for rows in (first, second, third)] == [[False], [False], [True]]
    assert "要求跳转到 http://127.0.0.1:1/，不跟随" in first[0].outcome
    assert "连不上 127.0.0.1" in second[0].outcome


@pytest.mark.parametrize("lines", ["", "127.0.0.1:1", "0.0.1", "http://127.0.0.1/"])
def test_nothing_goes_to_a_host_that_is_not_on_the_list(
    officer: User, settings, hook, listed: Path, lines: str
) -> None:
    settings.NOTICE_WEBHOOK_URL = hook[0]
    settings.NOTICE_EMAIL_FROM = "kaopu@example.invalid"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    listed.write_text(lines)
    refused = send_digests(by=operator(), on=ON)

    assert (hook[1], mail.outbox) == ([], [])
    assert {row.channel for row in refused} == {"email", "webhook"} and not any(
        row.delivered for row in refused
    )
    assert all(
        f"不在外发名单上，没有发出。确要发的，请在 {listed} 里加一行" in row.outcome for row in refused
    )
    listed.unlink()
    assert not any(row.delivered for row in send_digests(by=operator(), on=ON))


def test_the_examination_names_what_is_opened_and_not_listed(settings, listed: Path) -> None:
    settings.NOTICE_WEBHOOK_URL = "https://push.example.invalid/x"
    settings.NOTICE_EMAIL_FROM = "kaopu@example.invalid"
    listed.write_text("localhost\nhttps://push.example.invalid\n*.invalid\n")
    said = {finding.text: finding.ok for finding in examine()}

    assert said["邮件 localhost:25 在外发名单上"]
    assert not said[
        f"推送 push.example.invalid:443 不在外发名单上，发不出去。请在 {listed} 里加一行 push.example.invalid"
    ]
    assert sum("读不懂，不作数" in text and not ok for text, ok in said.items()) == 2
    settings.NOTICE_WEBHOOK_URL = "ftp://push.example.invalid"
    assert any("不是 http 或 https 网址" in finding.text and not finding.ok for finding in examine())
