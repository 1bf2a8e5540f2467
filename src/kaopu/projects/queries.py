"""项目与清单的读取；凡给人看的都先过 ``visible_to``。"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db.models import Prefetch, QuerySet

from kaopu.accounts.models import Organization, User
from kaopu.audit.models import Past, ruling_seen
from kaopu.audit.remembering import until_facts_change
from kaopu.projects.models import (
    AnnualGoal,
    Attachment,
    Ceremony,
    GoalChange,
    GoalRuling,
    LetterSigning,
    Level,
    ListEntry,
    MonthlyPlan,
    PlanProposal,
    PlanReview,
    ProfileChange,
    ProfileRuling,
    Project,
    ProjectProfile,
    ProjectYear,
    StageChange,
)
from kaopu.projects.storage import ATTACHMENTS


def project_for(user: User, code: str) -> Project | None:
    """某人看得见的、编号为 ``code`` 的项目；看不见与不存在同样是 ``None``。"""
    return (
        Project.objects.visible_to(user)
        .select_related("profile__responsible_unit", "profile__owner")
        .filter(code=code)
        .first()
    )


@until_facts_change()
def is_own(user: User, project: Project) -> bool:
    """是不是某人本单位（辖区内）的项目。"""
    return Project.objects.of(user).filter(pk=project.pk).exists()


def years_of(project: Project, past: Past | None = None) -> QuerySet[ListEntry]:
    """一个项目历年的清单条目，从近到远。"""
    return (
        ListEntry.objects.seen(past)
        .filter(project_year__project=project)
        .select_related("project_year", "list_version", "previous")
        .order_by("-project_year__year")
    )


@until_facts_change(ProjectYear)
def years_listed() -> tuple[int, ...]:
    """编过清单的年度，从近到远。"""
    return tuple(ProjectYear.objects.order_by("-year").values_list("year", flat=True).distinct())


@until_facts_change(Project)
def has_demo_data() -> bool:
    """本库里有没有示例数据；有则每页挂“示例”条。"""
    return Project.objects.filter(is_demo=True).exists()


def entries_known(*, year: int, as_of: date, known_at: datetime) -> QuerySet[ListEntry]:
    """某年清单条目，截至 ``as_of`` 当日、按 ``known_at`` 时所知。"""
    return (
        ListEntry.objects.known(as_of=as_of, known_at=known_at)
        .filter(project_year__year=year)
        .select_related("project_year__project", "list_version")
        .order_by("project_year__project__code")
    )


def goals_known(*, year: int, as_of: date, known_at: datetime) -> dict[int, list[AnnualGoal]]:
    """某年各年度项目的目标，按年度项目编号归拢。"""
    grouped: dict[int, list[AnnualGoal]] = defaultdict(list)
    goals = AnnualGoal.objects.known(as_of=as_of, known_at=known_at).filter(project_year__year=year)
    for goal in goals.order_by("ordinal"):
        grouped[goal.project_year_id].append(goal)
    return grouped


def profiles_known(
    *, as_of: date, known_at: datetime, year: int | None = None, among: Collection[int] | None = None
) -> dict[int, ProjectProfile]:
    """项目档案在某日的一版，按项目编号；可只要某年清单上的，或 ``among`` 这几个项目的。"""
    profiles = ProjectProfile.objects.known(as_of=as_of, known_at=known_at)
    if year is not None:
        profiles = profiles.filter(project__years__year=year)
    if among is not None:
        profiles = profiles.filter(project__in=among)
    latest = profiles.select_related("responsible_unit", "owner").latest_per("project_id")
    return {profile.project_id: profile for profile in latest}


def profiled_then(projects: Iterable[Project | None], past: Past | None) -> None:
    """看过去时，让各项目在内存里带着当时的一版档案，页上写的名称、单位就是当时的；那时还没有档案的，照现行的写。"""
    if past is None:
        return
    found = [project for project in projects if project is not None]
    known = profiles_known(as_of=past.as_of, known_at=past.known_at, among={project.pk for project in found})
    for project in found:
        project.profile = known.get(project.pk, project.profile)


def profile_seen(project: Project, past: Past | None) -> ProjectProfile | None:
    """项目档案：现行的，或当时的一版；当时还没有为 ``None``。"""
    if past is None:
        return project.profile
    profiles = ProjectProfile.objects.known(as_of=past.as_of, known_at=past.known_at).filter(project=project)
    found: ProjectProfile | None = (
        profiles.select_related("responsible_unit", "owner").latest_per("project_id").first()
    )
    return found


def stages_known(*, as_of: date, known_at: datetime) -> dict[int, str]:
    """各项目在某日所处的阶段，按项目编号；没有记录的不在内。"""
    changes = StageChange.objects.known(as_of=as_of, known_at=known_at).latest_per("project_id")
    return {change.project_id: change.stage for change in changes}


def ceremonies_known(*, year: int, as_of: date, known_at: datetime) -> list[Ceremony]:
    """某年的集中开工仪式。"""
    ceremonies = Ceremony.objects.known(as_of=as_of, known_at=known_at).filter(year=year)
    return list(ceremonies.prefetch_related("projects").order_by("on"))


def match_index() -> tuple[dict[str, Project], dict[str, list[Project]]]:
    """导入比对用：按内部编号、按规范化名称找现有项目（同名多个时由人定，不自动合并）。"""
    by_code: dict[str, Project] = {}
    by_name: dict[str, list[Project]] = defaultdict(list)
    for project in Project.objects.select_related("profile__responsible_unit", "profile__owner"):
        by_code[project.code] = project
        if project.profile is not None:
            by_name[project.profile.name_key].append(project)
    return by_code, by_name


def plan_proposal(project_year: ProjectYear, past: Past | None = None) -> PlanProposal | None:
    """现行的一稿计划，或当时的一稿；连同（到那时为止的）审核。"""
    reviews = PlanReview.objects.by_then(past).select_related("operation").order_by("pk")
    found: PlanProposal | None = (
        PlanProposal.objects.step_seen(past, "project_year_id")
        .filter(project_year=project_year)
        .select_related("operation")
        .prefetch_related(Prefetch("reviews", reviews))
        .first()
    )
    return found


def first_plans(project: Project, year: int, past: Past | None = None) -> dict[date, MonthlyPlan]:
    """年初计划：各月最早审定的一行；看过去时，那时还没有审定的不在内。"""
    plans = MonthlyPlan.objects.by_then(past).filter(
        project_year__project=project, month__year=year, supersedes=None, voided=False
    )
    return {plan.month: plan for plan in plans}


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """一条年度目标：最初的承诺、现行的一行，与历次变更申请及其批复。"""

    first: AnnualGoal
    latest: AnnualGoal
    changes: tuple[tuple[GoalChange, GoalRuling | None], ...]


def commitments(project_year: ProjectYear, past: Past | None = None) -> list[Commitment]:
    """一个年度项目的各条目标，现在的或当时的，按序号。"""
    goals = AnnualGoal.objects.by_then(past).filter(project_year=project_year, voided=False)
    rows = list(goals.order_by("ordinal", "pk"))
    changes = GoalChange.objects.by_then(past).filter(goal__in=rows).order_by("pk")
    asked = [(row, ruling_seen(row, past)) for row in changes.select_related("operation", "ruling")]
    grouped: dict[int, list[AnnualGoal]] = defaultdict(list)
    for row in rows:
        grouped[row.ordinal].append(row)
    return [
        Commitment(
            first=chain[0],
            latest=chain[-1],
            changes=tuple(item for item in asked if item[0].goal in chain),
        )
        for chain in grouped.values()
    ]


def profile_changes(
    project: Project, past: Past | None = None
) -> list[tuple[ProfileChange, ProfileRuling | None]]:
    """一个项目历次的档案变更申请与批复（看过去时到当时为止），从近到远。"""
    changes = ProfileChange.objects.by_then(past).filter(project=project).order_by("-pk")
    rows = changes.select_related("operation", "ruling__operation", "revises")
    return [(row, ruling_seen(row, past)) for row in rows]


def letter_of(project: Project, year: int, past: Past | None = None) -> LetterSigning | None:
    """锁着这个项目当年目标的责任书，现在的或当时的。"""
    return letters_binding([project.pk], year, past).get(project.pk)


def letters_binding(
    projects: Collection[int], year: int, past: Past | None = None
) -> dict[int, LetterSigning]:
    """各项目的目标由哪份责任书锁着，现在的或当时的：登记签订之时或其后，项目归过签订的单位；换了单位照样锁着（种子 D06）。

    看登记没有登记，不看清单的日期：没写日期的清单按 1 月 1 日算，总在签订之前。
    """
    signed = {letter.unit_id: letter for letter in LetterSigning.objects.seen(past).filter(year=year)}
    if not signed:
        return {}
    profiles = ProjectProfile.objects.by_then(past).filter(project__in=projects)
    held = profiles.order_by("project_id", "-revision").values_list(
        "project_id", "responsible_unit_id", "recorded_at"
    )
    found: dict[int, LetterSigning] = {}
    left: dict[int, datetime] = {}  # 下一版的时刻：此后不归这一版所写的单位
    for project, unit, since in held:
        letter = signed.get(unit)
        if letter and project not in found and (project not in left or left[project] > letter.recorded_at):
            found[project] = letter
        left[project] = since
    return found


def pending_change(project_year: ProjectYear, pk: int) -> GoalChange | None:
    """一件待批的目标变更。"""
    found: GoalChange | None = (
        GoalChange.objects.unruled()
        .filter(pk=pk, goal__project_year=project_year)
        .select_related("operation", "goal")
        .first()
    )
    return found


def letters(year: int, past: Past | None = None) -> list[tuple[Organization, int, LetterSigning | None]]:
    """某年各责任单位：项目数与签订的责任书，现在的或当时的。"""
    counts = _projects_by_unit(year, past)
    signed = {letter.unit_id: letter for letter in LetterSigning.objects.seen(past).filter(year=year)}
    units = Organization.objects.filter(pk__in=counts).order_by("name")
    return [(unit, counts[unit.pk], signed.get(unit.pk)) for unit in units]


def _projects_by_unit(year: int, past: Past | None) -> Counter[int]:
    """某年各责任单位的区属项目数，按单位编号；没有责任单位的不计。"""
    entries = ListEntry.objects.seen(past).filter(project_year__year=year, level=Level.DISTRICT)
    if past is None:
        held = entries.values_list("project_year__project__profile__responsible_unit", flat=True)
        return Counter(unit for unit in held if unit is not None)
    profiles = ProjectProfile.objects.seen(past).filter(project__years__year=year).latest_per("project_id")
    unit_of = dict(profiles.values_list("project_id", "responsible_unit_id"))
    found = map(unit_of.get, entries.values_list("project_year__project", flat=True))
    return Counter(unit for unit in found if unit is not None)


def attachments_of(operations: Collection[int], past: Past | None = None) -> dict[int, list[Attachment]]:
    """若干次办理各自所附，按办理的编号归拢，作废的也在内（``voiding``）；看得见那件事实的才看得见它的附件，由调用者先定。

    看过去时，那时还没有作废的不写作废。
    """
    grouped: dict[int, list[Attachment]] = defaultdict(list)
    rows = Attachment.objects.filter(operation__in=operations, voided=False)
    rows = rows.select_related("operation", "superseded_by__operation")
    for row in rows.order_by("pk"):
        row.past = past
        grouped[row.operation_id].append(row)
    return grouped


def unsound_attachments() -> tuple[list[Attachment], list[Path]]:
    """丢失或被改的附件，与没有记录的文件（TRUST §4 第 24 条）。"""
    rows = list(Attachment.objects.order_by("pk"))
    known = {digest for row in rows for digest in (row.sha256, row.preview_sha256) if digest}
    sound = {digest for digest in known if ATTACHMENTS.is_sound(digest)}
    broken = [row for row in rows if not {row.sha256, row.preview_sha256} - {""} <= sound]
    return broken, ATTACHMENTS.strays(known)
