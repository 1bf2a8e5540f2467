"""一屏总览：图例与清单同数，没有点位的照列，先红后黄，查询条数恒定，示意图守约。"""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from kaopu.figures.actions import close_month
from kaopu.figures.ledger import Ledger
from kaopu.figures.queries import evaluate
from kaopu.tracking import actions as tracking
from kaopu.web.overview import district_map
from kaopu.web.overview.charts import investment_chart
from tests import factories

OVERVIEW_QUERIES = 31  # 测试在事务里，答案不沿用，求数的查询都在内

PLACE = {"longitude": Decimal("121.396750"), "latitude": Decimal("31.264520")}


@pytest.mark.parametrize("count", [1, 3])
def test_overview_costs_the_same_queries_however_many_projects(
    office: Client, django_assert_num_queries: Any, count: int
) -> None:
    factories.project_list([factories.listed(f"项目{number}", profile=PLACE) for number in range(count)])
    evaluate(2022, as_of=date(2022, 12, 31))

    with django_assert_num_queries(OVERVIEW_QUERIES):
        text = office.get("/?year=2022&as_of=2022-12-31").text

    assert f"共 {count} 个有点位的项目" in text


def test_map_legend_adds_up_to_the_list_and_lists_the_pointless(office: Client, db: None) -> None:
    factories.project_list(
        [
            factories.listed("有点位", profile=PLACE),
            factories.listed("没点位"),
            factories.listed("在外省", profile={"longitude": Decimal("116.4"), "latitude": Decimal("39.9")}),
            factories.listed("市属一号", level="municipal", category="", profile=PLACE),
        ]
    )

    text = office.get("/?year=2022").text
    legend = text[text.index('class="legend"') : text.index("no-point")]
    counts = [int(number) for number in re.findall(r"<strong>(?:<a[^>]*>)?(\d+)<", legend)]

    assert counts[-1] == sum(counts[:-1]) == 4
    assert "其中无点位 2 个" in text
    assert "示意图，不作为划界依据" in text
    assert "市属一号 · 市属 · 未评定：市下达目标，区配合，未评定" in text
    assert "共 2 个有点位的项目" in text


def test_worst_projects_come_red_first_with_their_reason(office: Client, db: None) -> None:
    rows = factories.project_list(
        [
            factories.listed("甲黄", due_on=date(2022, 3, 20)),
            factories.listed("乙红", due_on=date(2022, 1, 20)),
            factories.listed("丙绿"),
        ]
    )
    month = date(2022, 3, 1)
    facts = [{"project_year": row, "investment_yuan": 0} for row in rows]
    plans = [{"project_year": row, "month": month, "planned_investment_yuan": 0} for row in rows]
    tracking.save_plans(rows=plans, by=factories.operator(), on=month)
    tracking.save_reports(month=month, rows=facts, by=factories.operator(), on=month)
    close_month(month=month, by=factories.operator())

    text = office.get("/?year=2022&as_of=2022-03-31").text
    worst = text[text.index('<ol class="worst">') : text.index("</ol>")]

    assert re.findall(r'title="(甲黄|乙红|丙绿)"', worst) == ["乙红", "甲黄"]
    assert "控制节点逾期70天" in worst and "控制节点逾期11天" in worst


def test_an_empty_home_still_draws_a_screen(office: Client, db: None) -> None:
    text = office.get("/").text

    assert "本年度还没有月度计划和月报" in text
    assert "没有红色或黄色的项目" in text


def test_district_outline_holds_every_street_and_station_and_the_right_area() -> None:
    outside = [
        name for name, at in (*district_map.STREETS, *district_map.STATIONS) if not district_map.contains(*at)
    ]
    x = [lon * 111.32 * math.cos(math.radians(31.26)) for lon, _ in district_map.OUTLINE]
    y = [lat * 110.9 for _, lat in district_map.OUTLINE]
    area = abs(sum(x[i - 1] * y[i] - x[i] * y[i - 1] for i in range(len(x)))) / 2

    assert outside == []
    assert not district_map.contains(121.42560, 31.23581)  # 武宁路站在区界之外（§6.3）
    assert 53 < area < 58
    assert min(lon for lon, _ in district_map.OUTLINE) == district_map.WEST
    assert max(lat for _, lat in district_map.OUTLINE) == district_map.NORTH


def test_points_on_one_spot_are_spread_apart_and_stay_on_the_canvas() -> None:
    spots = district_map.spread([(450.0, 300.0)] * 30 + [(2.0, 2.0)] * 5)

    assert spots[0] == (450.0, 300.0)
    assert min(math.dist(a, b) for i, a in enumerate(spots) for b in spots[:i]) >= 14.999
    assert all(0 <= x <= district_map.WIDTH and 0 <= y <= district_map.HEIGHT for x, y in spots)


@pytest.mark.parametrize(
    ("top", "unit", "highest"),
    [
        (191_000_0000, "亿元", "20"),
        (100_000_000, "亿元", "1"),
        (99_990_000, "万元", "10000"),
        (1, "万元", "0.01"),
    ],
)
def test_chart_axis_always_reaches_above_the_highest_bar(top: int, unit: str, highest: str) -> None:
    chart = investment_chart([(1, top, None), (2, 0, top // 2)])

    assert chart is not None
    assert (chart.unit, chart.ticks[-1][1]) == (unit, highest)
    assert chart.months[0].actual is None
    assert chart.months[0].plan.y >= chart.ticks[-1][0] - 0.01


def test_no_plan_and_no_report_means_no_chart() -> None:
    assert investment_chart([(month, 0, None) for month in range(1, 13)]) is None


def test_thousands_of_points_are_placed_without_searching_for_room() -> None:
    crowd = [(500.0, 300.0)] * 5000

    assert district_map.spread(crowd) == crowd


def test_every_number_of_the_screen_is_of_the_ledger_and_opens(office: Client, db: None) -> None:
    years = factories.project_list(
        [
            factories.listed("甲"),
            factories.listed("乙"),
            factories.listed("丙", level="municipal", category=""),
        ]
    )
    month = date(2022, 1, 1)
    plans = [{"project_year": row, "month": month, "planned_investment_yuan": 50_000_000} for row in years]
    tracking.save_plans(rows=plans, by=factories.operator(), on=month)
    reports = [{"project_year": row, "investment_yuan": 20_000_000} for row in years[:2]]
    tracking.save_reports(month=month, rows=reports, by=factories.operator(), on=month)
    close_month(month=month, by=factories.operator())
    asked = "?year=2022&as_of=2022-01-31"
    text = office.get(f"/{asked}").text
    ledger = Ledger(year=2022, as_of=date(2022, 1, 31))

    shown = ("rate.all", "progress.ratio.all", "progress.plan.all", "progress.to_date.all")
    for figure in (*shown, *(f"progress.colour_{kind}.list" for kind in ("red", "yellow", "grey", "none"))):
        assert re.search(rf'/figures/{re.escape(figure)}/[^"]*">{ledger.figure(figure).text}</a>', text), (
            figure
        )
        assert "口径编号" in office.get(f"/figures/{figure}/{asked}").text
    assert ledger.figure("progress.ratio.all").text == "40.0%"  # 区属两个，市属的不混进来
    assert ledger.figure("progress.colour_none.list").members == (years[2].project.code,)
    opened = office.get(f"/figures/progress.done_m1.all/{asked}").text
    assert (
        "1月完成投资" in opened
        and opened.count('<td class="num">2,000</td>') == 2
        and "40,000,000 元" in opened
    )
    assert ledger.figure("progress.done_m2.all").text == "—"
