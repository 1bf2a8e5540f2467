"""已出公文的读取。"""

from __future__ import annotations

from django.db.models import QuerySet

from kaopu.documents.models import OfficialDocument


def issued_documents() -> QuerySet[OfficialDocument]:
    """已生成的公文，从近到远。"""
    documents: QuerySet[OfficialDocument] = OfficialDocument.objects.live()
    return documents.select_related("operation").order_by("-pk")


def document_by_token(token: str) -> OfficialDocument | None:
    """按书签前缀找公文：文件被人改过、另存过，也认得出是哪一份。"""
    document: OfficialDocument | None = OfficialDocument.objects.live().filter(token=token).first()
    return document
