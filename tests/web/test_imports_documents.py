"""导入页：预演不写、确认才写、再导不变、别人取不到；公文页：生成、下载、核验。"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook
from openpyxl.styles import PatternFill

from kaopu.accounts.models import Organization, User
from kaopu.documents.models import OfficialDocument
from kaopu.domain.rights import Role
from kaopu.exchange.excel_out import write_project_list
from kaopu.exchange.models import ImportBatch, RowSource
from kaopu.figures.actions import close_month, close_year
from kaopu.projects.models import ListEntry, Project
from kaopu.tracking.models import MonthlyReport
from tests import factories

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def workbook(tmp_path: Path) -> bytes:
    """一张两行的区属清单。"""
    path = tmp_path / "清单.xlsx"
    write_project_list(
        path,
        year=2022,
        level="district",
        title="2022年普陀区区属重大工程清单",
        unit_line="填报单位：区推进办　2022年1月",
        rows=[
            {
                "name": "甲小学",
                "category": "livelihood",
                "responsible_unit": "区教育局",
                "total_investment": 125_000_000,
            },
            {"name": "乙住宅", "category": "housing", "responsible_unit": "区房管局", "goal": "竣工"},
        ],
    )
    return path.read_bytes()


def upload(client: Client, content: bytes, **fields: Any) -> Any:
    file = SimpleUploadedFile("清单.xlsx", content, content_type=XLSX)
    return client.post("/imports/", {"workbook": file, "year": "2022", "month": "", **fields})


def test_preview_reads_every_cell_and_writes_nothing(office: Client, workbook: bytes) -> None:
    sent = upload(office, workbook)
    text = office.get(sent["Location"]).text

    assert "将写入 <strong>2</strong>" in text
    assert "125,000,000" in text and "总投资（元）" in text and "甲小学" in text
    assert "确认导入" in text
    assert Project.objects.count() == 0 and ImportBatch.objects.count() == 0


def test_confirming_imports_once_and_shows_the_result(
    office: Client, workbook: bytes, django_capture_on_commit_callbacks: Any
) -> None:
    address = upload(office, workbook)["Location"]
    key = {"idempotency_key": str(uuid.uuid4())}
    with django_capture_on_commit_callbacks(execute=True):
        done = office.post(address, key)
    with django_capture_on_commit_callbacks(execute=True):
        again = office.post(address, key)
    text = office.get(address).text

    assert (done.status_code, again["Location"]) == (302, done["Location"])
    assert Project.objects.count() == 2 and ImportBatch.objects.count() == 1
    assert "导入结果" in text and "确认导入" not in text
    assert "查看2022年项目" in text

    code = Project.objects.get(profile__name="甲小学").code
    page = office.get(f"/projects/{code}/?year=2022").text
    assert "1.25亿元" in page and "来自哪里" in page and "《清单.xlsx》" in page
    category = page[page.index("<dt>类别</dt>") :]
    assert "随一批导入写入" in category[: category.index("</div>")]  # 类别由标题行来，没有自己的格


def odd_report(path: Path, header: str = "干了多少") -> bytes:
    """一份表头认不得、没写单位、名称差一个字的月报。"""
    book = Workbook()
    for row in (
        ["2022年6月月报"],
        ["序号", "项目名称", header, "存在问题"],
        [1, "示例中心医院急诊综合大楼", 12, "无"],
    ):
        book.worksheets[0].append(row)
    book.save(path)
    return path.read_bytes()


def correct(client: Client, address: str, **fields: str) -> Any:
    return client.post(address, {"idempotency_key": str(uuid.uuid4()), **fields})


def test_the_sheet_is_drawn_and_a_column_a_name_and_a_cell_can_be_corrected(
    office: Client, tmp_path: Path, db: None
) -> None:
    project_year = factories.project_year("示例中心医院急诊综合楼")
    address = upload(office, odd_report(tmp_path / "月报.xlsx"), month="6")["Location"]
    text = office.get(address).text

    assert 'class="cell-rejected" title="不在2022年清单上。最像的是“示例中心医院急诊综合楼”' in text
    assert "确认；项目名称：示例中心医院急诊综合大楼" in text
    assert "名称相近，请认一认" in text and "就是这个项目" in text
    assert "未识别的列“干了多少”" in text

    correct(
        office, address, what="columns", **{"field:干了多少": "month_investment", "unit:干了多少": "亿元"}
    )
    correct(office, address, what="name", name="示例中心医院急诊综合大楼", code=project_year.project.code)
    correct(office, address, what="cell", sheet="Sheet", cell="c3", text="0.5")
    text = office.get(address).text

    assert 'class="cell-taken" title="项目名称：示例中心医院急诊综合大楼"' in text
    assert "本月完成投资（元）：50,000,000" in text and "Sheet!C3 改为“0.5”" in text
    assert "名称相近" not in text and "将写入 <strong>1</strong>" in text
    correct(office, address)
    assert MonthlyReport.objects.get().investment_yuan == 50_000_000
    raw = {cell["cell"]: cell["raw"] for cell in RowSource.objects.get().cells}
    assert raw["C3"] == "12（预演时改为“0.5”）"  # 来历不许说原表写的是改后的数


def test_a_thousand_turned_away_rows_are_not_all_listed(office: Client, tmp_path: Path, db: None) -> None:
    path = tmp_path / "月报.xlsx"
    odd_report(path, header="本月完成投资（万元）")
    book = load_workbook(path)
    for number in range(2, 80):
        book.worksheets[0].append([number, f"没有的项目{number}号", 12, "无"])
    book.save(path)
    text = office.get(upload(office, path.read_bytes(), month="6")["Location"]).text

    assert text.count("不在2022年清单上。请先导入清单或核对名称。</li>") == 50
    assert "<li>另有 29 条，导入后在“最近的导入”里点开这一批的数" in text


def test_each_cell_of_a_hidden_row_or_column_says_so(office: Client, tmp_path: Path, db: None) -> None:
    factories.project_year("示例中心医院急诊综合大楼")
    path = tmp_path / "月报.xlsx"
    odd_report(path, header="本月完成投资（万元）")
    book = load_workbook(path)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(path)
    text = office.get(upload(office, path.read_bytes(), month="6")["Location"]).text

    assert 'title="本月完成投资（元）：120,000；所在的行是隐藏的"' in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"what": "cell", "sheet": "Sheet", "cell": "3C", "text": "1"}, "不是单元格地址"),
        ({"what": "columns", "field:干了多少": "nonsense"}, "字段或单位不认识"),
        ({"what": "columns"}, "没有可改的列"),
        ({"what": "name", "name": "甲", "code": "不存在"}, "没有这个项目"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    office: Client, tmp_path: Path, db: None, fields: dict[str, str], said: str
) -> None:
    address = upload(office, odd_report(tmp_path / "月报.xlsx"), month="6")["Location"]

    response = correct(office, address, **fields)

    assert response.status_code == 422
    assert said in response.text


def test_importing_the_same_workbook_again_changes_nothing(office: Client, workbook: bytes) -> None:
    office.post(upload(office, workbook)["Location"], {"idempotency_key": "a"})

    text = office.get(upload(office, workbook)["Location"]).text

    assert "将写入 <strong>0</strong> + 未变 <strong>2</strong>" in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("清单.docx", b"x", "只收 .xlsx、.xlsm"), ("清单.xlsx", b"", "文件是空的")],
)
def test_wrong_files_are_refused_with_the_remedy(
    office: Client, name: str, content: bytes, said: str
) -> None:
    response = office.post("/imports/", {"workbook": SimpleUploadedFile(name, content), "year": "2022"})

    assert response.status_code == 422
    assert said in response.text


def test_a_broken_workbook_is_explained_not_crashed(office: Client, db: None) -> None:
    address = upload(office, b"PK\x03\x04 not a workbook")["Location"]

    response = office.get(address)

    assert response.status_code == 200
    assert "不能导入，数据库未作任何改动" in response.text
    assert office.post(address, {"idempotency_key": "k"}).status_code == 422


def test_only_the_uploader_finds_the_upload(
    office: Client, workbook: bytes, as_user: Callable[[User], Client]
) -> None:
    address = upload(office, workbook)["Location"]

    assert as_user(factories.user(Role.CLERK)).get(address).status_code == 404
    assert office.get(f"/imports/{uuid.uuid4()}/").status_code == 404


def test_a_batch_is_undone_once_with_a_reason(office: Client, workbook: bytes) -> None:
    correct(office, upload(office, workbook)["Location"])
    batch = ImportBatch.objects.get()
    assert "撤销这一批" in office.get("/imports/").text

    refused = correct(office, f"/imports/batches/{batch.pk}/undo/", reason="")
    done = correct(office, f"/imports/batches/{batch.pk}/undo/", reason="导错了文件")
    again = correct(office, f"/imports/batches/{batch.pk}/undo/", reason="导错了文件")

    assert (refused.status_code, done.status_code, again.status_code) == (422, 302, 422)
    assert "请写明撤销的理由" in refused.text and "已经撤销过" in again.text
    text = office.get("/imports/").text
    assert "已撤销" in text and "撤销这一批" not in text
    assert ListEntry.objects.live().count() == 0


def test_the_collection_form_is_fetched_by_the_office_only(
    office: Client, workbook: bytes, as_user: Callable[[User], Client]
) -> None:
    correct(office, upload(office, workbook)["Location"])
    unit = Organization.objects.get(name="区教育局")
    address = f"/imports/form/?month=2022-06&unit={unit.pk}"

    text = office.get("/imports/").text
    assert "下发月报采集表" in text and '<option value="2022-01">2022年1月</option>' in text
    assert office.get(address)["Content-Disposition"].startswith("attachment")
    assert office.get("/imports/form/?month=2022-13&unit=1").status_code == 404
    assert as_user(factories.user(Role.AUDITOR)).get(address).status_code == 403


def test_a_form_that_could_not_come_back_is_not_sent_out(office: Client, workbook: bytes) -> None:
    correct(office, upload(office, workbook)["Location"])
    unit = Organization.objects.get(name="区教育局")
    close_month(month=date(2022, 1, 1), by=factories.operator())

    frozen = office.get(f"/imports/form/?month=2022-01&unit={unit.pk}")
    absent = office.get(f"/imports/form/?month=2024-01&unit={unit.pk}")

    assert (frozen.status_code, absent.status_code) == (422, 422)
    assert "没有取到采集表：2022年1月已关账冻结" in frozen.text
    assert "区教育局在2024年清单上没有项目" in absent.text
    assert '<option value="2022-01">' not in frozen.text and '<option value="2022-02">' in frozen.text


def test_a_corrected_cell_can_be_taken_back(office: Client, tmp_path: Path, db: None) -> None:
    factories.project_year("示例中心医院急诊综合楼")
    address = upload(office, odd_report(tmp_path / "月报.xlsx"), month="6")["Location"]
    correct(office, address, what="cell", sheet="Sheet", cell="ZZ900", text="错地方")
    assert "Sheet!ZZ900 改为“错地方”" in office.get(address).text

    correct(office, address, what="withdraw", key="Sheet!ZZ900")

    assert "ZZ900" not in office.get(address).text
    again = correct(office, address, what="withdraw", key="Sheet!ZZ900")
    assert again.status_code == 422 and "这一格没有改过" in again.text


def test_uploads_are_swept_after_a_week_with_what_a_killed_job_left(
    office: Client, workbook: bytes, tmp_path: Path, settings: Any
) -> None:
    settings.HOME = tmp_path
    old = upload(office, workbook)["Location"]
    (tmp_path / "uploads/import-killed").mkdir()
    (tmp_path / "uploads/import-killed/清单.xlsx").write_bytes(workbook)
    for path in (tmp_path / "uploads").glob("*"):
        os.utime(path, (0, 0))

    fresh = upload(office, workbook)["Location"]

    assert office.get(old).status_code == 404 and office.get(fresh).status_code == 200
    assert sorted(path.suffix for path in (tmp_path / "uploads").iterdir()) == [".json", ".xlsx"]


def test_issuing_before_the_year_is_closed_is_refused_with_the_remedy(office: Client, db: None) -> None:
    factories.project_year("甲小学")

    response = office.post(
        "/documents/", {"what": "issue", "year": "2022", "on": "2023-01-28", "idempotency_key": "k"}
    )

    assert response.status_code == 422
    assert "尚未年末关账" in response.text
    assert OfficialDocument.objects.count() == 0


def test_issued_document_downloads_and_verifies(office: Client, db: None) -> None:
    factories.project_list(
        [factories.listed("甲小学"), factories.listed("乙轨交", level="municipal", category="")]
    )
    for number in range(1, 13):
        close_month(month=date(2022, number, 1), by=factories.operator())
    close_year(year=2022, by=factories.operator())
    form = {"what": "issue", "year": "2022", "on": "2023-01-28", "idempotency_key": "k"}

    text = office.post("/documents/", form, follow=True).text
    office.post("/documents/", form)
    document = OfficialDocument.objects.get()
    sent = office.get(f"/documents/{document.pk}/file/")
    content = b"".join(sent.streaming_content)
    checked = office.post(
        "/documents/", {"what": "verify", "document": SimpleUploadedFile("总结.docx", content)}
    )

    assert "已生成" in text and document.title in text
    assert sent["Content-Disposition"].startswith("attachment")
    assert hashlib.sha256(content).hexdigest() == document.sha256
    assert "核验通过" in checked.text


def test_a_file_that_is_no_document_of_ours_does_not_verify(office: Client, db: None) -> None:
    broken = SimpleUploadedFile("总结.docx", b"PK not a document")

    response = office.post("/documents/", {"what": "verify", "document": broken})

    assert response.status_code == 200
    assert "核验未通过" in response.text


def test_only_docx_is_verified(office: Client, db: None) -> None:
    response = office.post(
        "/documents/", {"what": "verify", "document": SimpleUploadedFile("总结.pdf", b"%PDF")}
    )

    assert response.status_code == 422
    assert "只收 .docx 文件" in response.text


def test_auditors_may_verify_but_not_issue(as_user: Callable[[User], Client], db: None) -> None:
    factories.project_year("甲小学")
    auditor = as_user(factories.user(Role.AUDITOR))

    assert "生成年度总结" not in auditor.get("/documents/").text
    refused = auditor.post("/documents/", {"what": "issue", "year": "2022", "on": "2023-01-28"})
    assert refused.status_code == 403
    assert "推进办办理" in refused.text


def test_a_problem_list_shows_each_problem_and_a_cell_that_is_only_coloured(
    office: Client, tmp_path: Path, db: None
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["问题清单"],
        ["序号", "项目名称", "存在问题", "责任部门", "完成时限", "是否销号"],
        [1, "示例小学", "1.土地未腾；2.管线未搬", "区建管委、区教育局", "6月底", None],
        [2, "示例医院", "噪声", "区卫健委", "尽快", "√"],
    ):
        sheet.append(row)
    sheet["F3"].fill = PatternFill("solid", fgColor="FFFF0000")
    path = tmp_path / "问题.xlsx"
    book.save(path)

    text = office.get(upload(office, path.read_bytes())["Location"]).text

    assert "没有“示例小学”这个项目。请先导入清单或核对名称。" in text
    assert "<li>土地未腾</li><li>管线未搬</li>" in text and "<li>区教育局</li>" in text
    assert "<s>（只有颜色）</s>" in text and "√（已销号）" in text


def test_two_tables_on_one_sheet_are_drawn_one_after_the_other(
    office: Client, tmp_path: Path, db: None
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "进展"
    for row in (
        ["2022年6月进展（万元）"],
        ["序号", "项目名称", "本月完成投资", "累计完成投资", "形象进度"],
        [1, "示例小学", 4, 20, "桩基施工"],
        ["序号", "项目名称", "存在问题", "牵头单位", "解决时限"],
        [1, "示例小学", "管线未搬", "区建管委", "尽快"],
    ):
        sheet.append(row)
    path = tmp_path / "两张.xlsx"
    book.save(path)

    text = office.get(upload(office, path.read_bytes(), month="6")["Location"]).text

    assert text.count('<table class="drawn">') == 2
    assert "工作表“进展”：月报" in text and "工作表“进展”上的又一张：问题清单" in text
    assert text.count('<th scope="row">5</th>') == 1 and text.count("<option>进展</option>") == 1
    assert "存在问题：管线未搬" in text
    assert re.search(r'<td class="cell-ignored"[^>]* colspan="5"[^>]*>2022年6月进展（万元）</td>', text)
    assert re.search(r'<td class="cell-rejected num"[^>]*><s>20</s></td>', text)


def test_a_title_with_a_remark_runs_over_the_empty_cells(office: Client, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["2023年6月进展（万元）"], ["序号", "项目名称", "总投资"], [1, "示例小学", 20]):
        book.worksheets[0].append(row)
    path = tmp_path / "一张.xlsx"
    book.save(path)

    text = office.get(upload(office, path.read_bytes(), month="6")["Location"]).text

    assert re.search(r'<td class="cell-warned"[^>]* colspan="3"[^>]*>! 2023年6月进展（万元）</td>', text)
