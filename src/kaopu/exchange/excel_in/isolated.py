"""隔离读取：在限时、限内存的子进程里读工作簿，出事只坏子进程（TRUST §2“in a child process”）。"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from kaopu.exchange.excel_in import wire
from kaopu.exchange.excel_in.choices import NO_CHOICES, Choices
from kaopu.exchange.excel_in.result import WorkbookReading, WorkbookRefused
from kaopu.exchange.excel_in.wire import READ, REFUSED, TOO_MUCH


def read_isolated(
    path: Path | str,
    *,
    year: int,
    month: date | None = None,
    choices: Choices = NO_CHOICES,
    seconds: float = 20,
    memory_mb: int = 1024,
) -> WorkbookReading:
    """隔离读取：参数同 ``read_workbook``，另限时（秒）、限内存（MB）；超时、崩溃一律抛 :class:`WorkbookRefused`。"""
    # -S：模块路径已由 PYTHONPATH 全部给出，不必再扫一遍 site-packages
    command = [sys.executable, "-S", "-m", "kaopu.exchange.excel_in.child", os.fspath(path), str(year)]
    command += [month.isoformat() if month else "-", str(memory_mb)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        done = subprocess.run(  # 参数逐个传递，不经 shell
            command,
            input=choices.encode(),
            capture_output=True,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookRefused(
            f"读取超过 {seconds:g} 秒；请删去空白行列，或拆成几个文件后重新上传。"
        ) from error
    if done.returncode == REFUSED:
        raise WorkbookRefused(done.stdout.decode("utf-8"))
    if done.returncode != READ:
        raise WorkbookRefused(TOO_MUCH)
    try:
        return wire.decode(done.stdout)
    except (ValueError, KeyError, TypeError) as error:
        raise WorkbookRefused(TOO_MUCH) from error
