"""填好的采集表凭行键对回年度项目：整份不对的退回，一行不对的只拒收那一行（HANDBOOK §7.2 第10条）。

键列藏着：有人只给看得见的几列排了序，键就留在了原处。所以名称写的是单上另一个项目的，不凭键写。
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kaopu.domain.parsing import name_key
from kaopu.exchange.collection import FormKey, FormOutdated, accept_key, live_reports, read_key
from kaopu.exchange.excel_in.result import RowReading, SheetReading
from kaopu.exchange.results import ImportRefused, RowRefused
from kaopu.exchange.row_values import said_of
from kaopu.projects.models import ProjectYear


@dataclass(frozen=True, kw_only=True)
class ReturnedForm:
    """一份交回的采集表。``years`` 是本年度的年度项目，``named`` 是各项目名称所指的年度项目（可以同名）。"""

    years: Mapping[int, ProjectYear]
    named: Mapping[str, frozenset[int]]
    keys: Mapping[int, FormKey | None]

    def year_of(self, row: RowReading) -> ProjectYear:
        """这一行的年度项目；没有键的、键与名称各指一个项目的拒收。"""
        key = self.keys[row.row]
        if key is None:
            raise RowRefused("这一行没有行键，不是采集表下发的行。请填在下发的行里，或单列一份月报导入。")
        meant = self.named.get(name_key(row.text("name")))
        if meant and key.project_year not in meant:
            project = self.years[key.project_year].project
            own = project.profile.name if project.profile else project.code
            raise RowRefused(f"隐藏的行键指的是“{own}”，名称写的是另一个项目。请重新下载采集表填写。")
        return self.years[key.project_year]


def returned_form(
    sheet: SheetReading, rows: Sequence[RowReading], *, month: date, years: Mapping[int, ProjectYear]
) -> ReturnedForm | None:
    """是采集表的，核对各行的键；月份不对、过时、键改坏了的整份退回。不是采集表的为空。"""
    written = {row.row: row.text("form_key") for row in rows}
    if not any(written.values()):
        return None
    live, told = live_reports(month), frozenset(sheet.columns.values())
    keys: dict[int, FormKey | None] = {}
    for row in rows:
        keys[row.row] = None
        if not written[row.row]:
            continue
        try:
            key = read_key(written[row.row])
            accept_key(key, month=month, live=live, said=_as_said(row, told))
        except FormOutdated as error:
            raise ImportRefused(f"{sheet.name}第{row.row}行：{error}") from error
        if key.project_year not in years:
            year = month.year
            raise ImportRefused(f"{sheet.name}第{row.row}行不是{year}年清单上的项目。请重新下载采集表。")
        keys[row.row] = key
    return ReturnedForm(years=years, named=_by_name(years), keys=keys)


def _by_name(years: Mapping[int, ProjectYear]) -> dict[str, frozenset[int]]:
    """名称 → 叫这个名称的年度项目。"""
    found: dict[str, frozenset[int]] = {}
    for number, year in years.items():
        if year.project.profile is not None:
            key = year.project.profile.name_key
            found[key] = found.get(key, frozenset()) | {number}
    return found


def _as_said(row: RowReading, told: frozenset[str]) -> Mapping[str, object]:
    """这一行说的本月情况；有一格不可能的，到写入时拒收这一行，这里只当它与现行的不一样。"""
    try:
        return said_of(row, told)
    except RowRefused:
        return {"work": None}
