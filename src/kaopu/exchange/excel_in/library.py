"""表格库（calamine）的各种失败，一律变成一句中文（TRUST §3“every library exception becomes one Chinese sentence”）。"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from kaopu.exchange.excel_in.grid import Place
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.safety import LOCKED


def open_workbook(path: Path, *, named: frozenset[str]) -> CalamineWorkbook:
    """打开工作簿；``named`` 为内容该有的扩展名。

    库按扩展名认格式，扩展名改过的（老系统导出的 .xlsx 常叫 .xls）会读成损坏：那样的只给它内容，让它自己认。
    """
    if path.suffix.lower() in named:
        return CalamineWorkbook.from_path(str(path))
    return CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))


@contextmanager
def refusing(damaged: str) -> Iterator[None]:
    """表格库读不了就拒收。库由 Rust 写成，遇到想不到的文件会“恐慌”，不是普通异常，也得接住。"""
    try:
        yield
    except PasswordError as error:
        raise WorkbookRefused(LOCKED) from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise WorkbookRefused(LOCKED if "EncryptedPackage" in str(error) else damaged) from error
    except BaseException as error:
        if type(error).__module__ == "pyo3_runtime":
            raise WorkbookRefused(damaged) from error
        raise


def cells_of(sheet: CalamineSheet) -> Iterator[tuple[Place, object]]:
    """一张表里有内容的格：位置（行、列自 1 起）与取值。

    库给的行从表的第一行起，列却从第一个有内容的列起：A 列空着的表，各格要往右挪回原处。
    """
    left = sheet.start[1] if sheet.start is not None else 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        for column, value in enumerate(row, left + 1):
            if value != "":
                yield (number, column), value
