"""把一张读好的工作表写成事实：清单、月度计划、月报（HANDBOOK §7.2）。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from django.utils import timezone

from kaopu.accounts.actions import OPERATOR
from kaopu.accounts.models import User
from kaopu.domain.commitments import plan_gap
from kaopu.domain.money import in_text
from kaopu.domain.outcomes import Outcome
from kaopu.domain.parsing import name_key
from kaopu.domain.rights import Act, Role, Thing, refusal
from kaopu.exchange.excel_in.result import RowReading, SheetReading, SheetWarning
from kaopu.exchange.matching import Matcher, NamedUnits
from kaopu.exchange.models import RowSource
from kaopu.exchange.results import APPLIED, UNCHANGED, ImportRefused, ImportResult, RowRefused
from kaopu.exchange.returned_forms import returned_form
from kaopu.exchange.row_values import (
    ORGANIZATION_KINDS,
    bound,
    day,
    degrees,
    goal_of,
    integer,
    plan_of,
    refuse_too_long,
    report_of,
)
from kaopu.figures import queries as figures
from kaopu.projects import actions as projects_actions
from kaopu.projects.actions import ListedProject
from kaopu.projects.models import (
    Entry,
    Formality,
    ListEntry,
    Project,
    ProjectYear,
)
from kaopu.tracking import actions as tracking_actions

Read = TypeVar("Read")
ENTRY_WORDS = {label: value for value, label in Entry.choices}
FORMALITY_WORDS = {label: value for value, label in Formality.choices}


LONGEST_CODE = 40
MOST_NAMED = 10  # 新立的项目列几个名称


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
                f"工作表“{self.sheet.name}”有子项 {kinds['sub']} 行，不作项目写入，投资以项目行为准"
                f"{'；写着的问题并入项目的月报' if self.sheet.kind == 'monthly_report' else ''}。"
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
        self._remark_reserve(found, result)
        self._remark_categories([row for row, _ in found], result)
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
        self._tell_new([row for row, item in found if item.project is None], result)
        return [(item.project, row, item.changed) for item, (row, _) in zip(saved, found, strict=True)]

    def _remark_reserve(self, found: list[tuple[RowReading, ListedProject]], result: ImportResult) -> None:
        """没有“正式或预备”一列而按预备记的，说出有几个：预备项目不计入个数。"""
        inferred = [
            row for row, item in found
            if item.entry.get("formality") == Formality.RESERVE and not row.text("formality")
        ]  # fmt: skip
        if inferred:
            result.notes.append(
                f"工作表“{self.sheet.name}”写明是预备的 {len(inferred)} 个项目按预备记，不计入正式项目数；"
                "其实是正式项目的，加“正式或预备”一列写明。"
            )

    def _remark_categories(self, rows: list[RowReading], result: ImportResult) -> None:
        """写了类别而不在五类之内的不记，从不推断（§7.2）；说出是哪些。"""
        if self.sheet.level != "district":
            return
        unknown = Counter(
            told for row in rows
            if not row.category
            and ((told := row.text("category")) or _A_CATEGORY.search(told := row.heading))
        )  # fmt: skip
        if unknown:
            named = "、".join(f"“{told}”（{count} 个）" for told, count in unknown.most_common(MOST_NAMED))
            result.notes.append(
                f"工作表“{self.sheet.name}”上的类别{named}不在五类之内，类别留空；请改成五类之一，或在项目页补上。"
            )

    def _tell_new(self, rows: list[RowReading], result: ImportResult) -> None:
        """系统里没有的项目会另立一个：名称差几个字就成了两个，逐个说出来让人看。空库头一次导入清单不必说，第二张表也不必；按月份导入的总要说。"""
        before = set(self.matcher.by_code) - {project.code for project in result.projects}
        if not rows or (not before and self.month is None):
            return
        named = "、".join(f"“{row.text('name')}”（第{row.row}行）" for row in rows[:MOST_NAMED])
        more = f"等 {len(rows)} 个" if len(rows) > MOST_NAMED else f"，共 {len(rows)} 个"
        result.notes.append(
            f"工作表“{self.sheet.name}”上这些项目系统里没有，按新项目立：{named}{more}。"
            "其实是已有项目的，在“内部编号”列写上编号，或改成系统里的名称再导。"
        )

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
        stopped = [
            f"“{project.profile.name}”（{project.code}）" if project.profile else project.code
            for project in carried
            if (verdict := verdicts.get(project.code)) and verdict.outcome == Outcome.STOPPED
        ]
        if stopped:
            raise ImportRefused(f"{''.join(stopped)}上年已停止实施，不能结转。请从清单中去掉。")

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
        if formality := self._formality(row):
            entry["formality"] = formality
        if "类别推定" in row.text("note"):
            entry["category_inferred"] = True
        for name, target in _ENTRY_AMOUNTS.items():
            if (amount := integer(row, name)) is not None:
                entry[target] = amount
        return ListedProject(
            project=project,
            code=row.text("code"),
            profile=self._profile(row),
            entry=entry,
            goal=goal_of(row),
            is_demo=self.is_demo and row.text("name").startswith("示例"),
        )

    def _formality(self, row: RowReading) -> str | None:
        """正式或预备：列上写的算；没有这一列的，表名、小标题、备注写明“预备”的是预备。"""
        stated = self._word(row, "formality", FORMALITY_WORDS)
        told = self.sheet.reserve or _RESERVE.search(row.heading) or _RESERVE.fullmatch(row.text("note"))
        return stated or (Formality.RESERVE if told else None)

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
            profile["total_investment_yuan"] = integer(row, "total_investment")
            profile["investment_qualifier"] = total.qualifier or ""
            profile["investment_low_yuan"], profile["investment_high_yuan"] = (
                bound(total.low),
                bound(total.high),
            )
        for name in ("planned_start", "planned_finish"):
            if (item := row.get(name)) is not None and item.raw:
                profile[f"{name}_text"] = item.raw[:60]
                profile[f"{name}_on"] = day(item)
        for name, target in (("lon", "longitude"), ("lat", "latitude")):
            if (item := row.get(name)) is not None and item.value is not None:
                profile[target] = degrees(item)
        units = {name: text for name in ORGANIZATION_KINDS if (text := row.text(name))}
        refuse_too_long(row, {**profile, **units})  # 先查后建：拒收的行不留下单位
        for name, text in units.items():
            profile[name] = self.units.named(text, ORGANIZATION_KINDS[name])
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
                plans.append({"project_year": project_year, "month": month, **plan_of(values)})
        return project_year, plans

    def _remark_gaps(self, found: list[tuple[ProjectYear, RowReading]], result: ImportResult) -> None:
        """各月计划投资之和与清单上的年度计划不等的，照收并说一声（TRUST §4 第 6 条）。"""
        entries = ListEntry.objects.live().filter(project_year__in=[item for item, _ in found])
        annual = dict(entries.values_list("project_year_id", "planned_investment_yuan"))
        for project_year, row in found:
            months = [item for item in row.values if item.field == "plan_investment"]
            stated = [bound(item.value) for item in months]
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
            raise ImportRefused(
                "这是月报工作簿，请注明月份：网页上点“另导一个”，选好月份再上传；"
                f"命令行加 --month，如 --month {self.year}-01。"
            )
        listed = self._listed_years()
        years = {item.pk: item for item in listed.values()}
        form = returned_form(self.sheet, rows, month=self.month, years=years)
        told, parts = frozenset(self.sheet.columns.values()), self._parts()

        def read(row: RowReading) -> dict[str, Any]:
            report = report_of(row, told, parts[row.row])
            year = form.year_of(row) if form else self._project_year(row, listed, result)
            self._only_once(row, year.project, result)
            return {"project_year": year, **report}

        found = list(self._each(rows, result, read))
        on = min(stated_on or self.month.replace(day=25), timezone.localdate())
        changed = tracking_actions.save_reports(
            month=self.month, rows=[report for _, report in found], by=self.by, on=on, source=self.source
        )
        pairs = zip(found, changed, strict=True)
        return [(report["project_year"].project, row, differs) for (row, report), differs in pairs]

    def _parts(self) -> dict[int, list[RowReading]]:
        """项目所在的行 → 紧接其下的子项行。"""
        found: dict[int, list[RowReading]] = {}
        for row in self.sheet.rows:
            if row.kind == "project":
                found[row.row] = under = []
            elif row.kind == "sub" and found:
                under.append(row)
            elif row.kind != "blank":
                under = []
        return found

    def _listed_years(self) -> dict[int, ProjectYear]:
        """项目编号 → 本年度的年度项目。"""
        listed = ProjectYear.objects.filter(year=self.year).select_related("project__profile")
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


_RESERVE = re.compile(r"(^|/ )(预备|储备)(项目|类)?$")
_A_CATEGORY = re.compile(r"类(项目|工程)?$")
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
    "monthly_report": frozenset(
        {"work", "problems", "request", "measures", "next_steps", "month_investment", "progress"}
    ),
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
