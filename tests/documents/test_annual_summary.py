"""年度总结：版式与内容（HANDBOOK §8.4）。"""

from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn

from kaopu.documents.actions import DocumentRefused, issue_annual_summary
from kaopu.documents.format_check.check import check_format
from kaopu.documents.format_check.measuring import PASS
from kaopu.documents.sources import shown_name
from kaopu.documents.verification import verify
from kaopu.domain.outcomes import Outcome
from kaopu.figures.actions import close_month, close_year
from kaopu.projects.models import Project
from kaopu.tracking.actions import note_progress, record_decision
from tests.factories import listed, operator, project_list

pytestmark = pytest.mark.django_db


def text_of(document: DocxDocument) -> str:
    """全文，含内容控件里的数字（python-docx 的 ``paragraph.text`` 不含）。"""
    return "".join("".join(t.text or "" for t in p._p.iter(qn("w:t"))) for p in document.paragraphs)


def test_every_number_verifies_and_reads_as_the_records_say(paper: Path) -> None:
    verification = verify(paper)
    text = text_of(Document(str(paper)))

    assert verification.ok
    assert {finding.state for finding in verification.findings} == {"equal"}
    assert "普陀区区属重大工程正式项目4个，其中年初确定的项目4个，年中新增项目0个" in text
    assert "已完成的1个；滞后2个；目标无法完成的项目0个；停止实施1个" in text
    assert "示例小学、示例医院等2个项目由于管线未迁，总体进度滞后" in text
    assert "产业园二期由于建设单位原因终止实施（专题会纪要3号）" in text
    assert text.endswith(
        "上海市普陀区桃浦智创城开发建设推进办公室2023年1月28日"
        "抄送：区委办公室、区政府办公室。普陀区推进办2023年1月28日印发"
    )


def test_a_project_is_told_by_the_decision_its_outcome_comes_from(tmp_path: Path) -> None:
    """停止实施的，后来又认定过无法完成，仍是停止实施：写的是停止那一次的理由与文件。"""
    by, (year,) = operator(), project_list([listed("示例园区")])
    for outcome, on, reason, document in (
        (Outcome.STOPPED, date(2022, 6, 1), "规划调整原因", "专题会纪要1号"),
        (Outcome.UNACHIEVABLE, date(2022, 11, 1), "资金未落实", "专题会纪要2号"),
    ):
        record_decision(project_year=year, outcome=outcome, document=document, reason=reason, by=by, on=on)
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=by)
    close_year(year=2022, by=by)
    issue_annual_summary(year=2022, path=tmp_path / "a.docx", by=by)

    text = text_of(Document(str(tmp_path / "a.docx")))
    assert "示例园区由于规划调整原因终止实施（专题会纪要1号）" in text and "2号" not in text


def test_geometry_is_of_gb_t_9704(paper: Path) -> None:
    states = {result.rule.id: result.measure.state for result in check_format(paper).results}

    measured = ("page.top", "page.left", "page.right", "page.bottom", "page.grid", "line.pitch",
                "line.characters", "mark.position", "body.font", "body.indent", "signature.position")  # fmt: skip
    assert {states[rule] for rule in measured} == {PASS}


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


def test_the_file_says_which_document_it_is_and_nothing_about_tools(paper: Path) -> None:
    properties = Document(str(paper)).core_properties

    assert properties.identifier.startswith("kp:")
    assert (properties.title, properties.comments) == ("普陀区推进办2022年工作总结和2023年工作要点", "")
    assert properties.author == "上海市普陀区桃浦智创城开发建设推进办公室"


def test_municipal_projects_are_told_in_their_notes_without_naming_them_twice(tmp_path: Path) -> None:
    project_list(
        [listed(name, level="municipal", category="") for name in ("滨河隧道（一期）", "石泉消防站")]
    )
    for name, note in (("滨河隧道（一期）", "滨河隧道主体完成。"), ("石泉消防站", "推进前期工作")):
        project = Project.objects.get(profile__name=name)
        note_progress(project=project, year=2022, text=note, by=operator(), on=date(2022, 12, 1))
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=operator())
    close_year(year=2022, by=operator())
    path = tmp_path / "总结.docx"
    issue_annual_summary(year=2022, path=path, by=operator(), on=date(2023, 1, 28))

    assert "1. 滨河隧道主体完成。2. 石泉消防站：推进前期工作。五、" in text_of(Document(str(path)))


def test_a_sample_project_is_never_named_as_a_real_one() -> None:
    assert shown_name("长风小学", is_demo=True) == "长风小学（示例）"
    assert shown_name("示例小学", is_demo=True) == "示例小学"
    assert shown_name("长风小学", is_demo=False) == "长风小学"


def test_a_paragraph_mark_is_a_point_so_that_no_blank_line_is_printed(paper: Path) -> None:
    for mark in Document(str(paper)).element.body.iter(qn("w:bookmarkStart")):
        if mark.get(qn("w:name")).startswith("kpb_"):
            end = mark.getnext()
            assert end is not None and end.tag == qn("w:bookmarkEnd")
            assert end.get(qn("w:id")) == mark.get(qn("w:id"))
