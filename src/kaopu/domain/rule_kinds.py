"""规则集的种类：颜色、逐级协调、倒排工期三种规则走同一套起草、检查、启用，只是参数与说法不同（法 6）。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kaopu.domain.backward_rules import DEFAULT_CHAIN, ChainPolicy, describe_chain
from kaopu.domain.colours import ColourPolicy
from kaopu.domain.ladder import DEFAULT_LADDER, LadderPolicy, describe_ladder
from kaopu.domain.rule_sets import PRESETS, Preset, check, describe

Parameters = Mapping[str, object]


class RuleKind(StrEnum):
    """规则集的种类。"""

    COLOUR = "colour"
    LADDER = "ladder"
    CHAIN = "chain"


@dataclass(frozen=True, kw_only=True)
class KindOfRules:
    """一种规则集：名称、怎样读、怎样查、怎样说，以及现成的几套。"""

    label: str
    caption: str
    headings: tuple[str, str, str]
    check: Callable[[Parameters], list[str]]
    rows: Callable[[Parameters], list[tuple[str, str, str]]]
    presets: Mapping[str, Preset]


RULE_KINDS: Mapping[RuleKind, KindOfRules] = {
    RuleKind.COLOUR: KindOfRules(
        label="颜色规则",
        caption="各条规则何时为黄、何时为红；取触发的最重一色，都没触发为绿",
        headings=("看什么", "黄", "红"),
        check=lambda parameters: check(ColourPolicy.read(parameters)),
        rows=lambda parameters: describe(ColourPolicy.read(parameters)),
        presets=PRESETS,
    ),
    RuleKind.LADDER: KindOfRules(
        label="逐级协调规则",
        caption="各级几个工作日内解决、到这一级新增通知谁；过了限期自动升一级",
        headings=("层级或名目", "限期（天数、次数）", "新增通知"),
        check=lambda parameters: LadderPolicy.read(parameters).problems(),
        rows=lambda parameters: describe_ladder(LadderPolicy.read(parameters)),
        presets={
            "默认梯子": Preset(
                name="默认梯子",
                note="限期 5、10、15、5 个工作日，逐级增加通知（§3.2）。",
                parameters=DEFAULT_LADDER,
            )
        },
    ),
    RuleKind.CHAIN: KindOfRules(
        label="倒排工期规则",
        caption="审批与建设各节点办几天、由谁牵头、前置是什么；由项目自定的排期时填",
        headings=("节点", "天数与有效期", "牵头部门与前置"),
        check=lambda parameters: ChainPolicy.read(parameters).problems(),
        rows=lambda parameters: describe_chain(ChainPolicy.read(parameters)),
        presets={
            "上海审批链": Preset(
                name="上海审批链",
                note="§3.13 的节点与天数：有常见天数的取常见天数，没有的取法定天数。",
                parameters=DEFAULT_CHAIN,
            )
        },
    ),
}
