"""文种：一个文种一个小模块，说明要什么、标题怎么写、正文怎么排；数与引文一律受控。"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from kaopu.accounts.models import Organization
from kaopu.documents.gongwen import Gongwen
from kaopu.documents.sources import Sources
from kaopu.documents.wording import Sentence
from kaopu.domain.days import chinese_day
from kaopu.supervision.models import Meeting, SupervisionOrder

SHORT_PRINTER_CHARACTERS = 20


class Refused(Exception):
    """不能出这份公文，理由见信息。"""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """要出哪一份：年度，及文种所需的月份、责任单位、督办单或会议；``on`` 为成文日期。"""

    year: int
    on: date
    month: date | None = None
    unit: Organization | None = None
    order: SupervisionOrder | None = None
    meeting: Meeting | None = None

    @property
    def day(self) -> str:
        """成文日期，月日不编虚位。"""
        return chinese_day(self.on)

    @property
    def month_end(self) -> date:
        """所问月份的最后一天。"""
        assert self.month is not None
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])

    @property
    def scope(self) -> str:
        """除年度以外指哪一份，登记用。"""
        if self.month is not None:
            return f"{self.month:%Y-%m}"
        if self.order is not None:
            return str(self.order)
        if self.meeting is not None:
            return self.meeting.latest.minutes_number or self.meeting.title
        return self.unit.name if self.unit is not None else ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """一个文种。``wording`` 为措辞表；``needs`` 为年度以外还要什么（month、unit、order、meeting）；``gated`` 的须恒等式全部成立才出。"""

    id: str
    label: str
    title: Callable[[Asked], str]
    as_of: Callable[[Asked], date]
    compose: Callable[[Gongwen, Sources, Asked], None]
    wording: Mapping[str, Sentence] = field(default_factory=dict)
    needs: str = ""
    gated: bool = False
    ready: Callable[[Asked], None] = lambda asked: None


def opening(paper: Gongwen, sources: Sources, *, number_year: int, title: str) -> None:
    """版头与标题：发文字号的顺序号留空，印发时才取。"""
    draft_header(paper, sources)
    paper.red_head(organ=settings.ORGAN_NAME, number=f"{settings.ORGAN_CODE}〔{number_year}〕　　号")
    paper.title(title)


def closing(paper: Gongwen, asked: Asked, *, copies: str = "") -> None:
    """版记：抄送哪里、谁印发、哪天印发。"""
    paper.imprint(copies=copies, printer=settings.OFFICE_SHORT_NAME, day=asked.day)


def draft_header(paper: Gongwen, sources: Sources) -> None:
    """页眉：草稿；含示例数据的写明。"""
    paper.header("草稿　含示例数据，不作正式文件" if sources.demo else "草稿")
