"""工作日历的表单。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kaopu.exchange.holiday_notices import NoticeUnreadable, read_notice
from kaopu.tracking.queries.calendar import SpecialDay

WORKS = {"work": True, "off": False, "week": None}
YEAR_WRONG = {"required": "请写年度，如 2027。", "invalid": "请写四位年份，如 2027。"}


class DayForm(forms.Form):
    """改一天。"""

    day = forms.DateField(
        label="日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请选日期。", "invalid": "请写成 2027-01-01 的样子。"},
    )
    works = forms.ChoiceField(
        label="改为",
        choices=[("off", "休息"), ("work", "上班"), ("week", "按周次（周一至周五上班）")],
        error_messages={"required": "请选改成上班、休息还是按周次。"},
    )
    name = forms.CharField(label="名目", max_length=40, required=False, help_text="如元旦、国庆调休。")
    reason = forms.CharField(
        label="理由",
        max_length=200,
        error_messages={"required": "请写明理由，如通知的名称与文号。"},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def change(self) -> dict[str, Any]:
        """通过检查的内容，按 ``change_day`` 的参数名。"""
        return {**self.cleaned_data, "works": WORKS[self.cleaned_data["works"]]}


class NoticeForm(forms.Form):
    """选一份放假通知来预演；也可把通知逐行贴进来。"""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100, error_messages=YEAR_WRONG)
    notice = forms.CharField(
        label="依据的通知",
        max_length=200,
        help_text="如“国务院办公厅关于2027年部分节假日安排的通知”。",
        error_messages={"required": "请写明依据的通知名称与文号。"},
    )
    file = forms.FileField(
        label="文件", required=False, help_text="放假安排的 JSON、日历文件 ICS，或一行一天的文本（UTF-8）。"
    )
    text = forms.CharField(
        label="或逐行写",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": "2027-01-01 休 元旦"}),
        help_text="休息写“休”，调休上班写“班”；连着几天写“2027-01-01 至 2027-01-03 休 元旦”。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean(self) -> dict[str, Any]:
        """读出各天；文件与文本只取一样。"""
        data = super().clean() or {}
        if self.errors:
            return data
        if bool(data["file"]) == bool(data["text"].strip()):
            raise ValidationError("请选一个文件，或逐行写，两样取一样。")
        content = data["file"].read() if data["file"] else data["text"].encode()
        try:
            data["days"] = {
                item.day: SpecialDay(item.works, item.name)
                for item in read_notice(content, year=data["year"])
            }
        except NoticeUnreadable as error:
            self.add_error("file" if data["file"] else "text", str(error))
        return data


class ApplyForm(NoticeForm):
    """预演之后确认：内容已是一行一天的文本，``seen`` 为预演时所见的最近一处改动。"""

    seen = forms.IntegerField()
