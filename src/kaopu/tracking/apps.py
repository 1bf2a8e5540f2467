"""月度跟踪。"""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """月度跟踪。"""

    name = "kaopu.tracking"
    label = "tracking"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "月度跟踪"
