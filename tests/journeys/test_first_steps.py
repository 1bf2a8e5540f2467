"""新来的人最先走的几步：看总览点开 27，导入样表先预演，报一份月报；并查无障碍。"""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from kaopu.exchange.excel_out import write_project_list


def test_click_27_and_see_27_names(page: Page) -> None:
    page.get_by_role("link", name="27", exact=False).first.click()

    expect(page.locator("h1")).to_contain_text("滞后")
    expect(page.locator("table").first.locator("tbody tr")).to_have_count(27)


def test_the_wall_screen_needs_no_scrolling(page: Page, served: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{served}/")
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")

    assert size == [1920, 1080]


@pytest.mark.parametrize("width", [390, 1366, 1920])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/projects/",
        "/projects/S10/",
        "/figures/",
        "/imports/",
        "/documents/",
        "/projects/S10/records/2023/",
    ],
)
def test_no_page_scrolls_sideways(page: Page, served: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{served}{path}")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_list_is_rehearsed_and_then_taken_in(page: Page, served: str, tmp_path: Path) -> None:
    rows = [
        {"name": f"示例·导入{n}", "category": "livelihood", "goal": "竣工", "goal_due": "年内"}
        for n in (1, 2)
    ]
    write_project_list(
        tmp_path / "清单.xlsx",
        year=2024,
        level="district",
        title="2024年清单",
        unit_line="区推进办",
        rows=rows,
    )
    page.goto(f"{served}/imports/")
    page.set_input_files("input[type=file]", tmp_path / "清单.xlsx")
    page.fill("input[name=year]", "2024")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("示例·导入1")
    page.get_by_role("button", name="确认导入").click()

    expect(page.locator("main")).to_contain_text("写入")
    page.goto(f"{served}/projects/?year=2024")
    expect(page.locator("main")).to_contain_text("共 2 个")


def test_the_real_messy_list_is_rehearsed_with_its_doubts(page: Page, served: str, shared: Path) -> None:
    sample = shared / "domain" / "samples" / "W1.xlsx"
    if not sample.exists():
        pytest.skip("没有 ../shared，无从读样表")
    page.goto(f"{served}/imports/")
    page.set_input_files("input[type=file]", sample)
    page.fill("input[name=year]", "2025")
    page.locator("main form button[type=submit]").first.click()

    for words in ("H19", "#REF!", "N12", "2022年6月31日", "H16"):
        expect(page.locator("main")).to_contain_text(words)


def test_a_monthly_report_is_entered_and_submitted(page: Page, served: str) -> None:
    page.goto(f"{served}/projects/S20/reports/2023-01/")
    page.locator("[name=investment]").fill("120.5")
    page.locator("[name=progress]").fill("8")
    page.locator("[name=work]").fill("基坑开挖")
    page.locator("main form button[type=submit]").first.click()

    expect(page.locator(".notice").first).to_contain_text("已报出，本月投资120.5万元，累计进度 8%")
    page.goto(f"{served}/projects/S20/?year=2023")
    expect(page.locator("main")).to_contain_text("基坑开挖")


@pytest.mark.parametrize(
    "path", ["/", "/projects/", "/projects/S10/", "/figures/", "/figures/outcome.lagging/", "/imports/", "/documents/",
             "/projects/S10/reports/2023-01/"],
)  # fmt: skip
def test_no_serious_accessibility_violation(page: Page, served: str, path: str) -> None:
    page.goto(f"{served}{path}")
    found = Axe().run(page).response["violations"]

    serious = [
        (rule["id"], rule["nodes"][0]["html"]) for rule in found if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_remembered_overview_changes_with_the_next_fact(page: Page, served: str, tmp_path: Path) -> None:
    page.goto(f"{served}/?year=2026")
    expect(page.locator("main")).not_to_contain_text("示例·新报")
    write_project_list(
        tmp_path / "清单.xlsx", year=2026, level="district", title="2026年清单", unit_line="区推进办",
        rows=[{"name": "示例·新报", "category": "housing", "goal": "竣工"}],
    )  # fmt: skip
    page.goto(f"{served}/imports/")
    page.set_input_files("input[type=file]", tmp_path / "清单.xlsx")
    page.fill("input[name=year]", "2026")
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("button", name="确认导入").click()
    page.goto(f"{served}/projects/?year=2026")

    expect(page.locator("main")).to_contain_text("示例·新报")
