"""年度工作总结与要点：数字与项目出自记录，政治与党建章节留给人写（种子 A03、A05，HANDBOOK §1）。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from django.conf import settings

from kaopu.documents.gongwen import Column, Gongwen, Piece
from kaopu.documents.kinds.kind import Asked, Kind, Refused, closing, opening
from kaopu.documents.sources import Sources
from kaopu.documents.wording import Sentence, heading
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.figures.queries import is_year_closed
from kaopu.projects import queries as projects
from kaopu.projects.models import Category, Ceremony
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import LagReason, OfficeNote, OutcomeDecision

WORDING = {
    "总结部分": Sentence(text="第一部分　{年份}工作总结", style="KpPart"),
    "清单标题": heading("一、完成计划编制，抢抓开局开工"),
    "清单": Sentence(
        text="年初会同相关部门，对{年份}全区范围内的重点建设项目进行了梳理，汇总形成{清单}项（其中，市属{市属}项、区属{年初确定}项、"
        "年中新增区属{年中新增}项）市、区重大项目建设清单及项目建设月度计划，明确各项目的月度实施计划及投资安排。{集中开工}"
    ),
    "疫情标题": heading("二、参与疫情防控，推进复工复产"),
    "机制标题": heading("三、聚焦完善机制，着力项目推进"),
    "市属标题": heading("四、市属重大工程进展情况"),
    "市属": Sentence(text="{年份}市属重大工程{市属}项，各项目进展情况如下："),
    "市属项目": Sentence(text="{序号}{项目}{进展}。"),
    "区属标题": heading("五、区属重点项目推进情况"),
    "区属": Sentence(
        text="{年份}{区名}区属重大工程正式项目{区属}个，其中年初确定的项目{年初确定}个，年中新增项目{年中新增}个。截至年底，"
        "年度目标已完成的{已完成}个；滞后{滞后}个；目标无法完成的项目{无法完成}个；停止实施{停止实施}个。"
    ),
    "一类": Sentence(text="{序号}{类别}（{项目数}个）。{各结果}"),
    "党建标题": heading("六、加强党的建设，提升工作效能"),
    "要点部分": Sentence(text="第二部分　{年份}工作要点", style="KpPart"),
    "目标标题": heading("一、明确目标，加强责任落实"),
    "目标": Sentence(
        text="根据区委、区政府的统一部署，梳理{年份}全区范围内的重点建设项目，对接市重大建设项目计划，汇总形成{年份}重点项目计划。"
        "涉及我区的市属重大工程共{市属}个，其中正式项目{市属正式}个、预备项目{市属预备}个。区属重点建设项目共安排{区属}个，"
        "其中结转项目{结转}个、新增项目{新增}个。"
    ),
    "下年机制标题": heading("二、优化机制，强化推进力度"),
    "下年党建标题": heading("三、精准发力，不断强化党的建设"),
}
NAMED_AT_MOST, LAGGING_NAMED_AT_MOST = 3, 2  # 种子各类完成的点名至多三个，滞后的点名两个
_BARE_CAUSE = re.compile(r"\w{2,16}原因")  # 如“建设单位原因”：写成“由于……终止实施”；成句的理由另写在冒号之后
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
    paper.say("总结部分", {"年份": f"{year}年"})
    paper.place(f"{year}年工作的指导思想与总体评价")
    _list_chapter(paper, material)
    paper.say("疫情标题")
    paper.place("疫情防控与复工复产的工作情况")
    paper.say("机制标题")
    paper.place("责任分工、调度机制、攻坚克难、信息共享的工作情况")
    _municipal_chapter(paper, material)
    _district_chapter(paper, material)
    paper.say("党建标题")
    paper.place("学习活动与从严治党各项责任的落实情况")
    _next_year(paper, material)
    paper.signature(organ=settings.ORGAN_NAME, day=asked.day)
    closing(paper, asked, copies="区委办公室、区政府办公室")


def _list_chapter(paper: Gongwen, material: Material) -> None:
    sources = material.sources
    paper.say("清单标题")
    pieces: list[Piece] = []
    for ceremony in material.ceremonies:
        day = ceremony.on
        pieces += [f"{day.month}月{day.day}日举办", sources.quote(ceremony, "name"), "，"]
    if material.ceremonies:
        count, total = sources.number("ceremony.count"), sources.number("ceremony.investment")
        pieces += ["集中开工项目", count, "个，总投资额", total, "。"]
    paper.say("清单", {
        "年份": f"{sources.year}年", "清单": sources.number("list.all"), "市属": sources.number("list.municipal"),
        "年初确定": sources.number("list.district.initial"), "年中新增": sources.number("list.district.added"),
        "集中开工": pieces,
    })  # fmt: skip


def _municipal_chapter(paper: Gongwen, material: Material) -> None:
    sources = material.sources
    paper.say("市属标题")
    paper.say("市属", {"年份": f"{sources.year}年", "市属": sources.number("list.municipal")})
    for order, code in enumerate(sources.ledger.book["list.municipal"].members, 1):
        name = sources.name(code)
        notes = material.notes.get(sources.entries[code].project_year.project_id, [])
        told: list[Piece] = _joined(sources, notes) if notes else ["尚无进展记录"]
        named: list[Piece] = (
            [] if notes and _names_itself(notes[0].text.strip(), _plain(name)) else [*name, "："]
        )
        paper.say("市属项目", {"序号": f"{order}. ", "项目": named, "进展": told})


def _joined(sources: Sources, notes: Sequence[OfficeNote]) -> list[Piece]:
    pieces: list[Piece] = []
    for note in notes:
        pieces += [*(["；"] if pieces else []), sources.quote(note, "text")]
    return pieces


def _plain(pieces: Sequence[Piece]) -> str:
    return "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)


def _names_itself(text: str, name: str) -> bool:
    """纪要的开头已是项目名称（全名；简称加冒号，如“轨交20号线：”；或名称主干的一半以上、至少四字相同），不必再冠名。"""
    label, colon, _ = text.partition("：")
    if text.startswith(name) or (colon and _abbreviates(label, name)):
        return True
    core = name.split("（", 1)[0]
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, core, strict=False)))
    return shared >= max(_NAME_CHARACTERS, (len(core) + 1) // 2)


def _abbreviates(label: str, name: str) -> bool:
    """简称的字依次都在全名里。"""
    left = iter(name)
    return len(label) >= _NAME_CHARACTERS and all(character in left for character in label)


def _district_chapter(paper: Gongwen, material: Material) -> None:
    sources = material.sources
    paper.say("区属标题")
    paper.say("区属", {
        "年份": f"{sources.year}年", "区名": settings.DISTRICT_NAME, "区属": sources.number("list.district"),
        "年初确定": sources.number("list.district.initial"), "年中新增": sources.number("list.district.added"),
        "已完成": sources.number("outcome.achieved"), "滞后": sources.number("outcome.lagging"),
        "无法完成": sources.number("outcome.unachievable"), "停止实施": sources.number("outcome.stopped"),
    })  # fmt: skip
    _matrix(paper, sources)
    for order, category in enumerate(Category, 1):
        total = sources.number(f"category.{category.value}.total")
        pieces: list[Piece] = []
        for outcome, write in _SENTENCES.items():
            if sources.ledger.book[f"category.{category.value}.{outcome}"].members:
                pieces += write(material, f"category.{category.value}.{outcome}")
        paper.say("一类", {
            "序号": f"{order}. ", "类别": str(category.label), "项目数": total, "各结果": pieces,
        })  # fmt: skip


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


def _examples(sources: Sources, codes: Sequence[str], at_most: int = NAMED_AT_MOST) -> list[Piece]:
    """点名至多几个项目，后加“等”；示例项目不点。"""
    names = sources.names([code for code in codes if code not in sources.demo][:at_most])
    return [*names, "等"] if names else []


def _achieved(material: Material, figure: str) -> list[Piece]:
    """完成的：点得出名的写“完成年度目标”，点不出的写“按计划完成”（种子 F02、F09）。"""
    sources = material.sources
    named = _examples(sources, sources.ledger.book[figure].members)
    return [*named, sources.number(figure), "个项目完成年度目标。" if named else "个项目按计划完成。"]


def _lagging(material: Material, figure: str) -> list[Piece]:
    """滞后的：同一个原因的合写，只有一个的连名带原因写一句，各有原因的逐个写（种子 F04、F05、F09）。"""
    sources = material.sources
    codes = sources.ledger.book[figure].members
    reasons = {code: material.reasons.get(sources.entries[code].project_year_id, []) for code in codes}
    causes = {reason.cause for found in reasons.values() for reason in found}
    count = sources.number(figure)
    if not causes:
        return [count, "个项目滞后需要抓紧推进。"]
    if len(codes) == 1:
        return [count, "个项目", *_lag(sources, codes[0], reasons[codes[0]]), "，总体进度滞后。"]
    if len(causes) == 1 and all(reasons.values()):
        cause = sources.quote(reasons[codes[0]][0], "cause")
        named = _examples(sources, codes, LAGGING_NAMED_AT_MOST)
        return [*named, count, "个项目由于", cause, "，总体进度滞后。"]
    pieces: list[Piece] = [count, "个项目滞后。"]
    for code, found in reasons.items():
        if found:
            pieces += [*_lag(sources, code, found), "。"]
    return pieces


def _lag(sources: Sources, code: str, reasons: Sequence[LagReason]) -> list[Piece]:
    """一个项目的滞后原因与下一步，几条的以分号相隔。"""
    pieces: list[Piece] = sources.name(code)
    for order, reason in enumerate(reasons):
        following: list[Piece] = ["，", sources.quote(reason, "next_step")] if reason.next_step else []
        pieces += [*(["；"] if order else []), sources.quote(reason, "cause"), *following]
    return pieces


def _decided(material: Material, figure: str, outcome: Outcome, words: str) -> list[Piece]:
    """由人定为 ``outcome`` 的：只有一个的连名写一句，几个的先写个数再逐个写；都带理由、措施与所据文件（种子 F07、F08）。"""
    sources = material.sources
    codes = sources.ledger.book[figure].members
    single = len(codes) == 1
    pieces: list[Piece] = [sources.number(figure), "个项目" if single else f"个项目{words}。"]
    for code in codes:
        decisions = material.decisions[sources.entries[code].project_year_id]
        row = [decision for decision in decisions if decision.outcome == outcome][-1]  # 另有别的认定的不算
        reason, document = sources.quote(row, "reason"), sources.quote(row, "document")
        measures: list[Piece] = ["；", sources.quote(row, "measures")] if row.measures else []
        told: list[Piece] = [words, "：", reason] if single else ["：", reason]
        if single and _BARE_CAUSE.fullmatch(row.reason):
            told = ["由于", reason, words]
        pieces += [*sources.name(code), *told, *measures, "（", document, "）。"]
    return pieces


def _unachievable(material: Material, figure: str) -> list[Piece]:
    return _decided(material, figure, Outcome.UNACHIEVABLE, "无法完成年度目标")


def _stopped(material: Material, figure: str) -> list[Piece]:
    return _decided(material, figure, Outcome.STOPPED, "终止实施")


_SENTENCES = {
    Outcome.ACHIEVED: _achieved,
    Outcome.LAGGING: _lagging,
    Outcome.UNACHIEVABLE: _unachievable,
    Outcome.STOPPED: _stopped,
}


def _next_year(paper: Gongwen, material: Material) -> None:
    sources, following = material.sources, material.sources.year + 1
    paper.say("要点部分", {"年份": f"{following}年"})
    paper.place(f"{following}年工作的总体要求")
    paper.say("目标标题")
    paper.say("目标", {
        "年份": f"{following}年", "市属": sources.number("next.municipal"),
        "市属正式": sources.number("next.municipal.formal"), "市属预备": sources.number("next.municipal.reserve"),
        "区属": sources.number("next.district"), "结转": sources.number("next.district.carried_over"),
        "新增": sources.number("next.district.new"),
    })  # fmt: skip
    paper.say("下年机制标题")
    paper.place("项目推进、工作通报与立功竞赛的安排")
    paper.say("下年党建标题")
    paper.place("党的建设与作风建设的安排")


def _ready(asked: Asked) -> None:
    if not is_year_closed(asked.year):
        raise Refused(f"{asked.year}年度尚未年末关账，不能出总结。请先运行 kaopu close-year {asked.year}。")


KIND = Kind(
    id="annual-summary",
    label="年度总结与要点",
    title=lambda asked: title(asked.year),
    as_of=lambda asked: date(asked.year, 12, 31),
    compose=compose,
    wording=WORDING,
    ready=_ready,
    gated=True,
)
