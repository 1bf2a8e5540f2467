"""项目清单与项目页的地址。"""

from django.urls import path

from kaopu.web.projects.profile import project_profile
from kaopu.web.projects.views import project_detail, project_list

urlpatterns = [
    path("", project_list, name="project_list"),
    path("<str:code>/", project_detail, name="project_detail"),
    path("<str:code>/profile/", project_profile, name="project_profile"),
]
