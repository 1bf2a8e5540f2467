"""留痕的地址。"""

from django.urls import path

from kaopu.web.trace.views import trace_list

urlpatterns = [path("", trace_list, name="trace_list")]
