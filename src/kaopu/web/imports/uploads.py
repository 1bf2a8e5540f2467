"""上传的工作簿：预演与确认之间存在数据目录里，文件名是随机编号，只有上传的人取得到；过了期限的清走。"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from kaopu.domain.attachments import clean_file_name

KEPT_DAYS = 7  # 没有确认的、看过结果的留这么多天；来历与提示随批次另存


@dataclass(frozen=True, kw_only=True)
class Upload:
    """一次上传；``result`` 为空表示尚未确认导入。"""

    id: str
    user_id: int
    file_name: str
    year: int
    month: str
    suffix: str = ".xlsx"
    cells: dict[str, str] = field(default_factory=dict)  # 人改过的格：“表名!H7” → 文字
    result: dict[str, Any] | None = None

    @property
    def path(self) -> Path:
        """工作簿所在。"""
        return _folder() / f"{self.id}{self.suffix}"

    @property
    def month_on(self) -> date | None:
        """月报的月份。"""
        return date.fromisoformat(f"{self.month}-01") if self.month else None


def _folder() -> Path:
    return Path(settings.HOME) / "uploads"


def keep(upload: UploadedFile[Any], *, user_id: int, year: int, month: date | None) -> Upload:
    """存下上传的文件与导入的年度、月份；顺手清走过期的。"""
    _sweep()
    kept = Upload(
        id=str(uuid.uuid4()),
        user_id=user_id,
        file_name=(upload.name or "工作簿.xlsx")[:200],
        year=year,
        month=f"{month:%Y-%m}" if month else "",
        suffix=Path(upload.name or "").suffix.lower() or ".xlsx",
    )
    _folder().mkdir(parents=True, exist_ok=True)
    with kept.path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    _write(kept)
    return kept


def find(upload_id: uuid.UUID, *, user_id: int) -> Upload | None:
    """取回本人的上传；别人的与不存在的同样是 ``None``。"""
    note = _folder() / f"{upload_id}.json"
    if not note.is_file():
        return None
    found = Upload(**json.loads(note.read_text(encoding="utf-8")))
    return found if found.user_id == user_id else None


def remember_result(upload: Upload, result: dict[str, Any]) -> None:
    """记下导入结果，供结果页重看。"""
    _write(Upload(**{**asdict(upload), "result": result}))


def _sweep() -> None:
    """清走过期的上传，连同进程被杀时留下的临时副本：表里可能有个人信息，不久留（HANDBOOK §8.8 剩余信息）。"""
    oldest = time.time() - KEPT_DAYS * 86_400
    for path in _folder().glob("*"):
        try:
            if path.stat().st_mtime < oldest:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError:
            continue  # 别人先清走了，或还占着：下次再清


def correct_cell(upload: Upload, key: str, text: str) -> None:
    """记下人改的一格，只用于本次导入。"""
    _write(replace(upload, cells={**upload.cells, key: text}))


def withdraw_cell(upload: Upload, key: str) -> None:
    """撤回人改的一格，照原表读。"""
    _write(replace(upload, cells={cell: text for cell, text in upload.cells.items() if cell != key}))


@contextmanager
def under_its_own_name(upload: Upload) -> Iterator[Path]:
    """临时以原来的文件名给出工作簿：来历里要写用户认得的名字，不是随机编号。"""
    with tempfile.TemporaryDirectory(prefix="import-", dir=_folder()) as folder:
        path = Path(folder) / clean_file_name(upload.file_name, length=64, otherwise="工作簿")
        shutil.copyfile(upload.path, path)
        yield path


def _write(upload: Upload) -> None:
    note = _folder() / f"{upload.id}.json"
    fresh = note.with_suffix(f".{uuid.uuid4().hex[:8]}")  # 换掉整个文件，看的人不会读到半截
    fresh.write_text(json.dumps(asdict(upload), ensure_ascii=False), encoding="utf-8")
    fresh.replace(note)
