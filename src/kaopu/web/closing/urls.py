"""关账的地址。"""

from django.urls import path

from kaopu.web.closing.views import closing_year

urlpatterns = [path("closing/<int:year>/", closing_year, name="closing_year")]
