#!/usr/bin/env python3
"""开发与试用的一个入口，只用标准库：``python3 scripts/dev.py demo|test|lint|bench|proof|shot``。

第一次运行时自己建 ``.venv`` 并按带校验和的锁文件装依赖；锁文件没变就不再装。后面的参数原样交给
``kaopu demo``、pytest 或相应脚本。
"""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
VENV = REPO / ".venv"
LOCKS = REPO / "requirements"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

CONSOLE_SCRIPT = """\
#!{python}
import sys

from kaopu.config.cli import main

sys.exit(main())
"""

Step = tuple[str, list[str], dict[str, str]]


def say(text: str) -> None:
    print(text, flush=True)


def run(command: list[str], **variables: str) -> int:
    return subprocess.run(command, cwd=REPO, env={**os.environ, **variables}).returncode


# ── 虚拟环境 ──────────────────────────────────────────────────────────────


def prepare(kind: str) -> None:
    """备好虚拟环境：``runtime`` 只够运行，``dev`` 另有检查与测试的工具（含前者）。"""
    if _fresh(kind) or _fresh("dev"):
        return
    started = time.monotonic()
    say(f"── 准备环境（{kind}），第一次约需一分钟 ──")
    _make_venv()
    lock = LOCKS / f"{kind}.txt"
    if not (_install_with_uv(lock) or _install_with_pip(lock)):
        sys.exit("依赖没有装上：请检查网络或 pip 的源设置（pip config list），再运行一次。")
    _install_ourselves()
    _stamp(kind).write_text(_digest(kind))
    say(f"── 环境已备好，用时 {time.monotonic() - started:.0f} 秒 ──")


def _fresh(kind: str) -> bool:
    return _stamp(kind).is_file() and _stamp(kind).read_text() == _digest(kind)


def _stamp(kind: str) -> Path:
    return VENV / f".kaopu-{kind}"


def _digest(kind: str) -> str:
    """锁文件、解释器与本脚本三者的摘要：哪个变了都重装。"""
    read = [(LOCKS / f"{kind}.txt").read_bytes(), Path(__file__).read_bytes()]
    return hashlib.sha256(b"\0".join([*read, sys.version.encode(), bytes(VENV)])).hexdigest()


