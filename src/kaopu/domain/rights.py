"""权限矩阵：什么角色对什么对象能办什么事、在多大范围内（HANDBOOK §4.1、§4.2）。

矩阵是数据，页面、导出、接口、检索都问它；``tests/web/test_rights.py`` 逐格走一遍。
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """角色（§4.1）。前四种属推进办；后三种是三员，不看业务数据，彼此互斥。"""

    OFFICE_DIRECTOR = "office_director"
    OFFICE_SECTION = "office_section"
    PROJECT_OFFICER = "project_officer"
    CLERK = "clerk"
    RESPONSIBLE_UNIT = "responsible_unit"
    PROJECT_OWNER = "project_owner"
    PERMIT_DEPT = "permit_dept"
    STREET_TOWN = "street_town"
    KEY_AREA = "key_area"
    DISTRICT_LEADER = "district_leader"
    TOP_LEADER = "top_leader"
    GOV_OFFICE = "gov_office"
    CITYOPS_CLIENT = "cityops_client"
    AUDITOR = "auditor"
    SYSADMIN = "sysadmin"
    SECADMIN = "secadmin"
    AUDITADMIN = "auditadmin"

    @property
    def label(self) -> str:
        """角色的中文。"""
        return ROLE_LABELS[self]


ROLE_LABELS: Mapping[Role, str] = MappingProxyType(
    {
        Role.OFFICE_DIRECTOR: "推进办主任",
        Role.OFFICE_SECTION: "推进办科长",
        Role.PROJECT_OFFICER: "项目专员",
        Role.CLERK: "综合文书",
        Role.RESPONSIBLE_UNIT: "责任单位",
        Role.PROJECT_OWNER: "建设单位",
        Role.PERMIT_DEPT: "审批职能部门",
        Role.STREET_TOWN: "属地街镇",
        Role.KEY_AREA: "重点地区",
        Role.DISTRICT_LEADER: "分管区领导",
        Role.TOP_LEADER: "区主要领导",
        Role.GOV_OFFICE: "区府办（督查室）",
        Role.CITYOPS_CLIENT: "城运中心",
        Role.AUDITOR: "审计",
        Role.SYSADMIN: "系统管理员",
        Role.SECADMIN: "安全管理员",
        Role.AUDITADMIN: "审计管理员",
    }
)
OFFICE_ROLES = frozenset({Role.OFFICE_DIRECTOR, Role.OFFICE_SECTION, Role.PROJECT_OFFICER, Role.CLERK})
THREE_ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN})
UNIT_ROLES = frozenset({Role.RESPONSIBLE_UNIT, Role.PROJECT_OWNER, Role.STREET_TOWN, Role.KEY_AREA})


class Thing(StrEnum):
    """受管的对象（§4.2 的行）。"""

    PROJECT = "project"
    LIST_VERSION = "list_version"
    ANNUAL_GOAL = "annual_goal"
    MONTHLY_PLAN = "monthly_plan"
    MONTHLY_REPORT = "monthly_report"
    PERMIT = "permit"
    ISSUE = "issue"
    MEETING = "meeting"
    WARNING = "warning"
    SUPERVISION_ORDER = "supervision_order"
    TASK_FORCE = "task_force"
    SUSPENSION = "suspension"
    FIGURE = "figure"
    DOCUMENT = "document"
    RECEIVED = "received"
    MAP_FEED = "map_feed"
    RULE_SET = "rule_set"
    CALENDAR = "calendar"
    ACCOUNT = "account"
    TRACE = "trace"


class Act(StrEnum):
    """能办的事。``PROPOSE`` 是提请（变更、意见、延期），由有权的人批；``FIRST`` 是责任单位的初审。"""

    READ = "R"
    EXPORT = "E"
    CHANGE = "C"
    PROPOSE = "P"
    FIRST = "F"
    APPROVE = "A"


THING_LABELS: Mapping[Thing, str] = MappingProxyType(
    {
        Thing.PROJECT: "项目档案",
        Thing.LIST_VERSION: "项目清单",
        Thing.ANNUAL_GOAL: "年度目标",
        Thing.MONTHLY_PLAN: "月度计划",
        Thing.MONTHLY_REPORT: "月报",
        Thing.PERMIT: "审批节点",
        Thing.ISSUE: "问题",
        Thing.MEETING: "会议与批示",
        Thing.WARNING: "预警与颜色",
        Thing.SUPERVISION_ORDER: "督办单",
        Thing.TASK_FORCE: "专班",
        Thing.SUSPENSION: "停复工",
        Thing.FIGURE: "统计",
        Thing.DOCUMENT: "公文",
        Thing.RECEIVED: "收文",
        Thing.MAP_FEED: "一网统管图层",
        Thing.RULE_SET: "规则集",
        Thing.CALENDAR: "节假日表",
        Thing.ACCOUNT: "账号",
        Thing.TRACE: "留痕",
    }
)
ACT_LABELS: Mapping[Act, str] = MappingProxyType(
    {
        Act.READ: "查看",
        Act.EXPORT: "导出",
        Act.CHANGE: "填报与登记",
        Act.PROPOSE: "提请",
        Act.FIRST: "初审",
        Act.APPROVE: "审定",
    }
)


class Scope(StrEnum):
    """范围：全部、本单位的（街镇、重点地区为辖区内的）、没有。"""

    ALL = "all"
    OWN = "own"
    NONE = "none"


# 每格写能办的事：大写为全部范围，小写为本单位（辖区）范围。列的次序见 _COLUMNS，与 §4.2 一致。
_COLUMNS: tuple[tuple[Role, ...], ...] = (
    (Role.OFFICE_DIRECTOR, Role.OFFICE_SECTION),
    (Role.PROJECT_OFFICER,),
    (Role.CLERK,),
    (Role.RESPONSIBLE_UNIT,),
    (Role.PROJECT_OWNER,),
    (Role.PERMIT_DEPT,),
    (Role.STREET_TOWN, Role.KEY_AREA),
    (Role.DISTRICT_LEADER,),
    (Role.TOP_LEADER, Role.GOV_OFFICE),
    (Role.CITYOPS_CLIENT,),
    (Role.AUDITOR,),
    (Role.SYSADMIN,),
    (Role.SECADMIN,),
    (Role.AUDITADMIN,),
)
_TABLE: Mapping[Thing, str] = {
    # 科长以上  专员    文书   责任单位 建设单位 审批 街镇  分管领导 主要领导 城运 审计 系统 安全 审管
    Thing.PROJECT: "RECA REC RE rep rep R re RE RE - RE - - -",
    Thing.LIST_VERSION: "RECA REC REC re re r re REA RE - RE - - -",
    Thing.ANNUAL_GOAL: "RECA REC RE rep rep - re RE RE - RE - - -",
    Thing.MONTHLY_PLAN: "RECA RECA RE recf rec - re RE RE - RE - - -",
    Thing.MONTHLY_REPORT: "RECA RECA RE recf rec - rep RE RE - RE - - -",
    # 审批部门看全部、只登记本部门所发的（§4.2“本部门节点”），由 actions 查发证机关
    Thing.PERMIT: "RCA RCA R rc rc RC r R R - R - - -",
    Thing.ISSUE: "RECA RECA RE rec rec rp rec REP REP - RE - - -",
    Thing.MEETING: "RECA REC REC - - - - RE RE - RE - - -",
    Thing.WARNING: "RECA REC RE rep rep r re REP REP - RE - - -",
    Thing.SUPERVISION_ORDER: "RECA REC RE rep - rp rep REPA REP - RE - - -",
    Thing.TASK_FORCE: "RECA REC RE rep rep rp rep RE RE - RE - - -",
    Thing.SUSPENSION: "RECA RECA RE recf rec rp rep RE RE - RE - - -",
    Thing.FIGURE: "RECA REC REC re re - re RE RE - RE - - -",
    Thing.DOCUMENT: "RECA REC REC - - - - REA RE - RE - - -",
    Thing.RECEIVED: "- - - r - r r r r - - - - -",
    Thing.MAP_FEED: "RE RE RE - - - - RE RE RE RE - - -",
    Thing.RULE_SET: "RECA REC R - - - - R R - R - - -",
    Thing.CALENDAR: "RC RC RC R R R R R R - R R - -",
    Thing.ACCOUNT: "R - - - - - - - - - R RC RA R",
    Thing.TRACE: "RE - - - - - - - - - RE - - RE",
}


def _read_table() -> dict[tuple[Role, Thing], str]:
    grants: dict[tuple[Role, Thing], str] = {}
    for thing, line in _TABLE.items():
        cells = line.split()
        for roles, cell in zip(_COLUMNS, cells, strict=True):
            grants |= {(role, thing): cell for role in roles}
    return grants


MATRIX: Mapping[tuple[Role, Thing], str] = MappingProxyType(_read_table())


def scope_of(role: Role, thing: Thing, act: Act) -> Scope:
    """某角色对某类对象办某事的范围（§4.2）。"""
    cell = MATRIX[role, thing]
    if act.value in cell:
        return Scope.ALL
    return Scope.OWN if act.value.lower() in cell else Scope.NONE


def exclusive(one: Role, other: Role) -> bool:
    """两个角色不得由一人兼任：三员彼此互斥，也不得兼业务角色（§4.1、§8.8）。"""
    return one != other and bool({one, other} & THREE_ADMINISTRATORS)


def refusal(role: Role, thing: Thing, act: Act) -> str:
    """没有这项权限时给人看的一句话：由谁办，自己是什么角色。"""
    holders = [other for other in Role if scope_of(other, thing, act) is not Scope.NONE]
    names = ["推进办"] if any(holder in OFFICE_ROLES for holder in holders) else []
    names += [holder.label for holder in holders if holder not in OFFICE_ROLES]
    return f"{THING_LABELS[thing]}的{ACT_LABELS[act]}由{'、'.join(names)}办理；您的角色是{role.label}。"
