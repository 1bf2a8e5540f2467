"""报绿失实率：逐个绿点得开；看过去的，按那天所知。"""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from kaopu.domain.colours import Colour
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.projects.models import ProjectYear
from kaopu.tracking import actions as tracking
from kaopu.tracking.actions.colour_reviews import report_colour
from tests import factories

BAR = "您正在看过去"


@pytest.fixture
def closed_to_april(db: None) -> ProjectYear:
    """一个项目：一月自报绿，四月才因目标逾期转红；一至四月都关了账。"""
    unit = factories.unit("区教育局")
    entry = factories.project_list(
        [
            factories.listed(
                "示例小学", goal="正式开工", due_on=date(2022, 3, 10), profile={"responsible_unit": unit}
            )
        ]
    )[0]
    operator = factories.operator()
    rows = [
        {"project_year": entry, "month": date(2022, n, 1), "planned_investment_yuan": 10_000_000}
        for n in range(1, 13)
    ]
    tracking.save_plans(rows=rows, by=operator, on=date(2022, 1, 5))
    january = date(2022, 1, 1)
    report_colour(
        project_year=entry,
        month=january,
        colour=Colour.GREEN,
        note="",
        seen=None,
        by=factories.user(Role.RESPONSIBLE_UNIT, unit),
        on=date(2022, 1, 31),
    )
    for number in range(1, 5):
        month = date(2022, number, 1)
        paid = [{"project_year": entry, "investment_yuan": 10_000_000}]
        tracking.save_reports(month=month, rows=paid, by=operator, on=date(2022, number, 20))
        close_month(month=month, by=operator)
    return entry


def shown(text: str) -> list[str]:
    """表里这一单位的八格。"""
    row = re.search(r"<th scope=\"row\" class=\"named\">区教育局</th>(.*?)</tr>", text, re.DOTALL)
    assert row is not None
    return re.findall(r"<td class=\"num\">(?:<a[^>]*>)?([^<]*)", row[1])


def test_the_table_answers_as_of_a_past_day_as_known_then(
    closed_to_april: ProjectYear, office: Client
) -> None:
    now, then = (
        office.get("/rules/honesty/?year=2022").text,
        office.get("/rules/honesty/?year=2022&as_of=2022-02-28").text,
    )

    assert BAR not in now and shown(now)[:4] == ["1", "1", "1", "100.0%"]
    assert BAR in then and shown(then)[:4] == ["1", "0", "0", "—"]  # 到二月底还没有转红，也没满三个月
    assert "三个月还没有都关账" in then and "2022年3月末年度目标逾期或无法完成" in now
    before = office.get("/rules/honesty/?year=2022&as_of=2022-12-31&known_at=2021-12-31T00:00").text
    assert "还没有月末评定" in before


def test_the_unit_then_is_the_unit_the_green_is_put_to(closed_to_april: ProjectYear, office: Client) -> None:
    moved = factories.listed(
        "示例小学",
        goal="正式开工",
        due_on=date(2022, 3, 10),
        profile={"responsible_unit": factories.unit("区卫健委")},
    )
    factories.project_list([moved], on=date(2022, 6, 1), title="调整")

    assert "区卫健委" in office.get("/rules/honesty/?year=2022").text
    then = office.get("/rules/honesty/?year=2022&as_of=2022-05-31").text
    assert shown(then)[:3] == ["1", "1", "1"] and "区卫健委" not in then


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("claimed=reported", 1),
        ("claimed=reported&state=turned", 1),
        ("claimed=reported&state=waiting", 0),
        ("unit=区卫健委", 0),
        ("state=nonsense", 0),
    ],
)
def test_the_greens_are_listed_one_by_one(
    closed_to_april: ProjectYear, office: Client, query: str, rows: int
) -> None:
    text = office.get(f"/rules/honesty/?year=2022&{query}").text

    assert f"共 {rows} 个，失实的在前" in text and text.count("单位自报</td>") == rows
