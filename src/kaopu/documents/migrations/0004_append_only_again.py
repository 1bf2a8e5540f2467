"""公文各表只增不改：由数据库触发器拒绝 UPDATE 与 DELETE（ARCHITECTURE 法 1，TRUST §1）。"""

from django.db import migrations

from kaopu.audit.models import make_append_only


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_office_documents")]
    operations = [
        make_append_only(
            "documents_officialdocument",
            "documents_documentstep",
            "documents_documentnumber",
            "documents_distribution",
            "documents_receipt",
        )
    ]
