"""各文种：格式条条合格，数个个可核，没有一个说不清来历的数字；政治文字留给人写。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from docx import Document
from docx.oxml.ns import qn

from kaopu.accounts.actions import ensure_operator
from kaopu.accounts.models import Organization, User
from kaopu.audit.actions import record
from kaopu.config.cli import DOCUMENT_KINDS
from kaopu.demo.loading import load_demo
from kaopu.documents.actions import DocumentRefused, draft_document
from kaopu.documents.format_check.check import check_format
from kaopu.documents.format_check.layout import read_layout
from kaopu.documents.gongwen import Bound, Column, Gongwen, UnboundNumber, refuse_unbound
from kaopu.documents.kinds.kind import Asked
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import OfficialDocument
from kaopu.documents.verification import verify
from kaopu.domain.causes import Cause
from kaopu.domain.investment import percent
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderVerb
from kaopu.figures.ledger import Ledger
from kaopu.projects.actions.lists import revised
from kaopu.projects.models import Category, ListEntry, Project
from kaopu.projects.storage import DOCUMENTS
from kaopu.supervision.actions import act_on_order, draft_order, record_minutes
from kaopu.supervision.models import Meeting, MeetingKind, OrderStep, SupervisionOrder
from kaopu.tracking.actions import record_lag_reason
from kaopu.tracking.models import Suspension
from tests import factories
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db

JULY = date(2022, 7, 1)
MINUTES = "明确搬迁由区建管委牵头，桃浦镇配合，费用另行商定（示例）。"
MATTER = "协调E6-3地块土壤修复"
# 不必受控的数字，只此几种：年月日、发文字号的年份、段首序数、附件序号、表格第一栏的序号
LISTED = re.compile(
    r"\d{4}年度?(?:\d{1,2}月(?:\d{1,2}日|底)?)?|\d{1,2}月(?:\d{1,2}日|底)?|〔\d{4}〕|^\d{1,2}\. |附件\d{1,2}"
)


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: object) -> Iterator[User]:
    """示例办公室与一张督办单，模块结束即回滚。"""
    with django_db_blocker.unblock(), transaction.atomic():
        operator = ensure_operator()
        assert load_demo(by=operator)
        _order_of_july(operator)
        special = Meeting.objects.get(kind=MeetingKind.SPECIAL)
        record_minutes(meeting=special, minutes=MINUTES, by=operator, on=date(2022, 12, 30))
        yield operator
        transaction.set_rollback(True)


def _order_of_july(operator: User) -> None:
    """一张交办、延过期、反馈过的督办单。"""
    unit = Organization.objects.get(name="区文旅局")
    order = draft_order(
        project=Project.objects.get(code="D11"), lead_unit=unit, matter=MATTER, due=date(2022, 7, 31),
        by=operator, on=JULY,
    )  # fmt: skip
    leader, handler = factories.user(Role.DISTRICT_LEADER), factories.user(Role.RESPONSIBLE_UNIT, unit)
    for verb, by, day, text in (
        (OrderVerb.SUBMIT, operator, 1, ""),
        (OrderVerb.APPROVE, leader, 1, ""),
        (OrderVerb.SIGN, handler, 1, ""),
        (OrderVerb.START, handler, 1, ""),
        (OrderVerb.ASK_EXTENSION, handler, 18, "备案需30个工作日"),
        (OrderVerb.GRANT_EXTENSION, operator, 18, ""),
        (OrderVerb.REPORT, handler, 20, "修复方案已完成评审"),
    ):
        until = date(2022, 8, 31) if verb == OrderVerb.ASK_EXTENSION else None
        act_on_order(
            order=order, verb=verb, by=by, on=date(2022, 7, day), text=text, until=until, evidence="评审意见"
        )


def asked(kind: str) -> Asked:
    needs = KINDS[kind].needs
    return Asked(
        year=2022,
        on=date(2022, 8, 10),
        month=JULY if needs == "month" else None,
        unit=Organization.objects.get(name="区房管局") if needs == "unit" else None,
        order=SupervisionOrder.objects.get(matter=MATTER) if needs == "order" else None,
        meeting=Meeting.objects.get(kind=MeetingKind.SPECIAL) if needs == "meeting" else None,
    )


@pytest.fixture
def drafted(office: User, tmp_path: Path) -> Callable[[str], Path]:
    def draft(kind: str) -> Path:
        path = tmp_path / f"{kind}.docx"
        draft_document(kind=KINDS[kind], asked=asked(kind), path=path, by=office)
        return path

    return draft


def plain_paragraphs(path: Path) -> Iterator[tuple[str, bool]]:
    """每段受控数字以外的文字，与它是不是表格第一栏。"""
    for paragraph in Document(str(path)).element.body.iter(qn("w:p")):
        bound = {text for control in paragraph.iter(qn("w:sdt")) for text in control.iter(qn("w:t"))}
        text = "".join(item.text or "" for item in paragraph.iter(qn("w:t")) if item not in bound)
        cell = next(paragraph.iterancestors(qn("w:tc")), None)
        before = getattr(cell.getprevious(), "tag", "") if cell is not None else qn("w:tc")
        yield text, before != qn("w:tc")


def text_of(path: Path) -> str:
    return "".join(item.text or "" for item in Document(str(path)).element.body.iter(qn("w:t")))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_passes_the_format_check_and_every_number_verifies(
    drafted: Callable[[str], Path], kind: str
) -> None:
    path = drafted(kind)
    verification = verify(path)

    assert [result.rule.id for result in check_format(path).failed] == []
    assert [item.sentence for item in verification.findings if item.state != "equal"] == []
    assert verification.ok


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_of_ours_is_unbound(drafted: Callable[[str], Path], kind: str) -> None:
    paragraphs = list(plain_paragraphs(drafted(kind)))
    unbound = [
        text
        for text, first in paragraphs
        if re.search(r"\d", LISTED.sub("", text)) and not (first and text.isdigit())
    ]

    assert paragraphs and unbound == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_style_used_is_in_the_template(drafted: Callable[[str], Path], kind: str) -> None:
    document = Document(str(drafted(kind)))
    used = {style.get(qn("w:val")) for style in document.element.body.iter(qn("w:pStyle"))}

    assert used - {style.style_id for style in document.styles} == set()


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("截至2022年7月底，", True), ("普桃推办〔2023〕　　号", True), ("3. 公共服务类（", True), ("附件1", True),
        ("共73个", False), ("完成61.1%", False), ("第2批", False), ("1.5亿元", False), ("2022项", False),
    ],
)  # fmt: skip
def test_a_number_without_a_source_cannot_be_written(text: str, fine: bool) -> None:
    if fine:
        refuse_unbound(text)
        return
    with pytest.raises(UnboundNumber, match="没有受控"):
        refuse_unbound(text)


def test_the_bulletin_compares_with_last_month_and_with_the_pace(drafted: Callable[[str], Path]) -> None:
    text = text_of(drafted("monthly-bulletin"))
    ledger = Ledger(year=2022, as_of=date(2022, 7, 31))
    done, plan = (ledger.figure(f"progress.{name}.all").exact for name in ("to_date", "plan"))

    assert "序时进度为58.3%" in text
    assert f"占年度计划的{percent(done, plan)}%，低于序时进度" in text
    assert ledger.printed("progress.change.all") in text
    for head in (
        "一、总体情况",
        "二、分类与分单位情况",
        "三、存在问题",
        "四、下一步要求",
        "附件：责任单位投资完成情况排名表",
    ):
        assert head in text


def test_a_category_without_projects_is_told_in_a_word_and_not_in_dashes(
    drafted: Callable[[str], Path], office: User
) -> None:
    operation = record(by=office, verb="projects.move_category")
    moved = ListEntry.objects.tails().filter(
        project_year__year=2022, level="district", category=Category.PUBLIC_SERVICE
    )
    for entry in moved:
        fact = {"operation_id": operation.pk, "recorded_at": operation.at, "supersedes_id": entry.pk}
        ListEntry.objects.create(**revised(entry, category=Category.HOUSING, on=entry.on, **fact))

    text = text_of(drafted("monthly-bulletin"))
    assert "公共服务类0个。" in text and "累计完成—" not in text


def test_the_ranking_leaves_out_units_with_few_projects(office: User) -> None:
    ledger = Ledger(year=2022, as_of=date(2022, 7, 31))
    small = [unit for unit, _ in ledger.progress.units() if len(ledger.progress.within(f"unit.{unit}")) < 3]

    assert small
    assert {ledger.printed(f"progress.rank.unit.{unit}") for unit in small} == {"—"}


def test_a_unit_late_by_force_majeure_is_not_blamed(drafted: Callable[[str], Path], office: User) -> None:
    blamed = re.search(r"居后列的责任单位：(.*?)。", text_of(drafted("monthly-bulletin")))
    assert blamed and "桃浦镇" in blamed[1]
    ledger = Ledger(year=2022, as_of=date(2022, 7, 31))
    unit = next(unit for unit, name in ledger.progress.units() if name == "桃浦镇")
    codes = [row.code for row in ledger.progress.within(f"unit.{unit}")]
    years = [ledger.book.entries[code].project_year for code in codes]
    record_lag_reason(
        project_years=years, category=Cause.FORCE_MAJEURE, cause="连续降雨", by=office, on=date(2022, 7, 10)
    )

    again = re.search(r"居后列的责任单位：(.*?)。", text_of(drafted("monthly-bulletin")))
    assert again and "桃浦镇" not in again[1]


def test_a_unit_whose_projects_stood_still_with_the_whole_district_is_not_blamed(
    office: User, tmp_path: Path
) -> None:
    path = tmp_path / "六月.docx"
    june = Asked(year=2022, month=date(2022, 6, 1), on=date(2022, 7, 5))
    draft_document(kind=KINDS["monthly-bulletin"], asked=june, path=path, by=office)
    ledger = Ledger(year=2022, as_of=date(2022, 6, 30))
    stood = {stop.project.code for stop in Suspension.objects.filter(campaigns__isnull=False)}
    behind = {
        name: {row.code for row in ledger.progress.within(f"unit.{unit}") if row.to_date < row.planned}
        for unit, name in ledger.progress.units()
    }
    innocent = {name for name, codes in behind.items() if codes and codes <= stood}

    blamed = re.search(r"居后列的责任单位：(.*?)。", text_of(path))
    assert innocent and not any(name in (blamed[1] if blamed else "") for name in innocent)


def test_no_reminder_is_written_of_what_is_done(office: User, tmp_path: Path) -> None:
    closed = OrderStep.objects.live().filter(state="order_closed", order__kind="reminder").first()
    assert closed is not None
    late = Asked(year=2022, on=date(2022, 12, 31), order=closed.order)

    with pytest.raises(DocumentRefused, match="不必再提醒"):
        draft_document(kind=KINDS["reminder-letter"], asked=late, path=tmp_path / "a.docx", by=office)


def test_the_letter_lists_the_projects_of_one_unit_and_the_supplement_those_added(
    drafted: Callable[[str], Path],
) -> None:
    letter, supplement = (
        text_of(drafted(kind)) for kind in ("responsibility-letter", "supplementary-letter")
    )

    assert "乙方：区房管局" in letter and "示例·住宅02" in letter and "示例·住宅01" not in letter
    assert "示例·住宅01" in supplement and "示例·住宅02" not in supplement
    assert "重点建设项目共14个，" in letter and "重点建设项目共3个，" in supplement


def test_the_letter_is_of_the_district_the_office_belongs_to(
    drafted: Callable[[str], Path], settings: LazySettings
) -> None:
    settings.DISTRICT_NAME = "示例区"

    assert text_of(drafted("responsibility-letter")).startswith("示例区2022年重点项目责任书")


def test_the_order_papers_tell_the_extension_and_the_last_report(drafted: Callable[[str], Path]) -> None:
    reminder, form = (text_of(drafted(kind)) for kind in ("reminder-letter", "supervision-order"))

    assert "办结期限为2022年8月31日" in reminder and "尚未办结" in reminder
    assert "最近一次反馈（2022年7月20日）：修复方案已完成评审。" in reminder
    assert "2022年7月18日：备案需30个工作日" in form and "未销号" in form


def test_the_minutes_tell_the_topic_and_who_does_what_by_when(drafted: Callable[[str], Path]) -> None:
    minutes = text_of(drafted("meeting-minutes"))

    assert "桃浦镇配合，费用另行商定（示例）。" in minutes  # 会后补的一版
    assert "一、议题" in minutes and "三、议定事项" in minutes
    assert "完成雨水管搬迁" in minutes and "区建管委" in minutes


def test_carry_over_is_57_of_73(drafted: Callable[[str], Path]) -> None:
    assert "区属正式项目73个，拟结转57个，不结转16个" in text_of(drafted("carry-over-table"))


def test_an_amount_nobody_planned_is_not_zero(office: User) -> None:
    ledger = Ledger(year=2022, as_of=date(2022, 12, 31))

    assert ledger.printed("progress.plan.project.M01@wan") == "—"


def test_a_bulletin_waits_for_the_month_to_be_closed(office: User, tmp_path: Path) -> None:
    later = Asked(year=2023, month=date(2023, 1, 1), on=date(2023, 2, 1))

    with pytest.raises(DocumentRefused, match="kaopu close-month 2023-01"):
        draft_document(kind=KINDS["monthly-bulletin"], asked=later, path=tmp_path / "a.docx", by=office)


def test_a_unit_without_projects_has_no_letter(office: User, tmp_path: Path) -> None:
    unit, _ = Organization.objects.get_or_create(name="示例局", defaults={"kind": "responsible"})

    with pytest.raises(DocumentRefused, match="没有要签的项目"):
        draft_document(
            kind=KINDS["responsibility-letter"], asked=Asked(year=2022, on=JULY, unit=unit),
            path=tmp_path / "a.docx", by=office,
        )  # fmt: skip


def test_a_unit_with_a_number_in_its_name_is_no_obstacle(office: User, tmp_path: Path) -> None:
    order = SupervisionOrder.objects.get(matter=MATTER)
    Organization.objects.filter(pk=order.lead_unit_id).update(name="第2工程指挥部")
    path = tmp_path / "交办函.docx"
    ask = Asked(
        year=2022, on=JULY, order=SupervisionOrder.objects.select_related("lead_unit").get(pk=order.pk)
    )
    draft_document(kind=KINDS["assignment-letter"], asked=ask, path=path, by=office)

    assert "第2工程指挥部：" in text_of(path)
    assert verify(path).ok


def test_the_command_knows_the_same_kinds() -> None:
    assert {name: (label, needs) for name, (label, needs) in DOCUMENT_KINDS.items()} == {
        kind.id: (kind.label, kind.needs or "year") for kind in KINDS.values()
    }


@pytest.mark.parametrize("text", ["12,345.67", "1,234,567.89", "2022年12月28日", "100.0%"])
def test_a_long_number_is_narrowed_and_not_cut_in_two(text: str) -> None:
    paper = Gongwen(token="0a0b0c0d")
    bound = Bound(figure="list.all", text=text, as_of=JULY)
    paper.landscape()
    columns = [
        Column(head="名称", width=2),
        *(Column(head=f"{month}月", number=True) for month in range(1, 13)),
    ]
    paper.table(columns, [["甲", *[bound] * 12]], dense=True)
    (xml,) = (block.xml for block in paper.blocks if block.xml.startswith("<w:tbl>"))
    room = int(re.findall(r'<w:gridCol w:w="(\d+)"/>', xml)[1]) / 20 - MARGINS
    percent = max(map(int, re.findall(r'<w:w w:val="(\d+)"/>', xml)), default=100)

    needed = sum(9 if character > "\u2e7f" else 2.9 if character in ",." else 5.76 for character in text)
    assert percent == 60 or needed * percent / 100 <= room
    assert percent < 100 or needed <= room


def test_on_a_page_turned_sideways_the_page_number_does_not_touch_the_table(
    drafted: Callable[[str], Path],
) -> None:
    sections = read_layout(drafted("project-list")).sections

    assert [round(section.bottom - section.footer) for section in sections] == [12, 12]
    assert [section.width > section.height for section in sections] == [False, True]


SIZES = {"KpCell": 12, "KpCellNumber": 12, "KpSmall": 9, "KpSmallNumber": 9}
MARGINS = 6.8  # 单元格左右各 68 缇


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_and_no_day_is_broken_across_lines_in_a_table(
    drafted: Callable[[str], Path], kind: str
) -> None:
    broken = []
    for cell in Document(str(drafted(kind))).element.body.iter(qn("w:tc")):
        width = int(cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}").get(qn("w:w"))) / 20 - MARGINS
        size = SIZES.get(next(cell.iter(qn("w:pStyle"))).get(qn("w:val")))
        text = "".join(item.text or "" for item in cell.iter(qn("w:t")))
        if size and re.fullmatch(r"[\d,.%—]+|\d{4}年\d{1,2}月(?:\d{1,2}日|底)", text):
            needed = sum(size if ord(character) > 0x2E7F else size / 2 for character in text)
            needed += (
                size / 4 * len(re.findall(r"\d(?=[年月日])|[年月](?=\d)", text))
            )  # LibreOffice 在数字与字之间留隙
            broken += [(text, needed, width)] if needed > width else []

    assert broken == []


@pytest.mark.parametrize(("kind", "page"), [("supervision-order", "orders"), ("meeting-minutes", "meetings")])
def test_a_record_of_no_project_opens_the_page_it_is_on(
    office: User, tmp_path: Path, kind: str, page: str
) -> None:
    wanted, path = replace(asked(kind), on=date(2023, 1, 10)), tmp_path / "x.docx"
    draft_document(kind=KINDS[kind], asked=wanted, path=path, by=office)
    DOCUMENTS.keep(path.read_bytes())
    document = OfficialDocument.objects.latest("pk")
    reader = signed_in(factories.user(Role.OFFICE_DIRECTOR))
    numbers = reader.get(f"/documents/{document.pk}/?found=bound").text
    links = {unescape(link) for link in re.findall(rf'href="(/{page}/\d+/\?[^"]*known_at[^"]*)"', numbers)}
    target = wanted.order or wanted.meeting

    assert target is not None
    assert {link.partition("?")[0] for link in links} == {f"/{page}/{target.pk}/"}
    assert {reader.get(link).status_code for link in links} == {200}
