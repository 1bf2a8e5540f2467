"""公文办理页：从起草到签收都在网上办完；无权的 403，别单位的 404，过时的 409；格式与核验一并给出。"""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from docx import Document

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import TreeHead
from kaopu.documents import verify_pack
from kaopu.documents.actions import close_month_with_bulletin
from kaopu.documents.actions.numbers import reserve_number, skip_number, void_number
from kaopu.documents.models import Distribution, OfficialDocument
from kaopu.documents.queries import number_of
from kaopu.domain.rights import Role
from kaopu.figures.actions import close_month, close_year
from kaopu.projects.actions import hold_ceremony
from kaopu.projects.models import Project
from tests import factories

AsUser = Callable[[User], Client]
SealNow = Callable[[], TreeHead]


@pytest.fixture
def drafted(office: Client, db: None) -> Iterator[OfficialDocument]:
    """关了账的一年，推进办起草的一份总结。"""
    factories.project_list(
        [factories.listed("甲小学"), factories.listed("乙轨交", level="municipal", category="")]
    )
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=factories.operator())
    close_year(year=2022, by=factories.operator())
    office.post("/documents/", posted(what="issue", kind="annual-summary", year="2022", on="2023-01-28"))
    yield OfficialDocument.objects.get()


def posted(**fields: Any) -> dict[str, Any]:
    return {"idempotency_key": str(uuid.uuid4()), **fields}


def downloaded(client: Client, address: str) -> bytes:
    return b"".join(client.get(address).streaming_content)


