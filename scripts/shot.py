"""把示例办公室的主要页面在三种屏幕上截图到 ``.shots/``，给人看；也查有没有向外的请求。"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from office import ACCOUNT, pages, sample_office

SHOTS = Path(__file__).resolve().parent.parent / ".shots"
SCREENS = {"wall": (1920, 1080), "desk": (1366, 768), "phone": (390, 844)}
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(port: int) -> Iterator[str]:
    server = subprocess.Popen([sys.executable, "-m", "kaopu.config.cli", "serve", "--port", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/signin/")
        yield address
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit(f"等了 {PATIENCE_SECONDS} 秒，服务没有答复。")


def session_cookie() -> str:
    from django.test import Client

    from kaopu.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=ACCOUNT))
    return client.cookies["sessionid"].value


def take(address: str, cookie: str, paths: dict[str, str], chromium: str) -> list[str]:
    """逐屏逐页截图，返回向外的请求。"""
    from playwright.sync_api import sync_playwright

    outside: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for screen, (width, height) in SCREENS.items():
            context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
            page = context.new_page()
            page.on(
                "request", lambda sent: outside.append(sent.url) if not sent.url.startswith(address) else None
            )
            for name, path in paths.items():
                page.goto(address + path)
                page.screenshot(path=SHOTS / f"{name}-{screen}.png", full_page=screen != "wall")
                print(f".shots/{name}-{screen}.png", flush=True)
            context.close()
        browser.close()
    return outside


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("没有找到 Chromium：请先安装（Debian：apt-get install chromium）。")
    SHOTS.mkdir(exist_ok=True)
    with sample_office():
        paths, cookie = pages(), session_cookie()
        with serving(free_port()) as address:
            outside = take(address, cookie, paths, chromium)
    print("\n".join(["向外的请求：", *outside]) if outside else "没有向外的请求。")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
