"""``kaopu doctor``：体检。"""

from __future__ import annotations

import argparse

from kaopu.config.health import examine


def doctor(arguments: argparse.Namespace) -> int:
    """体检：逐项说明好坏与办法。"""
    findings = examine()
    for finding in findings:
        print(f"{'✓' if finding.ok else '✗'} {finding.text}")
    return 0 if all(finding.ok for finding in findings) else 1


COMMANDS = {"doctor": doctor}
REFUSALS: tuple[type[Exception], ...] = ()
