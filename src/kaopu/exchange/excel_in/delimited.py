"""读 .csv：认编码（UTF-8、GB18030、UTF-16）与分隔符（逗号、分号、制表符），零散回车当换行（HANDBOOK §7.2）。"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from kaopu.exchange.excel_in.census import MAX_CELLS, MAX_LAST_COLUMN, MAX_LAST_ROW
from kaopu.exchange.excel_in.grid import Content, Grid
from kaopu.exchange.excel_in.result import WorkbookRefused

DELIMITERS = ",;\t"
_UNREADABLE = "文本文件的编码认不出；请另存为 UTF-8 编码的 .csv，或另存为 .xlsx 后上传。"
_TOO_LARGE = "文本文件的行列过多；请拆成几个文件后上传。"


def load_delimited(path: Path) -> list[Grid]:
    """装入一个文本文件，只有一张表，表名取文件名。"""
    text = decode(path.read_bytes())
    grid = Grid(path.stem[:31])
    for number, row in enumerate(_rows(text), 1):
        if number > MAX_LAST_ROW or len(row) > MAX_LAST_COLUMN:
            raise WorkbookRefused(_TOO_LARGE)
        for column, value in enumerate(row, 1):
            grid.put((number, column), Content(value, value))
        if len(grid.cells) > MAX_CELLS:
            raise WorkbookRefused(_TOO_LARGE)
    return [grid.finish()]


def decode(data: bytes) -> str:
    """字节 → 文字：先看文件头，再试 UTF-8，再看是不是 UTF-16，最后 GB18030；都不成则拒收。"""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, encoding)
    if b"\0" in data[:200]:
        even, odd = data[:200:2].count(0), data[1:200:2].count(0)
        return _decoded(data, "utf-16-be" if even > odd else "utf-16-le")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, "gb18030")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise WorkbookRefused(_UNREADABLE) from error
    if "\0" in text:
        raise WorkbookRefused(_UNREADABLE)
    return text


def _rows(text: str) -> list[list[str]]:
    """按出现次数最稳的分隔符切开；引号里的换行保留，零散的回车见 :func:`_plain_lines`。"""
    if "\0" in text:
        raise WorkbookRefused(_UNREADABLE)
    plain = _plain_lines(text)
    first, _, rest = plain.partition("\n")
    told = first.lower().startswith("sep=") and len(first) == 5
    delimiter = first[-1] if told else _delimiter(plain)
    csv.field_size_limit(1_000_000)
    try:
        return list(csv.reader(io.StringIO(rest if told else plain, newline="\n"), delimiter=delimiter))
    except csv.Error as error:
        raise WorkbookRefused(
            "文本文件的引号不成对；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
        ) from error


def _plain_lines(text: str) -> str:
    """换行一律成 ``\\n``。断行最多用的是行尾；行里零散的另一种在引号里、或前后都是整行时才算换行，否则是格里的断字。"""
    both = text.count("\r\n")
    endings = {"\r\n": both, "\n": text.count("\n") - both, "\r": text.count("\r") - both}
    ending = max(endings, key=lambda mark: endings[mark])
    if endings[ending] == sum(endings.values()):
        return text.replace(ending, "\n")
    delimiter = _delimiter(text.replace("\r\n", "\n").replace("\r", "\n"))
    lines, quoted = [], False
    for line in text.split(ending):
        pieces = [piece for piece in re.split(r"[\r\n]", line) if piece]
        whole = len({piece.count(delimiter) for piece in pieces}) == 1 and delimiter in line
        joined = ""
        for number, piece in enumerate(pieces):
            joined += ("\n" if whole or quoted else " ") * (number > 0) + piece
            quoted ^= piece.count('"') % 2 == 1
        lines.append(joined)
    return "\n".join(lines)


def _delimiter(text: str) -> str:
    """哪个分隔符切出的多列行最多；都切不开的按逗号。"""
    sample = text[:20_000]

    def wide(delimiter: str) -> tuple[int, int]:
        try:
            rows = [len(row) for row in csv.reader(io.StringIO(sample, newline="\n"), delimiter=delimiter)]
        except csv.Error:
            return 0, 0
        usual = max(set(rows), key=rows.count, default=1)
        return (rows.count(usual), usual) if usual > 1 else (sum(n > 2 for n in rows), 0)

    return max(DELIMITERS, key=wide)
