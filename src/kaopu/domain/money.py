"""金额的写法：存整数元，示以万元、亿元（HANDBOOK §8.7；限定词 约/逾/近/不低于 随数而行）。"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

YUAN_PER_WAN = 10_000
YUAN_PER_YI = 100_000_000

QUALIFIER_WORDS = {"approx": "约", "gt": "逾", "lt": "近", "ge": "不低于", "le": "不超过"}


@lru_cache(maxsize=4096)  # 长表里同样的数反复出现，逐个格式化是页面的大头
def wan(yuan: int | None) -> str:
    """以万元为单位的表格数字，最多两位小数，去尾零，千分位；空值写作“—”。"""
    if yuan is None:
        return "—"
    amount = (Decimal(yuan) / YUAN_PER_WAN).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return _trim(f"{amount:,}")


def typed_wan(yuan: int | None) -> str:
    """填回表单的万元数：不加千分位，不舍入；空值为空。"""
    return "" if yuan is None else f"{(Decimal(yuan) / YUAN_PER_WAN).normalize():f}"


@lru_cache(maxsize=4096)
def in_text(yuan: int | None, qualifier: str | None = None) -> str:
    """行文金额：满 1 亿元用亿元（至多两位小数），否则用万元，限定词置前（§8.7）。"""
    if yuan is None:
        return "—"
    unit, per = ("亿元", YUAN_PER_YI) if abs(yuan) >= YUAN_PER_YI else ("万元", YUAN_PER_WAN)
    amount = (Decimal(yuan) / per).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{QUALIFIER_WORDS.get(qualifier or '', '')}{_trim(str(amount))}{unit}"


def headline(yuan: int) -> tuple[int, str | None]:
    """公布口径：合计取整到亿元，有余数则冠以“逾”（种子 B08：Σ 3 291 000 万元 → 逾329亿元）。

    Returns the published amount in yuan and its qualifier (``"gt"`` or ``None``). Below 1 亿元 the amount stays exact.
    """
    whole, rest = divmod(yuan, YUAN_PER_YI)
    if whole == 0 or rest == 0:
        return yuan, None
    return whole * YUAN_PER_YI, "gt"


def statement_holds(actual: int, *, stated: int, qualifier: str | None) -> bool:
    """公布数与实际合计是否相符：“逾329亿”要求合计大于 329 亿（金标 13）。"""
    checks = {
        "gt": actual > stated,
        "ge": actual >= stated,
        "lt": actual < stated,
        "le": actual <= stated,
        "approx": abs(actual - stated) * 20 <= stated,
    }
    return checks.get(qualifier or "", actual == stated)


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
