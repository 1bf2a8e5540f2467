"""命令行参数：说明与报错都用中文，写错了只说一句、指明办法（退出码 2）。"""

from __future__ import annotations

import argparse
import errno
import json
import re
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

REFUSED = 2
YEARS = range(2000, 2100)  # 与网页地址相同；22、20222 之类是写错了
PORTS = range(1, 65536)

Parsed = TypeVar("Parsed")

# argparse 的英文报错 → 中文；标准库没有中文译文，只好在这里认
_TRANSLATIONS = (
    (r"the following arguments are required: (.+)", r"少写了 \1"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from .*\)", r"\1没有 \2 这一种"),
    (r"argument (.+?): invalid \w+ value: (.+)", r"\1的值 \2 读不懂"),
    (r"argument (.+?): expected (?:at least )?one argument", r"\1后面少写了值"),
    (r"argument (.+?): ignored explicit argument (.+)", r"\1后面不带值，却写了 \2"),
    (r"argument (.+?): not allowed with argument (.+)", r"\1与 \2 不能同时写"),
    (r"ambiguous option: (.+) could match (.+)", r"\1 不知是哪一个：\2"),
    (r"unrecognized arguments: (.+)", r"不认得 \1"),
    (r"argument (.+?): (.+)", r"\1：\2"),
)


_WHY_NOT = {
    errno.ENOENT: "没有这个目录",
    errno.ENOTDIR: "上级不是目录",
    errno.EEXIST: "已有同名的文件",
    errno.EISDIR: "它是个目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只读",
    errno.ENOSPC: "磁盘已满",
}


def why_not(error: OSError) -> str:
    """读写不了的缘由；少见的照写系统的原话。"""
    return _WHY_NOT.get(error.errno or 0) or str(error.strerror)


class FileRefused(Exception):
    """要读的文件不在、是目录、打不开或是空的。"""


def existing(path: Path) -> Path:
    """要读的文件，须打得开、真有内容。"""
    if path.is_dir():
        raise FileRefused(f"{path} 是目录，不是文件。请写出里面要用的那个文件。")
    if not path.is_file():
        raise FileRefused(f"找不到文件：{path}。请核对路径。")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise FileRefused(f"{path} 打不开（{why_not(error)}）。请改权限，或复制到自己的目录再试。") from error
    if empty:
        raise FileRefused(f"文件是空的：{path}。请重新保存或重新取得这个文件。")
    return path


class ChineseHelp(argparse.HelpFormatter):
    """说明的开头写“用法”。"""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """同标准库，只换开头的字。"""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class ChineseParser(argparse.ArgumentParser):
    """报错与说明都是中文的参数解析器；子命令由标准库用同一个类建。"""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": ChineseHelp, **options, "add_help": False})
        self._optionals.title, self._positionals.title = "选项", "参数"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """一句中文写到标准错误，以 2 退出。"""
        print(f"未办理：{_translated(message)}。写法见 {self.prog} -h。", file=sys.stderr)
        raise SystemExit(REFUSED)


def _translated(message: str) -> str:
    for pattern, sentence in _TRANSLATIONS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return found.expand(sentence)
    return f"参数写错了（{message}）"


def year(text: str) -> int:
    """年度：四位数字。"""
    return _in_range(text, YEARS, f"年度写四位数字（2000 至 2099），如 2022，不能是 {text}")


def port(text: str) -> int:
    """端口号。"""
    return _in_range(text, PORTS, f"端口写 1 到 65535 的数字，不能是 {text}")


def month(text: str) -> date:
    """月份 → 当月第一天。"""

    def read() -> date:
        if not re.fullmatch(r"\d{4}-\d{1,2}", text, re.ASCII):
            raise ValueError
        found = datetime.strptime(text, "%Y-%m").date()
        if found.year not in YEARS:
            raise ValueError
        return found

    return _read(read, f"月份写成 2022-06 这样，不能是 {text}")


def day(text: str) -> date:
    """日期。"""
    return _read(lambda: date.fromisoformat(text), f"日期写成 2022-06-30 这样且须真有这一天，不能是 {text}")


def moment(text: str) -> datetime:
    """时刻；不写时区按上海时间。"""
    found = _read(
        lambda: datetime.fromisoformat(text), f"时刻写成 2022-07-05 或 2022-07-05T09:00 这样，不能是 {text}"
    )
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def head(text: str) -> tuple[int, str]:
    """公文上印的树头：办理次数与摘要的开头。"""

    def read() -> tuple[int, str]:
        size, _, root = text.partition(":")
        int(root, 16)
        return int(size), root.strip().lower()

    return _read(read, f"树头照公文上印的写，如 1234:9f86d081，不能是 {text}")


def _in_range(text: str, allowed: range, sentence: str) -> int:
    def read() -> int:
        if (number := int(text)) not in allowed:
            raise ValueError
        return number

    return _read(read, sentence)


def _read(read: Callable[[], Parsed], sentence: str) -> Parsed:
    try:
        return read()
    except ValueError:
        raise argparse.ArgumentTypeError(sentence) from None


def print_json(content: object) -> None:
    """把结果以 UTF-8 JSON 写到标准输出；边排边写，两万行的读数不在内存里攒成一整篇。"""
    json.dump(content, sys.stdout, ensure_ascii=False, indent=1)
    print()
