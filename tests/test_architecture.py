"""房子的法则与预算（ARCHITECTURE）：超了就不通过，要放宽先写 ``docs/decisions/``。

量的是 ``src/kaopu``，迁移除外。楼层与互不引用另由 import-linter 查；这里查它看不见的：
外键的方向、函数与文件的大小、房间的名字、检查器的豁免、测试里的替身。
"""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db import models

REPO = Path(__file__).resolve().parent.parent
PACKAGE = REPO / "src" / "kaopu"
TESTS = REPO / "tests"

FUNCTION_P90, FUNCTION_MAX = 25, 60
FILE_P90, FILE_MAX = 250, 500
RUNTIME_DEPENDENCIES = 15
MOCKING_SHARE = 0.05

FLOORS = [
    "domain",
    "audit",
    "accounts",
    "projects",
    "tracking",
    "supervision",
    "figures",
    "office",
    "documents",
    "exchange",
    "web",
    "demo",
    "config",
]
BANNED_ROOMS = {"utils", "util", "common", "core", "helpers", "helper", "services", "service"}
MODEL_APP_FILES = ["models", "actions", "queries", "apps", "migrations"]
EXEMPTION = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|ruff:|pyright:|pylint:|flake8:|isort:|nosec)")
MOCKING = {"mock", "MagicMock", "Mock", "AsyncMock", "patch", "mocker"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def sources() -> dict[Path, str]:
    return {
        path: path.read_text(encoding="utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
        if "migrations" not in path.parts
    }


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def named(path: Path, node: ast.AST | None = None) -> str:
    where = str(path.relative_to(REPO))
    return f"{where}:{node.lineno}" if isinstance(node, ast.stmt | ast.expr) else where


def p90(sizes: list[int]) -> int:
    return sorted(sizes)[max(0, math.ceil(len(sizes) * 0.9) - 1)]


def kaopu_apps() -> list[AppConfig]:
    return [app for app in apps.get_app_configs() if app.name.startswith("kaopu.")]


# ── 大小 ──────────────────────────────────────────────────────────────────


def test_functions_stay_within_the_budget() -> None:
    sizes = {
        f"{named(path, function)} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in sources()
        for function in functions(parsed(path))
    }

    assert {name: size for name, size in sizes.items() if size > FUNCTION_MAX} == {}
    assert p90(list(sizes.values())) <= FUNCTION_P90


def test_files_stay_within_the_budget() -> None:
    sizes = {named(path): text.count("\n") for path, text in sources().items()}

    assert {name: size for name, size in sizes.items() if size > FILE_MAX} == {}
    assert p90(list(sizes.values())) <= FILE_P90


# ── 房间 ──────────────────────────────────────────────────────────────────


def test_no_room_has_a_name_that_says_nothing() -> None:
    names = {path: {path.stem, *path.relative_to(PACKAGE).parts[:-1]} for path in sources()}

    assert [named(path) for path, parts in names.items() if parts & BANNED_ROOMS] == []


def test_every_room_has_a_floor() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0] for path in sources() if path.parent != PACKAGE}

    assert rooms - set(FLOORS) == set()


def test_every_model_app_has_its_files() -> None:
    # 没装 Django 后台时，admin.py 不会被读到，不要求有。
    parts = [*MODEL_APP_FILES, *(["admin"] if apps.is_installed("django.contrib.admin") else [])]
    missing = [
        f"{app.name}.{part}"
        for app in kaopu_apps()
        for part in parts
        if list(app.get_models())
        if not (Path(app.path) / part).is_dir() and not (Path(app.path) / f"{part}.py").is_file()
    ]

    assert missing == []


@pytest.mark.parametrize("room", ["web", "exchange"])
def test_the_packages_of_a_room_never_import_each_other(room: str) -> None:
    packages = {path.name for path in (PACKAGE / room).iterdir() if (path / "__init__.py").is_file()}
    crossing = []
    for path in sources():
        inside = path.relative_to(PACKAGE).parts
        if inside[0] != room or inside[1] not in packages:
            continue
        for module in imported_modules(parsed(path)):
            owner, where, target = [*module.split("."), "", ""][:3]
            if (owner, where) == ("kaopu", room) and target in packages - {inside[1], "migrations"}:
                crossing.append(f"{named(path)} → {module}")

    assert crossing == []


