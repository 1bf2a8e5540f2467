"""近似名称：编号与名称都对不上的行，列出最像的项目由人确认，从不自动合并（HANDBOOK §7.2 第6条）。"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from kaopu.domain.parsing import name_key
from kaopu.projects.models import Project

LEAST_ALIKE = 0.85
_NUMBERS = re.compile(r"\d+|[一二三四五六七八九十]+|[a-z]+")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """一条待人确认的对应：表上的名称，像哪个项目，有多像。"""

    sheet: str
    cell: str
    name: str
    code: str
    project: str
    score: float

    def as_json(self) -> dict[str, object]:
        """预演报告里的一条。"""
        return {
            "sheet": self.sheet,
            "cell": self.cell,
            "name": self.name,
            "code": self.code,
            "project": self.project,
            "score": self.score,
        }


class Lookalikes:
    """已有项目的名称，备好逐个比较；先按共有的字筛，免得每两个都细比。"""

    def __init__(self, projects: Iterable[Project]) -> None:
        self.known = [
            (project.profile.name_key, set(project.profile.name_key), project)
            for project in projects
            if project.profile is not None
        ]

    def closest(self, name: str) -> tuple[Project, float] | None:
        """最像的项目与相似度（0.85 以上才算）；没有为空。"""
        key = name_key(name)
        letters, numbers = set(key), _NUMBERS.findall(key)
        matcher = SequenceMatcher(b=key, autojunk=False)
        best: tuple[Project, float] | None = None
        for other, own, project in self.known:
            if _NUMBERS.findall(other) != numbers:  # 4号与5号、一期与二期再像也不是一个
                continue
            if len(letters & own) * 2 < (len(letters) + len(own)) * 0.7:
                continue
            matcher.set_seq1(other)
            if matcher.real_quick_ratio() < LEAST_ALIKE or matcher.quick_ratio() < LEAST_ALIKE:
                continue
            score = round(matcher.ratio(), 3)
            if score >= LEAST_ALIKE and (best is None or score > best[1]):
                best = project, score
        return best
