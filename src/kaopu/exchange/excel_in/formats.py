"""认格式：看内容不看扩展名，分派给各格式的读法（.xlsx .xlsm .xls .ods .csv，WPS 的 .et 同 .xls）。"""

from __future__ import annotations

import zipfile
from pathlib import Path

from kaopu.exchange.excel_in.grid import Grid
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.safety import NOT_A_WORKBOOK, OLE_MAGIC, check_package, check_size
from kaopu.exchange.excel_in.xlsx import load_xlsx

PLAIN_TEXT = (".csv", ".tsv", ".txt")
_WEB_PAGE = "文件其实是网页，只是扩展名写成了表格；请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"


def load_grids(path: Path) -> list[Grid]:
    """装入工作簿的各张表；不认得的、超限的、损坏的，以一句中文拒收（TRUST §2、§3）。

    少见的格式用到才引入：每次导入都另起一个子进程，它起得越快越好。
    """
    check_size(path)
    with path.open("rb") as file:
        head = file.read(512)
    if head[:4] == OLE_MAGIC:
        from kaopu.exchange.excel_in.legacy import load_xls

        return load_xls(path)
    if head[:2] == b"PK":
        check_package(path)
        if not _is_opendocument(path):
            return load_xlsx(path)
        from kaopu.exchange.excel_in.opendocument import load_ods

        return load_ods(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise WorkbookRefused(_WEB_PAGE)
    if path.suffix.lower() in PLAIN_TEXT:
        from kaopu.exchange.excel_in.delimited import load_delimited

        return load_delimited(path)
    raise WorkbookRefused(NOT_A_WORKBOOK)


def _is_opendocument(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return "content.xml" in archive.namelist()
