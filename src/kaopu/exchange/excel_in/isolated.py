"""隔离读取：在限时、限内存的子进程里读工作簿，出事只坏子进程（TRUST §2“in a child process”）。

子进程的命令行：``python -m kaopu.exchange.excel_in.isolated 文件 年度 月份或- 内存MB``，结果从标准输出交回。
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from kaopu.exchange.excel_in import wire
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import WorkbookReading, WorkbookRefused

READ, REFUSED = 0, 3
_TOO_MUCH = "读取时内存不足或中途出错；请删去空白行列、图片，或拆成几个文件后重新上传。"


def read_isolated(
    path: Path | str, *, year: int, month: date | None = None, seconds: float = 20, memory_mb: int = 1024
) -> WorkbookReading:
    """隔离读取：参数同 ``read_workbook``，另限时（秒）、限内存（MB）；超时、崩溃一律抛 :class:`WorkbookRefused`。"""
    command = [sys.executable, "-m", "kaopu.exchange.excel_in.isolated", os.fspath(path), str(year)]
    command += [month.isoformat() if month else "-", str(memory_mb)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        done = subprocess.run(  # 参数逐个传递，不经 shell
            command,
            stdin=subprocess.DEVNULL,
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
        raise WorkbookRefused(_TOO_MUCH)
    try:
        return wire.decode(done.stdout)
    except (ValueError, KeyError, TypeError) as error:
        raise WorkbookRefused(_TOO_MUCH) from error


def main(arguments: list[str]) -> int:
    """子进程入口：先自限内存，再读，把结果或拒收的话写到标准输出。"""
    path, year, month, memory_mb = arguments
    limit_memory(int(memory_mb))
    try:
        stated = None if month == "-" else date.fromisoformat(month)
        answer, code = wire.encode(read_workbook(path, year=int(year), month=stated)), READ
    except WorkbookRefused as refusal:
        answer, code = str(refusal).encode(), REFUSED
    except MemoryError:
        answer, code = _TOO_MUCH.encode(), REFUSED
    sys.stdout.buffer.write(answer)
    return code


def limit_memory(megabytes: int) -> None:
    """给本进程设内存上限；Windows 没有这一机制，只靠限时与文件大小上限。"""
    if sys.platform != "win32":
        import resource

        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
