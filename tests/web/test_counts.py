"""页上的每个计数都点得开，点开的成员恰好那么多：在示例办公室里逐个角色走遍各页，逐个点开数。"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, urljoin, urlsplit

import lxml.html
import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from kaopu.accounts.actions import ensure_operator
from kaopu.accounts.models import User
from kaopu.demo.loading import load_demo
from kaopu.domain.causes import Cause
from kaopu.projects.models import Project
from kaopu.supervision.actions import advance, chase, set_demo_clock
from kaopu.supervision.queries.clock import today
from kaopu.tracking.actions import note_still_stopped, suspend
from kaopu.tracking.queries import first_open_month, owing
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db

PEOPLE = ("zhuren", "jianguan", "jianshe", "lingdao", "shenguan")
EACH = 2  # 同一种页、同样的参数，走两处
# 计数所在的页：少了哪一种，就是有计数不再点得开
COUNTING = {
    "campaign_detail", "campaign_list", "closing_year", "colour_reviews", "document_list", "figure_list",
    "honesty_table", "import_upload", "inbox", "issue_board", "leader_page", "letter_list", "meeting_list",
    "overview", "report_desk", "rule_activate", "rule_replay", "todo", "trace_list",
}  # fmt: skip
# 写着某个计数单位而不在链接里的文字，只许是这几种：表题与展开处（成员就在下面）、设置与时限
UNITS = re.compile(r"(?<![\d.〔·\-])[1-9]\d* ?(?:个|件|项|条|份|次|处|种)(?!月|工作日|日历日|百分点|字)")
DOWNLOADS = re.compile(r"signout|demo_clock|export_|due_calendar|collection_form|.*_(?:file|pack)$")
BESIDE = {"caption", "summary", "h1", "h2", "option"}
ALLOWED = re.compile(
    r"至多|不超过|以内|连续|每\d+天|共 \d+ [个件条项份句]|（\d+）|轨交|来源原文|\d+个站点|任务 \d+ 件|全年 \d+|第 \d+ 次|超过 \d+|个\.\.\."
)


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: object) -> Iterator[User]:
    """示例办公室，另有停着没有复工、催过原因与月报的，模块结束即回滚。"""
    with django_db_blocker.unblock(), transaction.atomic():
        operator = ensure_operator()
        assert load_demo(by=operator)
        _stopped(operator)
        _chased(operator)
        yield operator
        transaction.set_rollback(True)


def _stopped(operator: User) -> None:
    """三个项目停着，一个报过原因；走到该催的那个月、又过了期限。"""
    projects = list(Project.objects.filter(code__in=["S01", "S02", "D01"]))
    assert len(projects) == 3
    stops = suspend(projects=projects, cause="纠纷", by=operator, on=date(2022, 12, 30))
    for day in (date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)):
        set_demo_clock(to=day, by=operator)
        advance(by=operator)
    note_still_stopped(
        suspension=stops[0], cause=Cause.FUNDING, reason="资金未到位", expected_on=date(2023, 6, 1), by=operator, on=today(),
    )  # fmt: skip


def _chased(operator: User) -> None:
    month = first_open_month(2023)
    assert month is not None
    assert chase(project_years=owing(month), month=month, by=operator, on=today())


@dataclass
class Walk:
    """走过的各页：每种页走几处，遇见的计数、没有链接的计数。"""

    client: Client
    everything: bool
    counts: dict[str, set[tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(set)
    )  # 地址 → 写的数、在哪页
    loose: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def all_pages(self) -> None:
        seen: set[str] = set()
        visited: Counter[object] = Counter()
        queue = [
            "/home/",
            "/trace/",
            "/letters/2022/",
            "/rules/replay/?after=p三亚型",
            "/rules/replay/?after=p银川型",
        ]
        while queue:
            address = queue.pop(0)
            kind = _kind(address)
            if address in seen or kind is None or visited[kind] >= EACH:
                continue
            seen.add(address)
            visited[kind] += 1
            response = self.client.get(address, follow=True)
            if response.status_code == 200 and "html" in response["Content-Type"]:
                if response.redirect_chain:
                    address = response.redirect_chain[-1][0]
                queue += self._read(address, lxml.html.fromstring(response.text))

    def _read(self, address: str, page: lxml.html.HtmlElement) -> list[str]:
        where = resolve(urlsplit(address).path).url_name
        for link in page.xpath("//main//a[contains(concat(' ', @class, ' '), ' count ')]"):
            number = int(re.search(r"\d[\d,]*", link.text_content())[0].replace(",", ""))
            self.counts[urljoin(address, link.get("href"))].add((number, where))
        for text in page.xpath("//main//text()[not(ancestor::a) and not(ancestor::svg)]"):
            beside = {element.tag for element in text.getparent().iterancestors()} | {text.getparent().tag}
            if not beside & BESIDE and UNITS.search(text) and not ALLOWED.search(text):
                self.loose[where].add(" ".join(text.split()))
        return [urljoin(address, link.get("href")).split("#")[0] for link in page.xpath("//a[@href]")]

    def members(self, address: str) -> int:
        """点开之后成员表有几行，翻完各页；看不见的另有说明，也算在内。"""
        address, _, part = address.partition("#")
        total = 0
        while address:
            response = self.client.get(address)
            assert response.status_code == 200, address
            page = lxml.html.fromstring(response.text)
            here = page.xpath(f"//section[.//*[@id='{part}']]") if part else [page]
            assert here, f"{address} 没有 #{part}"
            tables = here[0].xpath(".//*[contains(concat(' ', @class, ' '), ' members ')]")
            assert len(tables) == 1, f"{address} 的成员表有 {len(tables)} 张"
            total += len(tables[0].xpath("./tbody/tr[th]|./li"))
            hidden = re.search(r"其中 (\d+) 个不在您的可见范围", response.text)
            total += int(hidden[1]) if hidden else 0
            following = here[0].xpath(".//nav[@class='pages']/a[text()='下一页']/@href")
            following = following or page.xpath("//nav[@class='pages']/a[text()='下一页']/@href")
            address = urljoin(address, following[0]) if following else ""
        return total


def _kind(address: str) -> object:
    """哪一种页：路由与参数名；同一种的只走几处。"""
    split = urlsplit(address)
    try:
        route = resolve(split.path).url_name
    except Resolver404:
        return None
    if route is None or DOWNLOADS.match(route) or split.netloc:
        return None
    return route, tuple(
        sorted(name for name, _ in parse_qsl(split.query) if name not in ("as_of", "known_at"))
    )


@pytest.fixture(scope="module")
def walks(office: User) -> dict[str, Walk]:
    """各人走一遍。"""
    people = {name: User.objects.get(username=name) for name in PEOPLE}
    found = {
        name: Walk(client=signed_in(user), everything=user.sees_everything) for name, user in people.items()
    }
    for walk in found.values():
        walk.all_pages()
    return found


def test_every_count_opens_exactly_as_many_members(walks: dict[str, Walk]) -> None:
    wrong, places, whole = [], set(), {}  # 看得见全部的人看到的是同一张成员表，数一遍就够
    for name, walk in walks.items():
        for address, written in walk.counts.items():
            known = whole.get(address) if walk.everything else None
            found = walk.members(address) if known is None else known
            if walk.everything:
                whole[address] = found
            places |= {where for _, where in written}
            wrong += [
                f"{name}·{where}：写着 {number}，{address} 有 {found} 行"
                for number, where in written
                if number != found
            ]

    assert wrong == []
    assert places >= COUNTING, COUNTING - places
    assert sum(len(walk.counts) for walk in walks.values()) > 400


def test_no_count_is_written_without_a_link_to_its_members(walks: dict[str, Walk]) -> None:
    found = {
        f"{where}：{text}" for walk in walks.values() for where, texts in walk.loose.items() for text in texts
    }

    assert not found, "\n".join(sorted(found))
