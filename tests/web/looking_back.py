"""看过去的测试共用：页上写了什么、问哪一刻。"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.test import Client
from django.utils import timezone

BAR = "您正在看过去"


def known_now() -> dict[str, str]:
    """按此刻所知。"""
    return {"known_at": timezone.now().isoformat().replace("+", "%2B")}


def address(page: str, query: Mapping[str, str]) -> str:
    """带上所问的地址。"""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{page}{'&' if '?' in page else '?'}{asked}" if asked else page


def seen(client: Client, page: str, query: Mapping[str, str] | None = None) -> str:
    """页上所写的：去掉看过去的条、换日子的表单、此刻才有的办理，与地址里的日子。"""
    asked = address(page, query or {})
    response = client.get(asked)
    assert response.status_code == 200, (asked, response.status_code)
    text = re.search(r"<main.*?</main>", response.text, re.S)
    assert text is not None
    found = text[0]
    for taken in (
        r'<form class="asked".*?</form>',
        r'<form class="filters".*?</form>',
        r'<section class="card[^"]*" aria-labelledby="h-(?:verbs|do)".*?</section>',
    ):
        found = re.sub(taken, "", found, flags=re.S)
    found = re.sub(r'href="([^"?#]*)[?#][^"]*"', r'href="\1"', found)
    return re.sub(r"\s+", " ", found)
