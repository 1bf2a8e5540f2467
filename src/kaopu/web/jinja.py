"""页面模板的环境：地址、静态文件、金额与日期的写法。模板里只有词句与结构。"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jinja2
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from kaopu.accounts.actions import OPERATOR
from kaopu.accounts.models import User
from kaopu.domain.colours import COLOUR_LABELS, COLOUR_SHAPES, Colour
from kaopu.domain.days import chinese_day
from kaopu.domain.escalation import ISSUE_STATE_LABELS, IssueState
from kaopu.domain.money import in_text, wan
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.domain.rights import Act, Thing
from kaopu.projects.queries import has_demo_data
from kaopu.web.asked import asks_for_past
from kaopu.web.attachments import may_void

# 菜单：地址名、名称、要什么权限才看得见
_MENU = (
    ("overview", "一屏总览", Thing.FIGURE, Act.READ),
    ("todo", "待办", Thing.ISSUE, Act.READ),
    ("project_list", "项目", Thing.PROJECT, Act.READ),
    ("report_desk", "月报", Thing.MONTHLY_REPORT, Act.READ),
    ("issue_board", "督办", Thing.ISSUE, Act.READ),
    ("campaign_list", "停复工", Thing.SUSPENSION, Act.READ),
    ("meeting_list", "会议", Thing.MEETING, Act.READ),
    ("leader_page", "领导", Thing.MEETING, Act.READ),
    ("figure_list", "统计", Thing.FIGURE, Act.READ),
    ("import_upload", "导入", Thing.LIST_VERSION, Act.CHANGE),
    ("document_list", "公文", Thing.DOCUMENT, Act.READ),
    ("document_inbox", "收文", Thing.RECEIVED, Act.READ),
    ("rule_list", "规则", Thing.RULE_SET, Act.READ),
    ("people", "账号", Thing.ACCOUNT, Act.READ),
    ("trace_list", "留痕", Thing.TRACE, Act.READ),
    ("calendar_year", "日历", Thing.CALENDAR, Act.READ),
)
# 带参数的菜单项从哪里进
_ENTRANCES = {"report_desk": "report_desk_latest"}
_FAMILIES = {
    "trace_operation": "trace_list",
    "import_changes": "import_upload",
    "inbox": "todo",
    "engine": "todo",
    "issue_detail": "issue_board",
    "issue_new": "issue_board",
    "alert_detail": "issue_board",
    "project_coordination": "issue_board",
    "order_detail": "issue_board",
    "order_new": "issue_board",
    "campaign_new": "campaign_list",
    "campaign_detail": "campaign_list",
    "stop_detail": "campaign_list",
    "stop_new": "campaign_list",
    "meeting_new": "meeting_list",
    "meeting_detail": "meeting_list",
    "instruction_new": "meeting_list",
    "project_detail": "project_list",
    "report_edit": "report_desk",
    "report_review": "report_desk",
    "report_correction": "report_desk",
    "closing_year": "report_desk",
    "plan_edit": "project_list",
    "goal_commitments": "project_list",
    "letter_list": "project_list",
    "record_entry": "project_list",
    "permit_list": "project_list",
    "schedule_page": "project_list",
    "schedule_new": "project_list",
    "project_profile": "project_list",
    "figure_members": "figure_list",
    "figure_checker": "figure_list",
    "import_review": "import_upload",
    "document_file": "document_list",
    "rule_draft": "rule_list",
    "rule_replay": "rule_list",
    "rule_activate": "rule_list",
    "colour_reviews": "rule_list",
    "honesty_table": "rule_list",
    "colour_month": "project_list",
    "notice_import": "calendar_year",
    "document_detail": "document_list",
    "document_pack": "document_list",
    "number_list": "document_list",
    "wording_list": "document_list",
}


def environment(**options: Any) -> jinja2.Environment:
    """Django 的 Jinja2 后端所用的环境；写错的变量名当场报错，不悄悄印成空白。"""
    options["undefined"] = jinja2.StrictUndefined  # Django 自己先填了宽松的一种，须盖过
    env = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, **options)
    env.globals.update(
        url=url,
        static=static,
        messages_of=get_messages,
        menu=menu,
        drawn=drawn,
        new_key=lambda: str(uuid.uuid4()),
        has_demo_data=has_demo_data,
        may_void=may_void,
        asks_for_past=asks_for_past,
        can=lambda user, thing, act: user.may(Thing(thing), Act[act.upper()]),
        office_name=settings.OFFICE_SHORT_NAME,
        colour_label=lambda colour: COLOUR_LABELS[Colour(colour)],
        colour_shape=lambda colour: COLOUR_SHAPES[Colour(colour)],
        outcome_label=lambda outcome: OUTCOME_LABELS[Outcome(outcome)],
        issue_state_label=lambda state: ISSUE_STATE_LABELS[IssueState(state)],
    )
    env.filters.update(
        actor=actor,
        filesize=filesizeformat,
        wan=wan,
        money=in_text,
        day=day,
        moment=moment,
        month=month,
        percent=percent,
        rate=rate,
        number=number,
        local_input=local_input,
    )
    return env


@lru_cache(maxsize=1024)
def drawn(macro: Callable[..., str], *values: object) -> str:
    """只看所给的值的部件（颜色标、图形）：同样的值只画一次，长表里一行不必再画。"""
    return macro(*values)


def url(name: str, query: dict[str, Any] | None = None, **kwargs: Any) -> str:
    """页面地址；``query`` 里的空值不写进地址，一栏多值的给元组。"""
    path = _path(name, tuple(sorted(kwargs.items())))
    return f"{path}{_query(tuple(query.items()))}" if query else path


@lru_cache(maxsize=1024)
def _query(items: tuple[tuple[str, Any], ...]) -> str:
    kept = [(key, value) for key, value in items if value not in (None, "")]
    return f"?{urlencode(kept, doseq=True)}" if kept else ""


@lru_cache(maxsize=16_384)
def _path(name: str, kwargs: tuple[tuple[str, Any], ...]) -> str:
    """长表里每行一个地址，逐个反查路由是大头；同名同参只查一次。"""
    return reverse(name, kwargs=dict(kwargs) or None)


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """某人看得见的菜单，标出当前所在的一项。"""
    user = request.user
    if not isinstance(user, User):
        return []
    match = request.resolver_match
    here = match.url_name if match else ""
    here = _FAMILIES.get(here or "", here)
    return [
        {"label": label, "href": url(_ENTRANCES.get(name, name)), "current": name == here}
        for name, label, thing, act in _MENU
        if user.may(thing, act)
    ]


def actor(username: str) -> str:
    """办理人：命令行账号写“命令行”，其余写账号。"""
    return "命令行" if username == OPERATOR else username


def day(value: date | None) -> str:
    """日期，如 2022年6月30日（不补零，HANDBOOK §8.7）；空值写作“—”。"""
    return chinese_day(value)


def month(value: date | None) -> str:
    """月份，如 2022年6月。"""
    return f"{value.year}年{value.month}月" if value else "—"


def moment(value: datetime | None) -> str:
    """时刻，上海时间，到分。"""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "—"


def local_input(value: datetime) -> str:
    """填进时刻输入框的写法，上海时间。"""
    return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"


def percent(value: Decimal | None) -> str:
    """百分数，去尾零；空值写作“—”。"""
    return f"{value.normalize():f}%" if value is not None else "—"


def rate(value: Decimal | None) -> str:
    """完成率：一位小数（§5.6）；没有分母时写作“—”。"""
    return f"{value:.1f}%" if value is not None else "—"


def number(value: float) -> str:
    """图上的坐标：一位小数，去尾零。"""
    return f"{value:.1f}".rstrip("0").rstrip(".")
