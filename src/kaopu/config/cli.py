"""``kaopu`` 命令：服务、示例、体检、导入、关账、求数、出文、核验（脚本依赖的约定）。"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from kaopu.config.arguments import (
    REFUSED,
    ChineseParser,
    FileRefused,
    day,
    existing,
    head,
    moment,
    month,
    port,
    why_not,
    year,
)

Command = Callable[[argparse.Namespace], int]
ROOMS = {  # 命令 → commands 里的哪一间
    "serve": "serving", "demo": "sample", "tick": "serving", "doctor": "checkup", "account": "people",
    "rekey": "people", "import": "importing", "close-month": "closing", "close-year": "closing",
    "figures": "closing", "document": "papers", "pack": "papers", "verify": "papers", "audit": "trace",
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """命令行入口；返回退出码：0 成功，2 拒绝（理由写在标准错误）。"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaopu.config.settings")
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "import":
            arguments.begun = _begun(arguments)
    except FileRefused as error:
        return _refused(str(error))
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    try:
        django.setup()
    except ImproperlyConfigured as error:
        return _refused(str(error))
    from kaopu.config import database

    room = import_module(f"kaopu.config.commands.{ROOMS[arguments.command]}")
    command: Command = room.COMMANDS[arguments.command]
    try:
        return command(arguments)
    except (database.Misconfigured, FileRefused, *room.REFUSALS) as error:
        return _refused(str(error))
    except DatabaseError as error:
        if (sentence := database.unusable(error)) is None:
            raise
        return _refused(sentence)
    except BrokenPipeError:  # 输出接到 head 之类、先关了的管道
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.filename is None:
            raise
        return _refused(f"读写不了 {error.filename}（{why_not(error)}）。请核对路径、权限与磁盘。")


def _begun(arguments: argparse.Namespace) -> object:
    """要导入的文件先让子进程装着：它装它的，这边装 Django。"""
    from kaopu.exchange.excel_in.isolated import begin

    return begin(existing(arguments.file), year=arguments.year, month=arguments.month)


def _refused(sentence: str) -> int:
    """没有办：一句话写到标准错误。"""
    print(f"未办理：{sentence}", file=sys.stderr)
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = ChineseParser(prog="kaopu", description="靠谱：区重大工程推进办公室的工作系统。")
    add = _adder(parser, dest="command", title="命令")
    _port_argument(add("serve", "启动网页服务"))
    demo = add("demo", "载入示例办公室（普陀2022）并启动网页服务")
    demo.add_argument("--no-serve", action="store_true", help="只载入，不启动")
    _port_argument(demo)
    tick = add("tick", "督办引擎走一程：提醒、逾期升级、催办、回头看")
    tick.add_argument("--trust-clock", action="store_true", help="时钟已核对无误，照此刻补齐")
    add("doctor", "检查设置与数据，指出毛病和办法")
    _account_arguments(add("account", "开一个账号（正式库里的头几个账号由此开）"))
    add("rekey", "换了会话密钥之后，把加密存放的栏改由现行密钥加密，旧钥就可以撤了")
    _import_arguments(add("import", "导入 Excel：项目清单、月度计划、月报（含采集表）或问题清单"))
    add("close-month", "月末关账").add_argument("month", type=month, metavar="月份", help="月份，如 2022-06")
    add("close-year", "年末关账").add_argument("year", type=year, metavar="年度", help="年度，如 2022")
    _figures_arguments(add("figures", "求某年的全部数"))
    _document_arguments(add("document", "生成公文，或检查一份公文的格式"))
    pack = add("pack", "装核验包：公文、台账、背后的事实与独立核验器")
    pack.add_argument("file", type=Path, metavar="文件", help="本系统生成的 .docx")
    pack.add_argument("--out", type=Path, metavar="文件", required=True, help="写到哪个 .zip")
    add("verify", "核验公文里的每个数").add_argument("file", type=Path, metavar="文件", help="要核验的 .docx")
    audit = add("audit", "留痕：封存，或从头核对")
    audit.add_argument(
        "action", choices=["seal", "verify"], metavar="动作", help="seal 封存至此刻；verify 从头核对"
    )
    audit.add_argument(
        "--head",
        type=head,
        action="append",
        default=[],
        metavar="树头",
        help="连同公文上印的树头一起核对，如 1234:9f86d081",
    )
    return parser


