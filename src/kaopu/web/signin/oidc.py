"""统一身份登录（OIDC），缺省不开（设了 ``KAOPU_OIDC_ISSUER`` 才装载）。

授权码流程借 django-allauth：state、PKCE、换令牌、取公钥。它不管的这里补上：随机数（nonce）、验签、签发方核对、
只与签发方往来且不跟跳转。认出人之后不用它的账号表，也不开新账号：只认管理员事先登记在账号上的标识，
停用、锁着的照样拒绝，两步验证照样要问，与口令登录走同一条路。
"""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET
from requests.adapters import HTTPAdapter

from kaopu.accounts.actions import note_failure
from kaopu.accounts.models import User
from kaopu.accounts.queries import sign_in_locked
from kaopu.audit import outgoing
from kaopu.web.middleware import client_address
from kaopu.web.signin.entering import OIDC, recognised
from kaopu.web.signin.forms import LOCKED

_NONCE = "oidc_nonce"
_PROVIDER = "openid_connect"
_NEXT = "oidc_next"
_SECONDS = 5
log = logging.getLogger("kaopu.oidc")


class _IssuerOnly(requests.Session):
    """只到得了签发方那一处，且须在外发名单上（TRUST §5）；不跟跳转，不看系统代理，五秒不答即罢。"""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.max_redirects = 0
        self.adapters.clear()
        self.mount(_origin(settings.OIDC_ISSUER) + "/", HTTPAdapter())

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """发一次；签发方不在外发名单上即不发。"""
        try:
            outgoing.require_allowed_url(str(url))
        except outgoing.OutgoingRefused as refusal:
            raise requests.ConnectionError(str(refusal)) from refusal
        return super().request(method, url, *args, **{"timeout": _SECONDS, **kwargs})


class Adapter(DefaultSocialAccountAdapter):
    """只用设置里的一个签发方；出错给自己的页面。"""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """设置里的签发方，不查库。"""
        return [SocialApp(provider=_PROVIDER, **settings.OIDC_APP)]

    def get_requests_session(self) -> requests.Session:
        """与签发方往来所用。"""
        return _IssuerOnly()

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """没有登录成：记一次失败，说明办法；缘由只进日志，不给对方看。"""
        log.warning("OIDC 登录未成：%s", exception or error)
        note_failure(username="", address=client_address(request))
        raise ImmediateHttpResponse(
            _refused(request, "统一身份登录没有成功。请重新登录一次；仍不行请找系统管理员。")
        )


class Flow(OpenIDConnectOAuth2Adapter):
    """一次授权码流程。"""

    @property
    def openid_config(self) -> dict[str, Any]:
        """签发方的元数据；自报的签发方须与设置相同，各处地址须与它同源。"""
        config: dict[str, Any] = super().openid_config
        if str(config.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER:
            raise OAuth2Error("issuer mismatch")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if _origin(str(config.get(name, ""))) != _origin(settings.OIDC_ISSUER):
                raise OAuth2Error(f"foreign {name}")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """回到本系统的地址；在代理之后的以 ``KAOPU_PUBLIC_URL`` 为准。"""
        path = reverse("oidc_callback")
        return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> None:
        """认出人；此后由自己的登录接手。"""
        claims = _claims(request, app, self.openid_config, str(kwargs["response"].get("id_token", "")))
        raise ImmediateHttpResponse(_admit(request, str(claims[settings.OIDC_CLAIM])))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _claims(request: HttpRequest, app: SocialApp, config: dict[str, Any], credential: str) -> dict[str, Any]:
    """核过的身份令牌：签名、签发方、受众、期限、随机数，缺一不可。"""
    nonce = request.session.pop(_NONCE, "")
    try:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=credential, keys_url=config["jwks_uri"], issuer=config["issuer"],
            audience=app.client_id, lookup_kid=jwtkit.lookup_kid_jwk,
        )  # fmt: skip
        expires = claims["exp"]
        subject = claims[settings.OIDC_CLAIM]
    except (KeyError, ValueError, TypeError, OAuth2Error) as error:
        raise OAuth2Error(f"unusable id_token: {error!r}") from error
    if not nonce or not constant_time_compare(nonce, str(claims.get("nonce", ""))):
        raise OAuth2Error("nonce mismatch")
    if not expires or not subject or claims.get("azp", app.client_id) != app.client_id:
        raise OAuth2Error("incomplete id_token")
    return claims


def _admit(request: HttpRequest, subject: str) -> HttpResponse:
    """只让登记过的、在用的、没有锁着的账号进来。"""
    address = client_address(request)
    user = User.objects.filter(oidc_subject=subject).first()
    name = user.username if user else f"oidc:{subject}"
    if sign_in_locked(username=name, address=address, now=timezone.now()):
        return _refused(request, LOCKED)
    if user is not None and user.is_active:
        return recognised(request, user, method=OIDC, next_url=request.session.pop(_NEXT, ""))
    note_failure(username=name, address=address)
    if user is not None:
        return _refused(request, "此账号已停用。请找系统管理员启用。")
    return _refused(request, f"您的统一身份（{subject}）没有登记在任何账号上。请找系统管理员登记。")


def _refused(request: HttpRequest, message: str) -> HttpResponse:
    return render(request, "errors/error.html", {"heading": "没有登录", "message": message}, status=403)


@login_not_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """去签发方登录；这一来处失败太多的先锁着。"""
    if sign_in_locked(username="", address=client_address(request), now=timezone.now()):
        return _refused(request, LOCKED)
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    request.session[_NEXT] = wanted if safe else ""
    request.session[_NONCE] = nonce = secrets.token_urlsafe(32)
    provider = get_adapter(request).get_provider(request, _PROVIDER)
    try:
        answer: HttpResponse = provider.redirect(request, process="login", auth_params={"nonce": nonce})
        return answer
    except (requests.RequestException, OAuth2Error, KeyError) as error:
        log.error("OIDC 签发方不可用：%r", error)
        return _refused(request, "统一身份平台此刻连不上。请用账号和口令登录，或稍后再试。")


@login_not_required
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """从签发方回来。"""
    answer: HttpResponse = OAuth2CallbackView.adapter_view(Flow(request, _PROVIDER))(request)
    return answer


class Provider(OpenIDConnectProvider):
    """签发方：用上面的流程。"""

    oauth2_adapter_class = Flow

    def get_oauth2_adapter(self, request: HttpRequest) -> Flow:
        """一次流程。"""
        return Flow(request, _PROVIDER)