def _make_venv() -> None:
    usable = PYTHON.exists() and run([str(PYTHON), "-c", "import pip"]) == 0
    if not usable and run([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        sys.exit("建不了虚拟环境：请先装 python3-venv（Debian：apt-get install python3-venv）。")


def _pip(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]


def _install_with_uv(lock: Path) -> bool:
    """先用 uv，快得多；它不读 pip 的配置，所以把源与证书转给它。"""
    if run(_pip("install", "--quiet", "--require-hashes", "-r", str(LOCKS / "uv.txt"))) != 0:
        return False
    command = [str(PYTHON), "-m", "uv", "pip", "install", "--python", str(PYTHON), "--require-hashes", "-r"]
    if run([*command, str(lock)], **_uv_settings()) == 0:
        return True
    say("uv 没有装成，改用 pip。")
    return False


def _install_with_pip(lock: Path) -> bool:
    return run(_pip("install", "--require-hashes", "-r", str(lock))) == 0


def _uv_settings() -> dict[str, str]:
    """pip 的源、附加源、证书 → uv 的环境变量；已经设了的不动。"""
    names = {"index-url": "UV_DEFAULT_INDEX", "trusted-host": "UV_INSECURE_HOST", "cert": "SSL_CERT_FILE"}
    configured = _pip_configuration()
    return {
        variable: configured[option]
        for option, variable in names.items()
        if option in configured and variable not in os.environ
    }


def _pip_configuration() -> dict[str, str]:
    """``pip config list`` 的各项；同一项以环境变量为先，用户设置次之，全局最后。"""
    listed = subprocess.run(_pip("config", "list"), capture_output=True, text=True, cwd=REPO).stdout
    found: dict[str, str] = {}
    for prefix in ("global.", "user.", "site.", "install.", ":env:."):
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(prefix):
                found[key.removeprefix(prefix)] = str(ast.literal_eval(value))
    return found


def _install_ourselves() -> None:
    """让虚拟环境认得 ``src``，并放一个 ``kaopu`` 命令；不用构建，离线也成。"""
    where = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    (packages / "kaopu-src.pth").write_text(f"{REPO / 'src'}\n", encoding="utf-8")
    script = BIN / "kaopu"
    script.write_text(CONSOLE_SCRIPT.format(python=PYTHON), encoding="utf-8")
    script.chmod(0o755)
    if os.name == "nt":
        (BIN / "kaopu.cmd").write_text(f'@"{PYTHON}" "{script}" %*\n', encoding="utf-8")


# ── 各个命令 ──────────────────────────────────────────────────────────────


def demo(arguments: list[str]) -> int:
    """带示例办公室开起来；数据放在 ``.demo-home``，除非设了 ``KAOPU_HOME``。"""
    prepare("runtime")
    os.environ.setdefault("KAOPU_HOME", str(REPO / ".demo-home"))
    command = [str(PYTHON), str(BIN / "kaopu"), "demo", *arguments]
    if os.name == "nt":
        return run(command)
    os.execv(command[0], command)


def lint(arguments: list[str]) -> int:
    """只做不跑测试的检查。"""
    prepare("dev")
    with tempfile.TemporaryDirectory(prefix="kaopu-lint-") as home:
        return _run_all(_lint_steps(home))


def test(arguments: list[str]) -> int:
    """全部检查，加上在两种数据库上各跑一遍测试；一步不成也把其余的跑完。"""
    prepare("dev")
    with tempfile.TemporaryDirectory(prefix="kaopu-lint-") as home:
        return _run_all([*_lint_steps(home), *_test_steps(arguments)])


def bench(arguments: list[str]) -> int:
    """各页的处理器时间与语句数，同一轮里与地板价相比。"""
    prepare("dev")
    return run([str(PYTHON), str(REPO / "scripts" / "bench.py"), *arguments])


def proof(arguments: list[str]) -> int:
    """长跑：一百万个随机事件，督办一件不掉；十万问、二百份公文，数个个相符。"""
    prepare("dev")
    proofs = ("proof.py",) if arguments else ("proof.py", "proof_figures.py")
    return max(run([str(PYTHON), str(REPO / "scripts" / name), *arguments]) for name in proofs)


def shot(arguments: list[str]) -> int:
    """把示例办公室的主要页面截图到 ``.shots``，给人看。"""
    prepare("dev")
    return run([str(PYTHON), str(REPO / "scripts" / "shot.py"), *arguments])


def _lint_steps(home: str) -> list[Step]:
    python = str(PYTHON)
    return [
        ("ruff check", [python, "-m", "ruff", "check", "--output-format", "concise", "."], {}),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."], {}),
        ("mypy", [python, "-m", "mypy", "-p", "kaopu"], {"KAOPU_HOME": home}),
        ("lint-imports", [str(BIN / "lint-imports")], {"KAOPU_HOME": home}),
    ]


def _test_steps(arguments: list[str]) -> list[Step]:
    pytest = [
        str(PYTHON),
        "-m",
        "pytest",
        "-n",
        "auto",
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        *arguments,
    ]
    server = os.environ.get("KAOPU_TEST_DATABASE_URL") or "embedded"
    return [
        ("pytest · SQLite", pytest, {"KAOPU_TEST_DATABASE_URL": ""}),
        ("pytest · PostgreSQL", [*pytest, "-m", "not browser"], {"KAOPU_TEST_DATABASE_URL": server}),
    ]


def _run_all(steps: list[Step]) -> int:
    results: list[tuple[str, int, float]] = []
    for name, command, variables in steps:
        say(f"\n━━ {name} ━━")
        started = time.monotonic()
        results.append((name, run(command, **variables), time.monotonic() - started))
    say("\n━━ 结果 ━━")
    for name, code, seconds in results:
        say(f"{'✓' if code == 0 else '✗'} {name}（{seconds:.0f} 秒）" + (f"，退出码 {code}" if code else ""))
    return 1 if any(code for _, code, _ in results) else 0


COMMANDS: Mapping[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "test": test,
    "lint": lint,
    "bench": bench,
    "proof": proof,
    "shot": shot,
}


def main(arguments: list[str]) -> int:
    if sys.hexversion < 0x030B0000:
        sys.exit("靠谱需要 Python 3.11 或更新的版本。")
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit("用法：python3 scripts/dev.py " + "|".join(COMMANDS))
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
