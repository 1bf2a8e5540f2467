"""项目的写入：清单、阶段、施工许可与仪式；计划的报审；责任书与目标变更；附件。"""

from kaopu.projects.actions.attachments import AttachmentKept, attach, void_attachment
from kaopu.projects.actions.commitments import (
    CommitmentRefused,
    propose_goal_change,
    rule_goal_change,
    sign_letter,
)
from kaopu.projects.actions.holding import hold_projects
from kaopu.projects.actions.lists import (
    ListedProject,
    ListRefused,
    SavedRow,
    add_subproject,
    hold_ceremony,
    record_stage,
    revised,
    save_list,
)
from kaopu.projects.actions.permits import extend_permit, record_permit, rule_permit
from kaopu.projects.actions.plans import PlanRefused, PlanStale, propose_plan, review_plan
from kaopu.projects.actions.profiles import (
    profile_column,
    propose_profile_change,
    revised_values,
    rule_profile_change,
)
from kaopu.projects.actions.rulings import ProposalRefused, rule_once

__all__ = [
    "AttachmentKept",
    "CommitmentRefused",
    "ListRefused",
    "ListedProject",
    "PlanRefused",
    "PlanStale",
    "ProposalRefused",
    "SavedRow",
    "add_subproject",
    "attach",
    "extend_permit",
    "hold_ceremony",
    "hold_projects",
    "profile_column",
    "propose_goal_change",
    "propose_plan",
    "propose_profile_change",
    "record_permit",
    "record_stage",
    "review_plan",
    "revised",
    "revised_values",
    "rule_goal_change",
    "rule_once",
    "rule_permit",
    "rule_profile_change",
    "save_list",
    "sign_letter",
    "void_attachment",
]
