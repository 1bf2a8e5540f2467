"""统一身份登录：真的服务、真的签发方走完授权码流程；只认登记过的人，令牌有一处不对就不让进。"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.web.oidc_issuer import CLIENT_ID, SECRET, Issuer

PASSWORD = "Qing-huan-2022"
ADMINISTRATORS = {"xitong": "sysadmin", "anquan": "secadmin"}
ANSWERS = "\n".join(
    f"from kaopu.{line}" for line in ("accounts.models import User", "audit.models import Operation")
)


@dataclass(frozen=True, kw_only=True)
class Office:
    """起着的服务与签发方。"""

    address: str
    issuer: Issuer
    environment: dict[str, str]

    def run(self, *arguments: str, said: str = "") -> str:
        """另起一个进程办一件事，返回它印出的话。"""
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, input=said, text=True, capture_output=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, expression: str) -> str:
        """问库里的事。"""
        return self.run("-c", f"import django; django.setup()\n{ANSWERS}\nprint({expression})").strip()


class Visitor(requests.Session):
    """一个浏览器。"""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office, self.trust_env = office, False

    def submit(self, path: str, **data: str) -> requests.Response:
        """取页上的令牌再交表。"""
        address = f"{self.office.address}{path}"
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(address).text)
        assert token
        key = str(uuid.uuid4())
        return self.post(address, {"csrfmiddlewaretoken": token[1], "idempotency_key": key, **data})

    def enter(self, following: str = "") -> requests.Response:
        """从登录页的按钮去签发方，再回来。"""
        page = self.get(f"{self.office.address}/signin/?next={following}")
        link = re.search(r'href="(/signin/oidc/[^"]*)"', page.text)
        assert link and "区统一身份" in page.text
        return self.get(f"{self.office.address}{link[1]}")

    def signed_in(self) -> bool:
        return self.get(f"{self.office.address}/me/", allow_redirects=False).status_code == 200


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """开两位管理员与两个账号，由管理员在网上登记统一身份。"""
    home, issuer = tmp_path_factory.mktemp("home"), Issuer()
    (home / "secret").write_text(f"{SECRET}\n")
    (home / "outgoing.txt").write_text("127.0.0.1\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ, "KAOPU_HOME": str(home), "KAOPU_OIDC_ISSUER": issuer.address,
        "KAOPU_OIDC_CLIENT_ID": CLIENT_ID, "KAOPU_OIDC_SECRET_FILE": str(home / "secret"),
        "KAOPU_OIDC_LABEL": "区统一身份", "DJANGO_SETTINGS_MODULE": "kaopu.config.settings",
    }  # fmt: skip
    environment.pop("DATABASE_URL", None)
    found = Office(address=f"http://127.0.0.1:{port}", issuer=issuer, environment=environment)
    people = {
        **ADMINISTRATORS,
        "wenshu": "clerk",
        "zhuanyuan": "project_officer",
        "danwei": "responsible_unit",
    }
    for username, role in people.items():
        arguments = ("account", username, "--name", username, "--role", role, "--password-stdin")
        found.run("-m", "kaopu.config.cli", *arguments, said=PASSWORD)
    log = (home / "log").open("wb")
    command = [sys.executable, "-m", "kaopu.config.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait(found.address, server)
        _link(found, wenshu="id-1001", zhuanyuan="id-1002", danwei="id-1003")
        yield found
        assert "Traceback" not in (home / "log").read_text()
    finally:
        server.terminate()
        server.wait(20)
        issuer.server.shutdown()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "服务没有起来"
        try:
            requests.get(f"{address}/healthz", timeout=2)
            return
        except requests.RequestException:
            time.sleep(0.5)
    raise AssertionError("等了两分钟，服务没有答复")


def _administrator(office: Office, username: str) -> Visitor:
    """以口令登录并开了两步验证的管理员。"""
    visitor = Visitor(office)
    visitor.submit("/signin/", username=username, password=PASSWORD)
    page = visitor.get(f"{office.address}/me/").text
    secret = re.search(r'name="secret" value="([^"]+)"', page)
    assert secret
    visitor.submit("/me/", what="factor", secret=secret[1], code=pyotp.TOTP(secret[1]).now())
    return visitor


def _link(office: Office, **subjects: str) -> None:
    system, security = (_administrator(office, username) for username in ADMINISTRATORS)
    for username, subject in subjects.items():
        system.submit("/people/", what="propose", change="link", username=username, subject=subject)
        page = security.get(f"{office.address}/people/").text
        assert subject in page
        change = re.search(r'name="change" value="(\d+)"', page)
        assert change
        security.submit("/people/", what="rule", change=change[1], ruling="approve")


@pytest.fixture
def office(running: Office) -> Office:
    """签发方一切如常，登录着的是文书。"""
    running.issuer.behave("id-1001")
    return running


def test_a_registered_person_enters_and_it_is_recorded(office: Office) -> None:
    visitor = Visitor(office)

    answer = visitor.enter("/projects/")

    assert answer.url == f"{office.address}/projects/" and visitor.signed_in()
    done = 'Operation.objects.filter(verb="accounts.sign_in", actor="wenshu")'
    assert office.ask(f"{done}.latest('pk').detail") == "{'method': 'oidc'}"
    assert "共 1 处" in visitor.get(f"{office.address}/me/sign-ins/").text


def test_an_issuer_off_the_list_of_hosts_is_not_asked(office: Office) -> None:
    listed = Path(office.environment["KAOPU_HOME"]) / "outgoing.txt"
    listed.write_text("")
    try:
        assert "此刻连不上" in Visitor(office).get(f"{office.address}/signin/oidc/").text
    finally:
        listed.write_text("127.0.0.1\n")


def test_a_foreign_place_to_go_next_is_not_followed(office: Office) -> None:
    answer = Visitor(office).enter("https://example.org/")

    assert answer.url == f"{office.address}/"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "other"},
        {"aud": "another-client"},
        {"aud": ["kaopu", "other"], "azp": "other"},
        {"exp": 1_600_000_000},
        {"iss": "http://127.0.0.1:1"},
        {"sub": ""},
    ],
)
def test_a_token_with_one_thing_wrong_is_refused(office: Office, claims: dict[str, object]) -> None:
    office.issuer.claims = claims
    visitor = Visitor(office)

    answer = visitor.enter()

    assert answer.status_code == 403 and "统一身份登录没有成功" in answer.text
    assert not visitor.signed_in()


def test_a_token_signed_with_another_key_is_refused(office: Office) -> None:
    office.issuer.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    assert "统一身份登录没有成功" in Visitor(office).enter().text


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"])
def test_nothing_is_sent_to_an_address_beyond_the_issuer(office: Office, name: str) -> None:
    office.issuer.metadata = {name: "http://127.0.0.1:9/elsewhere"}

    assert "统一身份平台此刻连不上" in Visitor(office).enter().text


def test_the_answer_belongs_to_the_browser_that_asked(office: Office) -> None:
    asking, other = Visitor(office), Visitor(office)
    page = asking.get(f"{office.address}/signin/oidc/", allow_redirects=False)
    back = requests.get(page.headers["Location"], allow_redirects=False).headers["Location"]

    assert other.get(back).status_code == 403 and not other.signed_in()
    assert asking.get(back).ok and asking.signed_in()
    assert asking.get(back).status_code == 403


def test_an_unknown_person_gets_no_account(office: Office) -> None:
    office.issuer.behave("id-9999")
    before = office.ask("User.objects.count()")

    answer = Visitor(office).enter()

    assert "id-9999）没有登记在任何账号上" in answer.text
    assert office.ask("User.objects.count()") == before


def test_a_disabled_or_locked_person_is_refused(office: Office) -> None:
    office.issuer.behave("id-1003")
    office.ask('User.objects.filter(username="danwei").update(is_active=False)')
    disabled = Visitor(office).enter()
    office.ask('User.objects.filter(username="danwei").update(is_active=True)')
    for _ in range(5):
        Visitor(office).submit("/signin/", username="danwei", password="wrong")
    locked = Visitor(office).enter()

    assert "此账号已停用" in disabled.text
    assert "请 15 分钟后再试" in locked.text


def test_our_own_second_factor_is_still_asked(office: Office) -> None:
    secret = pyotp.random_base32()
    office.ask(f'User.objects.filter(username="zhuanyuan").update(totp_secret="{secret}")')
    office.issuer.behave("id-1002")
    visitor = Visitor(office)

    assert visitor.enter().url.endswith("/signin/code/") and not visitor.signed_in()
    visitor.submit("/signin/code/", code=pyotp.TOTP(secret).now())

    assert visitor.signed_in()


def test_an_issuer_that_is_down_is_said_plainly(office: Office, tmp_path: Path) -> None:
    office.issuer.metadata = {"token_endpoint": None}

    answer = Visitor(office).enter()

    assert answer.status_code == 403 and "请用账号和口令登录" in answer.text


def test_without_the_setting_nothing_of_it_is_there(db: None, client: Client) -> None:
    assert client.get("/signin/oidc/").status_code == 404
    assert "oidc" not in client.get("/signin/").text
    assert "allauth" not in sys.modules
    with pytest.raises(NoReverseMatch):
        reverse("oidc_start")
