"""原因分类（HANDBOOK §5.1）。"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Cause(StrEnum):
    """原因：问题的类别、月报的偏差、目标变更的理由同用这一张表。"""

    APPROVAL = "approval"
    LAND = "land"
    PLANNING = "planning"
    RELOCATION = "relocation"
    PIPELINES = "pipelines"
    FUNDING = "funding"
    DESIGN = "design"
    CONSTRUCTION = "construction"
    MARKET = "market"
    DISPUTE = "dispute"
    SOIL = "soil"
    PETITION = "petition"
    FORCE_MAJEURE = "force_majeure"
    OTHER = "other"

    @property
    def label(self) -> str:
        """原因的中文。"""
        return CAUSE_LABELS[self]


CAUSE_LABELS: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.APPROVAL: "审批",
        Cause.LAND: "土地",
        Cause.PLANNING: "规划",
        Cause.RELOCATION: "征收腾地",
        Cause.PIPELINES: "管线",
        Cause.FUNDING: "资金",
        Cause.DESIGN: "设计",
        Cause.CONSTRUCTION: "施工",
        Cause.MARKET: "市场或招商",
        Cause.DISPUTE: "纠纷",
        Cause.SOIL: "环保或土壤",
        Cause.PETITION: "信访",
        Cause.FORCE_MAJEURE: "疫情或不可抗力",
        Cause.OTHER: "其他",
    }
)
_WORDS: Mapping[Cause, tuple[str, ...]] = MappingProxyType(
    {
        Cause.APPROVAL: ("审批", "手续", "许可", "证照"),
        Cause.RELOCATION: ("征收", "腾地", "动迁", "拆迁", "征迁"),
        Cause.LAND: ("土地", "用地"),
        Cause.PLANNING: ("规划",),
        Cause.PIPELINES: ("管线", "搬迁"),
        Cause.FUNDING: ("资金", "融资"),
        Cause.DESIGN: ("设计", "方案"),
        Cause.CONSTRUCTION: ("施工",),
        Cause.MARKET: ("市场", "招商"),
        Cause.DISPUTE: ("纠纷", "诉讼"),
        Cause.SOIL: ("环保", "土壤"),
        Cause.PETITION: ("信访", "维稳"),
        Cause.FORCE_MAJEURE: ("疫情", "不可抗力"),
    }
)


def cause_named(text: str) -> Cause:
    """问题类别（HANDBOOK §5.1）：表上写的是哪一类；是某一类的全名即是，写着两类的、认不出的归“其他”，不猜。"""
    named = [cause for cause, label in CAUSE_LABELS.items() if label == text.strip()]
    found = named or [cause for cause, words in _WORDS.items() if any(word in text for word in words)]
    return found[0] if len(found) == 1 else Cause.OTHER
