"""谁能办什么：页面共用的权限判断（HANDBOOK §4.2）。看不见是 404，看得见而无权是 403。"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from kaopu.accounts.models import Role, User
from kaopu.projects import queries as projects
from kaopu.projects.models import Project

_UNIT_ROLES = frozenset({Role.RESPONSIBLE_UNIT, Role.PROJECT_OWNER})
_TRACE_READERS = frozenset({Role.AUDITOR, Role.OFFICE_DIRECTOR})


def signed_in(request: HttpRequest) -> User:
    """已登录的人；登录由中间件把关，到这里必是账号表里的一人。"""
    if not isinstance(request.user, User):
        raise PermissionDenied("请先登录。")
    return request.user


def office_only(request: HttpRequest) -> User:
    """只许推进办的人。"""
    user = signed_in(request)
    if not user.is_office:
        raise PermissionDenied("此事由推进办办理。您可以在项目页查看结果。")
    return user


def readers_of_everything(request: HttpRequest) -> User:
    """只许看全部项目的人（推进办、区领导、审计）。"""
    user = signed_in(request)
    if not user.sees_everything:
        raise PermissionDenied("公文涉及全部项目，只向推进办、区领导与审计开放。")
    return user


def visible_project(user: User, code: str) -> Project:
    """某人看得见的项目；看不见与不存在同样是 404。"""
    project = projects.project_for(user, code)
    if project is None or project.profile is None:
        raise Http404
    return project


def may_report(user: User) -> bool:
    """看得见某项目的人里，谁可报月报：推进办与本单位的人；区领导与审计只看。"""
    return user.is_office or user.role in _UNIT_ROLES


def may_read_trace(user: User) -> bool:
    """谁可看留痕：审计，以及推进办主任（§4.1）。"""
    return user.role in _TRACE_READERS
