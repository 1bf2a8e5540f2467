"""督办。"""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """督办。"""

    name = "kaopu.supervision"
    label = "supervision"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "督办"
