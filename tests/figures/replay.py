"""一本笨账：把全部事实按录入先后重放一遍来求数。与求数的查询各写各的，用来对照。"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from kaopu.audit.models import Fact
from kaopu.domain.colours import Colour
from kaopu.domain.milestones import GoalType, satisfies
from kaopu.domain.outcomes import DecisionFacts, GoalFacts, Outcome, YearFacts, decide_outcome
from kaopu.projects.models import AnnualGoal, Ceremony, ListEntry, ProjectProfile, ProjectYear
from kaopu.tracking.models import GoalAchievement, OutcomeDecision, Verdict

Row = dict[str, Any]
_LATER_YEAR = date.max
_LASTING = (ListEntry, AnnualGoal)  # 长期成立的事：自新一行的成立日起才换


class Replay:
    """取回全部事实，一次；每问一次就从头重放。"""

    def __init__(self) -> None:
        models: tuple[type[Fact], ...] = (
            ListEntry, AnnualGoal, GoalAchievement, OutcomeDecision, Verdict, ProjectProfile, Ceremony,
        )  # fmt: skip
        self._facts = {
            model: list(model._default_manager.order_by("recorded_at", "pk").values()) for model in models
        }
        self._years = {
            row["id"]: row for row in ProjectYear.objects.values("id", "year", "project_id", "project__code")
        }
        self._goals = {row["id"]: row for row in self._facts[AnnualGoal]}
        through = Ceremony.projects.through.objects.values_list("ceremony_id", "project_id")
        self._at_ceremony: dict[int, list[int]] = defaultdict(list)
        for ceremony, project in through:
            self._at_ceremony[ceremony].append(project)
        self._codes = {row["project_id"]: row["project__code"] for row in self._years.values()}

    def answers(self, year: int, as_of: date, known_at: datetime) -> dict[str, tuple[str, ...]]:
        """各口径的成员，按编号排。"""
        this, following = self._counted(year, as_of, known_at), self._counted(year + 1, _LATER_YEAR, known_at)
        found = dict(_list_answers(this))
        for outcome in ("achieved", "lagging", "unachievable", "stopped", "on_track"):
            mine = [row for row in _formal(this) if row["outcome"] == outcome]
            found[f"outcome.{outcome}"] = mine
            for category in ("infrastructure", "livelihood", "public_service", "functional", "housing"):
                found[f"category.{category}.{outcome}"] = [row for row in mine if row["category"] == category]
        for category in ("infrastructure", "livelihood", "public_service", "functional", "housing"):
            found[f"category.{category}.total"] = [
                row for row in _formal(this) if row["category"] == category
            ]
        found |= dict(_next_answers(following))
        members = {id: tuple(sorted(row["code"] for row in rows)) for id, rows in found.items()}
        held = [row for row in self._standing(Ceremony, as_of, known_at) if row["year"] == year]
        codes = [self._codes[project] for row in held for project in self._at_ceremony[row["id"]]]
        return {**members, "ceremony.count": tuple(sorted(codes))}

    def ceremony_total(self, year: int, as_of: date, known_at: datetime) -> int:
        """集中开工总投资（元）。"""
        profiles: dict[int, Row] = {}
        for row in self._standing(ProjectProfile, as_of, known_at):
            best = profiles.get(row["project_id"])
            if best is None or (row["on"], row["recorded_at"], row["id"]) > (
                best["on"],
                best["recorded_at"],
                best["id"],
            ):
                profiles[row["project_id"]] = row
        listed = {row["project_id"] for row in self._years.values() if row["year"] == year}
        held = [row for row in self._standing(Ceremony, as_of, known_at) if row["year"] == year]
        return sum(
            profiles[project]["total_investment_yuan"] or 0
            for row in held
            for project in self._at_ceremony[row["id"]]
            if project in profiles and project in listed
        )

    def _standing(self, model: type[Fact], as_of: date, known_at: datetime) -> list[Row]:
        """重放：后录的顶掉它所更正的，长期成立的事要等它的成立日到了才顶；最后只留成立日已到、没有作废的。"""
        standing: dict[int, Row] = {}
        first: dict[int, int] = {}
        for row in self._facts[model]:
            if row["recorded_at"] > known_at:
                break
            first[row["id"]] = first.get(row["supersedes_id"], row["id"])
            if model not in _LASTING or row["on"] <= as_of:
                standing[first[row["id"]]] = row
        return [row for row in standing.values() if row["on"] <= as_of and not row["voided"]]

    def _counted(self, year: int, as_of: date, known_at: datetime) -> list[Row]:
        goals: dict[int, list[Row]] = defaultdict(list)
        for row in self._standing(AnnualGoal, as_of, known_at):
            goals[row["project_year_id"]].append(row)
        reached = self._reached(as_of, known_at)
        decisions, colours = defaultdict(list), defaultdict(list)
        for row in self._standing(OutcomeDecision, as_of, known_at):
            decisions[row["project_year_id"]].append(row)
        for row in sorted(self._standing(Verdict, as_of, known_at), key=lambda row: row["month"]):
            colours[row["project_year_id"]].append(Colour(row["colour"]))
        counted = []
        for entry in self._standing(ListEntry, as_of, known_at):
            key = entry["project_year_id"]
            if self._years[key]["year"] != year:
                continue
            facts = YearFacts(
                year=year, as_of=as_of, municipal=entry["level"] == "municipal",
                goals=tuple(_goal(row, reached.get((key, row["ordinal"]))) for row in sorted(goals[key], key=lambda r: r["ordinal"])),
                decisions=tuple(DecisionFacts(outcome=Outcome(r["outcome"]), on=r["on"], document=r["document"]) for r in decisions[key]),
                colours=tuple(colours[key]),
            )  # fmt: skip
            counted.append(
                {**entry, "code": self._years[key]["project__code"], "outcome": decide_outcome(facts).outcome}
            )
        return counted

    def _reached(self, as_of: date, known_at: datetime) -> dict[tuple[int, int], Row]:
        """每条目标：最早满足它的达成；没有满足的取最近的一条。"""
        best: dict[tuple[int, int], tuple[bool, Row]] = {}
        for row in self._standing(GoalAchievement, as_of, known_at):
            goal = self._goals[row["goal_id"]]
            key = (goal["project_year_id"], goal["ordinal"])
            fits = satisfies(required=GoalType(goal["goal_type"]), reached=GoalType(row["reached"]))
            if key not in best or (fits, -row["on"].toordinal() if fits else row["on"].toordinal()) > (
                best[key][0],
                -best[key][1]["on"].toordinal() if best[key][0] else best[key][1]["on"].toordinal(),
            ):
                best[key] = (fits, row)
        return {key: row for key, (_, row) in best.items()}


def _goal(row: Row, reached: Row | None) -> GoalFacts:
    return GoalFacts(
        text=row["text"], goal_type=GoalType(row["goal_type"]), due_on=row["due_on"], mandatory=row["mandatory"],
        reached=GoalType(reached["reached"]) if reached else None, reached_on=reached["on"] if reached else None,
    )  # fmt: skip


def _formal(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["level"] == "district" and row["formality"] == "formal"]


def _list_answers(rows: list[Row]) -> Iterable[tuple[str, list[Row]]]:
    municipal = [row for row in rows if row["level"] == "municipal"]
    yield "list.all", [*municipal, *_formal(rows)]
    yield "list.municipal", municipal
    yield "list.district", _formal(rows)
    yield "list.district.initial", [row for row in _formal(rows) if row["entry"] != "added"]
    yield "list.district.added", [row for row in _formal(rows) if row["entry"] == "added"]


def _next_answers(rows: list[Row]) -> Iterable[tuple[str, list[Row]]]:
    municipal = [row for row in rows if row["level"] == "municipal"]
    yield "next.municipal", municipal
    yield "next.municipal.formal", [row for row in municipal if row["formality"] == "formal"]
    yield "next.municipal.reserve", [row for row in municipal if row["formality"] == "reserve"]
    yield "next.district", _formal(rows)
    yield "next.district.carried_over", [row for row in _formal(rows) if row["entry"] == "carried_over"]
    yield "next.district.new", [row for row in _formal(rows) if row["entry"] != "carried_over"]