def filled(content: bytes) -> bytes:
    document = Document(BytesIO(content))
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("〔此处"):
            paragraph.runs[0].text = "坚持党建引领。"
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx(content: bytes, name: str = "定稿.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def assert_pack_verifies(client: Client, address: str, folder: Path) -> None:
    path = folder / "核验包.zip"
    path.write_bytes(downloaded(client, address))
    problems, figures, facts, _, unstated = verify_pack.verify(str(path))

    assert (problems, figures > 50, facts > 10, unstated) == ([], True, True, False)


def test_from_draft_to_receipt_on_the_pages(
    outside: Path,
    office: Client,
    drafted: OfficialDocument,
    as_user: AsUser,
    seal_now: SealNow,
    tmp_path: Path,
) -> None:
    page = f"/documents/{drafted.pk}/"
    section, director = (
        as_user(factories.user(Role.OFFICE_SECTION)),
        as_user(factories.user(Role.OFFICE_DIRECTOR)),
    )
    unit = Organization.objects.create(name="区某局", kind="responsible")
    content = filled(downloaded(office, f"{page}file/"))

    mine = office.post(page, posted(what="review", **{"review-seen": "0", "review-document": docx(content)}))
    assert (mine.status_code, "起草人不能核" in mine.text) == (422, True)
    section.post(page, posted(what="review", **{"review-seen": "0", "review-document": docx(content)}))
    director.post(page, posted(what="sign", **{"sign-seen": "1"}))
    done = section.post(
        page, posted(what="issue", **{"issue-seen": "2", "issue-on": "2023-01-28"}), follow=True
    )
    assert "现状：已印发" in done.text and "普桃推办〔2023〕1号" in done.text and "✓ 与存时一致" in done.text
    seal_now()
    assert_pack_verifies(office, f"{page}pack/", tmp_path)
    section.post(page, posted(what="distribute", **{"distribute-organizations": [unit.pk]}))

    reader = as_user(factories.user(Role.RESPONSIBLE_UNIT, organization=unit))
    inbox = reader.get("/documents/inbox/").text
    address = re.search(r"/documents/inbox/\d+/acknowledge/", inbox)
    assert address and "签收</button>" in inbox
    assert downloaded(reader, address[0].replace("acknowledge", "file")) == downloaded(office, f"{page}file/")
    assert "未签收" in office.get(page).text
    assert "已由" in reader.post(address[0], posted(), follow=True).text
    assert "未签收" not in office.get(page).text
    assert reader.post(address[0], posted()).status_code == 409

    late = Organization.objects.create(name="区某委", kind="responsible")
    Organization.objects.create(name="某建设单位", kind="owner")
    listed = office.get(page).text
    assert "区某委" in listed and "某建设单位" not in listed
    section.post(page, posted(what="distribute", **{"distribute-organizations": [late.pk]}))
    voided = section.post(
        page, posted(what="void", **{"void-seen": "3", "void-text": "数据有误，另发"}), follow=True
    )
    assert "普桃推办〔2023〕1号（已废）" in voided.text
    again = as_user(factories.user(Role.RESPONSIBLE_UNIT, organization=late))
    told = again.get("/documents/inbox/").text
    assert "已作废" in told and "数据有误，另发" in told and "签收</button>" not in told
    address = f"/documents/inbox/{Distribution.objects.get(organization=late).pk}/acknowledge/"
    assert again.post(address, posted()).status_code == 409


def test_a_quoted_record_opens_the_project_it_is_of(office: Client, drafted: OfficialDocument) -> None:
    quoted = [item["figure"] for item in drafted.figures if item["figure"].startswith("record.")]
    page = office.get(f"/documents/{drafted.pk}/?found=bound").text
    rows = re.findall(r'<th scope="row">(.*?)</th>', page)
    links = [
        re.search(r'href="(/projects/\w+/\?[^"]*known_at[^"]*)"', row) for row in rows if "（record." in row
    ]

    assert quoted and len(links) == len(quoted) and all(links)
    assert office.get(html.unescape(links[0][1])).status_code == 200


def test_a_quoted_ceremony_opens_where_it_is_listed(office: Client, drafted: OfficialDocument) -> None:
    projects = list(Project.objects.order_by("pk"))
    held = hold_ceremony(
        name="集中开工仪式", year=2022, projects=projects, published_count=2, published_investment_yuan=0,
        published_qualifier="", by=factories.operator(), on=date(2022, 1, 10),
    )  # fmt: skip
    office.post("/documents/", posted(what="issue", kind="annual-summary", year="2022", on="2023-01-28"))
    document = OfficialDocument.objects.latest("pk")
    page = office.get(f"/documents/{document.pk}/?found=bound").text
    links = set(re.findall(rf'href="(/figures/ceremony[.]count/[^"]*#ceremony-{held.pk})"', page))

    assert len(links) == 1
    address, _, anchor = html.unescape(links.pop()).partition("#")
    assert f'id="{anchor}"' in office.get(address).text


def test_another_unit_finds_nothing_and_the_pages_keep_to_their_readers(
    office: Client, drafted: OfficialDocument, as_user: AsUser
) -> None:
    stranger = as_user(factories.user(Role.RESPONSIBLE_UNIT))
    leader = as_user(factories.user(Role.DISTRICT_LEADER))
    page = f"/documents/{drafted.pk}/"

    assert stranger.get("/documents/inbox/1/file/").status_code == 404
    assert stranger.post("/documents/inbox/1/acknowledge/", posted()).status_code == 404
    assert stranger.get(page).status_code == 403
    assert leader.get(page).status_code == 200 and 'name="what" value="review"' not in leader.get(page).text
    assert leader.post(page, posted(what="review", **{"review-seen": "0"})).status_code == 403
    assert leader.post(page, posted(what="distribute")).status_code == 403
    assert leader.get("/documents/numbers/").status_code == 403
    assert office.get("/documents/999999/").status_code == 404
    assert office.get("/documents/999999/pack/").status_code == 404
    assert stranger.get(f"{page}pack/").status_code == 403
    assert office.post(page, posted(what="burn")).status_code == 404


def test_a_stale_page_answers_409_and_a_missing_reason_422(
    office: Client, drafted: OfficialDocument, as_user: AsUser
) -> None:
    page = f"/documents/{drafted.pk}/"

    stale = office.post(page, posted(what="void", **{"void-seen": "3", "void-text": "重做"}))
    unsaid = office.post(page, posted(what="void", **{"void-seen": "0", "void-text": ""}))

    assert (stale.status_code, "刚刚由他人办过" in stale.text) == (409, True)
    assert (unsaid.status_code, "请写明理由" in unsaid.text) == (422, True)
    assert drafted.steps.count() == 0


def test_dropping_a_file_gives_every_number_and_every_rule(office: Client, drafted: OfficialDocument) -> None:
    content = downloaded(office, f"/documents/{drafted.pk}/file/")
    factories.project_list([factories.listed("丙小学")], title="补录")
    text = office.post("/documents/", {"what": "verify", "document": docx(filled(content))}).text

    assert "相符 " in text and "当时相符，其后已变 " in text
    assert re.search(
        r"其后录入的记录已使它变为.*?<li>\d{4}-\d\d-\d\d \d\d:\d\d operator录入清单条目", text, re.DOTALL
    )
    assert "格式检查（GB/T 9704-2012）" in text and "每面 22 行" in text


def test_a_document_from_elsewhere_still_gets_its_format_checked(office: Client, db: None) -> None:
    buffer = BytesIO()
    foreign = Document()
    foreign.add_paragraph("关于某事的通知")
    foreign.save(buffer)
    text = office.post("/documents/", {"what": "verify", "document": docx(buffer.getvalue())}).text

    assert "没有本系统登记的受控数字" in text
    assert "✗ 不符合" in text and "右白边 26±1 mm" in text


def test_continuing_on_the_page_keeps_words_and_lists_conflicts(
    office: Client, drafted: OfficialDocument
) -> None:
    content = filled(downloaded(office, f"/documents/{drafted.pk}/file/"))
    factories.project_list([factories.listed("丙小学")], title="补录")
    done = office.post("/documents/", posted(what="continue", document=docx(content)), follow=True)
    latest = OfficialDocument.objects.latest("pk")

    assert "已接续" in done.text and "0 处要看" in done.text
    assert latest.supersedes == drafted
    assert "坚持党建引领" in "".join(
        p.text for p in Document(BytesIO(downloaded(office, f"/documents/{latest.pk}/file/"))).paragraphs
    )
    assert "请在最新的一稿上办理" in office.get(f"/documents/{drafted.pk}/").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "monthly-bulletin"}, "请填月度工作通报的月份"),
        ({"kind": "responsibility-letter"}, "请填责任书的责任单位"),
        ({"kind": "responsibility-letter", "unit": "没有的局"}, "没有叫“没有的局”的单位"),
        ({"kind": "supervision-order", "order": "九号"}, "没有编号为“九号”的督办单"),
    ],
)
def test_what_a_kind_needs_is_asked_for(office: Client, db: None, fields: dict[str, str], said: str) -> None:
    factories.project_year("甲小学")
    response = office.post("/documents/", posted(what="issue", year="2022", on="2023-01-28", **fields))

    assert (response.status_code, said in response.text) == (422, True)
    assert OfficialDocument.objects.count() == 0


