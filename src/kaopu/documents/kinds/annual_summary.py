"""年度工作总结与要点：数字与项目出自记录，政治与党建章节留给人写（种子 A03、A05，HANDBOOK §1）。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from django.conf import settings

from kaopu.documents.gongwen import Column, Gongwen, Piece
from kaopu.documents.kinds.kind import Asked, Kind, Refused, closing, opening
from kaopu.documents.sources import Sources
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.figures.queries import is_year_closed
from kaopu.projects import queries as projects
from kaopu.projects.models import Category, Ceremony
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import LagReason, OfficeNote, OutcomeDecision

NAMED_AT_MOST = 3
_NAME_CHARACTERS = 4
_TABLE_COLUMNS = (Outcome.ACHIEVED, Outcome.LAGGING, Outcome.UNACHIEVABLE, Outcome.STOPPED)


@dataclass(frozen=True, kw_only=True)
class Material:
    """写这份总结要用的全部记录，都按同一基准日、同一取数时刻。"""

    sources: Sources
    notes: dict[int, list[OfficeNote]]
    decisions: dict[int, list[OutcomeDecision]]
    reasons: dict[int, list[LagReason]]
    ceremonies: Sequence[Ceremony]


def gather(sources: Sources) -> Material:
    """收拢素材。"""
    year, as_of, known_at = sources.year, sources.as_of, sources.ledger.known_at
    return Material(
        sources=sources,
        notes=tracking.notes_known(year=year, as_of=as_of, known_at=known_at),
        decisions=tracking.decisions_known(year=year, as_of=as_of, known_at=known_at),
        reasons=tracking.lag_reasons_known(year=year, as_of=as_of, known_at=known_at),
        ceremonies=projects.ceremonies_known(year=year, as_of=as_of, known_at=known_at),
    )


def title(year: int) -> str:
    """公文标题。"""
    return f"{settings.OFFICE_SHORT_NAME}{year}年工作总结和{year + 1}年工作要点"


def compose(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """把总结与要点写到 ``paper`` 上。"""
    year, material = asked.year, gather(sources)
    opening(paper, sources, number_year=year + 1, title=title(year).replace("和", "\n和", 1))
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
    paper.signature(organ=settings.ORGAN_NAME, day=asked.day)
    closing(paper, asked, copies="区委办公室、区政府办公室")


def _list_chapter(paper: Gongwen, material: Material) -> None:
    sources = material.sources
    paper.heading("一、完成计划编制，抢抓开局开工")
    pieces: list[Piece] = [
        f"年初会同相关部门，对{sources.year}年全区范围内的重点建设项目进行了梳理，汇总形成",
        sources.number("list.all"), "项（其中，市属", sources.number("list.municipal"), "项、区属",
        sources.number("list.district.initial"), "项、年中新增区属", sources.number("list.district.added"),
        "项）市、区重大项目建设清单及项目建设月度计划，明确各项目的月度实施计划及投资安排。",
    ]  # fmt: skip
    for ceremony in material.ceremonies:
        day = ceremony.on
        pieces += [f"{day.month}月{day.day}日举办", sources.quote(ceremony, "name"), "，"]
    if material.ceremonies:
        count, total = sources.number("ceremony.count"), sources.number("ceremony.investment")
        pieces += ["集中开工项目", count, "个，总投资额", total, "。"]
    paper.paragraph(*pieces)


def _municipal_chapter(paper: Gongwen, material: Material) -> None:
    sources = material.sources
    paper.heading("四、市属重大工程进展情况")
    paper.paragraph(
        f"{sources.year}年市属重大工程", sources.number("list.municipal"), "项，各项目进展情况如下："
    )
    for order, code in enumerate(sources.ledger.book["list.municipal"].members, 1):
        name = sources.name(code)
        notes = material.notes.get(sources.entries[code].project_year.project_id, [])
        told: list[Piece] = _joined(sources, notes) if notes else ["尚无进展记录"]
        named: list[Piece] = (
            [] if notes and _names_itself(notes[0].text.strip(), _plain(name)) else [*name, "："]
        )
        paper.paragraph(f"{order}. ", *named, *told, "。")


def _joined(sources: Sources, notes: Sequence[OfficeNote]) -> list[Piece]:
    pieces: list[Piece] = []
    for note in notes:
        pieces += [*(["；"] if pieces else []), sources.quote(note, "text")]
    return pieces


def _plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def _names_itself(text: str, name: str) -> bool:
    """纪要的开头已是项目名称（名称主干的一半以上、至少四字相同），不必再冠名。"""
    core = name.split("（", 1)[0]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, core, strict=False)))
    return shared >= max(_NAME_CHARACTERS, (len(core) + 1) // 2)


def _district_chapter(paper: Gongwen, material: Material) -> None:
    sources = material.sources
    paper.heading("五、区属重点项目推进情况")
    paper.paragraph(
        f"{sources.year}年区属重大工程正式项目", sources.number("list.district"), "个，其中年初确定的项目",
        sources.number("list.district.initial"), "个，年中新增项目", sources.number("list.district.added"),
        "个。截至年底，年度目标已完成的", sources.number("outcome.achieved"), "个；滞后",
        sources.number("outcome.lagging"), "个；目标无法完成的项目", sources.number("outcome.unachievable"),
        "个；停止实施", sources.number("outcome.stopped"), "个。",
    )  # fmt: skip
    _matrix(paper, sources)
    for order, category in enumerate(Category, 1):
        total = sources.number(f"category.{category.value}.total")
        pieces: list[Piece] = [f"{order}. {category.label}（", total, "个）。"]
        for outcome, write in _SENTENCES.items():
            if sources.ledger.book[f"category.{category.value}.{outcome}"].members:
                pieces += write(material, f"category.{category.value}.{outcome}")
        paper.paragraph(*pieces)


def _matrix(paper: Gongwen, sources: Sources) -> None:
    heads = ["合计", *(OUTCOME_LABELS[outcome] for outcome in _TABLE_COLUMNS), "完成率"]
    columns = [Column(head="类别", width=1.8), *(Column(head=head, number=True) for head in heads)]
    rows: list[list[Piece]] = [
        [
            category.label,
            sources.number(f"category.{category.value}.total"),
            *(sources.number(f"category.{category.value}.{outcome}") for outcome in _TABLE_COLUMNS),
            sources.number(f"rate.{category.value}"),
        ]
        for category in Category
    ]
    totals = (sources.number(f"outcome.{outcome}") for outcome in _TABLE_COLUMNS)
    rows.append(["合计", sources.number("list.district"), *totals, sources.number("rate.all")])
    paper.table(columns, rows, caption="区属重点项目年度目标完成情况", unit="个", whole=True)


def _examples(sources: Sources, codes: Sequence[str]) -> list[Piece]:
    """点名至多三个项目，后加“等”；示例项目不点。"""
    names = sources.names([code for code in codes if code not in sources.demo][:NAMED_AT_MOST])
    return [*names, "等"] if names else []


def _achieved(material: Material, figure: str) -> list[Piece]:
    sources = material.sources
    return [
        *_examples(sources, sources.ledger.book[figure].members),
        sources.number(figure),
        "个项目完成年度目标。",
    ]


def _lagging(material: Material, figure: str) -> list[Piece]:
    sources = material.sources
    codes = sources.ledger.book[figure].members
    reasons = {code: material.reasons.get(sources.entries[code].project_year_id, []) for code in codes}
    causes = {reason.cause for found in reasons.values() for reason in found}
    count = sources.number(figure)
    if len(codes) > 1 and len(causes) == 1 and all(reasons.values()):
        cause = sources.quote(reasons[codes[0]][0], "cause")
        return [*_examples(sources, codes), count, "个项目由于", cause, "，总体进度滞后。"]
    pieces: list[Piece] = [count, "个项目滞后。"]
    for code, found in reasons.items():
        for reason in found:
            following: list[Piece] = ["，", sources.quote(reason, "next_step")] if reason.next_step else []
            pieces += [*sources.name(code), sources.quote(reason, "cause"), *following, "。"]
    return pieces


def _decided(material: Material, figure: str, words: str) -> list[Piece]:
    sources = material.sources
    pieces: list[Piece] = [sources.number(figure), f"个项目{words}。"]
    for code in sources.ledger.book[figure].members:
        for row in material.decisions.get(sources.entries[code].project_year_id, [])[-1:]:
            measures: list[Piece] = ["；", sources.quote(row, "measures")] if row.measures else []
            reason, document = sources.quote(row, "reason"), sources.quote(row, "document")
            pieces += [*sources.name(code), "：", reason, *measures, "（", document, "）。"]
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
    sources, following = material.sources, material.sources.year + 1
    paper.part(f"第二部分　{following}年工作要点")
    paper.place(f"{following}年工作的总体要求")
    paper.heading("一、明确目标，加强责任落实")
    paper.paragraph(
        f"根据区委、区政府的统一部署，梳理{following}年全区范围内的重点建设项目，对接市重大建设项目计划，汇总形成"
        f"{following}年重点项目计划。涉及我区的市属重大工程共", sources.number("next.municipal"), "个，其中正式项目",
        sources.number("next.municipal.formal"), "个、预备项目", sources.number("next.municipal.reserve"),
        "个。区属重点建设项目共安排", sources.number("next.district"), "个，其中结转项目",
        sources.number("next.district.carried_over"), "个、新增项目", sources.number("next.district.new"), "个。",
    )  # fmt: skip
    for heading, wanted in (
        ("二、优化机制，强化推进力度", "项目推进、工作通报与立功竞赛的安排"),
        ("三、精准发力，不断强化党的建设", "党的建设与作风建设的安排"),
    ):
        paper.heading(heading)
        paper.place(wanted)


def _ready(asked: Asked) -> None:
    if not is_year_closed(asked.year):
        raise Refused(f"{asked.year}年度尚未年末关账，不能出总结。请先运行 kaopu close-year {asked.year}。")


KIND = Kind(
    id="annual-summary",
    label="年度总结与要点",
    title=lambda asked: title(asked.year),
    as_of=lambda asked: date(asked.year, 12, 31),
    compose=compose,
    ready=_ready,
    gated=True,
)
