"""数据口径：每个数只在这里定义一次——名称、单位、范围与取出成员的办法（法 3）。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kaopu.domain.closing import IdentityVerdict, check_identity
from kaopu.domain.outcomes import CLOSING_OUTCOMES, OUTCOME_LABELS, Outcome
from kaopu.projects.models import Category, Entry, Formality, Level

Kind = tuple[str, str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """一个被计数的年度项目：数据口径只看这些属性。"""

    code: str
    level: str
    entry: str
    formality: str
    category: str
    outcome: str

    @cached_property
    def kind(self) -> Kind:
        """计数所看的全部属性。"""
        return self.level, self.entry, self.formality, self.category, self.outcome

    @property
    def formal_district(self) -> bool:
        """区属正式项目：年度目标结果只对它们统计（种子 F00）。"""
        return self.level == Level.DISTRICT and self.formality == Formality.FORMAL

    @property
    def on_list(self) -> bool:
        """是否计入年度清单：市属全计，区属只计正式。"""
        return self.level == Level.MUNICIPAL or self.formal_district


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


Exclusion = tuple[str, str]  # 项目编号，为什么不计


@dataclass(frozen=True, kw_only=True)
class FigureDefinition:
    """一个口径。``members`` 取出成员编号；``amount`` 不为空时数值是它（元），否则是成员个数。"""

    id: str
    label: str
    scope: str
    members: Callable[[YearBook], tuple[str, ...]]
    unit: str = "个"
    amount: Callable[[YearBook], int] | None = None
    count: Count | None = None  # 按属性计数的，条件在此；核验包凭它重算成员


Wants = Mapping[str, frozenset[str] | frozenset[bool]]

_ATTRIBUTES = {
    "level": "级别",
    "entry": "列入方式",
    "formality": "性质",
    "category": "类别",
    "outcome": "年度目标结果",
}
_LABELS: Mapping[str, str] = {
    **{
        str(value): str(label)
        for kind in (Level, Entry, Formality, Category)
        for value, label in kind.choices
    },
    **{str(outcome): label for outcome, label in OUTCOME_LABELS.items()},
}


@dataclass(frozen=True, kw_only=True)
class Count:
    """按属性计数：哪一年的清单（``this_year``、``next_year``），各属性须在哪些值之内。"""

    wants: Wants
    year: str = "this_year"

    def members(self, book: YearBook) -> tuple[str, ...]:
        """成员编号。"""
        return self.split(book)[0]

    def split(self, book: YearBook) -> tuple[tuple[str, ...], tuple[Exclusion, ...]]:
        """成员编号，与清单上不计入的各行及第一条不合的理由。"""
        members: list[str] = []
        excluded: list[Exclusion] = []
        reasons: dict[Kind, str | None] = {}  # 各行的属性无非几十种，一种只判一次
        for row in getattr(book, self.year):
            if row.kind not in reasons:
                reasons[row.kind] = _why_not(row, self.wants)
            reason = reasons[row.kind]
            if reason is None:
                members.append(row.code)
            else:
                excluded.append((row.code, reason))
        return tuple(members), tuple(excluded)


def _why_not(row: Counted, wants: Wants) -> str | None:
    for name, accepted in wants.items():
        value = getattr(row, name)
        if value not in accepted:
            if name == "on_list":
                return "区属预备项目，不计"
            return f"{_ATTRIBUTES[name]}为{_LABELS.get(value, '未定')}"
    return None


Wanted = Mapping[str, str | Sequence[str]]


def _define(
    id: str, label: str, scope: str, wanted: Wanted, *, unit: str = "个", year: str = "this_year"
) -> FigureDefinition:
    accepted = {
        name: frozenset([value] if isinstance(value, str) else value) for name, value in wanted.items()
    }
    count = Count(wants=accepted or {"on_list": frozenset([True])}, year=year)
    return FigureDefinition(
        id=id,
        label=label,
        scope=scope,
        unit=unit,
        members=count.members,
        count=count,
    )


_DISTRICT: Wanted = {"level": Level.DISTRICT, "formality": Formality.FORMAL}
_COUNTED_OUTCOMES = (*CLOSING_OUTCOMES, Outcome.ON_TRACK)


def _list_figures() -> list[FigureDefinition]:
    scope = "年度清单；区属预备项目不计"
    initial = [entry for entry in Entry.values if entry != Entry.ADDED]
    return [
        _define("list.all", "清单项目", scope, {}, unit="项"),
        _define("list.municipal", "市属", scope, {"level": Level.MUNICIPAL}, unit="项"),
        _define("list.district", "区属正式项目", scope, _DISTRICT),
        _define("list.district.initial", "年初确定", scope, {**_DISTRICT, "entry": initial}),
        _define("list.district.added", "年中新增", scope, {**_DISTRICT, "entry": Entry.ADDED}),
    ]


def _outcome_figures() -> list[FigureDefinition]:
    scope = "区属正式项目的年度目标结果"
    return [
        _define(f"outcome.{outcome}", OUTCOME_LABELS[outcome], scope, {**_DISTRICT, "outcome": outcome})
        for outcome in _COUNTED_OUTCOMES
    ]


def _category_figures() -> list[FigureDefinition]:
    scope = "区属正式项目，按五类"
    found = []
    for category in Category:
        wants = {**_DISTRICT, "category": category.value}
        id, label = f"category.{category.value}", str(category.label)
        found.append(_define(f"{id}.total", label, scope, wants))
        for outcome in _COUNTED_OUTCOMES:
            found.append(
                _define(
                    f"{id}.{outcome}",
                    f"{label}·{OUTCOME_LABELS[outcome]}",
                    scope,
                    {**wants, "outcome": outcome},
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

    new = (Entry.NEW, Entry.INITIAL, Entry.ADDED)
    rows: list[tuple[str, str, Wanted]] = [
        ("next.municipal", "下年市属", {"level": Level.MUNICIPAL}),
        ("next.municipal.formal", "下年市属正式", {"level": Level.MUNICIPAL, "formality": Formality.FORMAL}),
        (
            "next.municipal.reserve",
            "下年市属预备",
            {"level": Level.MUNICIPAL, "formality": Formality.RESERVE},
        ),
        ("next.district", "下年区属", {**_DISTRICT}),
        ("next.district.carried_over", "下年区属结转", {**_DISTRICT, "entry": Entry.CARRIED_OVER}),
        ("next.district.new", "下年区属新增", {**_DISTRICT, "entry": new}),
    ]
    return [_define(id, label, scope, wants, year="next_year") for id, label, wants in rows]


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
