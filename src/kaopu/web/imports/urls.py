"""导入的地址。"""

from django.urls import path

from kaopu.web.imports.batches import import_changes
from kaopu.web.imports.downloads import export_issues, export_list, export_plans, export_statistics
from kaopu.web.imports.form_download import collection_form
from kaopu.web.imports.views import import_review, import_undo, import_upload

urlpatterns = [
    path("", import_upload, name="import_upload"),
    path("form/", collection_form, name="collection_form"),
    path("export/issues/", export_issues, name="export_issues"),
    path("export/list/", export_list, name="export_list"),
    path("export/plans/", export_plans, name="export_plans"),
    path("export/statistics/", export_statistics, name="export_statistics"),
    path("batches/<int:pk>/", import_changes, name="import_changes"),
    path("batches/<int:pk>/undo/", import_undo, name="import_undo"),
    path("<uuid:upload_id>/", import_review, name="import_review"),
]
