"""责任书：一个责任单位一年一份，附项目目标任务表；年中新增的另签补充责任书（HANDBOOK §3.9）。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.conf import settings

from kaopu.documents.gongwen import Cells, Column, Gongwen, Piece, Proper
from kaopu.documents.kinds.kind import Asked, Kind, Refused, draft_header
from kaopu.documents.sources import Sources
from kaopu.documents.wording import Sentence, heading
from kaopu.figures.progress import Row
from kaopu.projects import queries as projects
from kaopu.projects.models import AnnualGoal

ANNEX = "目标任务表"
# 甲方是区人民政府，由分管区领导签字；乙方是责任单位。印章与签字由人办，软件不画。
_FIRST_PARTY = "区人民政府"
WORDING = {
    "甲方": Sentence(text="甲方：{甲方}"),
    "乙方": Sentence(text="乙方：{乙方}"),
    "目标标题": heading("一、目标任务"),
    "目标": Sentence(
        text="乙方承担的{年份}区重点建设项目共{项目数}个，年度计划投资{年度计划}，各项目的年度目标、完成时间与投资见附件。"
    ),
    "甲方责任标题": heading("二、甲方责任"),
    "甲方责任甲": Sentence(text="1. 统筹协调项目推进中跨部门、跨层级的事项。"),
    "甲方责任乙": Sentence(text="2. 落实土地、资金、审批等要素保障。"),
    "甲方责任丙": Sentence(text="3. 对乙方上报的问题及时研究、按期答复。"),
    "乙方责任标题": heading("三、乙方责任"),
    "乙方责任甲": Sentence(text="1. 对所列项目负主体责任，明确分管领导与责任人。"),
    "乙方责任乙": Sentence(text="2. 按月度计划推进，每月按规定日期如实报送进展。"),
    "乙方责任丙": Sentence(text="3. 遇到自身难以协调的问题，及时上报并提出建议。"),
    "乙方责任丁": Sentence(text="4. 落实工程质量、安全生产与廉政建设各项要求。"),
    "乙方责任戊": Sentence(text="5. 配合做好宣传与信息公开。"),
    "考核标题": heading("四、考核奖惩"),
    "考核": Sentence(
        text="对照年度目标实行三色预警，按月通报；完成情况纳入绩效考核，并作为立功竞赛评选的依据。"
    ),
    "附则标题": heading("五、附则"),
    "附则": Sentence(text="本责任书一式三份，甲方、乙方与{推进办}各执一份，自签订之日起生效，至{截止日}止。"),
}
_FIXED = tuple(WORDING)[tuple(WORDING).index("甲方责任标题") : tuple(WORDING).index("附则标题") + 1]


def compose_letter(part: str) -> Callable[[Gongwen, Sources, Asked], None]:
    """写一份责任书，``part`` 为 initial（年初确定）或 added（年中新增）。"""

    def compose(paper: Gongwen, sources: Sources, asked: Asked) -> None:
        assert asked.unit is not None
        scope = f"{part}.{asked.unit.pk}"
        rows = sources.ledger.progress.within(scope)
        if not rows:
            raise Refused(f"{asked.unit.name}在{asked.year}年清单上没有要签的项目。请核对年度与责任单位。")
        draft_header(paper, sources)
        paper.title(_heading(asked, part))
        paper.say("甲方", {"甲方": _FIRST_PARTY})
        paper.say("乙方", {"乙方": Proper(asked.unit.name)})
        paper.say("目标标题")
        paper.say("目标", {
            "年份": f"{asked.year}年", "项目数": sources.number(f"progress.count.{scope}"),
            "年度计划": sources.number(f"progress.plan.{scope}"),
        })  # fmt: skip
        for name in _FIXED:
            paper.say(name)
        paper.say("附则", {"推进办": settings.OFFICE_SHORT_NAME, "截止日": f"{asked.year}年12月31日"})
        _signing(paper)
        paper.annex(None, f"{asked.year}年{ANNEX}")
        _annex(paper, sources, rows)

    return compose


def _heading(asked: Asked, part: str) -> str:
    return f"{settings.DISTRICT_NAME}{asked.year}年重点项目{'补充' if part == 'added' else ''}责任书"


def _signing(paper: Gongwen) -> None:
    paper.blank()
    for party in ("甲方", "乙方"):
        paper.paragraph(f"{party}（签字、盖章）：　　　　　　　　年　　月　　日")
        paper.blank()


def _annex(paper: Gongwen, sources: Sources, rows: Sequence[Row]) -> None:
    goals = projects.goals_known(year=sources.year, as_of=date.max, known_at=sources.ledger.known_at)
    columns = [
        Column(head="序号", width=0.6, ordinal=True), Column(head="项目名称", width=2.2),
        Column(head="年度目标", width=2.4), Column(head="完成时间", width=2),
        Column(head="年度计划投资", number=True, width=1.2),
    ]  # fmt: skip
    lines: list[Cells] = [
        [str(order), sources.name(row.code), *_goal_cells(sources, goals, row.code),
         sources.number(f"progress.plan.project.{row.code}@wan")]
        for order, row in enumerate(rows, 1)
    ]  # fmt: skip
    paper.table(columns, lines, unit="万元")


def _goal_cells(
    sources: Sources, goals: dict[int, list[AnnualGoal]], code: str
) -> tuple[list[Piece], list[Piece]]:
    """一个项目的各条目标与时间。"""
    found = goals.get(sources.entries[code].project_year_id, [])
    texts: list[Piece] = []
    dues: list[Piece] = []
    for goal in found:
        texts += [*(["；"] if texts else []), sources.quote(goal, "text")]
        dues += [*(["；"] if dues else []), sources.quote(goal, "due_text" if goal.due_text else "due_on")]
    return texts or ["未载明"], dues or ["未载明"]


def _kind(id: str, label: str, part: str) -> Kind:
    return Kind(
        id=id,
        label=label,
        title=lambda asked: (
            f"{settings.DISTRICT_NAME}{asked.year}年重点项目{label}（{asked.unit.name if asked.unit else ''}）"
        ),
        as_of=lambda asked: min(asked.on, date(asked.year, 12, 31)),
        compose=compose_letter(part),
        wording=WORDING,
        needs="unit",
    )


KIND = _kind("responsibility-letter", "责任书", "initial")
SUPPLEMENT = _kind("supplementary-letter", "补充责任书", "added")
