"""统计的地址。"""

from django.urls import path

from kaopu.web.figures.views import figure_checker, figure_list, figure_members

urlpatterns = [
    path("", figure_list, name="figure_list"),
    path("checker/", figure_checker, name="figure_checker"),
    path("<str:figure_id>/", figure_members, name="figure_members"),
]
