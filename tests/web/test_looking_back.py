"""看过去：凡能问“截至哪天、按何时所知”的页，都按当时作答，页顶写明；核数助手列出全部补法（金标 3）。"""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from kaopu.audit.models import Operation, Past
from kaopu.domain.milestones import GoalType
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month
from kaopu.projects.models import Entry, ProjectYear
from kaopu.tracking import actions as tracking
from kaopu.web.listed import listed_seen
from tests import factories
from tests.web.conftest import signed_in
from tests.web.looking_back import BAR

SEED = "\n".join([
    "类别\t合计\t已完成\t滞后\t无法完成\t停止实施",
    "市政\t12\t11\t？\t？\t0",
    "民生\t18\t11\t7\t0\t0",
    "公服\t4\t3\t？\t？\t0",
    "功能\t26\t9\t15\t1\t1",
    "住宅\t13\t9\t4\t0\t0",
    "合计\t73\t43\t27\t2\t1",
])  # fmt: skip

UNKNOWN = "\n".join(
    line if number in (0, 6) else "\t".join([*line.split("\t")[:2], *"？？？？"])
    for number, line in enumerate(SEED.split("\n"))
)


@pytest.fixture
def two_lists(db: None) -> list[ProjectYear]:
    """年初一个，七月增补一个；年初那个后来改名。"""
    years = factories.project_list([factories.listed("示例小学")])
    years += factories.project_list(
        [factories.listed("示例医院", entry=Entry.ADDED)], on=date(2022, 7, 15), title="增补"
    )
    return years


@pytest.mark.parametrize("path", ["/", "/projects/", "/figures/", "/figures/list.all/"])
def test_every_page_that_answers_for_a_day_says_so_and_answers_as_of_it(
    office: Client, two_lists: list[ProjectYear], path: str
) -> None:
    now = office.get(f"{path}?year=2022").text
    then = office.get(f"{path}?year=2022&as_of=2022-06-30").text

    assert BAR not in now and "示例医院" in now if path != "/figures/" else BAR not in now
    assert BAR in then and "截至2022年6月30日" in then and "示例医院" not in then
    assert f'href="{path}?year=2022">回到现在' in then


def test_a_page_as_known_at_a_moment_leaves_out_what_was_recorded_later(
    office: Client, two_lists: list[ProjectYear]
) -> None:
    moment = Operation.objects.order_by("pk").filter(verb="projects.save_list").first()
    assert moment is not None
    known = (moment.at + timedelta(microseconds=1)).isoformat()
    text = office.get("/projects/", {"year": "2022", "as_of": "2022-12-31", "known_at": known}).text

    assert BAR in text and "所知" in text
    assert "示例小学" in text and "示例医院" not in text


def test_the_past_is_kept_to_ones_own_projects(two_lists: list[ProjectYear]) -> None:
    stranger = signed_in(factories.user(Role.RESPONSIBLE_UNIT))

    assert "示例小学" not in stranger.get("/projects/?year=2022&as_of=2022-06-30").text
    district = stranger.get("/figures/progress.plan.all/?year=2022")  # 全区的数可开，别家的项目不列
    assert (
        district.status_code == 200
        and "不在您的可见范围" in district.text
        and "示例小学" not in district.text
    )
    assert stranger.get("/figures/progress.plan.project.P01/?year=2022").status_code == 404
    assert stranger.get("/figures/progress.colour_red.list/?year=2022").status_code == 404
    assert stranger.get("/figures/record.profile.1.name/?year=2022").status_code == 404


def test_a_project_page_shows_the_facts_of_that_day(office: Client) -> None:
    (year,) = factories.project_list([factories.listed("示例小学", goal="开工", due_on=date(2022, 6, 1))])
    factories.project_list(
        [factories.listed("示例小学", category="housing", goal="封顶", profile={"scale": "四层"})],
        on=date(2022, 7, 15), title="调整",
    )  # fmt: skip
    goal = year.goals.live().get()
    tracking.record_achievement(
        goal=goal, reached=GoalType.COMPLETED, evidence="验收单", verified_by="专员", by=factories.operator(), on=date(2022, 8, 1),
    )  # fmt: skip
    path = f"/projects/{year.project.code}/?year=2022"
    now, then = office.get(path).text, office.get(f"{path}&as_of=2022-06-30").text

    for word in ("四层", "封顶", "验收单", "住宅类", "登记达成、认定、原因"):
        assert word in now and word not in then, word
    assert BAR in then and "开工" in then and "民生保障类" in then
    assert office.get(f"{path}&as_of=2021-12-31").status_code == 404