def test_numbers_are_reserved_skipped_and_voided_with_their_reasons(
    office: Client, drafted: OfficialDocument
) -> None:
    page = "/documents/numbers/?year=2023"
    office.post(page, posted(what="reserve", reason="年度总结"))
    office.post(page, posted(what="skip", reason="印刷有误"))
    unsaid = office.post(page, posted(what="reserve", reason=""))
    text = office.get(page).text

    assert "普桃推办〔2023〕1号" in text and "留号" in text and "印刷有误" in text
    assert (unsaid.status_code, "请写明缘由" in unsaid.text) == (422, True)
    assert number_of(drafted) is None


@pytest.mark.parametrize(
    "path", ["/documents/", "/documents/numbers/", "/documents/inbox/", "/documents/{pk}/"]
)
def test_pages_need_signing_in(drafted: OfficialDocument, path: str) -> None:
    response = Client().get(path.format(pk=drafted.pk))

    assert response.status_code == 302 and "signin" in response["Location"]


def test_the_list_names_the_bulletin_made_by_the_close_and_the_month_without_one(office: Client) -> None:
    factories.project_list([factories.listed("甲小学")])
    close_month(month=date(2022, 1, 1), by=factories.operator())
    close_month_with_bulletin(month=date(2022, 2, 1), by=factories.operator())

    page = office.get("/documents/?year=2022").text

    assert "已关账而没有通报的月份：2022年1月。请选文种“月度工作通报”与月份起草" in page
    assert page.count("月末关账时自动起草") == 1 and "关于2022年2月重点项目推进情况的通报" in page


def test_the_minutes_of_a_meeting_can_be_asked_for_on_the_page(office: Client) -> None:
    factories.project_list([factories.listed("甲小学")])

    assert 'name="meeting"' in office.get("/documents/?year=2022").text


def test_the_list_of_projects_is_offered_as_workbooks_beside_the_document(office: Client) -> None:
    factories.project_list([factories.listed("甲小学")])
    office.post("/documents/", posted(what="issue", kind="project-list", year="2022", on="2022-03-01"))
    document = OfficialDocument.objects.get()

    for page in ("/documents/?year=2022", f"/documents/{document.pk}/"):
        links = re.findall(r'href="(/imports/export/[^"]+)"', office.get(page).text)
        assert links == ["/imports/export/list/?year=2022", "/imports/export/plans/?year=2022"]
    for link in links:
        assert downloaded(office, link).startswith(b"PK")


def test_documents_of_the_past_are_as_they_stood_then(office: Client, drafted: OfficialDocument) -> None:
    page, drafted_at = f"/documents/{drafted.pk}/", timezone.now()
    office.post(page, posted(what="void", **{"void-seen": "0", "void-text": "重起一份"}))
    then = {"known_at": drafted_at.isoformat()}
    before = {"known_at": (drafted.recorded_at - timedelta(seconds=1)).isoformat()}

    assert "现状：作废" in office.get(page).text
    text = office.get(page, then).text
    assert "您正在看过去" in text and "现状：草稿" in text and "重起一份" not in text
    assert 'name="what"' not in text
    assert f'href="{page}' in office.get("/documents/", then).text
    assert f'href="{page}' not in office.get("/documents/", before).text


