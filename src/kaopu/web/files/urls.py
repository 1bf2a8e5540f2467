"""附件的地址。"""

from django.urls import path

from kaopu.web.files.views import attachment_file, attachment_preview, attachment_void

urlpatterns = [
    path("<uuid:number>", attachment_file, name="attachment_file"),
    path("<uuid:number>/preview", attachment_preview, name="attachment_preview"),
    path("<uuid:number>/void", attachment_void, name="attachment_void"),
]
