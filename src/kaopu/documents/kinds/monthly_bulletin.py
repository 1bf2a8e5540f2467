"""月度工作通报：总体 → 分类分单位 → 存在问题 → 下一步要求 → 附表（HANDBOOK §3.11、§4.3）。

与上月、与序时进度的比较由未取整的数算出；每句话都由记录得出，没有记录的位置留给人写。
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings

from kaopu.documents.gongwen import Column, Gongwen, Piece, Proper
from kaopu.documents.kinds.kind import Asked, Kind, Refused, closing, opening
from kaopu.documents.sources import Sources
from kaopu.documents.wording import Sentence, heading, subheading
from kaopu.domain.causes import Cause
from kaopu.domain.colours import COLOUR_LABELS, Colour
from kaopu.domain.fair_lists import UnitScore, fair_lists
from kaopu.figures.models import Snapshot
from kaopu.figures.progress import ranking
from kaopu.projects.models import Category
from kaopu.tracking import queries as tracking
from kaopu.tracking.models import MonthlyReport, Verdict

ANNEX = "责任单位投资完成情况排名表"
WORDING = {
    "总体标题": heading("一、总体情况"),
    "总体": Sentence(
        text="截至{月份}底，区属重点建设正式项目共{项目数}个，年度计划投资{年度计划}，累计完成{累计完成}，占年度计划的{完成率}，"
        "{与序时进度相比}（序时进度为{序时进度}）{较上月}；为计划到本月投资{计划到本月}的{序时完成率}。本月完成投资{本月完成}。"
    ),
    "开工": Sentence(
        text="截至本月应开工项目{应开工}个，已开工{已开工}个，开工率{开工率}；未按期开工{未按期开工}个，提前开工{提前开工}个。"
    ),
    "颜色": Sentence(text="按月末评定，{各色个数}；停工未复工{停工未复工}个。"),
    "分类分单位标题": heading("二、分类与分单位情况"),
    "分类标题": subheading("（一）分类情况"),
    "分类": Sentence(
        text="{序号}{类别}{项目数}个，年度计划投资{年度计划}，累计完成{累计完成}，占年度计划的{完成率}，{与序时进度相比}；"
        "红灯{红灯}个，黄灯{黄灯}个。"
    ),
    "分类没有项目": Sentence(text="{序号}{类别}{项目数}个。"),
    "分单位标题": subheading("（二）分单位情况"),
    "分单位": Sentence(
        text="{居前列的}{居后列的}达到计划的、因不可抗力未达到计划的，不列入后列；项目较少的单位不排名。各单位情况见附件。"
    ),
    "问题标题": heading("三、存在问题"),
    "没有红灯": Sentence(text="本月没有亮红灯的项目。"),
    "红灯": Sentence(text="本月亮红灯的项目{红灯}个，情况如下："),
    "红灯项目": Sentence(text="{序号}{项目}（{责任单位}）：{情况}。"),
    "要求标题": heading("四、下一步要求"),
}
_LIGHTS = (Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.GREY)


def title(asked: Asked) -> str:
    """公文标题。"""
    assert asked.month is not None
    return f"关于{asked.month.year}年{asked.month.month}月重点项目推进情况的通报"


def compose(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """写一期通报。"""
    assert asked.month is not None
    opening(paper, sources, number_year=asked.on.year, title=title(asked).replace("重点", "\n重点", 1))
    paper.addressee("各责任单位：")
    _overall(paper, sources, asked.month)
    _parts(paper, sources)
    _problems(paper, sources, asked.month)
    paper.say("要求标题")
    paper.place("对滞后项目的具体要求、办结时限与责任领导")
    paper.attachments([ANNEX])
    paper.signature(organ=settings.ORGAN_NAME, day=asked.day)
    paper.annex(None, ANNEX)
    _annex(paper, sources)
    closing(paper, asked, copies="区委办公室、区政府办公室")


def _overall(paper: Gongwen, sources: Sources, month: date) -> None:
    def n(quantity: str) -> Piece:
        return sources.number(f"progress.{quantity}.all")

    paper.say("总体标题")
    progress = sources.ledger.progress
    compared: list[Piece] = ["，完成率较上月", n("change")] if progress.before is not None else []
    paper.say("总体", {
        "月份": f"{month.year}年{month.month}月", "项目数": n("count"), "年度计划": n("plan"), "累计完成": n("to_date"),
        "完成率": n("ratio"), "与序时进度相比": n("gap"), "序时进度": n("time"), "较上月": compared,
        "计划到本月": n("planned"), "序时完成率": n("pace_ratio"), "本月完成": n("month"),
    })  # fmt: skip
    started = [sources.ledger.figure(f"progress.{name}.all").value for name in ("start_due", "start_early")]
    if any(started):
        paper.say("开工", {
            "应开工": n("start_due"), "已开工": n("start_done"), "开工率": n("start_rate"),
            "未按期开工": n("start_late"), "提前开工": n("start_early"),
        })  # fmt: skip
    pieces: list[Piece] = []
    for order, colour in enumerate(_LIGHTS):
        pieces += [
            *(["，"] if order else []),
            f"{COLOUR_LABELS[colour]}灯",
            n(f"colour_{colour.value}"),
            "个",
        ]
    paper.say("颜色", {"各色个数": pieces, "停工未复工": n("stopped")})


def _parts(paper: Gongwen, sources: Sources) -> None:
    paper.say("分类分单位标题")
    paper.say("分类标题")
    for order, category in enumerate(Category, 1):
        scope = f"category.{category.value}"

        def n(quantity: str, scope: str = scope) -> Piece:
            return sources.number(f"progress.{quantity}.{scope}")

        named: dict[str, Piece | list[Piece]] = {
            "序号": f"{order}. ", "类别": str(category.label), "项目数": n("count"),
        }  # fmt: skip
        if not sources.ledger.figure(f"progress.count.{scope}").value:
            paper.say("分类没有项目", named)  # 一串横线不成句子
            continue
        paper.say("分类", {
            **named, "年度计划": n("plan"), "累计完成": n("to_date"), "完成率": n("ratio"), "与序时进度相比": n("gap"),
            "红灯": n("colour_red"), "黄灯": n("colour_yellow"),
        })  # fmt: skip
    paper.say("分单位标题")
    _lists(paper, sources)


def _lists(paper: Gongwen, sources: Sources) -> None:
    lists = fair_lists(_scores(sources))
    red: list[Piece] = ["超额完成序时计划且居前列的责任单位：", *_named(lists.red), "。"]
    black: list[Piece] = ["未完成序时计划且居后列的责任单位：", *_named(lists.black), "。"]
    paper.say("分单位", {
        "居前列的": red if lists.red else "本月没有责任单位超额完成序时计划。",
        "居后列的": black if lists.black else "本月没有列入后列的责任单位。",
    })  # fmt: skip


def _named(units: Sequence[UnitScore]) -> list[Piece]:
    pieces: list[Piece] = []
    for unit in units:
        pieces += [*(["、"] if pieces else []), Proper(unit.name)]
    return pieces


def _scores(sources: Sources) -> list[UnitScore]:
    progress = sources.ledger.progress
    excused = _excused(sources)
    scores = []
    for unit, name in ranking(progress):
        rows = progress.within(f"unit.{unit}")
        behind = [row for row in rows if row.to_date < row.planned]
        scores.append(
            UnitScore(
                name=name,
                done=sum(row.to_date for row in rows),
                target=sum(row.planned for row in rows),
                excused=bool(behind) and all(row.code in excused for row in behind),
            )
        )
    return scores


def _excused(sources: Sources) -> set[str]:
    """因不可抗力未完成的项目：滞后原因登记为疫情或不可抗力一类，或本月随全区统一停工停着。"""
    as_of, known_at = sources.as_of, sources.ledger.known_at
    reasons = tracking.lag_reasons_known(year=sources.year, as_of=as_of, known_at=known_at)
    stopped = tracking.stopped_by_campaign(since=as_of.replace(day=1), as_of=as_of, known_at=known_at)
    return {
        code
        for code, entry in sources.entries.items()
        if entry.project_year.project_id in stopped
        or any(item.category == Cause.FORCE_MAJEURE for item in reasons.get(entry.project_year_id, []))
    }


def _problems(paper: Gongwen, sources: Sources, month: date) -> None:
    paper.say("问题标题")
    verdicts = tracking.latest_verdicts(
        year=sources.year, as_of=sources.as_of, known_at=sources.ledger.known_at
    )
    facts = tracking.month_facts(month=month, month_end=sources.as_of, known_at=sources.ledger.known_at)
    red = [row for row in sources.ledger.progress.within("all") if row.colour == Colour.RED]
    if not red:
        paper.say("没有红灯")
        return
    paper.say("红灯", {"红灯": sources.number("progress.colour_red.all")})
    for order, row in enumerate(red, 1):
        entry = sources.entries[row.code]
        reports = [item for item in facts.reports.get(entry.project_year_id, []) if item.month == month]
        told = _told(sources, verdicts.get(entry.project_year_id), reports)
        paper.say("红灯项目", {
            "序号": f"{order}. ", "项目": sources.name(row.code), "责任单位": Proper(row.unit_name), "情况": told,
        })  # fmt: skip


def _told(sources: Sources, verdict: Verdict | None, reports: Sequence[MonthlyReport]) -> list[Piece]:
    """红灯的理由，与本月月报里写的问题。"""
    pieces: list[Piece] = [sources.quote(verdict, "reason")] if verdict is not None else ["没有评定记录"]
    for report in reports:
        if report.problems.strip():
            pieces += ["；存在问题：", sources.quote(report, "problems")]
    return pieces


def _annex(paper: Gongwen, sources: Sources) -> None:
    columns = [
        Column(head="排名", width=0.62), Column(head="责任单位", width=1.3), Column(head="项目数", number=True, width=0.68),
        Column(head="年度计划", number=True, width=1.28), Column(head="计划到本月", number=True, width=1.28),
        Column(head="累计完成", number=True, width=1.28), Column(head="占年度计划", number=True, width=0.86),
        Column(head="序时完成率", number=True, width=0.86), Column(head="红灯数", number=True, width=0.68),
    ]  # fmt: skip
    progress = sources.ledger.progress
    ranked = [unit for unit, _ in ranking(progress)]
    names = dict(progress.units())
    others = [unit for unit, _ in progress.units() if unit not in ranked]
    rows = [_unit_row(sources, f"unit.{unit}", names[unit]) for unit in (*ranked, *others)]
    rows.append(["", "合计", *_amounts(sources, "all")])
    paper.table(columns, rows, unit="万元", dense=True)


def _unit_row(sources: Sources, scope: str, name: str) -> list[Piece]:
    return [sources.number(f"progress.rank.{scope}"), Proper(name), *_amounts(sources, scope)]


def _amounts(sources: Sources, scope: str) -> list[Piece]:
    quantities = ("count", "plan@", "planned@", "to_date@", "ratio", "pace_ratio", "colour_red")
    return [
        sources.number(f"progress.{quantity.rstrip('@')}.{scope}{'@wan' if quantity.endswith('@') else ''}")
        for quantity in quantities
    ]


def _ready(asked: Asked) -> None:
    assert asked.month is not None
    period = f"{asked.month:%Y-%m}"
    if not Snapshot.objects.live().filter(kind="month", period=period).exists():
        raise Refused(f"{period} 尚未月末关账，不能出通报。请先运行 kaopu close-month {period}。")


KIND = Kind(
    id="monthly-bulletin",
    label="月度工作通报",
    title=title,
    as_of=lambda asked: asked.month_end,
    compose=compose,
    wording=WORDING,
    needs="month",
    ready=_ready,
    gated=True,
)
