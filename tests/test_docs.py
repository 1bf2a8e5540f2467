"""文档不骗人：词汇表的名字真有，链接通，命令能办，口径与规则同代码一致。"""

from __future__ import annotations

import argparse
import ast
import importlib
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from kaopu.config import cli
from kaopu.domain.carryover import STAGE_LABELS
from kaopu.domain.colours import COLOUR_LABELS
from kaopu.domain.milestones import GOAL_LABELS
from kaopu.domain.outcomes import OUTCOME_LABELS
from kaopu.domain.rights import MATRIX, THING_LABELS, Role, Thing
from kaopu.figures.definitions import DEFINITIONS

REPO = Path(__file__).resolve().parent.parent
PACKAGE = REPO / "src" / "kaopu"
DOCS = REPO / "docs"
GUIDES = sorted([*REPO.glob("*.md"), *DOCS.rglob("*.md")])
READMES = [REPO / "README.md", REPO / "README.zh.md"]
IMAGES = {".png", ".jpg", ".svg"}
ENUMS = {"StrEnum", "TextChoices"}

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def table_rows(text: str, *, columns: int) -> list[list[str]]:
    """各表里恰有 ``columns`` 栏、首栏或次栏是代码的行，去掉反引号；表头与分隔行没有代码，自然不在内。"""
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines()]
    return [
        [cell.strip("`") for cell in row]
        for row in rows
        if len(row) == columns and any(re.fullmatch(r"`[^`]+`", cell) for cell in row[:2])
    ]


