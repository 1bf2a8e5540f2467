"""隔离读取的子进程：先自限内存与处理器时间，再读，把结果或拒收的话写到标准输出（TRUST §2“in a child process”）。

命令行：``python -m kaopu.exchange.excel_in.child 文件 年度 月份或- 内存MB 处理器秒``；人定的读法从标准输入来。
"""

from __future__ import annotations

import gc
import os
import sys
from datetime import date

from kaopu.exchange.excel_in import wire
from kaopu.exchange.excel_in.choices import decode_choices
from kaopu.exchange.excel_in.reading import load_workbook, read_loaded
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.wire import READ, REFUSED, TOO_MUCH


def main(arguments: list[str]) -> int:
    """子进程入口。"""
    path, year, month, memory_mb, seconds = arguments
    gc.disable()  # 读完即退的短命进程，不必收垃圾
    limit_self(megabytes=int(memory_mb), seconds=int(seconds))
    try:
        stated = None if month == "-" else date.fromisoformat(month)
        loaded = load_workbook(path)
        told = sys.stdin.buffer.read()  # 文件先装着，读法后到
        if not told:
            return REFUSED  # 起了头的人没有等到这一步就走了
        reading = read_loaded(loaded, year=int(year), month=stated, choices=decode_choices(told))
        answer, code = wire.encode(reading), READ
    except WorkbookRefused as refusal:
        answer, code = str(refusal).encode(), REFUSED
    except MemoryError:
        answer, code = TOO_MUCH.encode(), REFUSED
    sys.stdout.buffer.write(answer)
    return code


def limit_self(*, megabytes: int, seconds: int) -> None:
    """给本进程设内存与处理器时间的上限；Windows 没有这一机制，只靠限时与文件大小上限。"""
    if sys.platform != "win32":
        import resource

        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)  # 结果已交出，不必再逐个释放上万个对象
