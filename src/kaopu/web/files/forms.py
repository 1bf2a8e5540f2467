"""作废附件的表单。"""

from django import forms


class VoidForm(forms.Form):
    """作废须写理由。"""

    reason = forms.CharField(
        label="理由", max_length=200, widget=forms.TextInput(attrs={"size": "36"}),
        error_messages={"required": "请写明作废的理由，如传错了文件、含个人信息。"},
    )  # fmt: skip
