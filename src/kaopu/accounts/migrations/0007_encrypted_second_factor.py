"""两步验证密钥加密存放：先放宽成长文字，再把已有的换成密文。"""

from collections.abc import Callable
from typing import Any

from django.db import migrations, models

from kaopu.accounts.encryption import EncryptedTextField, decrypt, encrypt


def rewrite(change: Callable[[str], str]) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        users = apps.get_model("accounts", "User").objects
        for key, secret in users.exclude(totp_secret="").values_list("pk", "totp_secret"):
            users.filter(pk=key).update(totp_secret=change(secret))

    return run


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_encrypted_phones'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='totp_secret',
            field=models.TextField(blank=True, verbose_name='两步验证密钥'),
        ),
        migrations.RunPython(rewrite(encrypt), rewrite(decrypt)),
        migrations.AlterField(
            model_name='user',
            name='totp_secret',
            field=EncryptedTextField(blank=True, verbose_name='两步验证密钥'),
        ),
    ]
