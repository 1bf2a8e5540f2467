"""公文页的表单：起草、上传、办理、分发、文号。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from kaopu.accounts.models import Organization, OrganizationKind
from kaopu.documents.kinds.kind import Asked, Kind, Refused
from kaopu.documents.kinds.registry import KINDS
from kaopu.documents.models import DocumentNumber
from kaopu.documents.queries import meeting_by_name, order_by_number, unit_by_name

_LARGEST = 10 * 1024 * 1024
_DEFAULT_KIND = "annual-summary"
_NEEDED = {"unit": "责任单位", "order": "督办单的号", "meeting": "纪要文号或会议名称"}


class _Plain(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class DraftForm(_Plain):
    """起草：文种、年度与文种所需的月份、责任单位、督办单或会议。"""

    kind = forms.ChoiceField(
        label="文种", required=False, choices=[(kind.id, kind.label) for kind in KINDS.values()]
    )
    year = forms.TypedChoiceField(
        label="年度",
        coerce=int,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表中选择编过清单的年度。"),
    )
    month = forms.DateField(
        label="月份（通报）", required=False, input_formats=["%Y-%m"],
        widget=forms.TextInput(attrs={"type": "month"}), error_messages={"invalid": "请把月份写成 2022-06 的样子。"},
    )  # fmt: skip
    unit = forms.CharField(label="责任单位（责任书）", required=False, max_length=80)
    order = forms.CharField(
        label="督办单的号（函、单）", required=False, max_length=20, help_text="如 督2022-1、提2022-1"
    )
    meeting = forms.CharField(
        label="会议（纪要）", required=False, max_length=120, help_text="纪要文号或会议名称"
    )
    on = forms.DateField(
        label="落款日期",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填落款日期。", "invalid": "请把落款日期写成 2023-01-28 的样子。"},
    )

    def __init__(self, *args: Any, years: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["year"]
        assert isinstance(choices, forms.TypedChoiceField)
        choices.choices = [(str(year), f"{year}年") for year in years]
        self.fields["on"].initial = timezone.localdate().isoformat()

    @property
    def wanted(self) -> Kind:
        """所选的文种。"""
        return KINDS[self.cleaned_data["kind"] or _DEFAULT_KIND]

    def asked(self) -> Asked:
        """要出哪一份；缺了文种所需的一项即抛出 ``Refused``。"""
        data, kind = self.cleaned_data, self.wanted
        if kind.needs == "month" and not data["month"]:
            raise Refused(f"请填{kind.label}的月份。")
        if kind.needs in _NEEDED and not data[kind.needs].strip():
            raise Refused(f"请填{kind.label}的{_NEEDED[kind.needs]}。")
        unit = unit_by_name(data["unit"]) if kind.needs == "unit" else None
        order = order_by_number(data["order"]) if kind.needs == "order" else None
        month: date | None = data["month"] if kind.needs == "month" else None
        meeting = meeting_by_name(data["meeting"]) if kind.needs == "meeting" else None
        dated = month or (meeting.on if meeting else None)
        year: int = dated.year if dated else order.year if order else data["year"]
        return Asked(year=year, on=data["on"], month=month, unit=unit, order=order, meeting=meeting)


class UploadForm(_Plain):
    """上传一个 .docx：核验、接续或送核。"""

    document = forms.FileField(
        label=".docx 文件（不超过 10 MB）",
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
        error_messages={"required": "请选择 .docx 文件。", "empty": "文件是空的。请重新选择。"},
    )

    def clean_document(self) -> UploadedFile[Any]:
        """只收 .docx。"""
        document: UploadedFile[Any] = self.cleaned_data["document"]
        if not (document.name or "").lower().endswith(".docx"):
            raise ValidationError("只收 .docx 文件。请用本系统生成的公文，或在 WPS 中“另存为”.docx。")
        if (document.size or 0) > _LARGEST:
            raise ValidationError("文件超过 10 MB。请删去图片后再核验。")
        return document


class StepForm(_Plain):
    """办一步：意见或理由；``seen`` 为打开页面时的步数。"""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = forms.CharField(label="意见或理由", required=False, widget=forms.Textarea(attrs={"rows": "2"}))


class ReviewForm(StepForm):
    """核稿：附定稿文件。"""

    document = forms.FileField(
        label="定稿 .docx（没有改过可不选）", required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}), error_messages={"empty": "文件是空的。请重新选择。"},
    )  # fmt: skip


class IssueForm(StepForm):
    """印发：取下一个号，或用一个留下的号。"""

    number = forms.ModelChoiceField(
        label="发文字号", queryset=DocumentNumber.objects.none(), required=False, empty_label="取下一个号"
    )
    on = forms.DateField(
        label="印发日期", widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请填印发日期。", "invalid": "请把印发日期写成 2023-01-28 的样子。"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = self.fields["number"]
        assert isinstance(number, forms.ModelChoiceField)
        number.queryset = DocumentNumber.objects.live().filter(state="reserved").order_by("year", "serial")
        self.fields["on"].initial = timezone.localdate().isoformat()


# 看得了“收文”的单位；建设单位由其责任单位转达，推进办自己不给自己发
_RECEIVING = (
    OrganizationKind.RESPONSIBLE, OrganizationKind.PERMIT, OrganizationKind.STREET, OrganizationKind.KEY_AREA,
    OrganizationKind.LEADER,
)  # fmt: skip


class DistributeForm(_Plain):
    """分发：选收文单位。"""

    organizations = forms.ModelMultipleChoiceField(
        label="收文单位", queryset=Organization.objects.filter(kind__in=_RECEIVING).order_by("kind", "name"),
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少选一个收文单位。"},
    )  # fmt: skip


class NumberForm(_Plain):
    """文号台账：留号、跳号、废号，都要写明缘由。"""

    what = forms.ChoiceField(
        choices=[("reserve", "留号"), ("skip", "跳号"), ("void", "废号")],
        label="办理",
        error_messages={"required": "请选怎么办。"},
    )
    number = forms.ModelChoiceField(
        label="哪个号（废号时选）",
        queryset=DocumentNumber.objects.none(),
        required=False,
        empty_label="下一个号",
    )
    reason = forms.CharField(label="缘由", max_length=200, error_messages={"required": "请写明缘由。"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = self.fields["number"]
        assert isinstance(number, forms.ModelChoiceField)
        number.queryset = DocumentNumber.objects.live().filter(state="reserved").order_by("year", "serial")
