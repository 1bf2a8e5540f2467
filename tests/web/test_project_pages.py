"""项目清单与项目页：筛选、计数、查询条数、来历与颜色的理由。"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import Outcome
from kaopu.figures.actions import close_month
from kaopu.figures.queries import evaluate
from kaopu.projects.models import AnnualGoal
from kaopu.tracking import actions as tracking
from tests import factories

LIST_QUERIES = 16  # 测试在事务里，答案不沿用，求数的查询都在内


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_queries_however_long(
    office: Client, django_assert_num_queries: Any, count: int
) -> None:
    factories.project_list([factories.listed(f"项目{number}") for number in range(count)])
    evaluate(2022)  # 求数按最后一次办理缓存，先求一次

    with django_assert_num_queries(LIST_QUERIES):
        response = office.get("/projects/?year=2022")

    assert f"共 {count} 个（计数单位：年度项目）" in response.text


def test_list_filters_and_counts(office: Client) -> None:
    unit = factories.unit("区房管局")
    factories.project_list(
        [
            factories.listed(
                "旧里改造", category="housing", profile={"responsible_unit": unit, "street": "石泉路街道"}
            ),
            factories.listed("幼儿园新建", category="livelihood"),
            factories.listed("轨交西段", level="municipal", category=""),
        ]
    )

    def shown(query: str) -> list[str]:
        text = office.get(f"/projects/?year=2022{query}").text
        return [name for name in ("旧里改造", "幼儿园新建", "轨交西段") if f">{name}</a>" in text]

    assert shown("") == ["旧里改造", "幼儿园新建", "轨交西段"]
    assert shown("&category=housing") == ["旧里改造"]
    assert shown("&level=municipal") == ["轨交西段"]
    assert shown("&unit=区房管局") == ["旧里改造"]
    assert shown("&street=石泉路街道") == ["旧里改造"]
    assert shown("&q=儿园新") == ["幼儿园新建"]
    assert shown("&q=d00") == ["旧里改造", "幼儿园新建"]
    assert shown("&colour=none") == ["轨交西段"]
    assert shown("&colour=grey") == ["旧里改造", "幼儿园新建"]
    assert shown("&outcome=lagging") == ["旧里改造", "幼儿园新建"]
    assert shown("&q=没有这个") == []
    assert "没有符合条件的项目" in office.get("/projects/?year=2022&q=没有这个").text


def test_a_project_across_two_streets_is_found_under_either(office: Client) -> None:
    factories.project_list(
        [
            factories.listed(
                "跨街绿地", profile={"street": "长寿路街道/宜川路街道", "key_area": "长寿、苏河水岸"}
            ),
            factories.listed("一街学校", profile={"street": "宜川路街道"}),
        ]
    )
    page = office.get("/projects/?year=2022").text

    def shown(query: str) -> list[str]:
        text = office.get(f"/projects/?year=2022{query}").text
        return [name for name in ("跨街绿地", "一街学校") if f">{name}</a>" in text]

    assert 'value="长寿路街道/宜川路街道"' not in page
    assert shown("&street=宜川路街道") == ["跨街绿地", "一街学校"]
    assert shown("&street=长寿路街道") == shown("&key_area=苏河水岸") == ["跨街绿地"]


def test_list_pages_by_the_hundred(office: Client) -> None:
    factories.project_list([factories.listed(f"项目{number:03d}") for number in range(101)])

    first, second = office.get("/projects/?year=2022").text, office.get("/projects/?year=2022&page=2").text

    assert "第 1 页，共 2 页" in first and "项目100" not in first
    assert "项目100" in second and "项目099" not in second


def test_detail_explains_the_colour_and_the_outcome(office: Client) -> None:
    late = factories.project_year("逾期小学", due_on=date(2022, 1, 10))
    month = date(2022, 3, 1)
    tracking.save_plans(
        rows=[{"project_year": late, "month": month, "planned_investment_yuan": 80_000_000}],
        by=factories.operator(),
        on=month,
    )
    tracking.save_reports(
        month=month,
        rows=[{"project_year": late, "investment_yuan": 40_000_000, "work": "打桩"}],
        by=factories.operator(),
        on=month,
    )
    close_month(month=month, by=factories.operator())

    text = office.get(f"/projects/{late.project.code}/?year=2022").text

    assert "控制节点逾期80天" in text
    assert "逾期即黄，超过30天为红" in text
    assert "默认规则集 第1版" in text
    assert "截至本月实际投资" in text and "4000万元" in text
    assert "至2022年末未完成年度目标：竣工" in text
    assert "打桩" in text


def test_detail_shows_decisions_achievements_and_stops(office: Client) -> None:
    entry = factories.project_year("纠纷大楼")
    by = factories.operator()
    goal = AnnualGoal.objects.get(project_year=entry)
    tracking.record_achievement(
        goal=goal,
        reached=GoalType.CEREMONIAL_START,
        evidence="照片1号",
        verified_by="区推进办",
        by=by,
        on=date(2022, 5, 1),
    )
    tracking.record_decision(
        project_year=entry,
        outcome=Outcome.UNACHIEVABLE,
        document="专题会议纪要3号",
        reason="合同纠纷",
        measures="协调融资",
        by=by,
        on=date(2022, 11, 1),
    )
    stop = tracking.suspend(projects=[entry.project], cause="疫情防控", by=by, on=date(2022, 3, 28))
    tracking.resume(suspensions=stop, by=by, on=date(2022, 5, 26), batch="第二批白名单")

    text = office.get(f"/projects/{entry.project.code}/?year=2022").text

    assert "依据专题会议纪要3号认定无法完成" in text
    assert "2022年5月1日达到“形式开工”；佐证：照片1号" in text
    assert "停工：疫情防控，2022年3月28日起，2022年5月26日复工" in text
    assert "2022年5月26日复工（第二批白名单）" in text


def test_detail_of_a_year_not_listed_says_so(office: Client) -> None:
    entry = factories.project_year("只在2022")

    assert "不在2021年清单上" in office.get(f"/projects/{entry.project.code}/?year=2021").text
    assert "2022年时间轴" in office.get(f"/projects/{entry.project.code}/").text