@pytest.mark.parametrize(
    "page",
    [
        "/projects/{}/", "/projects/{}/profile/", "/projects/{}/goals/2022/", "/projects/{}/plan/2022/", "/projects/{}/permits/",
        "/projects/{}/schedule/", "/issues/projects/{}/", "/projects/{}/reports/2022-06/review/",
        "/projects/{}/reports/2022-06/correction/", "/rules/reviews/{}/2022-6/",
    ],
)  # fmt: skip
def test_no_page_of_a_project_opens_for_a_day_it_was_not_there(
    office: Client, two_lists: list[ProjectYear], page: str
) -> None:
    for number in range(1, 7):
        close_month(month=date(2022, number, 1), by=factories.operator())
    later = page.format(two_lists[1].project.code)

    assert office.get(later, {"year": "2022"}).status_code == 200
    assert office.get(later, {"year": "2022", "as_of": "2022-07-15"}).status_code == 200
    for asked in ({"as_of": "2022-06-30"}, {"known_at": "2000-01-01T00:00"}):
        assert office.get(later, {"year": "2022", **asked}).status_code == 404


@pytest.mark.parametrize(
    "page",
    ["/todo/", "/todo/inbox/", "/todo/engine/", "/issues/new/", "/rules/replay/", "/documents/wording/", "/me/"],
)  # fmt: skip
def test_a_page_of_the_present_asked_for_the_past_says_it_has_none(
    office: Client, db: None, page: str
) -> None:
    factories.project_list([factories.listed("示例小学")])
    said = "这一页只有现在"
    for asked in ({"as_of": "2022-06-30"}, {"known_at": "2022-06-30T09:00"}):
        text = office.get(page, asked).text
        assert said in text and BAR not in text, page
    assert said not in office.get(page).text
    assert said not in office.get("/projects/", {"year": "2022", "as_of": "2022-06-30"}).text


def test_a_day_between_the_years_end_and_today_is_the_past_too(office: Client, db: None) -> None:
    (year,) = factories.project_list([factories.listed("示例小学")])
    tracking.record_achievement(
        goal=year.goals.live().get(), reached=GoalType.COMPLETED, evidence="验收单", verified_by="专员",
        by=factories.operator(), on=date(2023, 3, 1),
    )  # fmt: skip
    path = f"/projects/{year.project.code}/?year=2022"
    then = office.get(f"{path}&as_of=2023-02-01").text

    assert BAR in then and "截至2023年2月1日" in then and "验收单" not in then
    assert "验收单" in office.get(f"{path}&as_of=2023-03-01").text
    assert BAR not in office.get(f"{path}&as_of=2022-12-31").text


def test_feed_and_exports_answer_as_of_the_day_and_as_known_at_the_moment(
    office: Client, two_lists: list[ProjectYear]
) -> None:
    asked = {"year": "2022", "as_of": "2022-06-30"}
    before = {"year": "2022", "known_at": "2000-01-01T00:00"}

    assert [
        office.get("/feed/map.geojson", query).json()["count"] for query in ({"year": "2022"}, asked)
    ] == [2, 1]
    assert office.get("/feed/map.geojson", before).json()["count"] == 0
    for path in ("/imports/export/list/", "/imports/export/plans/"):
        book = load_workbook(BytesIO(b"".join(office.get(path, asked).streaming_content)))
        cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value]
        assert "示例小学" in cells and "示例医院" not in cells
        assert any("截至2022年6月30日" in cell for cell in cells), path
        assert office.get(path, before).status_code == 404


def test_every_link_of_the_past_stays_in_the_past(office: Client, two_lists: list[ProjectYear]) -> None:
    asked = "year=2022&amp;as_of=2022-06-30"
    for path in ("/", "/projects/", "/figures/", "/figures/list.all/"):
        text = office.get(f"{path}?year=2022&as_of=2022-06-30").text
        links = re.findall(r'href="((?:/projects/|/figures/)[^"]*year=[^"]*)"', text.replace("回到现在", ""))
        strays = [link for link in links if asked not in link and link != f"{path}?year=2022"]
        assert links and strays == [], path


def test_the_list_of_the_past_is_not_asked_again_for_what_the_list_does_not_hold(
    db: None,
) -> None:
    (year,) = factories.project_list([factories.listed("示例小学")])
    user = factories.user(Role.OFFICE_DIRECTOR)
    past = Past(as_of=date(2022, 6, 30), known_at=timezone.now())

    def asked() -> object:
        connection.in_atomic_block = False  # 事务里从不沿用答案，而测试都在事务里
        try:
            return listed_seen(user, 2022, past=past)
        finally:
            connection.in_atomic_block = True

    seen = asked()
    tracking.record_achievement(
        goal=year.goals.live().get(), reached=GoalType.START, evidence="开工令", verified_by="专员",
        by=factories.operator(), on=date(2022, 3, 1),
    )  # fmt: skip

    assert asked() is seen
    factories.project_list([factories.listed("示例医院")])
    assert asked() is not seen


