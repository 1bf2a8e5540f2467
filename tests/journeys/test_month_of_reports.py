"""一个月的月报：安静的项目几下办完、断网不丢只报一次、报的人与审的人各办各的。"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kaopu.demo.accounts import PASSWORD
from tests.uploads import PDF, picture

Served = str


def signed_in(browser: Browser, served: Served, name: str, width: int = 1366) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 768}, locale="zh-CN").new_page()
    page.goto(f"{served}/signin/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{served}/")
    return page


@pytest.fixture
def unit(browser: Browser, served: Served) -> Iterator[Page]:
    """责任单位经办（示例区建管委）。"""
    page = signed_in(browser, served, "jianguan")
    yield page
    page.context.close()


def first_waiting(page: Page, served: Served, month: str, words: str) -> str:
    """月报台上第一个办理栏有 ``words`` 的项目；返回那一行的项目名。"""
    page.goto(f"{served}/reports/{month}/")
    row = page.locator("tbody tr", has=page.get_by_role("link", name=words, exact=True)).first
    return row.locator("th a").inner_text()


def row_of(page: Page, name: str):
    return page.locator("tbody tr", has=page.get_by_role("link", name=name, exact=True))


def test_a_quiet_project_takes_two_presses(unit: Page, page: Page, served: Served) -> None:
    name = first_waiting(unit, served, "2023-02", "填报")
    row_of(unit, name).get_by_role("link", name="填报").click()
    unit.locator("[name=investment]").fill("50")
    unit.locator("[name=progress]").fill("3")
    unit.locator("[name=work]").fill("场地平整")
    unit.get_by_role("button", name="报出", exact=True).click()
    unit.goto(f"{served}/reports/2023-03/")

    row_of(unit, name).get_by_role("link", name="填报").press("Enter")
    unit.get_by_role("button", name="本月无进展，报出").press("Enter")

    expect(unit.locator(".notice").first).to_contain_text("2023年3月月报已报出")
    expect(row_of(unit, name)).to_contain_text("待推进办审定")
    expect(row_of(unit, name)).to_contain_text("3%")

    page.goto(f"{served}/reports/2023-03/?state=unit_approved")
    page.get_by_label(f"勾选{name}").check()
    page.get_by_role("button", name="审定所选").click()
    expect(page.locator(".notice").first).to_contain_text("已审定 1 份")


def test_a_lost_connection_loses_nothing_and_files_once(unit: Page, served: Served) -> None:
    name = first_waiting(unit, served, "2023-04", "填报")
    row_of(unit, name).get_by_role("link", name="填报").click()
    address = unit.url
    unit.locator("[name=investment]").fill("12.5")
    unit.locator("[name=progress]").fill("5")
    unit.locator("[name=work]").fill("断网之前写的字")
    unit.context.set_offline(True)
    unit.get_by_role("button", name="报出", exact=True).click()
    expect(unit.locator("#draft-note")).to_contain_text("没有报出。草稿已存")

    unit.context.set_offline(False)
    unit.goto(address)
    expect(unit.locator("[name=work]")).to_have_value("断网之前写的字")
    unit.get_by_role("button", name="报出", exact=True).click()

    expect(row_of(unit, name)).to_contain_text("12.5")
    row_of(unit, name).get_by_role("link", name="查看").click()
    expect(unit.locator("main")).to_contain_text("共 1 版")
    assert unit.evaluate("Object.keys(localStorage).filter(n => n.startsWith('kaopu-draft'))") == []


def test_a_return_says_why_and_the_next_version_is_reviewed_anew(
    unit: Page, page: Page, served: Served
) -> None:
    name = first_waiting(unit, served, "2023-05", "填报")
    row_of(unit, name).get_by_role("link", name="填报").click()
    for field, text in (("investment", "1"), ("progress", "6"), ("work", "初报")):
        unit.locator(f"[name={field}]").fill(text)
    unit.get_by_role("button", name="报出", exact=True).click()

    page.goto(f"{served}/reports/2023-05/")
    row_of(page, name).get_by_role("link", name="审核").click()
    page.get_by_role("button", name="退回").click()
    expect(page.locator(".problems")).to_contain_text("退回须写明理由")
    page.locator("[name=reason]").fill("投资与台账不符，请核对")
    page.get_by_role("button", name="退回").click()

    unit.goto(f"{served}/reports/2023-05/?state=returned")
    expect(row_of(unit, name)).to_contain_text("投资与台账不符")
    row_of(unit, name).get_by_role("link", name="改报").click()
    unit.locator("[name=investment]").fill("2")
    unit.get_by_role("button", name="报出", exact=True).click()
    expect(row_of(unit, name)).to_contain_text("待推进办审定")


@pytest.mark.parametrize("width", [390, 1366, 1920])
@pytest.mark.parametrize(
    "path", ["/reports/2022-06/", "/projects/S10/reports/2022-06/review/", "/projects/S20/reports/2023-06/"]
)
def test_report_pages_fit_the_width(page: Page, served: Served, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{served}{path}")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_files_photos_and_the_reviewer_sees_them(
    browser: Browser, served: Served, page: Page, tmp_path: Path
) -> None:
    """390 点宽的手机一次传两样；退回后照留，不要的去掉勾；草稿不弄乱勾选；审的人看得见画面。"""
    photo, file = tmp_path / "现场.jpg", tmp_path / "验收单.pdf"
    photo.write_bytes(picture((3000, 2000)))
    file.write_bytes(PDF)
    phone = signed_in(browser, served, "jianguan", width=390)
    name = first_waiting(phone, served, "2023-07", "填报")
    row_of(phone, name).get_by_role("link", name="填报").click()
    address = phone.url
    for field, text in (("investment", "1"), ("progress", "6"), ("work", "附照片")):
        phone.locator(f"[name={field}]").fill(text)
    phone.locator("[name=attachments]").set_input_files([photo, file])
    phone.get_by_role("button", name="报出", exact=True).click()
    expect(phone.locator(".notice").first).to_contain_text("月报已报出")

    phone.goto(address)
    phone.locator("[name=work]").fill("草稿里的字")
    phone.goto(f"{served}/reports/2023-07/")
    phone.goto(address)
    expect(phone.locator("[name=work]")).to_have_value("草稿里的字")
    phone.get_by_label("验收单.pdf").uncheck()
    phone.get_by_role("button", name="报出", exact=True).click()
    phone.context.close()

    page.goto(f"{served}/reports/2023-07/")
    row_of(page, name).get_by_role("link", name="审核").click()
    shown = page.locator(".files img")
    expect(shown).to_have_count(1)
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480
    with page.expect_download() as download:
        page.locator(".files li > a").click()
    assert download.value.suggested_filename == "现场.jpg"
