"""数据口径与关账。"""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """数据口径与关账。"""

    name = "kaopu.figures"
    label = "figures"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "数据口径与关账"