def test_members_of_the_next_year_bear_the_names_of_that_day(office: Client, db: None) -> None:
    factories.project_list([factories.listed("示例小学")])
    carried = [
        factories.listed("示例小学", entry=Entry.CARRIED_OVER),
        factories.listed("新医院", entry=Entry.NEW),
    ]
    factories.project_list(carried, year=2023, on=date(2023, 1, 10), title="2023年清单")
    moment = timezone.now().isoformat()
    factories.project_list(
        [factories.listed("示例小学", entry=Entry.CARRIED_OVER, profile={"name": "改名小学"})],
        year=2023, on=date(2023, 3, 1), title="调整",
    )  # fmt: skip
    page = "/figures/next.district/"
    now = office.get(page, {"year": "2022"}).text
    then = office.get(page, {"year": "2022", "as_of": "2022-11-30"}).text
    known = office.get(page, {"year": "2022", "known_at": moment}).text

    assert "改名小学" in now and "新医院" in now
    for text in (then, known):
        assert "示例小学" in text and "改名小学" not in text and "新医院" in text
    before = office.get(page, {"year": "2022", "known_at": "2000-01-01T00:00"}).text
    assert "小学" not in before


def test_a_figure_opens_its_members_those_left_out_and_its_digest(office: Client, db: None) -> None:
    factories.project_list([
        factories.listed("甲小学"), factories.listed("乙医院", formality="reserve"),
        factories.listed("丙轨交", level="municipal", category=""),
    ])  # fmt: skip
    text = office.get("/figures/list.district/?year=2022").text

    assert "不计的项目" in text and "级别为市属" in text and "性质为预备" in text
    assert "默认规则集 v1" in text and "摘要" in text


@pytest.mark.parametrize("figure", ["progress.ratio.all", "rate.all", "progress.count.category.livelihood"])
def test_figures_of_documents_open_too(office: Client, two_lists: list[ProjectYear], figure: str) -> None:
    assert "口径编号" in office.get(f"/figures/{figure}/?year=2022").text


@pytest.mark.parametrize(
    "figure", ["none", "progress.none.all", "progress.count.none", "rate.none", "record.x.y.z"]
)
def test_a_figure_nobody_defined_is_404(office: Client, two_lists: list[ProjectYear], figure: str) -> None:
    assert office.get(f"/figures/{figure}/?year=2022").status_code == 404


def test_the_checker_finds_exactly_two_completions_of_the_seed_table(office: Client, db: None) -> None:
    text = office.post("/figures/checker/", {"table": SEED}).text

    assert "共有 2 种补法" in text
    for cell in ("市政·滞后", "市政·无法完成", "公服·滞后", "公服·无法完成"):
        assert f"<strong>{cell}</strong>：可能是 0、1" in text


def test_the_checker_takes_a_table_copied_with_an_empty_column_beside_it(office: Client, db: None) -> None:
    wider = "\n".join(f"{line}\t" for line in SEED.splitlines())

    assert "共有 2 种补法" in office.post("/figures/checker/", {"table": wider}).text


def test_the_checker_names_what_numbers_alone_determine(office: Client, db: None) -> None:
    text = office.post("/figures/checker/", {"table": SEED.replace("？\t？\t0\n民生", "0\t1\t0\n民生")}).text

    assert "共有 1 种补法" in text and "都能由数字唯一定出" in text


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("随便写写", "表读不懂"),
        ("", "表读不懂"),
        (SEED.replace("11\t7", "11\t七"), "不是个数"),
        (SEED.replace("民生\t18", "民生\t？"), "合计不能未定"),
        (SEED.replace("民生", "市政"), "同名"),
        (SEED.replace("\t7\t0\t0", "\t7\t0"), "请补齐"),
        (UNKNOWN, "补法太多"),
    ],
)
def test_the_checker_says_how_to_mend_a_table_it_cannot_read(
    office: Client, db: None, table: str, said: str
) -> None:
    response = office.post("/figures/checker/", {"table": table})

    assert response.status_code == 422
    assert said in response.text


def test_the_checker_says_when_nothing_fits(office: Client, db: None) -> None:
    text = office.post("/figures/checker/", {"table": SEED.replace("合计\t73\t43", "合计\t73\t44")}).text

    assert "无论怎么补都对不上" in text
