"""领导页的地址。"""

from django.urls import path

from kaopu.web.leader.views import leader_page

urlpatterns = [path("", leader_page, name="leader_page")]
