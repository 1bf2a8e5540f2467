"""``kaopu`` 命令：脚本依赖的约定——子命令、JSON 形状、退出码。"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kaopu.exchange.excel_out import write_project_list

ROWS = [{"name": "示例小学", "category": "livelihood", "goal": "竣工", "goal_due": "年内"}]


class Kaopu:
    """在自己的数据目录里运行真正的命令。"""

    def __init__(self, home: Path) -> None:
        self.environment = {**os.environ, "KAOPU_HOME": str(home)}
        self.environment.pop("DATABASE_URL", None)

    def __call__(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kaopu.config.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)


@pytest.fixture
def kaopu(tmp_path: Path) -> Kaopu:
    return Kaopu(tmp_path / "home")


def test_from_a_workbook_to_figures_and_the_refusals_on_the_way(kaopu: Kaopu, tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    write_project_list(path, year=2022, level="district", title="清单", unit_line="区推进办", rows=ROWS)

    dry = kaopu("import", path, "--year", 2022, "--dry-run", "--json")
    empty = json.loads(kaopu("figures", "--year", 2022, "--json").stdout)
    done = kaopu("import", path, "--year", 2022, "--json")
    book = json.loads(kaopu("figures", "--year", 2022, "--as-of", "2022-12-31", "--json").stdout)
    early = kaopu("close-year", 2022)

    assert (dry.returncode, done.returncode, early.returncode) == (0, 0, 2)
    assert {"sheets", "rows_in", "applied", "unchanged", "rejected", "classified"} <= json.loads(
        done.stdout
    ).keys()
    assert empty["figures"]["list.all"]["value"] == 0
    assert {"label", "value", "unit", "qualifier", "members"} <= book["figures"]["list.all"].keys()
    assert book["figures"]["list.district"]["members"] == book["figures"]["outcome.lagging"]["members"]
    assert (book["as_of"], all(identity["holds"] for identity in book["identities"])) == ("2022-12-31", True)
    assert early.stderr.startswith("未办理：2022年1月尚未关账")
    assert "kaopu close-month 2022-01" in early.stderr


def test_a_missing_file_is_refused_in_chinese(kaopu: Kaopu) -> None:
    answer = kaopu("import", "没有.xlsx", "--year", 2022)

    assert (answer.returncode, answer.stderr) == (2, "未办理：找不到文件：没有.xlsx。请核对路径。\n")


def test_help_is_in_chinese(kaopu: Kaopu) -> None:
    text = kaopu("--help").stdout

    assert all(word in text for word in ("月末关账", "年末关账", "核验公文里的每个数", "显示这份说明"))


def test_doctor_names_the_remedy_before_there_is_a_database(kaopu: Kaopu, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    answer = kaopu("doctor")

    assert answer.returncode == 1
    assert "请运行 kaopu serve，或先开第一个账号" in answer.stdout


def test_the_first_account_is_opened_on_the_command_line(kaopu: Kaopu) -> None:
    def account(password: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "kaopu.config.cli",
            "account",
            "zhang",
            "--name",
            "经办",
            "--role",
            "sysadmin",
        ]
        return subprocess.run(
            [*command, "--password-stdin"],
            input=f"{password}\n",
            capture_output=True,
            text=True,
            env=kaopu.environment,
        )

    weak, opened, again = account("short"), account("Lan-tian-2023"), account("Lan-tian-2023")

    assert (weak.returncode, opened.returncode, again.returncode) == (2, 0, 2)
    assert "至少 10 位" in weak.stderr
    assert "已开账号 zhang：经办（系统管理员）" in opened.stdout
    assert "账号 zhang 已有" in again.stderr
