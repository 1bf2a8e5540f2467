"""导入页面的用语：行的种类、表的种类、字段、限定词。"""

from __future__ import annotations

from kaopu.domain.money import QUALIFIER_WORDS
from kaopu.exchange.excel_in.fields import LABELS
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


def field_name(field: str) -> str:
    """字段的中文；计划的字段带月份，认不出的列显示原表头。"""
    name, _, rest = field.partition(":")
    if name == "other":
        return f"未识别的列“{rest}”"
    return LABELS.get(name, name) + (f"·{rest}月" if rest.isdigit() else "")


def qualifier_name(qualifier: str) -> str:
    """限定词的中文。"""
    return {"range": "区间", "before": "之前"}.get(qualifier) or QUALIFIER_WORDS.get(qualifier, qualifier)


def value_text(field: str, value: object) -> str:
    """读出的值；金额加千分位，没有值写作“—”。"""
    if value is None or value == "":
        return "—"
    if isinstance(value, int) and LABELS.get(field.partition(":")[0], "").endswith("（元）"):
        return f"{value:,}"
    return str(value)
