"""谁能办什么：每个页面都声明对哪类对象办什么事，由这里把关（HANDBOOK §4.2）。

看不见的项目是 404；看得见而无权的是 403；没有声明的页面过不了测试。
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from kaopu.accounts.models import User
from kaopu.audit.models import Past
from kaopu.domain.rights import Act, Role, Scope, Thing, refusal
from kaopu.projects import queries as projects
from kaopu.projects.models import Project, ProjectProfile

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """一个页面的权限：看要什么，办要什么；``post`` 为空的页面不收提交。"""

    thing: Thing
    get: Act
    post: Act | None


def guarded(
    thing: Thing,
    *,
    get: Act = Act.READ,
    post: Act | None = None,
    hides: bool = False,
    ahead: Callable[..., None] | None = None,
) -> Callable[[View], View]:
    """装饰器：先认人，再找项目（地址里有 ``code`` 的，换成 ``project`` 交给视图），再查权限。

    ``hides`` 的页面无权也答 404：连有没有都不说。``ahead`` 是提交时在事务之前先办的费时的事，权限由它自己查。
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = signed_in(request)
            project = None
            if "code" in kwargs:
                project = kwargs["project"] = visible_project(user, kwargs.pop("code"))
            if request.method == "POST" and post is None:
                return HttpResponseNotAllowed(["GET", "HEAD"])
            act = post if request.method == "POST" and post else get
            if hides and not permitted(user, thing, act, project):
                raise Http404
            require(user, thing, act, project)
            return view(request, *args, **kwargs)

        guarded_view.__dict__["ahead"] = ahead
        guarded_view.__dict__["policy"] = Policy(thing=thing, get=get, post=post)
        return guarded_view

    return decorate


def signed_in(request: HttpRequest) -> User:
    """已登录的人；登录由中间件把关，到这里必是账号表里的一人。"""
    if not isinstance(request.user, User):
        raise PermissionDenied("请先登录。")
    return request.user


def permitted(user: User, thing: Thing, act: Act, project: Project | None = None) -> bool:
    """某人对某项目（没有项目的页面不给）可否办某事。"""
    scope = user.scope(thing, act)
    if scope is Scope.OWN and project is not None:
        return projects.is_own(user, project)
    return scope is not Scope.NONE


def require(user: User, thing: Thing, act: Act, project: Project | None = None) -> None:
    """无权则 403，并说明由谁办。"""
    if not permitted(user, thing, act, project):
        raise PermissionDenied(refusal(Role(user.role), thing, act))


def known_then(project: Project, past: Past | None) -> ProjectProfile:
    """看过去时让项目带着当时的一版档案，连同返回；那时还没有这个项目的是 404。"""
    profile = projects.profile_seen(project, past)
    if profile is None:
        raise Http404("那时还没有这个项目的档案。")
    project.profile = profile
    return profile


def visible_project(user: User, code: str) -> Project:
    """某人看得见的项目；看不见与不存在同样是 404。"""
    project = projects.project_for(user, code)
    if project is None or project.profile is None:
        raise Http404
    return project
