"""登录与退出的地址。"""

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import path

from kaopu.web.signin.views import SignIn, home, signin_code

urlpatterns = [
    path("home/", home, name="home"),
    path("signin/", SignIn.as_view(), name="signin"),
    path("signin/code/", signin_code, name="signin_code"),
    path("signout/", LogoutView.as_view(), name="signout"),
]
if settings.OIDC_ISSUER:
    from kaopu.web.signin import oidc

    urlpatterns += [
        path("signin/oidc/", oidc.start, name="oidc_start"),
        path("signin/oidc/callback/", oidc.callback, name="oidc_callback"),
    ]
