"""示例办公室的一份倒排计划：专班项目由开工之日往回推，沿途办结几个审批节点（种子 D10、D11）。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from kaopu.accounts.actions import ensure_organization
from kaopu.accounts.models import Organization, OrganizationKind, User
from kaopu.domain.backward import needed_for
from kaopu.projects.actions import record_permit
from kaopu.projects.models import Project
from kaopu.supervision.actions import make_schedule, start_node
from kaopu.supervision.models import TaskForce
from kaopu.tracking.queries.permits import chain_on

TARGET, DUE_ON = "开工", date(2023, 2, 28)
CLEARING_DAYS = 100
DONE = (
    (date(2022, 7, 22), "项目建议书批复"),
    (date(2022, 8, 12), "用地预审与选址意见书"),
    (date(2022, 9, 16), "社会稳定风险评估、节能审查"),
    (date(2022, 9, 30), "设计方案批复"),
    (date(2022, 10, 21), "可行性研究报告批复"),
    (date(2022, 11, 11), "建设用地规划许可证"),
)
BEGUN = ((date(2022, 11, 14), "征收、腾地、管线搬迁"), (date(2022, 12, 1), "初步设计及概算批复"))


@dataclass(frozen=True, kw_only=True)
class DemoSchedule:
    """排一版，再逐个办结。"""

    project: Project
    office: Organization
    by: User

    def story(self) -> list[tuple[date, Callable[[date], object]]]:
        """哪天办什么。"""
        return [
            (date(2022, 7, 8), self._plan),
            *((on, self._approve(node)) for on, node in DONE),
            *((on, self._begin(node)) for on, node in BEGUN),
        ]

    def _plan(self, on: date) -> None:
        policy = chain_on(on)
        nodes = [
            node if node.days else replace(node, days=CLEARING_DAYS)
            for node in needed_for(policy.nodes, TARGET)
        ]
        leads = {
            node.name: self._department(node.issuer) if node.issuer.startswith("区") else self.office
            for node in nodes
        }
        force = TaskForce.objects.live().get(project=self.project)
        make_schedule(
            project=self.project, target=TARGET, due_on=DUE_ON, nodes=nodes, leads=leads, rules=policy.name,
            task_force=force, by=self.by, on=on, is_demo=True,
        )  # fmt: skip

    def _department(self, name: str) -> Organization:
        return ensure_organization(name=name, kind=OrganizationKind.PERMIT, by=self.by, is_demo=True)

    def _approve(self, node: str) -> Callable[[date], object]:
        def approve(on: date) -> None:
            found = chain_on(on).node(node)
            assert found is not None
            number = f"示例批复〔{on.year}〕{on.month}{on.day:02d}号"
            record_permit(
                project=self.project, node=node, number=number, issuer=found.issuer, by=self.by, on=on
            )

        return approve

    def _begin(self, node: str) -> Callable[[date], object]:
        return lambda on: start_node(project=self.project, node=node, by=self.by, on=on, note="示例受理单")
