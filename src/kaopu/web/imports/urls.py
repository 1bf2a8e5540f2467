"""导入的地址。"""

from django.urls import path

from kaopu.web.imports.views import import_review, import_upload

urlpatterns = [
    path("", import_upload, name="import_upload"),
    path("<uuid:upload_id>/", import_review, name="import_review"),
]
