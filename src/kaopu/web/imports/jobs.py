"""大文件的预演与导入在另一个进程里办，网页只看进度：服务不被占住，进程被杀也只是重来（TRUST §2）。

命令行：``python -m kaopu.web.imports.jobs 上传编号 账号编号 preview|apply 请求编号 对方地址``，由 :func:`begin` 起。
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaopu.audit.origin import Origin, coming_from, current_origin

if TYPE_CHECKING:
    from kaopu.web.imports.uploads import Upload

LARGE = 256 * 1024  # 三千来行；再小的当场就读完
SILENT = 15.0  # 进程每秒报一次到，这么多秒没有动静就是断了
RUNNING, DONE, FAILED, LOST = "running", "done", "failed", "lost"


@dataclass(frozen=True, kw_only=True)
class Job:
    """一次后台办理：``what`` 为 preview 或 apply；``state`` 断了的为 ``LOST``；``read`` 读到第几行，共 ``total`` 行。"""

    what: str
    state: str
    message: str = ""
    seconds: int = 0
    read: int = 0
    total: int = 0


def is_long(upload: Upload) -> bool:
    """要不要放到后台办。"""
    return upload.path.stat().st_size > LARGE


def begin(upload: Upload, what: str) -> None:
    """起一个后台进程；同一份上传同时只有一个，已在办的不再起。"""
    forget(upload, only=what == "apply")
    try:
        with _note(upload).open("x", encoding="utf-8") as note:
            json.dump({"what": what, "state": RUNNING, "message": "", "began": time.time()}, note)
    except FileExistsError:
        return
    origin = current_origin()
    command = [sys.executable, "-m", "kaopu.web.imports.jobs", upload.id, str(upload.user_id), what]
    command += [origin.request_id, origin.address]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    environment.setdefault("DJANGO_SETTINGS_MODULE", "kaopu.config.settings")
    process = subprocess.Popen(  # 参数逐个传递，不经 shell
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()  # 办完收尸


def state_of(upload: Upload) -> Job | None:
    """办到哪里；没有在办的为空。"""
    note = _note(upload)
    try:
        told = json.loads(note.read_text(encoding="utf-8"))
        quiet = time.time() - note.stat().st_mtime
    except (FileNotFoundError, ValueError):
        return None
    state = LOST if told["state"] == RUNNING and quiet > SILENT else told["state"]
    read, total = _rows(upload)
    seconds = int(time.time() - told["began"])
    return Job(
        what=told["what"], state=state, message=told["message"], seconds=seconds, read=read, total=total
    )


def forget(upload: Upload, *, only: bool = False) -> None:
    """忘掉上一次，好重来；``only`` 为真时只忘掉办完的预演。"""
    job = state_of(upload)
    if job is None or job.state == RUNNING or (only and job.what != "preview"):
        return
    for path in (_note(upload), _found(upload), rows_file(upload)):
        path.unlink(missing_ok=True)


def found(upload: Upload) -> dict[str, Any]:
    """预演办完的结果：``result`` 为报告，``drawn`` 为画出来的各表。"""
    told: dict[str, Any] = json.loads(_found(upload).read_text(encoding="utf-8"))
    return told


def rows_file(upload: Upload) -> Path:
    """读取进程报行数的文件：“读到/共”。"""
    return upload.path.with_suffix(".rows")


def _note(upload: Upload) -> Path:
    return upload.path.with_suffix(".job")


def _found(upload: Upload) -> Path:
    return upload.path.with_suffix(".found")


def _rows(upload: Upload) -> tuple[int, int]:
    try:
        read, _, total = rows_file(upload).read_text(encoding="ascii").partition("/")
        return int(read), int(total)
    except (FileNotFoundError, ValueError):
        return 0, 0


def _tell(upload: Upload, **news: Any) -> None:
    """换掉整个文件，看的人不会读到半截。"""
    note = _note(upload)
    told = {**json.loads(note.read_text(encoding="utf-8")), **news}
    fresh = note.with_suffix(".job-new")
    fresh.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    fresh.replace(note)


def _keep_alive(upload: Upload, stop: threading.Event) -> None:
    while not stop.wait(1):
        os.utime(_note(upload))


def main(arguments: list[str]) -> int:
    """后台进程入口。"""
    import django

    django.setup()
    from django.db import OperationalError

    from kaopu.audit.actions import BUSY, is_busy
    from kaopu.exchange.results import ImportRefused
    from kaopu.web.imports import running, uploads

    upload_id, user_id, what, request_id, address = arguments
    upload = uploads.find(uuid.UUID(upload_id), user_id=int(user_id))
    if upload is None:
        return 1
    stop = threading.Event()
    threading.Thread(target=_keep_alive, args=(upload, stop), daemon=True).start()
    try:
        with coming_from(Origin(request_id=request_id, address=address)):
            if what == "apply":
                uploads.remember_result(upload, running.applied(upload, rows_file(upload)))
            else:
                result, drawn = running.previewed(upload, rows_file(upload))
                told = {"result": result, "drawn": [asdict(sheet) for sheet in drawn]}
                _found(upload).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        news = {"state": DONE}
    except ImportRefused as error:
        news = {"state": FAILED, "message": str(error)}
    except OperationalError as error:
        if not is_busy(error):
            raise
        news = {"state": FAILED, "message": BUSY}
    finally:
        stop.set()
    _tell(upload, **news)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
