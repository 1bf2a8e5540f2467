"""种子文件里的每个数，都由示例办公室的记录、经真实的代码得出（HANDBOOK §2、金标 1–2、4–5、26）。"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from docx import Document
from docx.oxml.ns import qn

from kaopu.accounts.actions import ensure_operator
from kaopu.accounts.models import User
from kaopu.demo.loading import load_demo
from kaopu.documents.actions import issue_annual_summary
from kaopu.domain.numbering import document_number
from kaopu.figures.ledger import Ledger
from kaopu.figures.queries import Book, carry_over_proposal, evaluate
from kaopu.projects.models import Ceremony, Project, StageChange, SubProject
from kaopu.supervision.models import IssueStep, OrderStep, TaskForce
from kaopu.supervision.queries.clock import today
from kaopu.tracking.models import MonthlyReport, Resumption, SuspensionCampaign, Verdict
from kaopu.tracking.queries import approved_stops, first_open_month, is_frozen, now
from scripts.proof_figures import prove_documents

SHARED = Path(__file__).resolve().parents[2] / "shared" / "domain"
pytestmark = pytest.mark.django_db

TABLE = {
    "infrastructure": (12, 11, 0, 1, 0),
    "livelihood": (18, 11, 7, 0, 0),
    "public_service": (4, 3, 1, 0, 0),
    "functional": (26, 9, 15, 1, 1),
    "housing": (13, 9, 4, 0, 0),
}


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: object) -> Iterator[User]:
    """示例办公室，只载入一次，模块结束即回滚。"""
    with django_db_blocker.unblock(), transaction.atomic():
        operator = ensure_operator()
        assert load_demo(by=operator)
        yield operator
        transaction.set_rollback(True)


@pytest.fixture
def book(office: User) -> Book:
    return evaluate(2022)


def values(book: Book, *figure_ids: str) -> list[int]:
    return [book[figure_id].value for figure_id in figure_ids]


def test_87_projects_are_14_and_60_and_13(book: Book) -> None:
    ids = ("list.all", "list.municipal", "list.district", "list.district.initial", "list.district.added")

    assert values(book, *ids) == [87, 14, 73, 60, 13]


def test_73_are_43_and_27_and_2_and_1(book: Book) -> None:
    ids = (
        "outcome.achieved",
        "outcome.lagging",
        "outcome.unachievable",
        "outcome.stopped",
        "outcome.on_track",
    )

    assert values(book, *ids) == [43, 27, 2, 1, 0]


@pytest.mark.parametrize("category", TABLE)
def test_each_category_by_outcome(book: Book, category: str) -> None:
    parts = ("total", "achieved", "lagging", "unachievable", "stopped")

    assert tuple(values(book, *(f"category.{category}.{part}" for part in parts))) == TABLE[category]


def test_the_published_matrix_is_the_one_of_the_sample_office(book: Book) -> None:
    path = SHARED.parent / "data" / "zh_vectors" / "seed_2022_matrix.csv"
    if not path.is_file():
        pytest.skip("没有 ../shared，无从比对")
    *body, last = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    heads = {"done": "achieved", "lagging": "lagging", "cannot": "unachievable", "ended": "stopped"}
    labels = {book[f"category.{key}.total"].label.rstrip("合计"): key for key in TABLE}
    for row in body:
        key = labels[row["category"]]
        counted = [book[f"category.{key}.{name}"].value for name in ("total", *heads.values())]
        assert counted == [int(row[name]) for name in ("total", *heads)], row["category"]
    whole = ["list.district", *(f"outcome.{name}" for name in heads.values())]
    assert values(book, *whole) == [int(last[name]) for name in ("total", *heads)]
    assert len(body) == len(TABLE)


def test_the_ceremony_of_25_projects_above_329(book: Book) -> None:
    assert book["ceremony.count"].value == 25
    assert book["ceremony.investment"].text == "逾329亿元"
    assert book["ceremony.investment"].exact == 32_910_000_000


def test_the_list_of_2023(book: Book) -> None:
    ids = (
        "next.municipal", "next.municipal.formal", "next.municipal.reserve",
        "next.district", "next.district.carried_over", "next.district.new",
    )  # fmt: skip

    assert values(book, *ids) == [10, 9, 1, 69, 57, 12]


@pytest.mark.parametrize("username", ["jianguan", "jianshe"])
def test_each_sample_clerk_has_a_report_to_file_in_an_open_month(office: User, username: str) -> None:
    clerk = User.objects.get(username=username)
    month = first_open_month(2023)

    own = Project.objects.of(clerk).filter(years__year=2023)
    assert month is not None and not is_frozen(month)
    assert (
        own.exists() and not MonthlyReport.objects.filter(project_year__project__in=own, month=month).exists()
    )


def test_every_identity_holds(book: Book) -> None:
    assert [identity.text for identity in book.identities if not identity.holds] == []
    assert "区属正式项目73 = 已完成43 + 滞后27 + 无法完成2 + 停止实施1 + 正常推进0" in [
        i.text for i in book.identities
    ]


def test_the_list_before_and_after_midsummer(office: User) -> None:
    assert evaluate(2022, as_of=date(2022, 6, 30))["list.all"].value == 74
    assert evaluate(2022, as_of=date(2022, 7, 31))["list.all"].value == 87


def test_nothing_was_known_before_it_was_recorded(office: User) -> None:
    before = office.date_joined - timedelta(days=1)

    assert evaluate(2022, known_at=before)["list.all"].value == 0


def test_carry_over_of_72_less_15_finished_without_the_stopped(office: User) -> None:
    proposal = {item.code: item.verdict for item in carry_over_proposal(2022)}
    filed = set(StageChange.objects.values_list("project__code", flat=True))

    assert len(proposal) - sum(verdict.reason == "已停止实施，不结转" for verdict in proposal.values()) == 72
    assert (len(filed), sum(verdict.carried for verdict in proposal.values())) == (15, 57)
    assert not proposal["D16"].carried


def test_the_two_unachievable_and_the_stopped_are_the_named_ones(book: Book) -> None:
    assert set(book["outcome.unachievable"].members) == {"D04", "D15"}
    assert book["outcome.stopped"].members == ("D16",)
    assert set(book["category.public_service.lagging"].members) == {"D11"}


def test_municipal_projects_carry_no_verdict(book: Book) -> None:
    assert {book.verdicts[code].outcome for code in book["list.municipal"].members} == {"unassessed"}


def test_the_stop_shows_in_the_colours_and_every_colour_has_a_reason(office: User) -> None:
    reds = [Verdict.objects.filter(month=date(2022, month, 1), colour="red").count() for month in (2, 6, 12)]

    assert reds[0] < reds[1] > reds[2]
    assert not Verdict.objects.filter(reason="").exists()


def test_loading_again_changes_nothing(office: User) -> None:
    before = Project.objects.count()

    assert not load_demo(by=office)
    assert Project.objects.count() == before == 14 + 73 + 10 + 12


def test_fillers_are_marked_and_named_projects_are_not(office: User) -> None:
    marked = dict(Project.objects.values_list("profile__name", "is_demo"))

    assert all(is_demo == name.startswith("示例") for name, is_demo in marked.items())
    assert sum(marked.values()) == 55 + 12


@pytest.mark.skipif(not SHARED.exists(), reason="没有 ../shared，无从比对原文")
def test_quotations_are_of_the_seed(office: User) -> None:
    seed = re.sub(r"[\s#*]", "", (SHARED / "seed.txt").read_text())
    named = json.loads((SHARED / "seed_facts.json").read_text())["projects"]
    scales = dict(Project.objects.values_list("code", "profile__scale"))

    quotes = [scales[item["id"]].removeprefix("来源原文：") for item in named]
    assert [quote for quote in quotes if re.sub(r"\s", "", quote) not in seed] == []


def test_screen_statistics_feed_and_document_print_the_same_numbers(office: User, tmp_path: Path) -> None:
    book = evaluate(2022)
    client = Client()
    client.force_login(User.objects.get(username="zhuren"))
    feed = client.get("/feed/map.geojson?year=2022").json()
    issued = issue_annual_summary(year=2022, path=tmp_path / "总结.docx", by=office)
    texts = {item["figure"]: item["text"] for item in issued.figures}

    for figure_id in ("list.all", "list.district", "outcome.achieved", "outcome.lagging", "next.district"):
        link = rf"/figures/{re.escape(figure_id)}/[^>]*>{book[figure_id].text}<"
        assert re.search(link, client.get("/?year=2022").text), figure_id
        assert re.search(link, client.get("/figures/?year=2022").text), figure_id
        assert texts[figure_id] == book[figure_id].text
    assert feed["count"] == len(feed["features"]) == book["list.all"].value
    assert {item["properties"]["code"] for item in feed["features"]} == set(book["list.all"].members)


def test_the_stop_of_2022_ends_with_wuning_in_batch_two_and_all_by_the_end_of_june(office: User) -> None:
    campaign = SuspensionCampaign.objects.get()
    stops = list(campaign.suspensions.select_related("project"))
    ends = {end.suspension.project.code: end for end in Resumption.objects.filter(suspension__in=stops)}

    assert (campaign.on, campaign.target_on, len(ends)) == (date(2022, 3, 28), date(2022, 6, 30), len(stops))
    assert (ends["M07"].on, ends["M07"].batch) == (date(2022, 5, 26), "第二批复工复产白名单")
    assert [stop.project.code for stop in campaign.batches.get(number=2).suspensions.all()] == ["M07"]
    assert max(end.on for end in ends.values()) == date(2022, 6, 30)
    assert approved_stops(as_of=date(2022, 6, 30), known_at=now()) == {stop.pk for stop in stops}


def test_the_loop_lives_at_four_levels_and_every_open_item_has_a_due_day_ahead(office: User) -> None:
    issues = list(IssueStep.objects.live().exclude(state="issue_closed"))
    orders = list(OrderStep.objects.live().filter(due_on__isnull=False))

    assert {step.level for step in issues} == {1, 2, 3, 4}
    assert all(step.due_on >= today() for step in issues) and orders
    assert {step.state for step in OrderStep.objects.live()} == {"order_closed", "working", "approving"}
    assert set(TaskForce.objects.values_list("project__code", flat=True)) == {"D17", "D18"}


# 种子里的 36 处可计数的话：引文、其中的数是哪个口径、引文点了名的项目须是它的成员（HANDBOOK §1B、§1E、§1F、§1H）
PHRASES = [
    ("B04", "汇总形成87项", "list.all", "87项", ()),
    ("B04", "市属14项", "list.municipal", "14项", ()),
    ("B04", "区属60项", "list.district.initial", "60项", ()),
    ("B04", "年中新增区属13项", "list.district.added", "13项", ()),
    ("B08", "集中开工项目25个", "ceremony.count", "25个", ()),
    ("B08", "总投资额逾329亿元", "ceremony.investment", "逾329亿元", ()),
    ("E00", "2022年市属重大工程14项", "list.municipal", "14项", ()),
    ("F00", "2022年普陀区区属重大工程正式项目73个", "list.district", "73个", ()),
    ("F00", "年初确定的项目60个", "list.district.initial", "60个", ()),
    ("F00", "年中新增项目13个", "list.district.added", "13个", ()),
    ("F01", "年度目标已完成的43个", "outcome.achieved", "43个", ()),
    ("F01", "滞后27个", "outcome.lagging", "27个", ()),
    ("F01", "目标无法完成的项目2个", "outcome.unachievable", "2个", ()),
    ("F01", "停止实施1个", "outcome.stopped", "1个", ()),
    ("F02", "市政基础设施类（12个）", "category.infrastructure.total", "12个", ()),
    (
        "F02",
        "苏河之冠（镇坪路桥至胶州路桥）滨河景观提升、南大及部分外环绿地改造提升、跨铜川路及真如港段H型通道等11个项目完成年度目标",
        "category.infrastructure.achieved", "11个", ("苏河之冠", "南大及部分外环绿地", "跨铜川路"),
    ),
    ("F04", "民生保障类（18个）", "category.livelihood.total", "18个", ()),
    (
        "F04", "区中心医院急诊综合楼新建、统益里地块棚户区改造等11个项目完成年度目标",
        "category.livelihood.achieved", "11个", ("区中心医院急诊", "统益里"),
    ),
    (
        "F04", "长寿小学、精卫中心异地扩建等7个项目由于3-6月疫情防控停工", "category.livelihood.lagging", "7个",
        ("长寿小学", "精卫中心"),
    ),
    ("F05", "公共服务类（4个）", "category.public_service.total", "4个", ()),
    (
        "F05", "普陀区职工文体活动中心项目、360城市安全大脑等3个项目完成年度目标",
        "category.public_service.achieved", "3个", ("职工文体活动中心", "360城市安全大脑"),
    ),
    (
        "F05", "1个项目长寿E6-3地块社区公共服务配套设施新建项目", "category.public_service.lagging", "1个",
        ("长寿E6-3地块",),
    ),
    ("F06", "功能性项目（26个）", "category.functional.total", "26个", ()),
    (
        "F06", "智创TOP商办项目、高·尚领域、长三角一体化绿色科技示范楼等9个项目完成年度目标",
        "category.functional.achieved", "9个", ("智创TOP", "尚领域", "长三角一体化绿色科技示范楼"),
    ),
    ("F06", "15个项目滞后", "category.functional.lagging", "15个", ()),
    ("F07", "1个项目宝能西上海中心无法完成年度目标", "category.functional.unachievable", "1个", ("宝能西上海中心",)),
    ("F08", "1个项目上海闻天下产业园二期由于建设单位原因终止实施", "category.functional.stopped", "1个", ("闻天下产业园二期",)),
    ("F09", "住宅类（13个）", "category.housing.total", "13个", ()),
    ("F09", "9个项目按计划完成", "category.housing.achieved", "9个", ()),
    ("F09", "4个项目滞后需要抓紧推进", "category.housing.lagging", "4个", ()),
    ("H03", "涉及我区的市属重大工程共10个", "next.municipal", "10个", ()),
    ("H03", "其中正式项目9个", "next.municipal.formal", "9个", ()),
    ("H03", "预备项目1个", "next.municipal.reserve", "1个", ()),
    ("H04", "区属重点建设项目共安排69个", "next.district", "69个", ()),
    ("H04", "其中结转项目57个", "next.district.carried_over", "57个", ()),
    ("H04", "新增项目12个", "next.district.new", "12个", ()),
]  # fmt: skip


def test_there_are_36_countable_phrases() -> None:
    assert len(PHRASES) == len({(seed_id, quotation) for seed_id, quotation, *_ in PHRASES}) == 36


@pytest.mark.skipif(not SHARED.exists(), reason="没有 ../shared，无从比对原文")
def test_every_countable_phrase_is_of_the_seed() -> None:
    seed = re.sub(r"[\s#*]", "", (SHARED / "seed.txt").read_text())

    assert [quotation for _, quotation, *_ in PHRASES if quotation not in seed] == []


@pytest.mark.parametrize(("seed_id", "quotation", "figure", "printed", "named"), PHRASES)
def test_a_countable_phrase_comes_out_of_the_records(
    book: Book, seed_id: str, quotation: str, figure: str, printed: str, named: tuple[str, ...]
) -> None:
    found = book[figure]
    names = dict(Project.objects.filter(code__in=found.members).values_list("code", "profile__name"))

    assert (found.text if found.unit == "元" else f"{found.value}{printed[-1]}") == printed
    assert printed in quotation
    assert [name for name in named if not any(name in project for project in names.values())] == [], seed_id


def test_the_summary_prints_every_countable_phrase_bound(office: User, book: Book, tmp_path: Path) -> None:
    issued = issue_annual_summary(year=2022, path=tmp_path / "总结.docx", by=office)
    texts = {item["figure"]: item["text"] for item in issued.figures}

    assert {figure: texts.get(figure) for _, _, figure, *_ in PHRASES} == {
        figure: book[figure].text for _, _, figure, *_ in PHRASES
    }


def test_the_summary_reads_as_the_seed_does(office: User, tmp_path: Path) -> None:
    path = tmp_path / "总结.docx"
    issue_annual_summary(year=2022, path=path, by=office)
    text = re.sub(r"\s", "", "".join(part.text or "" for part in Document(path).element.body.iter(qn("w:t"))))

    # 月份的起讫按 HANDBOOK §8.7 用一字线
    wanted = [quotation.replace("3-6月", "3—6月") for _, quotation, *_ in PHRASES]
    assert [quotation for quotation in wanted if quotation not in text] == []
    assert "1.轨交20号线：重点做好" in text
    assert "12.武威路（区界—金迎路）道路新建工程（区区对接道路）、泵站" in text


def test_the_number_the_dates_and_the_resumption_of_the_seed(office: User) -> None:
    stops = Ledger(year=2022, as_of=date(2022, 6, 30)).figure("progress.stopped.all")
    resumed = Resumption.objects.get(batch="第二批复工复产白名单")

    assert document_number("普桃推办", 2023, 1) == "普桃推办〔2023〕1号"  # A02
    assert Ceremony.objects.get().on == date(2022, 1, 10)  # B07
    assert resumed.on == date(2022, 5, 26)  # C06
    assert stops.value == 0  # C12：区属重点项目 6 月底全面复工
    assert {row.started_on for row in SubProject.objects.filter(name="上海西站站")} == {
        date(2022, 12, 15)
    }  # E01


def test_documents_stay_true_after_later_edits_and_no_changed_digit_passes(office: User) -> None:
    with transaction.atomic():
        assert prove_documents(documents=5, edits=40, seed=3) == 0
        transaction.set_rollback(True)
