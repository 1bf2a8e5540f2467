"""督办三种：交办函（交办时）、提醒函（催办时）、督办单（内部表单），都出自一张督办单的记录（HANDBOOK §3.3）。"""

from __future__ import annotations

from datetime import date

from django.conf import settings

from kaopu.documents.gongwen import Column, Gongwen, Piece, Proper
from kaopu.documents.kinds.kind import Asked, Kind, Refused, closing, draft_header, opening
from kaopu.documents.sources import Sources
from kaopu.documents.wording import Sentence
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import is_overdue
from kaopu.domain.supervision_orders import STOPPED, OrderState, OrderVerb
from kaopu.supervision.models import OrderStep, SupervisionOrder

ASSIGNMENT_WORDING = {
    "交办": Sentence(text="经研究，现将{项目}有关事项交你单位主办：{事项}。"),
    "时限": Sentence(text="请于{期限}前办结，并将办理情况书面反馈。"),
}
REMINDER_WORDING = {
    "提醒": Sentence(text="你单位主办的{项目}有关事项（{事项}），于{交办日}交办，办结期限为{期限}。{现状}"),
    "反馈": Sentence(text="最近一次反馈（{反馈日}）：{反馈}。"),
    "没有反馈": Sentence(text="截至发函之日，尚未收到你单位的反馈。"),
    "要求": Sentence(text="请抓紧办理，按期反馈；确需延期的，须在期限届满之前书面提出。"),
}


def _order(asked: Asked) -> SupervisionOrder:
    assert asked.order is not None
    return asked.order


def _steps(order: SupervisionOrder, asked: Asked) -> list[OrderStep]:
    """截至成文日期的各步。"""
    return sorted(
        (step for step in order.steps.all() if step.on <= asked.on), key=lambda step: (step.on, step.pk)
    )


def _due(sources: Sources, order: SupervisionOrder, asked: Asked) -> Piece:
    """现行期限：最近一次延期所定，没有延期则为原期限。"""
    extended = [step for step in _steps(order, asked) if step.verb == OrderVerb.GRANT_EXTENSION]
    return sources.quote(extended[-1], "due_on") if extended else sources.quote(order, "due_on")


def _project(sources: Sources, order: SupervisionOrder) -> list[Piece]:
    code = order.project.code
    if code in sources.entries:
        return sources.name(code)
    profile = order.project.profile
    return [sources.quote(profile, "name")] if profile is not None else [Proper(f"编号{code}")]


def compose_assignment(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """交办函。"""
    order = _order(asked)
    opening(paper, sources, number_year=asked.on.year, title="关于交办重点项目推进事项的函")
    paper.addressee(Proper(order.lead_unit.name), "：")
    paper.say("交办", {"项目": _project(sources, order), "事项": sources.quote(order, "matter")})
    paper.say("时限", {"期限": _due(sources, order, asked)})
    paper.place("协办单位、联系人与具体要求")
    paper.signature(organ=settings.ORGAN_NAME, day=asked.day)
    closing(paper, asked)


def compose_reminder(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """提醒函。"""
    order, steps = _order(asked), _steps(_order(asked), asked)
    if steps and OrderState(steps[-1].state) in STOPPED:
        raise Refused(f"{order} 到{asked.day}已销号或已撤销，不必再提醒。请核对编号与成文日期。")
    opening(paper, sources, number_year=asked.on.year, title="关于重点项目交办事项办理期限的提醒函")
    paper.addressee(Proper(order.lead_unit.name), "：")
    paper.say("提醒", {
        "项目": _project(sources, order), "事项": sources.quote(order, "matter"), "交办日": sources.quote(order, "on"),
        "期限": _due(sources, order, asked), "现状": _state(order, asked),
    })  # fmt: skip
    reports = [step for step in steps if step.verb == OrderVerb.REPORT]
    if reports:
        last = reports[-1]
        paper.say("反馈", {"反馈日": sources.quote(last, "on"), "反馈": sources.quote(last, "text")})
    else:
        paper.say("没有反馈")
    paper.say("要求")
    paper.signature(organ=settings.ORGAN_NAME, day=asked.day)
    closing(paper, asked)


def _state(order: SupervisionOrder, asked: Asked) -> str:
    steps = _steps(order, asked)
    due = steps[-1].due_on if steps else order.due_on
    return f"截至{chinese_day(asked.on)}，" + (
        "已逾期未办结。" if is_overdue(due, on=asked.on) else "尚未办结。"
    )


def compose_order(paper: Gongwen, sources: Sources, asked: Asked) -> None:
    """督办单（内部表单，不套红）。"""
    order = _order(asked)
    draft_header(paper, sources)
    paper.title("督办单")
    rows: list[list[Piece | list[Piece]]] = [
        ["督办编号", [sources.quote(order, "year"), "年第", sources.quote(order, "serial"), "号"]],
        ["项目", _project(sources, order)],
        ["督办事项", [sources.quote(order, "matter")]],
        ["主办单位", Proper(order.lead_unit.name)],
        ["交办日期", [sources.quote(order, "on")]],
        ["办结时限", [_due(sources, order, asked)]],
        ["办理情况", _told(sources, _steps(order, asked), OrderVerb.REPORT, "尚无反馈")],
        ["延期记录", _told(sources, _steps(order, asked), OrderVerb.ASK_EXTENSION, "无")],
        ["销号", _told(sources, _steps(order, asked), OrderVerb.CLOSE, "未销号")],
        ["领导批示", ""],
        ["签发人", ""],
    ]
    paper.table([Column(head="项", width=1), Column(head="内容", width=4)], rows)


def _told(sources: Sources, steps: list[OrderStep], verb: OrderVerb, none: str) -> list[Piece]:
    pieces: list[Piece] = []
    for step in steps:
        if step.verb == verb:
            pieces += [
                *(["；"] if pieces else []),
                sources.quote(step, "on"),
                "：",
                sources.quote(step, "text"),
            ]
    return pieces or [none]


def _as_of(asked: Asked) -> date:
    return min(asked.on, date(asked.year, 12, 31))


ASSIGNMENT = Kind(
    id="assignment-letter", label="交办函", title=lambda asked: f"关于交办重点项目推进事项的函（督办单 {_order(asked)}）",
    as_of=_as_of, compose=compose_assignment, wording=ASSIGNMENT_WORDING, needs="order",
)  # fmt: skip
REMINDER = Kind(
    id="reminder-letter", label="提醒函", title=lambda asked: f"关于重点项目交办事项办理期限的提醒函（督办单 {_order(asked)}）",
    as_of=_as_of, compose=compose_reminder, wording=REMINDER_WORDING, needs="order",
)  # fmt: skip
ORDER = Kind(
    id="supervision-order", label="督办单", title=lambda asked: f"督办单（{_order(asked)}）",
    as_of=_as_of, compose=compose_order, needs="order",
)  # fmt: skip
