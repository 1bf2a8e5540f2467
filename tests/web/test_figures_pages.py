"""统计表与成员页：数与成员相符，恒等式不成立时点出项目；总览与统计同数。"""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.figures.later import pages_of
from kaopu.figures.queries import evaluate
from kaopu.projects.actions import hold_ceremony
from kaopu.projects.models import ListEntry, ProjectYear
from kaopu.supervision.actions import raise_issue
from kaopu.tracking import actions as tracking
from tests import factories
from tests.web.conftest import signed_in


def a_year() -> list[ProjectYear]:
    """两类三个区属项目、一个市属。"""
    return factories.project_list(
        [
            factories.listed("甲小学", category="livelihood"),
            factories.listed("乙小学", category="livelihood"),
            factories.listed("丙住宅", category="housing", entry="added"),
            factories.listed("丁轨交", level="municipal", category=""),
        ]
    )


def test_members_page_gives_value_scope_unit_and_every_member(office: Client, db: None) -> None:
    a_year()

    text = office.get("/figures/category.livelihood.lagging/?year=2022&as_of=2022-12-31").text

    assert "民生保障类·滞后：2 个" in text
    assert "区属正式项目，按五类" in text
    assert "共 2 个" in text and ">甲小学</a>" in text and ">乙小学</a>" in text and ">丙住宅</a>" not in text
    assert "至2022年末未完成年度目标：竣工" in text
    assert "滞后3 = 市政基础设施类·滞后0 + 民生保障类·滞后2" in text


def test_a_ceremony_opens_on_the_page_of_its_figures(office: Client, db: None) -> None:
    first, second, *_ = a_year()
    held = hold_ceremony(
        name="集中开工仪式", year=2022, projects=[first.project, second.project], published_count=2,
        published_investment_yuan=0, published_qualifier="", by=factories.operator(), on=date(2022, 1, 10),
    )  # fmt: skip
    pages = pages_of([f"record.ceremony.{held.pk}.name"])

    assert pages == {f"record.ceremony.{held.pk}.name": ("ceremony", held.pk)}
    for figure in ("ceremony.count", "ceremony.investment"):
        text = office.get(f"/figures/{figure}/?year=2022").text
        row = re.search(rf'<tr id="ceremony-{held.pk}">.*?</tr>', text, re.S)
        assert row and "集中开工仪式" in row[0] and "2022年1月10日" in row[0] and "2 个" in row[0]
        assert re.findall(r">(甲小学|乙小学|丙住宅)</a>", row[0]) == ["甲小学", "乙小学"]
    assert "各次集中开工" not in office.get("/figures/list.all/?year=2022").text
    assert f"ceremony-{held.pk}" not in office.get("/figures/ceremony.count/?year=2022&as_of=2022-01-09").text
    stranger = signed_in(factories.user(Role.RESPONSIBLE_UNIT))
    text = stranger.get("/figures/ceremony.count/?year=2022").text
    assert "2 个不在清单上或不在您的可见范围" in text and "甲小学" not in text


def test_as_of_moves_the_numbers(office: Client, db: None) -> None:
    a_year()

    assert "滞后：0 个" in office.get("/figures/outcome.lagging/?year=2022&as_of=2022-06-30").text
    assert "正常推进：3 个" in office.get("/figures/outcome.on_track/?year=2022&as_of=2022-06-30").text


def test_known_at_asks_what_was_known_then(office: Client, db: None) -> None:
    a_year()

    text = office.get("/figures/list.all/?year=2022&known_at=2022-01-01T00:00:00%2B08:00").text

    assert "清单项目：0 项" in text
    assert "2022-01-01 00:00" in text


def test_overview_and_statistics_print_what_the_book_says(office: Client, db: None) -> None:
    a_year()
    book = evaluate(2022, as_of=date(2022, 12, 31))
    texts = [office.get(f"{path}?year=2022&as_of=2022-12-31").text for path in ("/", "/figures/")]
    pages = [text.split('id="identities"')[0] for text in texts]

    for page in pages:
        shown = dict(re.findall(r'href="/figures/([a-z_.]+)/\?[^"]*">\s*([^<]+?)\s*</a>', page))
        assert len(shown) > 30
        for figure_id in set(shown) & {
            "list.all",
            "list.district",
            "outcome.lagging",
            "category.housing.total",
        }:
            assert shown[figure_id] == book[figure_id].text
        assert shown["list.all"] == "4" and shown["list.district"] == "3" and shown["outcome.lagging"] == "3"


def test_a_broken_identity_names_its_culprit(office: Client, db: None) -> None:
    entry = a_year()[0]
    before = ListEntry.objects.get(project_year=entry)
    values = {
        name: getattr(before, name)
        for name in ("project_year", "list_version", "level", "entry", "formality")
    }
    ListEntry.objects.create(
        **values, category="", on=before.on, operation=before.operation, supersedes=before
    )
    tracking.note_progress(
        project=entry.project, year=2022, text="。", by=factories.operator(), on=date(2022, 1, 1)
    )

    statistics = office.get("/figures/?year=2022").text
    overview = office.get("/?year=2022").text

    assert "✗ 不成立" in statistics
    assert f"甲小学（{entry.project.code}）" in statistics
    assert "恒等式不成立，数字待核" in overview


def test_every_count_of_a_page_opens_as_many_lines(office: Client, db: None) -> None:
    year = factories.project_list(
        [factories.listed("示例小学", profile={"responsible_unit": factories.unit()}), factories.listed("丙轨交", level="municipal", category="")],
    )[0]  # fmt: skip
    close_month(month=date(2022, 1, 1), by=factories.operator())
    day = timezone.localdate()
    for number, age in enumerate((0, 0, 20, 400), 1):
        on = day - timedelta(days=age)
        raise_issue(project=year.project, title=f"事项{number}", by=factories.operator(), on=on)
    opened = 0
    for page, listed in (
        ("/issues/", r"共 (\d+) 件</caption>"), ("/leader/", r"共 (\d+) 件</caption>"),
        ("/closing/2022/", r"<caption>共 (\d+) 个"), ("/letters/2022/", r"<caption>共 (\d+) 个"),
    ):  # fmt: skip
        links = re.findall(
            r'href="((?:/issues/|/projects/)\?[^"#]*)[^"]*">(\d+)[^<]*</a>', office.get(page).text
        )
        assert links, page
        for href, count in links:
            found = re.search(listed, office.get(html.unescape(href)).text)
            assert found is not None and found[1] == count, (page, href)
            opened += 1
    assert opened >= 12