def imported_modules(tree: ast.Module) -> Iterator[str]:
    """一个文件引用的模块；``from a import b`` 既可能是名字也可能是模块，两种都算。"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# 网络只有一个出口，外发名单才管得住（TRUST §5）；``serve`` 问一句自己起来了没有，不出本机；
# 统一身份登录由 allauth 取公钥、换令牌，它的会话先问过名单。
NETWORKED = {
    "socket",
    "smtplib",
    "ftplib",
    "requests",
    "httpx",
    "http.client",
    "urllib.request",
    "django.core.mail",
}
GATES = {
    PACKAGE / "audit" / "outgoing.py",
    PACKAGE / "config" / "commands" / "serving.py",
    PACKAGE / "web" / "signin" / "oidc.py",
}


def test_only_the_gate_reaches_out() -> None:
    reaching = {path for path in sources() if set(imported_modules(parsed(path))) & NETWORKED}

    assert sorted(map(named, reaching - GATES)) == []


# ── 模型 ──────────────────────────────────────────────────────────────────


def floor_of(model: type[models.Model]) -> int:
    """楼层号；Django 自带的在最底下。"""
    parts = model.__module__.split(".")
    return FLOORS.index(parts[1]) if parts[0] == "kaopu" else -1


def foreign_keys() -> Iterator[tuple[str, models.ForeignKey[models.Model, models.Model]]]:
    for app in kaopu_apps():
        for model in app.get_models():
            for field in model._meta.local_fields:
                if isinstance(field, models.ForeignKey):
                    yield f"{model._meta.label}.{field.name}", field


def test_every_foreign_key_protects_what_it_points_at() -> None:
    keys = dict(foreign_keys())

    assert keys
    assert [name for name, key in keys.items() if key.remote_field.on_delete is not models.PROTECT] == []


def test_every_foreign_key_points_downwards() -> None:
    upwards = [
        f"{name} → {key.related_model._meta.label}"
        for name, key in foreign_keys()
        if floor_of(key.related_model) > floor_of(key.model)
    ]

    assert upwards == []


@pytest.mark.django_db
def test_the_migrations_match_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_business_flow_uses_no_signals() -> None:
    using = [
        f"{named(path)} → {module}"
        for path in sources()
        for module in imported_modules(parsed(path))
        if "signals" in module.split(".") or module in {"django.dispatch", "django.dispatch.receiver"}
    ]

    assert using == []


# ── 检查器与依赖 ──────────────────────────────────────────────────────────


def comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_no_checker_is_told_to_look_away() -> None:
    looked = {*sources(), *TESTS.rglob("*.py"), *(REPO / "scripts").rglob("*.py")}
    exempt = [
        f"{named(path)}:{line} {comment}"
        for path in sorted(looked)
        for line, comment in comments(path.read_text(encoding="utf-8"))
        if EXEMPTION.search(comment)
    ]

    assert exempt == []


def test_import_contracts_ignore_nothing() -> None:
    settings = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]

    assert [contract["name"] for contract in settings["contracts"] if "ignore_imports" in contract] == []


def test_runtime_dependencies_are_few_and_each_says_what_it_is_for() -> None:
    lines = (REPO / "requirements" / "runtime.in").read_text(encoding="utf-8").splitlines()
    dependencies = [line for line in lines if line.strip() and not line.startswith("#")]

    assert len(dependencies) <= RUNTIME_DEPENDENCIES
    assert [line for line in dependencies if not line.partition("#")[2].strip()] == []


# ── 测试本身 ──────────────────────────────────────────────────────────────


def mocks(function: Function) -> bool:
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    return bool((names | attributes | {argument.arg for argument in function.args.args}) & MOCKING)


def test_few_tests_use_stand_ins() -> None:
    tests = {
        f"{named(path, function)} {function.name}": function
        for path in sorted(TESTS.rglob("test_*.py"))
        for function in functions(parsed(path))
        if function.name.startswith("test_")
    }
    mocking = [name for name, function in tests.items() if mocks(function)]

    assert len(mocking) < len(tests) * MOCKING_SHARE, mocking
