"""登记的地址。"""

from django.urls import path

from kaopu.web.records.permits import permit_list
from kaopu.web.records.schedules import schedule_new, schedule_page
from kaopu.web.records.views import record_entry

urlpatterns = [
    path("<str:code>/records/<int:year>/", record_entry, name="record_entry"),
    path("<str:code>/permits/", permit_list, name="permit_list"),
    path("<str:code>/schedule/", schedule_page, name="schedule_page"),
    path("<str:code>/schedule/new/", schedule_new, name="schedule_new"),
]
