"""隔离读取：在限时、限内存的子进程里读工作簿，出事只坏子进程（TRUST §2“in a child process”）。"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from kaopu.exchange.excel_in import wire
from kaopu.exchange.excel_in.choices import NO_CHOICES, Choices
from kaopu.exchange.excel_in.result import WorkbookReading, WorkbookRefused
from kaopu.exchange.excel_in.wire import READ, REFUSED, TOO_MUCH

OUT_OF_TIME = 24  # SIGXCPU；Windows 没有，只靠墙上的钟


def read_isolated(
    path: Path | str,
    *,
    year: int,
    month: date | None = None,
    choices: Choices = NO_CHOICES,
    seconds: float = 20,
    memory_mb: int = 1024,
) -> WorkbookReading:
    """隔离读取：参数同 ``read_workbook``，另限时（秒）、限内存（MB）；超时、崩溃一律抛 :class:`WorkbookRefused`。

    ``seconds`` 限的是处理器时间：机器忙不该连累好文件；墙上的钟另放宽一半，免得等在那里不动的没人管。
    """
    # -S：模块路径已由 PYTHONPATH 全部给出，不必再扫一遍 site-packages
    command = [sys.executable, "-S", "-m", "kaopu.exchange.excel_in.child", os.fspath(path), str(year)]
    command += [month.isoformat() if month else "-", str(memory_mb), str(math.ceil(seconds))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # 每读一份起一个进程，不必每次都从源码编译几十个模块
    try:
        done = subprocess.run(  # 参数逐个传递，不经 shell
            command,
            input=choices.encode(),
            capture_output=True,
            timeout=seconds * 1.5,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WorkbookRefused(_too_slow(seconds)) from error
    if done.returncode == -OUT_OF_TIME:
        raise WorkbookRefused(_too_slow(seconds))
    if done.returncode == REFUSED:
        raise WorkbookRefused(done.stdout.decode("utf-8"))
    if done.returncode != READ:
        raise WorkbookRefused(TOO_MUCH)
    try:
        return wire.decode(done.stdout)
    except (ValueError, KeyError, TypeError) as error:
        raise WorkbookRefused(TOO_MUCH) from error


def _too_slow(seconds: float) -> str:
    return f"读取超过 {seconds:g} 秒；请删去空白行列，或拆成几个文件后重新上传。"
