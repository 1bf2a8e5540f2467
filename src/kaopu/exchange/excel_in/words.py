"""文字整理：展示用的整理保留（）—· 等原样，只把全角字母数字改为半角；另有个人信息遮盖（HANDBOOK §7.2 第6、9条）。"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

UNSAID = frozenset({"", "/", "\\", "-", "—", "——", "无", "待定"})  # 一格里写了等于没写的
_HALF_WIDTH = {
    code: code - 0xFEE0
    for block in ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B))
    for code in range(*block)
}
_DROPPED = {code: None for code in (0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF)}
_DROPPED |= {code: None for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
_D = "[0-9０-９]"
_MOBILE = re.compile(
    rf"(?<!{_D})(?<!{_D}[.．])((?:\+?86[- ]?)?[1１][3-9３-９]{_D})[- ]?{_D}{{4}}[- ]?({_D}{{4}})(?!{_D})"
)
_IDENTITY = re.compile(
    rf"(?<!{_D})({_D}{{6}})(?:19|20|１９|２０){_D}{{2}}(?:[0０][1-9１-９]|[1１][0-2０-２])"
    rf"(?:[0０][1-9１-９]|[12１２]{_D}|[3３][01０１])({_D}{{3}}[0-9０-９XxＸｘ])(?![0-9０-９XxＸｘ])"
)


@lru_cache(maxsize=8192)
def tidy(text: str, *, keep_lines: bool = False) -> str:
    """整理展示文字：全角字母数字改半角，去零宽与方向控制符，合并空白；``keep_lines`` 为真时保留换行。"""
    plain = unicodedata.normalize("NFC", text).translate(_DROPPED).translate(_HALF_WIDTH)
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in plain.replace("\r\n", "\n").split("\n")]
    kept = [line for line in lines if line]
    return "\n".join(kept) if keep_lines else "".join(kept)


@lru_cache(maxsize=8192)
def compact(text: str) -> str:
    """比对用的文字：NFKC 并去掉所有空白（“项　目　名　称”→“项目名称”）。"""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text.translate(_DROPPED)))


def mask_personal(text: str) -> str:
    """遮盖手机号、身份证号（HANDBOOK §7.2 第9条 PII）；没有则原样返回。"""
    if len(text) < 11:
        return text
    return _MOBILE.sub(r"\1****\2", _IDENTITY.sub(r"\1********\2", text))
