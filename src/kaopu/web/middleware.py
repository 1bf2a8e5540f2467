"""五道中间件：安全响应头、登录的期限（TRUST §5）、请求的来处（规则 5）、提交的大小、表单的幂等办理（TRUST §1 规则 2）。"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kaopu.accounts.models import User
from kaopu.accounts.sessions import SEEN
from kaopu.audit.actions import BodyChanged, remember_answer, remembered_answer, settled
from kaopu.audit.origin import Origin, coming_from
from kaopu.audit.remembering import asking_once
from kaopu.domain.attachments import MOST_ATTACHMENTS, MOST_BYTES
from kaopu.domain.packages import MEGABYTE
from kaopu.domain.passwords import expired, idle_limit, needs_second_factor
from kaopu.domain.rights import Role
from kaopu.web.attachments import examine_ahead

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
_KEY = "idempotency_key"
BY_OIDC = "by_oidc"  # 由统一身份登录的，口令不归本系统管
_NOT_CONTENT = {_KEY, "csrfmiddlewaretoken"}
MOST_BODY = MOST_ATTACHMENTS * MOST_BYTES + 2 * MEGABYTE

Answer = Callable[[HttpRequest], HttpResponseBase]


class SecurityHeaders:
    """安全响应头：页面只许用本站的脚本与样式，数据页不许留在缓存里。"""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)  # 附件另有更严的
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "no-store"
        return response


class RequestOrigin:
    """请求的来处：给每个请求编号，连同对方地址记进它办的每一件事；编号也写在响应头里，便于对照日志。"""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        origin = Origin(request_id=uuid.uuid4().hex, address=client_address(request))
        with coming_from(origin), asking_once():
            response = self.get_response(request)
        response.headers["X-Request-ID"] = origin.request_id
        return response


def client_address(request: HttpRequest) -> str:
    """对方地址；经可信代理转来的，取代理所见的最后一个，别人自己写的转发头一概不信。"""
    address = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    if address in settings.TRUSTED_PROXIES and forwarded:
        address = forwarded.rsplit(",", 1)[-1].strip()
    return address[:45]


class SessionRules:
    """登录的规矩：空闲太久须重新登录；初始口令与到期的口令先换掉、必须的两步验证先开启，才办别的事（TRUST §5）。"""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User):
            if self._idle(request, user):
                logout(request)
                messages.warning(request, "您有一阵没有操作，为安全起见请重新登录。")
                return redirect(f"{reverse('signin')}?next={quote(request.path)}")
            first = self._must_first(request, user)
            if first and request.path not in (reverse("mine"), reverse("signout")):
                messages.warning(request, first)
                return redirect("mine")
        return self.get_response(request)

    def _idle(self, request: HttpRequest, user: User) -> bool:
        """空闲是否过了期限；没过则记下这次，一分钟至多记一次，免得每页都写库。"""
        now = int(timezone.now().timestamp())
        signed_in_at = int(user.last_login.timestamp()) if user.last_login else now
        seen = request.session.get(SEEN, signed_in_at)
        if now - seen > idle_limit(Role(user.role)).total_seconds():
            return True
        if now - seen >= 60:
            request.session[SEEN] = now
        return False

    def _must_first(self, request: HttpRequest, user: User) -> str:
        """办别的事之前须先办的；没有则为空。"""
        if user.is_demo:
            return ""
        if BY_OIDC not in request.session and expired(user.password_changed_at, now=timezone.now()):
            return "这是初始口令或口令已满 90 天，请先换一个。"
        if not user.totp_secret and needs_second_factor(Role(user.role)):
            return "您的角色须开启两步验证，请先开启。"
        return ""


class BodyLimit:
    """提交的大小：超过几个附件之和的，不读就拒收，不让它写满磁盘（TRUST §3）。"""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY:
            message = f"一次提交不能超过 {MOST_BODY // MEGABYTE} MB。请少选几个附件，分几次上传。"
            return render(
                request, "errors/error.html", {"heading": "提交太大", "message": message}, status=413
            )
        return self.get_response(request)


class IdempotentPosts:
    """幂等办理：同一人、同一地址、同一钥匙只办一次，重复提交得到上次的去处。"""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """在跨站与登录检查之后、视图之前：有钥匙的提交由这里代为调用视图，答复与办理同一事务。"""
        user = request.user
        if request.method != "POST" or not isinstance(user, User) or not request.POST.get(_KEY):
            return None
        examine_ahead(request)
        if ahead := getattr(view, "ahead", None):
            ahead(request, *args, **kwargs)
        identity = {
            "user_id": user.pk,
            "route": request.path[:200],
            "key": request.POST[_KEY][:64],
            "body_digest": body_digest(request),
        }
        try:
            return _answered_once(identity, lambda: view(request, *args, **kwargs))
        except BodyChanged as error:
            return render(
                request, "errors/error.html", {"heading": "内容已变", "message": str(error)}, status=422
            )


def _answered_once(identity: dict[str, Any], act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    def once() -> HttpResponseBase:
        # 在事务之内查：SQLite 的写事务互斥，后到的一次必能看见先到的答复
        if answer := remembered_answer(**identity):
            return redirect(answer.location)
        response = act()
        if isinstance(response, HttpResponseRedirect):
            remember_answer(**identity, location=response.url)
        return response

    try:
        return settled(once)
    except IntegrityError:
        # PostgreSQL 上两次同时办理：后到者撞上唯一约束，事务已回滚，须在事务之外重读
        if answer := remembered_answer(**identity):
            return redirect(answer.location)
        raise


def body_digest(request: HttpRequest) -> str:
    """提交内容的 SHA-256：字段按名排序，文件取其内容；钥匙与跨站令牌不算内容。"""
    digest = hashlib.sha256()
    for name in sorted(set(request.POST) - _NOT_CONTENT):
        digest.update(repr((name, request.POST.getlist(name))).encode())
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            digest.update(repr((name, upload.name, upload.size)).encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return digest.hexdigest()
