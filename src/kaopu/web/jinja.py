"""页面模板的环境：地址、静态文件、金额与日期的写法。模板里只有词句与结构。"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jinja2
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from kaopu.accounts.models import User
from kaopu.domain.colours import COLOUR_LABELS, COLOUR_SHAPES, Colour
from kaopu.domain.money import in_text, wan
from kaopu.domain.outcomes import OUTCOME_LABELS, Outcome
from kaopu.projects.models import Project

# 菜单：地址名、名称、谁看得见（推进办、看全部者、人人）
_MENU = (
    ("overview", "一屏总览", "all"),
    ("project_list", "项目", "all"),
    ("figure_list", "统计", "all"),
    ("import_upload", "导入", "office"),
    ("document_list", "公文", "everything"),
    ("document_inbox", "收文", "unit"),
)
_FAMILIES = {
    "project_detail": "project_list",
    "report_edit": "project_list",
    "record_entry": "project_list",
    "figure_members": "figure_list",
    "figure_checker": "figure_list",
    "import_review": "import_upload",
    "document_file": "document_list",
    "document_detail": "document_list",
    "document_pack": "document_list",
    "number_list": "document_list",
}


def environment(**options: Any) -> jinja2.Environment:
    """Django 的 Jinja2 后端所用的环境；写错的变量名当场报错，不悄悄印成空白。"""
    options.setdefault("undefined", jinja2.StrictUndefined)
    env = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, **options)
    env.globals.update(
        url=url,
        static=static,
        messages_of=get_messages,
        menu=menu,
        new_key=lambda: str(uuid.uuid4()),
        has_demo_data=has_demo_data,
        office_name=settings.OFFICE_SHORT_NAME,
        colour_label=lambda colour: COLOUR_LABELS[Colour(colour)],
        colour_shape=lambda colour: COLOUR_SHAPES[Colour(colour)],
        outcome_label=lambda outcome: OUTCOME_LABELS[Outcome(outcome)],
    )
    env.filters.update(
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


def url(name: str, query: dict[str, Any] | None = None, **kwargs: Any) -> str:
    """页面地址；``query`` 里的空值不写进地址。"""
    kept = {key: value for key, value in (query or {}).items() if value not in (None, "")}
    path = _path(name, tuple(sorted(kwargs.items())))
    return f"{path}?{urlencode(kept)}" if kept else path


@lru_cache(maxsize=4096)
def _path(name: str, kwargs: tuple[tuple[str, Any], ...]) -> str:
    """长表里每行一个地址，逐个反查路由是大头；同名同参只查一次。"""
    return reverse(name, kwargs=dict(kwargs) or None)


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """某人看得见的菜单，标出当前所在的一项。"""
    user = request.user
    if not isinstance(user, User):
        return []
    allowed = {"all": True, "office": user.is_office, "everything": user.sees_everything}
    allowed["unit"] = not user.sees_everything
    match = request.resolver_match
    here = match.url_name if match else ""
    here = _FAMILIES.get(here or "", here)
    return [
        {"label": label, "href": reverse(name), "current": name == here}
        for name, label, who in _MENU
        if allowed[who]
    ]


def has_demo_data() -> bool:
    """本库里有没有示例数据；有则每页挂“示例”条。"""
    return Project.objects.filter(is_demo=True).exists()


def day(value: date | None) -> str:
    """日期，如 2022年6月30日（不补零，HANDBOOK §8.7）；空值写作“—”。"""
    return f"{value.year}年{value.month}月{value.day}日" if value else "—"


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
