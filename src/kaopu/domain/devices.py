"""设备：由浏览器自报的标识写成人看得懂的一句，如“Chrome 109（Windows）”；认不出的不猜。"""

from __future__ import annotations

import re

# 先后有意义：国产浏览器与 Edge 的标识里都带着 Chrome，Chrome 的里又带着 Safari
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("QIHU|360SE|360EE", "360 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("(?:Headless)?Chrome", "Chrome"),
    ("Version", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("HarmonyOS", "鸿蒙"),
    ("Android", "安卓"),
    ("iPhone|iPad", "苹果手机或平板"),
    ("Mac OS X", "苹果电脑"),
    ("Linux|X11", "Linux"),
)


def device_name(agent: str) -> str:
    """浏览器与系统；都认不出的写“未识别的设备”。"""
    system = next((name for mark, name in _SYSTEMS if re.search(mark, agent)), "")
    browser = ""
    for mark, name in _BROWSERS:
        if found := re.search(rf"(?:{mark})/?(\d*)", agent):
            browser = f"{name} {found[1]}".strip()
            break
    return f"{browser}（{system}）" if system and browser else browser or system or "未识别的设备"
