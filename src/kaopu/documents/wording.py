"""措辞：各文种的每一句话都列在它的措辞表里，机关可在 Word 或 WPS 里改，不改的用自带的。

一句话里的“{年度计划}”是位置，由数据口径或记录来填；位置可挪、可不用，不能自造。数仍旧受控，核验照旧。
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SLOT = re.compile(r"\{([^{}]*)\}")
Changed = Mapping[str, Sequence[str]]  # 句名 → 改成的各段；没有一段的是删去了


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """一句（自成一段）：自带的写法与样式。"""

    text: str
    style: str = "KpBody"

    @property
    def slots(self) -> frozenset[str]:
        """自带的写法里的位置。"""
        return frozenset(SLOT.findall(self.text))


def heading(text: str) -> Sentence:
    """一级标题。"""
    return Sentence(text=text, style="KpHeading1")


def subheading(text: str) -> Sentence:
    """二级标题。"""
    return Sentence(text=text, style="KpHeading2")


@dataclass(frozen=True, kw_only=True)
class Words:
    """一份公文用的话：文种自带的，与机关改过的。"""

    own: Mapping[str, Sentence] = field(default_factory=dict)
    changed: Changed = field(default_factory=dict)

    def sentence(self, name: str) -> Sentence:
        """自带的一句。"""
        return self.own[name]

    def lines(self, name: str) -> Sequence[str]:
        """这一句现在怎么写：一段，或机关改成的几段。"""
        return self.changed.get(name, (self.own[name].text,))
