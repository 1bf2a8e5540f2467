"""督办一览、问题与预警的地址。"""

from django.urls import path

from kaopu.web.issues.alerts import alert_detail
from kaopu.web.issues.board import issue_board
from kaopu.web.issues.project_page import project_coordination
from kaopu.web.issues.views import issue_detail, issue_new

urlpatterns = [
    path("", issue_board, name="issue_board"),
    path("new/", issue_new, name="issue_new"),
    path("<int:pk>/", issue_detail, name="issue_detail"),
    path("projects/<str:code>/", project_coordination, name="project_coordination"),
    path("alerts/<int:pk>/", alert_detail, name="alert_detail"),
]
