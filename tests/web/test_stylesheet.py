"""样式：一个类名只管一样东西，后写的不会悄悄改了前写的。"""

from __future__ import annotations

import re
from collections import Counter

from kaopu.config.settings import PACKAGE

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
AT_RULE = re.compile(r"@[a-z]+[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
RULE = re.compile(r"([^{}]+)\{[^{}]*\bdisplay:")


def test_no_class_is_laid_out_twice() -> None:
    css = (PACKAGE / "web/static/kaopu/kaopu.css").read_text(encoding="utf-8")
    plain = AT_RULE.sub("", AT_RULE.sub("", COMMENT.sub("", css)))
    laid_out = Counter(part.strip() for rule in RULE.findall(plain) for part in rule.split(","))

    assert len(laid_out) > 20
    assert [selector for selector, times in laid_out.items() if times > 1] == []
