"""留痕的地址。"""

from django.urls import path

from kaopu.web.trace.views import trace_list, trace_operation

urlpatterns = [
    path("", trace_list, name="trace_list"),
    path("<int:number>/", trace_operation, name="trace_operation"),
]
