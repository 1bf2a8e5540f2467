"""导入页面的用语：行的种类、表的种类、字段、限定词。"""

from __future__ import annotations

from kaopu.domain.money import QUALIFIER_WORDS
from kaopu.exchange.results import APPLIED, CLASSIFIED, REJECTED, UNCHANGED

ROW_KINDS = {
    "project": "项目",
    "sub": "子项",
    "problem": "问题",
    "statistic": "汇总行",
    "text": "文字",
    "category": "类别标题",
    "title": "标题",
    "unit": "单位栏",
    "header": "表头",
    "card": "卡片里的行",
    "total": "合计",
    "subtotal": "小计",
    "note": "备注",
    "blank": "空行",
    "rejected": "拒收",
}
FATES = {APPLIED: "写入", UNCHANGED: "未变", REJECTED: "拒收", CLASSIFIED: "归类"}
SHEET_KINDS = {
    "project_list": "项目清单",
    "monthly_plan": "月度计划",
    "monthly_report": "月报",
    "problem_list": "问题清单",
    "statistics": "汇总表",
    "prose": "文字材料",
    "instructions": "填表说明",
    "unknown": "未识别",
}
FIELDS = {
    "seq": "序号",
    "code": "内部编号",
    "name": "项目名称",
    "nature": "建设性质",
    "scale": "建设规模及主要内容",
    "responsible_unit": "责任单位",
    "owner": "建设单位",
    "street": "属地街镇",
    "key_area": "重点地区",
    "total_investment": "总投资（元）",
    "fiscal_funds": "财政资金（元）",
    "social_funds": "社会资金（元）",
    "cumulative_before": "上年末累计完成投资（元）",
    "planned_investment": "年度计划投资（元）",
    "goal": "年度目标",
    "goal_due": "目标时间",
    "planned_start": "计划开工",
    "planned_finish": "计划竣工",
    "entry": "列入方式",
    "formality": "正式或预备",
    "category": "类别",
    "lon": "经度",
    "lat": "纬度",
    "note": "备注",
    "month_investment": "本月完成投资（元）",
    "cumulative_investment": "累计完成投资（元）",
    "previous_investment": "上月完成投资（元）",
    "previous_cumulative": "上月累计完成投资（元）",
    "planned_this_month": "本月计划投资（元）",
    "since_start": "开工以来累计（元）",
    "year_ratio": "年度完成率（%）",
    "progress": "形象进度（%）",
    "work": "本月工作内容",
    "problems": "存在问题",
    "next_steps": "下步计划",
    "lead_unit": "牵头部门",
    "assist_units": "配合部门",
    "request": "需协调事项",
    "due": "解决时限",
    "status": "是否销号",
    "raised_on": "提出时间",
    "raised_by": "提出单位",
    "closed_on": "销号时间",
    "measures": "措施建议",
    "cause": "问题类别",
    "issue_key": "系统编号",
    "unit": "金额单位",
    "form_key": "采集表行键",
    "text": "文字",
    "plan_investment": "计划投资（元）",
    "plan_progress": "计划累计进度（%）",
    "plan_work": "计划工作内容",
}


def field_name(field: str) -> str:
    """字段的中文；计划的字段带月份，认不出的列显示原表头。"""
    name, _, rest = field.partition(":")
    if name == "other":
        return f"未识别的列“{rest}”"
    return FIELDS.get(name, name) + (f"·{rest}月" if rest.isdigit() else "")


def qualifier_name(qualifier: str) -> str:
    """限定词的中文。"""
    return {"range": "区间", "before": "之前"}.get(qualifier) or QUALIFIER_WORDS.get(qualifier, qualifier)


def value_text(field: str, value: object) -> str:
    """读出的值；金额加千分位，没有值写作“—”。"""
    if value is None or value == "":
        return "—"
    if isinstance(value, int) and FIELDS.get(field.partition(":")[0], "").endswith("（元）"):
        return f"{value:,}"
    return str(value)
