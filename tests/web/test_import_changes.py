"""导入改了什么：每条事实改前改后、写在原表哪一格，由事实对照出来（TRUST §1 规则 5）。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client, TestCase

from kaopu.accounts.models import User
from kaopu.audit.models import Operation
from kaopu.domain.escalation import ISSUE_STATE_LABELS, ISSUE_VERB_LABELS, IssueState, IssueVerb
from kaopu.domain.rights import Role
from kaopu.exchange.actions import import_workbook
from kaopu.exchange.changes import changes_of
from kaopu.exchange.excel_out import write_monthly_report
from kaopu.exchange.models import ImportBatch
from kaopu.exchange.queries import origins_of_months, rows_of
from kaopu.exchange.undo import undo_import
from kaopu.projects.models import ProjectYear
from kaopu.supervision.models import Issue
from kaopu.tracking.actions import submit_report
from kaopu.tracking.models import MonthlyReport
from tests import factories
from tests.exchange.test_import import ROWS, list_workbook
from tests.exchange.test_problem_import import ROWS as PROBLEMS
from tests.exchange.test_problem_import import problems
from tests.exchange.workbooks import write

pytestmark = pytest.mark.django_db
JUNE = date(2022, 6, 1)
Told = dict[tuple[str, str, str], tuple[str, str, str]]


def told(operation: Operation) -> Told:
    """（项目，哪一条，栏）→（改前，改后，原表所写）。"""
    return {
        (fact.project.code if fact.project else "", f"{fact.kind} {fact.about}", field.label): (
            field.before,
            field.after,
            field.cell,
        )
        for fact in changes_of(operation)
        for field in fact.fields
    }


@pytest.fixture
def revised(tmp_path: Path) -> ImportBatch:
    """清单导了两遍，第二遍改了总投资、目标与责任单位。"""
    by = factories.operator()
    first = [{**ROWS[0], "responsible_unit": "示例教育局"}, ROWS[1]]
    second = [
        {**ROWS[0], "total_investment": 5_000_000, "goal": "开工", "responsible_unit": "示例建管委"},
        ROWS[1],
    ]
    import_workbook(list_workbook(tmp_path / "a.xlsx", first), year=2022, by=by)
    import_workbook(list_workbook(tmp_path / "b.xlsx", second), year=2022, by=by)
    return ImportBatch.objects.latest("pk")


def test_an_import_tells_each_value_before_and_after_and_its_cell(revised: ImportBatch) -> None:
    found = told(revised.operation)

    before, after, cell = found["A1", "项目档案 第2版", "总投资（元）"]
    assert (before, after) == ("90,000,000", "5,000,000") and cell.endswith("“500”")
    assert found["A1", "项目档案 第2版", "责任单位"][:2] == ("示例教育局", "示例建管委")
    assert found["A1", "年度目标 2022年", "年度目标"][:2] == ("竣工", "开工")
    assert {code for code, _, _ in found} == {"A1"}  # 没改的项目没有写下事实


def test_a_first_import_has_no_before(tmp_path: Path) -> None:
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=factories.operator())

    found = told(ImportBatch.objects.get().operation)

    assert found["A2", "项目档案 第1版", "项目名称"][:2] == ("—", "示例医院")
    assert all(before == "—" for before, _, _ in found.values())


def test_an_undo_tells_what_it_brought_back(revised: ImportBatch) -> None:
    undone = undo_import(batch=revised, reason="导错了", by=factories.operator())

    found = told(undone.operation)

    assert found["A1", "项目档案 第3版", "总投资（元）"] == ("5,000,000", "90,000,000", "")
    assert found["A1", "年度目标 2022年", "年度目标"] == ("开工", "竣工", "")


def test_plans_and_reports_tell_their_month(tmp_path: Path) -> None:
    by = factories.operator()
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=by)
    rows = [{"code": "A1", "name": "示例小学", "month_investment": 30_000, "work": "封顶"}]
    write_monthly_report(tmp_path / "r.xlsx", month=JUNE, title="月报", rows=rows)
    import_workbook(tmp_path / "r.xlsx", year=2022, month=JUNE, by=by)
    write_monthly_report(
        tmp_path / "s.xlsx", month=JUNE, title="月报", rows=[{**rows[0], "month_investment": 40_000}]
    )
    import_workbook(tmp_path / "s.xlsx", year=2022, month=JUNE, by=by)

    before, after, cell = told(ImportBatch.objects.latest("pk").operation)[
        "A1", "月报 2022年6月", "本月完成投资（元）"
    ]
    assert (before, after) == ("30,000", "40,000") and "“4”" in cell


def test_the_trace_and_the_list_of_imports_open_it(
    as_user: Callable[[User], Client], revised: ImportBatch
) -> None:
    auditor = as_user(factories.user(Role.AUDITOR))
    director = as_user(factories.user(Role.OFFICE_DIRECTOR))
    address = f"/trace/{revised.operation_id}/"

    assert f'href="{address}"' in auditor.get("/trace/").text
    for page in (auditor.get(address).text, director.get(f"/imports/batches/{revised.pk}/").text):
        assert "<td>90,000,000</td><td>5,000,000</td>" in page and "b.xlsx" in page
    assert f'href="/imports/batches/{revised.pk}/"' in director.get("/imports/").text
    owner = as_user(factories.user(Role.PROJECT_OWNER))
    assert {owner.get(address).status_code, owner.get(f"/imports/batches/{revised.pk}/").status_code} == {403}
    assert auditor.get("/trace/999999/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_however_long(
    as_user: Callable[[User], Client],
    tmp_path: Path,
    django_assert_num_queries: Callable[[int], Iterator[None]],
    count: int,
) -> None:
    rows = [{**ROWS[0], "code": f"A{n}", "name": f"示例{n}号小学"} for n in range(count)]
    import_workbook(list_workbook(tmp_path / "a.xlsx", rows), year=2022, by=factories.operator())
    operation = ImportBatch.objects.get().operation
    client = as_user(factories.user(Role.AUDITOR))
    client.get(f"/trace/{operation.pk}/")

    with django_assert_num_queries(19):
        client.get(f"/trace/{operation.pk}/")


def test_every_column_told_has_a_chinese_name(revised: ImportBatch) -> None:
    undo_import(batch=revised, reason="导错了", by=factories.operator())

    labels = {label for operation in Operation.objects.all() for _, _, label in told(operation)}

    assert len(labels) > 8 and not [label for label in labels if label.isascii()]


def test_what_an_imported_problem_wrote_is_told_in_chinese(tmp_path: Path) -> None:
    factories.project_list([factories.listed("示例小学")])
    import_workbook(problems(tmp_path / "问题.xlsx"), year=2022, by=factories.operator())

    fields = told(ImportBatch.objects.latest("pk").operation)

    steps = {label: after for (_, fact, label), (_, after, _) in fields.items() if "问题的办理" in fact}
    assert (steps["动作"], steps["状态"]) == (
        ISSUE_VERB_LABELS[IssueVerb.RAISE],
        ISSUE_STATE_LABELS[IssueState.RAISED],
    )


def test_the_result_page_opens_what_changed(as_user: Callable[[User], Client], tmp_path: Path) -> None:
    client = as_user(factories.user(Role.OFFICE_DIRECTOR))
    with list_workbook(tmp_path / "a.xlsx").open("rb") as file:
        address = client.post("/imports/", {"workbook": file, "year": "2022", "month": ""}).headers[
            "Location"
        ]
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(address, {"idempotency_key": "k1"})

    assert f'href="/imports/batches/{ImportBatch.objects.get().pk}/"' in client.get(address).text


def test_the_project_page_says_where_each_month_comes_from(
    as_user: Callable[[User], Client], tmp_path: Path
) -> None:
    by = factories.operator()
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=by)
    rows = [{"code": "A1", "name": "示例小学", "month_investment": 30_000, "work": "封顶"}]
    write_monthly_report(tmp_path / "r.xlsx", month=JUNE, title="月报", rows=rows)
    import_workbook(tmp_path / "r.xlsx", year=2022, month=JUNE, by=by)
    year = ProjectYear.objects.get(project__code="A1")
    filed = factories.user(Role.OFFICE_DIRECTOR)
    submit_report(
        project_year=year, month=date(2022, 7, 1), by=filed, on=date(2022, 7, 25), seen=None,
        work="装修", investment_yuan=10_000, progress_percent=Decimal(50),
    )  # fmt: skip

    text = as_user(filed).get("/projects/A1/?year=2022").text

    listed = re.sub(r"\s+", "", text[text.index("各月来自哪里") :])
    assert re.search(
        r"6月月报：《r.xlsx》工作表“[^”]+”[A-Z]+\d+“3”、[A-Z]+\d+“封顶”；.*?由命令行导入", listed
    )
    assert re.search(rf"7月月报：[^<]*由{filed.username}在网页上登记", listed)


def test_each_count_of_a_batch_opens_its_rows(tmp_path: Path, office: Client) -> None:
    by, names = factories.operator(), ("read", "applied", "unchanged", "rejected", "classified")
    rows = [ROWS[0], {**ROWS[0], "code": ""}, {**ROWS[1], "code": "A9", "nature": "续" * 30}, ROWS[1]]
    import_workbook(list_workbook(tmp_path / "a.xlsx", ROWS[:1]), year=2022, by=by)
    import_workbook(list_workbook(tmp_path / "b.xlsx", rows), year=2022, by=by)
    batch = ImportBatch.objects.latest("pk")
    pages = {
        name: office.get(f"/imports/batches/{batch.pk}/?list={name}").text for name in (*names, "warnings")
    }

    counts = [batch.rows_in, batch.applied, batch.unchanged, batch.rejected, batch.classified]
    assert [pages[name].count('<tr><th scope="row"') for name in names] == counts
    assert batch.applied == batch.unchanged == 1 and batch.classified > 1
    for name, row in (("applied", ROWS[1]), ("unchanged", ROWS[0])):
        assert f'href="/projects/{row["code"]}/?year=2022"' in pages[name]
        assert f'href="/projects/{row["code"]}/?year=2022"' in pages["read"]
    assert "有30字，最多20字" in pages["rejected"] and "有30字，最多20字" in pages["warnings"]
    assert "表头" in pages["classified"] and "表头" in pages["read"]
    assert office.get(f"/imports/batches/{batch.pk}/?list=all").status_code == 400
    overview = office.get("/imports/").text
    for name, number in zip(names, counts, strict=True):
        assert f'/imports/batches/{batch.pk}/?list={name}#h-list">{number}</a>' in overview


def test_an_unchanged_problem_opens_its_issue(tmp_path: Path, office: Client) -> None:
    by = factories.operator()
    factories.project_list([factories.listed("示例小学")])
    for _ in range(2):
        import_workbook(problems(tmp_path / "p.xlsx", [PROBLEMS[1]]), year=2022, by=by)
    batch = ImportBatch.objects.latest("pk")

    text = office.get(f"/imports/batches/{batch.pk}/?list=unchanged").text

    assert batch.unchanged == text.count('<tr><th scope="row"') == 1
    assert f'href="/issues/{Issue.objects.get().pk}/"' in text


def test_a_batch_from_before_the_fates_were_kept_still_opens_its_rows(tmp_path: Path, office: Client) -> None:
    import_workbook(list_workbook(tmp_path / "a.xlsx", ROWS), year=2022, by=factories.operator())
    batch = ImportBatch.objects.get()
    batch.fates = None

    assert [row.row for row in rows_of(batch, "applied")] == [
        row.row for row in rows_of(ImportBatch.objects.get(), "applied")
    ]
    assert rows_of(batch) == []


def test_a_text_of_two_columns_tells_both_cells(tmp_path: Path) -> None:
    by = factories.operator()
    import_workbook(list_workbook(tmp_path / "a.xlsx"), year=2022, by=by)
    rows = [["项目名称", "形象进度", "推进情况"], [ROWS[0]["name"], "桩基施工", "桩基完成八成"]]
    path = write(tmp_path / "6月.xlsx", [["2022年6月进展"], *rows], sheet="进展")
    import_workbook(path, year=2022, month=JUNE, by=by)
    batch = ImportBatch.objects.latest("pk")

    _, after, cell = told(batch.operation)["A1", "月报 2022年6月", "本月工作内容"]
    assert after == "桩基施工\n桩基完成八成" and cell == "进展!B3 “桩基施工”；进展!C3 “桩基完成八成”"
    project = ProjectYear.objects.get(project__code="A1", year=2022).project
    (origin,) = origins_of_months(project, tuple(MonthlyReport.objects.filter(project_year__project=project)))
    assert [(source.cell, source.raw) for source in origin.cells] == [
        ("B3", "桩基施工"),
        ("C3", "桩基完成八成"),
    ]
