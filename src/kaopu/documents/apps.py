"""公文。"""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """公文。"""

    name = "kaopu.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "公文"
