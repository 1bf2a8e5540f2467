"""年度总结：版式、核验、手改必现形（HANDBOOK §8.4）。"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from kaopu.documents.actions import DocumentRefused, issue_annual_summary
from kaopu.documents.verification import verify
from kaopu.domain.milestones import GoalType
from kaopu.domain.outcomes import Outcome
from kaopu.figures.actions import close_month, close_year
from kaopu.projects.models import AnnualGoal
from kaopu.tracking import actions
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Iterator[None]:
    """四个项目的一年：完成一个、滞后两个、停止一个。"""
    rows = [listed(name, category=category) for name, category in (
        ("滨河绿道", "infrastructure"), ("示例小学", "livelihood"), ("示例医院", "livelihood"), ("产业园二期", "functional"),
    )]  # fmt: skip
    years = project_list(rows)
    actions.record_achievement(
        goal=AnnualGoal.objects.get(project_year=years[0]), reached=GoalType.COMPLETED, evidence="验收单",
        verified_by="专员", by=operator(), on=date(2022, 11, 1),
    )  # fmt: skip
    actions.record_lag_reason(project_years=years[1:3], cause="管线未迁", by=operator(), on=date(2022, 12, 1))
    actions.record_decision(
        project_year=years[3], outcome=Outcome.STOPPED, document="专题会纪要3号", reason="建设单位原因",
        by=operator(), on=date(2022, 12, 1),
    )  # fmt: skip
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=operator())
    close_year(year=2022, by=operator())
    yield


@pytest.fixture
def paper(year: None, tmp_path: Path) -> Path:
    path = tmp_path / "总结.docx"
    issue_annual_summary(year=2022, path=path, by=operator(), on=date(2023, 1, 28))
    return path


def rewritten(path: Path, pattern: str, replacement: str) -> Path:
    """像人在 Word 里改过一样，改动文件正文的第一处。"""
    changed = path.with_name("改过.docx")
    with ZipFile(path) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "word/document.xml":
                text, count = re.subn(pattern, replacement, content.decode(), count=1)
                assert count == 1
                content = text.encode()
            target.writestr(item, content)
    return changed


def test_every_number_verifies_and_reads_as_the_records_say(paper: Path) -> None:
    verification = verify(paper)
    text = "".join(
        "".join(t.text or "" for t in p._p.iter(qn("w:t"))) for p in Document(str(paper)).paragraphs
    )

    assert verification.ok
    assert {finding.state for finding in verification.findings} == {"equal"}
    assert "区属重大工程正式项目4个，其中年初确定的项目4个，年中新增项目0个" in text
    assert "已完成的1个；滞后2个；目标无法完成的项目0个；停止实施1个" in text
    assert "示例小学、示例医院等2个项目由于管线未迁，总体进度滞后" in text
    assert "产业园二期：建设单位原因（专题会纪要3号）" in text
    assert text.endswith("上海市普陀区桃浦智创城开发建设推进办公室2023年1月28日")


def test_a_digit_changed_by_hand_is_named(paper: Path) -> None:
    verification = verify(rewritten(paper, r"(kp:outcome\.lagging.*?<w:t[^>]*>)2<", r"\g<1>3<"))

    assert not verification.ok
    assert [finding.sentence for finding in verification.findings if not finding.ok] == [
        "滞后（outcome.lagging）：文件印“3”，按2022-12-31口径应为“2”"
    ]


def test_a_number_whose_bookmark_is_gone_is_reported(paper: Path) -> None:
    verification = verify(rewritten(paper, r'w:name="kp_[0-9a-f]{8}_1"', 'w:name="_other"'))

    assert [finding.state for finding in verification.findings if not finding.ok] == ["missing"]


def test_facts_recorded_later_do_not_make_it_false(paper: Path) -> None:
    project_list([listed("示例幼儿园")], title="补录")
    verification = verify(paper)

    assert verification.ok
    assert "changed_since" in {finding.state for finding in verification.findings}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"plain text"])
def test_a_file_of_another_kind_is_not_verified(db: None, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "别的.docx"
    path.write_bytes(content)

    verification = verify(path)
    assert (verification.ok, verification.findings[0].state) == (False, "unknown")


def test_geometry_is_of_gb_t_9704(paper: Path) -> None:
    document = Document(str(paper))
    section = document.sections[0]
    grid = section._sectPr.find(qn("w:docGrid"))

    margins = [section.top_margin, section.left_margin, section.right_margin, section.bottom_margin]
    assert [round(margin / Mm(1)) for margin in margins] == [37, 28, 26, 35]
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    body = next(p for p in document.paragraphs if p.text.startswith("年初会同"))
    assert body.paragraph_format.line_spacing.pt == 28.95
    assert body.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"


def test_political_chapters_are_left_to_people(paper: Path) -> None:
    places = [p.text for p in Document(str(paper)).paragraphs if p.text.startswith("〔此处由起草人填写")]

    assert len(places) == 7


def test_no_summary_before_the_year_is_closed(tmp_path: Path) -> None:
    project_list([listed("示例小学")])

    with pytest.raises(DocumentRefused, match="尚未年末关账"):
        issue_annual_summary(year=2022, path=tmp_path / "a.docx", by=operator())


def test_no_summary_while_an_identity_fails(year: None, tmp_path: Path) -> None:
    project_list([listed("没有类别的项目", category="")], title="补录")

    with pytest.raises(DocumentRefused, match="没有类别的项目"):
        issue_annual_summary(year=2022, path=tmp_path / "a.docx", by=operator())
    assert not (tmp_path / "a.docx").exists()
