"""真浏览器走真服务：自己的数据目录、真正的 ``kaopu serve``，不替身。"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from kaopu.demo.accounts import PASSWORD

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """载入示例办公室并起服务；返回地址。"""
    environment = {**os.environ, "KAOPU_HOME": str(tmp_path_factory.mktemp("home"))}
    environment.pop("DATABASE_URL", None)
    port = _free_port()
    command = [sys.executable, "-m", "kaopu.config.cli", "demo", "--port", str(port)]
    log = tmp_path_factory.mktemp("log") / "server.log"
    with log.open("wb") as written:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=written)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/healthz", server)
        yield address
    finally:
        server.terminate()
        server.wait(20)
        said = log.read_text(encoding="utf-8", errors="replace")
        assert "Traceback" not in said, said[-4000:]


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "服务没有起来"
        try:
            urllib.request.urlopen(address, timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError("等了两分钟，服务没有答复")


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """以示例专员登录的一页；任何一次向外的请求都算失败。"""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    foreign: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((served, "data:", "blob:")):
            foreign.append(request.url)

    page.on("request", watch)
    page.goto(f"{served}/signin/")
    page.fill("input[name=username]", "zhuanyuan")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{served}/")
    yield page
    context.close()
    assert foreign == []


@pytest.fixture(scope="session")
def shared() -> Path:
    """旁边的参考资料。"""
    return Path(os.environ.get("KAOPU_SHARED", Path(__file__).resolve().parents[3] / "shared"))
