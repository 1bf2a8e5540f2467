"""不变量：库里的事实互相站得住（TRUST §4）。一条一问，答的是站不住的各是哪一件，一件也没有即成立。

数据库约束与表单已经拦着的不在此重问；这里问的是跨表的、多年之后的、绕开程序改过的。
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Model, QuerySet

from kaopu.accounts.models import AccountRuling
from kaopu.documents.models import DocumentStep
from kaopu.documents.queries import frozen_sha256, voiding_of
from kaopu.documents.verification import verify
from kaopu.domain.commitments import plan_gap
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import IssueVerb
from kaopu.domain.money import in_text
from kaopu.domain.reporting import ReportVerb
from kaopu.domain.suspension import resumption_clash, stop_clash
from kaopu.figures.models import Snapshot
from kaopu.figures.queries import digest_of, evaluate
from kaopu.projects.models import (
    Entry,
    GoalRuling,
    ListEntry,
    MonthlyPlan,
    Permit,
    PermitRuling,
    PlanReview,
    ProfileRuling,
    Project,
)
from kaopu.projects.storage import DOCUMENTS
from kaopu.supervision.models import IssueStep
from kaopu.tracking.models import (
    CorrectionRuling,
    OverrideDecision,
    ReportReview,
    Resumption,
    Suspension,
    Verdict,
)
from kaopu.tracking.queries.permits import attained_nodes, chain_on, clocks_by_project


@dataclass(frozen=True, kw_only=True)
class Invariant:
    """一条不变量：成立时怎么说、不成立时怎么说、怎么办，与逐件的问法。"""

    holds: str
    broken: str
    remedy: str
    ask: Callable[[], Iterator[str]]


def _changed_snapshots() -> Iterator[str]:
    """关账快照重算一遍，数与项目都同当时一样；月末的颜色与冻结的评定一样（第 13、14 条）。"""
    for snapshot in Snapshot.objects.live().order_by("period"):
        if digest_of(snapshot.content) != snapshot.digest:
            yield f"{snapshot.period} 快照与它的摘要不符"
        elif snapshot.kind == "year":
            yield from _recomputed(snapshot)
        else:
            verdicts = Verdict.objects.filter(month=date.fromisoformat(f"{snapshot.period}-01"))
            colours = Counter(verdicts.values_list("colour", flat=True))
            if colours != Counter(snapshot.content["colours"]):
                yield f"{snapshot.period} 的颜色与冻结的评定不符"


def _recomputed(snapshot: Snapshot) -> Iterator[str]:
    content = snapshot.content
    known_at = datetime.fromisoformat(content["known_at"])
    figures = evaluate(int(snapshot.period), as_of=snapshot.on, known_at=known_at).figures
    for name, was in content["figures"].items():
        figure = figures.get(name)
        if figure is None or (figure.value, list(figure.members)) != (was["value"], was["members"]):
            yield f"{snapshot.period}年“{was['label']}”当时是 {was['value']}，今按当时所知重算不同"


def _changed_documents() -> Iterator[str]:
    """印发了而没有作废的公文，每个受控的数同它那一天的记录相符，文号同台账相符（第 22 条）。"""
    issued = DocumentStep.objects.filter(verb="issue").select_related("document").order_by("pk")
    for document in {step.document_id: step.document for step in issued}.values():
        path = DOCUMENTS.file_of(frozen_sha256(document))
        if path.is_file() and voiding_of(document) is None and not verify(path).ok:
            yield f"《{document.title}》"


def _misplaced_carry_overs() -> Iterator[str]:
    """结转的项目恰好接着上一年的那一席（第 5 条）：逐年往前，所以不成圈。"""
    carried = ListEntry.objects.live().filter(entry=Entry.CARRIED_OVER)
    sound = {"previous__project": F("project_year__project"), "previous__year": F("project_year__year") - 1}
    for entry in carried.exclude(**sound).select_related("project_year__project__profile"):
        yield f"{entry.project_year.year}年{_named(entry.project_year.project)}"


_RULINGS: tuple[tuple[type[Model], str, dict[str, str]], ...] = (
    (GoalRuling, "change", {}),
    (ProfileRuling, "change", {}),
    (PermitRuling, "permit", {}),
    (CorrectionRuling, "correction", {}),
    (AccountRuling, "change", {}),
    (OverrideDecision, "override", {}),
    (ReportReview, "report", {"verb": ReportVerb.ACCEPT}),
    (PlanReview, "proposal", {"verb": ReportVerb.ACCEPT}),
    (DocumentStep, "document", {"verb": "review"}),
    (DocumentStep, "document", {"verb": "sign"}),
)


def _ruled_by_the_asker() -> Iterator[str]:
    """报的人、申请的人、起草的人没有自己批自己的（第 16 条）；推进办导入的收讫即审定，是同一次办理，不在此列。"""
    for model, asked, which in _RULINGS:
        rulings: QuerySet[Model] = model._default_manager.filter(
            operation__actor=F(f"{asked}__operation__actor"), **which
        ).exclude(operation=F(f"{asked}__operation"))
        for number in rulings.values_list("operation_id", flat=True):
            yield f"留痕第 {number} 号"


def _clashing_stops() -> Iterator[str]:
    """同一项目的几次停工互不相交，复工不早于停工（第 18 条）。"""
    ends = dict(Resumption.objects.live().values_list("suspension_id", "on"))
    spans: dict[Project, list[tuple[date, date | None]]] = defaultdict(list)
    for stop in Suspension.objects.live().select_related("project__profile").order_by("on", "pk"):
        spans[stop.project].append((stop.on, ends.get(stop.pk)))
    for project, stops in spans.items():
        for index, (start, end) in enumerate(stops):
            if end is not None and end < start:
                yield f"{_named(project)}{chinese_day(start)}停工，复工记在此前"
            clash = stop_clash(stops[:index], on=start)
            later = [other for other, _ in stops[index + 1 :]]
            if end is not None:
                clash = clash or resumption_clash(later, stopped_on=start, resumed_on=end)
            if clash:
                yield f"{_named(project)}{chinese_day(start)}停工，而{clash}"


def _overspent_plans() -> Iterator[str]:
    """本年计划不大于总投资（第 7 条）；各月计划之和等于年度计划（第 6 条）。"""
    monthly: dict[int, list[int | None]] = defaultdict(list)
    for number, amount in MonthlyPlan.objects.live().values_list("project_year", "planned_investment_yuan"):
        monthly[number].append(amount)
    for entry in ListEntry.objects.live().select_related("project_year__project__profile"):
        year, annual = entry.project_year, entry.planned_investment_yuan
        total = year.project.profile.total_investment_yuan if year.project.profile else None
        if annual is not None and total is not None and annual > total:
            yield f"{year.year}年{_named(year.project)}年度计划 {in_text(annual)}，大于总投资 {in_text(total)}"
        months = monthly.get(year.pk, [])
        if any(amount is not None for amount in months) and (gap := plan_gap(months, annual)):
            yield f"{year.year}年{_named(year.project)}各月计划之和与年度计划差 {in_text(abs(gap))}"


def _permits_out_of_order() -> Iterator[str]:
    """批文、证照与开工不早于前置的批文、证照，前置是容缺的除外（第 20 条）；重办过的各看最早的一次。"""
    held = set(Permit.objects.live().values_list("project", flat=True))
    if not held:
        return
    policy = chain_on(date.max)
    waivable = {node.name for node in policy.nodes if node.waivable}
    projects = Project.objects.filter(pk__in=held).select_related("profile").in_bulk()
    attained = attained_nodes(held, on=date.max)
    for number, clocks in clocks_by_project(held, on=date.max).items():
        first = dict(attained[number].done)
        for clock in clocks:
            if clock.accepted:
                first[clock.permit.node] = min(clock.permit.on, first.get(clock.permit.node, date.max))
        for node in policy.nodes:
            for before in set(node.after) - waivable:
                if node.name in first and first.get(before, date.min) > first[node.name]:
                    day, earlier = chinese_day(first[node.name]), chinese_day(first[before])
                    yield f"{_named(projects[number])}的{node.name}（{day}）早于{before}（{earlier}）"


def _silently_lowered() -> Iterator[str]:
    """问题的层级只因有人写明依据而降，时间、改派、退回都不降（第 12 条）。"""
    fallen = IssueStep.objects.filter(supersedes__level__gt=F("level")).exclude(verb=IssueVerb.LOWER)
    for step in fallen.select_related("issue", "supersedes").order_by("pk"):
        yield f"{step.issue} 由L{step.supersedes.level}降到L{step.level}（留痕第 {step.operation_id} 号）"


def _named(project: Project) -> str:
    return f"“{project.profile.name if project.profile else project.code}”"


INVARIANTS = (
    Invariant(
        ask=_changed_snapshots,
        holds="各期关账的数按当时所知重算，与当时一致",
        broken="关账的数与当时不一致",
        remedy="请保留现场，运行 kaopu audit verify，从备份恢复。",
    ),
    Invariant(
        ask=_changed_documents,
        holds="已印发的公文里每个数都与当日的记录相符",
        broken="已印发的公文有数与当日的记录不符",
        remedy="请在公文页核验，看是哪个数；印错的作废重发。",
    ),
    Invariant(
        ask=_misplaced_carry_overs,
        holds="结转的项目都接着上一年的那一席",
        broken="结转的项目接不上上一年",
        remedy="请改列新增，或先补上年清单。",
    ),
    Invariant(
        ask=_ruled_by_the_asker,
        holds="没有自己批自己的",
        broken="有自己批自己的",
        remedy="请在留痕页看是谁办的，由他人重办。",
    ),
    Invariant(
        ask=_clashing_stops,
        holds="各项目的停工互不相交，复工都在停工之后",
        broken="停工、复工的日期相互矛盾",
        remedy="请在停复工页核对日期。",
    ),
    Invariant(
        ask=_overspent_plans,
        holds="年度计划不大于总投资，各月计划之和等于年度计划",
        broken="计划投资对不上",
        remedy="请核对清单与月度计划的单位与金额。",
    ),
    Invariant(
        ask=_permits_out_of_order,
        holds="批文、证照都不早于前置节点",
        broken="批文、证照早于前置节点",
        remedy="请核对批复日期；容缺受理的在倒排规则里写明。",
    ),
    Invariant(
        ask=_silently_lowered,
        holds="问题的层级没有不写依据就降的",
        broken="问题的层级有不写依据就降的",
        remedy="请在留痕页看是谁办的，在该问题页重新提级或补记降级的依据。",
    ),
)
