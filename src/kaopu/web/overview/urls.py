"""一屏总览的地址。"""

from django.urls import path

from kaopu.web.overview.views import overview

urlpatterns = [path("", overview, name="overview")]
