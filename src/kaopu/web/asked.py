"""地址里问的是哪一年、截至哪天、按何时所知（法 1 的两条时间）。"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from kaopu.audit.models import Past
from kaopu.figures.queries import Book, default_as_of, evaluate, last_closed_year
from kaopu.projects import queries as projects
from kaopu.supervision.queries.clock import today

_EVER = datetime(9999, 1, 1, tzinfo=UTC)  # 没有指定取数时刻：录入了的都算所知


@dataclass(frozen=True, kw_only=True)
class Asked:
    """一次询问：年度、基准日、取数时刻（空为此刻）；``years`` 为编过清单的年度，``present`` 为缺省的基准日。"""

    year: int
    as_of: date
    known_at: datetime | None
    years: tuple[int, ...]
    present: date

    @property
    def query(self) -> dict[str, str]:
        """写回地址的参数，使页上每个链接问的是同一件事。"""
        known = {"known_at": self.known_at.isoformat()} if self.known_at else {}
        return {"year": str(self.year), "as_of": self.as_of.isoformat(), **known}

    @property
    def looks_back(self) -> bool:
        """是否在看过去：指定了取数时刻，或基准日早于缺省的；往年年末之后、今天之前的一天也是。"""
        after_year_end = self.present < self.as_of < timezone.localdate()
        return self.known_at is not None or self.as_of < self.present or after_year_end

    @property
    def past(self) -> Past | None:
        """看过去时的那一刻；看现在为 ``None``。"""
        return Past(as_of=self.as_of, known_at=self.known_at or _EVER) if self.looks_back else None

    @property
    def stay(self) -> dict[str, str]:
        """看过去时写回地址的参数，使页上的链接留在过去；看现在为空。"""
        return self.query if self.looks_back else {}

    @property
    def day(self) -> date:
        """倒计与逾期按哪天算：看现在是今天，看过去是所问的那天。"""
        return self.as_of if self.looks_back else today()

    def moved(self, year: int) -> Asked:
        """换一个年度，截至那一年的缺省日；取数时刻不变。"""
        day = default_as_of(year)
        return replace(self, year=year, as_of=day, present=day)

    def then(self) -> Book | None:
        """看过去时的那本账；看现在为 ``None``。"""
        return self.book() if self.looks_back else None

    def book(self) -> Book:
        """按所问求数。"""
        return evaluate(self.year, as_of=self.as_of, known_at=self.known_at)


def asks_for_past(request: HttpRequest) -> bool:
    """地址里写没写“截至”或取数时刻；没有过去的页要说它只有现在。"""
    return bool(request.GET.get("as_of") or request.GET.get("known_at"))


def asked_of(request: HttpRequest, *, year: int | None = None) -> Asked:
    """从地址读出所问；没写年度的取 ``year``，没给则为最近关账的年度，再没有为最近编过清单的年度。"""
    years = projects.years_listed()
    year = _year(request.GET.get("year", "")) or year or _default_year(years)
    present = default_as_of(year)
    return Asked(
        year=year,
        as_of=_day(request.GET.get("as_of", "")) or present,
        known_at=_moment(request.GET.get("known_at", "")),
        years=years,
        present=present,
    )


def asked_day(request: HttpRequest, *, present: date | None = None) -> Asked:
    """不分年度的页（督办、会议、停复工、施工许可、月报台）所问：缺省是今天，早于今天的是看过去；提交时办的总是现在的事。

    这样的页倒计与逾期就按 ``as_of`` 算。留痕、导入、日历按录入的钟走，不随示例的钟，自己给 ``present``。
    """
    asked = request.GET if request.method != "POST" else QueryDict()
    present = present or today()
    as_of = min(_day(asked.get("as_of", "")) or present, present)
    return Asked(
        year=_year(asked.get("year", "")) or as_of.year,
        as_of=as_of,
        known_at=_moment(asked.get("known_at", "")),
        years=(),
        present=present,
    )


def _default_year(years: tuple[int, ...]) -> int:
    return last_closed_year() or max(years, default=timezone.localdate().year)


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2100):
        raise BadRequest("年度读不懂。请写四位年份，如 2022。")
    return int(text)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise BadRequest("基准日读不懂。请写成 2022-12-31 的样子。")
    return found


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        # 地址里的“+08:00”会被读成空格
        found = parse_datetime(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        found = None
    if found is None:
        raise BadRequest("取数时刻读不懂。请写成 2023-01-28T09:00 的样子。")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
