"""人员与单位。"""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """人员与单位。"""

    name = "kaopu.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "人员与单位"
