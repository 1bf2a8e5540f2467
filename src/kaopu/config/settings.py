"""设置：一个文件，由环境变量驱动（ARCHITECTURE「Rooms」，TRUST §1）。"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from kaopu.config.arguments import why_not
from kaopu.domain.passwords import ABSOLUTE

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("KAOPU_HOME", Path.home() / ".kaopu")).expanduser()
ENGINES = frozenset({"django.db.backends.sqlite3", "django.db.backends.postgresql"})
WRONG_DATABASE_URL = (
    "环境变量 DATABASE_URL 读不懂。请写成 postgres://账号:口令@主机:5432/库名，"
    "口令里的特殊字符用百分号编码；不设则用数据目录里的 SQLite。"
)


def _secret_key() -> str:
    """会话密钥：环境变量优先，否则在数据目录里生成一次并只许本人读。"""
    if key := os.environ.get("KAOPU_SECRET_KEY"):
        return key
    path = HOME / "secret_key"
    try:
        if not path.exists():
            HOME.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(50))
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"数据目录 {HOME} 建不了或写不进去（{why_not(error)}）。请把 KAOPU_HOME 设为本机上可写的目录。"
        ) from error


def _database() -> dict[str, Any]:
    """数据库：``DATABASE_URL``，缺省为数据目录里的 SQLite；两种都按 TRUST 的设置。"""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'kaopu.sqlite3'}"
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:
        raise ImproperlyConfigured(WRONG_DATABASE_URL) from error
    if database["ENGINE"] not in ENGINES or not database["NAME"]:
        raise ImproperlyConfigured(WRONG_DATABASE_URL)
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA wal_autocheckpoint=200; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-20000;"
            ),
        }
    else:
        database["CONN_MAX_AGE"] = 0
        database.setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return database


SECRET_KEY = _secret_key()
# 换下的旧钥：旧的登录与加密存放的栏仍认得；kaopu rekey 之后可以撤
SECRET_KEY_FALLBACKS = [*filter(None, os.environ.get("KAOPU_SECRET_KEY_FALLBACKS", "").split(","))]
DEBUG = os.environ.get("KAOPU_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("KAOPU_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
DATABASES = {"default": _database()}

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "kaopu.audit",
    "kaopu.accounts",
    "kaopu.projects",
    "kaopu.tracking",
    "kaopu.supervision",
    "kaopu.figures",
    "kaopu.documents",
    "kaopu.exchange",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kaopu.web.middleware.SecurityHeaders",
    "kaopu.web.middleware.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kaopu.web.middleware.RequestOrigin",
    "kaopu.web.middleware.SessionRules",
    "kaopu.web.middleware.IdempotentPosts",
]
ROOT_URLCONF = "kaopu.config.urls"
WSGI_APPLICATION = "kaopu.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "kaopu.web.jinja.environment"},
    }
]
AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# 长短与组成见 domain.passwords；这里只管常见得一猜就中的
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"}]
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "signin"
SESSION_COOKIE_AGE = int(ABSOLUTE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "kaopu.accounts.sessions"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kaopu.web.errors.csrf_failure"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# 出错一律写到标准错误，连同请求地址与出错的来龙去脉；不然 500 页之后无从查起
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "kaopu": {"handlers": ["stderr"], "level": "WARNING"},
        "kaopu.tick": {"level": "INFO"},  # 每走一程一行，漏没漏跑看日志也知道
    },
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# 在终结 TLS 的代理之后：对外的地址；是 https 的，Cookie 只走 https
PUBLIC_URL = os.environ.get("KAOPU_PUBLIC_URL", "").rstrip("/")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

ORGAN_NAME = os.environ.get("KAOPU_ORGAN_NAME", "上海市普陀区桃浦智创城开发建设推进办公室")
ORGAN_CODE = os.environ.get("KAOPU_ORGAN_CODE", "普桃推办")
DISTRICT_NAME = os.environ.get("KAOPU_DISTRICT_NAME", "普陀区")
OFFICE_SHORT_NAME = os.environ.get("KAOPU_OFFICE_NAME", "普陀区推进办")

# 统一身份登录（OIDC），缺省不开；设了签发方才装载
OIDC_ISSUER = os.environ.get("KAOPU_OIDC_ISSUER", "").rstrip("/")
OIDC_LABEL = os.environ.get("KAOPU_OIDC_LABEL", "统一身份登录")
OIDC_CLAIM = os.environ.get("KAOPU_OIDC_CLAIM", "sub")
if OIDC_ISSUER:
    OIDC_APP = {
        "provider_id": "openid_connect",
        "name": OIDC_LABEL,
        "client_id": os.environ["KAOPU_OIDC_CLIENT_ID"],
        "secret": Path(os.environ["KAOPU_OIDC_SECRET_FILE"]).read_text().strip(),
        "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True, "scope": ["openid"]},
    }
    INSTALLED_APPS += ["allauth", "allauth.account", "allauth.socialaccount"]
    INSTALLED_APPS += ["allauth.socialaccount.providers.openid_connect"]
    # 不用它的账号表，也就不建
    MIGRATION_MODULES = {"account": None, "socialaccount": None}
    MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
    SOCIALACCOUNT_ADAPTER = "kaopu.web.signin.oidc.Adapter"
    SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"provider_class": "kaopu.web.signin.oidc.Provider"}}
# 封存：摘要算法（sha256 或 sm3）、树头的第二处抄存目录、可信的前置代理（只信它们转来的客户地址）
SEAL_ALGORITHM = os.environ.get("KAOPU_SEAL_ALGORITHM", "sha256")
SEAL_COPY = os.environ.get("KAOPU_SEAL_COPY", "")
TRUSTED_PROXIES = frozenset(filter(None, os.environ.get("KAOPU_TRUSTED_PROXIES", "").split(",")))
# 通知的外发，缺省都不开，且只到 HOME/outgoing.txt 列出的主机；推送的正文以密钥签名
NOTICE_EMAIL_FROM = os.environ.get("KAOPU_NOTICE_EMAIL_FROM", "")
NOTICE_WEBHOOK_URL = os.environ.get("KAOPU_NOTICE_WEBHOOK_URL", "")
NOTICE_WEBHOOK_SECRET = os.environ.get("KAOPU_NOTICE_WEBHOOK_SECRET", "")
EMAIL_HOST = os.environ.get("KAOPU_EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("KAOPU_EMAIL_PORT", "25"))
EMAIL_TIMEOUT = 10
