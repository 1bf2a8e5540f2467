"""督办单的地址。"""

from django.urls import path

from kaopu.web.orders.views import order_detail, order_new

urlpatterns = [
    path("new/", order_new, name="order_new"),
    path("<int:pk>/", order_detail, name="order_detail"),
]