def test_a_document_of_later_is_not_there_yet(office: Client, drafted: OfficialDocument) -> None:
    before = {"known_at": (drafted.recorded_at - timedelta(seconds=1)).isoformat()}
    for page in ("", "file/", "pack/"):
        address = f"/documents/{drafted.pk}/{page}"
        for asked in (before, {"year": "2022", "as_of": "2022-11-30"}):
            assert office.get(address, asked).status_code == 404, (address, asked)


def test_the_numbers_of_a_document_are_judged_by_what_was_known_then(
    office: Client, drafted: OfficialDocument
) -> None:
    page, moment = f"/documents/{drafted.pk}/", timezone.now().isoformat()
    was = re.findall(r"(?:相符|其后已变) \d+ 个", office.get(page).text)
    factories.project_list([factories.listed("丙医院")], on=date(2022, 7, 1), title="补列")
    now = office.get(page).text
    then = office.get(page, {"known_at": moment}).text

    assert "当时相符，其后已变" in now and "录入清单条目" in now
    assert re.findall(r"(?:相符|其后已变) \d+ 个", then) == was
    assert "其后录入的记录" not in then and "录入清单条目" not in then


def test_the_pack_of_the_past_holds_the_file_of_then(
    seal_now: SealNow, office: Client, drafted: OfficialDocument, as_user: AsUser, tmp_path: Path
) -> None:
    section = as_user(factories.user(Role.OFFICE_SECTION))
    director = as_user(factories.user(Role.OFFICE_DIRECTOR))
    page, moment = f"/documents/{drafted.pk}/", timezone.now().isoformat()
    draft = downloaded(office, f"{page}file/")
    section.post(page, posted(what="review", **{"review-seen": "0", "review-document": docx(filled(draft))}))
    director.post(page, posted(what="sign", **{"sign-seen": "1"}))
    section.post(page, posted(what="issue", **{"issue-seen": "2", "issue-on": "2023-01-28"}))
    seal_now()
    (address,) = re.findall(r'href="([^"]+/pack/[^"]*)"', office.get(page, {"known_at": moment}).text)
    content = downloaded(office, html.unescape(address))

    with ZipFile(BytesIO(content)) as archive:
        assert archive.read(verify_pack.DOCUMENT) == draft
    for asked in (html.unescape(address), f"{page}pack/"):
        assert_pack_verifies(office, asked, tmp_path)


def test_the_pages_are_counted_before_the_transaction_that_issues(
    office: Client,
    drafted: OfficialDocument,
    as_user: AsUser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    section, director = (
        as_user(factories.user(Role.OFFICE_SECTION)),
        as_user(factories.user(Role.OFFICE_DIRECTOR)),
    )
    page = f"/documents/{drafted.pk}/"
    final = docx(filled(downloaded(office, f"{page}file/")))
    section.post(page, posted(what="review", **{"review-seen": "0", "review-document": final}))
    director.post(page, posted(what="sign", **{"sign-seen": "1"}))
    counted, program = tmp_path / "量过了", tmp_path / "soffice"
    program.write_text(f"#!/bin/sh\nexec /bin/touch {counted}\n")  # 顶替 LibreOffice，只记下被叫起过
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    began: list[bool] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("SAVEPOINT"):
            began.append(counted.exists())
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        section.post(page, posted(what="issue", **{"issue-seen": "2", "issue-on": "2023-01-28"}))

    assert "现状：已印发" in office.get(page).text
    assert began and all(began)


def test_the_ledger_of_numbers_answers_for_the_past(office: Client) -> None:
    by, organ = factories.operator(), settings.ORGAN_CODE
    kept = reserve_number(organ=organ, year=2023, reason="留给总结", by=by, on=date(2023, 1, 5))
    moment = timezone.now().isoformat()
    void_number(number=kept, reason="不用了", by=by, on=date(2023, 2, 1))
    skip_number(organ=organ, year=2023, reason="跳过", by=by, on=date(2023, 2, 2))
    now = office.get("/documents/numbers/", {"year": "2023"}).text
    then = office.get("/documents/numbers/", {"year": "2023", "as_of": "2023-01-31"}).text
    known = office.get("/documents/numbers/", {"year": "2023", "known_at": moment}).text

    assert "不用了" in now and "跳过" in now and "记入台账" in now
    for text in (then, known):
        assert "留给总结" in text and "共 1 个" in text and "您正在看过去" in text
        assert "不用了" not in text and "跳过" not in text and "记入台账" not in text
