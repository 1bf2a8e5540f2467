"""文种一览：命令、页面都从这里找。"""

from __future__ import annotations

from collections.abc import Mapping

from kaopu.documents.kinds import (
    annual_summary,
    meeting_minutes,
    monthly_bulletin,
    order_letters,
    responsibility_letter,
    tables,
)
from kaopu.documents.kinds.kind import Kind

_KINDS = (
    annual_summary.KIND,
    monthly_bulletin.KIND,
    responsibility_letter.KIND,
    responsibility_letter.SUPPLEMENT,
    order_letters.REMINDER,
    order_letters.ASSIGNMENT,
    order_letters.ORDER,
    meeting_minutes.KIND,
    tables.STOPS,
    tables.PROJECT_LIST,
    tables.CARRY_OVER,
)
KINDS: Mapping[str, Kind] = {kind.id: kind for kind in _KINDS}
