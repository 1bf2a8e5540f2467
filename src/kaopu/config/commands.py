"""各条命令的办理：都调用与网页相同的动作。"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from getpass import getpass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from kaopu.accounts.actions import (
    AccountRefused,
    add_user,
    ensure_operator,
    ensure_organization,
    rekey_personal_data,
)
from kaopu.accounts.models import OrganizationKind, User
from kaopu.audit.actions import SealRefused, seal, settled
from kaopu.audit.outside import OutsideHeadsUnreadable
from kaopu.audit.verification import verify as verify_trace
from kaopu.config import document_commands, health
from kaopu.config.arguments import REFUSED, FileRefused, existing
from kaopu.config.cli import print_json
from kaopu.config.tick import keep_ticking
from kaopu.config.tick import tick as run_tick
from kaopu.demo import accounts as demo_accounts
from kaopu.demo.loading import DemoRefused, load_demo
from kaopu.documents.actions import DocumentRefused, close_month_with_bulletin
from kaopu.documents.kinds.kind import Refused
from kaopu.domain.rights import Role
from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.results import ImportRefused, ImportResult
from kaopu.figures.actions import CloseRefused
from kaopu.figures.actions import close_year as freeze_year
from kaopu.figures.queries import evaluate

REFUSALS = (
    AccountRefused,
    ImportRefused,
    CloseRefused,
    DocumentRefused,
    Refused,
    DemoRefused,
    SealRefused,
    OutsideHeadsUnreadable,
    health.Misconfigured,
    FileRefused,
)
MOST_BREAKS_SHOWN = 20


def _operator() -> User:
    """备好数据库（建表、升级），返回命令行账号。"""
    Path(settings.HOME).mkdir(parents=True, exist_ok=True)
    health.refuse_unreachable_database()
    call_command("migrate", verbosity=0, interactive=False)
    health.refuse_unsafe_database()
    return ensure_operator()


def serve(arguments: argparse.Namespace) -> int:
    """启动网页服务，只听本机。"""
    _operator()
    return _serve(arguments.port)


def demo(arguments: argparse.Namespace) -> int:
    """载入示例办公室；已载入则什么也不改。"""
    loaded = load_demo(by=_operator())
    print("示例办公室（普陀2022）已载入。" if loaded else "示例办公室早已载入，未作改动。")
    for line in demo_accounts.describe():
        print(line)
    return 0 if arguments.no_serve else _serve(arguments.port)


def _serve(port: int) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    address = f"http://127.0.0.1:{port}/"
    threading.Thread(target=_announce, args=(address,), daemon=True).start()
    threading.Thread(target=keep_ticking, args=(threading.Event(),), daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaopu.config.settings")
    connections.close_all()  # 分出的工作进程不带走已开的连接
    Granian(
        "kaopu.config.wsgi:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI,
        workers=1, blocking_threads=4, log_enabled=True, log_level=LogLevels.warning,
    ).serve()  # fmt: skip
    return 0


def _announce(address: str) -> None:
    """服务真能答复之后才报地址。"""
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}healthz", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
        else:
            print(f"已启动：{address}（按 Ctrl+C 停止）", flush=True)
            return


def tick(arguments: argparse.Namespace) -> int:
    """引擎走一程：提醒、升级、催办、回头看。"""
    _operator()
    result = run_tick(trust_clock=arguments.trust_clock)
    print(f"已办到 {result.on}，动了 {result.moved} 件" + (f"；警报：{result.alarm}" if result.alarm else ""))
    return 1 if result.alarm else 0


def doctor(arguments: argparse.Namespace) -> int:
    """体检：逐项说明好坏与办法。"""
    findings = health.examine()
    for finding in findings:
        print(f"{'✓' if finding.ok else '✗'} {finding.text}")
    return 0 if all(finding.ok for finding in findings) else 1


def account(arguments: argparse.Namespace) -> int:
    """开账号；口令当面问两次，或从标准输入读。"""
    operator = _operator()
    password = sys.stdin.readline().rstrip("\n") if arguments.password_stdin else getpass("口令：")
    if not arguments.password_stdin and getpass("再填一次：") != password:
        raise AccountRefused("两次填的不一样。请重新运行。")
    unit = None
    if arguments.organization:
        unit = ensure_organization(
            name=arguments.organization, kind=OrganizationKind.RESPONSIBLE, by=operator
        )
    user = add_user(
        username=arguments.username, name=arguments.name, password=password,
        role=Role(arguments.role), organization=unit, by=operator,
    )  # fmt: skip
    print(f"已开账号 {user.username}：{user.first_name}（{Role(user.role).label}）")
    return 0


def rekey(arguments: argparse.Namespace) -> int:
    """把由旧钥加密的栏改由现行密钥加密；解不开的不动，由体检点名。"""
    print(f"已把 {rekey_personal_data(by=_operator())} 人的电话、两步验证密钥改由现行密钥加密。")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    existing(arguments.file)
    operator = _operator()
    if arguments.dry_run:
        result = preview(arguments.file, year=arguments.year, month=arguments.month, by=operator)
    else:
        result = import_workbook(
            arguments.file, year=arguments.year, month=arguments.month, by=operator, source="cli"
        )
    if arguments.json:
        print_json(result.as_json())
    else:
        _print_import(result, dry_run=arguments.dry_run)
    for refusal in result.refusals:
        print(f"不能写入：{refusal}", file=sys.stderr)
    return REFUSED if result.refusals else 0


def _print_import(result: ImportResult, *, dry_run: bool) -> None:
    print("预演（未写入）" if dry_run else "已导入")
    print(
        f"读入 {result.rows_in} 行 = 写入 {result.applied} + 未变 {result.unchanged} "
        f"+ 拒收 {result.rejected} + 归类 {result.classified}"
    )
    for rejection in result.rejections:
        print(f"拒收 {rejection}")
    for note in result.notes:
        print(f"说明 {note}")
    for near in result.proposals:
        print(
            f"相近 {near.sheet}!{near.cell}“{near.name}”像是 {near.code}“{near.project}”"
            f"（相似 {near.score:.2f}）；是同一个的写上内部编号再导，或在网页的预演页认。"
        )
    for sheet in result.reading.sheets:
        for warning in sheet.warnings:
            print(f"提示 {sheet.name}!{warning.cell}：{warning.message}")
    for name, remark in result.remarks:
        print(f"提示 {name}!{remark.cell}：{remark.message}")


def close_month(arguments: argparse.Namespace) -> int:
    """月末关账，并留下本月通报的草稿。"""
    operator = _operator()
    closed = close_month_with_bulletin(month=arguments.month, by=operator)
    snapshot = closed.snapshot
    colours = snapshot.content["colours"]
    print(
        f"{snapshot.period} 已关账：红 {colours['red']} · 黄 {colours['yellow']} · "
        f"绿 {colours['green']} · 灰 {colours['grey']}；摘要 {snapshot.digest[:16]}"
    )
    if closed.bulletin is not None:
        print(f"已起草《{closed.bulletin.title}》，在公文页下载、补写、送核；不会自行印发。")
    if closed.problem:
        print(closed.problem, file=sys.stderr)
    return 0


def close_year(arguments: argparse.Namespace) -> int:
    """年末关账。"""
    operator = _operator()
    snapshot = settled(lambda: freeze_year(year=arguments.year, by=operator))
    for identity in snapshot.content["identities"]:
        print(f"✓ {identity['text']}")
    print(f"{snapshot.period} 年度已关账；摘要 {snapshot.digest[:16]}")
    return 0


def figures(arguments: argparse.Namespace) -> int:
    """求数。"""
    _operator()
    book = evaluate(arguments.year, as_of=arguments.as_of, known_at=arguments.known_at)
    if arguments.json:
        print_json(book.as_json())
        return 0
    for figure in book.figures.values():
        print(f"{figure.id:<36}{figure.text:>10}  {figure.label}")
    for identity in book.identities:
        print(f"{'✓' if identity.holds else '✗'} {identity.text}")
    return 0


def document(arguments: argparse.Namespace) -> int:
    """生成公文，或检查格式。"""
    return document_commands.document(arguments, _operator)


def pack(arguments: argparse.Namespace) -> int:
    """装核验包；先封存一次，刚办的也有证明。"""
    existing(arguments.file)
    _operator()
    seal()
    return document_commands.pack(arguments)


def verify(arguments: argparse.Namespace) -> int:
    """核验公文。"""
    existing(arguments.file)
    _operator()
    return document_commands.verify(arguments)


def audit(arguments: argparse.Namespace) -> int:
    """留痕：封存至此刻，或从头核对。"""
    return _seal() if arguments.action == "seal" else _verify_trace(arguments.head)


def _seal() -> int:
    _operator()
    head = seal()
    print("还没有任何办理，无可封存。" if head is None else f"已封存 {head.size} 次办理，树头 {head}")
    return 0


def _verify_trace(printed: list[tuple[int, str]]) -> int:
    """核对不写库，也不升级库：被人动过的库要原样核。"""
    health.refuse_unreachable_database()
    health.refuse_missing_tables()
    report = verify_trace(printed=printed)
    for found in report.breaks[:MOST_BREAKS_SHOWN]:
        print(f"✗ {found.sentence}")
    if len(report.breaks) > MOST_BREAKS_SHOWN:
        print(f"……另有 {len(report.breaks) - MOST_BREAKS_SHOWN} 处")
    head = f"最新树头 {report.head}" if report.head else "还没有封存过，请运行 kaopu audit seal"
    print(f"已核对 {report.leaves} 次封存的办理，另有 {report.waiting} 次待封存；{head}")
    print("核对通过：留痕与封存相符。" if report.ok else f"核对未通过：第一处——{report.breaks[0].sentence}")
    return 0 if report.ok else 1


globals()["import"] = _import
