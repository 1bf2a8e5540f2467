"""工作日历的地址。"""

from django.urls import path

from kaopu.web.calendar.views import calendar_year, notice_import

urlpatterns = [
    path("", calendar_year, name="calendar_year"),
    path("notice/", notice_import, name="notice_import"),
]
