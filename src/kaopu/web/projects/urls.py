"""项目清单与项目页的地址。"""

from django.urls import path

from kaopu.web.projects.views import project_detail, project_list

urlpatterns = [
    path("", project_list, name="project_list"),
    path("<str:code>/", project_detail, name="project_detail"),
]
