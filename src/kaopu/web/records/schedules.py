"""倒排计划页：各节点的最迟日、实际与浮时，今日应做；推进办排期、重排，牵头单位记开始（HANDBOOK §5.7；种子 D11）。"""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import Organization, User
from kaopu.domain.backward import NODE_STATE_LABELS, Node, ScheduleRefused, needed_for
from kaopu.domain.backward_rules import BREAKING_GROUND, GOAL_OF, ChainPolicy
from kaopu.domain.rights import Act, Role, Thing
from kaopu.projects.models import AnnualGoal, Project, ProjectProfile
from kaopu.supervision.actions import StaleItem, make_schedule, start_node, void_schedule
from kaopu.supervision.models import Schedule, ScheduleNode
from kaopu.supervision.queries.clock import today
from kaopu.supervision.queries.schedules import Standing, schedules_of
from kaopu.supervision.queries.task_forces import standing_forces
from kaopu.supervision.rights import starts_only_own
from kaopu.tracking.queries.permits import chain_on
from kaopu.web.access import guarded, known_then, permitted, require, signed_in
from kaopu.web.asked import asked_day
from kaopu.web.records.schedule_chart import gantt
from kaopu.web.records.schedule_forms import ScheduleForm, StartForm, VoidForm

USUAL_TARGETS = ("开工", "综合竣工验收")


@guarded(Thing.PERMIT, post=Act.READ)
def schedule_page(request: HttpRequest, project: Project) -> HttpResponse:
    """一个项目现行的各倒排计划；有权的人在此记节点开始。"""
    user, asked = signed_in(request), asked_day(request)
    day = asked.as_of
    standings = schedules_of(project, on=day, past=asked.past)
    startable = [] if asked.looks_back else _startable(standings, user, project)
    voiding = VoidForm(request.POST if request.POST.get("kind") == "void" else None)
    form = StartForm(None if voiding.is_bound else request.POST or None, nodes=startable)
    status = 422 if request.method == "POST" else 200
    if voiding.is_bound:
        status = _void(voiding, user, project)
        if status == 302:
            messages.success(request, "这份倒排计划已作废。")
            return redirect("schedule_page", code=project.code)
    elif request.method == "POST":
        if not startable:
            require(user, Thing.PERMIT, Act.CHANGE, project)
        if form.is_valid():
            try:
                start_node(project=project, by=user, **form.cleaned_data)
            except ScheduleRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"{form.cleaned_data['node']}开始之日已登记。")
                return redirect("schedule_page", code=project.code)
    known_then(project, asked.past)
    context = {
        "asked": asked,
        "project": project,
        "profile": project.profile,
        "today": day,
        "plans": [(item, gantt(item, today=day), item.due_today(day)) for item in standings],
        "voiding": voiding,
        "form": form if startable or form.errors else None,
        "state_labels": NODE_STATE_LABELS,
        "may_plan": not asked.looks_back and permitted(user, Thing.TASK_FORCE, Act.CHANGE, project),
    }
    return render(request, "records/schedule.html", context, status=status)


def _void(form: VoidForm, user: User, project: Project) -> int:
    """作废一份计划，返回答复的状态：办成 302，有人先办了 409，要改的 422。"""
    require(user, Thing.TASK_FORCE, Act.CHANGE, project)
    if not form.is_valid():
        return 422
    found = Schedule.objects.filter(project=project, voided=False, pk=form.cleaned_data["schedule"]).first()
    if found is None:
        raise Http404
    try:
        void_schedule(schedule=found, reason=form.cleaned_data["reason"], by=user, on=today())
    except StaleItem as error:
        form.add_error(None, str(error))
        return 409
    return 302


def _startable(standings: list[Standing], user: User, project: Project) -> list[str]:
    """此人可以记开始的：还没有办结的节点，开工除外（以目标达成为准）；只能记本单位牵头的（§4.2）照牵头单位。"""
    only_own = starts_only_own(Role(user.role))
    allowed = permitted(user, Thing.PERMIT, Act.CHANGE, project)
    if not allowed and not (only_own and permitted(user, Thing.TASK_FORCE, Act.PROPOSE, project)):
        return []
    names = [
        row.node.name
        for item in standings
        for row in item.rows
        if row.at.progress.done_on is None
        and row.node.name != BREAKING_GROUND
        and (not only_own or row.node.lead_unit_id == user.organization_id)
    ]
    return list(dict.fromkeys(names))


