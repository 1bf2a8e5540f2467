"""示例办公室的闭环：2022 年的预警、问题、会议、督办与回头看，都经与用户相同的动作，逐日走钟。

真实项目只用来源文件写明的事（专班、合同纠纷、土壤修复）；其余都落在虚构项目上，标“示例”。
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from kaopu.accounts.models import Organization, User
from kaopu.demo.backward import DemoSchedule
from kaopu.demo.photos import photo
from kaopu.domain.alerts import AlertState
from kaopu.domain.causes import Cause
from kaopu.domain.escalation import IssueState, IssueVerb
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.supervision_orders import OrderKind, OrderVerb
from kaopu.projects.models import Project
from kaopu.supervision import actions
from kaopu.supervision.actions.steps import office
from kaopu.supervision.models import (
    AlertStep,
    Factor,
    Issue,
    IssueKind,
    IssueStep,
    MeetingKind,
    Source,
    SupervisionOrder,
    TaskForce,
)
from kaopu.tracking import actions as tracking
from kaopu.tracking.models import MonthlyReport

Event = Callable[[date], object]
CONVENED = (  # 每三十天一次，遇休息日顺延
    date(2022, 8, 1), date(2022, 8, 31), date(2022, 9, 30), date(2022, 10, 31), date(2022, 11, 30), date(2022, 12, 30),
)  # fmt: skip


@dataclass(kw_only=True)
class DemoLoop:
    """一年的闭环；``until`` 把钟走到某一天，沿途的事逐件办。"""

    by: User
    projects: Mapping[str, Project]
    done: int = 0
    issues: dict[str, Issue] = field(default_factory=dict)
    orders: dict[str, SupervisionOrder] = field(default_factory=dict)

    def __post_init__(self) -> None:
        people = {user.username: user for user in User.objects.filter(is_demo=True)}
        self.director, self.officer = people["zhuren"], people["zhuanyuan"]
        self.handler, self.leader = people["jianguan"], people["lingdao"]
        self.works = Organization.objects.get(name="区建管委")
        self.office = office(self.by)
        self.events = sorted(self._story(), key=lambda event: event[0])

    def until(self, day: date) -> None:
        """把 ``day`` 及以前的事办完，钟走到 ``day``。"""
        while self.done < len(self.events) and self.events[self.done][0] <= day:
            on, act = self.events[self.done]
            self._go(on)
            act(on)
            self.done += 1
        self._go(day)

    def _go(self, day: date) -> None:
        actions.set_demo_clock(to=day, by=self.by)
        actions.advance(by=self.by, now=timezone.now())

    def _story(self) -> list[tuple[date, Event]]:
        return [
            (date(2022, 7, 1), self._form_task_forces),
            *(
                (day, self._explain_alerts)
                for day in (date(2022, 7, 4), date(2022, 8, 2), date(2022, 9, 2), date(2022, 10, 9))
            ),
            *(
                (day, self._explain_reminders)
                for day in (date(2022, 9, 19), date(2022, 10, 20), date(2022, 11, 18), date(2022, 12, 19))
            ),
            *((day, self._look_back) for day in (date(2022, 9, 21), date(2022, 10, 21))),
            *((day, self._convene) for day in CONVENED),
            (date(2022, 8, 15), self._raise_small),
            (date(2022, 8, 18), self._settle_small),
            (date(2022, 8, 26), self._photograph_report),
            (date(2022, 9, 6), self._send_reminder),
            (date(2022, 9, 20), self._close_reminder),
            (date(2022, 10, 12), self._visit),
            (date(2022, 11, 1), self._hand_pipes),
            (date(2022, 11, 2), self._explain_alerts),
            (date(2022, 11, 15), self._special_meeting),
            (date(2022, 11, 16), self._draft_order),
            (date(2022, 11, 17), self._sign_order),
            (date(2022, 11, 28), self._instruct),
            (date(2022, 12, 2), self._explain_alerts),
            (date(2022, 12, 8), self._ask_support),
            (date(2022, 12, 16), self._ask_extension),
            (date(2022, 12, 27), self._reply_approval),
            (date(2022, 12, 28), self._fresh),
            (date(2022, 12, 30), self._year_end),
            *DemoSchedule(project=self.projects["D18"], office=self.office, by=self.officer).story(),
        ]

    # ── 专班、预警 ────────────────────────────────────────────────────────

    def _form_task_forces(self, on: date) -> None:
        for code in ("D17", "D18"):
            name = _name(self.projects[code])
            actions.form_task_force(
                project=self.projects[code], name=f"{name}专班", head="来源文件未载明", lead_unit=self.office,
                members=[], rhythm_days=30, by=self.officer, on=on, is_demo=True,
            )  # fmt: skip

    def _convene(self, on: date) -> None:
        """各专班定期的例会。"""
        for force in TaskForce.objects.live().order_by("pk"):
            actions.hold_meeting(
                kind=MeetingKind.TASK_FORCE, title=f"{force.name}例会（示例）", chair=force.head, task_force=force,
                by=self.officer, on=on, is_demo=True,
            )  # fmt: skip

    def _explain_alerts(self, on: date) -> None:
        """逐条说明待答复的月末预警；11 月起留一条不答，让它自己立为问题、升上去。"""
        waiting = AlertStep.objects.live().filter(state=AlertState.WAITING, alert__goal=None)
        left = ["S54"] if on >= date(2022, 11, 1) else []
        for step in waiting.exclude(alert__project_year__project__code__in=left).order_by("pk"):
            actions.answer_alert(
                alert=step.alert,
                text="已排赶工计划，下月末对账（示例）",
                until=_next_month(on),
                by=self.officer,
                on=on,
            )

    def _explain_reminders(self, on: date) -> None:
        """说明蓝色提醒；示例·住宅12的不答，到期自动立为问题。"""
        waiting = AlertStep.objects.live().filter(state=AlertState.WAITING, alert__goal__isnull=False)
        for step in waiting.exclude(alert__project_year__project__code="S54").order_by("pk"):
            actions.answer_alert(
                alert=step.alert,
                text="已排倒排计划（示例）",
                until=on + timedelta(days=45),
                by=self.officer,
                on=on,
            )

    def _look_back(self, on: date) -> None:
        """回头看：专员去看，主任核实。"""
        open_steps = IssueStep.objects.live().filter(issue__kind=IssueKind.LOOK_BACK, state=IssueState.RAISED)
        for step in open_steps.select_related("issue").order_by("pk"):
            say: dict[str, Any] = {
                "issue": step.issue,
                "on": on,
                "text": "未反复（示例）",
                "evidence": "示例回访单",
            }
            actions.act_on_issue(verb=IssueVerb.REPLY, by=self.officer, **say)
            actions.act_on_issue(verb=IssueVerb.CLOSE, by=self.director, **say)

    # ── 一件小事从提出到回头看 ────────────────────────────────────────────

    def _raise(
        self, key: str, code: str, title: str, on: date, by: User | None = None, **content: Any
    ) -> Issue:
        content.setdefault("description", "示例")
        issue = actions.raise_issue(
            project=self.projects[code], title=title, by=by or self.officer, on=on, **content
        )
        self.issues[key] = issue
        return issue

    def _act(self, key: str, verb: IssueVerb, by: User, on: date, text: str = "示例", **values: Any) -> None:
        actions.act_on_issue(issue=self.issues[key], verb=verb, by=by, on=on, text=text, **values)

    def _raise_small(self, on: date) -> None:
        self._raise(
            "small", "S04", "施工出入口与公交站冲突（示例）", on, by=self.handler, category=Cause.CONSTRUCTION,
            cause="交通组织", lead_unit=self.works,
        )  # fmt: skip
        self._act("small", IssueVerb.ACCEPT, self.handler, on)

    def _settle_small(self, on: date) -> None:
        self._act(
            "small",
            IssueVerb.REPLY,
            self.handler,
            on,
            "公交站已临时迁移（示例）",
            evidence="示例照片编号 0818",
        )
        self._act("small", IssueVerb.CLOSE, self.director, on, "现场核实（示例）", evidence="示例核查单 8-3")

    def _send_reminder(self, on: date) -> None:
        self._raise(
            "letter",
            "S06",
            "占道施工许可将到期（示例）",
            on,
            category=Cause.APPROVAL,
            lead_unit=self.works,
        )
        order = self._order("letter", "letter", OrderKind.REMINDER, date(2022, 9, 20), on)
        self._walk(order, on, (OrderVerb.APPROVE, self.director), (OrderVerb.SIGN, self.handler))
        self._act("letter", IssueVerb.ACCEPT, self.handler, on)

    def _close_reminder(self, on: date) -> None:
        order = self.orders["letter"]
        self._walk(order, on, (OrderVerb.START, self.handler))
        actions.act_on_order(
            order=order, verb=OrderVerb.REPORT, by=self.handler, on=on, text="许可已续，现场照常施工（示例）",
            attachments=[photo("占道许可续期后现场", floors=3)],
        )  # fmt: skip
        review = [(verb, self.officer) for verb in (OrderVerb.REVIEW, OrderVerb.COMPLETE)]
        self._walk(order, on, *review, (OrderVerb.CLOSE, self.director))
        self._act("letter", IssueVerb.REPLY, self.handler, on, "许可已续（示例）", evidence="示例许可 9-12")
        self._act("letter", IssueVerb.CLOSE, self.director, on, evidence="示例许可 9-12")

    def _order(self, key: str, issue: str, kind: OrderKind, due: date, on: date) -> SupervisionOrder:
        subject = self.issues[issue]
        project = subject.project
        assert project is not None
        order = actions.draft_order(
            project=project, lead_unit=self.works, matter=subject.title, due=due, by=self.officer, on=on, kind=kind,
            issue=subject, source=subject.source, requirement="请于期限前办结并附佐证（示例）",
        )  # fmt: skip
        self.orders[key] = order
        self._walk(order, on, (OrderVerb.SUBMIT, self.officer))
        return order

    def _walk(self, order: SupervisionOrder, on: date, *moves: tuple[OrderVerb, User]) -> None:
        for verb, by in moves:
            evidence = "示例验收单" if verb == OrderVerb.CLOSE else ""
            actions.act_on_order(order=order, verb=verb, by=by, on=on, text="示例", evidence=evidence)

    # ── 一份月报：退回，补上照片再报 ──────────────────────────────────────

    def _photograph_report(self, on: date) -> None:
        report = MonthlyReport.objects.live().get(
            project_year__project=self.projects["S04"], month=on.replace(day=1)
        )
        tracking.review_report(
            report=report, verb=ReportVerb.RETURN, by=self.officer, on=on, reason="请附现场照片（示例）"
        )
        again = tracking.submit_report(
            project_year=report.project_year, month=report.month, seen=report.pk, by=self.handler, on=on,
            work=report.work, investment_yuan=report.investment_yuan, progress_percent=report.progress_percent,
            problems=report.problems, next_steps=report.next_steps,
            attachments=[photo("八月底主体结构", floors=5), photo("八月底北侧", floors=4)],
        )  # fmt: skip
        tracking.review_report(report=again, verb=ReportVerb.ACCEPT, by=self.director, on=on)

    # ── 一件大事：预警 → 问题 → 专题会 → 督办 ─────────────────────────────

    def _visit(self, on: date) -> None:
        actions.record_visit(
            project=self.projects["S29"], visitors="区推进办（示例）", findings="雨水管未迁，桩基无法展开（示例）",
            attachments=[photo("桩基作业面", floors=0), photo("雨水管现状", floors=1)], by=self.officer, on=on,
        )  # fmt: skip

    def _hand_pipes(self, on: date) -> None:
        alert = (
            AlertStep.objects.live()
            .get(alert__project_year__project__code="S29", alert__goal=None, state=AlertState.WAITING)
            .alert
        )
        self.issues["pipes"] = actions.hand_alert(
            alert=alert, title="DN800 雨水管未迁，桩基无法展开（示例）", by=self.officer, on=on, category=Cause.PIPELINES,
            cause="管线权属与费用未定", lead_unit=self.works, description="走访所见，影响全部桩基（示例）",
            assists=[Organization.objects.get(name="桃浦镇")],
        )  # fmt: skip
        self._act("pipes", IssueVerb.ACCEPT, self.handler, on)
        self._act(
            "pipes", IssueVerb.ANALYSE, self.handler, on, analysis="管线权属不清，搬迁费用分担未定（示例）",
            proposal="请分管区领导召集专题会，明确权属与费用，11 月底前出搬迁方案（示例）",
        )  # fmt: skip

    def _special_meeting(self, on: date) -> None:
        issue = self.issues["pipes"]
        meeting = actions.hold_meeting(
            kind=MeetingKind.SPECIAL, title="管线搬迁专题会（示例）", chair="示例区领导", agenda=[issue],
            minutes_number="示例纪要〔2022〕11号", minutes="明确搬迁由区建管委牵头，桃浦镇配合（示例）。", by=self.officer,
            on=on, is_demo=True,
        )  # fmt: skip
        self.issues["resolved"] = actions.add_resolution(
            meeting=meeting, text="12 月 20 日前完成雨水管搬迁（示例）", lead_unit=self.works,
            assists=[Organization.objects.get(name="桃浦镇")], due=date(2022, 12, 20), issue=issue, by=self.officer, on=on,
        )  # fmt: skip
        self._act("resolved", IssueVerb.ACCEPT, self.handler, on)

    def _draft_order(self, on: date) -> None:
        self._order("pipes", "resolved", OrderKind.ORDER, date(2022, 12, 20), on)

    def _sign_order(self, on: date) -> None:
        unit_side = [(verb, self.handler) for verb in (OrderVerb.SIGN, OrderVerb.START)]
        self._walk(self.orders["pipes"], on, (OrderVerb.APPROVE, self.leader), *unit_side)

    def _instruct(self, on: date) -> None:
        actions.record_instruction(
            leader="示例区领导", text="请区建管委每周报一次搬迁进展（示例）", issue=self.issues["pipes"], by=self.officer, on=on,
            tasks=[("每周五报搬迁进展至办结（示例）", self.works, date(2023, 1, 13))], document="示例呈批件 45", is_demo=True,
        )  # fmt: skip

    def _ask_extension(self, on: date) -> None:
        order = self.orders["pipes"]
        self._walk(order, on, (OrderVerb.LOG, self.handler))
        actions.act_on_order(
            order=order, verb=OrderVerb.ASK_EXTENSION, by=self.handler, on=on, until=date(2023, 1, 13),
            text="权属单位停气窗口在元旦后（示例）",
        )  # fmt: skip
        actions.act_on_order(
            order=order, verb=OrderVerb.GRANT_EXTENSION, by=self.director, on=on, text="同意（示例）"
        )

    # ── 年底还在路上的 ────────────────────────────────────────────────────

    def _ask_support(self, on: date) -> None:
        self._raise(
            "money", "S52", "四季度工程款缺口（示例）", on, kind=IssueKind.SUPPORT, factor=Factor.MONEY,
            category=Cause.FUNDING, cause="贷款未放",
        )  # fmt: skip
        self._raise(
            "permit", "S33", "人防审批补正（示例）", on, category=Cause.APPROVAL, lead_unit=self.works
        )

    def _reply_approval(self, on: date) -> None:
        self._act(
            "permit", IssueVerb.REPLY, self.handler, on, "补正件已受理（示例）", evidence="示例受理单 12-27"
        )

    def _fresh(self, on: date) -> None:
        self._raise(
            "fresh",
            "S02",
            "竣工档案移交缺三项（示例）",
            on,
            by=self.handler,
            category=Cause.CONSTRUCTION,
            lead_unit=self.works,
        )

    def _year_end(self, on: date) -> None:
        """来源文件写明的两件，和一张待签发的督办单。"""
        self._raise(
            "dispute", "D15", "合同纠纷与施工许可", on, level=3, category=Cause.DISPUTE, source=Source.MEETING,
            description="无法完成年度目标，经专题会研究（来源：普桃推办〔2023〕1号第五节）",
        )  # fmt: skip
        self._act(
            "dispute", IssueVerb.ANALYSE, self.officer, on, analysis="合同纠纷与施工许可问题",
            proposal="继续推进合同纠纷双方的协商，妥善解决施工许可问题，同时协调金融办帮助建设单位融资",
        )  # fmt: skip
        self._raise(
            "soil", "D11", "污染土壤修复", on, level=2, category=Cause.SOIL,
            description="污染土壤修复方案已完成评审，计划2023年一季度开工（来源：普桃推办〔2023〕1号第五节）",
        )  # fmt: skip
        late = IssueStep.objects.live().filter(issue__project__code="S54").select_related("issue").first()
        if late is not None:
            self.issues["late"] = late.issue
            self._order("late", "late", OrderKind.ORDER, date(2023, 1, 31), on)


def _name(project: Project) -> str:
    return project.profile.name if project.profile else project.code


def _next_month(day: date) -> date:
    """下月 10 日：说明至多管一个周期。"""
    return date(day.year + day.month // 12, day.month % 12 + 1, 10)
