"""年度工作总结与要点：数字与项目出自记录，政治与党建章节留给人写（种子 A03、A05，HANDBOOK §1）。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from django.conf import settings

from kaopu.documents.gongwen import Gongwen, Piece
from kaopu.documents.numbers import bind
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.figures.queries import Book
from kaopu.projects import queries as projects
from kaopu.projects.models import Category, ListEntry
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import LagReason, OfficeNote, OutcomeDecision

NAMED_AT_MOST = 3
_NAME_CHARACTERS = 4
_TABLE_COLUMNS = (Outcome.ACHIEVED, Outcome.LAGGING, Outcome.UNACHIEVABLE, Outcome.STOPPED)


@dataclass(frozen=True, kw_only=True)
class Material:
    """写这份总结要用的全部记录，都按同一基准日、同一取数时刻。"""

    book: Book
    entries: dict[str, ListEntry]
    names: dict[str, str]
    demo: frozenset[str]
    notes: dict[int, list[OfficeNote]]
    decisions: dict[int, list[OutcomeDecision]]
    reasons: dict[int, list[LagReason]]
    ceremonies: Sequence[tuple[str, date]]


def gather(book: Book) -> Material:
    """收拢素材。"""
    year, as_of, known_at = book.year, book.as_of, book.known_at
    entries = list(projects.entries_known(year=year, as_of=as_of, known_at=known_at))
    profiles = projects.profiles_known(as_of=as_of, known_at=known_at, year=year)
    members = [entry.project_year.project for entry in entries]
    ceremonies = projects.ceremonies_known(year=year, as_of=as_of, known_at=known_at)
    return Material(
        book=book,
        entries={entry.project_year.project.code: entry for entry in entries},
        names={
            member.code: shown_name(profiles[member.pk].name, is_demo=member.is_demo) for member in members
        },
        demo=frozenset(member.code for member in members if member.is_demo),
        notes=tracking.notes_known(year=year, as_of=as_of, known_at=known_at),
        decisions=tracking.decisions_known(year=year, as_of=as_of, known_at=known_at),
        reasons=tracking.lag_reasons_known(year=year, as_of=as_of, known_at=known_at),
        ceremonies=[(ceremony.name, ceremony.on) for ceremony in ceremonies],
    )


def shown_name(name: str, *, is_demo: bool) -> str:
    """文中点名的写法：示例项目必带“示例”二字，不会与真项目混淆。"""
    return f"{name}（示例）" if is_demo and "示例" not in name else name


def title(year: int) -> str:
    """公文标题。"""
    return f"{settings.OFFICE_SHORT_NAME}{year}年工作总结和{year + 1}年工作要点"


def compose(paper: Gongwen, material: Material, *, on: date) -> None:
    """把总结与要点写到 ``paper`` 上。"""
    year = material.book.year
    paper.header("草稿　含示例数据，不作正式文件" if material.demo else "草稿")
    paper.red_head(organ=settings.ORGAN_NAME, number=f"{settings.ORGAN_CODE}〔{year + 1}〕　　号")
    paper.title(title(year).replace("和", "\n和", 1))
    paper.part(f"第一部分　{year}年工作总结")
    paper.place(f"{year}年工作的指导思想与总体评价")
    _list_chapter(paper, material)
    for heading, wanted in (
        ("二、参与疫情防控，推进复工复产", "疫情防控与复工复产的工作情况"),
        ("三、聚焦完善机制，着力项目推进", "责任分工、调度机制、攻坚克难、信息共享的工作情况"),
    ):
        paper.heading(heading)
        paper.place(wanted)
    _municipal_chapter(paper, material)
    _district_chapter(paper, material)
    paper.heading("六、加强党的建设，提升工作效能")
    paper.place("学习活动与从严治党各项责任的落实情况")
    _next_year(paper, material)
    paper.signature(organ=settings.ORGAN_NAME, day=f"{on.year}年{on.month}月{on.day}日")


def _list_chapter(paper: Gongwen, material: Material) -> None:
    book = material.book
    paper.heading("一、完成计划编制，抢抓开局开工")
    pieces: list[Piece] = [
        f"年初会同相关部门，对{book.year}年全区范围内的重点建设项目进行了梳理，汇总形成",
        bind(book, "list.all"), "项（其中，市属", bind(book, "list.municipal"), "项、区属",
        bind(book, "list.district.initial"), "项、年中新增区属", bind(book, "list.district.added"),
        "项）市、区重大项目建设清单及项目建设月度计划，明确各项目的月度实施计划及投资安排。",
    ]  # fmt: skip
    for name, day in material.ceremonies:
        pieces += [f"{day.month}月{day.day}日举办{name}，"]
    if material.ceremonies:
        pieces += [
            "集中开工项目",
            bind(book, "ceremony.count"),
            "个，总投资额",
            bind(book, "ceremony.investment"),
            "。",
        ]
    paper.paragraph(*pieces)


def _municipal_chapter(paper: Gongwen, material: Material) -> None:
    book = material.book
    paper.heading("四、市属重大工程进展情况")
    paper.paragraph(f"{book.year}年市属重大工程", bind(book, "list.municipal"), "项，各项目进展情况如下：")
    for order, code in enumerate(book["list.municipal"].members, 1):
        notes = material.notes.get(material.entries[code].project_year.project_id, [])
        text = "；".join(note.text.strip().rstrip("。；") for note in notes) or "尚无进展记录"
        name = material.names[code]
        paper.paragraph(f"{order}. {text}。" if _names_itself(text, name) else f"{order}. {name}：{text}。")


def _names_itself(text: str, name: str) -> bool:
    """纪要的开头已是项目名称（名称主干的一半以上、至少四字相同），不必再冠名。"""
    core = name.split("（", 1)[0]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, core, strict=False)))
    return shared >= max(_NAME_CHARACTERS, (len(core) + 1) // 2)


def _district_chapter(paper: Gongwen, material: Material) -> None:
    book = material.book
    paper.heading("五、区属重点项目推进情况")
    paper.paragraph(
        f"{book.year}年区属重大工程正式项目", bind(book, "list.district"), "个，其中年初确定的项目",
        bind(book, "list.district.initial"), "个，年中新增项目", bind(book, "list.district.added"),
        "个。截至年底，年度目标已完成的", bind(book, "outcome.achieved"), "个；滞后",
        bind(book, "outcome.lagging"), "个；目标无法完成的项目", bind(book, "outcome.unachievable"),
        "个；停止实施", bind(book, "outcome.stopped"), "个。",
    )  # fmt: skip
    _matrix(paper, book)
    for order, category in enumerate(Category, 1):
        total = bind(book, f"category.{category.value}.total")
        pieces: list[Piece] = [f"{order}. {category.label}（", total, "个）。"]
        for outcome, write in _SENTENCES.items():
            if book[f"category.{category.value}.{outcome}"].members:
                pieces += write(material, f"category.{category.value}.{outcome}")
        paper.paragraph(*pieces)


def _matrix(paper: Gongwen, book: Book) -> None:
    header = ["类别", "合计", *(OUTCOME_LABELS[outcome] for outcome in _TABLE_COLUMNS), "完成率"]
    rows: list[list[Piece]] = [
        [
            category.label,
            bind(book, f"category.{category.value}.total"),
            *(bind(book, f"category.{category.value}.{outcome}") for outcome in _TABLE_COLUMNS),
            bind(book, f"rate.{category.value}"),
        ]
        for category in Category
    ]
    totals = (bind(book, f"outcome.{outcome}") for outcome in _TABLE_COLUMNS)
    rows.append(["合计", bind(book, "list.district"), *totals, bind(book, "rate.all")])
    paper.table(header, rows, caption="区属重点项目年度目标完成情况（单位：个）")


def _examples(material: Material, codes: Sequence[str]) -> str:
    """点名至多三个项目；示例项目不点。"""
    real = [material.names[code] for code in codes if code not in material.demo]
    return "、".join(real[:NAMED_AT_MOST])


def _achieved(material: Material, figure: str) -> list[Piece]:
    names = _examples(material, material.book[figure].members)
    return [f"{names}等" if names else "", bind(material.book, figure), "个项目完成年度目标。"]


def _lagging(material: Material, figure: str) -> list[Piece]:
    codes = material.book[figure].members
    reasons = {code: material.reasons.get(material.entries[code].project_year_id, []) for code in codes}
    causes = {reason.cause for found in reasons.values() for reason in found}
    names = _examples(material, codes)
    shared = len(codes) > 1 and len(causes) == 1 and all(reasons.values())
    count = bind(material.book, figure)
    if shared:
        return [f"{names}等" if names else "", count, f"个项目由于{causes.pop()}，总体进度滞后。"]
    pieces: list[Piece] = [count, "个项目滞后。"]
    for code, found in reasons.items():
        for reason in found:
            following = f"，{reason.next_step}" if reason.next_step else ""
            pieces.append(f"{material.names[code]}{reason.cause}{following}。")
    return pieces


def _decided(material: Material, figure: str, words: str) -> list[Piece]:
    pieces: list[Piece] = [bind(material.book, figure), f"个项目{words}。"]
    for code in material.book[figure].members:
        for decision in material.decisions.get(material.entries[code].project_year_id, [])[-1:]:
            measures = f"；{decision.measures}" if decision.measures else ""
            pieces.append(f"{material.names[code]}：{decision.reason}{measures}（{decision.document}）。")
    return pieces


def _unachievable(material: Material, figure: str) -> list[Piece]:
    return _decided(material, figure, "无法完成年度目标")


def _stopped(material: Material, figure: str) -> list[Piece]:
    return _decided(material, figure, "停止实施")


_SENTENCES = {
    Outcome.ACHIEVED: _achieved,
    Outcome.LAGGING: _lagging,
    Outcome.UNACHIEVABLE: _unachievable,
    Outcome.STOPPED: _stopped,
}


def _next_year(paper: Gongwen, material: Material) -> None:
    book, following = material.book, material.book.year + 1
    paper.part(f"第二部分　{following}年工作要点")
    paper.place(f"{following}年工作的总体要求")
    paper.heading("一、明确目标，加强责任落实")
    paper.paragraph(
        f"根据区委、区政府的统一部署，梳理{following}年全区范围内的重点建设项目，对接市重大建设项目计划，汇总形成"
        f"{following}年重点项目计划。涉及我区的市属重大工程共", bind(book, "next.municipal"), "个，其中正式项目",
        bind(book, "next.municipal.formal"), "个、预备项目", bind(book, "next.municipal.reserve"),
        "个。区属重点建设项目共安排", bind(book, "next.district"), "个，其中结转项目",
        bind(book, "next.district.carried_over"), "个、新增项目", bind(book, "next.district.new"), "个。",
    )  # fmt: skip
    for heading, wanted in (
        ("二、优化机制，强化推进力度", "项目推进、工作通报与立功竞赛的安排"),
        ("三、精准发力，不断强化党的建设", "党的建设与作风建设的安排"),
    ):
        paper.heading(heading)
        paper.place(wanted)
