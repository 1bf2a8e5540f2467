"""公文页的两张表单：生成、核验。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

_LARGEST = 10 * 1024 * 1024


class IssueForm(forms.Form):
    """生成年度总结：哪一年、落款日期。"""

    year = forms.TypedChoiceField(
        label="年度", coerce=int, error_messages={"invalid_choice": "请从列表中选择编过清单的年度。"}
    )
    on = forms.DateField(
        label="落款日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填落款日期。", "invalid": "请把落款日期写成 2023-01-28 的样子。"},
    )

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        choices = self.fields["year"]
        assert isinstance(choices, forms.TypedChoiceField)
        choices.choices = [(str(year), f"{year}年") for year in years]
        self.fields["on"].initial = timezone.localdate().isoformat()


class VerifyForm(forms.Form):
    """核验：上传一个 .docx。"""

    document = forms.FileField(
        label="要核验的 .docx（不超过 10 MB）",
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        error_messages={"required": "请选择要核验的 .docx 文件。", "empty": "文件是空的。请重新选择。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean_document(self) -> UploadedFile[Any]:
        """只收 .docx。"""
        document: UploadedFile[Any] = self.cleaned_data["document"]
        if not (document.name or "").lower().endswith(".docx"):
            raise ValidationError("只收 .docx 文件。请用本系统生成的公文，或在 WPS 中“另存为”.docx。")
        if (document.size or 0) > _LARGEST:
            raise ValidationError("文件超过 10 MB。请删去图片后再核验。")
        return document
