"""读取的进度：每几百行把“读到/共”写进一个小文件，等着的页面去看。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

Row = TypeVar("Row")
EVERY = 500


class Meter:
    """行数表；``path`` 为空的不报。"""

    def __init__(self, path: str, *, total: int) -> None:
        self.path = Path(path) if path else None
        self.total, self.read = total, 0
        self._tell()

    def over(self, rows: Mapping[int, Row]) -> Iterator[tuple[int, Row]]:
        """逐行给出，边给边数。"""
        for number, row in rows.items():
            yield number, row
            self.read = min(self.read + 1, self.total)
            if self.read % EVERY == 0:
                self._tell()

    def finish(self) -> None:
        """读完了。"""
        self.read = self.total
        self._tell()

    def _tell(self) -> None:
        if self.path is not None:
            self.path.write_text(f"{self.read}/{self.total}", encoding="ascii")
