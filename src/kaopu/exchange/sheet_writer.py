"""把一张读好的工作表写成事实：清单、月度计划、月报（HANDBOOK §7.2）。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar

from django.utils import timezone

from kaopu.accounts.actions import OPERATOR
from kaopu.accounts.models import OrganizationKind, User
from kaopu.domain.commitments import plan_gap
from kaopu.domain.milestones import classify_goal
from kaopu.domain.money import in_text
from kaopu.domain.outcomes import Outcome
from kaopu.domain.parsing import name_key
from kaopu.domain.rights import Act, Role, Thing, refusal
from kaopu.exchange.collection import FormOutdated, accept_key, live_reports, read_key
from kaopu.exchange.excel_in.result import (
    CellReading,
    RowReading,
    SheetReading,
    SheetWarning,
)
from kaopu.exchange.matching import LONGEST_ORGANIZATION, Matcher, NamedUnits
from kaopu.exchange.models import RowSource
from kaopu.exchange.results import APPLIED, UNCHANGED, ImportRefused, ImportResult, RowRefused
from kaopu.figures import queries as figures
from kaopu.projects import actions as projects_actions
from kaopu.projects.actions import ListedProject
from kaopu.projects.models import (
    Entry,
    Formality,
    ListEntry,
    MonthlyPlan,
    Project,
    ProjectProfile,
    ProjectYear,
)
from kaopu.tracking import actions as tracking_actions

Read = TypeVar("Read")
ENTRY_WORDS = {label: value for value, label in Entry.choices}
FORMALITY_WORDS = {label: value for value, label in Formality.choices}


LONGEST_CODE = 40
LONGEST_GOAL = 200
LONGEST_PLANNED = MonthlyPlan._meta.get_field("planned_work").max_length or 300
MOST_PERCENT = 999


class SheetWriter:
    """把一张读好的工作表写成事实；每行只归一类。"""

    def __init__(
        self,
        *,
        sheet: SheetReading,
        year: int,
        month: date | None,
        by: User,
        source: str,
        is_demo: bool,
        names: Mapping[str, str],
    ) -> None:
        self.sheet, self.year, self.month = sheet, year, month
        self.by, self.source, self.is_demo = by, source, is_demo
        self.matcher = Matcher(sheet=sheet.name, names=names)
        self.units = NamedUnits(by=by)

    def write(self, result: ImportResult, stated_on: date | None) -> list[RowSource]:
        rows = [row for row in self.sheet.rows if row.kind == "project"]
        kinds = Counter(row.kind for row in self.sheet.rows if row.kind != "blank")
        result.settle_unwritten(self.sheet)
        if not rows:
            return []
        self._refuse_unentitled()
        self._tell_unwritten(kinds, result)
        writers = {"project_list": self._list, "monthly_plan": self._plans, "monthly_report": self._reports}
        pairs = writers[self.sheet.kind](rows, result, stated_on)
        changed = [row for _, row, differs in pairs if differs]
        self._remark_qualified(changed, result)
        for project, row, differs in pairs:
            fate, about = (APPLIED, None) if differs else (UNCHANGED, project.pk)
            result.settle(self.sheet.name, row, fate, about)
        result.projects += [project for project, _, _ in pairs]
        return [self._source(project, row) for project, row, differs in pairs if differs]

    def _remark_qualified(self, rows: list[RowReading], result: ImportResult) -> None:
        """“约500”“逾九成”按确数记：限定的话没有地方存，只在来历里，说一声。"""
        for item in (item for row in rows for item in row.values):
            if item.qualifier and item.value is not None and item.field in _EXACT:
                message = f"{item.cell}“{item.raw}”按确数记，“约”“逾”一类限定只留在来历里；要紧的请写进备注。"
                warning = SheetWarning(cell=item.cell, code="taken_as_exact", message=message)
                result.remarks.append((self.sheet.name, warning))

    def _tell_unwritten(self, kinds: Counter[str], result: ImportResult) -> None:
        """读懂了而不写入的列、子项，说一声：绿色的格不等于都进了库。"""
        if "form_key" in self.sheet.columns.values():
            return  # 自己下发的采集表：给人参考的列本就锁着
        written = _WRITTEN[self.sheet.kind] | _READ_ONLY
        filled = {item.field for row in self.sheet.rows for item in row.values}
        headers = [
            self.sheet.headers.get(cell, field)
            for cell, field in self.sheet.columns.items()
            if field in filled and not field.startswith("other:") and field not in written
        ]
        if headers:
            named = "".join(f"“{header}”" for header in headers)
            result.notes.append(f"工作表“{self.sheet.name}”的{named}只用来核对，不写入。")
        if kinds["sub"]:
            result.notes.append(
                f"工作表“{self.sheet.name}”有子项 {kinds['sub']} 行，只归类、不写入；投资以项目行为准。"
            )

    def _refuse_unentitled(self) -> None:
        """导入就是推进办自己审定：计划、月报须由审定得了的人导，不因走表格而多出权来（§4.2）。命令行由管机器的人担责。"""
        thing, act = _ENTITLED[self.sheet.kind]
        if self.by.username != OPERATOR and not self.by.may(thing, act):
            raise ImportRefused(refusal(Role(self.by.role), thing, act))

    def _only_once(self, row: RowReading, project: Project | None, result: ImportResult) -> None:
        """同一项目只取第一行，其余拒收并说明：同一事实不能有两个说法，一行写编号、一行写名称的也是同一项目。

        月报、计划在别的表里写过的也算；清单不算，市属、区属两张表可以都列。
        """
        within = self.sheet.name if self.sheet.kind == "project_list" else ""
        which = project.pk if project is not None else row.text("code") or name_key(row.text("name"))
        place = (self.sheet.name, row.row)
        sheet, first = result.seen.setdefault((self.sheet.kind, within, which), place)
        if (sheet, first) != place:
            where = "" if sheet == self.sheet.name else f"工作表“{sheet}”"
            raise RowRefused(f"与{where}第{first}行重复。请只留一行。")

    def _each(
        self, rows: list[RowReading], result: ImportResult, read: Callable[[RowReading], Read]
    ) -> Iterator[tuple[RowReading, Read]]:
        """逐行读成要写的；读不成的只拒收那一行，其余照写。"""
        for row in rows:
            try:
                yield row, read(row)
            except RowRefused as error:
                result.reject(self.sheet.name, row, error)

    def _source(self, project: Project, row: RowReading) -> RowSource:
        cells = [
            {
                "cell": item.cell,
                "field": item.field if item.month is None else f"{item.field}:{item.month}",
                "raw": item.raw,
                "value": "" if item.value is None else str(item.value),
            }
            for item in row.values
        ]
        return RowSource(project_id=project.pk, sheet=self.sheet.name, row=row.row, cells=cells)

    def _list(
        self, rows: list[RowReading], result: ImportResult, stated_on: date | None
    ) -> list[tuple[Project, RowReading, bool]]:
        found = list(self._each(rows, result, lambda row: self._listed(row, result)))
        for row, item in found:
            self._remark_lone_due(row, result)
            if item.project is None and not item.code and self.matcher.by_code:
                self.matcher.propose(row, result)
        listed = [item for _, item in found]
        self._refuse_stopped(listed)
        on = stated_on or self.sheet.stated_on or date(self.year, 1, 1)
        title = f"{self.year}年{'年中增补' if self.sheet.listing == 'added' else '年初'}清单"
        _, saved = projects_actions.save_list(
            year=self.year,
            title=title,
            rows=listed,
            by=self.by,
            on=min(on, timezone.localdate()),
            source=self.source,
        )
        return [(item.project, row, item.changed) for item, (row, _) in zip(saved, found, strict=True)]

    def _remark_lone_due(self, row: RowReading, result: ImportResult) -> None:
        """期限是目标的期限：没有写目标的，期限无处可记。"""
        due = row.get("goal_due")
        if due is not None and due.value is not None and not row.text("goal"):
            message = f"{due.cell} 目标时间“{due.raw}”没有年度目标，未写入；请补写做到哪一步。"
            warning = SheetWarning(cell=due.cell, code="goal_due_alone", message=message)
            result.remarks.append((self.sheet.name, warning))

    def _refuse_stopped(self, listed: list[ListedProject]) -> None:
        """停止实施的项目从不结转（种子 F08、金标 4）。"""
        carried = [
            row.project for row in listed if row.project and row.entry.get("entry") == Entry.CARRIED_OVER
        ]
        if not carried:
            return
        verdicts = figures.evaluate(self.year - 1, as_of=date(self.year - 1, 12, 31)).verdicts
        for project in carried:
            verdict = verdicts.get(project.code)
            if verdict is not None and verdict.outcome == Outcome.STOPPED:
                named = f"“{project.profile.name}”（{project.code}）" if project.profile else project.code
                said = f"{named}上年已停止实施，不能结转。"
                raise ImportRefused(f"{said}请从清单中去掉。")

    def _listed(self, row: RowReading, result: ImportResult) -> ListedProject:
        project = self.matcher.match(row)
        self._only_once(row, project, result)
        if len(row.text("code")) > LONGEST_CODE:
            raise RowRefused(f"内部编号超过{LONGEST_CODE}字。请核对是否填错了列。")
        entry: dict[str, Any] = {"level": self.sheet.level}
        entry["entry"] = self._word(row, "entry", ENTRY_WORDS) or self.sheet.listing or Entry.INITIAL
        # 没写的类别、正式或预备不改动原值
        if row.category:
            entry["category"] = row.category
        if formality := self._word(row, "formality", FORMALITY_WORDS):
            entry["formality"] = formality
        if "类别推定" in row.text("note"):
            entry["category_inferred"] = True
        for name, target in _ENTRY_AMOUNTS.items():
            if (amount := _integer(row, name)) is not None:
                entry[target] = amount
        return ListedProject(
            project=project,
            code=row.text("code"),
            profile=self._profile(row),
            entry=entry,
            goal=_goal(row),
            is_demo=self.is_demo and row.text("name").startswith("示例"),
        )

    def _word(self, row: RowReading, name: str, words: dict[str, str]) -> str | None:
        text = row.text(name)
        if text and text not in words:
            item = row.get(name)
            place = item.cell if item else ""
            raise RowRefused(f"{place}“{text}”不认识，请写：{'、'.join(words)}。")
        return words.get(text)

    def _profile(self, row: RowReading) -> dict[str, Any]:
        # 空格不是“改为空”：没写的字段保持原值
        profile: dict[str, Any] = {name: text for name in _PROFILE_TEXTS if (text := row.text(name))}
        profile["name"] = row.text("name")
        total = row.get("total_investment")
        if total is not None and (total.value, total.low) != (None, None):
            profile["total_investment_yuan"] = _integer(row, "total_investment")
            profile["investment_qualifier"] = total.qualifier or ""
            profile["investment_low_yuan"], profile["investment_high_yuan"] = (
                _bound(total.low),
                _bound(total.high),
            )
        for name in ("planned_start", "planned_finish"):
            if (item := row.get(name)) is not None and item.raw:
                profile[f"{name}_text"] = item.raw[:60]
                profile[f"{name}_on"] = _day(item)
        for name, target in (("lon", "longitude"), ("lat", "latitude")):
            if (item := row.get(name)) is not None and item.value is not None:
                profile[target] = _degrees(item)
        units = {name: text for name in _ORGANIZATIONS if (text := row.text(name))}
        _refuse_too_long(row, {**profile, **units})  # 先查后建：拒收的行不留下单位
        for name, text in units.items():
            profile[name] = self.units.named(text, _ORGANIZATIONS[name])
        return profile

    def _plans(
        self, rows: list[RowReading], result: ImportResult, stated_on: date | None
    ) -> list[tuple[Project, RowReading, bool]]:
        listed = self._listed_years()
        read = list(self._each(rows, result, lambda row: self._planned(row, listed, result)))
        plans = [plan for _, (_, own) in read for plan in own]
        found = [(project_year, row) for row, (project_year, _) in read]
        on = min(stated_on or self.sheet.stated_on or date(self.year, 1, 1), timezone.localdate())
        changed = tracking_actions.save_plans(rows=plans, by=self.by, on=on, source=self.source)
        self._remark_gaps(found, result)
        touched = {plan["project_year"].pk for plan, differs in zip(plans, changed, strict=True) if differs}
        return [(item.project, row, item.pk in touched) for item, row in found]

    def _planned(
        self, row: RowReading, listed: Mapping[int, ProjectYear], result: ImportResult
    ) -> tuple[ProjectYear, list[dict[str, Any]]]:
        project_year = self._project_year(row, listed, result)
        self._only_once(row, project_year.project, result)
        plans = []
        for number in range(1, 13):
            values = {item.field: item for item in row.values if item.month == number}
            if values:
                month = date(self.year, number, 1)
                plans.append({"project_year": project_year, "month": month, **_plan(values)})
        return project_year, plans

    def _remark_gaps(self, found: list[tuple[ProjectYear, RowReading]], result: ImportResult) -> None:
        """各月计划投资之和与清单上的年度计划不等的，照收并说一声（TRUST §4 第 6 条）。"""
        entries = ListEntry.objects.live().filter(project_year__in=[item for item, _ in found])
        annual = dict(entries.values_list("project_year_id", "planned_investment_yuan"))
        for project_year, row in found:
            months = [item for item in row.values if item.field == "plan_investment"]
            stated = [_bound(item.value) for item in months]
            gap = plan_gap(stated, annual.get(project_year.pk)) if any(stated) else None
            if gap:
                said = (
                    f"{months[0].cell} 各月计划投资之和比清单上的年度计划 "
                    f"{in_text(annual[project_year.pk])}{'多' if gap > 0 else '少'} {in_text(abs(gap))}；请核对。"
                )
                warning = SheetWarning(cell=months[0].cell, code="plan_gap", message=said)
                result.remarks.append((self.sheet.name, warning))

    def _reports(
        self, rows: list[RowReading], result: ImportResult, stated_on: date | None
    ) -> list[tuple[Project, RowReading, bool]]:
        if self.month is None:
            raise ImportRefused("这是月报工作簿，请注明月份（命令行加 --month 2022-06）。")
        listed, of_form = self._listed_years(), self._of_form(rows)
        told = frozenset(self.sheet.columns.values())

        def read(row: RowReading) -> dict[str, Any]:
            report = _report(row, told)
            year = of_form[row.row] if of_form else self._project_year(row, listed, result)
            self._only_once(row, year.project, result)
            return {"project_year": year, **report}

        found = list(self._each(rows, result, read))
        on = min(stated_on or self.month.replace(day=25), timezone.localdate())
        changed = tracking_actions.save_reports(
            month=self.month, rows=[report for _, report in found], by=self.by, on=on, source=self.source
        )
        pairs = zip(found, changed, strict=True)
        return [(report["project_year"].project, row, differs) for (row, report), differs in pairs]

    def _of_form(self, rows: list[RowReading]) -> dict[int, ProjectYear]:
        """采集表：行号 → 凭行键对回的年度项目，不看名称；有一行过时则整份退回。不是采集表的返回空。"""
        keys = {row.row: row.text("form_key") for row in rows}
        if not any(keys.values()) or self.month is None:
            return {}
        live, told = live_reports(self.month), frozenset(self.sheet.columns.values())
        years = {item.pk: item for item in self._listed_years().values()}
        found = {}
        for row in rows:
            try:
                key = read_key(keys[row.row])
                accept_key(key, month=self.month, live=live, said=_said(row, told))
            except FormOutdated as error:
                raise ImportRefused(f"{self.sheet.name}第{row.row}行：{error}") from error
            if key.project_year not in years:
                raise ImportRefused(
                    f"{self.sheet.name}第{row.row}行不是{self.year}年清单上的项目。请重新下载采集表。"
                )
            found[row.row] = years[key.project_year]
        return found

    def _listed_years(self) -> dict[int, ProjectYear]:
        """项目编号 → 本年度的年度项目。"""
        listed = ProjectYear.objects.filter(year=self.year).select_related("project")
        return {item.project_id: item for item in listed}

    def _project_year(
        self, row: RowReading, listed: Mapping[int, ProjectYear], result: ImportResult
    ) -> ProjectYear:
        """计划或月报的一行对到年度项目；对不上的拒收并说明。"""
        project = self.matcher.match(row)
        if project is None or project.pk not in listed:
            remedy = self.matcher.remedy(row, result) if project is None else "请先导入清单或核对名称。"
            raise RowRefused(f"不在{self.year}年清单上。{remedy}")
        return listed[project.pk]


_ENTITLED = {
    "project_list": (Thing.LIST_VERSION, Act.CHANGE),
    "monthly_plan": (Thing.MONTHLY_PLAN, Act.APPROVE),
    "monthly_report": (Thing.MONTHLY_REPORT, Act.APPROVE),
}
_READ_ONLY = frozenset({"seq", "name", "code", "unit", "form_key"})  # 用来认行、认数，本就不写
_WRITTEN: Mapping[str, frozenset[str]] = {
    "project_list": frozenset(
        [
            "category", "entry", "formality", "nature", "scale", "street", "key_area", "note", "lon", "lat",
            "total_investment", "planned_start", "planned_finish", "responsible_unit", "owner", "goal",
            "goal_due", "planned_investment", "cumulative_before",
        ]
    ),
    "monthly_plan": frozenset({"plan_investment", "plan_progress", "plan_work"}),
    "monthly_report": frozenset({"work", "problems", "next_steps", "month_investment", "progress"}),
}  # fmt: skip
_EXACT = frozenset(  # 只存得下确数的
    [
        "planned_investment", "cumulative_before", "month_investment", "progress", "plan_investment",
        "plan_progress",
    ]
)  # fmt: skip
_ENTRY_AMOUNTS = {
    "planned_investment": "planned_investment_yuan",
    "cumulative_before": "cumulative_before_yuan",
}
_PROFILE_TEXTS = ("nature", "scale", "street", "key_area", "note")
_ORGANIZATIONS = {"responsible_unit": OrganizationKind.RESPONSIBLE, "owner": OrganizationKind.OWNER}


def _refuse_too_long(row: RowReading, values: Mapping[str, Any]) -> None:
    """装不下的文字拒收这一行，不截断：截掉的半句话没人知道。"""
    for name, value in values.items():
        limit = _longest(name)
        if isinstance(value, str) and limit and len(value) > limit:
            item = row.get(name)
            raise RowRefused(
                f"{item.cell if item else ''} 有{len(value)}字，最多{limit}字。请缩短后再导。".strip()
            )


@cache
def _longest(name: str) -> int | None:
    if name in _ORGANIZATIONS:
        return LONGEST_ORGANIZATION
    return getattr(ProjectProfile._meta.get_field(name), "max_length", None)


def _integer(row: RowReading, name: str) -> int | None:
    item = row.get(name)
    return int(item.value) if item is not None and item.value is not None else None


def _bound(value: object) -> int | None:
    return None if value is None else int(str(value))


def _day(item: CellReading) -> date | None:
    try:
        return date.fromisoformat(str(item.value))
    except ValueError:
        return None


def _degrees(item: CellReading) -> Decimal:
    """经纬度，六位小数；不是度数的拒绝并指出单元格。"""
    try:
        value = Decimal(str(item.value)).quantize(Decimal("0.000001"))
    except InvalidOperation as error:
        raise RowRefused(f"{item.cell}“{item.raw}”不是经纬度。请写成 121.396750 的样子。") from error
    if not -180 <= value <= 180:
        raise RowRefused(f"{item.cell}“{item.raw}”不在经纬度范围内。请核对。")
    return value


def _percentage(item: CellReading | None) -> Decimal | None:
    """百分数；大到不可能的拒绝并指出单元格。"""
    if item is None or item.value is None:
        return None
    value = Decimal(str(item.value))
    if value > MOST_PERCENT:
        raise RowRefused(f"{item.cell}“{item.raw}”不可能是百分比。请核对单位。")
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _goal(row: RowReading) -> dict[str, Any]:
    text = row.text("goal")
    if not text:
        return {}
    if len(text) > LONGEST_GOAL:
        raise RowRefused(f"年度目标超过{LONGEST_GOAL}字。请写明做到哪一步即可。")
    goal: dict[str, Any] = {"text": text, "goal_type": classify_goal(text)}
    if (due := row.get("goal_due")) is not None:
        goal.update(due_text=due.raw[:60], due_on=_day(due), due_precision=due.precision or "")
    return goal


def _plan(values: dict[str, CellReading]) -> dict[str, Any]:
    plan: dict[str, Any] = {}
    if (item := values.get("plan_investment")) is not None:
        plan["planned_investment_yuan"] = _bound(item.value)
    if "plan_progress" in values:
        plan["planned_progress_percent"] = _percentage(values["plan_progress"])
    if (item := values.get("plan_work")) is not None:
        plan["planned_work"] = str(item.value or "")
        if len(plan["planned_work"]) > LONGEST_PLANNED:
            raise RowRefused(f"{item.cell} 计划工作超过{LONGEST_PLANNED}字。请缩短后再导。")
    return plan


def _report(row: RowReading, told: frozenset[str]) -> dict[str, Any]:
    """一份月报；一栏也没有填的不是“报了，无进展”，而是没有报，拒收（法 7：不知道就是不知道）。"""
    report = _said(row, told)
    if all(value in (None, "") for value in report.values()):
        raise RowRefused("没有本月的投资、进度、工作或问题，不算报过。请补填后再导。")
    return report


def _said(row: RowReading, told: frozenset[str]) -> dict[str, Any]:
    """这一行说的本月情况；``told`` 为表上有的列，没有的列不说，原来报的不动。"""
    report: dict[str, Any] = {
        name: row.text(name) for name in ("work", "problems", "next_steps") if name in told
    }
    if "month_investment" in told:
        report["investment_yuan"] = _integer(row, "month_investment")
    if "progress" in told:
        report["progress_percent"] = _percentage(row.get("progress"))
    return report
