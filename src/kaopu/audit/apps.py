"""留痕。"""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """留痕。"""

    name = "kaopu.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "留痕"
