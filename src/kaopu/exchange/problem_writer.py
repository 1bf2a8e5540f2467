"""把问题清单写成问题：一格几条的逐条立，已有的不再立，写明已销号的不立为待办（HANDBOOK §7.1 W3）。"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from kaopu.accounts.models import OrganizationKind, User
from kaopu.domain.causes import cause_named
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import IssueState
from kaopu.exchange.excel_in.problem_cells import CLOSED, OPEN, PARTLY, split_units
from kaopu.exchange.excel_in.result import RowReading, SheetReading, SheetWarning
from kaopu.exchange.excel_in.words import compact, mask_personal
from kaopu.exchange.matching import Matcher, NamedUnits
from kaopu.exchange.models import IssueSource
from kaopu.exchange.results import APPLIED, CLASSIFIED, UNCHANGED, ImportResult, RowRefused
from kaopu.projects.models import Project
from kaopu.supervision.actions import ListedIssue, earliest_due, raise_listed
from kaopu.supervision.models import IssueStep
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.issues import problem_text, visible_issues

Key = tuple[int | None, str]
NO_PROBLEM = frozenset({"无", "暂无", "没有", "无问题", "暂无问题", "/", "-", "—", "——"})
_EXPORTED = {  # 导出的表上人会去改、而清单改不了的各栏
    "cause": "问题类别", "responsible_unit": "牵头单位", "assist_units": "配合单位", "raised_on": "提出时间",
    "due": "解决时限",
}  # fmt: skip
_NOT_A_PROJECT = re.compile(
    r"(机制|保障|工作|管理|手续|征收|动迁|搬迁|资金|用地|规划|审批|安全|质量|环境|要素|阶段|环节|领域|区域|片区)$"
)
_ALL_CLOSED = re.compile(r"已(全部)?(销号|解决|办结|完成)")
_TOLD = (  # 没有专门去处的格，连同栏名写进问题的“情况”
    ("raised_by", "提出单位"), ("request", "需协调事项"), ("measures", "措施建议"), ("work", "进展"), ("note", "备注"),
)  # fmt: skip


class ProblemWriter:
    """一张问题清单；每行只归一类：写入、未变、拒收，或写明已销号而归类。"""

    def __init__(self, *, sheet: SheetReading, by: User, source: str, names: Mapping[str, str]) -> None:
        self.sheet, self.by, self.source = sheet, by, source
        self.matcher = Matcher(sheet=sheet.name, names=names)
        self.units = NamedUnits(by=by)
        self.day = today()
        self.earliest = earliest_due(self.day)
        self.known: dict[Key, IssueStep] = {}
        self.by_number: dict[str, IssueStep] = {}
        for step in visible_issues(by).select_related("issue__project__profile", "owner"):
            self.by_number[str(step.issue)] = step
            for text in (step.issue.title, problem_text(step.issue)):
                self.known[step.issue.project_id, _plain(text)] = step
        self.rows: dict[Key, int] = {}
        self.fresh: list[tuple[RowReading, ListedIssue]] = []

    def write(self, result: ImportResult, stated_on: date | None) -> list[IssueSource]:
        """逐行归类，再把新的一次立出；返回每条的来历。"""
        fallback = stated_on or self.sheet.stated_on or self.day
        for row in self.sheet.problems:
            try:
                self._row(row, result, fallback)
            except RowRefused as error:
                result.reject(self.sheet.name, row, error)
        if not self.fresh:
            return []
        issues = [item for _, item in self.fresh]
        raised = raise_listed(issues=issues, by=self.by, on=self.day, source=self.source)
        return [
            IssueSource(issue=issue, sheet=self.sheet.name, row=row.row, cell=_cell(row), cells=_cells(row))
            for issue, (row, _) in zip(raised, self.fresh, strict=True)
        ]

    def _row(self, row: RowReading, result: ImportResult, fallback: date) -> None:
        if number := row.text("issue_key"):
            result.settle(self.sheet.name, row, UNCHANGED, self._exported(number, row))
            return
        project = self._project(row, result)
        texts = {(project.pk if project else None, _plain(text)): text for text in _problems(row)}
        if not texts:
            result.settle(self.sheet.name, row, CLASSIFIED)
            return
        if repeated := [self.rows[key] for key in texts if key in self.rows]:
            raise RowRefused(f"与第{repeated[0]}行重复。请只留一行。")
        for key in texts:
            if key in self.known:
                self._agree(self.known[key], self._meaning(row))
        new = [text for key, text in texts.items() if key not in self.known]
        if not new:
            about = self.known[next(iter(texts))].issue_id
            result.settle(self.sheet.name, row, UNCHANGED, about)
        elif self._meaning(row) == CLOSED:
            result.settle(self.sheet.name, row, CLASSIFIED)
            said = f"{self._closed_by(row)}，按已销号记，不立为待办，留作记录：{'；'.join(new)}"
            self._remark(result, row, "closed_problem", said)
        else:
            listed = [self._listed(row, project, text, fallback) for text in new]
            self._remark_due(row, listed[0], result)
            self._remark_status(row, result)
            self._remark_raised(row, result)
            self.fresh += [(row, item) for item in listed]
            result.settle(self.sheet.name, row, APPLIED)
        self.rows |= dict.fromkeys(texts, row.row)

    def _project(self, row: RowReading, result: ImportResult) -> Project | None:
        """这一行说的项目；表上没有项目列的是全区的问题，没有项目。"""
        name = row.text("name")
        if not name and not row.text("code"):
            if {"name", "code"} & set(self.sheet.columns.values()):
                raise RowRefused("没有写项目名称。请补填后再导。")
            return None
        project = self.matcher.match(row)
        titled = "name" not in self.sheet.columns.values()  # 名称取自小标题
        if project is None and titled and _NOT_A_PROJECT.search(name):
            self._remark(result, row, "heading_unmatched", f"标题“{name}”不是项目，按全区的问题立。")
        elif project is None:
            raise RowRefused(f"没有“{name}”这个项目。{self.matcher.remedy(row, result)}")
        return project

    def _exported(self, number: str, row: RowReading) -> int:
        """本系统导出的行：凭编号对回，给出是哪一条；问题的内容立出后不改。"""
        step = self.by_number.get(number)
        if step is None:
            raise RowRefused(f"没有{number}，或已作废。请重新导出问题清单。")
        if _plain(row.text("problems")) != _plain(problem_text(step.issue)):
            raise RowRefused(f"{number}的问题立出后不改。请在该问题页记进展，或另立一条。")
        self._agree(step, self._meaning(row))
        known = problem_row(step)
        for field, label in _EXPORTED.items():
            item = row.get(field)
            if item is not None and (said := _comparable(row, field)) != _as_known(known[field], field):
                written = f"写成“{said}”" if said else "改成空的"
                raise RowRefused(
                    f"{item.cell} {label}{written}，与系统里{number}的不同。"
                    "清单不改已立的问题：请在该问题页办，或重新导出。"
                )
        return step.issue_id

    def _agree(self, step: IssueStep, status: str) -> None:
        """清单与系统说法不一的不收：销号须有佐证并由他人办，清单上打个勾不算。"""
        closed = step.state == IssueState.CLOSED
        if status == CLOSED and not closed:
            raise RowRefused(f"清单上按已销号记，而{step.issue}尚未销号。请在该问题页凭佐证销号。")
        if status == OPEN and closed:
            raise RowRefused(f"清单上写着未销号，而{step.issue}已销号。如又出现，请在该问题页重新打开。")

    def _listed(self, row: RowReading, project: Project | None, text: str, fallback: date) -> ListedIssue:
        responsible = _units(row, "responsible_unit")
        leads = _units(row, "lead_unit") or responsible  # 另有牵头部门的，责任单位是配合的
        others = dict.fromkeys((*leads[1:], *responsible, *_units(row, "assist_units")))
        due = _day(row, "due")
        return ListedIssue(
            project=project,
            title=text,
            description=self._description(row, text, due),
            on=min(_day(row, "raised_on") or fallback, self.day),
            category=cause_named(row.text("cause")),
            cause=row.text("cause"),
            lead_unit=self.units.named(leads[0], OrganizationKind.RESPONSIBLE) if leads else None,
            assists=tuple(
                self.units.named(name, OrganizationKind.RESPONSIBLE)
                for name in others
                if name not in leads[:1]
            ),
            due=due if due and due >= self.earliest else None,
        )

    def _meaning(self, row: RowReading) -> str:
        """是否销号：状态一栏写明的算；没有写明而有销号时间的、整张表是“已销号”的是销了号；别的为空，按未销号办而不丢。"""
        item = row.get("status")
        if item is not None and item.note in (CLOSED, OPEN, PARTLY):
            return str(item.note)
        closed = _day(row, "closed_on") is not None or _ALL_CLOSED.match(compact(self.sheet.name))
        return CLOSED if closed else ""

    def _closed_by(self, row: RowReading) -> str:
        """凭什么算销了号：表上写的是“已解决”的，不说它写了“已销号”。"""
        item = row.get("status")
        if item is not None and item.note == CLOSED:
            return f"状态写“{item.raw}”"
        when = row.get("closed_on")
        return (
            f"写有销号时间“{when.raw}”" if when is not None and when.raw else f"整张表是“{self.sheet.name}”"
        )

    def _description(self, row: RowReading, text: str, due: date | None) -> str:
        """首行是问题全文，以后凭它认出这一条；其余各格一格一行。"""
        told = [f"{label}：{said}" for field, label in _TOLD if (said := row.text(field))]
        if done := row.text("progress"):
            told.append(f"进度：{done}%")
        item = row.get("due")
        if item is not None and item.raw and (due is None or due < self.earliest):
            told.append(f"清单所写时限：{item.raw}")
        return mask_personal("\n".join([text, *told]))

    def _remark_due(self, row: RowReading, item: ListedIssue, result: ImportResult) -> None:
        if item.due is not None:
            return
        written, due = row.get("due"), _day(row, "due")
        if written is None or not written.raw:
            why = "没有写时限"
        else:
            why = f"时限 {chinese_day(due)}已过" if due else f"时限“{written.raw}”不是日期"
        self._remark(result, row, "due_by_rule", f"{why}，期限自{chinese_day(self.day)}起按一级协调限期定。")

    def _remark_status(self, row: RowReading, result: ImportResult) -> None:
        """“是否销号”一栏写了字、涂了色而看不出的，按未销号立，并说一声。"""
        item = row.get("status")
        if item is not None and item.note not in (OPEN, PARTLY):
            said = f"“{item.raw}”" if item.raw else f"只有{item.note}" if item.note else "这一格"
            self._remark(result, row, "status_unread", f"状态{said}，看不出是否销号，按未销号立。")

    def _remark_raised(self, row: RowReading, result: ImportResult) -> None:
        """提出时间还没有到的，按今天立，并说一声。"""
        written = _day(row, "raised_on")
        if written is not None and written > self.day:
            said = f"提出时间 {chinese_day(written)}还没有到，按{chinese_day(self.day)}立；写错了的请改。"
            self._remark(result, row, "raised_ahead", said)

    def _remark(self, result: ImportResult, row: RowReading, code: str, message: str) -> None:
        cell = _cell(row)
        warning = SheetWarning(cell=cell, code=code, message=mask_personal(f"{cell} {message}"))
        result.remarks.append((self.sheet.name, warning))


def problem_row(step: IssueStep) -> dict[str, object]:
    """问题清单的一行；导回时也凭它核对改了哪一栏。"""
    issue, project = step.issue, step.issue.project
    closed = step.state == IssueState.CLOSED
    return {
        "issue_key": str(issue),
        "code": project.code if project else "",
        "name": project.profile.name if project and project.profile else "",
        "problems": problem_text(issue),
        "cause": issue.get_category_display(),
        "responsible_unit": step.owner.name,
        "assist_units": "、".join(unit.name for unit in issue.assists.all()),
        "raised_on": issue.on,
        "due": step.due_on,
        "level": f"L{step.level}",
        "status": CLOSED if closed else OPEN,
        "closed_on": step.on if closed else None,
    }


def _plain(text: str) -> str:
    return compact(mask_personal(text)).strip("。.;")


def _problems(row: RowReading) -> tuple[str, ...]:
    """这一行的各条问题；写的都是“无”的为空。"""
    told = [text for item in row.all("problems") for text in item.items or (str(item.value or ""),) if text]
    if not told:
        raise RowRefused("没有写问题。请补填后再导。")
    asked = (" ".join(text.split()) for text in told)
    return tuple(text for text in asked if compact(text).strip("。.") not in NO_PROBLEM)


def _comparable(row: RowReading, field: str) -> str:
    """导出的一栏现在写着什么；日期写作年月日，单位不论先后。"""
    if field in ("raised_on", "due"):
        found = _day(row, field)
        return found.isoformat() if found else row.text(field)
    return "、".join(sorted(split_units(row.text(field)))) if field.endswith("units") else row.text(field)


def _as_known(value: object, field: str) -> str:
    if isinstance(value, date):
        return value.isoformat()
    text = str(value or "")
    return "、".join(sorted(split_units(text))) if field.endswith("units") else text


def _units(row: RowReading, field: str) -> tuple[str, ...]:
    """一格里的几家单位，读表时已按换行、顿号分开的照用。"""
    item = row.get(field)
    return () if item is None else item.items or split_units(row.text(field))


def _day(row: RowReading, field: str) -> date | None:
    try:
        return date.fromisoformat(row.text(field))
    except ValueError:
        return None


def _cell(row: RowReading) -> str:
    item = row.get("problems")
    return item.cell if item is not None else row.values[0].cell


def _cells(row: RowReading) -> list[dict[str, str]]:
    return [
        {"cell": v.cell, "field": v.field, "raw": v.raw, "value": "" if v.value is None else str(v.value)}
        for v in row.values
    ]
