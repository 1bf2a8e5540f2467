"""各地公布的数与规则：恒等式、比率、三色阈值，照公布的原文逐行复现（HANDBOOK §3.4、§5.4、§10.1 金标 3）。"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kaopu.domain.closing import check_identity, completions
from kaopu.domain.colours import Colour, ColourFacts, ColourPolicy, decide_colour
from kaopu.domain.investment import percent
from tests.domain.test_colours import CALM, PARAMETERS

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "zh_vectors"
Row = dict[str, str]


def rows_of(name: str) -> list[Row]:
    path = FOLDER / f"{name}.csv"
    if not path.is_file():
        pytest.skip("没有 ../shared，无从比对")
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


# ── 恒等式与比率 ──────────────────────────────────────────────────────────


def members(count: int, start: int = 0) -> tuple[str, ...]:
    return tuple(f"D{number:03d}" for number in range(start, start + count))


def sums_up(parts: list[int], whole: int) -> bool:
    """各分项接着编号，总数从头编号：个数相等，成员才逐个相符。"""
    starts = [sum(parts[:order]) for order in range(len(parts))]
    named = [
        (f"分项{order}", members(count, start))
        for order, (count, start) in enumerate(zip(parts, starts, strict=True))
    ]
    verdict = check_identity(whole=("总数", members(whole)), parts=named)
    assert verdict.text == f"总数{whole} = " + " + ".join(f"{name}{len(own)}" for name, own in named)
    return verdict.holds


def test_every_published_identity_holds_and_fails_once_a_part_is_off_by_one() -> None:
    rows = rows_of("count_identities")
    for row in rows:
        left, _, right = row["identity"].partition("=")
        if "/" in left:
            part, whole = map(int, left.split("/"))
            assert percent(part, whole) == Decimal(right) * 100, row["id"]
            continue
        parts = [int(part) for part in left.split("+")]
        assert sums_up(parts, int(right)) is (row["holds"] == "yes"), row["id"]
        assert not sums_up([parts[0] + 1, *parts[1:]], int(right)), row["id"]
    assert len(rows) == 8


def test_the_published_matrix_is_one_of_the_two_completions_and_sums_both_ways() -> None:
    *body, last = rows_of("seed_2022_matrix")
    heads = ("done", "lagging", "cannot", "ended")
    totals = {row["category"]: int(row["total"]) for row in body}
    known: dict[str, dict[str, int | None]] = {
        row["category"]: {head: int(row[head]) for head in heads} for row in body
    }
    whole = {head: int(last[head]) for head in heads}
    assert sum(totals.values()) == int(last["total"])
    assert completions(totals, known, whole) == [{}]
    unknown = {
        name: dict(cells, lagging=None, cannot=None) if name in ("市政基础设施类", "公共服务类") else cells
        for name, cells in known.items()
    }
    found = completions(totals, unknown, whole)
    published = {
        (name, head): known[name][head]
        for name in ("市政基础设施类", "公共服务类")
        for head in ("lagging", "cannot")
    }

    assert len(found) == 2 and published in found


# ── 三色阈值 ──────────────────────────────────────────────────────────────

# 一地一条规则：从公布的黄、红两句取出阈值，写成规则集参数；再给站在界上两边的实测
Reading = tuple[Callable[[str, str], dict[str, object]], Callable[[str], ColourFacts], dict[str, str]]


def number(text: str) -> str:
    found = re.findall(r"\d+", text)
    assert len(found) == 1, text
    return found[0]


def gap(yellow: str, red: str) -> dict[str, object]:
    """“10~30 个百分点（含）”为黄、超过 30 为红：月报的进度记到百分之一，红线写作 30.01。"""
    low, high = re.findall(r"\d+", yellow)
    assert high == number(red) and "含" in yellow
    return {"gap_yellow_from_points": low, "gap_red_from_points": f"{high}.01"}


def ratio(yellow: str, red: str) -> dict[str, object]:
    """“低于预期 30% 及以下”为黄、以上为红，按相对比例：低于 1 即黄，低于 0.70 为红。"""
    assert set(re.findall(r"\d+", yellow)) == {number(red)}
    return {"ratio_yellow_below": "1", "ratio_red_below": str(1 - Decimal(number(red)) / 100)}


def unstarted(yellow: str, red: str) -> dict[str, object]:
    return {"unstarted_red_from_days": int(number(red)) * 30}


def repeated(yellow: str, red: str) -> dict[str, object]:
    assert "连续两个月" in red
    return {"yellows_before_red": 1}


def behind(points: str) -> ColourFacts:
    return replace(CALM, planned_progress=Decimal(80), actual_progress=Decimal(80) - Decimal(points))


def invested(share: str) -> ColourFacts:
    return replace(CALM, planned_to_date_yuan=1_000_000_000, actual_to_date_yuan=int(share) * 100_000)


def late_start(days: str) -> ColourFacts:
    return replace(CALM, days_since_planned_start=int(days))


def late_again(before: str) -> ColourFacts:
    previous = (Colour.YELLOW,) if before else ()
    return replace(CALM, days_overdue=1, previous=previous)


EXPRESSED: dict[tuple[str, str], Reading] = {
    ("银川市", "投资进度 vs 序时"): (
        gap, behind, {"9.99": "green", "10": "yellow", "30": "yellow", "30.01": "red"},
    ),
    ("银川市", "开工"): (unstarted, late_start, {"0": "green", "1": "yellow", "89": "yellow", "90": "red"}),
    ("三亚市", "年初至上月底投资 vs 序时"): (
        ratio, invested, {"10000": "green", "9999": "yellow", "5000": "yellow", "4999": "red"},
    ),
    ("三亚市", "区月度任务"): (repeated, late_again, {"": "yellow", "黄": "red"}),
    ("天津市", "债券使用进度(6个月直线)"): (
        ratio, invested, {"10000": "green", "9999": "yellow", "7000": "yellow", "6999": "red"},
    ),
}  # fmt: skip
# 说的不是单个项目的进度，或不是红黄绿三色，本系统不评
NOT_OURS = {
    ("银川市", "入库"): "入统计库由统计部门掌握，没有这一类事实",
    ("天津市", "区固投增长"): "评的是一个区的增速，不是一个项目",
    ("某区(项目建设效益年)", "月形象进度(红蓝黑旗)"): "红蓝黑旗，红为好，与三色相反",
}


def test_published_thresholds_can_be_written_as_a_rule_set_and_turn_where_they_say() -> None:
    rows = {(row["place"], row["measure"]): row for row in rows_of("rag_rules")}
    assert set(rows) == {*EXPRESSED, *NOT_OURS}
    for key, (read, facts, expected) in EXPRESSED.items():
        policy = ColourPolicy.from_parameters({**PARAMETERS, **read(rows[key]["yellow"], rows[key]["red"])})
        decided = {value: decide_colour(facts(value), policy=policy).colour for value in expected}
        assert decided == expected, key