def section(text: str, title: str) -> str:
    """``## title`` 之下、下一个同级标题之前的文字。"""
    return re.split(r"^## ", text.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def repeated(names: list[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


# ── 词汇表 ────────────────────────────────────────────────────────────────


@cache
def glossary() -> tuple[tuple[str, str, str], ...]:
    rows = table_rows(read(DOCS / "glossary.md"), columns=3)
    return tuple((term, code, where) for term, code, where in rows)


def enum_values(node: ast.ClassDef) -> Iterator[str]:
    """枚举成员的值；``TextChoices`` 取“值, 名称”里的值。"""
    bases = {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
    for statement in node.body if bases & ENUMS else []:
        if isinstance(statement, ast.Assign):
            value = statement.value.elts[0] if isinstance(statement.value, ast.Tuple) else statement.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def assigned(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def names_defined(source: str) -> set[str]:
    """一个文件里定义的类、函数、字段、枚举值与模块常量。"""
    tree = ast.parse(source)
    names = set(assigned(tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {*assigned(node.body), *enum_values(node)}
    return names


def labels() -> dict[str, set[str]]:
    """枚举值 → 代码里给它的中文名；同一个值在两处可以各有名称。"""
    found: dict[str, set[str]] = {}
    for named in (OUTCOME_LABELS, COLOUR_LABELS, GOAL_LABELS, STAGE_LABELS):
        for value, label in named.items():
            found.setdefault(str(value), set()).add(label)
    for module in ("accounts", "projects"):
        for kind in vars(importlib.import_module(f"kaopu.{module}.models")).values():
            for value, label in getattr(kind, "choices", None) or ():
                found.setdefault(value, set()).add(str(label))
    return found


def test_the_glossary_was_read() -> None:
    lines = [line for line in read(DOCS / "glossary.md").splitlines() if line.startswith("| ")]

    assert len(glossary()) == len(lines) - 1 > 50


def test_every_term_has_one_name_and_every_name_one_term() -> None:
    assert repeated([term for term, _, _ in glossary()]) == []
    assert repeated([code for _, code, _ in glossary()]) == []


def test_every_name_of_the_glossary_is_defined_where_it_says() -> None:
    missing = [
        f"{term} {code}：{where}"
        for term, code, where in glossary()
        if not (PACKAGE / where).is_file() or code not in names_defined(read(PACKAGE / where))
    ]

    assert missing == []


def test_the_glossary_calls_a_value_what_the_code_calls_it() -> None:
    named = labels()
    differing = {code: term for term, code, _ in glossary() if code in named and term not in named[code]}

    assert {"lagging", "carried_over", "red"} <= named.keys()
    assert differing == {}


def test_the_search_for_names_sees_what_it_should() -> None:
    source = (
        "LIMIT = 1\n"
        "class Shape(StrEnum):\n    ROUND = 'round'\n"
        "class Kind(models.TextChoices):\n    FLAT = 'flat', '平'\n"
        "class Thing:\n    size: int = 0\n    word = 'not a name'\n    def grow(self):\n        local = 1\n"
    )

    expected = {"LIMIT", "Shape", "ROUND", "round", "Kind", "FLAT", "flat", "Thing", "size", "word", "grow"}
    assert names_defined(source) == expected


# ── 链接 ──────────────────────────────────────────────────────────────────


def dead_links(text: str, folder: Path) -> list[str]:
    """指不到文件的相对链接；代码里的不算链接。"""
    targets = [target.partition("#")[0] for target in LINK.findall(CODE.sub("", text))]
    return [target for target in targets if target and not (folder / target).exists()]


def all_dead_links() -> list[str]:
    return [
        f"{guide.relative_to(REPO)} → {target}"
        for guide in GUIDES
        for target in dead_links(read(guide), guide.parent)
    ]


def test_every_relative_link_leads_somewhere() -> None:
    assert [link for link in all_dead_links() if Path(link).suffix not in IMAGES] == []


def test_every_picture_is_there() -> None:
    missing = [link for link in all_dead_links() if Path(link).suffix in IMAGES]

    assert missing == [], "缺图：运行 make shot，把 .shots/overview-wall.png 放到 docs/images/overview.png"


def test_every_document_can_be_reached_from_the_readme() -> None:
    for readme in READMES:
        linked = {(readme.parent / target).resolve() for target in LINK.findall(read(readme))}
        assert [str(path.relative_to(REPO)) for path in DOCS.rglob("*.md") if path not in linked] == []


def test_the_guides_name_no_foreign_address() -> None:
    assert [path.name for path in READMES if "://" in read(path)] == []
    assert [str(path.relative_to(REPO)) for path in GUIDES if re.search(r"https?://", read(path))] == []


def test_the_search_for_dead_links_sees_what_it_should(tmp_path: Path) -> None:
    (tmp_path / "here.md").touch()

    text = "[好](here.md) [锚](here.md#a) [本页](#b) [坏](gone.md) ![缺](x.png) `[码](no.md)`"
    assert dead_links(text, tmp_path) == ["gone.md", "x.png"]


# ── 命令 ──────────────────────────────────────────────────────────────────


def subcommands() -> set[str]:
    actions = [item for item in cli._parser()._actions if isinstance(item, argparse._SubParsersAction)]
    return {name for action in actions for name in action.choices}


def named_commands(text: str) -> set[str]:
    """代码段与标题里写到的 ``kaopu 某命令``。"""
    code = "\n".join([*CODE.findall(text), *re.findall(r"^#+ .*$", text, re.MULTILINE)])
    return set(re.findall(r"\bkaopu +([a-z][a-z-]*)", code))


def shell_lines(text: str) -> list[str]:
    """``sh`` 代码块里的每一条 ``kaopu`` 命令的参数。"""
    lines = [line for block in SHELL.findall(text) for line in block.splitlines()]
    return [found.group(1) for line in lines if (found := re.match(r"(?:\S*/)?kaopu +(.+)", line))]


def parses(arguments: str) -> bool:
    try:
        cli._parser().parse_args(shlex.split(arguments, comments=True))
    except SystemExit as stop:
        return stop.code in (0, None)
    return True


def test_every_kaopu_command_the_guides_name_exists() -> None:
    unknown = {guide.name: named_commands(read(guide)) - subcommands() for guide in GUIDES}

    assert {name: commands for name, commands in unknown.items() if commands} == {}


@pytest.mark.parametrize("page", [*READMES, DOCS / "reference" / "cli.md"], ids=lambda path: path.name)
def test_every_command_there_is_is_described(page: Path) -> None:
    assert named_commands(read(page)) == subcommands()


def test_every_command_line_of_the_guides_is_accepted() -> None:
    lines = [line for guide in GUIDES for line in shell_lines(read(guide))]

    assert len(lines) > 5
    assert [line for line in lines if not parses(line)] == []


def test_every_make_target_of_the_readme_exists() -> None:
    lines = re.findall(r"^([a-z][a-z ]*):(?!=)", read(REPO / "Makefile"), re.MULTILINE)
    targets = {target for line in lines for target in line.split()}
    named = {name for path in READMES for name in re.findall(r"\bmake +([a-z][a-z-]*)", code_of(path))}

    assert {"demo", "test"} <= named
    assert named - targets == set()


def code_of(path: Path) -> str:
    return "\n".join(CODE.findall(read(path)))


def test_the_search_for_commands_sees_what_it_should() -> None:
    text = "run kaopu away\n`kaopu fly`\n## kaopu swim\n```sh\nbin/kaopu verify a.docx  # 说明\n```"

    assert named_commands(text) == {"fly", "swim", "verify"}
    assert shell_lines(text) == ["verify a.docx  # 说明"]


@pytest.mark.parametrize(
    ("arguments", "accepted"),
    [
        ("verify a.docx", True),
        ("serve -h", True),
        ("fly", False),
        ("import a.xlsx", False),
        ("close-month 六月", False),
        ("serve --fast", False),
    ],
)
def test_the_parser_tells_good_command_lines_from_bad(arguments: str, accepted: bool) -> None:
    assert parses(arguments) is accepted


# ── 口径与规则 ────────────────────────────────────────────────────────────


def test_the_figures_are_those_of_the_code() -> None:
    rows = table_rows(read(DOCS / "reference" / "figures.md"), columns=4)

    assert [tuple(row) for row in rows] == [
        (figure.id, figure.label, figure.unit, figure.scope) for figure in DEFINITIONS.values()
    ]


def written(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def test_the_parameters_are_those_of_the_default_rule_set() -> None:
    defaults = importlib.import_module("kaopu.tracking.migrations.0004_defaults").DEFAULT_PARAMETERS
    rows = table_rows(section(read(DOCS / "reference" / "rules.md"), "参数"), columns=3)

    assert repeated([name for name, _, _ in rows]) == []
    assert {name: value for name, value, _ in rows} == {
        name: written(value) for name, value in defaults.items()
    }


def rules_hit(source: str) -> set[str]:
    """代码里造出的 ``RuleHit`` 的编号。"""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {
        str(keyword.value.value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "RuleHit"
        for keyword in call.keywords
        if keyword.arg == "rule" and isinstance(keyword.value, ast.Constant)
    }


def test_the_rules_are_those_of_the_code() -> None:
    rows = table_rows(section(read(DOCS / "reference" / "rules.md"), "规则"), columns=3)
    rules = rules_hit(read(PACKAGE / "domain" / "colours.py"))

    assert rules
    assert sorted(name for name, _, _ in rows) == sorted(rules)


def test_the_rights_page_is_the_matrix() -> None:
    text = (DOCS / "reference" / "rights.md").read_text(encoding="utf-8")
    rows = [
        f"| {THING_LABELS[thing]} | "
        + " | ".join(MATRIX[role, thing].replace("-", "—") for role in Role)
        + " |"
        for thing in Thing
    ]

    assert [row for row in rows if row not in text] == []
