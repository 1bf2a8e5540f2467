"""隔离读取：子进程替主进程读；文件、时间、内存出事只坏子进程，起了头没人等的自己退出（TRUST §2）。"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kaopu.exchange.excel_in.choices import Choices
from kaopu.exchange.excel_in.isolated import begin
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import WorkbookRefused
from kaopu.exchange.excel_in.wire import REFUSED
from tests.exchange.workbooks import listing, project, write


def test_child_process_refuses_instead_of_crashing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"no")
    with pytest.raises(WorkbookRefused, match=re.escape("不是 .xlsx")):
        begin(bad, year=2022).finish()
    good = write(tmp_path / "good.xlsx", listing(project()))
    with pytest.raises(WorkbookRefused, match="秒"):
        begin(good, year=2022, seconds=0.01).finish()
    large = write(tmp_path / "large.xlsx", listing(*(project(i, f"{i}号路") for i in range(3000))))
    with pytest.raises(WorkbookRefused, match="内存"):
        begin(large, year=2022, memory_mb=40).finish()


def test_a_reading_begun_early_takes_the_choices_that_come_later(tmp_path: Path) -> None:
    path = write(tmp_path / "early.xlsx", listing(project()))
    choices = Choices(cells={"区属!D4": "20000"})

    assert begin(path, year=2022).finish(choices) == read_workbook(path, year=2022, choices=choices)
    assert begin(path, year=2022).finish(choices) != read_workbook(path, year=2022)


def test_a_reading_begun_and_left_ends_by_itself(tmp_path: Path) -> None:
    process = begin(write(tmp_path / "left.xlsx", listing(project())), year=2022).process

    answer, said = process.communicate(timeout=20)

    assert (process.returncode, answer, said) == (REFUSED, b"", b"")
