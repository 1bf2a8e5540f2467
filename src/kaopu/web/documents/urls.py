"""公文的地址。"""

from django.urls import path

from kaopu.web.documents.views import document_file, document_list

urlpatterns = [
    path("", document_list, name="document_list"),
    path("<int:pk>/file/", document_file, name="document_file"),
]
