"""留痕、规则、日历、导入各页看过去：其后办的那时还没有；页顶写明，办理的收起，链接留在过去。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from kaopu.audit.actions import record
from kaopu.audit.models import Operation, TreeHead
from kaopu.domain.rights import Role
from kaopu.domain.rule_sets import DEFAULT_PARAMETERS
from kaopu.exchange.actions import import_workbook
from kaopu.exchange.models import ImportBatch
from kaopu.exchange.undo import undo_import
from kaopu.supervision.actions import set_demo_clock
from kaopu.tracking.actions.calendar import change_day, publish_year
from kaopu.tracking.actions.rule_sets import activate_draft, save_draft
from kaopu.tracking.queries.calendar import SpecialDay, last_change
from tests import factories
from tests.exchange.test_import import ROWS, list_workbook
from tests.web.conftest import signed_in
from tests.web.looking_back import BAR, address, known_now, seen

pytestmark = pytest.mark.django_db
THEN, LATER = date(2022, 3, 10), date(2022, 3, 20)
PAGES = (
    "/trace/",
    "/rules/",
    "/rules/?kind=ladder",
    "/calendar/?year=2022",
    "/calendar/?year=2031",
    "/imports/",
)
NOW_ONLY = (
    r"<form.*?</form>|<details><summary>撤销这一批</summary>|</details>"
    r'|(?: · )?<a href="/rules/(?:replay|activate)/"[^>]*>.*?</a>'
)


@pytest.fixture
def director() -> Client:
    """推进办主任：各页都看得见，也都办得了。"""
    return signed_in(factories.user(Role.OFFICE_DIRECTOR))


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """三月十日：导入过一批；起草过一版规则；改过一天。"""
    set_demo_clock(to=THEN, by=factories.operator())
    import_workbook(list_workbook(tmp_path / "a.xlsx", ROWS), year=2022, by=factories.operator())
    save_draft(name="试行", parameters=dict(DEFAULT_PARAMETERS), note="初稿", by=factories.user(), on=THEN)
    change_day(
        day=date(2022, 4, 8), works=False, name="甲假", reason="通知", by=factories.user(), on=THEN, seen=0
    )
    return tmp_path


def go_on(home: Path, on: date) -> None:
    """其后撤了那一批、又导一批，改了草稿并启用，再改那一天、发布一年。"""
    by = factories.user()
    undo_import(batch=ImportBatch.objects.get(), reason="重导", by=by)
    import_workbook(list_workbook(home / "b.xlsx", ROWS[:1]), year=2022, by=by)
    (draft,) = [item for item in _drafts() if item.name == "试行"]
    again = save_draft(
        name="改稿", parameters=dict(DEFAULT_PARAMETERS), note="二稿", by=by, on=on, replaces=draft
    )
    activate_draft(draft=again, effective_on=date(2022, 3, 5), by=factories.user(Role.OFFICE_SECTION), on=on)
    change_day(day=date(2022, 4, 8), works=None, name="", reason="收回", by=by, on=on, seen=last_change())
    publish_year(
        year=2031, days={date(2031, 1, 1): SpecialDay(False, "元旦")}, notice="通知2号", seen=last_change(),
        by=by, on=on,
    )  # fmt: skip


def _drafts() -> list[Any]:
    from kaopu.domain.rule_kinds import RuleKind
    from kaopu.tracking.queries.rule_sets import open_drafts

    return list(open_drafts(RuleKind.COLOUR))


def words(client: Client, page: str, query: Mapping[str, str] | None = None) -> str:
    """页上的字：去掉标签与此刻才能办的。"""
    text = re.sub(NOW_ONLY, "", seen(client, page, query), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_what_is_recorded_later_is_not_there_yet(made: Path, director: Client) -> None:
    auditor = signed_in(factories.user(Role.AUDITOR))
    before = {page: words(auditor, page) for page in PAGES if page != "/imports/"}
    assert "试行" in before["/rules/"] and "甲假" in before["/trace/"]
    batches = _batches(director, {})
    known = known_now()
    go_on(made, THEN)
    after = {page: words(auditor, page) for page in before}
    back = {page: words(auditor, page, known) for page in before}

    assert [page for page in before if after[page] == before[page]] == ["/rules/?kind=ladder"]
    for page, text in before.items():
        assert back[page] == text, page
    assert _batches(director, {}) != batches == _batches(director, known)


def _batches(client: Client, asked: dict[str, str]) -> list[tuple[str, bool]]:
    """最近的导入：哪个文件，撤销了没有。"""
    rows = re.findall(r"<tr><td.*?</tr>", client.get(address("/imports/", asked)).text, re.S)
    return [("".join(re.findall(r"(\w+\.xlsx)", row)), "已撤销" in row) for row in rows]


def test_the_calendar_of_a_day_has_the_days_as_published_by_then(made: Path, director: Client) -> None:
    go_on(made, LATER)
    year = "/calendar/?year=2022"

    assert "甲假" not in director.get(year).text
    assert "甲假" in director.get(f"{year}&as_of={THEN}").text
    assert "甲假" not in director.get(f"{year}&as_of=2022-03-09").text
    assert "2031年放假安排未发布" in director.get(f"/calendar/?year=2031&as_of={THEN}").text
    assert "2031年放假安排未发布：" not in director.get("/calendar/?year=2031").text
    assert 'href="/calendar/?year=2031">回到现在' in director.get(f"/calendar/?year=2031&as_of={THEN}").text


def test_a_draft_revised_later_stands_as_first_drafted(made: Path, director: Client) -> None:
    set_demo_clock(to=LATER, by=factories.operator())
    go_on(made, LATER)
    now, then = director.get("/rules/").text, director.get(f"/rules/?as_of={THEN}").text

    assert "改稿 第1版" in now and "试行" not in now
    assert "试行" in then and "初稿" in then and "改稿" not in then
    assert director.get("/rules/?as_of=1900-01-01").status_code == 404


def test_the_trace_ends_at_that_moment(director: Client) -> None:
    for at in ("2022-05-31T23:59:59+08:00", "2022-06-01T00:00:00+08:00", "2022-06-01T12:00:00+08:00"):
        Operation.objects.create(actor=at[:10], verb="v", at=at)
    TreeHead.objects.create(
        size=1, root="ab" * 32, algorithm="sha256", peaks=[], at="2022-06-01T01:00:00+08:00"
    )
    TreeHead.objects.create(
        size=3, root="cd" * 32, algorithm="sha256", peaks=[], at="2022-06-02T01:00:00+08:00"
    )
    by_day = strip_tags(director.get("/trace/?as_of=2022-05-31").text)
    by_moment = strip_tags(director.get("/trace/?known_at=2022-06-01T11:00").text)
    last = Operation.objects.latest("pk")
    kept = director.get("/trace/?q=2022&as_of=2022-05-31").text
    assert (
        kept.count('name="q" value="2022"') == 2 and 'type="hidden" name="as_of" value="2022-05-31"' in kept
    )

    assert "共 1 次办理" in by_day and "还没有封存过，1 次办理待封存" in by_day
    assert "共 2 次办理" in by_moment and "另有 1 次待封存" in by_moment and "1:" + "ab" * 32 in by_moment
    assert director.get(f"/trace/{last.pk}/?as_of=2022-05-31").status_code == 404
    assert director.get(f"/trace/{last.pk}/?as_of=2022-06-01").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_the_past_says_so_offers_no_act_and_keeps_its_links_in_the_past(
    made: Path, director: Client, page: str
) -> None:
    factories.user()
    known = known_now()
    now, then = director.get(page).text, director.get(address(page, known)).text
    main = then[then.index("<main") : then.index("</main>")]
    links = re.findall(r'href="(/[^"]*)"', main)

    assert BAR not in now and BAR in then and "所知" in then
    assert 'method="post"' not in main and 'type="file"' not in main
    assert "/rules/draft/" not in main and "/rules/replay/" not in main and "/rules/activate/" not in main
    assert [link for link in links if "known_at=" not in link] == []


def test_a_batch_is_shown_only_since_it_was_imported(made: Path, director: Client) -> None:
    page = f"/imports/batches/{ImportBatch.objects.get().pk}/"

    assert BAR in director.get(address(page, known_now())).text
    assert director.get(f"{page}?known_at=2000-01-01T00:00").status_code == 404


def test_the_present_trace_costs_what_it_did(
    director: Client, django_assert_num_queries: Callable[[int], Iterator[None]]
) -> None:
    record(by=factories.operator(), verb="tracking.suspend")

    with django_assert_num_queries(7):
        director.get("/trace/")
    with django_assert_num_queries(8):
        director.get(address("/trace/", known_now()))
