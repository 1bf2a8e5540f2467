"""某年清单上、某人看得见的项目：一次查询取齐页面要写的各栏。"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple
from weakref import WeakKeyDictionary

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.audit.remembering import until_facts_change
from kaopu.domain.colours import COLOUR_LABELS, Colour
from kaopu.figures.progress import UNASSESSED, colour_of
from kaopu.figures.queries import Book
from kaopu.projects.models import Category, Level, ListEntry, Project, ProjectProfile
from kaopu.projects.queries import entries_known, profiles_known
from kaopu.tracking.models import Verdict

_LEVELS = {str(value): str(label) for value, label in Level.choices}
_CATEGORIES = {str(value): str(label) for value, label in Category.choices}


class ListedRow(NamedTuple):
    """清单的一行（年度项目）。"""

    project_year_id: int
    code: str
    name: str
    is_demo: bool
    unit: str | None
    street: str
    key_area: str
    longitude: Decimal | None
    latitude: Decimal | None
    total_investment_yuan: int | None
    investment_qualifier: str
    level: str
    category: str
    entry: str
    formality: str
    planned_investment_yuan: int | None
    listed_on: date

    @property
    def level_label(self) -> str:
        """级别的中文。"""
        return _LEVELS[self.level]

    @property
    def category_label(self) -> str:
        """类别的中文；市属项目不分五类。"""
        return _CATEGORIES.get(self.category, "—")

    @property
    def municipal(self) -> bool:
        """是否市属。"""
        return self.level == Level.MUNICIPAL


_COLUMNS = (
    "project_year_id",
    "project_year__project__code",
    "project_year__project__profile__name",
    "project_year__project__is_demo",
    "project_year__project__profile__responsible_unit__name",
    "project_year__project__profile__street",
    "project_year__project__profile__key_area",
    "project_year__project__profile__longitude",
    "project_year__project__profile__latitude",
    "project_year__project__profile__total_investment_yuan",
    "project_year__project__profile__investment_qualifier",
    "level",
    "category",
    "entry",
    "formality",
    "planned_investment_yuan",
    "list_version__on",
)


def listed(user: User, year: int, *, then: Book | None = None) -> tuple[ListedRow, ...]:
    """``user`` 看得见的 ``year`` 年清单，按内部编号排列；一条查询，事实没变不重查。

    看过去时给 ``then``：清单与档案都取当时所知的一版（法 1）。
    """
    if then is not None:
        return _then(user, then)
    return _listed(year) if user.sees_everything else _rows(year, user)


@until_facts_change(ListEntry, ProjectProfile)
def _listed(year: int) -> tuple[ListedRow, ...]:
    return _rows(year, None)


def _rows(year: int, user: User | None) -> tuple[ListedRow, ...]:
    entries = ListEntry.objects.live().filter(project_year__year=year)
    if user is not None:
        entries = entries.filter(project_year__project__in=Project.objects.visible_to(user))
    rows = entries.order_by("project_year__project__code").values_list(*_COLUMNS)
    return tuple(ListedRow(*row) for row in rows)


def listed_seen(user: User, year: int, *, past: Past | None) -> tuple[ListedRow, ...]:
    """``user`` 看得见的某年清单，现在的或当时的；不求数的页用，省得为一张清单算一本账。"""
    if past is None:
        return listed(user, year)
    return _visible(user, _listed_then(year, past, past.as_of))


def listed_next(user: User, year: int, *, past: Past | None) -> tuple[ListedRow, ...]:
    """``user`` 看得见的下一年清单；看过去时只看取数时刻（决定 0002），名称取那天的，那天还没有的取其后最早所知的。"""
    return listed(user, year) if past is None else _visible(user, _listed_then(year, past, date.max))


@until_facts_change(ListEntry, ProjectProfile)
def _listed_then(year: int, past: Past, listed_by: date) -> tuple[ListedRow, ...]:
    """``listed_by`` 及以前列入的。"""
    profiles: dict[int, ProjectProfile] = {}
    for day in sorted({listed_by, past.as_of}, reverse=True):
        profiles |= profiles_known(as_of=day, known_at=past.known_at, year=year)
    entries = entries_known(year=year, as_of=listed_by, known_at=past.known_at)
    return tuple(
        _row_then(entry.project_year.project.code, entry, profiles.get(entry.project_year.project_id))
        for entry in entries
    )


_rows_of: WeakKeyDictionary[Book, tuple[ListedRow, ...]] = WeakKeyDictionary()


def _then(user: User, book: Book) -> tuple[ListedRow, ...]:
    """当时的清单；同一本账只排一遍。"""
    if book not in _rows_of:
        _rows_of[book] = tuple(
            _row_then(code, entry, book.profiles.get(entry.project_year.project_id))
            for code, entry in book.entries.items()
        )
    return _visible(user, _rows_of[book])


def _visible(user: User, rows: tuple[ListedRow, ...]) -> tuple[ListedRow, ...]:
    if user.sees_everything:
        return rows
    visible = set(Project.objects.visible_to(user).values_list("code", flat=True))
    return tuple(row for row in rows if row.code in visible)


def _row_then(code: str, entry: ListEntry, profile: ProjectProfile | None) -> ListedRow:
    """清单的一行，按当时的条目与档案。"""
    unit = profile.responsible_unit if profile else None
    return ListedRow(
        project_year_id=entry.project_year_id, code=code, name=profile.name if profile else code,
        is_demo=entry.project_year.project.is_demo, unit=unit.name if unit else None,
        street=profile.street if profile else "", key_area=profile.key_area if profile else "",
        longitude=profile.longitude if profile else None, latitude=profile.latitude if profile else None,
        total_investment_yuan=profile.total_investment_yuan if profile else None,
        investment_qualifier=profile.investment_qualifier if profile else "", level=entry.level,
        category=entry.category, entry=entry.entry, formality=entry.formality,
        planned_investment_yuan=entry.planned_investment_yuan, listed_on=entry.list_version.on,
    )  # fmt: skip


def shown_colour(row: ListedRow, verdict: Verdict | None) -> tuple[str, str]:
    """页面上标什么颜色、为什么。"""
    colour = colour_of(row.level, verdict)
    if colour == UNASSESSED:
        return colour, "市下达目标，区配合，未评定"
    return colour, verdict.reason if verdict else "尚无月末评定"


def colour_label(colour: str) -> str:
    """颜色的中文，含“未评定”。"""
    return "未评定" if colour == UNASSESSED else COLOUR_LABELS[Colour(colour)]
