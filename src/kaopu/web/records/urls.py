"""登记的地址。"""

from django.urls import path

from kaopu.web.records.permits import permit_list
from kaopu.web.records.views import record_entry

urlpatterns = [
    path("<str:code>/records/<int:year>/", record_entry, name="record_entry"),
    path("<str:code>/permits/", permit_list, name="permit_list"),
]