@guarded(Thing.TASK_FORCE, get=Act.CHANGE, post=Act.CHANGE)
def schedule_new(request: HttpRequest, project: Project) -> HttpResponse:
    """排一版：选目标节点，逐个节点写办几天、谁牵头；已有一版的以它为底。"""
    user, policy = signed_in(request), chain_on(today())
    names = [node.name for node in policy.nodes]
    target = request.GET.get("target", "")
    target = target if target in names else next((name for name in USUAL_TARGETS if name in names), names[-1])
    before = Schedule.objects.live().filter(project=project, target=target).first()
    form = _form(request, project, policy, target, before)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        nodes, leads = form.chosen()
        try:
            make_schedule(
                project=project, target=target, due_on=data["due_on"], nodes=nodes, leads=leads,
                rules=policy.name, task_force=data["task_force"], reason=data.get("reason", ""), seen=data["seen"],
                by=user, on=today(),
            )  # fmt: skip
        except (ScheduleRefused, StaleItem) as error:
            form.add_error(None, str(error))
            status = 409 if isinstance(error, StaleItem) else 422
        else:
            messages.success(request, f"{target}的倒排计划已排定。")
            return redirect("schedule_page", code=project.code)
    context = {
        "project": project,
        "profile": project.profile,
        "targets": names,
        "target": target,
        "before": before,
        "policy": policy,
        "form": form,
    }
    return render(request, "records/schedule_new.html", context, status=status)


def _form(
    request: HttpRequest, project: Project, policy: ChainPolicy, target: str, before: Schedule | None
) -> ScheduleForm:
    units = list(Organization.objects.order_by("name"))
    planned = {node.name: node for node in before.nodes.all()} if before else {}
    nodes = needed_for(policy.nodes, target)
    initial: dict[str, object] = {
        "due_on": before.due_on if before else _goal_day(project, target),
        "seen": before.pk if before else 0,
    }
    if before:
        initial["task_force"] = before.task_force_id
        for number, node in enumerate(nodes):
            initial |= {f"use_{number}": node.name in planned}
            if node.name in planned:
                initial |= {f"days_{number}": planned[node.name].days}
    return ScheduleForm(
        request.POST or None, initial=initial, nodes=nodes, leads=_leads(nodes, planned, project, units), units=units,
        forces=standing_forces().filter(project=project), again=before is not None,
    )  # fmt: skip


def _goal_day(project: Project, target: str) -> date | None:
    """年度目标里写的、正是这个节点的日子，作目标日的缺省。"""
    goals = AnnualGoal.objects.live().filter(
        project_year__project=project, goal_type=GOAL_OF.get(target), due_on__gte=today()
    )
    return goals.order_by("due_on").values_list("due_on", flat=True).first()


def _leads(
    nodes: list[Node], planned: dict[str, ScheduleNode], project: Project, units: list[Organization]
) -> dict[str, int]:
    """各节点缺省的牵头单位：上一版的；规则里写的部门；建设各节点是建设单位，腾地是属地街镇。"""
    profile = project.profile
    known = {unit.name: unit.pk for unit in units}
    stand_ins = _stand_ins(profile) if profile else {}
    found = {}
    for node in nodes:
        earlier = planned.get(node.name)
        pk = earlier.lead_unit_id if earlier else stand_ins.get(node.issuer) or known.get(node.issuer)
        if pk:
            found[node.name] = pk
    return found


def _stand_ins(profile: ProjectProfile) -> dict[str, int | None]:
    street = Organization.objects.filter(name=profile.street).first() if profile.street else None
    owner = profile.owner_id or profile.responsible_unit_id
    return {"建设单位": owner, "属地街镇": street.pk if street else profile.responsible_unit_id}
