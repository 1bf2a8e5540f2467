"""在另一个数据目录里预演一遍，写到一半时看别人写不写得进去；结果打印成 JSON，由 test_rehearsal 来看。

用法：``python -m tests.exchange.rehearse 工作簿 elsewhere|fault``。
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from pathlib import Path
from typing import Any

import django
import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "kaopu.config.settings"


def main(path: Path, midway: str) -> dict[str, Any]:
    django.setup()
    from django.db import connection

    from kaopu.accounts.actions import ensure_operator
    from kaopu.audit.models import Operation
    from kaopu.exchange import actions, rehearsing
    from kaopu.projects.models import Project

    rehearsing.COPIED_FROM = 1
    database = Path(connection.settings_dict["NAME"])
    write = actions._Importer.write

    def both(importer: Any, result: Any) -> None:
        write(importer, result)
        assert Project.objects.count() > before[0]
        if midway == "fault":
            raise RuntimeError("想不到的")
        other = sqlite3.connect(database, timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")

    by = ensure_operator()
    before = Project.objects.count(), Operation.objects.count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions._Importer, "write", both)
        try:
            counts = actions.preview(path, year=2022, by=by)
            told: Any = [counts.applied, counts.unchanged, counts.rejected, counts.refusals]
        except RuntimeError as error:
            told = str(error)
    return {
        "told": told,
        "same": (Project.objects.count(), Operation.objects.count()) == before,
        "back": Path(connection.settings_dict["NAME"]) == database,
        "left": [item.name for item in database.parent.glob("rehearsal-*")],
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
