"""导入：上传 → 预演（什么也不写）→ 确认 → 结果。只许推进办。"""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaopu.accounts.models import User
from kaopu.domain.money import QUALIFIER_WORDS
from kaopu.domain.rights import Act, Thing
from kaopu.exchange.actions import import_workbook, preview
from kaopu.exchange.queries import recent_batches
from kaopu.exchange.results import ImportRefused
from kaopu.web.access import guarded, signed_in
from kaopu.web.imports import uploads
from kaopu.web.imports.forms import UploadForm

ROW_KINDS = {
    "project": "项目",
    "sub": "子项",
    "category": "类别标题",
    "title": "标题",
    "unit": "单位栏",
    "header": "表头",
    "total": "合计",
    "subtotal": "小计",
    "note": "备注",
    "blank": "空行",
    "rejected": "拒收",
}
SHEET_KINDS = {
    "project_list": "项目清单",
    "monthly_plan": "月度计划",
    "monthly_report": "月报",
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
    "year_ratio": "年度完成率（%）",
    "progress": "形象进度（%）",
    "work": "本月工作内容",
    "problems": "存在问题",
    "next_steps": "下步计划",
    "plan_investment": "计划投资（元）",
    "plan_progress": "计划累计进度（%）",
    "plan_work": "计划工作内容",
}
VALUES_SHOWN = 400


@guarded(Thing.LIST_VERSION, get=Act.CHANGE, post=Act.CHANGE)
def import_upload(request: HttpRequest) -> HttpResponse:
    """上传工作簿；存下后转到预演页。"""
    user = signed_in(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = uploads.keep(data["workbook"], user_id=user.pk, year=data["year"], month=form.month_on)
        return redirect("import_review", upload_id=kept.id)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "imports/upload.html", {"form": form, "batches": list(recent_batches())}, status=status
    )


@guarded(Thing.LIST_VERSION, get=Act.CHANGE, post=Act.CHANGE)
def import_review(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """预演的结果；提交即正式导入。已导入的显示当时的结果。"""
    user = signed_in(request)
    upload = uploads.find(upload_id, user_id=user.pk)
    if upload is None:
        raise Http404
    if upload.result is not None:
        return _page(request, upload, upload.result, done=True)
    try:
        if request.method == "POST":
            return _apply(request, upload, user)
        with uploads.under_its_own_name(upload) as path:
            found = preview(path, year=upload.year, month=upload.month_on, by=user)
    except ImportRefused as error:
        status = 422 if request.method == "POST" else 200
        return _page(request, upload, None, refusal=str(error), status=status)
    return _page(request, upload, found.as_json())


def _apply(request: HttpRequest, upload: uploads.Upload, user: User) -> HttpResponse:
    with uploads.under_its_own_name(upload) as path:
        result = import_workbook(path, year=upload.year, month=upload.month_on, by=user, source="page")
    # 结果页须与数据同生：事务落定之后才记
    transaction.on_commit(partial(uploads.remember_result, upload, result.as_json()))
    counts = f"写入 {result.applied} 行，未变 {result.unchanged} 行"
    messages.success(request, f"《{upload.file_name}》已导入：{counts}。")
    return redirect("import_review", upload_id=upload.id)


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


def _page(
    request: HttpRequest,
    upload: uploads.Upload,
    result: dict[str, Any] | None,
    *,
    done: bool = False,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    refusals = [refusal] if refusal else list((result or {}).get("refusals", ()))
    context = {
        "upload": upload,
        "result": result,
        "done": done,
        "refusals": refusals,
        "row_kinds": ROW_KINDS,
        "sheet_kinds": SHEET_KINDS,
        "shown": VALUES_SHOWN,
        "field_name": field_name,
        "qualifier_name": qualifier_name,
        "value_text": value_text,
    }
    return render(request, "imports/review.html", context, status=status)
