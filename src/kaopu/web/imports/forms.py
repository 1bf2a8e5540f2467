"""导入表单。"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from kaopu.projects.queries import years_listed

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".csv")
_LARGEST = 10 * 1024 * 1024


class UploadForm(forms.Form):
    """工作簿、年度、月报的月份。"""

    workbook = forms.FileField(
        label="工作簿（不超过 10 MB）",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"required": "请选择要导入的工作簿。", "empty": "文件是空的。请重新选择。"},
    )
    year = forms.IntegerField(
        label="年度",
        min_value=2000,
        max_value=2100,
        error_messages={"required": "请填清单所属年度，如 2022。"},
    )
    month = forms.TypedChoiceField(
        label="月份（只有月报要选）",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "不是月报"), *((number, f"{number}月") for number in range(1, 13))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["year"].initial = max(years_listed(), default=timezone.localdate().year)

    def clean_workbook(self) -> UploadedFile[Any]:
        """收 Excel、WPS、开放文档与 .csv；内容是不是真的由读取时再验。"""
        workbook: UploadedFile[Any] = self.cleaned_data["workbook"]
        if not (workbook.name or "").lower().endswith(SUFFIXES):
            raise ValidationError("只收 .xlsx、.xlsm、.xls、.et、.ods、.csv 文件。请另存为其中一种后再上传。")
        if (workbook.size or 0) > _LARGEST:
            raise ValidationError("文件超过 10 MB。请删去图片与无关工作表后再上传。")
        return workbook

    @property
    def month_on(self) -> date | None:
        """月报月份的第一天。"""
        month = self.cleaned_data.get("month")
        return date(self.cleaned_data["year"], month, 1) if month else None
