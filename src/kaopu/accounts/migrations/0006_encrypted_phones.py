"""电话加密存放：先放宽成长文字，再把已有的换成密文。"""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from kaopu.accounts.encryption import EncryptedTextField, decrypt, encrypt


def rewrite(change: Callable[[str], str]) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        users = apps.get_model("accounts", "User").objects
        for key, phone in users.exclude(phone="").values_list("pk", "phone"):
            users.filter(pk=key).update(phone=change(phone))

    return run


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_posts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='phone',
            field=models.TextField(blank=True, verbose_name='电话'),
        ),
        migrations.RunPython(rewrite(encrypt), rewrite(decrypt)),
        migrations.AlterField(
            model_name='user',
            name='phone',
            field=EncryptedTextField(blank=True, verbose_name='电话'),
        ),
    ]
