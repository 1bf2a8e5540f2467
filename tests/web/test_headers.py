"""响应头、外部地址、示例条、出错页。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from jinja2.exceptions import UndefinedError

import kaopu.web
from kaopu.domain.rights import Role
from kaopu.projects.models import Project
from kaopu.web.errors import conflict, csrf_failure, server_error
from kaopu.web.middleware import CONTENT_SECURITY_POLICY
from tests import factories

PAGES = [
    "/",
    "/projects/",
    "/figures/",
    "/figures/list.all/",
    "/imports/",
    "/documents/",
    "/projects/D001/",
    "/rules/",
    "/rules/draft/",
    "/rules/replay/",
    "/rules/reviews/",
    "/rules/reviews/D001/2022-1/",
    "/rules/honesty/",
    "/calendar/",
]
WEB = Path(kaopu.web.__file__).parent


class _Page(HTMLParser):
    """收集页面里的地址、行内样式、行内脚本与重复的 id。"""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src", "action") and value:
                self.addresses.append(value)
            if name == "id" and value:
                self.ids.append(value)
            if name == "style" or name.startswith("on") or tag == "style":
                self.inline.append(f"{tag} {name}={value}")


@pytest.fixture
def one_project(db: None) -> Iterator[str]:
    """一个项目。"""
    yield factories.project_year("示例小学").project.code


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_strict_and_local(office: Client, one_project: str, path: str) -> None:
    response = office.get(path)
    page = _Page(response.text)

    assert response.status_code == 200
    assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-store"
    assert page.inline == []
    assert [address for address in page.addresses if not address.startswith(("/", "#"))] == []
    assert len(page.ids) == len(set(page.ids))
    assert "本系统为非涉密系统，严禁处理、传输国家秘密" in response.text


@pytest.mark.parametrize("written", ["{{ nobody }}", "{{ day.nothing }}", "{% if nobody %}有{% endif %}"])
def test_a_name_nobody_gave_is_an_error_never_a_blank(written: str) -> None:
    with pytest.raises(UndefinedError):
        engines["jinja2"].from_string(written).render({"day": date(2022, 6, 30)})


def test_policy_is_the_one_promised() -> None:
    assert CONTENT_SECURITY_POLICY == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )


def test_static_files_hold_no_css_the_oldest_browser_lacks() -> None:
    """浏览器下限 Chrome 86：不用 :has、容器查询、color-mix、层叠层与 aspect-ratio。"""
    for file in (WEB / "static").rglob("*.css"):
        words = re.findall(r":has\(|@container|color-mix|@layer|aspect-ratio|:is\(|inset:", file.read_text())
        assert words == [], file.name


def test_demo_banner_shows_only_when_demo_data_exists(office: Client, one_project: str) -> None:
    assert "本库含示例数据" not in office.get("/projects/").text

    Project.objects.create(code="S900", is_demo=True)

    assert "本库含示例数据" in office.get("/projects/").text


def test_sign_in_lists_demo_accounts_only_in_a_demo_home(client: Client, db: None) -> None:
    factories.user()
    assert "示例账号" not in client.get("/signin/").text

    demo = factories.user()
    demo.is_demo = True
    demo.save()

    assert demo.username in client.get("/signin/").text


def test_a_wrong_password_is_explained_in_chinese(client: Client, db: None) -> None:
    person = factories.user(Role.CLERK)

    refused = client.post("/signin/", {"username": person.username, "password": "wrong"})
    person.set_password("test-password-2022")
    person.save(update_fields=["password"])
    accepted = client.post("/signin/", {"username": person.username, "password": "test-password-2022"})

    assert "账号或口令不对" in refused.text
    assert accepted["Location"] == "/"


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nosuch/", 404, "没有这一页"),
        ("/?year=abc", 400, "请写四位年份"),
        ("/?year=2022&as_of=2022-02-30", 400, "请写成 2022-12-31"),
        ("/figures/?known_at=yesterday", 400, "取数时刻读不懂"),
        ("/figures/no.such.figure/", 404, "没有这一页"),
    ],
)
def test_error_pages_say_what_to_do(office: Client, path: str, status: int, said: str) -> None:
    response = office.get(path)

    assert response.status_code == status
    assert said in response.text


def test_other_error_pages(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()

    assert (server_error(request).status_code, "没有写入" in server_error(request).text) == (500, True)
    assert (conflict(request, "已冻结。").status_code, "已冻结。" in conflict(request, "已冻结。").text) == (
        409,
        True,
    )
    assert (csrf_failure(request).status_code, "页面已过期" in csrf_failure(request).text) == (403, True)


def test_a_form_without_its_token_is_refused_in_chinese(db: None) -> None:
    client = Client(enforce_csrf_checks=True)

    with override_settings(DEBUG=False):
        response = client.post("/signin/", {"username": "a", "password": "b"})

    assert response.status_code == 403
    assert "页面已过期" in response.text
