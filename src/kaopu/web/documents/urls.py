"""公文的地址。"""

from django.urls import path

from kaopu.web.documents.handling import document_detail
from kaopu.web.documents.inbox import document_inbox, inbox_acknowledge, inbox_file, number_list
from kaopu.web.documents.views import document_file, document_list, document_pack
from kaopu.web.documents.wordings import wording_file, wording_list

urlpatterns = [
    path("", document_list, name="document_list"),
    path("wording/", wording_list, name="wording_list"),
    path("wording/<str:kind>.docx", wording_file, name="wording_file"),
    path("numbers/", number_list, name="number_list"),
    path("inbox/", document_inbox, name="document_inbox"),
    path("inbox/<int:pk>/file/", inbox_file, name="inbox_file"),
    path("inbox/<int:pk>/acknowledge/", inbox_acknowledge, name="inbox_acknowledge"),
    path("<int:pk>/", document_detail, name="document_detail"),
    path("<int:pk>/pack/", document_pack, name="document_pack"),
    path("<int:pk>/file/", document_file, name="document_file"),
]
