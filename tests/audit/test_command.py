"""``kaopu audit``：封存、核对、退出码。"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kaopu.audit.models import TreeHead
from kaopu.config.cli import main
from tests import factories
from tests.conftest import Administrator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("outside")]
SealNow = Callable[[], TreeHead | None]
Captured = pytest.CaptureFixture[str]


def test_sealing_says_the_head(seal_now: SealNow, capsys: Captured) -> None:
    factories.project_year()
    head = seal_now()

    assert (main(["audit", "seal"]), head is not None) == (0, True)
    assert str(head) in capsys.readouterr().out


def test_a_whole_trace_verifies(seal_now: SealNow, capsys: Captured) -> None:
    factories.project_year()
    head = seal_now()

    assert main(["audit", "verify", "--head", str(head)[:20]]) == 0
    assert "核对通过：留痕与封存相符。" in capsys.readouterr().out


def test_a_broken_trace_exits_one_and_names_the_first_row(
    seal_now: SealNow, administrator: Administrator, capsys: Captured
) -> None:
    factories.project_year()
    seal_now()
    administrator("UPDATE projects_projectprofile SET name = '改名'")

    assert main(["audit", "verify"]) == 1
    said = capsys.readouterr().out
    assert "核对未通过：第一处——第" in said
    assert "表 projects_projectprofile 第" in said.splitlines()[0]


def test_a_head_that_was_never_sealed_does_not_verify(seal_now: SealNow, capsys: Captured) -> None:
    factories.project_year()
    seal_now()

    assert main(["audit", "verify", "--head", "999:0123456789ab"]) == 1
    assert "公文上印的树头有 999 叶" in capsys.readouterr().out


def test_verifying_writes_nothing(seal_now: SealNow, capsys: Captured) -> None:
    assert main(["audit", "verify"]) == 0
    assert "还没有封存过，请运行 kaopu audit seal" in capsys.readouterr().out
    assert not TreeHead.objects.exists()


def test_the_doctor_looks_at_the_trace(
    seal_now: SealNow, administrator: Administrator, capsys: Captured
) -> None:
    factories.project_year()
    seal_now()
    main(["doctor"])
    assert "✓ 留痕与封存相符（已封存" in capsys.readouterr().out

    administrator("UPDATE projects_projectprofile SET name = '改名'")
    assert main(["doctor"]) == 1
    assert "✗ 留痕与封存不符：第" in capsys.readouterr().out
