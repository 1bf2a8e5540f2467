"""停工与复工的地址。"""

from django.urls import path

from kaopu.web.resumption.views import campaign_detail, campaign_list, campaign_new, stop_detail, stop_new

urlpatterns = [
    path("", campaign_list, name="campaign_list"),
    path("new/", campaign_new, name="campaign_new"),
    path("<int:pk>/", campaign_detail, name="campaign_detail"),
    path("stops/<int:pk>/", stop_detail, name="stop_detail"),
    path("projects/<str:code>/", stop_new, name="stop_new"),
]
