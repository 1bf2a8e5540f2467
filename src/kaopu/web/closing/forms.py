"""关账的表单。"""

from __future__ import annotations

from django import forms


class CloseForm(forms.Form):
    """确认关账；``period`` 是打开页面时要关的月份或年度，其后已由他人关了的要当场说明。"""

    period = forms.CharField(widget=forms.HiddenInput, max_length=7)
    sure = forms.BooleanField(
        label="我已核对，知道关账不能撤销", error_messages={"required": "关账不能撤销，请核对之后勾选确认。"}
    )
