"""``kaopu import``：导入工作簿，或只预演。"""

from __future__ import annotations

import argparse
import sys

from kaopu.config.arguments import REFUSED, print_json
from kaopu.config.database import ready_operator
from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.results import ImportRefused, ImportResult


def run(arguments: argparse.Namespace) -> int:
    """导入或预演；有拒写的理由退出码为 2。"""
    operator = ready_operator()
    told = {"year": arguments.year, "month": arguments.month, "by": operator, "begun": arguments.begun}
    if arguments.dry_run:
        result = preview(arguments.file, **told)
    else:
        result = import_workbook(arguments.file, **told, source="cli")
    if arguments.json:
        print_json(result.as_json())
    else:
        print_import(result, dry_run=arguments.dry_run)
    for refusal in result.refusals:
        print(f"不能写入：{refusal}", file=sys.stderr)
    return REFUSED if result.refusals else 0


def print_import(result: ImportResult, *, dry_run: bool) -> None:
    """一份结果的去处、理由、说明与提示，一行一句。"""
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


COMMANDS = {"import": run}
REFUSALS = (ImportRefused,)
