"""``kaopu document``、``pack``、``verify``：出文、格式检查、装核验包、核验。"""

from __future__ import annotations

import argparse

from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.audit.actions import SealRefused, seal
from kaopu.config.arguments import existing
from kaopu.config.database import ready_operator
from kaopu.documents.actions import DocumentRefused, draft_document, redraft_document
from kaopu.documents.docx_file import Unreadable
from kaopu.documents.format_check.check import check_format
from kaopu.documents.format_check.measuring import ABSENT, FAIL, PASS
from kaopu.documents.kinds.kind import Asked, Kind, Refused
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.pack import write_pack
from kaopu.documents.pdf import to_pdf
from kaopu.documents.queries import meeting_by_name, order_by_number, unit_by_name
from kaopu.documents.template import built_in_template, office_template_path
from kaopu.documents.verification import verify as verify_document
from kaopu.projects.storage import DOCUMENTS

_MARKS = {PASS: "✓", FAIL: "✗", ABSENT: "—"}


def document(arguments: argparse.Namespace) -> int:
    """生成公文，或检查一份公文的格式。"""
    if arguments.kind in ("check", "continue"):
        existing(arguments.file)
    if arguments.kind == "check":
        return _check(arguments)
    if arguments.kind == "template":
        arguments.out.write_bytes(built_in_template())
        print(f"已写出模板：{arguments.out}。改好样式后放到 {office_template_path()} 即用。")
        return 0
    user = ready_operator()
    if arguments.kind == "continue":
        return _continue(arguments, user)
    kind, path = KINDS[arguments.kind], arguments.out.with_suffix(".docx")
    issued = draft_document(kind=kind, asked=_asked(arguments, kind), path=path, by=user, source="cli")
    DOCUMENTS.keep(path.read_bytes())  # 网页上也能下载这一份
    print(f"已生成《{issued.title}》：{path}（{len(issued.figures)} 个受控数字，{issued.as_of} 口径）")
    if arguments.out.suffix == ".pdf":
        print(f"已转成 PDF：{to_pdf(path)}")
    return 0


def _continue(arguments: argparse.Namespace, user: User) -> int:
    """接续起草，列出冲突。"""
    redraft = redraft_document(
        edited=arguments.file, out=arguments.out, by=user, on=arguments.on, source="cli"
    )
    DOCUMENTS.keep(arguments.out.read_bytes())
    for conflict in redraft.conflicts:
        print(f"请看：{conflict}")
    print(f"已接续《{redraft.document.title}》：{arguments.out}（{len(redraft.conflicts)} 处要看）")
    return 0


def _asked(arguments: argparse.Namespace, kind: Kind) -> Asked:
    """把命令行的参数认成月份、责任单位、督办单或会议。"""
    month = getattr(arguments, "month", None)
    order = order_by_number(arguments.order) if kind.needs == "order" else None
    meeting = meeting_by_name(arguments.meeting) if kind.needs == "meeting" else None
    on = arguments.on or timezone.localdate()
    dated = month or (meeting.on if meeting else None)
    year = dated.year if dated else order.year if order else arguments.year
    unit = unit_by_name(arguments.unit) if kind.needs == "unit" else None
    return Asked(year=year, on=on, month=month, unit=unit, order=order, meeting=meeting)


def _check(arguments: argparse.Namespace) -> int:
    """逐条量格式；有一条不符合退出码为 1。不用数据库。"""
    try:
        report = check_format(arguments.file)
    except Unreadable as error:
        print(f"✗ {error}")
        return 1
    for result in report.results:
        measure = result.measure
        print(
            f"{_MARKS[measure.state]} {measure.state}　{result.rule.element}：{result.rule.standard}"
            f"　实测：{measure.measured}"
        )
    counts = {state: sum(item.measure.state == state for item in report.results) for state in _MARKS}
    print(
        f"共 {len(report.results)} 条："
        + "，".join(f"{state} {count}" for state, count in counts.items())
        + "。"
    )
    if report.places:
        print(f"还有 {report.places} 处留待起草人填写。")
    return 0 if report.ok else 1


def pack(arguments: argparse.Namespace) -> int:
    """装核验包；先封存一次，刚办的也有证明。"""
    existing(arguments.file)
    ready_operator()
    seal()
    packed = write_pack(arguments.file, arguments.out)
    print(
        f"已装好《{packed.title}》的核验包：{arguments.out}。解开后运行 python3 verify_pack.py 包名即可核验。"
    )
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """核验公文：逐个数复算，有一个对不上即失败。"""
    existing(arguments.file)
    ready_operator()
    verification = verify_document(arguments.file)
    for finding in verification.findings:
        print(f"{'✓' if finding.ok else '✗'} {finding.sentence}")
        for fact in finding.later:
            print(f"    其后：{fact}")
    if verification.standing:
        print(verification.standing)
    print("核验通过：每个数都与记录相符。" if verification.ok else "核验未通过。")
    return 0 if verification.ok else 1


COMMANDS = {"document": document, "pack": pack, "verify": verify}
REFUSALS = (DocumentRefused, Refused, SealRefused)
