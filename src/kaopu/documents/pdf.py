"""转成 PDF：用本机的 LibreOffice；没有装就说清楚，不装作成了。"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from kaopu.documents.kinds.kind import Refused

TIMEOUT = 120
MEASURING_TIMEOUT = 15  # 量页数时办理人等着，不能久等


def office_program() -> str | None:
    """LibreOffice 的路径；没有为 ``None``。"""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_pdf(path: Path, *, timeout: int = TIMEOUT) -> Path:
    """把一份 .docx 转成同名的 .pdf，返回存处；转不成抛出 ``Refused``。"""
    program = office_program()
    if program is None:
        raise Refused(
            "本机没有 LibreOffice，不能转成 PDF。请安装（Debian：apt-get install libreoffice-writer），或在 Word、WPS 里另存为 PDF。"
        )
    with tempfile.TemporaryDirectory(prefix="kaopu-pdf-") as profile:
        # 各用各的配置目录，几份同时转也不相撞
        command = [
            program, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf", "--outdir",
            str(path.parent), str(path),
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as error:
            raise Refused(f"LibreOffice {timeout} 秒没有转完。请关掉正在用的 LibreOffice 后重试。") from error
    found = path.with_suffix(".pdf")
    if done.returncode or not found.is_file():
        raise Refused("LibreOffice 没有转成。请在 Word 或 WPS 里打开文件另存为 PDF。")
    return found


def page_count(path: Path) -> int | None:
    """排版后共几页；排不出来（没有 LibreOffice、没转成、太久）为 ``None``。"""
    with tempfile.TemporaryDirectory(prefix="kaopu-pages-") as folder:
        try:
            content = to_pdf(Path(shutil.copy(path, folder)), timeout=MEASURING_TIMEOUT).read_bytes()
        except Refused:
            return None
    return len(re.findall(rb"/Type\s*/Page\b", content))
