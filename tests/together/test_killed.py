"""随时断电：引擎与办理的进程被杀在半路，没有办到一半的，再走一程一件也不掉（TRUST §1，issue 5）。"""

from __future__ import annotations

import os

import pytest

from tests.together.conftest import Scene


@pytest.mark.skipif(os.name == "nt", reason="要分出子进程来杀")
def test_whatever_moment_the_process_is_killed_nothing_is_dropped_or_half_done(scene: Scene) -> None:
    seen = scene("killed_at_random")

    assert seen["told"].get("引擎杀在半路", 0) >= 1 and seen["told"].get("办理杀在半路", 0) >= 1
    assert seen["steps"] > 25
