"""弄坏的文件：逐字节乱改各种格式的工作簿，每一个要么读出，要么以一句中文拒收；不崩、不挂（TRUST §2“10,000 mutated files”）。

缺省改一百来份；``KAOPU_PROOF=1`` 改六百份，并另有四十份在子进程里读。
"""

from __future__ import annotations

import os
import random
import time
import zipfile
from pathlib import Path

import pytest

from kaopu.exchange.excel_in.isolated import begin
from kaopu.exchange.excel_in.reading import read_workbook
from kaopu.exchange.excel_in.result import WorkbookRefused
from tests.exchange.family_sheets import make
from tests.exchange.test_formats import MONTHLY_XLS, delimited, ods

PROOF = bool(os.environ.get("KAOPU_PROOF"))
ROUNDS = 150 if PROOF else 30


def originals(folder: Path) -> list[Path]:
    csv = folder / "清单.csv"
    csv.write_bytes(delimited(",").encode("gb18030"))
    return [*(make(seed, folder)[0] for seed in (0, 1, 2)), MONTHLY_XLS, ods(folder / "月报.ods"), csv]


def scramble(data: bytes, rng: random.Random) -> bytes:
    """改几个字节、截断、重复一段、插入一段，四选一。"""
    found = bytearray(data)
    shape = rng.randrange(4)
    if shape == 0:
        for _ in range(rng.randint(1, 30)):
            found[rng.randrange(len(found))] = rng.randrange(256)
    elif shape == 1:
        del found[rng.randrange(len(found)) :]
    else:
        at = rng.randrange(len(found))
        piece = bytes(found[at : at + 200]) if shape == 2 else rng.randbytes(40)
        found[at:at] = piece
    return bytes(found)


def scramble_inside(path: Path, target: Path, rng: random.Random) -> None:
    """压缩包照旧完好，只改里面一个部件：光改外面的字节，多半过不了压缩包的校验。"""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    chosen = rng.choice([name for name in parts if "sheet" in name or "styles" in name or "content" in name])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, _scramble_text(data, rng) if name == chosen else data)


def _scramble_text(data: bytes, rng: random.Random) -> bytes:
    """部件里换掉一个数、一个引号里的值或一个标签：解析器读得通，意思全变了。"""
    text = data.decode("utf-8", "replace")
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text))
        old = text[at : at + rng.randint(1, 6)]
        new = rng.choice(
            ["", "999999999", "-1", "NaN", "1e308", 'r="ZZZ9"', "\U00020bb7", 't="s"', "&lt;", "true"]
        )
        text = text.replace(old, new, rng.choice([1, 1, 1, -1])) if old.strip() else text
    return text.encode()


def outcome(path: Path) -> str:
    """老格式由表格库独自解析，坏文件会让它要走几十 GB 内存：只在限了内存的子进程里读，正如导入时那样。"""
    started = time.monotonic()
    try:
        if path.suffix == ".xls":
            reading = begin(path, year=2022, memory_mb=512, seconds=8).finish()
        else:
            reading = read_workbook(path, year=2022)
        found = "read"
        assert all(sum(sheet.row_counts().values()) == len(sheet.rows) for sheet in reading.sheets)
    except WorkbookRefused as refusal:
        found = str(refusal)
        assert found.endswith("。") and ("请" in found or "另存" in found), found
    assert time.monotonic() - started < 10, path.name
    return found


@pytest.mark.parametrize("kind", range(6))
def test_every_scrambled_file_is_read_or_refused(tmp_path: Path, kind: int) -> None:
    original = originals(tmp_path)[kind]
    rng = random.Random(kind)
    outcomes = set()
    for number in range(ROUNDS if original.suffix != ".xls" else ROUNDS // 5):
        target = tmp_path / f"{number}{original.suffix}"
        if number % 2 and original.suffix in (".xlsx", ".ods"):
            scramble_inside(original, target, rng)
        else:
            target.write_bytes(scramble(original.read_bytes(), rng))
        outcomes.add(outcome(target))
        target.unlink()

    assert outcomes


@pytest.mark.skipif(not PROOF, reason="KAOPU_PROOF=1 时才在子进程里逐份读")
def test_a_scrambled_file_never_hurts_the_parent(tmp_path: Path) -> None:
    rng = random.Random(7)
    for number in range(40):
        original = originals(tmp_path)[number % 6]
        target = tmp_path / f"child-{number}{original.suffix}"
        target.write_bytes(scramble(original.read_bytes(), rng))
        try:
            begin(target, year=2022).finish()
        except WorkbookRefused as refusal:
            assert str(refusal).endswith("。")
