"""数据台账：不论哪一族，按编号、基准日与取数时刻求一个数；页面、公文、核验都从这里问（法 3）。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from kaopu.domain.investment import percent
from kaopu.domain.money import wan
from kaopu.figures import progress, records
from kaopu.figures.queries import Book, Figure, evaluate

RATE = "rate."
IN_WAN = "@wan"  # 编号的后缀：以万元为单位印在表里
NOT_FOUND = "查无此数"


class Ledger:
    """某年、某基准日、某取数时刻的台账；一族只算一次。"""

    def __init__(self, *, year: int, as_of: date, known_at: datetime | None = None) -> None:
        self.year, self.as_of = year, as_of
        self.known_at, self._asked = known_at or timezone.now(), known_at  # 问此刻的，事实没变就不重算
        self._book: Book | None = None
        self._progress: progress.Progress | None = None
        self._records = records.Records()

    @property
    def book(self) -> Book:
        """年度口径与恒等式。"""
        if self._book is None:
            self._book = evaluate(self.year, as_of=self.as_of, known_at=self._asked)
        return self._book

    @property
    def progress(self) -> progress.Progress:
        """截至所在月末的进展。"""
        if self._progress is None:
            self._progress = progress.progress_at(year=self.year, as_of=self.as_of, known_at=self._asked)
        return self._progress

    def prefetch(self, figure_ids: Iterable[str]) -> None:
        """成批取好将要引用的事实。"""
        self._records = records.Records(figure_ids)

    def figure(self, figure_id: str) -> Figure:
        """求一个数；没有这个编号抛出 ``KeyError``。"""
        plain, in_wan, _ = figure_id.partition(IN_WAN)
        if plain.startswith(records.PREFIX):
            return self._records.figure(plain, as_of=self.as_of, known_at=self.known_at)
        if plain.startswith(progress.PREFIX):
            found = progress.measure(self.progress, plain)
        elif plain.startswith(RATE):
            found = self._rate(plain)
        else:
            found = self.book[plain]
        if not in_wan:
            return found
        return _restated(
            found, figure_id, progress.UNKNOWN if found.text == progress.UNKNOWN else wan(found.exact)
        )

    def shares(self, figure_id: str) -> dict[str, int]:
        """一个金额由各项目的多少相加而来（元），按项目编号；不是金额的为空。"""
        if figure_id.startswith(progress.PREFIX):
            return progress.shares(self.progress, figure_id.removesuffix(IN_WAN))
        if self.figure(figure_id).unit != "元":
            return {}
        profiles = {
            code: self.book.profiles.get(entry.project_year.project_id)
            for code, entry in self.book.entries.items()
        }
        return {code: row.total_investment_yuan or 0 for code, row in profiles.items() if row}

    def printed(self, figure_id: str) -> str:
        """印出的文字；编号查不到（文件被改坏）时说查无此数，不报错。"""
        try:
            return self.figure(figure_id).text
        except (KeyError, ValueError):
            return NOT_FOUND

    def later(self, figure_id: str) -> str:
        """到取数时刻为止的文字：引用的事实取其后来的更正，作废的写明作废。"""
        if not figure_id.startswith(records.PREFIX):
            return self.printed(figure_id)
        row = self._records.later(figure_id, until=self.known_at)
        if row is None:
            return self.printed(figure_id)
        return "（已作废）" if row.voided else records.written(row, figure_id.rsplit(".", 1)[1])

    def _rate(self, figure_id: str) -> Figure:
        """完成率：已完成 ÷ 合计，由口径重算，从不另存。"""
        category = figure_id.removeprefix(RATE)
        achieved, total = (
            ("outcome.achieved", "list.district")
            if category == "all"
            else (f"category.{category}.achieved", f"category.{category}.total")
        )
        done, whole = self.book[achieved], self.book[total]
        rate, inside = percent(done.value, whole.value), set(done.members)
        return Figure(
            id=figure_id, label="完成率", scope=f"{done.label} ÷ {whole.label}，由合计重算", unit="%",
            as_of=self.as_of, known_at=self.known_at, value=done.value, members=done.members, exact=done.value,
            excluded=tuple((code, "未完成") for code in whole.members if code not in inside),
            rule_set=done.rule_set, shown="—" if rate is None else f"{rate}%",
        )  # fmt: skip


def _restated(figure: Figure, figure_id: str, shown: str) -> Figure:
    values = {name: getattr(figure, name) for name in figure.__dataclass_fields__}
    return Figure(**{**values, "id": figure_id, "shown": shown})
