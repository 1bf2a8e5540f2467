"""读数向量：人真的这样写（HANDBOOK §10.1 金标 21：77/77）。"""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from kaopu.domain.parsing import parse_amount, parse_percent, parse_when

SHARED = Path(os.environ.get("KAOPU_SHARED", Path(__file__).resolve().parents[3] / "shared"))
VECTORS = SHARED / "domain" / "parser_vectors.json"


def _got(vector):
    keywords = dict(vector["kw"])
    if vector["fn"] == "amount":
        found = parse_amount(vector["raw"], **keywords)
        money = {"value": found.value_yuan, "low": found.low_yuan, "high": found.high_yuan}
        wan = {name: None if yuan is None else Decimal(yuan) / 10_000 for name, yuan in money.items()}
        return {**wan, "qualifier": found.qualifier, "note": found.note, "error": found.error}
    if vector["fn"] == "when":
        found = parse_when(vector["raw"], **keywords)
        days = {
            name: day.isoformat() if day else None
            for name, day in (("start", found.start), ("end", found.end))
        }
        precision = "tenday" if found.precision == "ten_day" else found.precision
        return {
            **days,
            "precision": precision,
            "relation": found.relation,
            "status": found.status,
            "error": found.error,
        }
    found = parse_percent(vector["raw"], **keywords)
    return {"value": found.value, "note": found.note, "error": found.error}


@pytest.mark.skipif(not VECTORS.exists(), reason="没有 ../shared，无从比对")
def test_all_77_vectors():
    vectors = json.loads(VECTORS.read_text())
    wrong = []
    for vector in vectors:
        got = _got(vector)
        for name, want in vector["want"].items():
            if got[name] != (Decimal(str(want)) if isinstance(want, int | float) else want):
                wrong.append((vector["raw"], name, want, got[name]))

    assert (len(vectors), wrong) == (77, [])
