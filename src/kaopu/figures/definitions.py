"""数据口径：每个数只在这里定义一次——名称、单位、范围与取出成员的办法（法 3）。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kaopu.domain.closing import IdentityVerdict, check_identity
from kaopu.domain.outcomes import CLOSING_OUTCOMES, OUTCOME_LABELS, Outcome
from kaopu.projects.models import Category, Entry, Formality, Level


@dataclass(frozen=True, kw_only=True)
class Counted:
    """一个被计数的年度项目：数据口径只看这些属性。"""

    code: str
    level: str
    entry: str
    formality: str
    category: str
    outcome: str

    @property
    def formal_district(self) -> bool:
        """区属正式项目：年度目标结果只对它们统计（种子 F00）。"""
        return self.level == Level.DISTRICT and self.formality == Formality.FORMAL


@dataclass(frozen=True, kw_only=True)
class CeremonyCount:
    """一次集中开工的成员与总投资（元）。"""

    codes: tuple[str, ...]
    investment_yuan: int


@dataclass(frozen=True, kw_only=True)
class YearBook:
    """一个年度可供计数的全部内容；``next_year`` 为已编的下一年清单。"""

    this_year: Sequence[Counted]
    next_year: Sequence[Counted] = ()
    ceremonies: Sequence[CeremonyCount] = field(default_factory=tuple)


@dataclass(frozen=True, kw_only=True)
class FigureDefinition:
    """一个口径。``members`` 取出成员编号；``amount`` 不为空时数值是它（元），否则是成员个数。"""

    id: str
    label: str
    scope: str
    members: Callable[[YearBook], tuple[str, ...]]
    unit: str = "个"
    amount: Callable[[YearBook], int] | None = None


def _codes(rows: Sequence[Counted], test: Callable[[Counted], bool]) -> tuple[str, ...]:
    return tuple(row.code for row in rows if test(row))


def _this(test: Callable[[Counted], bool]) -> Callable[[YearBook], tuple[str, ...]]:
    return lambda book: _codes(book.this_year, test)


def _next(test: Callable[[Counted], bool]) -> Callable[[YearBook], tuple[str, ...]]:
    return lambda book: _codes(book.next_year, test)


def _on_list(row: Counted) -> bool:
    return row.level == Level.MUNICIPAL or row.formal_district


def _list_figures() -> list[FigureDefinition]:
    scope = "年度清单；区属预备项目不计"
    return [
        FigureDefinition(id="list.all", label="清单项目", scope=scope, unit="项", members=_this(_on_list)),
        FigureDefinition(
            id="list.municipal",
            label="市属",
            scope=scope,
            unit="项",
            members=_this(lambda r: r.level == Level.MUNICIPAL),
        ),
        FigureDefinition(
            id="list.district", label="区属正式项目", scope=scope, members=_this(lambda r: r.formal_district)
        ),
        FigureDefinition(
            id="list.district.initial",
            label="年初确定",
            scope=scope,
            members=_this(lambda r: r.formal_district and r.entry != Entry.ADDED),
        ),
        FigureDefinition(
            id="list.district.added",
            label="年中新增",
            scope=scope,
            members=_this(lambda r: r.formal_district and r.entry == Entry.ADDED),
        ),
    ]


_COUNTED_OUTCOMES = (*CLOSING_OUTCOMES, Outcome.ON_TRACK)


def _with_outcome(outcome: Outcome) -> Callable[[Counted], bool]:
    return lambda r: r.formal_district and r.outcome == outcome


def _outcome_figures() -> list[FigureDefinition]:
    return [
        FigureDefinition(
            id=f"outcome.{outcome}",
            label=OUTCOME_LABELS[outcome],
            scope="区属正式项目的年度目标结果",
            members=_this(_with_outcome(outcome)),
        )
        for outcome in _COUNTED_OUTCOMES
    ]


def _in_category(category: Category, outcome: Outcome | None) -> Callable[[Counted], bool]:
    return lambda r: r.formal_district and r.category == category and outcome in (None, r.outcome)


def _category_figures() -> list[FigureDefinition]:
    found = []
    for category in Category:
        for outcome in (None, *_COUNTED_OUTCOMES):
            part = "total" if outcome is None else outcome.value
            label = category.label if outcome is None else f"{category.label}·{OUTCOME_LABELS[outcome]}"
            found.append(
                FigureDefinition(
                    id=f"category.{category.value}.{part}",
                    label=label,
                    scope="区属正式项目，按五类",
                    members=_this(_in_category(category, outcome)),
                )
            )
    return found


def _ceremony_codes(book: YearBook) -> tuple[str, ...]:
    return tuple(code for ceremony in book.ceremonies for code in ceremony.codes)


def _ceremony_figures() -> list[FigureDefinition]:
    scope = "集中开工仪式的项目"
    return [
        FigureDefinition(id="ceremony.count", label="集中开工项目", scope=scope, members=_ceremony_codes),
        FigureDefinition(
            id="ceremony.investment",
            label="集中开工总投资",
            scope=f"{scope}总投资之和，取整到亿元，有余数冠以“逾”",
            unit="元",
            members=_ceremony_codes,
            amount=lambda book: sum(ceremony.investment_yuan for ceremony in book.ceremonies),
        ),
    ]


def _next_figures() -> list[FigureDefinition]:
    scope = "下一年度清单（面向未来，按取数时刻所知，不受基准日限制）"

    def municipal(formality: str | None) -> Callable[[Counted], bool]:
        return lambda r: r.level == Level.MUNICIPAL and formality in (None, r.formality)

    def district(*entries: str) -> Callable[[Counted], bool]:
        return lambda r: r.formal_district and (not entries or r.entry in entries)

    rows = [
        ("next.municipal", "下年市属", municipal(None)),
        ("next.municipal.formal", "下年市属正式", municipal(Formality.FORMAL)),
        ("next.municipal.reserve", "下年市属预备", municipal(Formality.RESERVE)),
        ("next.district", "下年区属", district()),
        ("next.district.carried_over", "下年区属结转", district(Entry.CARRIED_OVER)),
        ("next.district.new", "下年区属新增", district(Entry.NEW, Entry.INITIAL, Entry.ADDED)),
    ]
    return [
        FigureDefinition(id=id, label=label, scope=scope, members=_next(test)) for id, label, test in rows
    ]


DEFINITIONS: Mapping[str, FigureDefinition] = {
    definition.id: definition
    for definition in (
        *_list_figures(),
        *_outcome_figures(),
        *_category_figures(),
        *_ceremony_figures(),
        *_next_figures(),
    )
}

# 恒等式：总 = 分 + 分（HANDBOOK §2.1）。口径声明在旁，逐个成员核对。
IDENTITIES: Sequence[tuple[str, tuple[str, ...]]] = (
    ("list.all", ("list.municipal", "list.district.initial", "list.district.added")),
    ("list.district", ("list.district.initial", "list.district.added")),
    ("list.district", tuple(f"outcome.{outcome}" for outcome in _COUNTED_OUTCOMES)),
    ("list.district", tuple(f"category.{category.value}.total" for category in Category)),
    *(
        (f"outcome.{outcome}", tuple(f"category.{category.value}.{outcome}" for category in Category))
        for outcome in _COUNTED_OUTCOMES
    ),
    *(
        (
            f"category.{category.value}.total",
            tuple(f"category.{category.value}.{outcome}" for outcome in _COUNTED_OUTCOMES),
        )
        for category in Category
    ),
    ("next.municipal", ("next.municipal.formal", "next.municipal.reserve")),
    ("next.district", ("next.district.carried_over", "next.district.new")),
)


def check_identities(members: Mapping[str, tuple[str, ...]]) -> list[IdentityVerdict]:
    """逐条核对恒等式；``members`` 为各口径的成员编号。"""
    return [
        check_identity(
            whole=(DEFINITIONS[whole].label, members[whole]),
            parts=[(DEFINITIONS[part].label, members[part]) for part in parts],
        )
        for whole, parts in IDENTITIES
    ]
