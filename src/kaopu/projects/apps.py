"""项目与清单。"""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """项目与清单。"""

    name = "kaopu.projects"
    label = "projects"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "项目与清单"
