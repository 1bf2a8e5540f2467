"""附件在网页上：月报、问题、督办单、走访、达成都能附；收得下什么、谁看得见、怎么给出去。"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.domain.attachments import Received
from kaopu.domain.escalation import IssueState, IssueVerb
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.rights import Role
from kaopu.domain.supervision_orders import OrderState, OrderVerb
from kaopu.projects.attachments import receive
from kaopu.projects.models import Attachment, ProjectYear
from kaopu.projects.queries import attachments_of
from kaopu.projects.storage import ATTACHMENTS
from kaopu.supervision.actions import act_on_issue, act_on_order, draft_order, raise_issue
from kaopu.supervision.models import Issue, IssueStep, OrderStep, SupervisionOrder, Visit
from kaopu.tracking.actions import review_report
from kaopu.tracking.models import GoalAchievement, MonthlyReport
from kaopu.web import attachments as web_attachments
from tests import factories
from tests.uploads import PDF, docx, picture, upload
from tests.web.conftest import signed_in

TODAY = timezone.localdate()
MONTH = date(2022, 6, 1)


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    with override_settings(HOME=tmp_path):
        yield tmp_path


@pytest.fixture
def entry(db: None) -> ProjectYear:
    return factories.project_year("示例小学", profile={"responsible_unit": factories.unit()})


@pytest.fixture
def unit(db: None) -> User:
    return factories.user(Role.RESPONSIBLE_UNIT, factories.unit())


def address(entry: ProjectYear) -> str:
    return f"/projects/{entry.project.code}/reports/2022-06/"


def filled(*files: Any, **changes: Any) -> dict[str, Any]:
    report = {
        "seen": "",
        "investment": "1200",
        "progress": "35",
        "work": "主体三层",
        "attachments": list(files),
    }
    return {**report, "idempotency_key": str(uuid.uuid4()), **changes}


def current() -> MonthlyReport:
    report: MonthlyReport = MonthlyReport.objects.live().get(month=MONTH)
    return report


def names(fact: Any) -> list[str]:
    return [item.name for item in attachments_of([fact.operation_id]).get(fact.operation_id, [])]


# ── 月报 ──────────────────────────────────────────────────────────────────


def test_a_report_takes_photos_and_files_and_both_reviewers_see_them(
    entry: ProjectYear, unit: User, office: Client
) -> None:
    client = signed_in(unit)
    assert 'enctype="multipart/form-data"' in client.get(address(entry)).text

    answer = client.post(address(entry), filled(upload(), upload("验收单.pdf", PDF)))

    assert (answer.status_code, names(current())) == (302, ["现场.jpg", "验收单.pdf"])
    for page in (f"{address(entry)}review/", f"/projects/{entry.project.code}/?year=2022"):
        text = office.get(page).text
        assert all(f'<a href="/f/{item.uuid}">{item.name}</a>' in text for item in Attachment.objects.all())
    text = office.get(f"{address(entry)}review/").text
    auditor = signed_in(factories.user(Role.AUDITOR))
    assert '<th scope="row">附件</th><td>—</td><td>现场.jpg、验收单.pdf</td>' in auditor.get("/trace/").text
    photo = Attachment.objects.get(kind="photo")
    assert f'<img src="/f/{photo.uuid}/preview" alt="照片 现场.jpg"' in text and text.count("<img") == 1


def returned(office: Client, entry: ProjectYear) -> list[Attachment]:
    signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit())).post(
        address(entry), filled(upload(), upload("验收单.pdf", PDF))
    )
    review_report(report=current(), verb=ReportVerb.RETURN, by=factories.user(), on=MONTH, reason="再补一张")
    return attachments_of([current().operation_id])[current().operation_id]


def test_on_a_returned_report_the_earlier_files_are_kept_unless_unticked(
    entry: ProjectYear, unit: User, office: Client
) -> None:
    photo, file = returned(office, entry)
    client, first = signed_in(unit), current()
    text = client.get(address(entry)).text
    assert all(f'name="keep" value="{item.uuid}" checked' in text for item in (photo, file))

    again = filled(upload("补拍.jpg", picture((50, 50))), seen=str(first.pk), keep=[str(file.uuid)])
    assert client.post(address(entry), again).status_code == 302

    assert names(current()) == ["验收单.pdf", "补拍.jpg"]
    assert names(first) == ["现场.jpg", "验收单.pdf"]
    trail = office.get(f"{address(entry)}review/").text
    assert f'/f/{photo.uuid}">现场.jpg' in trail and f'/f/{file.uuid}">验收单.pdf' in trail


def test_another_projects_file_cannot_be_kept_as_ones_own(
    entry: ProjectYear, unit: User, office: Client
) -> None:
    photo, _ = returned(office, entry)
    other = factories.project_list(
        [factories.listed("另一个", profile={"responsible_unit": factories.unit()})]
    )[0]

    signed_in(unit).post(address(other), filled(keep=[str(photo.uuid)]))

    assert names(MonthlyReport.objects.get(project_year=other)) == []


def test_kept_and_new_together_are_at_most_nine(entry: ProjectYear, unit: User, office: Client) -> None:
    photo, file = returned(office, entry)
    many = [upload(f"{number}.pdf", PDF) for number in range(8)]

    answer = signed_in(unit).post(
        address(entry), filled(*many, seen=str(current().pk), keep=[str(photo.uuid), str(file.uuid)])
    )

    assert answer.status_code == 422 and "至多 9 个附件，现有 10 个" in answer.text


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([upload("页.html", b"<script>")], "“页.html”不在收件范围"),
        ([upload("假.jpg", b"<script>")], "“假.jpg”不是 JPG 或 PNG 照片"),
        ([upload("坏.jpg", picture()[:300])], "照片“坏.jpg”已损坏"),
        ([upload("宏.docx", docx(**{"word/vbaProject.bin": b"x"}))], "带有宏"),
        ([upload("空.pdf", b"")], "“空.pdf”是空文件"),
        ([upload("大.pdf", b"%PDF-" + b"0" * 10_485_760)], "“大.pdf”超过 10 MB"),
        ([upload(f"{number}.pdf", PDF) for number in range(10)], "至多 9 个附件"),
    ],
)
def test_a_refused_file_says_what_to_do_and_nothing_is_filed(
    entry: ProjectYear, unit: User, home: Path, files: list[Any], says: str
) -> None:
    for file in files:
        file.seek(0)
    answer = signed_in(unit).post(address(entry), filled(*files))

    assert answer.status_code == 422 and says in answer.text
    assert "所选的附件没有保存，改好后请重新选择" in answer.text
    assert (MonthlyReport.objects.count(), Attachment.objects.count()) == (0, 0)
    assert not (home / "attachments").exists()


def test_more_files_than_the_server_reads_are_refused(entry: ProjectYear, unit: User) -> None:
    many = [upload(f"{number}.pdf", PDF) for number in range(101)]

    answer = signed_in(unit).post(address(entry), filled(*many))
    assert (
        answer.status_code == 400 and "附件一次至多 9 个" in answer.text and "DATA_UPLOAD" not in answer.text
    )
    assert Attachment.objects.count() == 0


def test_a_body_larger_than_all_files_allowed_is_not_even_read(entry: ProjectYear, unit: User) -> None:
    answer = signed_in(unit).post(address(entry), filled(), CONTENT_LENGTH=str(200 * 1024 * 1024))

    assert answer.status_code == 413 and "一次提交不能超过 92 MB。请少选几个附件" in answer.text
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_same_key_with_another_file_is_refused_and_with_the_same_files_once(
    entry: ProjectYear, unit: User
) -> None:
    client, form = signed_in(unit), filled(upload())
    assert client.post(address(entry), form).status_code == 302

    form["attachments"] = [upload()]
    assert client.post(address(entry), form).status_code == 302
    form["attachments"] = [upload(content=picture(colour="blue"))]
    other = client.post(address(entry), form)
    form["attachments"] = [upload("另一名.jpg")]
    renamed = client.post(address(entry), form)

    assert (other.status_code, renamed.status_code) == (422, 422)
    assert "内容与上次不同" in other.text
    assert Attachment.objects.count() == 1


def test_a_report_filed_meanwhile_keeps_its_files_and_says_ours_are_not(
    entry: ProjectYear, unit: User
) -> None:
    client = signed_in(unit)
    client.post(address(entry), filled(upload("同事.jpg")))
    answer = client.post(address(entry), filled(upload("我的.jpg"), work="我后报"))

    assert answer.status_code == 409 and names(current()) == ["同事.jpg"]
    assert "现行一版的 1 个附件照留；您刚才选的附件没有保存" in answer.text
    kept = Attachment.objects.get()
    assert f'name="keep" value="{kept.uuid}"' in answer.text
    client.post(address(entry), filled(work="我后报", seen=str(current().pk), keep=[str(kept.uuid)]))
    assert names(current()) == ["同事.jpg"]


def test_a_quiet_report_needs_no_file(entry: ProjectYear, unit: User) -> None:
    client = signed_in(unit)
    client.post(f"/projects/{entry.project.code}/reports/2022-05/", filled())

    assert client.post(address(entry), {"quiet": "1", "idempotency_key": "quiet"}).status_code == 302
    assert (current().work, names(current())) == ("主体三层", [])


def test_photos_are_decoded_before_the_write_lock_is_taken(
    entry: ProjectYear, unit: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths: list[int] = []

    def watched(name: str, content: bytes) -> Received:
        depths.append(len(connection.savepoint_ids))
        return receive(name, content)

    monkeypatch.setattr(web_attachments, "receive", watched)
    outside = len(connection.savepoint_ids)
    signed_in(unit).post(address(entry), filled(upload(), upload("单.pdf", PDF)))

    assert (depths, Attachment.objects.count()) == ([outside, outside], 2)


@pytest.mark.parametrize("count", [1, 3])
def test_the_report_page_costs_the_same_queries_however_many_files(
    entry: ProjectYear, unit: User, office: Client, count: int, django_assert_num_queries: Any
) -> None:
    signed_in(unit).post(address(entry), filled(*(upload(f"{n}.jpg") for n in range(count))))

    with django_assert_num_queries(14):
        text = office.get(f"{address(entry)}review/").text

    assert text.count("<img") == count


# ── 问题、督办单、走访、达成 ──────────────────────────────────────────────


@pytest.fixture
def issue(entry: ProjectYear, officer: User) -> Issue:
    return raise_issue(project=entry.project, title="管线未迁", by=officer, on=TODAY)


def act(client: Client, issue: Issue, verb: IssueVerb, *files: Any, **values: str) -> Any:
    step = IssueStep.objects.live().get(issue=issue)
    named = {
        f"{verb}-{name}": value for name, value in {"text": "属实", "seen": str(step.pk), **values}.items()
    }
    data = {**named, f"{verb}-attachments": list(files), "verb": verb, "idempotency_key": str(uuid.uuid4())}
    return client.post(f"/issues/{issue.pk}/", data)


def test_a_file_is_evidence_for_an_issue_with_or_without_words(
    issue: Issue, unit: User, office: Client
) -> None:
    assert act(signed_in(unit), issue, IssueVerb.REPLY, upload("完工.jpg")).status_code == 302
    assert act(office, issue, IssueVerb.CLOSE).status_code == 422
    assert (
        act(office, issue, IssueVerb.CLOSE, upload("核实.pdf", PDF), evidence="验收单3号").status_code == 302
    )

    reply, close = issue.steps.order_by("-pk")[1], issue.steps.order_by("-pk")[0]
    assert (reply.evidence, close.evidence, close.state) == (
        "见附件：完工.jpg", "验收单3号", IssueState.CLOSED,
    )  # fmt: skip
    text = signed_in(unit).get(f"/issues/{issue.pk}/").text
    assert all(text.count(f">{name}</a>") == 2 for name in ("完工.jpg", "核实.pdf"))  # 链上一次，步里一次


def test_the_handler_cannot_close_his_own_issue_with_a_photo(issue: Issue, officer: User) -> None:
    act_on_issue(issue=issue, verb=IssueVerb.REPLY, by=officer, on=TODAY, text="办了", evidence="单")

    answer = act(signed_in(officer), issue, IssueVerb.CLOSE, upload())

    assert answer.status_code == 422 and "经办人不能给自己经办的事项销号" in answer.text
    assert Attachment.objects.count() == 0


@pytest.fixture
def order(issue: Issue, officer: User, unit: User) -> SupervisionOrder:
    assert issue.project
    order = draft_order(
        project=issue.project, issue=issue, lead_unit=factories.unit(), matter="限期迁管",
        due=TODAY + timedelta(days=10), by=officer, on=TODAY,
    )  # fmt: skip
    leader = factories.user(Role.DISTRICT_LEADER)
    moves = (
        (OrderVerb.SUBMIT, officer),
        (OrderVerb.APPROVE, leader),
        (OrderVerb.SIGN, unit),
        (OrderVerb.START, unit),
    )
    for verb, by in moves:
        act_on_order(order=order, verb=verb, by=by, on=TODAY)
    return order


def move(client: Client, order: SupervisionOrder, verb: OrderVerb, *files: Any) -> Any:
    step = OrderStep.objects.live().get(order=order)
    data = {
        "verb": verb,
        f"{verb}-seen": str(step.pk),
        f"{verb}-text": "办了",
        f"{verb}-attachments": list(files),
    }
    return client.post(f"/orders/{order.pk}/", {**data, "idempotency_key": str(uuid.uuid4())})


def test_an_order_is_reported_and_closed_with_files(
    order: SupervisionOrder, unit: User, office: Client
) -> None:
    assert move(signed_in(unit), order, OrderVerb.REPORT, upload("完工.jpg")).status_code == 302
    for verb in (OrderVerb.REVIEW, OrderVerb.COMPLETE):
        assert move(office, order, verb).status_code == 302
    assert move(office, order, OrderVerb.CLOSE).status_code == 422
    assert move(office, order, OrderVerb.CLOSE, upload("核查.pdf", PDF)).status_code == 302

    step = OrderStep.objects.live().get(order=order)
    assert (step.state, step.evidence) == (OrderState.CLOSED, "见附件：核查.pdf")
    assert "完工.jpg" in office.get(f"/orders/{order.pk}/").text


def test_who_sees_the_issue_but_not_the_order_sees_no_file_of_the_order(
    order: SupervisionOrder, issue: Issue, unit: User
) -> None:
    """建设单位看得见问题、看不见督办单：问题页的链上不列督办单的附件，地址也打不开。"""
    move(signed_in(unit), order, OrderVerb.REPORT, upload("完工.jpg"))
    issue.assists.add(factories.unit("示例建设"))
    builder = signed_in(factories.user(Role.PROJECT_OWNER, factories.unit("示例建设")))
    number = Attachment.objects.get().uuid

    text = builder.get(f"/issues/{issue.pk}/").text
    assert "管线未迁" in text and "完工.jpg</a>" not in text
    assert builder.get(f"/f/{number}").status_code == 404
    assert "完工.jpg</a>" in signed_in(unit).get(f"/issues/{issue.pk}/").text


def test_a_visit_has_photos_and_an_old_one_its_numbers(
    entry: ProjectYear, office: Client, officer: User, unit: User
) -> None:
    place = f"/issues/projects/{entry.project.code}/"
    form = {"kind": "visit", "visit-visitors": "专员", "visit-findings": "管线未迁"}
    assert "照片编号" not in office.get(place).text
    assert (
        office.post(place, {**form, "visit-attachments": [upload()], "idempotency_key": "v"}).status_code
        == 302
    )
    visit = Visit.objects.get()
    Visit.objects.create(
        project=entry.project, visitors="老专员", findings="早先", photos="1012-1 至 4", on=TODAY,
        operation=visit.operation,
    )  # fmt: skip

    text = signed_in(unit).get(place).text
    assert "（1012-1 至 4）" in text and ">现场.jpg</a>" in text
    assert names(visit) == ["现场.jpg"]


def test_an_achievement_is_proved_by_words_or_by_a_file(entry: ProjectYear, office: Client) -> None:
    place = f"/projects/{entry.project.code}/records/2022/"
    goal = entry.goals.get()
    form = {
        "kind": "achievement", "achievement-goal": goal.pk, "achievement-reached": "completed",
        "achievement-on": "2022-12-01", "achievement-verified_by": "专员", "achievement-evidence": "",
    }  # fmt: skip
    bare = office.post(place, {**form, "idempotency_key": "1"})
    assert bare.status_code == 422 and "请写明佐证（验收单号、文件名称与文号），或附上照片、文件" in bare.text

    proved = office.post(
        place, {**form, "achievement-attachments": [upload("验收.pdf", PDF)], "idempotency_key": "2"}
    )
    assert proved.status_code == 302
    assert GoalAchievement.objects.get().evidence == "见附件：验收.pdf"
    assert ">验收.pdf</a>" in office.get(f"/projects/{entry.project.code}/?year=2022").text


# ── 给出去 ────────────────────────────────────────────────────────────────


def test_a_file_is_only_ever_downloaded_and_only_a_photo_has_a_preview(
    entry: ProjectYear, unit: User, office: Client
) -> None:
    signed_in(unit).post(address(entry), filled(upload("现场 “1号”.jpg"), upload("a\u202eb.pdf", PDF)))
    photo, file = Attachment.objects.order_by("pk")

    down, shown = office.get(f"/f/{photo.uuid}"), office.get(f"/f/{photo.uuid}/preview")
    plain = office.get(f"/f/{file.uuid}")

    assert down["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(photo.name)}"
    assert plain["Content-Disposition"] == 'attachment; filename="ab.pdf"'
    assert shown["Content-Disposition"].startswith("inline")
    assert (down["Content-Type"], shown["Content-Type"], plain["Content-Type"]) == (
        "image/jpeg", "image/jpeg", "application/pdf",
    )  # fmt: skip
    assert plain.getvalue() == PDF and shown.getvalue()[:3] == b"\xff\xd8\xff"
    for answer in (down, shown, plain):
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    assert office.get(f"/f/{file.uuid}/preview").status_code == 404


def test_a_file_changed_on_the_disk_is_not_given_out(entry: ProjectYear, unit: User) -> None:
    client = signed_in(unit)
    client.post(address(entry), filled(upload("单.pdf", PDF)))
    item = Attachment.objects.get()
    ATTACHMENTS.file_of(item.sha256).write_bytes(b"%PDF-changed")
    changed = client.get(f"/f/{item.uuid}")
    ATTACHMENTS.file_of(item.sha256).unlink()
    lost = client.get(f"/f/{item.uuid}")

    for answer in (changed, lost):
        assert (
            answer.status_code == 500
            and "附件“单.pdf”在服务器上丢失或被改过。请管理员运行 kaopu doctor" in answer.text
        )


@pytest.mark.parametrize(
    "path", ["/f/../secret_key", "/f/%2e%2e%2fsecret_key", "/f/00000000-0000-4000-8000-000000000000", "/f/"]
)
def test_other_addresses_are_404(office: Client, home: Path, path: str) -> None:
    (home / "secret_key").write_text("secret")

    assert office.get(path).status_code == 404


def test_a_stranger_and_nobody_get_nothing(entry: ProjectYear, unit: User) -> None:
    signed_in(unit).post(address(entry), filled(upload()))
    number = Attachment.objects.get().uuid
    stranger = signed_in(factories.user(Role.RESPONSIBLE_UNIT, factories.unit("区教育局")))

    hidden, absent = stranger.get(f"/f/{number}"), stranger.get(f"/f/{uuid.uuid4()}")
    assert (hidden.status_code, hidden.text) == (404, absent.text)
    assert Client().get(f"/f/{number}")["Location"].startswith("/signin/")