def _adder(
    parser: argparse.ArgumentParser, *, dest: str, title: str
) -> Callable[[str, str], argparse.ArgumentParser]:
    """开一组子命令，返回添一条子命令的函数：名字、说明。"""
    group = parser.add_subparsers(dest=dest, required=True, metavar=title, title=title)
    return lambda name, label: group.add_parser(name, help=label, description=label)


def _port_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=8000, metavar="端口", help="端口，缺省 8000")


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="文件", help="要导入的工作簿：.xlsx、.xlsm、.xls、.et、.ods、.csv"
    )
    parser.add_argument("--year", type=year, metavar="年度", required=True, help="年度")
    parser.add_argument("--month", type=month, metavar="月份", help="月报的月份，如 2022-06")
    parser.add_argument("--dry-run", action="store_true", help="只预演，不写入")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def _account_arguments(parser: argparse.ArgumentParser) -> None:
    from kaopu.domain.rights import ROLE_LABELS

    roles = "、".join(f"{role.value} {label}" for role, label in ROLE_LABELS.items())
    parser.add_argument("username", metavar="账号", help="账号，字母数字")
    parser.add_argument("--name", required=True, metavar="姓名", help="姓名")
    parser.add_argument("--role", required=True, choices=[role.value for role in ROLE_LABELS],
                        metavar="角色", help=f"角色：{roles}")  # fmt: skip
    parser.add_argument("--organization", metavar="单位", help="单位名称；没有则新建为责任单位")
    parser.add_argument("--password-stdin", action="store_true", help="从标准输入读口令，不当面问")


# 文种与它除成文日期以外要的参数；与 documents.kinds.registry 一致（有测试）
DOCUMENT_KINDS = {
    "annual-summary": ("年度总结与要点", "year"),
    "monthly-bulletin": ("月度工作通报", "month"),
    "responsibility-letter": ("责任书", "unit"),
    "supplementary-letter": ("补充责任书", "unit"),
    "reminder-letter": ("提醒函", "order"),
    "assignment-letter": ("交办函", "order"),
    "supervision-order": ("督办单", "order"),
    "meeting-minutes": ("会议纪要", "meeting"),
    "suspension-table": ("停复工情况表", "year"),
    "project-list": ("项目清单与月度计划", "year"),
    "carry-over-table": ("结转表", "year"),
}


def _document_arguments(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser, dest="kind", title="文种")
    add("check", "检查格式：按 GB/T 9704 逐条量").add_argument(
        "file", type=Path, metavar="文件", help="要检查的 .docx"
    )
    continued = add("continue", "接续起草：在人改过的稿子上刷新数与表，人写的不动")
    continued.add_argument("file", type=Path, metavar="文件", help="改过的 .docx")
    continued.add_argument("--out", type=Path, metavar="文件", required=True, help="写到哪个 .docx")
    continued.add_argument("--on", type=day, metavar="日期", help="成文日期，缺省与原稿相同")
    template = add("template", "写出自带的公文模板，可在 Word 或 WPS 里改样式后放回数据目录")
    template.add_argument("--out", type=Path, metavar="文件", required=True, help="写到哪个 .docx")
    for name, (label, needs) in DOCUMENT_KINDS.items():
        kind = add(name, label)
        if needs in ("year", "unit"):
            kind.add_argument("--year", type=year, metavar="年度", required=True, help="年度")
        if needs == "month":
            kind.add_argument("--month", type=month, metavar="月份", required=True, help="月份，如 2022-06")
        if needs == "unit":
            kind.add_argument("--unit", required=True, metavar="单位", help="责任单位的名称")
        if needs == "meeting":
            kind.add_argument("--meeting", required=True, metavar="会议", help="纪要文号或会议名称")
        if needs == "order":
            kind.add_argument(
                "--order", required=True, metavar="号", help="号，如 督2022-1、提2022-1；不写文种的按督办单"
            )
        kind.add_argument(
            "--out",
            type=Path,
            metavar="文件",
            required=True,
            help="写到哪个 .docx（或 .pdf，须有 LibreOffice）",
        )
        kind.add_argument("--on", type=day, metavar="日期", help="成文日期，如 2023-01-28，缺省今天")


def _figures_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, metavar="年度", required=True, help="年度")
    parser.add_argument("--as-of", type=day, metavar="日期", help="基准日，缺省年末或今天")
    parser.add_argument("--known-at", type=moment, metavar="时刻", help="按何时所知，缺省此刻")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


if __name__ == "__main__":
    sys.exit(main())
