"""数据交换。"""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """数据交换。"""

    name = "kaopu.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "数据交换"
