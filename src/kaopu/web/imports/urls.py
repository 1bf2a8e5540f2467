"""导入的地址。"""

from django.urls import path

from kaopu.web.imports.form_download import collection_form
from kaopu.web.imports.views import import_review, import_undo, import_upload

urlpatterns = [
    path("", import_upload, name="import_upload"),
    path("form/", collection_form, name="collection_form"),
    path("batches/<int:pk>/undo/", import_undo, name="import_undo"),
    path("<uuid:upload_id>/", import_review, name="import_review"),
]
