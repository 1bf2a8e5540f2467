"""``kaopu close-month``、``close-year``、``figures``：关账、求数。"""

from __future__ import annotations

import argparse
import sys

from kaopu.audit.actions import settled
from kaopu.config.arguments import print_json
from kaopu.config.database import ready_operator
from kaopu.documents.actions import DocumentRefused, close_month_with_bulletin
from kaopu.figures.actions import CloseRefused
from kaopu.figures.actions import close_year as freeze_year
from kaopu.figures.queries import evaluate


def close_month(arguments: argparse.Namespace) -> int:
    """月末关账，并留下本月通报的草稿。"""
    operator = ready_operator()
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
    operator = ready_operator()
    snapshot = settled(lambda: freeze_year(year=arguments.year, by=operator))
    for identity in snapshot.content["identities"]:
        print(f"✓ {identity['text']}")
    print(f"{snapshot.period} 年度已关账；摘要 {snapshot.digest[:16]}")
    return 0


def figures(arguments: argparse.Namespace) -> int:
    """求数。"""
    ready_operator()
    book = evaluate(arguments.year, as_of=arguments.as_of, known_at=arguments.known_at)
    if arguments.json:
        print_json(book.as_json())
        return 0
    for figure in book.figures.values():
        print(f"{figure.id:<36}{figure.text:>10}  {figure.label}")
    for identity in book.identities:
        print(f"{'✓' if identity.holds else '✗'} {identity.text}")
    return 0


COMMANDS = {"close-month": close_month, "close-year": close_year, "figures": figures}
REFUSALS = (CloseRefused, DocumentRefused)
