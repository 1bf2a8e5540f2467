"""会议纪要：时间、主持、议题、纪要正文与议定事项，都出自会议的记录（HANDBOOK §5.1，种子 D05）。"""

from __future__ import annotations

from datetime import date

from django.conf import settings

from kaopu.documents.gongwen import Cells, Column, Gongwen, Piece, Proper
from kaopu.documents.kinds.kind import Asked, Kind, closing, opening
from kaopu.documents.sources import Sources
from kaopu.documents.wording import Sentence, heading
from kaopu.supervision.models import Issue, IssueStep, Meeting

WORDING = {
    "开头": Sentence(text="{日期}，{主持人}主持召开{会议}。现将会议议定事项纪要如下。"),
    "议题标题": heading("{序}、议题"),
    "议题": Sentence(text="{议题}。"),
    "意见标题": heading("{序}、会议意见"),
    "意见": Sentence(text="{会议意见}。"),
    "事项标题": heading("{序}、议定事项"),
    "没有事项": Sentence(text="本次会议没有登记议定事项。"),
}


def _meeting(asked: Asked) -> Meeting:
    assert asked.meeting is not None
    return asked.meeting


def compose(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """会议纪要。"""
    meeting = _meeting(asked)
    opening(paper, sources, number_year=asked.on.year, title="会议纪要")
    paper.say("开头", {
        "日期": sources.quote(meeting, "on"), "主持人": sources.quote(meeting, "chair"), "会议": sources.quote(meeting, "title"),
    })  # fmt: skip
    paper.place("出席、列席单位与人员")
    topics = list(Issue.objects.filter(agenda__meeting=meeting).order_by("pk"))
    orders = iter("一二三")
    if topics:
        paper.say("议题标题", {"序": next(orders)})
        for topic in topics:
            paper.say("议题", {"议题": _topic(sources, topic)})
    paper.say("意见标题", {"序": next(orders)})
    if (latest := meeting.latest).minutes.strip():
        paper.say("意见", {"会议意见": sources.quote(latest, "minutes")})
    else:
        paper.place("会议意见")
    paper.say("事项标题", {"序": next(orders)})
    _resolutions(paper, sources, meeting)
    paper.signature(organ=settings.ORGAN_NAME, day=asked.day)
    closing(paper, asked)


def _topic(sources: Sources, topic: Issue) -> list[Piece]:
    title: list[Piece] = [sources.quote(topic, "title")]
    code = topic.project.code if topic.project else ""
    return [*sources.name(code), "：", *title] if code in sources.entries else title


def _resolutions(paper: Gongwen, sources: Sources, meeting: Meeting) -> None:
    """议定事项：事项、牵头、配合与期限（议定时所定的，此后走到哪里见督办一览）。"""
    steps = (
        IssueStep.objects.filter(issue__meeting=meeting, supersedes=None)
        .select_related("issue", "owner")
        .prefetch_related("issue__assists")
        .order_by("issue__pk")
    )
    if not steps:
        paper.say("没有事项")
        return
    rows: list[Cells] = [
        [
            str(order), [sources.quote(step.issue, "title")], Proper(step.owner.name),
            Proper("、".join(unit.name for unit in step.issue.assists.all()) or "—"),
            [sources.quote(step, "due_on")],
        ]
        for order, step in enumerate(steps, 1)
    ]  # fmt: skip
    columns = [
        Column(head="序号", width=0.5, ordinal=True), Column(head="议定事项", width=3), Column(head="牵头", width=1.2),
        Column(head="配合", width=1.2), Column(head="期限", width=1.9),
    ]  # fmt: skip
    paper.table(columns, rows)


def _as_of(asked: Asked) -> date:
    return min(asked.on, date(asked.year, 12, 31))


KIND = Kind(
    id="meeting-minutes", label="会议纪要", title=lambda asked: f"会议纪要（{_meeting(asked)}）", as_of=_as_of,
    compose=compose, wording=WORDING, needs="meeting",
)  # fmt: skip
