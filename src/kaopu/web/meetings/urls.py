"""会议与批示的地址。"""

from django.urls import path

from kaopu.web.meetings.views import instruction_new, meeting_detail, meeting_list, meeting_new

urlpatterns = [
    path("", meeting_list, name="meeting_list"),
    path("new/", meeting_new, name="meeting_new"),
    path("<int:pk>/", meeting_detail, name="meeting_detail"),
    path("instructions/new/", instruction_new, name="instruction_new"),
]
