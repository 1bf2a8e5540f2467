"""打印：每种页印在 A4 横排的纸上，只印内容、黑字、表不裁切、换页重复表头；看过去的印着是过去。"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page

PAPER = 1032  # A4 横排去掉两边各 12 mm，像素（96 dpi）
SHRINKS_TO = 0.75  # 太宽的，浏览器印时自己缩小到这么多为止，再宽就裁掉
PAST = ("/", "/projects/", "/figures/", "/rules/honesty/", "/issues/", "/projects/S02/")
DOWNLOADS = re.compile(r"/file/|/pack/|/export/|\.docx|\.ics|/form/|/signout/|/f/|\.geojson|\.csv|/clock/")
INSPECT = """() => {
  const shown = node => node.getClientRects().length > 0;
  const all = [...document.querySelectorAll("main *")].filter(shown);
  const wrong = [];
  for (const table of document.querySelectorAll("main table")) {
    const closed = table.closest("details:not([open])"), filled = table.querySelector("input:not([type=checkbox]):not([type=hidden]), select");
    if (!shown(table) && !closed && !filled) wrong.push("表没有印：" + table.caption?.textContent.trim());
    if (shown(table) && table.tHead && getComputedStyle(table.tHead).display !== "table-header-group") wrong.push("表头不重复");
  }
  for (const node of document.querySelectorAll(".menu, .who, .asked, .filters, button, select, textarea, main input"))
    if (shown(node)) wrong.push("印了 " + node.tagName + "." + node.className);
  for (const node of all) {
    const written = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    const ink = node.closest("svg") ? getComputedStyle(node).fill : getComputedStyle(node).color;
    if (written && ink !== "rgb(0, 0, 0)") wrong.push("不是黑字：" + node.tagName + " " + node.textContent.trim().slice(0, 20));
  }
  return {wrong: [...new Set(wrong)], width: document.documentElement.scrollWidth, past: shown(document.querySelector(".past") ?? document.head)};
}"""


def kind(address: str) -> str:
    """哪一种页：编号、月份与问题号不计。"""
    return re.sub(r"\d{4}-\d{2}|[A-Z]\d{2}|\d+", "#", urlsplit(address).path)


def every_kind(page: Page, start: str) -> dict[str, str]:
    """由总览走开去，每种页走一处。"""
    found: dict[str, str] = {}
    queue = [start]
    while queue:
        address = queue.pop(0)
        if kind(address) in found or DOWNLOADS.search(address) or not address.startswith(start):
            continue
        found[kind(address)] = address
        page.goto(address)
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        queue += [urljoin(address, link).split("#")[0] for link in links]
    return found


def test_every_page_prints_its_content_in_black_within_the_paper(page: Page, served: str) -> None:
    pages = every_kind(page, f"{served}/")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 720})
    wrong = []
    for address in pages.values():
        page.goto(address)
        seen = page.evaluate(INSPECT)
        wrong += [f"{address} {text}" for text in seen["wrong"]]
        if seen["width"] * SHRINKS_TO > PAPER:
            wrong.append(f"{address} 宽 {seen['width']}")

    assert not wrong, "\n".join(wrong)
    assert len(pages) > 40


def test_a_page_of_the_past_says_so_on_paper(page: Page, served: str) -> None:
    page.emulate_media(media="print")
    silent = []
    for path in PAST:
        page.goto(f"{served}{path}?year=2022&as_of=2022-06-30")
        if not page.evaluate(INSPECT)["past"]:
            silent.append(path)

    assert silent == []
