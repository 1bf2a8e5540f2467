"""``kaopu`` 写错了、设错了：一句中文、退出码 2、标准输出上什么也没有，更没有来龙去脉。"""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kaopu.config import arguments, database
from kaopu.config.cli import main


def kaopu(*call: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kaopu.config.cli", *map(str, call)]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def refused(answer: subprocess.CompletedProcess[str]) -> str:
    """只有一句，在标准错误上。"""
    assert (answer.returncode, answer.stdout) == (2, ""), answer
    assert answer.stderr.startswith("未办理：")
    assert answer.stderr.count("\n") == 1
    assert not re.search(r"[a-z]{4,} [a-z]{2,}", answer.stderr), "还有英文"
    return answer.stderr


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ((), "少写了 命令"),
        (("frobnicate",), "没有 'frobnicate' 这一种"),
        (("close-month",), "少写了 月份"),
        (("close-month", "2022-13"), "月份写成 2022-06 这样，不能是 2022-13"),
        (("close-month", "2022/06"), "不能是 2022/06"),
        (("close-year", "abc"), "年度写四位数字（2000 至 2099），如 2022，不能是 abc"),
        (("import", "x.xlsx", "--year", "22"), "不能是 22"),
        (("figures", "--year", "99999999999"), "年度写四位数字"),
        (("figures",), "少写了 --year"),
        (("figures", "--year"), "--year后面少写了值"),
        (("figures", "--year", "2022", "--as-of", "2022-02-30"), "须真有这一天"),
        (("figures", "--year", "2022", "--known-at", "昨天"), "时刻写成"),
        (("figures", "--year", "2022", "--jsno"), "不认得 --jsno"),
        (("serve", "--port", "99999"), "端口写 1 到 65535"),
        (("serve", "--port", "abc"), "端口写 1 到 65535"),
        (("document", "foo"), "没有 'foo' 这一种"),
        (("audit", "verify", "--head", "12"), "树头照公文上印的写"),
    ],
)
def test_a_wrong_call_is_answered_with_one_chinese_sentence(
    call: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(call)
    printed = capsys.readouterr()

    assert (stopped.value.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert printed.err.startswith("未办理：")
    assert said in printed.err
    assert not re.search(r"error|invalid|argument|usage", printed.err)


def test_help_has_no_english_left(capsys: pytest.CaptureFixture[str]) -> None:
    for call in (("-h",), ("import", "-h"), ("figures", "-h"), ("document", "annual-summary", "-h")):
        with pytest.raises(SystemExit):
            main(call)
        printed = capsys.readouterr().out

        assert printed.startswith("用法：kaopu")
        assert not re.search(r"usage|\b(YEAR|MONTH|AS_OF|KNOWN_AT|OUT|PORT|file)\b", printed)


@pytest.mark.parametrize("name", ["import", "verify", "pack", "check"])
def test_a_file_that_is_missing_empty_or_a_directory(name: str, tmp_path: Path) -> None:
    empty = tmp_path / "空.xlsx"
    empty.touch()
    for path, said in (
        (tmp_path, "是目录，不是文件"),
        (empty, "文件是空的"),
        (tmp_path / "无", "找不到文件"),
    ):
        call = {
            "import": ("import", path, "--year", 2022, "--json"),
            "verify": ("verify", path),
            "pack": ("pack", path, "--out", tmp_path / "包.zip"),
            "check": ("document", "check", path),
        }[name]

        assert said in refused(kaopu(*call))


def test_a_file_one_may_not_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """以前说成“内存不足或中途出错，请拆成几个文件”。测试多以 root 跑，权限拦不住，只好替它拦。"""
    path = tmp_path / "清单.xlsx"
    path.write_bytes(b"PK")

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(arguments.FileRefused, match="打不开（没有权限）。请改权限，或复制到自己的目录再试"):
        arguments.existing(path)


def test_a_home_that_cannot_be_made_or_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "文件"
    file.write_text("不是目录")

    for home in (file, file / "里面"):
        said = refused(kaopu("figures", "--year", 2022, "--json", KAOPU_HOME=str(home), DATABASE_URL=""))

        assert "请把 KAOPU_HOME 设为本机上可写的目录" in said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("foo", "DATABASE_URL 读不懂"),
        ("mysql://a:b@127.0.0.1:1/x", "DATABASE_URL 读不懂"),
        ("postgres://a:b@127.0.0.1:port/x", "DATABASE_URL 读不懂"),
        ("postgres://a:b@127.0.0.1:5432/", "DATABASE_URL 读不懂"),
        ("postgres://a:b@127.0.0.1:1/x", "连不上数据库服务器"),
        ("sqlite:////无此目录/库.sqlite3", "数据库文件打不开"),
    ],
)
def test_a_database_url_that_is_wrong(url: str, said: str, tmp_path: Path) -> None:
    assert said in refused(
        kaopu("figures", "--year", 2022, "--json", KAOPU_HOME=str(tmp_path), DATABASE_URL=url)
    )


def test_doctor_says_what_is_wrong_with_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "kaopu.sqlite3").write_text("这不是数据库" * 100)

    answer = kaopu("doctor", KAOPU_HOME=str(tmp_path), DATABASE_URL="")

    assert (answer.returncode, answer.stderr) == (1, "")
    assert "不是数据库文件或已损坏。请从备份恢复" in answer.stdout


def test_a_document_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    said = refused(
        kaopu("document", "template", "--out", tmp_path / "无" / "公文.docx", KAOPU_HOME=str(tmp_path))
    )

    assert "读写不了" in said
    assert "没有这个目录" in said


def test_a_fault_of_our_own_is_not_dressed_up_as_a_wrong_database() -> None:
    from django.db import IntegrityError

    assert database.unusable(IntegrityError("UNIQUE constraint failed: projects_project.code")) is None
    assert arguments.year("2022") == 2022
