"""隔离读取：在限时、限内存的子进程里读工作簿，出事只坏子进程（TRUST §2“in a child process”）。"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kaopu.exchange.excel_in import wire
from kaopu.exchange.excel_in.choices import NO_CHOICES, Choices
from kaopu.exchange.excel_in.result import WorkbookReading, WorkbookRefused
from kaopu.exchange.excel_in.wire import READ, REFUSED, TOO_MUCH

OUT_OF_TIME = 24  # SIGXCPU；Windows 没有，只靠墙上的钟


@dataclass(frozen=True)
class Begun:
    """起了头的隔离读取：子进程已在装文件，等人定的读法来了再认。没有等到的，自己退出。"""

    process: subprocess.Popen[bytes]
    seconds: float

    def finish(self, choices: Choices = NO_CHOICES) -> WorkbookReading:
        """给出读法，取回读数；超时、崩溃一律抛 :class:`WorkbookRefused`。"""
        try:
            answer, _ = self.process.communicate(choices.encode(), timeout=self.seconds * 1.5)
        except subprocess.TimeoutExpired as error:
            self.process.kill()
            self.process.communicate()
            raise WorkbookRefused(_too_slow(self.seconds)) from error
        code = self.process.returncode
        if code == -OUT_OF_TIME:
            raise WorkbookRefused(_too_slow(self.seconds))
        if code == REFUSED:
            raise WorkbookRefused(answer.decode("utf-8"))
        if code != READ:
            raise WorkbookRefused(TOO_MUCH)
        try:
            return wire.decode(answer)
        except (ValueError, KeyError, TypeError) as error:
            raise WorkbookRefused(TOO_MUCH) from error


def begin(
    path: Path | str, *, year: int, month: date | None = None, seconds: float = 20, memory_mb: int = 1024
) -> Begun:
    """起头：另起子进程先装文件，参数同 ``read_workbook``，另限时（秒）、限内存（MB）。命令行趁它装，自己装 Django。

    ``seconds`` 限的是处理器时间：机器忙不该连累好文件；墙上的钟另放宽一半，免得等在那里不动的没人管。
    """
    # -S：模块路径已由 PYTHONPATH 全部给出，不必再扫一遍 site-packages
    command = [sys.executable, "-S", "-m", "kaopu.exchange.excel_in.child", os.fspath(path), str(year)]
    command += [month.isoformat() if month else "-", str(memory_mb), str(math.ceil(seconds))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # 每读一份起一个进程，不必每次都从源码编译几十个模块
    pipe = subprocess.PIPE  # 参数逐个传递，不经 shell
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
    return Begun(process, seconds)


def _too_slow(seconds: float) -> str:
    return f"读取超过 {seconds:g} 秒；请删去空白行列，或拆成几个文件后重新上传。"
