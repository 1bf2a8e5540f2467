"""项目文件的约定：锁文件不写地址，说明里的命令真有，页面不找外面的地址。"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent
LOCKS = sorted((REPO / "requirements").glob("*.txt"))
GUIDES = [
    REPO / "README.md",
    *REPO.glob("README.*.md"),
    *REPO.glob("CONTRIBUTING.md"),
    *REPO.glob("docs/**/*.md"),
]
WEB = REPO / "src" / "kaopu" / "web"
PAGES = sorted(
    path
    for folder in ("templates", "static")
    for path in (WEB / folder).rglob("*")
    if path.suffix in {".html", ".jinja", ".svg", ".xml", ".css", ".js", ".json", ".txt"}
)
ADDRESS = re.compile(r"(?:https?:)?//[A-Za-z0-9][^\s\"'<>)]*")
OURS = re.compile(r"http://127\.0\.0\.1\b")
# 名字空间只是名字，浏览器不会去取；只认写成 xmlns 的。
NAMESPACE = re.compile(
    r"""xmlns(?::\w+)?\s*=\s*["']http://www\.w3\.org/[^"']*["']|["']http://www\.w3\.org/2000/svg["']"""
)
COMMENT = re.compile(r"(?:^|(?<=\s))//\s.*$", re.MULTILINE)


def pinned(lock: Path) -> dict[str, str]:
    lines = re.findall(r"^([a-z0-9-]+)==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(lines)


def names(lines: list[str]) -> set[str]:
    return {line.partition("#")[0].strip() for line in lines if line.strip() and not line.startswith("#")}


def foreign_addresses(text: str) -> list[str]:
    """一段页面源码里指向别处的地址；本机与名字空间不算。"""
    text = NAMESPACE.sub("", COMMENT.sub("", text))
    return [address for address in ADDRESS.findall(text) if not OURS.match(address)]


# ── 依赖 ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_address_and_hashes_everything(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]

    assert "://" not in text
    assert "--index" not in text and "--extra-index" not in text and "--find-links" not in text
    assert blocks and [block for block in blocks if "--hash=sha256:" not in block] == []


def test_every_list_of_requirements_is_locked() -> None:
    lists = {path.stem for path in (REPO / "requirements").glob("*.in")}

    assert lists == {path.stem for path in LOCKS}


def test_developing_uses_the_very_versions_that_run() -> None:
    runtime, dev = (pinned(REPO / "requirements" / f"{kind}.txt") for kind in ("runtime", "dev"))

    assert {name: version for name, version in runtime.items() if dev.get(name) != version} == {}


def test_every_requirement_is_in_its_lock() -> None:
    for kind in ("runtime", "dev", "uv"):
        lines = (REPO / "requirements" / f"{kind}.in").read_text(encoding="utf-8").splitlines()
        wanted = {
            re.split(r"[\[=<>~!]", name)[0].replace("_", "-") for name in names(lines) if name[:2] != "-r"
        }
        assert wanted - set(pinned(REPO / "requirements" / f"{kind}.txt")) == set()


def test_the_package_declares_what_the_lock_was_made_from() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (REPO / "requirements" / "runtime.in").read_text(encoding="utf-8").splitlines()

    assert set(project["dependencies"]) == names(lines)


# ── 说明 ──────────────────────────────────────────────────────────────────


def make_targets() -> set[str]:
    lines = re.findall(
        r"^([a-z][a-z ]*):(?!=)", (REPO / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {target for line in lines for target in line.split()}


def test_every_command_the_guides_name_exists() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in GUIDES)
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    made = set(re.findall(r"\bmake +([a-z][a-z-]*)", code))
    scripts = set(re.findall(r"\bpython3? +(scripts/\w+\.py)", code))
    verbs = set(re.findall(r"scripts/dev\.py +([a-z]+)", code))

    assert {"demo", "test"} <= made
    assert made - make_targets() == set()
    assert [script for script in scripts if not (REPO / script).is_file()] == []
    assert verbs - make_targets() == set()


# ── 页面 ──────────────────────────────────────────────────────────────────


def test_pages_fetch_nothing_from_elsewhere() -> None:
    foreign = {
        str(path.relative_to(REPO)): addresses
        for path in PAGES
        if (addresses := foreign_addresses(path.read_text(encoding="utf-8")))
    }

    assert PAGES
    assert foreign == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<script src="https://cdn.example/x.js">', ["https://cdn.example/x.js"]),
        ('<link href="//cdn.example/x.css">', ["//cdn.example/x.css"]),
        ("url(http://fonts.example/a.woff2)", ["http://fonts.example/a.woff2"]),
        ('<a href="http://www.w3.org/TR/svg">', ["http://www.w3.org/TR/svg"]),
        ('<svg xmlns="http://www.w3.org/2000/svg">', []),
        ("http://127.0.0.1:8000/", []),
        ("let a = 1; // 注释里说 and/or", []),
    ],
)
def test_the_search_for_foreign_addresses_sees_what_it_should(text: str, found: list[str]) -> None:
    assert foreign_addresses(text) == found
