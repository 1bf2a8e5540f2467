"""留痕页的写法：动作与栏目的中文。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from kaopu.audit.models import Operation
from kaopu.documents.kinds.registry import KINDS
from kaopu.domain.carryover import STAGE_LABELS
from kaopu.domain.causes import CAUSE_LABELS
from kaopu.domain.colours import COLOUR_LABELS
from kaopu.domain.document_states import DOCUMENT_STATE_LABELS, DOCUMENT_VERB_LABELS
from kaopu.domain.escalation import ISSUE_VERB_LABELS
from kaopu.domain.milestones import GOAL_LABELS
from kaopu.domain.outcomes import OUTCOME_LABELS
from kaopu.domain.rights import ROLE_LABELS
from kaopu.domain.supervision_orders import ORDER_VERB_LABELS
from kaopu.domain.suspension import SIDE_LABELS

VERBS = {
    "accounts.add_alias": "记单位别名",
    "accounts.add_operator": "建立命令行账号",
    "accounts.add_organization": "新增单位",
    "accounts.add_user": "新增账号",
    "accounts.change_password": "换口令",
    "accounts.end_sign_ins": "退出别处的登录",
    "accounts.propose_add": "提请新增账号",
    "accounts.propose_disable": "提请停用账号",
    "accounts.propose_enable": "提请启用账号",
    "accounts.propose_link": "提请登记统一身份",
    "accounts.propose_reset": "提请重设口令",
    "accounts.propose_role": "提请变更角色",
    "accounts.read_phone": "查看电话",
    "accounts.rekey": "改由现行密钥加密",
    "accounts.rule_change": "批复账号变更",
    "accounts.second_factor": "开关两步验证",
    "accounts.set_phone": "登记电话",
    "accounts.sign_in": "登录",
    "documents.issue_annual_summary": "生成年度总结",
    "documents.acknowledge": "签收公文",
    "documents.distribute": "分发公文",
    "documents.set_wording": "换公文的措辞",
    "exchange.export": "导出",
    "exchange.import": "导入",
    "exchange.remember_columns": "记住各列的意思",
    "exchange.remember_name": "认名",
    "exchange.undo": "撤销导入",
    "figures.close_month": "月末关账",
    "figures.close_year": "年末关账",
    "projects.add_subproject": "记子项",
    "projects.hold_ceremony": "记集中开工",
    "projects.record_stage": "登记项目阶段",
    "projects.save_list": "写入清单",
    "supervision.closed": "督办销号",
    "supervision.extended": "督办延期",
    "supervision.issue_order": "签发督办单",
    "supervision.raise_listed": "按清单提出问题",
    "supervision.reported": "督办反馈",
    "tracking.confirm_colours": "确认颜色",
    "tracking.decide_override": "审批人工调整",
    "tracking.propose_override": "提请人工调整",
    "tracking.report_colour": "自报颜色",
    "tracking.activate_rule_set": "启用规则集",
    "tracking.save_draft": "起草规则集",
    "tracking.change_day": "改节假日",
    "tracking.publish_year": "发布放假安排",
    "tracking.freeze_month": "冻结月份",
    "tracking.note_progress": "记进展纪要",
    "tracking.record_achievement": "登记目标达成",
    "tracking.record_decision": "登记认定",
    "tracking.record_lag_reason": "登记滞后原因",
    "tracking.resume": "登记复工",
    "tracking.save_plans": "写入月度计划",
    "tracking.save_reports": "写入月报",
    "projects.plan_accept": "审定月度计划",
    "projects.plan_first_approve": "初审月度计划",
    "projects.plan_return": "退回月度计划",
    "projects.propose_goal_change": "申请目标变更",
    "projects.propose_plan": "报月度计划",
    "projects.propose_profile_change": "申请档案变更",
    "projects.rule_profile_change": "批复档案变更",
    "projects.rule_goal_change": "批复目标变更",
    "projects.sign_letter": "登记责任书签订",
    "supervision.advance": "引擎走一程",
    "supervision.answer_alert": "说明预警",
    "supervision.draft_order": "拟办督办单",
    "supervision.end_task_force": "撤销专班",
    "supervision.form_task_force": "建专班",
    "supervision.hand_alert": "预警立为问题",
    "supervision.hold_meeting": "登记会议",
    "supervision.make_schedule": "排倒排计划",
    "supervision.void_schedule": "作废倒排计划",
    "supervision.raise_issue": "提出问题",
    "supervision.read_notices": "阅读通知",
    "supervision.record_instruction": "记领导批示",
    "supervision.record_minutes": "补记纪要",
    "supervision.stop_handed_clocks": "停下已立为问题的预警的钟",
    "supervision.record_visit": "记走访调研",
    "supervision.send_digests": "发当日摘要",
    "supervision.set_demo_clock": "拨示例钟",
    "supervision.start_node": "登记节点开始",
    "supervision.warn_month": "发月末预警",
    "tracking.accept_earlier_reports": "补记以前月报的审定",
    "projects.extend_permit": "登记施工许可延期",
    "projects.record_permit": "登记批文、证照",
    "projects.void_attachment": "作废附件",
    "projects.rule_permit": "核实批文、证照",
    "tracking.declare_campaign": "宣布统一停工",
    "tracking.file_plan": "报复工方案",
    "tracking.give_opinion": "出具复工意见",
    "tracking.issue_batch": "发复工白名单",
    "tracking.note_still_stopped": "记未复工原因",
    "tracking.remark_on_report": "对月报提意见",
    "tracking.remind": "催报",
    "tracking.report_accept": "审定月报",
    "tracking.report_first_approve": "初审月报",
    "tracking.report_return": "退回月报",
    "tracking.propose_correction": "申请更正已关账的月报",
    "tracking.rule_correction": "批复关账后更正",
    "tracking.submit_report": "报出月报",
    "tracking.suspend": "登记停工",
}
# 拼出来的动作：问题、督办单、公文办一步，公文起草与文号
VERBS |= {f"supervision.issue_{verb}": f"问题：{label}" for verb, label in ISSUE_VERB_LABELS.items()}
VERBS |= {f"supervision.order_{verb}": f"督办单：{label}" for verb, label in ORDER_VERB_LABELS.items()}
VERBS |= {f"documents.{verb}": f"公文：{label}" for verb, label in DOCUMENT_VERB_LABELS.items()}
for _kind in KINDS.values():
    _drafted = _kind.id.replace("-", "_")
    VERBS |= {
        f"documents.draft_{_drafted}": f"起草{_kind.label}",
        f"documents.redraft_{_drafted}": f"接续起草{_kind.label}",
    }
VERBS |= {
    f"documents.number_{state}": f"文号：{label}"
    for state, label in (("reserved", "预留"), ("used", "使用"), ("void", "作废"), ("skipped", "跳号"))
}
# 成批写下许多事实、留痕里只有行数的几种办理：另有一页写明各条前后
IN_BULK = frozenset(
    {
        "exchange.import", "exchange.undo", "projects.save_list", "tracking.save_plans", "tracking.save_reports",
        "supervision.raise_listed",
    }
)  # fmt: skip
SOURCES = {
    "page": "网页",
    "cli": "命令行",
    "upgrade": "升级",
    "demo": "示例",
    "excel": "Excel",
    "api": "接口",
    "close": "月末关账",
    "tick": "引擎",
}


def verb_label(verb: str) -> str:
    """动作的中文；没有登记的照原样写。"""
    return VERBS.get(verb, verb)


def verbs_named(text: str) -> list[str]:
    """中文里含有 ``text`` 的动作。"""
    return [verb for verb, label in VERBS.items() if text and text in label]


def came_from(operation: Operation) -> str:
    """从哪里来：地址与来源。"""
    way, _, batch = operation.source.partition(":")  # 导入的各次办理带着那一批的编号
    said = SOURCES.get(way, way) + (f"，第 {batch} 次办理导入" if batch else "")
    return "，".join(filter(None, [operation.address, said]))


def target_label(operation: Operation) -> str:
    """对象：哪一类的第几号。"""
    if not operation.target_type:
        return "—"
    return f"{_kinds().get(operation.target_type, operation.target_type)} {operation.target_id}"


def changes(operation: Operation) -> list[tuple[str, str, str]]:
    """前后对照：``(栏, 办理前, 办理后)``；没有前后的，内容写在“办理后”。"""
    before, after = operation.before or {}, {**operation.detail, **(operation.after or {})}
    names = [*before, *(name for name in after if name not in before)]
    return [
        (_fields().get(name, name), _text(before.get(name), name), _text(after.get(name), name))
        for name in names
    ]


def _text(value: object, name: str = "") -> str:
    """值的写法；有固定说法的（如种类、阶段）写中文。"""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_text(item, name) for item in value) or "—"
    if isinstance(value, dict):
        return "；".join(f"{_fields().get(key, key)}：{_text(item, key)}" for key, item in value.items())
    return _choices().get((name, str(value)), str(value))


@cache
def _fields() -> dict[str, str]:
    """栏的英文名 → 中文名，取自各模型；``rows`` 等几个不是栏的另写。"""
    named = {
        "rows": "行数",
        "count": "个数",
        "period": "期间",
        "digest": "摘要",
        "verdicts": "评定数",
        "agenda": "议题",
        "attachments": "附件",
        "due": "期限",
        "projects": "项目数",
        "until": "延至",
        "codes": "项目编号",
        "lines": "逐月",
        "columns": "各列",
        "grounds": "公文所据的各次办理",
        "second_factor": "两步验证",
        "is_active": "在用",
        "subject": "统一身份标识",
        "what": "什么表",
        "ended": "退出的登录",
        "method": "凭什么登录",
    }
    for field in _columns():
        named.setdefault(field.name, str(field.verbose_name))
    return named


def _columns() -> Iterator[models.Field[Any, Any]]:
    """各模型的栏。"""
    for model in apps.get_models():
        if model.__module__.startswith("kaopu."):
            yield from model._meta.concrete_fields


@cache
def _choices() -> dict[tuple[str, str], str]:
    """（栏，存的值）→ 中文；取自各模型的选项，与写在规则手册里的几样。"""
    found = {(name, str(value)): label for name, labels in _LABELS.items() for value, label in labels.items()}
    for field in _columns():
        for value, label in field.flatchoices:
            found.setdefault((field.name, str(value)), str(label))
    return found


_LABELS: Mapping[str, Mapping[Any, str]] = {
    "stage": STAGE_LABELS, "outcome": OUTCOME_LABELS, "reached": GOAL_LABELS, "goal_type": GOAL_LABELS,
    "colour": COLOUR_LABELS, "side": SIDE_LABELS, "role": ROLE_LABELS, "cause": CAUSE_LABELS,
    "category": CAUSE_LABELS, "state": DOCUMENT_STATE_LABELS,
}  # fmt: skip


@cache
def _kinds() -> dict[str, str]:
    """对象种类的中文：模型说明的头一个词。"""
    return {
        model._meta.label_lower: re.split("[。：（，]", model.__doc__ or "")[0]
        for model in apps.get_models()
        if model.__module__.startswith("kaopu.")
    }
