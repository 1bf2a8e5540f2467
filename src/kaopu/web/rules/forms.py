"""规则集的表单：比例填百分数，金额填万元，与规则集里存的写法互换；各种规则集共一个样子。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from kaopu.domain.backward_rules import LINE_HEADINGS, ChainPolicy, chain_parameters, read_lines, write_lines
from kaopu.domain.colours import ColourPolicy
from kaopu.domain.days import chinese_day
from kaopu.domain.ladder import (
    DAY_LABELS,
    LEVEL_LABELS,
    LEVELS,
    LONGEST_LIMIT,
    MOST_DAYS,
    MOST_TIMES,
    NOTIFIABLE,
    LadderPolicy,
)
from kaopu.domain.money import YUAN_PER_WAN
from kaopu.domain.rights import ROLE_LABELS
from kaopu.domain.rule_kinds import RULE_KINDS, RuleKind
from kaopu.domain.rule_sets import NEVER_DAYS, NEVER_LEVEL, NEVER_TIMES
from kaopu.tracking.queries.rule_sets import Earliest

_NUMBER = {"required": "请填一个数。", "invalid": "请填一个数，如 30。"}
_PERCENT = ("ratio_yellow_below", "ratio_red_below")
_POINTS = ("gap_yellow_from_points", "gap_red_from_points")


def _whole(label: str, most: int, help_text: str = "", least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, help_text=help_text, error_messages=_NUMBER
    )


def _share(label: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, decimal_places=2, help_text=help_text, error_messages=_NUMBER
    )


class DraftForm(forms.Form):
    """一份规则集草稿：名称、说明，与各种规则自己的参数。"""

    kind: ClassVar[RuleKind]

    name = forms.CharField(
        label="名称", max_length=60, error_messages={"required": "请写名称，如“2027年规则”。"}
    )
    note = forms.CharField(
        label="起草说明",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明为什么改、依据什么。"},
    )
    replaces = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    @property
    def choices(self) -> list[forms.BoundField]:
        """多选的各栏，排在后面。"""
        return [
            self[name] for name, field in self.fields.items() if isinstance(field, forms.MultipleChoiceField)
        ]

    @property
    def numbers(self) -> list[forms.BoundField]:
        """填数的各栏。"""
        return [
            self[name]
            for name, field in self.fields.items()
            if isinstance(field, forms.IntegerField | forms.DecimalField) and name != "replaces"
        ]

    @property
    def tables(self) -> list[forms.BoundField]:
        """一行一条的各栏。"""
        return [self[name] for name in self.fields if name == "lines"]

    def parameters(self) -> dict[str, object]:
        """规则集里存的写法。"""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """查阈值之间的空档与重叠，逐条列出。"""
        data = super().clean() or {}
        if not self.errors:
            for problem in RULE_KINDS[self.kind].check(self.parameters()):
                self.add_error(None, f"{problem}。")
        return data


class ColourDraftForm(DraftForm):
    """颜色规则的草稿。"""

    kind = RuleKind.COLOUR

    overdue_red_above_days = _whole(
        "控制节点逾期超过多少天为红", NEVER_DAYS, "逾期即黄；填 9999 为不采用红线。"
    )
    ratio_yellow_below = _share("累计投资低于序时计划的百分之几为黄")
    ratio_red_below = _share("累计投资低于序时计划的百分之几为红")
    ratio_off_below_wan = _whole("全年计划不到多少万元的不看投资", 10_000_000)
    ratio_off_months = forms.TypedMultipleChoiceField(
        label="不看投资的月份",
        choices=[(number, f"{number}月") for number in range(1, 13)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="十二个月都选即不采用投资比例。",
    )
    gap_yellow_from_points = _share("形象进度落后满多少个百分点为黄", "填 99.99 为不采用。")
    gap_red_from_points = _share("形象进度落后满多少个百分点为红")
    unstarted_red_from_days = _whole("应开工未开工满多少天为红", NEVER_DAYS, "未开工即黄。")
    missing_reports_red_from = _whole("连续缺报几个月为红", NEVER_TIMES, "缺报一个月为灰。")
    stopped_red_above_days = _whole("停工超过多少天、又无经批准的复工方案为红", NEVER_DAYS, "停工即黄。")
    issue_yellow_from_level = _whole("未销号问题第几级起为黄", NEVER_LEVEL)
    issue_red_from_level = _whole("未销号问题第几级起为红", NEVER_LEVEL)
    yellows_before_red = _whole("此前已连续几次黄色、仍未转绿为红", NEVER_TIMES, "填 99 为不采用。")

    def parameters(self) -> dict[str, object]:
        """规则集里存的写法。"""
        data = self.cleaned_data
        values: dict[str, object] = {
            name: data[name]
            for name in self.fields
            if name not in {"name", "note", "replaces", "ratio_off_below_wan", *_PERCENT, *_POINTS}
        }
        values |= {name: f"{(data[name] / 100).normalize():f}" for name in _PERCENT}
        values |= {name: f"{data[name].normalize():f}" for name in _POINTS}
        return {**values, "ratio_off_below_yuan": data["ratio_off_below_wan"] * YUAN_PER_WAN}


class LadderDraftForm(DraftForm):
    """逐级协调规则的草稿：各级限期、各级通知谁、各个天数。"""

    kind = RuleKind.LADDER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level in LEVELS:
            self.fields[f"limit_{level}"] = _whole(
                f"{LEVEL_LABELS[level]}：几个工作日", LONGEST_LIMIT, least=1
            )
        for name, label in DAY_LABELS.items():
            self.fields[name] = _whole(
                label, MOST_TIMES if name == "yellows_to_third" else MOST_DAYS, least=1
            )
        for level in LEVELS:
            self.fields[f"notified_{level}"] = forms.MultipleChoiceField(
                label=f"{LEVEL_LABELS[level]}：新增通知谁",
                choices=[(role.value, ROLE_LABELS[role]) for role in NOTIFIABLE],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                help_text="低一级已通知的不必再选；牵头单位每一级都收到。",
            )

    def parameters(self) -> dict[str, object]:
        """规则集里存的写法。"""
        data = self.cleaned_data
        return {
            "limits": {str(level): data[f"limit_{level}"] for level in LEVELS},
            "notified": {str(level): data[f"notified_{level}"] for level in LEVELS},
            **{name: data[name] for name in DAY_LABELS},
        }


class ChainDraftForm(DraftForm):
    """倒排工期规则的草稿：一行一个节点。"""

    kind = RuleKind.CHAIN

    lines = forms.CharField(
        label="节点，一行一个", widget=forms.Textarea(attrs={"rows": 22, "class": "lines"}), strip=False,
        help_text=f"每行八栏，用“｜”隔开：{'｜'.join(LINE_HEADINGS)}。天数由项目自定的写 0；多个前置用“；”隔开。",
        error_messages={"required": "请写节点。"},
    )  # fmt: skip

    def clean_lines(self) -> str:
        """读得懂的原样留着。"""
        text: str = self.cleaned_data["lines"]
        try:
            read_lines(text)
        except ValueError as error:
            raise forms.ValidationError(f"{error}。") from error
        return text

    def parameters(self) -> dict[str, object]:
        """规则集里存的写法。"""
        return chain_parameters(read_lines(self.cleaned_data["lines"]))


DRAFT_FORMS: Mapping[RuleKind, type[DraftForm]] = {
    RuleKind.COLOUR: ColourDraftForm,
    RuleKind.LADDER: LadderDraftForm,
    RuleKind.CHAIN: ChainDraftForm,
}


def shown_parameters(kind: RuleKind, parameters: Mapping[str, object]) -> dict[str, object]:
    """表单上的写法。"""
    return _SHOWN[kind](parameters)


def _shown_ladder(parameters: Mapping[str, object]) -> dict[str, object]:
    policy = LadderPolicy.read(parameters)
    values: dict[str, object] = {name: getattr(policy, name) for name in DAY_LABELS}
    values |= {f"limit_{level}": policy.limits[level] for level in LEVELS}
    return values | {f"notified_{level}": list(policy.notified[level]) for level in LEVELS}


def _shown_colours(parameters: Mapping[str, object]) -> dict[str, object]:
    policy = ColourPolicy.read(parameters)
    values: dict[str, object] = {**vars(policy), "ratio_off_months": list(policy.ratio_off_months)}
    values |= {name: _plain(getattr(policy, name) * 100) for name in _PERCENT}
    values |= {name: _plain(getattr(policy, name)) for name in _POINTS}
    return {**values, "ratio_off_below_wan": policy.ratio_off_below_yuan // YUAN_PER_WAN}


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _shown_chain(parameters: Mapping[str, object]) -> dict[str, object]:
    return {"lines": write_lines(ChainPolicy.read(parameters).nodes)}


_SHOWN: Mapping[RuleKind, Callable[[Mapping[str, object]], dict[str, object]]] = {
    RuleKind.COLOUR: _shown_colours,
    RuleKind.LADDER: _shown_ladder,
    RuleKind.CHAIN: _shown_chain,
}


class ActivateForm(forms.Form):
    """启用一份草稿。"""

    effective_on = forms.DateField(
        label="生效日",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "请选生效日。", "invalid": "请写成 2027-01-01 的样子。"},
    )

    def __init__(self, *args: Any, earliest: Earliest | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if earliest is not None:
            self.fields["effective_on"].widget.attrs["min"] = earliest.day.isoformat()
            self.fields["effective_on"].help_text = f"{earliest.why}，最早从 {chinese_day(earliest.day)} 起。"
